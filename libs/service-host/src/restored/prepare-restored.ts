import { services, type Fact, type Service } from '@cofactor/contracts';
import { Database, resumeLog } from '@cofactor/event-store';
import { beginVaultEpoch, destroyAgain } from '@cofactor/secret-vault';
import { destroyedBy } from './destructions';

/** Milliseconds of a step of an authenticator app; one after the current one is accepted (RFC 6238 §5.2, §6). */
const step = 30_000;

/** What was destroyed, as it is known outside the databases that came back. */
export interface Tombstones {
  /** In the order in which they were committed. */
  readonly facts: readonly Fact[];
  /** People. */
  readonly erased: readonly string[];
  /** The newest epoch that anybody has seen of any log. */
  readonly epoch: number;
}

/** The address of a database under the role that owns its tables. */
export type OwnerUrlOf = (database: Service | 'vault') => string;

/**
 * Makes restored databases, migrated and not in service, fit to serve (DESIGN §6.12): what was destroyed after the backup
 * goes from the vault, everybody is signed out, no code of an authenticator app from before is accepted, and each log
 * begins a new epoch in which the facts are committed again that destroyed something. The logs come last, each in one
 * transaction: should this end half-way, those that are not done are still refused at a start. Done twice it does no
 * harm. Answers how many facts each log had lost.
 */
export async function prepareRestored(
  urlOf: OwnerUrlOf,
  { facts, erased, epoch }: Tombstones,
  now: Date,
): Promise<ReadonlyMap<Service, number>> {
  await asOwner(urlOf('vault'), (vault) =>
    destroyAgain(vault, {
      credentialIds: facts.flatMap(destroyedBy),
      personIds: erased,
      spentStep: Math.floor(now.getTime() / step) + 1,
    }),
  );
  await asOwner(urlOf('identity'), async (identity) => {
    await identity.query('DELETE FROM sessions');
    await identity.query('DELETE FROM open_sign_ins');
  });
  const lost = new Map<Service, number>();
  for (const service of services) {
    const own = facts.filter((fact) => fact.service === service);
    lost.set(service, await asOwner(urlOf(service), (database) => resumeLog(database, service, { facts: own, epoch })));
  }
  // Last of all: until then its services refuse a vault or a database that was restored alone.
  await asOwner(urlOf('vault'), beginVaultEpoch);
  return lost;
}

/** A short-lived connection under the role that owns the tables. */
export async function asOwner<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await Database.open({ name: 'after restore', url, poolSize: 2 });
  return work(database).finally(() => database.close());
}
