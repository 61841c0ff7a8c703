import { copyFile } from 'node:fs/promises';
import { eventually, startTestPostgres, type TestPostgres } from '@cofactor/testkit';
import { createTestVault, type TestVault } from '../test-vault';
import { WrappingKeyUnknown } from '../vault-errors';
import { FileMasterKey } from './file-master-key';
import type { MasterKey, RotatableMasterKey } from './master-key';
import { rotateWrappingKey } from './rotate-wrapping-key';

let postgres: TestPostgres;
let vault: TestVault;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  vault = await createTestVault(postgres);
});
afterEach(() => vault.stop());

const people = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `person-${from + index}`);
const keyIdsInUse = async () =>
  (await vault.database.query<{ id: string }>('SELECT DISTINCT wrapping_key_id AS id FROM password_key')).map(
    ({ id }) => id,
  );

async function expectAllOpen(personIds: readonly string[]) {
  const { passwords } = await vault.another();
  for (const personId of personIds) expect(await passwords.open(personId)).toBe(`hash of ${personId}`);
}
const storeAll = (passwords: TestVault['passwords'], personIds: readonly string[]) =>
  Promise.all(personIds.map((personId) => passwords.store(personId, `hash of ${personId}`)));

/** In front of a master key: all of it, but one method is changed. */
const withChange = (masterKey: FileMasterKey, change: Partial<RotatableMasterKey>): RotatableMasterKey => ({
  wrap: (...given) => masterKey.wrap(...given),
  unwrap: (...given) => masterKey.unwrap(...given),
  currentKeyId: (kind) => masterKey.currentKeyId(kind),
  wrappingKeyIds: (kind) => masterKey.wrappingKeyIds(kind),
  addWrappingKey: (kind) => masterKey.addWrappingKey(kind),
  retireWrappingKeys: (kind) => masterKey.retireWrappingKeys(kind),
  ...change,
});

/** Works until it is called for the nth time, then the process is gone. */
function diesAt<A extends unknown[], R>(nth: number, method: (...given: A) => Promise<R>) {
  let calls = 0;
  return (...given: A): Promise<R> => ((calls += 1) < nth ? method(...given) : Promise.reject(new Error('killed')));
}

it('wraps every data key anew, destroys the old key, and touches no other kind', async () => {
  await storeAll(vault.passwords, people(0, 120));
  const before = await vault.masterKey.currentKeyId('password');
  const contact = await vault.masterKey.currentKeyId('contact');
  const stolen = `${vault.keyFile}.stolen`;
  await copyFile(vault.keyFile, stolen);
  await rotateWrappingKey(vault, 'password');
  const after = await vault.masterKey.currentKeyId('password');
  expect(after).not.toBe(before);
  expect(await vault.masterKey.wrappingKeyIds('password')).toEqual([after]);
  expect(await keyIdsInUse()).toEqual([after]);
  expect(await vault.masterKey.currentKeyId('contact')).toBe(contact);
  await expectAllOpen(people(0, 120));
  const [row] = await vault.database.query<{ person_id: string; wrapped: Buffer }>('SELECT * FROM password_key');
  await expect(
    (await FileMasterKey.load(stolen)).unwrap('password', row?.person_id ?? '', {
      keyId: after,
      wrapped: row?.wrapped ?? Buffer.alloc(0),
    }),
  ).rejects.toThrow(WrappingKeyUnknown);
});

it('goes on while other processes seal and open', async () => {
  await storeAll(vault.passwords, people(0, 120));
  const [writer, reader] = [await vault.another(), await vault.another()];
  let rotated = false;
  let [written, opened] = [0, 0];
  const write = async () => {
    for (; !rotated || written < 20; written += 1)
      await storeAll(writer.passwords, people(1000 + written, 1001 + written));
  };
  const read = async () => {
    for (; !rotated || opened < 20; opened += 1) {
      vault.clock.advance(1);
      const personId = `person-${opened % 120}`;
      expect(await reader.passwords.open(personId)).toBe(`hash of ${personId}`);
    }
  };
  const rotate = async () => {
    for (let round = 0; round < 3; round += 1) await rotateWrappingKey(vault, 'password');
    rotated = true;
  };
  await Promise.all([write(), read(), rotate()]);
  await expectAllOpen([...people(0, 120), ...people(1000, 1000 + written)]);
  expect(await keyIdsInUse()).toEqual([await vault.masterKey.currentKeyId('password')]);
});

it('waits for a data key that is just being wrapped, so that none is left under a destroyed key', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let wrapped = false;
  const slow = await vault.another((masterKey): MasterKey =>
    withChange(masterKey, {
      wrap: async (...given) => {
        const result = await masterKey.wrap(...given);
        wrapped = true;
        await held;
        return result;
      },
    }),
  );
  const storing = storeAll(slow.passwords, ['person-0']);
  await eventually(() => wrapped, Boolean);
  const rotating = rotateWrappingKey(vault, 'password');
  const waiting = () => vault.database.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
  let ended = false;
  void rotating.finally(() => (ended = true));
  await eventually(async () => ended || (await waiting()).length > 0, Boolean);
  release();
  await Promise.all([storing, rotating]);
  await expectAllOpen(['person-0']);
});

describe('interrupted, and run again, it finishes the same rotation:', () => {
  it.each<[string, (masterKey: FileMasterKey) => Partial<RotatableMasterKey>]>([
    ['before the new key', (masterKey) => ({ addWrappingKey: diesAt(1, (kind) => masterKey.addWrappingKey(kind)) })],
    ['in the second batch', (masterKey) => ({ wrap: diesAt(110, (...given) => masterKey.wrap(...given)) })],
    ['before the end', (masterKey) => ({ retireWrappingKeys: diesAt(1, (k) => masterKey.retireWrappingKeys(k)) })],
  ])('%s', async (_, change) => {
    await storeAll(vault.passwords, people(0, 120));
    const before = await vault.masterKey.currentKeyId('password');
    const dying = withChange(vault.masterKey, change(vault.masterKey));
    await expect(rotateWrappingKey({ database: vault.database, masterKey: dying }, 'password')).rejects.toThrow(
      'killed',
    );
    await expectAllOpen(people(0, 120));
    const half = await vault.masterKey.currentKeyId('password');
    await rotateWrappingKey(vault, 'password');
    const after = await vault.masterKey.currentKeyId('password');
    expect(after).not.toBe(before);
    if (half !== before) expect(after).toBe(half);
    expect(await vault.masterKey.wrappingKeyIds('password')).toEqual([after]);
    expect(await keyIdsInUse()).toEqual([after]);
    await expectAllOpen(people(0, 120));
  });
});

it('run twice at the same time loses nothing', async () => {
  await storeAll(vault.passwords, people(0, 120));
  const { masterKey } = await vault.another();
  await Promise.all([
    rotateWrappingKey(vault, 'password'),
    rotateWrappingKey({ database: vault.database, masterKey }, 'password'),
  ]);
  expect(await keyIdsInUse()).toEqual(await vault.masterKey.wrappingKeyIds('password'));
  await expectAllOpen(people(0, 120));
});

it('overtaken by whole rotations beside it, it puts nothing back under a destroyed key', async () => {
  await storeAll(vault.passwords, people(0, 3));
  const { masterKey } = await vault.another();
  let overtaken = false;
  const slow = withChange(vault.masterKey, {
    wrap: async (...given) => {
      const wrapped = await vault.masterKey.wrap(...given);
      if (!overtaken) {
        overtaken = true;
        for (let round = 0; round < 2; round += 1) {
          await rotateWrappingKey({ database: vault.database, masterKey }, 'password');
        }
      }
      return wrapped;
    },
  });
  await rotateWrappingKey({ database: vault.database, masterKey: slow }, 'password');
  await expectAllOpen(people(0, 3));
});

it('keeps the old key while a service that reads another file still wraps under it', async () => {
  const copy = `${vault.keyFile}.copy`;
  await copyFile(vault.keyFile, copy);
  const elsewhere = await FileMasterKey.load(copy);
  await storeAll(vault.passwords, people(0, 3));
  const masterKey = withChange(vault.masterKey, {
    wrap: async (...given) => {
      const stray = await elsewhere.wrap('password', 'a-stranger', Buffer.alloc(32));
      await vault.database.query(
        `INSERT INTO password_key VALUES ('a-stranger', gen_random_uuid(), $1, $2) ON CONFLICT DO NOTHING`,
        [stray.keyId, stray.wrapped],
      );
      return vault.masterKey.wrap(...given);
    },
  });
  await expect(rotateWrappingKey({ database: vault.database, masterKey }, 'password')).rejects.toThrow(
    'another service still wraps under an older key',
  );
  expect(await vault.masterKey.wrappingKeyIds('password')).toHaveLength(2);
});
