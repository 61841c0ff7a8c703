import type { JWK } from 'jose';
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchedLogger } from './operations.fixture';
import { generateFirstSigningKey, generateSigningKey, publicPart, SigningKeys } from './signing-keys';

const [first, second] = [generateSigningKey('identity-1'), generateSigningKey('identity-2')];
const keySet = (...keys: readonly unknown[]): string => JSON.stringify({ keys }, null, 2);
const idsOf = (keys: readonly JWK[]) => keys.map(({ kid }) => kid);

describe('the file of signing keys', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cofactor-signing-keys-'));
    path = join(folder, 'keys.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (content: string, mode = 0o600): void => {
    writeFileSync(path, content);
    chmodSync(path, mode);
  };
  const replace = (content: string): void => {
    const beside = `${path}.new`;
    writeFileSync(beside, content, { mode: 0o600 });
    renameSync(beside, path);
  };

  async function following() {
    const { lines, logger } = watchedLogger();
    let passed = 0;
    const keys = await SigningKeys.follow(path, logger, () => passed);
    const state = async () => [(await keys.current()).keyId, idsOf(await keys.published())];
    return { keys, lines, state, after: (milliseconds: number) => (passed += milliseconds) };
  }
  const refusal = () => SigningKeys.follow(path, watchedLogger().logger, () => 0).catch((error: unknown) => error);

  it('has the key that signs first; the public halves of all are published, and nothing else of them', async () => {
    write(keySet({ ...first, note: 'canary', k: 'canary' }, second));
    const { keys, state } = await following();
    expect(await state()).toEqual(['identity-1', ['identity-1', 'identity-2']]);
    expect(await keys.published()).toEqual([publicPart(first), publicPart(second)]);
    const members = ['alg', 'crv', 'kid', 'kty', 'use', 'x'];
    expect((await keys.published()).map((key) => Object.keys(key).sort())).toEqual([members, members]);
  });

  it('never publishes a public half that belongs to another key', async () => {
    write(keySet({ ...first, x: second.x }));
    const { keys } = await following();
    expect(await keys.published()).toEqual([publicPart(first)]);
  });

  it('is looked at again after 5 s, replaced by another file or written in place', async () => {
    write(keySet(first));
    const { state, after, lines } = await following();
    replace(keySet(first, second));
    after(4_999);
    expect(await state()).toEqual(['identity-1', ['identity-1']]);
    after(1);
    expect(await state()).toEqual(['identity-1', ['identity-1', 'identity-2']]);
    write(keySet(second, first));
    after(5_000);
    expect(await state()).toEqual(['identity-2', ['identity-2', 'identity-1']]);
    expect(lines.join('')).toContain('"keyIds":["identity-2","identity-1"]');
  });

  it('that cannot be used any more leaves the keys read before, says so, and is followed again once it can', async () => {
    write(keySet(first));
    const { state, after, lines } = await following();
    const whole = keySet(second);
    const unusable: readonly (readonly [reason: string, spoil: () => void])[] = [
      ['no JSON Web Key Set', () => write(whole.slice(0, whole.length / 2))],
      ['no JSON Web Key Set', () => write('')],
      ['run chmod 600', () => write(whole, 0o644)],
      ['it is not there', () => rmSync(path)],
      ['a service needs a key', () => write(keySet())],
      ['the same kid', () => write(keySet(second, { ...first, kid: 'identity-2' }))],
    ];
    for (const [reason, spoil] of unusable) {
      spoil();
      after(5_000);
      expect(await state()).toEqual(['identity-1', ['identity-1']]);
      expect(lines.at(-1)).toContain(reason);
    }
    write(whole);
    after(5_000);
    expect(await state()).toEqual(['identity-2', ['identity-2']]);
    for (const secret of [first.d, second.d]) expect(lines.join('')).not.toContain(secret?.slice(0, 12));
  });

  it('may be readable for a group, as orchestrators mount it, but not for every account', async () => {
    write(keySet(first), 0o640);
    expect(await (await following()).state()).toEqual(['identity-1', ['identity-1']]);
    write(keySet(first), 0o604);
    expect(await refusal()).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('chmod 600') as string,
    });
  });

  const secret = first.d ?? '';
  const { kid: _kid, ...nameless } = first;
  it.each([
    ['is no JSON', `{"keys":[{"d":"${secret}"`, 'no JSON Web Key Set'],
    ['is no key set', JSON.stringify([first]), 'no JSON Web Key Set'],
    ['holds no key', keySet(), 'a service needs a key to sign with'],
    ['holds more keys than others take', keySet(...Array<JWK>(21).fill(first)), 'at most 20 keys'],
    ['holds a public key', keySet(publicPart(first)), 'Ed25519 private key'],
    ['holds a key of another curve', keySet({ ...first, crv: 'X25519' }), 'Ed25519 private key'],
    ['holds a secret key', keySet({ kty: 'oct', k: secret, kid: 'a' }), 'Ed25519 private key'],
    ['holds a key that is cut off', keySet({ ...first, d: secret.slice(0, 20) }), 'Ed25519 private key'],
    ['holds a number for a key', keySet({ ...first, d: 1234512345 }), 'Ed25519 private key'],
    ['holds a broken key behind a good one', keySet(second, { ...first, d: 'AAAA' }), 'Ed25519 private key'],
    ['has no kid', keySet(nameless), 'no kid'],
    ['has an empty kid', keySet({ ...first, kid: '' }), 'no kid'],
    ['has a kid that is none', keySet({ ...first, kid: 7 }), 'no kid'],
    ['has a kid twice', keySet(first, { ...second, kid: 'identity-1' }), 'the same kid'],
  ])('I4 is refused at the start where it %s, in a sentence without any of it', async (_name, content, reason) => {
    write(content);
    const error = await refusal();
    expect(error).toMatchObject({ name: 'ConfigurationError', message: expect.stringContaining(reason) as string });
    expect(String(error)).toMatch(/^ConfigurationError: COFACTOR_SIGNING_KEYS: the file cannot be used: /);
    for (const part of [secret.slice(0, 12), '1234512345']) expect(String(error)).not.toContain(part);
  });

  it('is refused at the start where it is not there, or a folder', async () => {
    expect(await refusal()).toMatchObject({ message: expect.stringContaining('it is not there') as string });
    path = folder;
    chmodSync(folder, 0o700);
    expect(await refusal()).toMatchObject({ message: expect.stringContaining('it cannot be read (EISDIR)') as string });
  });

  it('tells keys that were made at a first start', async () => {
    write(keySet(first, generateFirstSigningKey('identity')));
    expect((await following()).keys.areOfFirstStart).toBe(true);
    write(keySet(first));
    expect((await following()).keys.areOfFirstStart).toBe(false);
  });
});
