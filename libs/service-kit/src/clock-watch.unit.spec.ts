import { presets, type Proof, type Statement } from '@cofactor/contracts';
import { ClockWatch } from './clock-watch';
import { KeyRing } from './key-ring';
import { now, secondsLater, signingKeys, watchedLogger } from './operations.fixture';
import { Signer, Verifier } from './signing';
import { SigningKeys, generateSigningKey } from './signing-keys';

function watch() {
  const { lines, logger } = watchedLogger();
  let passed = 0;
  const clocks = new ClockWatch(logger, () => passed);
  return { clocks, lines, after: (seconds: number) => (passed += seconds * 1000) };
}
const named = { 'clock of identity': false };

describe('§6.11 the watch of clocks', () => {
  it('names the service in the log and in the readiness', () => {
    const { clocks, lines } = watch();
    clocks.apart('identity', -90);
    expect(clocks.health()).toEqual(named);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"caller":"identity","secondsAhead":-90');
    expect(lines[0]).toContain('the clock of identity and the one here are 90 s apart');
  });

  it('says it once a minute, however many tokens are refused', () => {
    const { clocks, lines, after } = watch();
    for (let second = 0; second < 120; second += 1) {
      clocks.apart('identity', 90 + second);
      after(1);
    }
    expect(lines).toHaveLength(2);
  });

  it('ends with the first token whose time fits', () => {
    const { clocks, lines } = watch();
    clocks.apart('identity', 90);
    clocks.agrees('identity');
    expect(clocks.health()).toEqual({});
    expect(lines.at(-1)).toContain('the clocks agree again');
  });

  it('does not fill the log where the clocks of two replicas differ from each other', () => {
    const { clocks, lines } = watch();
    for (let calls = 0; calls < 100; calls += 1) {
      clocks.apart('identity', 90);
      expect(clocks.health()).toEqual(named);
      clocks.agrees('identity');
      expect(clocks.health()).toEqual({});
    }
    expect(lines).toHaveLength(2);
  });

  it('says nothing of a service that was never apart', () => {
    const { clocks, lines } = watch();
    clocks.agrees('identity');
    expect([clocks.health(), lines]).toEqual([{}, []]);
  });

  it('forgets in the readiness what was not seen again for a minute', () => {
    const { clocks, after } = watch();
    clocks.apart('identity', 90);
    after(59);
    expect(clocks.health()).toEqual(named);
    after(1);
    expect(clocks.health()).toEqual({});
  });
});

describe('§6.11 what is signed for a request', () => {
  const statement: Statement = {
    permission: 'challenge',
    personId: 'amara',
    authority: { kind: 'sign-in', id: 'sign-in-1' },
    policies: [{ organisationId: 'practice-1', version: 1, policy: presets.healthcode }],
    assurance: null,
    credentialId: null,
    organisationId: null,
  };
  const identityKey = generateSigningKey('identity-1');
  const provenAt = (at: Date): Proof => ({
    purpose: 'second-factor',
    proofId: 'challenge-1',
    personId: 'amara',
    authority: { kind: 'sign-in', id: 'sign-in-1' },
    credentialId: 'app-1',
    factorType: 'totp',
    amr: ['otp'],
    at: at.toISOString(),
  });

  async function verifying() {
    const watched = watch();
    const keys = await KeyRing.load({ identity: identityKey, challenge: signingKeys.challenge });
    const verifier = new Verifier('challenge', keys, watched.clocks);
    const identity = new Signer('identity', await SigningKeys.of([identityKey]));
    const challenge = new Signer('challenge', await SigningKeys.of([signingKeys.challenge]));
    const state = async (at: Date) => verifier.statement(await identity.statement(statement, 'challenge', at), now);
    const prove = async (at: Date) => verifier.proof(await challenge.proof(provenAt(at), 'challenge'), now);
    return { ...watched, state, prove, identity, verifier };
  }
  const refused = { code: 'statement-refused' };

  it.each([90, -90])('a statement of a clock %i s off is refused and named, until one fits', async (seconds) => {
    const { clocks, lines, state } = await verifying();
    await expect(state(secondsLater(seconds))).rejects.toMatchObject(refused);
    expect(clocks.health()).toEqual(named);
    expect(lines.join('')).toContain(`"secondsAhead":${seconds}`);
    await expect(state(now)).resolves.toEqual(statement);
    expect(clocks.health()).toEqual({});
  });

  it('a statement that is good, but no longer young, does not end an alarm', async () => {
    const { clocks, state } = await verifying();
    await expect(state(secondsLater(-90))).rejects.toMatchObject(refused);
    await expect(state(secondsLater(-50))).resolves.toEqual(statement);
    expect(clocks.health()).toEqual(named);
  });

  it('a proof that came too late is refused and raises no alarm, since people are slow', async () => {
    const { clocks, lines, prove } = await verifying();
    for (const seconds of [-66, -90, -3_600]) {
      await expect(prove(secondsLater(seconds))).rejects.toMatchObject(refused);
    }
    expect([clocks.health(), lines]).toEqual([{}, []]);
  });

  it('a proof from the future is refused and named, until one fits', async () => {
    const { clocks, prove } = await verifying();
    await expect(prove(secondsLater(90))).rejects.toMatchObject(refused);
    expect(clocks.health()).toEqual({ 'clock of challenge': false });
    await expect(prove(now)).resolves.toEqual(provenAt(now));
    expect(clocks.health()).toEqual({});
  });

  it('says nothing of a clock where the key or the audience is wrong as well', async () => {
    const { clocks, identity, verifier } = await verifying();
    const elsewhere = await identity.statement(statement, 'audit', secondsLater(90));
    const impostor = new Signer('identity', await SigningKeys.of([generateSigningKey('identity-1')]));
    const forged = await impostor.statement(statement, 'challenge', secondsLater(90));
    for (const token of [elsewhere, forged]) {
      await expect(verifier.statement(token, now)).rejects.toMatchObject(refused);
    }
    expect(clocks.health()).toEqual({});
  });
});
