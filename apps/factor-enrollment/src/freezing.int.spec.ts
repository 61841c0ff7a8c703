import { aContext, startTestFactorEnrollment, type TestFactorEnrollment } from './factor-enrollment.fixture';

let installation: TestFactorEnrollment;
beforeAll(async () => (installation = await startTestFactorEnrollment()));
afterAll(() => installation.stop());

let people = 0;
const aPerson = (): string => `person-who-reports-${++people}`;
const freeze = (link: string, key: string | null = null) => installation.client.freezeChanges({ link }, aContext(key));
async function started(personId: string) {
  const statement = await installation.statement(personId, 'enrol-factor');
  return installation.client.startEnrolment({ statement, type: 'totp', accountLabel: 'Sam', fields: {} }, aContext());
}
const typesOf = async (personId: string) => (await installation.factsOf(personId)).map(({ type }) => type);

describe('HE8: the link of a message about a change', () => {
  it('freezes changes for 24 hours, ends every session, and shows until when', async () => {
    const personId = aPerson();
    const { frozenUntil, positions } = await freeze(installation.notices.linkTo(personId));
    expect(Date.parse(frozenUntil) - installation.clock.now().getTime()).toBe(86_400_000);
    expect(positions).toEqual([`factors-${personId}@1`]);
    expect(installation.sessions.ended).toContain(personId);
    const statement = await installation.statement(personId, 'read-factors');
    expect(await installation.client.readFactors({ statement }, aContext())).toMatchObject({ frozenUntil });
    await expect(started(personId)).rejects.toMatchObject({ code: 'factors-frozen' });
    expect(await installation.entriesOf(personId)).toBe(0);
  });

  it('is a fact of the person, of their practices, and from where it was used', async () => {
    const personId = aPerson();
    await freeze(installation.notices.linkTo(personId));
    const [fact] = await installation.factsOf(personId);
    expect(fact).toMatchObject({
      type: 'factor-changes.frozen',
      envelope: {
        organisationIds: ['practice-1'],
        actor: { kind: 'person', id: personId },
        subject: { kind: 'person', id: personId },
        policyVersion: 3,
      },
    });
    expect(JSON.stringify(fact)).not.toContain('203.0.113.7');
  });

  it('I2: works once, however many use it at once; the same request again is answered as the first time', async () => {
    const personId = aPerson();
    const link = installation.notices.linkTo(personId);
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => freeze(link)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(freeze(link)).rejects.toMatchObject({ code: 'link-already-used' });
    expect(await typesOf(personId)).toEqual(['factor-changes.frozen']);
    const other = installation.notices.linkTo(personId);
    const first = await freeze(other, 'one key');
    expect(await freeze(other, 'one key')).toMatchObject({ frozenUntil: first.frozenUntil });
    await expect(freeze(other, 'another key')).rejects.toMatchObject({ code: 'link-already-used' });
  });

  it('is not valid when notification says so', async () => {
    await expect(freeze('no link of ours')).rejects.toMatchObject({ code: 'link-not-valid' });
  });

  it('§6.6: freezes at once where identity does not answer; the sessions end by its reaction', async () => {
    const personId = aPerson();
    installation.sessions.answers = false;
    try {
      await expect(freeze(installation.notices.linkTo(personId))).resolves.toBeDefined();
    } finally {
      installation.sessions.answers = true;
    }
    await expect(started(personId)).rejects.toMatchObject({ code: 'factors-frozen' });
  });

  it('is over after 24 hours', async () => {
    const personId = aPerson();
    await freeze(installation.notices.linkTo(personId));
    installation.clock.advance(86_400);
    await expect(started(personId)).resolves.toBeDefined();
    const statement = await installation.statement(personId, 'read-factors');
    expect((await installation.client.readFactors({ statement }, aContext())).frozenUntil).toBeNull();
  });
});
