import { factorEnrollmentEvents, type Fact } from '@cofactor/contracts';
import { commitAgain, Database, raiseEpoch } from '@cofactor/event-store';
import { destroyAgain } from '@cofactor/secret-vault';
import { serviceDatabases, type ServiceDatabase } from './database-roles';
import { destroyingLogs, type DestroyingLog } from './keep-tombstones';
import type { LocalDatabases } from './local-databases';
import type { Tombstones } from './tombstone-journal';

/** Milliseconds of a step of an authenticator app; one after the current one is accepted (RFC 6238 §5.2, §6). */
const step = 30_000;

const { factorRevoked, recoveryCodesIssued } = factorEnrollmentEvents;

/** The entries of the vault that a fact took away. */
function destroyedBy({ type, data }: Fact): readonly string[] {
  if (type === factorRevoked.type) return [factorRevoked.schema.parse(data).credentialId];
  if (type !== recoveryCodesIssued.type) return [];
  const { replaced } = recoveryCodesIssued.schema.parse(data);
  return replaced === null ? [] : [replaced];
}

/**
 * Makes restored databases, migrated and not in service, fit to serve (DESIGN §6.12): each log begins a new epoch, facts
 * that destroyed something after the backup are committed again, what they destroyed goes from the vault, everybody is
 * signed out, and no code of an authenticator app from before is accepted. Done twice it does no harm. Answers how many
 * facts the logs had lost.
 */
export async function prepareRestored(
  { urlOf }: Pick<LocalDatabases, 'urlOf'>,
  { facts, erased }: Tombstones,
  now: Date,
): Promise<number> {
  const asOwner = async <T>(name: ServiceDatabase | 'vault', work: (database: Database) => Promise<T>): Promise<T> => {
    const database = await Database.open({ name: 'after restore', url: urlOf(name, 'owner'), poolSize: 2 });
    return work(database).finally(() => database.close());
  };
  for (const name of serviceDatabases.filter((one) => one !== 'audit')) await asOwner(name, raiseEpoch);
  // In the vault first: should this end half-way, what is revoked is dead already.
  await asOwner('vault', (vault) =>
    destroyAgain(vault, {
      credentialIds: facts.flatMap(destroyedBy),
      personIds: erased,
      spentStep: Math.floor(now.getTime() / step) + 1,
    }),
  );
  await asOwner('identity', async (identity) => {
    await identity.query('DELETE FROM sessions');
    await identity.query('DELETE FROM open_sign_ins');
  });
  let lost = 0;
  for (const [service, name] of Object.entries(destroyingLogs) as [DestroyingLog, ServiceDatabase][]) {
    const own = facts.filter((fact) => fact.service === service);
    lost += await asOwner(name, (database) => commitAgain(database, service, own));
  }
  return lost;
}
