import type { EventData, EventType, Fact } from '@cofactor/contracts';
import { contextOf, nothingHeld, password, startIdentity, theAppHeld } from './identity.fixture';
import { ListReportWhenChangesFrozen } from './reactions/list-report.when-changes-frozen';

let installation: Awaited<ReturnType<typeof startIdentity>>;
beforeAll(async () => (installation = await startIdentity()));
afterAll(() => installation.stop());

type Practice = Awaited<ReturnType<typeof installation.practice>>;

const setting = ({ organisationId }: Practice, changed: object) =>
  installation.database.query('UPDATE organisations SET policy = policy || $2::jsonb WHERE organisation_id = $1', [
    organisationId,
    JSON.stringify(changed),
  ]);
const ofStaff = async (table: 'operators' | 'support_staff') => {
  const person = await installation.practice();
  await installation.database.query(`INSERT INTO ${table} (person_id) VALUES ($1)`, [person.personId]);
  return { ...person, token: await installation.signedInWithApp(person) };
};
const lookUp = (token: string, email: string) => installation.identity.lookUpPerson({ token, email }, contextOf());
const openCase = async (token: string, { email }: { email: string }) => {
  const { lookUpId } = await lookUp(token, email);
  return (await installation.identity.openSupportCase({ token, lookUpId }, contextOf())).caseId;
};
const record = (token: string, caseId: string, step: string, note = 'Spoke with reception about the lost phone') =>
  installation.identity.recordSupportStep({ token, caseId, step, note }, contextOf());
const reset = (token: string, caseId: string, typed: string | null = null) =>
  installation.identity.authoriseSupportReset({ token, caseId, password: typed }, contextOf());
const newFacts = async (work: () => Promise<unknown>) => {
  const position = (await installation.facts()).at(-1)?.position ?? 0;
  await work();
  return (await installation.facts()).filter((fact) => fact.position > position);
};

describe('the people of support', () => {
  const appoint = (token: string, email: string) => installation.identity.appointSupport({ token, email }, contextOf());

  it('are appointed and dismissed by the operator alone, each as a fact of the installation', async () => {
    const operator = await ofStaff('operators');
    const kit = await installation.practice();
    const facts = await newFacts(() => appoint(operator.token, kit.email));
    expect(facts).toMatchObject([
      {
        type: 'support.appointed',
        data: { personId: kit.personId },
        envelope: { organisationIds: ['installation'], actor: { kind: 'operator', id: operator.personId } },
      },
    ]);
    expect(await newFacts(() => appoint(operator.token, kit.email))).toEqual([]);
    const { people } = await installation.identity.listSupportStaff({ token: operator.token }, contextOf());
    expect(people.map(({ personId }) => personId)).toContain(kit.personId);
    const token = await installation.signedInWithApp(kit);
    await expect(appoint(token, 'someone@host.example')).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(lookUp(token, kit.email)).resolves.toBeDefined();

    const dismiss = () =>
      installation.identity.dismissSupport({ token: operator.token, personId: kit.personId }, contextOf());
    expect(await newFacts(dismiss)).toMatchObject([{ type: 'support.dismissed' }]);
    expect(await newFacts(dismiss)).toEqual([]);
    await expect(lookUp(token, kit.email)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('R5: whoever is in the middle of signing in is told what is missing, as everywhere else', async () => {
    const [kit, asked] = [await installation.practice(), await installation.practice()];
    await setting(asked, { enforced: true });
    const middle = async ({ email }: { email: string }) =>
      (await installation.identity.startSignIn({ email, password }, contextOf())).token;
    const setUpDue = await middle(asked);
    installation.holdingsOf.set(kit.personId, theAppHeld);
    const factorDue = await middle(kit);
    for (const use of [lookUp, appoint]) {
      await expect(use(setUpDue, kit.email)).rejects.toMatchObject({ code: 'set-up-required' });
      await expect(use(factorDue, kit.email)).rejects.toMatchObject({ code: 'second-factor-required' });
    }
  });

  it('are registered where nobody has the address, with a password that is shown once', async () => {
    const { token } = await ofStaff('operators');
    const key = contextOf({ idempotencyKey: 'appoint-1' });
    const email = 'new-support@host.example';
    const name = 'Kit Rivera';
    const { password: shown } = await installation.identity.appointSupport({ token, email, name }, key);
    expect(shown).toMatch(/^[\w-]{24}$/);
    await expect(installation.identity.appointSupport({ token, email, name }, key)).rejects.toMatchObject({
      code: 'already-done',
    });
    const { people } = await installation.identity.listSupportStaff({ token }, contextOf());
    expect(people.at(-1)).toMatchObject({ name });
    const started = await installation.identity.startSignIn({ email, password: shown ?? '' }, contextOf());
    expect(started.next).toMatchObject({ step: 'set-up' });
    await expect(lookUp(started.token, email)).rejects.toMatchObject({ code: 'set-up-required' });
  });

  it('need two factors always: a session by the password alone opens nothing', async () => {
    const kit = await installation.practice();
    const { token } = await installation.identity.startSignIn({ email: kit.email, password }, contextOf());
    await installation.database.query('INSERT INTO support_staff (person_id) VALUES ($1)', [kit.personId]);
    await expect(lookUp(token, kit.email)).rejects.toMatchObject({ code: 'set-up-required' });
    const anew = await installation.identity.startSignIn({ email: kit.email, password }, contextOf());
    expect(anew.next).toMatchObject({ step: 'set-up' });
  });
});

describe('AX5: support helps someone who has lost every method', () => {
  it('finds people by their exact email, masked, and every search is a fact that keeps no address (I4)', async () => {
    const [kit, sam] = [await ofStaff('support_staff'), await installation.practice()];
    const [fact] = await newFacts(async () => {
      const { person } = await lookUp(kit.token, sam.email.toUpperCase());
      expect(person).toEqual({
        personId: sam.personId,
        maskedName: 'D••• A••• O•••',
        emailHint: expect.stringMatching(/^a•••@/) as string,
        practices: ['High Street'],
        methods: [],
        secondFactorRequired: false,
        refusal: null,
      });
    });
    expect(fact).toMatchObject({
      type: 'support.person-looked-up',
      data: { personId: sam.personId },
      envelope: { organisationIds: [sam.organisationId], actor: { id: kit.personId } },
    });
    const [none] = await newFacts(async () => {
      expect((await lookUp(kit.token, 'nobody-at-all@practice.example')).person).toBeNull();
    });
    expect(none).toMatchObject({ data: { personId: null }, envelope: { organisationIds: ['installation'] } });
    expect(JSON.stringify([fact, none])).not.toMatch(/nobody-at-all|amara-/);
    await expect(lookUp(await installation.signedInWithApp(sam), kit.email)).rejects.toMatchObject({
      code: 'not-allowed',
    });
  });

  it('records each step, sealed, and may reset only when the required ones are recorded', async () => {
    const [kit, sam] = [await ofStaff('support_staff'), await installation.practice()];
    const caseId = await openCase(kit.token, sam);
    await expect(reset(kit.token, caseId)).rejects.toMatchObject({ code: 'verification-incomplete' });
    const facts = await newFacts(async () => {
      expect(await record(kit.token, caseId, 'document', 'Spoke with reception')).toMatchObject({
        missing: ['call-back'],
      });
      await expect(reset(kit.token, caseId)).rejects.toMatchObject({ code: 'verification-incomplete' });
      expect(await record(kit.token, caseId, 'call-back')).toMatchObject({ missing: [] });
      await expect(reset(kit.token, caseId)).resolves.toBeDefined();
    });
    expect(facts.map(({ type }) => type)).toEqual([
      'support-case.step-recorded',
      'support-case.step-recorded',
      'support-case.reset-permitted',
    ]);
    expect(JSON.stringify(facts)).not.toContain('Spoke with');
    const read = await installation.identity.readSupportCase({ token: kit.token, caseId }, contextOf());
    expect(read).toMatchObject({
      person: { personId: sam.personId },
      steps: [
        { step: 'call-back', recorded: [{ by: kit.personId }] },
        { step: 'document', recorded: [{ note: 'Spoke with reception' }] },
      ],
      missing: [],
    });
    installation.clock.advance(301);
    await expect(reset(kit.token, caseId)).rejects.toMatchObject({ code: 'password-required' });
    await expect(reset(kit.token, caseId, password)).resolves.toBeDefined();
  });

  it('§6.10: a repeated step is recorded once, and answers the same', async () => {
    const [kit, sam] = [await ofStaff('support_staff'), await installation.practice()];
    const { token } = kit;
    const caseId = await openCase(token, sam);
    const note = 'Called the number on file';
    const once = () =>
      installation.identity.recordSupportStep(
        { token, caseId, step: 'document', note },
        contextOf({ idempotencyKey: 'step-1' }),
      );
    const facts = await newFacts(async () => {
      expect((await once()).missing).toEqual(['call-back']);
      expect((await once()).missing).toEqual(['call-back']);
    });
    expect(facts).toHaveLength(1);
  });

  it('is refused where a practice keeps resets to administrators, for operators, for support and for oneself', async () => {
    const [kit, sam, operator, robin] = [
      await ofStaff('support_staff'),
      await installation.practice(),
      await ofStaff('operators'),
      await ofStaff('support_staff'),
    ];
    await setting(sam, { resetsBy: ['administrator'] });
    for (const person of [sam, operator, robin, kit]) {
      expect((await lookUp(kit.token, person.email)).person?.refusal).toMatch(/\./);
      await expect(openCase(kit.token, person)).rejects.toMatchObject({ code: 'not-allowed' });
    }
    await expect(openCase(operator.token, robin)).resolves.toBeDefined();
    await setting(sam, { resetsBy: ['support'] });
    const caseId = await openCase(kit.token, sam);
    await record(kit.token, caseId, 'call-back');
    await setting(sam, { resetsBy: ['administrator'] });
    await expect(reset(kit.token, caseId)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('AX6, HE13: is refused for accounts that several people share, where the policy says so', async () => {
    const [kit, sam] = [await ofStaff('support_staff'), await installation.practice()];
    const caseId = await openCase(kit.token, sam);
    await record(kit.token, caseId, 'call-back');
    await setting(sam, { genericNames: ['amara'], genericAccounts: 'refused' });
    await expect(reset(kit.token, caseId)).rejects.toMatchObject({ code: 'generic-account' });
  });

  it('BX5: waits for someone else of support, or an administrator, who sees it; not where there is none', async () => {
    const [kit, sam] = [await ofStaff('support_staff'), await installation.practice()];
    await ofStaff('support_staff');
    await setting(sam, { resetApproval: true });
    const caseId = await openCase(kit.token, sam);
    await record(kit.token, caseId, 'call-back');
    await expect(reset(kit.token, caseId)).resolves.toBeDefined();
    await installation.database.query('DELETE FROM support_staff WHERE person_id <> $1', [kit.personId]);
    await expect(reset(kit.token, caseId)).rejects.toMatchObject({
      code: 'not-allowed',
      extras: { detail: expect.stringContaining('Ask the operator.') as string },
    });
    const robin = await ofStaff('support_staff');
    const instants = { requestedAt: '2026-03-02T09:00:00.000Z', expiresAt: '2026-03-03T09:00:00.000Z' };
    const waiting = { resetId: caseId, personId: sam.personId, requestedBy: kit.personId, explanation: null };
    installation.waiting.push({ ...waiting, reason: 'support-request', ...instants });
    const decide = (token: string, resetId = caseId) =>
      installation.identity.authoriseResetDecision({ token, resetId, organisationId: null, password }, contextOf());
    installation.waiting.push({ ...waiting, resetId: 'their-own', reason: 'own-request', ...instants });
    await expect(decide(robin.token, 'their-own')).rejects.toMatchObject({ code: 'not-found' });
    installation.waiting.pop();
    await expect(decide(robin.token)).resolves.toBeDefined();
    installation.holdings.now = nothingHeld;
    await expect(decide(await installation.signedInWithApp(sam))).rejects.toMatchObject({ code: 'not-allowed' });
    const { resets } = await installation.identity.listResets(
      { token: robin.token, organisationId: null },
      contextOf(),
    );
    expect(resets).toMatchObject([{ requestedBy: { kind: 'support' }, mayDecide: true }]);
  });
});

describe('HE8: support sees who reported a change as not their own', () => {
  const reaction = new ListReportWhenChangesFrozen();
  const within = () => ({ transaction: installation.database });
  const factOf = <Type extends EventType>(personId: string, type: Type, data: EventData<Type>): Fact => ({
    id: 'fact-1',
    service: 'factor-enrollment',
    position: 1,
    epoch: 1,
    stream: `factors-${personId}`,
    version: 1,
    type,
    schemaVersion: 1,
    at: installation.clock.now().toISOString(),
    envelope: {
      organisationIds: [],
      actor: { kind: 'person', id: personId },
      subject: { kind: 'person', id: personId },
      origin: { requestId: 'request-1', traceparent: null, sealed: null, sealedFor: personId },
      policyVersion: null,
    },
    data,
  });
  const after = (seconds: number) => new Date(installation.clock.now().getTime() + seconds * 1000).toISOString();
  const frozen = ({ personId }: Practice, until: string) =>
    reaction.whenFrozen(
      factOf(personId, 'factor-changes.frozen', { personId, until, messageId: 'message-1', factId: 'fact-0' }),
      within(),
    );
  const resetDone = ({ personId }: Practice, reason: EventData<'reset.done'>['reason'], approvedBy: string | null) =>
    reaction.whenReset(
      factOf(personId, 'reset.done', { personId, resetId: 'reset-1', requestedBy: personId, reason, approvedBy }),
      within(),
    );
  const reports = async (token: string) =>
    (await installation.identity.listReports({ token }, contextOf())).reports.map(({ frozenUntil }) => frozenUntil);

  it('masked, with their practices, the latest first, until the day is over', async () => {
    const { token } = await ofStaff('support_staff');
    const [sam, lee] = [await installation.practice(), await installation.practice()];
    await frozen(sam, after(60));
    await frozen(lee, after(120));
    expect((await installation.identity.listReports({ token }, contextOf())).reports).toEqual([
      {
        maskedName: 'D••• A••• O•••',
        emailHint: expect.stringMatching(/^a•••@/) as string,
        practices: ['High Street'],
        frozenUntil: after(120),
      },
      expect.objectContaining({ frozenUntil: after(60) }),
    ]);
    await frozen(sam, after(200));
    // One that comes late ends nothing earlier.
    await frozen(sam, after(150));
    expect(await reports(token)).toEqual([after(200), after(120)]);
    installation.clock.advance(120);
    expect(await reports(token)).toEqual([after(80)]);
    await installation.sweep();
    expect(await installation.database.query('SELECT FROM reported_changes')).toHaveLength(1);
    installation.clock.advance(80);
    expect(await reports(token)).toEqual([]);
  });

  it('the latest hundred, with how many more there are', async () => {
    const { token } = await ofStaff('support_staff');
    const sam = await installation.practice();
    await frozen(sam, after(60));
    const crowd = `WITH crowd AS (
        INSERT INTO people (person_id, email_hint, sealed_name)
        SELECT person_id || '-' || n, email_hint, sealed_name FROM people, generate_series(1, 104) AS n
         WHERE person_id = $1 RETURNING person_id)
      INSERT INTO reported_changes (person_id, frozen_until) SELECT person_id, $2 FROM crowd`;
    await installation.database.query(crowd, [sam.personId, after(50)]);
    const { reports: listed, more } = await installation.identity.listReports({ token }, contextOf());
    expect([listed.length, listed[0]?.frozenUntil, more]).toEqual([100, after(60), 5]);
    installation.clock.advance(60);
  });

  it('and no longer, once somebody else agreed to a reset; one of their own ends nothing', async () => {
    const { token } = await ofStaff('operators');
    const sam = await installation.practice();
    const ends = [['own-request', 'lee'] as const, ['administrator-request', null] as const];
    for (const [reason, approvedBy] of ends) {
      await frozen(sam, after(60));
      await resetDone(sam, 'own-request', null);
      expect(await reports(token)).toHaveLength(1);
      await resetDone(sam, reason, approvedBy);
      expect(await reports(token)).toEqual([]);
    }
  });

  it('and nobody else does', async () => {
    const sam = await installation.practice();
    const token = await installation.signedInWithApp(sam);
    await expect(reports(token)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('BX5: those who can approve a reset are known to notification: administrators with a password', async () => {
    const [sam, lee, kim] = [
      await installation.practice(),
      await installation.practice(),
      await installation.practice(),
    ];
    const { organisationId } = sam;
    await installation.join(lee.personId, organisationId, ['administrator']);
    await installation.join(kim.personId, organisationId, ['member']);
    const told = async (notThese: string[]) =>
      (
        await installation.identity.listApproversToTell({ organisationIds: [organisationId], notThese }, contextOf())
      ).personIds.toSorted();
    expect(await told([])).toEqual([sam.personId, lee.personId].toSorted());
    expect(await told([sam.personId])).toEqual([lee.personId]);
    await installation.database.query('UPDATE people SET first_password_missing = true WHERE person_id = $1', [
      lee.personId,
    ]);
    expect(await told([])).toEqual([sam.personId]);
  });
});
