import { untraced } from './tracing';
import { presets, type Proof, type Statement } from '@cofactor/contracts';
import type { JWK } from 'jose';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClockWatch } from './clock-watch';
import { httpClient } from './http-client';
import { keepAliveAgent } from './http-exchange';
import { startInternalServer } from './internal-server';
import { Metrics } from './metrics';
import { aContext, answering, table, watchedLogger } from './operations.fixture';
import { operationsListener } from './operations-listener';
import { RemoteKeys } from './remote-keys';
import { ServiceTokenSigner, ServiceTokenVerifier } from './service-tokens';
import { Signer, Verifier } from './signing';
import { generateSigningKey, SigningKeys } from './signing-keys';

const statement: Statement = {
  permission: 'challenge',
  personId: 'amara',
  authority: { kind: 'sign-in', id: 'sign-in-1' },
  policies: [{ organisationId: 'practice-1', version: 1, policy: presets.healthcode }],
  assurance: null,
  credentialId: null,
  organisationId: null,
};
const proof: Omit<Proof, 'at'> = {
  purpose: 'second-factor',
  proofId: 'challenge-1',
  personId: 'amara',
  authority: { kind: 'sign-in', id: 'sign-in-1' },
  credentialId: 'app-1',
  factorType: 'totp',
  amr: ['otp'],
};

/** Everyone's clock; only this spec moves it. */
let seconds = 0;
const milliseconds = () => seconds * 1000;
const clock = { now: () => new Date(Date.UTC(2026, 2, 2, 9) + milliseconds()) };

describe('the change of a key, while calls go on', () => {
  let folder: string;
  const closings: (() => Promise<unknown> | void)[] = [];
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cofactor-rotation-'))));
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) await close();
    rmSync(folder, { recursive: true });
  });

  const nobody = { logger: watchedLogger().logger, health: async () => ({}), dispensable: () => false };
  const onAnyPort = { ...nobody, port: 0, host: '127.0.0.1' };

  /** A process that signs with the keys of a file and publishes them. */
  async function signing(service: string) {
    const path = join(folder, `${service}.json`);
    const put = (...keys: readonly JWK[]): void => {
      writeFileSync(`${path}.new`, JSON.stringify({ keys }), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    };
    const initial = generateSigningKey(`${service}-1`);
    put(initial);
    const keys = await SigningKeys.follow(path, watchedLogger().logger, milliseconds);
    const server = await startInternalServer({
      ...onAnyPort,
      metrics: new Metrics(service),
      keys,
      operations: () => undefined,
    });
    closings.push(() => server.close());
    return { keys, put, initial, base: `http://127.0.0.1:${server.port}` };
  }

  async function everyone() {
    const [gateway, identity, challenge] = [
      await signing('gateway'),
      await signing('identity'),
      await signing('challenge'),
    ];
    const publishers = { gateway: gateway.base, identity: identity.base, challenge: challenge.base };
    const { lines, logger } = watchedLogger();
    const trusted = new RemoteKeys({ publishers, milliseconds, logger });
    const clocks = new ClockWatch(logger, milliseconds);
    const tokens = new ServiceTokenVerifier('identity', trusted);
    const server = answering(({ text }) => Promise.resolve({ text }));
    const operations = operationsListener(table, { server, tokens, clock, clocks, tracing: untraced, logger });
    const service = await startInternalServer({
      ...onAnyPort,
      metrics: new Metrics('identity'),
      keys: identity.keys,
      operations,
    });
    closings.push(() => service.close());
    const agent = keepAliveAgent();
    closings.push(() => agent.destroy());
    const client = httpClient(table, {
      base: `http://127.0.0.1:${service.port}`,
      agent,
      tokens: new ServiceTokenSigner('gateway', gateway.keys),
      clock,
      milliseconds,
      timeout: 10_000,
      jitter: () => 0,
      logger,
    });
    const signers = {
      identity: new Signer('identity', identity.keys),
      challenge: new Signer('challenge', challenge.keys),
    };
    const verifiers = {
      identity: new Verifier('identity', trusted, clocks),
      challenge: new Verifier('challenge', trusted, clocks),
    };
    /** What a second factor takes: a call, a statement for it, and the proof that comes back. */
    const signIn = async (): Promise<void> => {
      await client.count({ text: 'hello' }, aContext());
      const stated = await signers.identity.statement(statement, 'challenge', clock.now());
      await verifiers.challenge.statement(stated, clock.now());
      const proven = await signers.challenge.proof({ ...proof, at: clock.now().toISOString() }, 'identity');
      await verifiers.identity.proof(proven, clock.now());
    };
    return { parties: { gateway, identity, challenge }, signIn, lines, trusted };
  }

  it('refuses nobody: added behind, put first, the old one dropped', async () => {
    const { parties, signIn, lines, trusted } = await everyone();
    let going = true;
    const flow = async (): Promise<void> => {
      while (going) await signIn();
    };
    const flows = [flow(), flow(), flow()];
    const pass = async (longer: number): Promise<void> => {
      for (const end = seconds + longer; seconds < end; seconds += 2) await Promise.race([signIn(), ...flows]);
    };
    try {
      await pass(10);
      for (const [name, { put, initial }] of Object.entries(parties)) {
        const next = generateSigningKey(`${name}-2`);
        put(initial, next);
        await pass(8);
        put(next, initial);
        await pass(70);
        put(next);
        await pass(30);
      }
    } finally {
      going = false;
    }
    await Promise.all(flows);
    seconds += 300;
    await signIn();
    expect(lines).toEqual([]);
    for (const [name, { keys }] of Object.entries(parties)) {
      expect((await keys.current()).keyId).toBe(`${name}-2`);
      expect(await trusted.find({ issuer: name, keyId: `${name}-1` })).toBeNull();
    }
  });
});
