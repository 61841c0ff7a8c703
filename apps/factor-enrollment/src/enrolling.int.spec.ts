import type { Assurance } from '@cofactor/contracts';
import { totpCode } from '@cofactor/testkit';
import {
  aContext,
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
const codeOf = (details: Record<string, unknown>, secondsAway = 0): string =>
  totpCode(String(details['secret']), test.clock.now().getTime() + secondsAway * 1000);

async function start(personId: string, options: { fields?: object; key?: string; client?: Client } = {}) {
  const { fields = {}, key = null, client = test.client } = options;
  const statement = await test.statement(personId, 'enrol-factor');
  const request = { statement, type: 'totp', accountLabel: 'sam@riverside.example', fields: { ...fields } } as const;
  return client.startEnrolment(request, aContext(key));
}
async function confirm(
  personId: string,
  enrolmentId: string,
  code: string,
  options: { key?: string; client?: Client } = {},
) {
  const { key = null, client = test.client } = options;
  const statement = await test.statement(personId, 'confirm-enrolment');
  return client.confirmEnrolment({ statement, type: 'totp', enrolmentId, answer: { code } }, aContext(key));
}
const typesOf = async (personId: string) => (await test.factsOf(personId)).map(({ type }) => type);

describe('a set-up', () => {
  it('HE2: shows a secret and a link with issuer and login email, once', async () => {
    const started = await start(aPerson(), { fields: { name: 'Work phone' } });
    expect(started.expiresAt).toBe(new Date(test.clock.now().getTime() + 900_000).toISOString());
    const uri = new URL(String(started.details['uri']));
    expect(decodeURIComponent(uri.pathname)).toContain('sam@riverside.example');
    expect(uri.searchParams.get('issuer')).toBe('Riverside Practice');
  });

  it('unfinished, counts as nothing (authentik #2330)', async () => {
    const personId = aPerson();
    await start(personId);
    expect(await test.client.factorsOf({ personId }, aContext())).toEqual({
      factors: [],
      recoveryCodes: null,
      setUpOpen: true,
    });
  });

  it('confirmed, gives the factor, ten recovery codes and a proof for identity', async () => {
    const personId = aPerson();
    const { enrolmentId, details } = await start(personId);
    const confirmed = await confirm(personId, enrolmentId, codeOf(details, -30));
    expect(new Set(confirmed.recoveryCodes).size).toBe(10);
    const now = test.clock.now().toISOString();
    expect(await test.readProof(confirmed.proof)).toEqual({
      purpose: 'factor-set-up',
      proofId: enrolmentId,
      personId,
      authority: { kind: 'session', id: `session-of-${personId}` },
      credentialId: confirmed.credentialId,
      factorType: 'totp',
      amr: ['otp'],
      at: now,
    });
    const held = await test.client.factorsOf({ personId }, aContext());
    expect(held).toMatchObject({ setUpOpen: false, recoveryCodes: { count: 10 } });
    const named = { name: 'Authenticator app', hint: 'Authenticator app' };
    const factor = { credentialId: confirmed.credentialId, type: 'totp', ...named, role: 'default', addedAt: now };
    expect(held.factors).toEqual([factor]);
    const step = Math.floor(test.clock.now().getTime() / 30_000) - 1;
    const entry = await test.secrets.open(confirmed.credentialId);
    expect(entry).toMatchObject({ state: 'active', acceptedStep: step, personId });
    expect(await test.secrets.open(held.recoveryCodes?.credentialId ?? '')).toMatchObject({ state: 'active' });
  });

  it('of a type that the policies do not allow, or that is not enrolled, is refused', async () => {
    for (const [type, allowed] of [
      ['totp', ['sms']],
      ['sms', ['totp']],
      ['recovery-code', ['totp']],
    ] as const) {
      const differing = { policies: policies({ allowedFactors: [...allowed] }) };
      const statement = await test.statement(aPerson(), 'enrol-factor', differing);
      const request = { statement, type, accountLabel: 'sam@riverside.example', fields: {} };
      await expect(test.client.startEnrolment(request, aContext())).rejects.toMatchObject({
        code: 'factor-not-allowed',
      });
    }
  });

  it('with fields that are not right is refused with a pointer to each, and leaves nothing', async () => {
    const personId = aPerson();
    await expect(start(personId, { fields: { name: 'two\nlines', seed: 'mine' } })).rejects.toMatchObject({
      code: 'invalid-fields',
      extras: { errors: expect.arrayContaining([expect.objectContaining({ pointer: '/name' })]) as unknown },
    });
    expect([await typesOf(personId), await test.entriesOf(personId)]).toEqual([[], 0]);
  });

  it('beyond ten that are open is refused, leaves nothing, and pushes none of them out', async () => {
    const personId = aPerson();
    const first = await start(personId);
    test.clock.advance(30);
    for (let others = 1; others <= 9; others += 1) await start(personId);
    await expect(start(personId)).rejects.toMatchObject({ code: 'too-many-set-ups', extras: { retryAfter: 870 } });
    expect(await test.entriesOf(personId)).toBe(10);
    await expect(confirm(personId, first.enrolmentId, codeOf(first.details))).resolves.toBeDefined();
    await expect(start(personId)).resolves.toBeDefined();
  });

  it('R5: by a password alone, where a factor is held, is refused and leaves nothing in the vault', async () => {
    const personId = aPerson();
    const { enrolmentId, details } = await start(personId);
    await confirm(personId, enrolmentId, codeOf(details));
    const entries = await test.entriesOf(personId);
    const assurance: Assurance = { level: 'aal1', amr: ['pwd'], authenticatedAt: test.clock.now().toISOString() };
    const statement = await test.statement(personId, 'enrol-factor', { assurance });
    const request = { statement, type: 'totp', accountLabel: 'sam@riverside.example', fields: {} } as const;
    await expect(test.client.startEnrolment(request, aContext())).rejects.toMatchObject({
      code: 'second-factor-required',
    });
    expect(await test.entriesOf(personId)).toBe(entries);
  });

  it.each(['revoke-factor', 'confirm-enrolment'] as const)(
    'needs its own permission, not %s (§6.1)',
    async (permission) => {
      const statement = await test.statement(aPerson(), permission);
      const request = { statement, type: 'totp', accountLabel: 'sam@riverside.example', fields: {} } as const;
      await expect(test.client.startEnrolment(request, aContext())).rejects.toMatchObject({
        code: 'statement-refused',
      });
    },
  );
});

describe('a confirmation', () => {
  it('with wrong codes is refused and recorded; after five the secret is gone', async () => {
    const personId = aPerson();
    const { enrolmentId, details } = await start(personId);
    for (let tries = 1; tries <= 5; tries += 1) {
      await expect(confirm(personId, enrolmentId, codeOf(details, -3_600))).rejects.toMatchObject({
        code: 'code-wrong',
      });
      expect(await test.entriesOf(personId)).toBe(tries < 5 ? 1 : 0);
    }
    await expect(confirm(personId, enrolmentId, codeOf(details))).rejects.toMatchObject({ code: 'enrolment-closed' });
    const reasons = (await test.factsOf(personId)).slice(1).map(({ data }) => (data as { reason: string }).reason);
    expect(reasons).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'too-many-attempts']);
  });

  it('I2: of one set-up, fifty at once over two replicas, succeeds once and issues one set of codes', async () => {
    const personId = aPerson();
    const { enrolmentId, details } = await start(personId);
    const clients = [test.client, (await test.replica()).client] as const;
    const code = codeOf(details);
    const tries = Array.from({ length: 50 }, (_, index) =>
      confirm(personId, enrolmentId, code, { client: clients[index % 2] ?? test.client }),
    );
    const settled = await Promise.allSettled(tries);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await typesOf(personId)).toEqual(['enrolment.started', 'factor.enrolled', 'recovery-codes.issued']);
  });

  it.each([
    ['was destroyed', null],
    ['is active already', 'active'],
    ['belongs to somebody else', 'foreign'],
  ])('whose secret %s is refused, with the right code too', async (_, becomes) => {
    const personId = aPerson();
    const { enrolmentId, details } = await start(personId);
    const [fact] = await test.factsOf(personId);
    const { credentialId } = fact?.data as { credentialId: string };
    const entry = await test.secrets.open(credentialId);
    if (becomes === 'active') await test.secrets.activate(credentialId, { acceptedStep: null });
    else await test.secrets.destroy(credentialId);
    if (becomes === 'foreign' && entry) {
      const expiresAt = new Date(test.clock.now().getTime() + 900_000);
      await test.secrets.seal({ ...entry, credentialId, personId: aPerson(), blindIndex: null, expiresAt });
    }
    await expect(confirm(personId, enrolmentId, codeOf(details))).rejects.toMatchObject({ code: 'code-expired' });
    expect((await test.client.factorsOf({ personId }, aContext())).factors).toEqual([]);
  });

  it('of a second app gives it a name of its own and no further codes', async () => {
    const personId = aPerson();
    const first = await start(personId);
    await confirm(personId, first.enrolmentId, codeOf(first.details));
    const second = await start(personId);
    const confirmed = await confirm(personId, second.enrolmentId, codeOf(second.details));
    expect(confirmed.recoveryCodes).toBeNull();
    const { factors } = await test.client.factorsOf({ personId }, aContext());
    expect(factors.map(({ name, role }) => [name, role])).toEqual([
      ['Authenticator app', 'default'],
      ['Authenticator app 2', null],
    ]);
  });

  it('gives no recovery codes where no policy does', async () => {
    const personId = aPerson();
    const { enrolmentId, details } = await start(personId);
    const differing = { policies: policies({ recoveryCodes: { kind: 'none', count: 0 } }) };
    const statement = await test.statement(personId, 'confirm-enrolment', differing);
    const request = { statement, type: 'totp', enrolmentId, answer: { code: codeOf(details) } } as const;
    expect(await test.client.confirmEnrolment(request, aContext())).toMatchObject({ recoveryCodes: null });
  });
});

describe('§6.10: an Idempotency-Key', () => {
  it('makes what held a secret happen once', async () => {
    const personId = aPerson();
    const { enrolmentId, details } = await start(personId, { key: 'start' });
    await expect(start(personId, { key: 'start' })).rejects.toMatchObject({ code: 'already-done' });
    await expect(start(personId, { key: 'start', fields: { name: 'Other' } })).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
    const wrong = codeOf(details, -3_600);
    for (let sent = 1; sent <= 7; sent += 1) {
      await expect(confirm(personId, enrolmentId, wrong, { key: 'wrong' })).rejects.toMatchObject({
        code: 'code-wrong',
      });
    }
    const code = codeOf(details);
    await confirm(personId, enrolmentId, code, { key: 'right' });
    await expect(confirm(personId, enrolmentId, code, { key: 'right' })).rejects.toMatchObject({
      code: 'already-done',
    });
    expect(await typesOf(personId)).toEqual([
      'enrolment.started',
      'enrolment.refused',
      'factor.enrolled',
      'recovery-codes.issued',
    ]);
  });
});

describe('I4: nothing that the service writes', () => {
  it('holds a secret, a code, a recovery code, a proof or an address', async () => {
    const personId = aPerson();
    const { enrolmentId, details } = await start(personId, { key: 'i4-start' });
    const code = codeOf(details);
    const { recoveryCodes, proof } = await confirm(personId, enrolmentId, code, { key: 'i4-confirm' });
    const written = await test.everythingWritten();
    expect(written).toContain(enrolmentId);
    const canaries = [
      String(details['secret']),
      `"${code}"`,
      ...(recoveryCodes ?? []),
      proof,
      'sam@riverside.example',
      '203.0.113.7',
    ];
    expect(canaries.filter((canary) => written.includes(canary))).toEqual([]);
  });

  it('is without its envelope: practice, policy version, actor, and a sealed source', async () => {
    const personId = aPerson();
    await start(personId);
    const [fact] = await test.factsOf(personId);
    const person = { kind: 'person', id: personId };
    expect(fact?.envelope).toMatchObject({
      organisationIds: ['practice-1'],
      actor: person,
      subject: person,
      policyVersion: 3,
      origin: { sealedFor: personId, sealed: expect.any(String) as unknown },
    });
  });
});
