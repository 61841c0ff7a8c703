import { eventually, totpCode } from '@cofactor/testkit';
import {
  aContext,
  DyingVault,
  policies,
  startTestFactorEnrollment,
  type Client,
  type TestFactorEnrollment,
} from './factor-enrollment.fixture';

let test: TestFactorEnrollment;
beforeAll(async () => {
  test = await startTestFactorEnrollment();
});
afterAll(() => test.stop());

let people = 0;
const aPerson = (): string => `person-${++people}`;

async function started(personId: string) {
  const statement = await test.statement(personId, 'enrol-factor');
  const request = { statement, type: 'totp', accountLabel: 'sam@riverside.example', fields: {} } as const;
  const { enrolmentId, details } = await test.client.startEnrolment(request, aContext());
  return { enrolmentId, code: totpCode(String(details['secret']), test.clock.now().getTime()) };
}
async function enrol(personId: string, client = test.client) {
  const { enrolmentId, code } = await started(personId);
  const statement = await test.statement(personId, 'confirm-enrolment');
  return client.confirmEnrolment({ statement, type: 'totp', enrolmentId, answer: { code } }, aContext());
}
async function revoke(personId: string, credentialId: string, client: Client = test.client, enforced = false) {
  const statement = await test.statement(personId, 'revoke-factor', { policies: policies({ enforced }) });
  return client.revokeFactor({ statement, credentialId }, aContext());
}
async function newCodes(personId: string, client: Client = test.client, key: string | null = null) {
  const statement = await test.statement(personId, 'issue-recovery-codes');
  return client.issueRecoveryCodes({ statement }, aContext(key));
}
const held = (personId: string) => test.client.factorsOf({ personId }, aContext());
const credentialOfCodes = async (personId: string) => (await held(personId)).recoveryCodes?.credentialId ?? '';

describe('removing a factor', () => {
  it('is seen by the very next read, and the factor is dead (GHSA-wc43-73w7-x2f5)', async () => {
    const personId = aPerson();
    const [first, second] = [await enrol(personId), await enrol(personId)];
    await revoke(personId, first.credentialId);
    const { factors, setUpOpen } = await held(personId);
    expect(factors).toMatchObject([{ credentialId: second.credentialId, role: 'default' }]);
    expect(setUpOpen).toBe(false);
    expect(await test.secrets.open(first.credentialId)).toBeNull();
    expect(await test.secrets.open(second.credentialId)).not.toBeNull();
  });

  it('of the last one takes the recovery codes along, and opens a new set-up (§6.2)', async () => {
    const personId = aPerson();
    const { credentialId } = await enrol(personId);
    await revoke(personId, credentialId);
    expect(await held(personId)).toEqual({ factors: [], recoveryCodes: null, setUpOpen: true });
    expect(await test.entriesOf(personId)).toBe(0);
    const reasons = (await test.factsOf(personId)).slice(-2).map(({ data }) => (data as { reason: string }).reason);
    expect(reasons).toEqual(['removed-by-person', 'last-factor-removed']);
  });

  it('HC8: is refused while a practice enforces it (authentik #16209)', async () => {
    const personId = aPerson();
    const { credentialId } = await enrol(personId);
    await expect(revoke(personId, credentialId, test.client, true)).rejects.toMatchObject({
      code: 'policy-needs-factor',
    });
    expect(await test.secrets.open(credentialId)).not.toBeNull();
  });

  it('HC8: both of two at once, over two replicas, leaves one where it is enforced', async () => {
    const personId = aPerson();
    const factors = [await enrol(personId), await enrol(personId)];
    const other = (await test.replica()).client;
    const removals = factors.map(({ credentialId }, index) =>
      revoke(personId, credentialId, index === 0 ? test.client : other, true),
    );
    const settled = await Promise.allSettled(removals);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await held(personId)).factors).toHaveLength(1);
  });

  it('of somebody else is not found, and nothing happens to it', async () => {
    const { credentialId } = await enrol(aPerson());
    await expect(revoke(aPerson(), credentialId)).rejects.toMatchObject({ code: 'not-found' });
    expect(await test.secrets.open(credentialId)).not.toBeNull();
  });
});

describe('new recovery codes', () => {
  it('HT4: kill the old ones; the reply is given once', async () => {
    const personId = aPerson();
    const { recoveryCodes: before } = await enrol(personId);
    const old = await credentialOfCodes(personId);
    const { recoveryCodes } = await newCodes(personId, test.client, 'new-codes');
    expect(new Set([...recoveryCodes, ...(before ?? [])]).size).toBe(20);
    expect(await test.secrets.open(old)).toBeNull();
    expect(await test.secrets.open(await credentialOfCodes(personId))).toMatchObject({ state: 'active' });
    await expect(newCodes(personId, test.client, 'new-codes')).rejects.toMatchObject({ code: 'already-done' });
  });

  it('without a factor are refused, and leave nothing in the vault', async () => {
    const personId = aPerson();
    await expect(newCodes(personId)).rejects.toMatchObject({ code: 'factor-not-allowed' });
    expect(await test.entriesOf(personId)).toBe(0);
  });
});

describe('the roles', () => {
  it('of two apps cannot be shared between them (BX6)', async () => {
    const personId = aPerson();
    const [first, second] = [await enrol(personId), await enrol(personId)];
    const statement = await test.statement(personId, 'change-factor-roles');
    const request = { statement, default: first.credentialId, secondary: second.credentialId };
    await expect(test.client.changeRoles(request, aContext())).rejects.toMatchObject({ code: 'roles-not-possible' });
  });

  it('change at once', async () => {
    const personId = aPerson();
    const [first, second] = [await enrol(personId), await enrol(personId)];
    const statement = await test.statement(personId, 'change-factor-roles');
    await test.client.changeRoles({ statement, default: second.credentialId, secondary: null }, aContext());
    expect((await held(personId)).factors).toMatchObject([
      { credentialId: first.credentialId, role: null },
      { credentialId: second.credentialId, role: 'default' },
    ]);
  });
});

describe('§6.6: a process that dies between the commit and the vault', () => {
  const isActive = async (credentialId: string) => (await test.secrets.open(credentialId))?.state === 'active';

  it('at a confirmation: the next one activates factor and recovery codes, also after their time and a sweep', async () => {
    const personId = aPerson();
    const dying = await test.replica({ vault: DyingVault });
    await expect(enrol(personId, dying.client)).rejects.toMatchObject({ code: 'internal' });
    const [factor] = (await held(personId)).factors;
    const credentials = [factor?.credentialId ?? '', await credentialOfCodes(personId)];
    expect(await Promise.all(credentials.map(isActive))).toEqual([false, false]);
    test.clock.advance(12 * 3_600);
    const next = await test.replica({ reacts: true });
    await eventually(
      () => Promise.all(credentials.map(isActive)),
      (active) => active.every(Boolean),
    );
    await next.close();
  });

  it('at a removal: the next one destroys the secrets', async () => {
    const personId = aPerson();
    const { credentialId } = await enrol(personId);
    const dying = await test.replica({ vault: DyingVault });
    await expect(revoke(personId, credentialId, dying.client)).rejects.toMatchObject({ code: 'internal' });
    expect(await test.entriesOf(personId)).toBe(2);
    const next = await test.replica({ reacts: true });
    await eventually(
      () => test.entriesOf(personId),
      (entries) => entries === 0,
    );
    await next.close();
  });

  it('at new recovery codes: the next one activates them and destroys the old', async () => {
    const personId = aPerson();
    await enrol(personId);
    const old = await credentialOfCodes(personId);
    const dying = await test.replica({ vault: DyingVault });
    await expect(newCodes(personId, dying.client)).rejects.toMatchObject({ code: 'internal' });
    expect([await test.entriesOf(personId), (await test.secrets.open(old))?.state]).toEqual([3, 'active']);
    const next = await test.replica({ reacts: true });
    await eventually(
      () => test.entriesOf(personId),
      (entries) => entries === 2,
    );
    expect(await isActive(await credentialOfCodes(personId))).toBe(true);
    expect(await test.secrets.open(old)).toBeNull();
    await next.close();
  });

  it('a set-up that was given up leaves nothing in the vault after a day', async () => {
    const personId = aPerson();
    await started(personId);
    test.clock.advance(86_400 + 901);
    const next = await test.replica();
    await eventually(
      () => test.entriesOf(personId),
      (entries) => entries === 0,
    );
    await next.close();
  });
});

describe('what the person reads', () => {
  it('HC4: names what the set-up still misses, and offers only what is allowed and built', async () => {
    const personId = aPerson();
    await enrol(personId);
    const statement = await test.statement(personId, 'read-factors');
    expect(await test.client.readFactors({ statement }, aContext())).toMatchObject({
      factors: [{ type: 'totp', role: 'default' }],
      recoveryCodes: { count: 10 },
      setUp: { complete: false, missing: ['secondary'] },
      allowed: ['totp', 'sms', 'email'],
    });
  });
});
