import { refusalCode } from '../api/problem';
import { leave } from '../api/query-client';

/** Waits for a call of the account's pages; one that finds the session over leads to the sign-in page. */
export async function endingTheSession<Reply>(call: Promise<Reply>): Promise<Reply> {
  return call.catch((error: unknown) => {
    if (refusalCode(error) === 'not-signed-in') leave('ended');
    throw error;
  });
}
