import { publicApi } from '@cofactor/contracts';
import { z } from 'zod';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { textsTo } from './outbox';
import { challenge, offered, openPractice, password, readAudit, readFactors, startSignIn } from './practice';
import { Program } from './program';

let installation: SharedInstallation;
let program: Program;
beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
});
afterAll(() => installation.remove());

const started = {
  status: 201,
  reply: z.looseObject({ enrolmentId: z.string(), hint: z.string(), delivery: z.string(), notice: z.string() }),
};
const hint = '+44 •••• ••• 456';

const newestTextTo = async (number: string) => (await textsTo(program, number))[0] ?? 'nothing';
const codeIn = (text: string): string => / #(\d{6})$/.exec(text)?.[1] ?? 'none';
const otherThan = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
const startNumber = (token: string, number: string, country = 'GB') =>
  program.post('/v1/me/factors/sms/enrolments', { password, number, country }, { token });

describe('text messages', () => {
  it('HC1 HE1 AX3 R13 R45: a number typed as at home is set up, masked everywhere, and signs in', async () => {
    const manager = await openPractice(program);
    const { token } = await startSignIn(program, manager);
    const setUp = (await startNumber(token, '07400 123456')).as(started);
    expect(setUp).toMatchObject({ hint, delivery: 'sent', notice: expect.stringContaining('less safe') as string });
    const path = `/v1/me/factors/sms/enrolments/${setUp.enrolmentId}`;
    expect((await program.post(`${path}/code`, undefined, { token })).outcome).toBe('429 too-early-to-resend');
    const sent = codeIn(await newestTextTo('+447400123456'));
    const wrong = await program.post(`${path}/confirmation`, { code: otherThan(sent) }, { token });
    expect(wrong.outcome).toBe('401 code-wrong');
    const confirmed = await program.post(`${path}/confirmation`, { code: sent }, { token });
    const raised = confirmed.as(publicApi.confirmEnrolment).token ?? token;
    expect((await readFactors(program, raised)).factors).toMatchObject([{ type: 'sms', name: 'Text message', hint }]);

    const again = await startSignIn(program, manager);
    expect(JSON.stringify(again.next)).toContain(hint);
    const answerTo = await challenge(program, again, offered(again, 'sms'));
    const text = await newestTextTo('+447400123456');
    expect(text.split('\n').at(-1)).toBe(`@${new URL(installation.url).hostname} #${codeIn(text)}`);
    const refused = await program.post(answerTo, { code: otherThan(codeIn(text)) }, { token: again.token });
    expect(refused.outcome).toBe('401 code-wrong');
    const signedIn = await program.post(answerTo, { code: codeIn(text) }, { token: again.token });
    const session = signedIn.as(publicApi.answerChallenge).token ?? '';
    const assurance = (await program.get('/v1/session', session)).as(publicApi.readSession).assurance;
    expect(assurance).toMatchObject({ level: 'aal2', amr: expect.arrayContaining(['pwd', 'sms']) as string[] });

    const seen = JSON.stringify([await readFactors(program, session), await readAudit(program, manager, session)]);
    expect(seen).toContain(hint);
    expect(seen).not.toMatch(/7400 ?123456/);
  });

  it.each([
    ['0901 234 5678', 'GB', 'cost extra'],
    ['07400 12345', 'GB', 'No phone'],
    ['06 12 34 56 78', 'FR', 'no text messages to this country'],
  ])('%s (%s) is refused at its field: %s', async (number, country, says) => {
    const { token } = await startSignIn(program, await openPractice(program));
    const reply = await startNumber(token, number, country);
    expect(reply.outcome).toBe('400 invalid-fields');
    expect(reply.problem.errors).toEqual([{ pointer: '/number', detail: expect.stringContaining(says) as string }]);
  });
});
