import { z } from 'zod';
import { lineOfText } from '../line-of-text';
import { sharedAccountViewSchema } from '../operations/shared-accounts';
import { endpoint } from './endpoint';
import { id } from './fields';

const inPractice = '/v1/organisations/{organisationId}';
const problems = ['not-allowed', 'second-factor-required'] as const;

/** Accounts that several people share: what is noticed of them, and what an administrator says (PRODUCT AX6, HE13). */
export const sharedAccountsApi = {
  listSharedAccounts: endpoint({
    id: 'listSharedAccounts',
    method: 'GET',
    path: `${inPractice}/shared-accounts`,
    caller: 'session',
    summary: 'Accounts of a practice that several people may share, and why; as an administrator',
    query: z.strictObject({ after: id.optional(), limit: z.coerce.number().int().min(1).max(500).default(500) }),
    body: null,
    status: 200,
    problems,
    reply: z.strictObject({ accounts: z.array(sharedAccountViewSchema), next: z.string().nullable() }),
  }),
  decideSharedAccount: endpoint({
    id: 'decideSharedAccount',
    method: 'PUT',
    path: `${inPractice}/people/{personId}/shared-account`,
    caller: 'session',
    summary: 'Say whether several people share an account; null withdraws what was said before; as an administrator',
    query: null,
    body: z.strictObject({ shared: z.boolean().nullable(), reason: lineOfText(200).optional() }),
    reply: null,
    status: 204,
    problems,
  }),
} as const;
