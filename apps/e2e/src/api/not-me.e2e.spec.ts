import { publicApi } from '@cofactor/contracts';
import { eventually } from '@cofactor/testkit';
import { z } from 'zod';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { answer, enrolledManager, password, readAudit, signInWith, startSignIn } from './practice';
import { Program } from './program';

let installation: SharedInstallation;
let program: Program;

beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
});
afterAll(() => installation.remove());

const mailSchema = z.array(
  z.object({ to: z.string(), subject: z.string().optional(), text: z.string(), html: z.string().optional() }),
);

/** The secret of the link in the message that told somebody of an added factor. */
async function linkTo(email: string): Promise<string> {
  const mails = await eventually(
    async () => mailSchema.parse(JSON.parse(await (await fetch(`${installation.url}/dev/outbox.json`)).text())),
    (all) => all.some(({ to, subject = '' }) => to === email && subject.includes('was added')),
    50_000,
  );
  const mail = mails.find(({ to, subject = '' }) => to === email && subject.includes('was added'));
  const link = /\/not-me#(\S+)/.exec(mail?.text ?? '')?.[1] ?? '';
  expect(mail?.html).toContain(link);
  return link;
}
const report = (link: string) => program.post('/v1/not-me', { link });

describe('HE8: “this was not me”', () => {
  it('stops every change, signs out everywhere, and leaves signing in as it was; the link works once', async () => {
    const { manager, app, token, recoveryCodes } = await enrolledManager(program);
    const link = await linkTo(manager.email);
    const { frozenUntil } = (await report(link)).as(publicApi.reportNotMine);
    expect(Date.parse(frozenUntil)).toBeGreaterThan(Date.now() + 86_000_000);
    expect((await program.get('/v1/session', token)).outcome).toBe('401 not-signed-in');
    expect((await report(link)).outcome).toBe('409 link-already-used');

    const again = await signInWith(program, manager, 'totp', await app.freshCode());
    const set = { password };
    const changes = [
      await program.post('/v1/me/factors/totp/enrolments', set, { token: again }),
      await program.post('/v1/me/recovery-codes', set, { token: again }),
      await program.post('/v1/me/factors/reset', set, { token: again }),
    ];
    expect(changes.map(({ outcome }) => outcome)).toEqual(changes.map(() => '403 factors-frozen'));
    const factors = (await program.get('/v1/me/factors', again)).as(publicApi.listFactors);
    expect(factors.frozenUntil).toBe(frozenUntil);
    const waiting = await startSignIn(program, manager);
    expect((await answer(program, waiting, 'recovery-code', recoveryCodes[0] ?? '')).outcome).toBe('200');

    const records = await eventually(
      () => readAudit(program, manager, again),
      (all) => all.some(({ type }) => type === 'factor-changes.frozen'),
    );
    expect(records.some(({ type, reason }) => type === 'session.ended' && reason === 'reported-as-not-mine')).toBe(
      true,
    );
  });

  it('gives nothing to guess: whatever is no link of ours is not valid', async () => {
    const { manager } = await enrolledManager(program);
    const link = await linkTo(manager.email);
    for (const tried of ['x', link.slice(0, 36), `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`, `${link}A`]) {
      expect((await report(tried)).outcome).toBe('404 link-not-valid');
    }
    expect((await report(link)).outcome).toBe('201');
  });
});
