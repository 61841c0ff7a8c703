import { services, type Fact, type Service } from '@cofactor/contracts';
import { PostgresFactLog, type Database } from '@cofactor/event-store';
import { connectKafka, kafkaSettings, readTopic, relayedUpTo } from '@cofactor/messaging';
import { ConfigurationError, type Logger } from '@cofactor/service-kit';
import { z } from 'zod';
import { ownerUrl } from '../migrations';
import { destroyingLogs, destroys, destroysInSql } from './destructions';
import { asOwner, prepareRestored, type OwnerUrlOf } from './prepare-restored';

const databaseUrl = (name: string) => ownerUrl.describe(`The database of ${name}, under the role that owns its tables`);

/** What the command is told: every database that has facts or secrets, under its owner, and where Kafka is. */
export const afterRestoreSettings = z.object({
  ...kafkaSettings.shape,
  IDENTITY_MIGRATIONS_DATABASE_URL: databaseUrl('identity'),
  FACTOR_ENROLLMENT_MIGRATIONS_DATABASE_URL: databaseUrl('factor-enrollment'),
  CHALLENGE_MIGRATIONS_DATABASE_URL: databaseUrl('challenge'),
  NOTIFICATION_MIGRATIONS_DATABASE_URL: databaseUrl('notification'),
  VAULT_MIGRATIONS_DATABASE_URL: databaseUrl('the vault'),
});
export type AfterRestoreSettings = z.output<typeof afterRestoreSettings>;

const variableOf = {
  identity: 'IDENTITY_MIGRATIONS_DATABASE_URL',
  'factor-enrollment': 'FACTOR_ENROLLMENT_MIGRATIONS_DATABASE_URL',
  challenge: 'CHALLENGE_MIGRATIONS_DATABASE_URL',
  notification: 'NOTIFICATION_MIGRATIONS_DATABASE_URL',
  vault: 'VAULT_MIGRATIONS_DATABASE_URL',
} as const satisfies Readonly<Record<Service | 'vault', keyof AfterRestoreSettings>>;

export interface AfterRestore {
  readonly settings: AfterRestoreSettings;
  /** Go on although topics have lost facts, so that it is not known what was destroyed since the backup. */
  readonly withoutTombstones: boolean;
  readonly now: Date;
  readonly logger: Logger;
}

/**
 * Makes databases fit to serve of which one or all came back from a backup, whichever they are (docs/adr/0010): the facts
 * that destroyed something are read from Kafka's topics, which keep everything, and from the logs, of which some may not
 * have been restored; then as `prepareRestored`. Answers what it did, in lines. Throws ConfigurationError, with nothing
 * changed, while a service is connected, without Kafka, and where a topic has lost facts.
 */
export async function afterRestore({ settings, withoutTombstones, now, logger }: AfterRestore): Promise<string[]> {
  const urlOf: OwnerUrlOf = (name) => settings[variableOf[name]];
  for (const name of [...services, 'vault'] as const) await asOwner(urlOf(name), (one) => refuseInService(one, name));
  const kafka = connectKafka(settings, 'after-restore', logger);
  const found = new Found();
  for (const service of services) {
    await asOwner(urlOf(service), async (database) => {
      const prefix = settings.KAFKA_TOPIC_PREFIX;
      const reading = readTopic({ kafka, prefix, service, from: [] }, (fact) => found.take(fact));
      const unreadable = await reading.catch((error: unknown) => {
        throw new ConfigurationError(
          'KAFKA_BROKERS: Kafka does not answer, and it holds what was destroyed since the backup; nothing was changed.',
          { cause: error },
        );
      });
      found.passedOver.set(service, unreadable);
      const published = await relayedUpTo(database, prefix, service);
      if (published > found.furthestOf(service) && !withoutTombstones) throw topicIsShort(service);
      found.takeAll(await destructionsIn(database, service));
    });
  }
  const tombstones = { facts: found.destructions(), erased: [], epoch: found.epoch };
  const lost = await prepareRestored(urlOf, tombstones, now);
  return [
    ...[...found.passedOver]
      .filter(([, count]) => count > 0)
      .map(([service, count]) => `${service}: ${count} messages of its topic are no facts, and were passed over.`),
    ...[...lost].map(([service, count]) => `${service}: ${count} facts that destroyed something are applied again.`),
    `vault: what ${tombstones.facts.length} such facts ever took away is gone from it.`,
    'Everybody signs in anew; codes of authenticator apps are accepted again within a minute. Ready to start.',
  ];
}

const topicIsShort = (service: Service): ConfigurationError =>
  new ConfigurationError(
    `The topic of ${service} has lost facts that were published, so what was destroyed since the backup may come back to life; nothing was changed. Bring Kafka's data back, or add --without-tombstones`,
  );

/** A service that runs would append beside this, and go on with what it has in its memory. */
async function refuseInService(database: Database, name: string): Promise<void> {
  const [other] = await database.query<{ role: string }>(
    `SELECT rolname AS role FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
      WHERE a.datname = current_database() AND r.rolname <> current_user AND NOT r.rolsuper LIMIT 1`,
  );
  if (!other) return;
  throw new ConfigurationError(`The database of ${name} is in use by the role ${other.role}: stop the services first`);
}

/** Logs that were not restored know what Kafka may not have been given yet. */
async function destructionsIn(database: Database, service: Service): Promise<readonly Fact[]> {
  if (!destroyingLogs.some((one) => one === service)) return [];
  const log = new PostgresFactLog({ database, service });
  const found: Fact[] = [];
  const atOnce = 1_000;
  for (;;) {
    const facts = await log.readWhere(destroysInSql, found.at(-1)?.position ?? 0, atOnce);
    found.push(...facts);
    if (facts.length < atOnce) return found;
  }
}

/** What was read, once each: topics repeat facts, and a restore before this one has committed some of them again. */
class Found {
  epoch = 1;
  /** Messages that are no facts. */
  readonly passedOver = new Map<Service, number>();
  private readonly byId = new Map<string, Fact>();
  private readonly furthest = new Map<Service, number>();

  take(fact: Fact): void {
    this.epoch = Math.max(this.epoch, fact.epoch);
    this.furthest.set(fact.service, Math.max(this.furthestOf(fact.service), fact.position));
    if (destroys(fact) && !this.byId.has(fact.id)) this.byId.set(fact.id, fact);
  }

  takeAll(facts: readonly Fact[]): void {
    for (const fact of facts) if (!this.byId.has(fact.id)) this.byId.set(fact.id, fact);
  }

  /** The last position that a topic has of a log; 0 for none. */
  furthestOf(service: Service): number {
    return this.furthest.get(service) ?? 0;
  }

  /** In the order in which they were committed. */
  destructions(): readonly Fact[] {
    return [...this.byId.values()].sort((one, other) => one.epoch - other.epoch || one.position - other.position);
  }
}
