import type { Fact } from '@cofactor/contracts';
import type { Database, Sql } from '@cofactor/event-store';
import { ConsumerTransactions } from './consumer-transaction';
import { FactConsumer, type FactConsumerParts } from './fact-consumer';
import { Handlers } from './handlers';
import { Inbox } from './inbox';
import { Offsets } from './offsets';
import { ParkedFacts } from './parked-facts';
import { SharedTransactions } from './shared-transactions';
import { UnreadableMessages } from './unreadable-messages';

export const effectsTable = 'CREATE TABLE effects (fact text)';

const nothing = (): Promise<void> => Promise.resolve();

/** A consumer whose handler writes the id of a fact down and then does this. */
export const consumerWriting = (database: Database, afterwards = nothing): FactConsumer =>
  new FactConsumer(partsWriting(database, afterwards));

/** The same, for batches one by one and for those that share a transaction. */
export function takersWriting(database: Database, afterwards = nothing) {
  const parts = partsWriting(database, afterwards);
  const alone = new FactConsumer(parts);
  return { alone, shared: new SharedTransactions(parts, alone) };
}

function partsWriting(database: Database, afterwards: () => Promise<void>): FactConsumerParts {
  const handlers = new Handlers();
  handlers.add('*', async ({ id }: Fact, { transaction }: { transaction: Sql }) => {
    await transaction.query('INSERT INTO effects VALUES ($1)', [id]);
    await afterwards();
  });
  return {
    transactions: new ConsumerTransactions(database, new AbortController().signal),
    offsets: new Offsets('audit'),
    inbox: new Inbox('audit'),
    parked: new ParkedFacts('audit', { attempts: 1, firstDelay: 1, longestDelay: 1 }),
    unreadable: new UnreadableMessages('audit'),
    handlers,
    metrics: { handled: () => undefined, setAside: () => undefined, interrupted: () => undefined },
    report: { fact: () => undefined, message: () => undefined },
    isClosing: () => false,
    committed: () => undefined,
  };
}

/** The ids of the facts that took effect, in order. */
export async function effectsWritten(sql: Sql): Promise<string[]> {
  return (await sql.query<{ fact: string }>('SELECT fact FROM effects')).map(({ fact }) => fact);
}
