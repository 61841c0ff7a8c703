import type { ChallengeEvent } from '@cofactor/contracts';
import { totpCode } from '@cofactor/testkit';
import { aContext, type Client, type Enrolled, type TestChallenge } from './challenge.fixture';

let signIns = 0;

/** What people do with challenges, each in a sign-in of their own. */
export class People {
  constructor(private readonly test: TestChallenge) {}

  /** What the app shows, so many seconds from now. */
  codeOf({ details }: Enrolled, secondsAway = 0): string {
    return totpCode(String(details['secret']), this.test.clock.now().getTime() + secondsAway * 1000);
  }

  wrongCodeOf(enrolled: Enrolled): string {
    return this.codeOf(enrolled, -7_200);
  }

  /** A code is asked for in the one sign-in that this person has. */
  async issue(
    { personId, credentialId }: Enrolled,
    challengeId: string | null = null,
    client: Client = this.test.client,
  ) {
    const statement = await this.test.statement(personId);
    return client.issueChallenge({ statement, credentialId, challengeId }, aContext());
  }

  /** A code is entered in it. */
  async answer({ personId }: Enrolled, challengeId: string, code: string, client: Client = this.test.client) {
    const statement = await this.test.statement(personId);
    return client.answerChallenge({ statement, challengeId, answer: { code } }, aContext());
  }

  /** Wrong answers in it, each as soon as it is looked at. */
  async guess(app: Enrolled, times: number): Promise<void> {
    for (let tries = 1; tries <= times; tries += 1) {
      this.test.clock.advance(tries > 5 ? 901 : 0);
      const { challengeId } = await this.issue(app);
      this.test.clock.advance(tries > 5 ? 1 : 0);
      await expect(this.answer(app, challengeId, this.wrongCodeOf(app))).rejects.toMatchObject({ code: 'code-wrong' });
    }
  }

  /** A new sign-in that has asked for a code. */
  async challenged({ personId, credentialId }: Enrolled, client: Client = this.test.client) {
    const signInId = `sign-in-${++signIns}`;
    const authority = { kind: 'sign-in', id: signInId } as const;
    const statement = () => this.test.statement(personId, { authority });
    const asked = { statement: await statement(), credentialId, challengeId: null };
    const issued = await client.issueChallenge(asked, aContext());
    const { challengeId } = issued;
    const answer = async (code: string, key: string | null = null, by = client) =>
      by.answerChallenge({ statement: await statement(), challengeId, answer: { code } }, aContext(key));
    return { ...issued, signInId, statement, answer };
  }

  /** What became of a credential's challenges: the reasons of refusals, the types of other facts. */
  async reasonsOf({ credentialId }: Enrolled): Promise<string[]> {
    const reason = (event: ChallengeEvent) => (event.type === 'challenge.refused' ? event.data.reason : event.type);
    return (await this.test.eventsOf(credentialId)).map(reason);
  }
}

export const recoveryCodesOf = ({ details }: Enrolled): string[] => details['recoveryCodes'] as string[];
