import { presets, type Fact, type Permission, type Policy } from '@cofactor/contracts';
import { contextOf, nothingHeld, password, startIdentity } from './identity.fixture';

let installation: Awaited<ReturnType<typeof startIdentity>>;
beforeAll(async () => (installation = await startIdentity()));
afterAll(() => installation.stop());
beforeEach(() => (installation.holdings.now = nothingHeld));

async function managed(email?: string) {
  const practice = await installation.practice('healthcode', email);
  return { ...practice, token: await installation.signedInWithApp(practice) };
}
type Managed = Awaited<ReturnType<typeof managed>>;

/** Someone who belongs to this practice too. */
async function colleague({ organisationId }: Managed, email?: string) {
  const person = await managed(email);
  await installation.join(person.personId, organisationId, ['member']);
  return person;
}
const ruled = ({ token, organisationId }: Managed, setting: Partial<Policy>, version = 1) => {
  const policy = { ...presets.healthcode, ...setting };
  return installation.identity.changePolicy({ token, organisationId, version, policy, acceptLockOut: [] }, contextOf());
};
const decide = ({ token, organisationId }: Managed, personId: string, shared: boolean | null, reason?: string) =>
  installation.identity.decideSharedAccount(
    { token, organisationId, personId, shared, reason: reason ?? null },
    contextOf(),
  );
const list = ({ token, organisationId }: Managed, after: string | null = null, limit = 500) =>
  installation.identity.listSharedAccounts({ token, organisationId, after, limit }, contextOf());
const authorise = (token: string, permission: Permission) =>
  installation.identity.authorise(
    { token, permission, signInId: null, organisationId: null, password: null },
    contextOf(),
  );
const reset = (token: string, member: { organisationId: string; personId: string } | null) =>
  installation.identity.authoriseReset({ token, member, password }, contextOf());
const factsOf = async (personId: string, type: string) =>
  (await installation.facts()).filter((fact) => fact.type === type && fact.envelope.subject.id === personId);
const refused = { code: 'generic-account' };

describe('AX6, HE13: an account that an administrator marks as shared', () => {
  it.each(['allowed', 'refused'] as const)(
    'may add methods and be reset as the practice says of such accounts: %s',
    async (genericAccounts) => {
      const practice = await managed();
      const member = await colleague(practice);
      await ruled(practice, { genericAccounts });
      await decide(practice, member.personId, true, 'Used at the front desk');
      const asked = [
        authorise(member.token, 'enrol-factor'),
        authorise(member.token, 'confirm-enrolment'),
        reset(member.token, null),
        reset(practice.token, { organisationId: practice.organisationId, personId: member.personId }),
      ];
      const outcomes = (await Promise.allSettled(asked)).map((outcome) =>
        outcome.status === 'fulfilled' ? 'allowed' : (outcome.reason as { code: string }).code,
      );
      expect(new Set(outcomes)).toEqual(new Set([genericAccounts === 'allowed' ? 'allowed' : 'generic-account']));
      expect(await authorise(member.token, 'read-factors')).toBeDefined();
    },
  );

  it('is told what to do instead, each in a sentence of its own', async () => {
    const practice = await managed();
    const member = await colleague(practice);
    await ruled(practice, { genericAccounts: 'refused' });
    await decide(practice, member.personId, true);
    const detail = (text: string) => ({ extras: { detail: expect.stringContaining(text) as string } });
    await expect(reset(member.token, null)).rejects.toMatchObject(detail('Ask an administrator'));
    const asAdministrator = { organisationId: practice.organisationId, personId: member.personId };
    await expect(reset(practice.token, asAdministrator)).rejects.toMatchObject(detail('an account of their own'));
  });

  it('is refused as a fact, and not before the decision nor after it is withdrawn', async () => {
    const practice = await managed();
    const member = await colleague(practice);
    await ruled(practice, { genericAccounts: 'refused' });
    await expect(authorise(member.token, 'enrol-factor')).resolves.toBeDefined();
    await decide(practice, member.personId, true);
    await expect(authorise(member.token, 'enrol-factor')).rejects.toMatchObject(refused);
    expect(await factsOf(member.personId, 'factor-change.refused')).toMatchObject([
      { data: { change: 'enrol-factor', reason: 'generic-account' } },
    ]);
    await decide(practice, member.personId, null);
    await expect(authorise(member.token, 'enrol-factor')).resolves.toBeDefined();
    expect((await factsOf(member.personId, 'shared-account.decided')).map(({ data }) => data)).toMatchObject([
      { organisationId: practice.organisationId, decision: 'shared' },
      { organisationId: practice.organisationId, decision: 'withdrawn' },
    ]);
  });

  it('may be one person’s own in spite of its name, where the practice says so and for that practice alone', async () => {
    const practice = await managed();
    const member = await colleague(practice, 'reception-2@practice.example');
    const names: Partial<Policy> = { genericAccounts: 'refused', genericNames: ['reception'] };
    for (const one of [practice, member]) {
      await installation.database.query(
        'UPDATE organisations SET policy = policy || $2::jsonb WHERE organisation_id = $1',
        [one.organisationId, JSON.stringify(names)],
      );
    }
    await decide(practice, member.personId, false, 'Rita Reception is her name');
    await expect(authorise(member.token, 'enrol-factor')).rejects.toMatchObject(refused);
    const other = await colleague(member);
    await installation.database.query(`UPDATE memberships SET roles = '{administrator}' WHERE person_id = $1`, [
      other.personId,
    ]);
    await decide({ ...other, organisationId: member.organisationId }, member.personId, false);
    await expect(authorise(member.token, 'enrol-factor')).resolves.toBeDefined();
  });

  it('is decided on by administrators of its practice, never by whoever uses it', async () => {
    const [practice, stranger] = [await managed(), await managed()];
    const member = await colleague(practice);
    const asMember = { ...practice, token: member.token };
    await expect(decide(asMember, practice.personId, true)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(list(asMember)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(decide(practice, practice.personId, false)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(decide(practice, stranger.personId, true)).rejects.toMatchObject({ code: 'not-found' });
    await expect(decide({ ...practice, token: stranger.token }, member.personId, true)).rejects.toMatchObject({
      code: 'not-found',
    });
    expect((await list(practice)).accounts).toEqual([]);
  });

  it('BX4: is locked out in the forecast of rules that refuse it', async () => {
    const practice = await managed();
    const member = await colleague(practice);
    installation.holdingsOf.set(member.personId, nothingHeld);
    const { token, organisationId } = practice;
    const policy: Policy = { ...presets.healthcode, enforced: true, genericAccounts: 'refused' };
    const lockedOut = async () =>
      (
        await installation.identity.forecastPolicy(
          { token, organisationId, policy, list: 'locked-out', after: null, limit: 10 },
          contextOf(),
        )
      ).people.map(({ personId }) => personId);
    expect(await lockedOut()).toEqual([]);
    await decide(practice, member.personId, true);
    expect(await lockedOut()).toEqual([member.personId]);
  });
});

describe('AX6: what an administrator is told', () => {
  it('names each account with its reasons, the decision and who made it, page by page', async () => {
    const practice = await managed();
    const [reception, flagged] = [await colleague(practice, 'reception-3@practice.example'), await colleague(practice)];
    await colleague(practice);
    await ruled(practice, { genericNames: ['reception'] });
    await decide(practice, flagged.personId, true, 'Used at the front desk');
    const { accounts, next } = await list(practice);
    expect(accounts).toMatchObject([
      { personId: reception.personId, signs: ['name'], decision: null, shared: true, refused: false },
      {
        personId: flagged.personId,
        name: 'Dr Amara Okafor',
        signs: [],
        decision: { shared: true, by: practice.personId, reason: 'Used at the front desk' },
        shared: true,
        refused: false,
      },
    ]);
    expect(next).toBeNull();
    const first = await list(practice, null, 1);
    expect(first.next).toBe(reception.personId);
    expect((await list(practice, first.next, 1)).accounts).toMatchObject([{ personId: flagged.personId }]);
    await decide(practice, reception.personId, false);
    expect((await list(practice)).accounts[0]).toMatchObject({ shared: false, decision: { shared: false } });
    const written = await installation.database.query('SELECT events::text FROM events');
    expect(JSON.stringify(written)).not.toContain('front desk');
  });

  it('is a fact for each name that the rules list, of who was there and of who comes later, once', async () => {
    const practice = await managed();
    const there = await colleague(practice, 'office-4@practice.example');
    await ruled(practice, { genericNames: ['office'] });
    const later = await installation.practice('accurx', 'office-5@practice.example');
    await installation.noticeSharing();
    await installation.noticeSharing();
    for (const { personId } of [there, later]) {
      expect(await factsOf(personId, 'shared-account.suspected')).toMatchObject([{ data: { sign: 'name' } }]);
    }
  });

  const heldBySeveral = (personId: string, type: 'sms' | 'webauthn', personIds: readonly string[]): Fact => ({
    id: `held-by-${personId}`,
    service: 'factor-enrollment',
    position: 1,
    epoch: 1,
    stream: `factors-${personId}`,
    version: 3,
    type: 'factor.held-by-several',
    schemaVersion: 1,
    at: installation.clock.now().toISOString(),
    envelope: {
      organisationIds: ['of-whoever-came-last'],
      actor: { kind: 'person', id: personId },
      subject: { kind: 'person', id: personId },
      origin: { requestId: 'request-2', traceparent: null, sealed: 'their address', sealedFor: personId },
      policyVersion: 1,
    },
    data: { credentialId: 'phone-1', type, personIds: [...personIds] },
  });

  it.each([
    ['sms', 'phone-number'],
    ['webauthn', 'passkey'],
  ] as const)(
    'is of each who holds the same (%s), to their own practices alone, and refuses nothing',
    async (type, sign) => {
      const [practice, elsewhere] = [await managed(), await managed()];
      const member = await colleague(practice);
      await ruled(practice, { genericAccounts: 'refused' });
      await installation.noticeSharing([heldBySeveral(member.personId, type, [elsewhere.personId])]);
      const [theirs] = await factsOf(elsewhere.personId, 'shared-account.suspected');
      expect(theirs).toMatchObject({
        data: { personId: elsewhere.personId, sign },
        envelope: { organisationIds: [elsewhere.organisationId], actor: { kind: 'service', id: 'identity' } },
      });
      expect(JSON.stringify(theirs)).not.toMatch(new RegExp(`their address|${member.personId}|of-whoever`));
      expect(await factsOf(member.personId, 'shared-account.suspected')).toHaveLength(1);
      expect((await list(practice)).accounts).toMatchObject([
        { personId: member.personId, signs: [sign], decision: null, shared: false, refused: false },
      ]);
      await expect(authorise(member.token, 'enrol-factor')).resolves.toBeDefined();
    },
  );

  const signInFrom = async (email: string, ip: string) => {
    const source = { ip, userAgent: 'a browser' };
    return (await installation.identity.startSignIn({ email, password }, contextOf({ source }))).token;
  };
  const networks = ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8:1::1'];

  it.each<[string, readonly string[], number, number]>([
    ['four networks within the hour', networks, 0, 1],
    ['three networks', networks.slice(1), 0, 0],
    ['four addresses of one network', [1, 2, 3, 4].map((host) => `192.0.2.${host}`), 0, 0],
    ['four networks, one after the other in two hours', networks, 1_801, 0],
  ])('is of sessions at once from %s', async (_name, sources, secondsBetween, times) => {
    const { email, personId } = await installation.practice();
    for (const ip of sources) {
      await signInFrom(email, ip);
      installation.clock.advance(secondsBetween);
    }
    await installation.noticeSharing();
    const suspected = await factsOf(personId, 'shared-account.suspected');
    expect(suspected.map(({ data }) => data)).toEqual(Array(times).fill({ personId, sign: 'many-networks' }));
  });

  it('is not of sessions that were ended before the next began', async () => {
    const { email, personId } = await installation.practice();
    for (const ip of networks) {
      const token = await signInFrom(email, ip);
      const { sessionId } = await installation.identity.readSession({ token }, contextOf());
      await installation.identity.endSession({ token, sessionId }, contextOf());
    }
    await installation.noticeSharing();
    expect(await factsOf(personId, 'shared-account.suspected')).toEqual([]);
  });
});
