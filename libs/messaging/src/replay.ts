import type { Sql } from '@cofactor/event-store';

/**
 * Has a consumer read all its logs from their beginning, whether they come by PostgreSQL or by Kafka. Whatever took
 * effect is dropped by the inbox and whatever was missed takes effect now, so it is safe for every consumer and at any
 * time, running or not (DESIGN §6.8). It repeats no effect: the inbox is not forgotten, because that would send messages
 * again, bring back what operators discarded, and keep readers of I8 waiting. A read model that is wrong is derived
 * again from the truth by `rebuildReadModel`. Answers how many logs are read again.
 */
export async function replayFromZero(database: Sql, consumer: string): Promise<number> {
  const logs = await database.query<{ source: string }>(
    'UPDATE consumer_offsets SET position = 0 WHERE consumer = $1 RETURNING source',
    [consumer],
  );
  return logs.length;
}
