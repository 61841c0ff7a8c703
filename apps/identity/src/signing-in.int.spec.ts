import { createHash } from 'node:crypto';
import {
  contextOf,
  dummySecret,
  nothingHeld,
  password,
  sessionLimits,
  startIdentity,
  theAppHeld,
} from './identity.fixture';

describe('signing in', () => {
  let installation: Awaited<ReturnType<typeof startIdentity>>;
  beforeAll(async () => (installation = await startIdentity()));
  afterAll(() => installation.stop());
  beforeEach(() => (installation.holdings.now = nothingHeld));

  const started = (email: string, secret = password, key: string | null = null, ip = '192.0.2.10') =>
    installation.identity.startSignIn(
      { email, password: secret },
      contextOf({ idempotencyKey: key, source: { ip, userAgent: null } }),
    );
  const session = (token: string) => installation.identity.readSession({ token }, contextOf());
  const typesSince = async (position: number) =>
    (await installation.facts()).filter((fact) => fact.position > position).map(({ type }) => type);
  const head = async () => (await installation.facts()).at(-1)?.position ?? 0;

  it('with nothing held and nothing enforced opens a session at AAL1, in one commit', async () => {
    const { email, personId, organisationId } = await installation.practice();
    const before = await head();
    const { token, next } = await started(email.toUpperCase());
    expect(next).toEqual({ step: 'completed' });
    expect(await session(token)).toMatchObject({
      personId,
      organisations: [{ organisationId, name: 'High Street', roles: ['administrator'] }],
      assurance: { level: 'aal1', amr: ['pwd'] },
    });
    expect(await typesSince(before)).toEqual(['sign-in.started', 'sign-in.completed', 'session.started']);
  });

  it('R27 refuses a wrong password and an unknown email alike, each as a fact', async () => {
    const { email } = await installation.practice();
    const before = await head();
    const wrong = started(email, 'another password');
    await expect(wrong).rejects.toMatchObject({ code: 'invalid-credentials', extras: {} });
    await expect(started('nobody@practice.example')).rejects.toMatchObject({ code: 'invalid-credentials', extras: {} });
    const refusals = (await installation.facts()).filter((fact) => fact.position > before);
    expect(refusals.map(({ data }) => (data as { reason: string }).reason)).toEqual([
      'wrong-password',
      'unknown-email',
    ]);
    expect(refusals[1]?.envelope).toMatchObject({ organisationIds: [], subject: { kind: 'unknown' } });
  });

  it('R27 costs an unknown email the same work as a wrong password: one comparison with the same parameters', async () => {
    const { email } = await installation.practice();
    const { hashing } = installation;
    const compared: string[] = [];
    const withPlace = hashing.withPlace.bind(hashing);
    const watched = jest.spyOn(hashing, 'withPlace').mockImplementation((work, holder) =>
      withPlace((hasher) => {
        const matches = (hash: string, secret: string) => {
          compared.push(hash.slice(0, hash.lastIndexOf(',p=') + 4));
          return hasher.matches(hash, secret);
        };
        return work({ ...hasher, matches });
      }, holder),
    );
    await expect(started(email, 'another password')).rejects.toMatchObject({ code: 'invalid-credentials' });
    await expect(started('nobody@hillside.example')).rejects.toMatchObject({ code: 'invalid-credentials' });
    watched.mockRestore();
    expect(compared).toEqual(Array(2).fill('$argon2id$v=19$m=19456,t=2,p=1'));
  });

  it('R27 is opened to nobody by what the dummy hash was made of', async () => {
    const { email, personId } = await installation.practice();
    await installation.vault.query(
      'DELETE FROM password WHERE data_key_id IN (SELECT data_key_id FROM password_key WHERE person_id = $1)',
      [personId],
    );
    for (const typed of [email, 'nobody-at-all@practice.example']) {
      await expect(started(typed, dummySecret)).rejects.toMatchObject({ code: 'invalid-credentials' });
    }
  });

  it('§5 closes the door of one email and network for a while, for the right password too, and of no other', async () => {
    const [{ email }, colleague] = [await installation.practice(), await installation.practice()];
    for (let times = 0; times < 6; times += 1) await started(email, 'wrong').catch(() => undefined);
    await expect(started(email)).rejects.toMatchObject({ code: 'too-many-attempts', extras: { retryAfter: 1 } });
    await expect(started(colleague.email)).resolves.toMatchObject({ next: { step: 'completed' } });
    await expect(started(email, password, null, '198.51.100.1')).resolves.toMatchObject({
      next: { step: 'completed' },
    });
    installation.clock.advance(3);
    await expect(started(email)).resolves.toMatchObject({ next: { step: 'completed' } });
    for (let times = 0; times < 4; times += 1) await started(email, 'wrong').catch(() => undefined);
    await expect(started(email)).resolves.toMatchObject({ next: { step: 'completed' } });
  });

  it('§5 keeps the door closed for the whole network, however its addresses are written', async () => {
    const { email } = await installation.practice();
    for (let times = 0; times < 6; times += 1) {
      await started(email, 'wrong', null, `2001:db8::${times + 1}`).catch(() => undefined);
    }
    const sameNetwork = started(email, password, null, '2001:db8:0:0:aaaa::7');
    await expect(sameNetwork).rejects.toMatchObject({ code: 'too-many-attempts' });
    await expect(started(email, password, null, '2001:db8:0:1::7')).resolves.toBeDefined();
  });

  it('§6.10 counts a refused password once for one Idempotency-Key', async () => {
    const { email } = await installation.practice();
    const before = await head();
    await expect(started(email, 'wrong', 'key-1')).rejects.toMatchObject({ code: 'invalid-credentials' });
    await expect(started(email, 'wrong', 'key-1')).rejects.toMatchObject({ code: 'invalid-credentials' });
    await expect(started(email, 'other', 'key-1')).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    expect(await typesSince(before)).toEqual(['sign-in.refused']);
    await started(email, password, 'key-2');
    await expect(started(email, password, 'key-2')).rejects.toMatchObject({ code: 'already-done' });
  });

  it('§6.10 tells nobody who knows a key whether a password is right, without counting the try', async () => {
    const { email } = await installation.practice();
    await started(email, password, 'key-of-a-success');
    const before = await head();
    for (let times = 0; times < 5; times += 1) {
      const guess = started(email, `guess ${times}`, 'key-of-a-success');
      await expect(guess).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    }
    expect(await typesSince(before)).toEqual(Array(5).fill('sign-in.refused'));
    const closed = { code: 'too-many-attempts', extras: { retryAfter: 1 } };
    await expect(started(email, 'guess 6', 'key-of-a-success')).rejects.toMatchObject(closed);
    await expect(started(email, password, 'key-of-a-success')).rejects.toMatchObject(closed);
    installation.clock.advance(2);
    await expect(started(email, password, 'key-of-a-success')).rejects.toMatchObject({ code: 'already-done' });
  });

  it('§6.2 offers no set-up to someone whose factors are all gone, and records it', async () => {
    const { email } = await installation.practice('accurx');
    installation.holdings.now = { ...nothingHeld, setUpOpen: false };
    const before = await head();
    await expect(started(email)).rejects.toMatchObject({ code: 'not-allowed' });
    const [fact] = (await installation.facts()).filter(({ position }) => position > before);
    expect(fact).toMatchObject({ type: 'sign-in.refused', data: { reason: 'no-way-in' } });
  });

  it('I2 §6.4 takes the proof of a second factor once; R22 the first token dies with it', async () => {
    const { email, personId } = await installation.practice();
    installation.holdings.now = theAppHeld;
    const { signInId, token, next } = await started(email);
    expect(next).toMatchObject({
      step: 'second-factor',
      methods: [{ credentialId: 'app-1' }, { credentialId: 'codes-1' }],
    });
    await expect(session(token)).rejects.toMatchObject({ code: 'second-factor-required' });
    const proof = await installation.proofBy('challenge', { personId, authority: { kind: 'sign-in', id: signInId } });
    const accept = () => installation.identity.acceptProof({ token, proof }, contextOf());
    const tries = await Promise.allSettled([accept(), accept(), accept(), accept()]);
    const accepted = tries.flatMap((tried) => (tried.status === 'fulfilled' ? [tried.value] : []));
    expect(accepted).toHaveLength(1);
    expect(await session(accepted[0]?.token ?? '')).toMatchObject({
      assurance: { level: 'aal2', amr: ['pwd', 'otp', 'mfa'] },
    });
    await expect(session(token)).rejects.toMatchObject({ code: 'not-signed-in' });
    await expect(accept()).rejects.toMatchObject({ code: 'not-signed-in' });
  });

  it('HE4: states that the one backup code is to be replaced, where it was used and is the only one', async () => {
    const acceptedBy = async (preset: 'healthie' | 'healthcode', factorType: 'recovery-code' | 'totp') => {
      const { email, personId } = await installation.practice(preset);
      installation.holdings.now = theAppHeld;
      const { signInId, token } = await started(email);
      const authority = { kind: 'sign-in', id: signInId } as const;
      const proof = await installation.proofBy('challenge', { personId, authority, factorType });
      return (await installation.identity.acceptProof({ token, proof }, contextOf())).replacement;
    };
    expect(await acceptedBy('healthie', 'recovery-code')).not.toBeNull();
    expect(await acceptedBy('healthie', 'totp')).toBeNull();
    expect(await acceptedBy('healthcode', 'recovery-code')).toBeNull();
  });

  it('§6.2 takes no word of a set-up from someone who has a factor to prove', async () => {
    const { email, personId } = await installation.practice();
    installation.holdings.now = theAppHeld;
    const { signInId, token } = await started(email);
    const authority = { kind: 'sign-in', id: signInId } as const;
    const proof = await installation.proofBy('factor-enrollment', { personId, authority });
    const accepted = installation.identity.acceptProof({ token, proof }, contextOf());
    await expect(accepted).rejects.toMatchObject({ code: 'statement-refused' });
  });

  it('§6.4 lets a sign-in that was told to set up prove the factor that another tab has set up meanwhile', async () => {
    const { email, personId } = await installation.practice('accurx');
    const { signInId, token, next } = await started(email);
    expect(next).toMatchObject({ step: 'set-up' });
    installation.holdings.now = theAppHeld;
    const proof = await installation.proofBy('challenge', { personId, authority: { kind: 'sign-in', id: signInId } });
    const accepted = await installation.identity.acceptProof({ token, proof }, contextOf());
    expect(accepted.next).toEqual({ step: 'completed' });
    expect(await session(accepted.token ?? '')).toMatchObject({ assurance: { level: 'aal2' } });
  });

  it('R1, I6: that is cancelled is over at once, and a fact', async () => {
    const { email, personId } = await installation.practice();
    installation.holdings.now = theAppHeld;
    const { signInId, token } = await started(email);
    const before = await head();
    const { positions } = await installation.identity.endSession({ token, sessionId: null }, contextOf());
    expect(positions).toEqual([`sign-in-${signInId}@2`]);
    expect(await typesSince(before)).toEqual(['sign-in.cancelled']);
    const proof = await installation.proofBy('challenge', { personId, authority: { kind: 'sign-in', id: signInId } });
    const over = { code: 'not-signed-in' };
    await expect(installation.identity.readSignIn({ token, signInId }, contextOf())).rejects.toMatchObject(over);
    await expect(installation.identity.acceptProof({ token, proof }, contextOf())).rejects.toMatchObject(over);
    await expect(installation.identity.endSession({ token, sessionId: null }, contextOf())).rejects.toMatchObject(over);
  });

  it('says to start again once the last factor that it waits for was removed meanwhile', async () => {
    const { email } = await installation.practice();
    installation.holdings.now = theAppHeld;
    const { signInId, token } = await started(email);
    installation.holdings.now = nothingHeld;
    const refusal = { code: 'not-signed-in', extras: { detail: expect.stringContaining('Sign in again') as unknown } };
    const { identity } = installation;
    await expect(identity.readSignIn({ token, signInId }, contextOf())).rejects.toMatchObject(refusal);
    const asked = { token, signInId, permission: 'challenge', organisationId: null, password: null } as const;
    await expect(identity.authorise(asked, contextOf())).rejects.toMatchObject(refusal);
    await expect(session(token)).rejects.toMatchObject(refusal);
    expect((await started(email)).next).toEqual({ step: 'completed' });
  });

  it('R20 HE12 ends sessions after the absolute and the idle time; use within it keeps them alive', async () => {
    const { email } = await installation.practice();
    const { token } = await started(email);
    for (let used = 0; used < 3; used += 1) {
      installation.clock.advance(sessionLimits.idle - 60);
      await expect(session(token)).resolves.toBeDefined();
    }
    installation.clock.advance(sessionLimits.absolute - 3 * (sessionLimits.idle - 60));
    await expect(session(token)).rejects.toMatchObject({ code: 'not-signed-in' });
    const { token: idle } = await started(email);
    installation.clock.advance(sessionLimits.idle);
    await expect(session(idle)).rejects.toMatchObject({ code: 'not-signed-in' });
  });

  it('§6.7 is noted as seen once a minute, whoever asks how often, and says no more than is noted', async () => {
    const { email } = await installation.practice();
    const { token } = await started(email);
    await installation.database.query(`
      CREATE TABLE sightings (at timestamptz);
      CREATE FUNCTION note_sighting() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO sightings VALUES (NEW.last_seen_at); RETURN NULL; END $$;
      CREATE TRIGGER note_sighting AFTER UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION note_sighting()`);
    const atFirst = (await session(token)).idleExpiresAt;
    const atOnce = () => Promise.all(Array.from({ length: 8 }, () => session(token)));
    installation.clock.advance(59);
    for (const { idleExpiresAt } of await atOnce()) expect(idleExpiresAt).toBe(atFirst);
    installation.clock.advance(1);
    await atOnce();
    expect(await installation.database.query('SELECT at FROM sightings')).toHaveLength(1);
    await installation.database.query('DROP TRIGGER note_sighting ON sessions');
  });

  it('R22 I4 keeps of its tokens nothing but their hashes', async () => {
    const { email } = await installation.practice();
    const { token: ofSession } = await started(email);
    installation.holdings.now = theAppHeld;
    const { token: ofSignIn } = await started(email);
    const kept = await installation.database.query<{ hash: Buffer }>(
      'SELECT token_hash AS hash FROM sessions UNION ALL SELECT token_hash FROM open_sign_ins',
    );
    for (const token of [ofSession, ofSignIn]) {
      expect(kept.filter(({ hash }) => hash.equals(createHash('sha256').update(token).digest()))).toHaveLength(1);
    }
    expect(kept.every(({ hash }) => hash.length === 32)).toBe(true);
  });

  it('R20 is kept alive by any use, not only by asking for the session, and says when it will end', async () => {
    const { email } = await installation.practice();
    const { token } = await started(email);
    installation.clock.advance(sessionLimits.idle - 10);
    const asked = { token, permission: 'read-factors', signInId: null, organisationId: null, password: null } as const;
    await installation.identity.authorise(asked, contextOf());
    installation.clock.advance(120);
    const seen = await session(token);
    const idleFor = (Date.parse(seen.idleExpiresAt) - installation.clock.now().getTime()) / 1000;
    expect(idleFor).toBe(sessionLimits.idle);
  });

  it('§6.7 R23 ends one session or another at once, as a fact', async () => {
    const { email } = await installation.practice();
    const [one, other] = [await started(email), await started(email)];
    const { sessions } = await installation.identity.listSessions({ token: one.token }, contextOf());
    expect(sessions).toHaveLength(2);
    const target = sessions.find(({ current }) => !current)?.sessionId ?? '';
    await installation.identity.endSession({ token: one.token, sessionId: target }, contextOf());
    await expect(session(other.token)).rejects.toMatchObject({ code: 'not-signed-in' });
    await installation.identity.endSession({ token: one.token, sessionId: null }, contextOf());
    await expect(session(one.token)).rejects.toMatchObject({ code: 'not-signed-in' });
    const reasons = (await installation.facts()).filter(({ type }) => type === 'session.ended').slice(-2);
    expect(reasons.map(({ data }) => (data as { reason: string }).reason)).toEqual([
      'ended-from-another-session',
      'signed-out',
    ]);
  });

  it('R5 lets a password-only session end no stronger one, nor see the people of the practice, once a factor is held', async () => {
    const { email, personId, organisationId } = await installation.practice();
    const weak = await started(email);
    const people = () => installation.identity.listPeople({ token: weak.token, organisationId }, contextOf());
    await expect(people()).resolves.toBeDefined();
    installation.holdings.now = theAppHeld;
    await expect(people()).rejects.toMatchObject({ code: 'second-factor-required' });
    const { signInId, token } = await started(email);
    const proof = await installation.proofBy('challenge', { personId, authority: { kind: 'sign-in', id: signInId } });
    const { token: strong } = await installation.identity.acceptProof({ token, proof }, contextOf());
    const { sessionId } = await session(strong ?? '');
    const end = (using: string, target: string | null) =>
      installation.identity.endSession({ token: using, sessionId: target }, contextOf());
    await expect(end(weak.token, sessionId)).rejects.toMatchObject({ code: 'second-factor-required' });
    await expect(session(strong ?? '')).resolves.toBeDefined();
    const { sessionId: weakId } = await session(weak.token);
    await end(strong ?? '', weakId);
    await expect(session(weak.token)).rejects.toMatchObject({ code: 'not-signed-in' });
  });

  it("ends nobody else's session", async () => {
    const [amara, bola] = [await installation.practice(), await installation.practice()];
    const [one, other] = [await started(amara.email), await started(bola.email)];
    const { sessionId } = await session(other.token);
    const ending = installation.identity.endSession({ token: one.token, sessionId }, contextOf());
    await expect(ending).rejects.toMatchObject({ code: 'not-found' });
    await expect(session(other.token)).resolves.toBeDefined();
  });
});
