import type { Fact } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';
import type { ConsumerDatabase } from '../consumer-database';
import type { FactLog } from '../fact-log';
import type { MessagingLogger, MessagingMetrics } from '../logger';
import { arrange, hasLost, place, TopicLostMessages, type RelayBatch } from './relay-batch';
import type { Held, Published, RelayPosition } from './relay-position';
import type { RelayTopic } from './relay-topic';

export interface RelayTurnsParts {
  readonly topicName: string;
  readonly topic: RelayTopic;
  readonly position: RelayPosition;
  readonly database: ConsumerDatabase;
  readonly log: FactLog;
  readonly logger: MessagingLogger;
  readonly metrics: Pick<MessagingMetrics, 'setAside'>;
}

/** Whether there is more to do at once, or not before the next append; `busy`: another replica is at work. */
export type TurnOutcome = 'more' | 'done' | 'busy';

const mostFacts = 1_000;
/** Milliseconds after which a topic may allow more at once than it did. */
const cautiousFor = 60_000;

/**
 * The turns of a relay. A turn is one transaction with at most one send in it: claim the position, read, send, move the
 * position. Whoever dies in it has moved nothing, and the next one repeats the send, which consumers drop (DESIGN §2.5).
 * For the same reason nothing is lost or reordered should two turns ever run at once: each sends the log from a
 * position on that was committed, so every fact comes behind the one before it.
 */
export class RelayTurns {
  private ahead: { readonly after: number; readonly facts: Promise<readonly Fact[]> } | null = null;
  /** Messages in one send: fewer for a while when the broker found them too large together. */
  private most = mostFacts;
  private cautiousUntil = 0;

  constructor(private readonly parts: RelayTurnsParts) {}

  async take(): Promise<TurnOutcome> {
    const { database, position, topic } = this.parts;
    await topic.connect();
    return database.transaction(async (transaction) => {
      const published = await position.claim(transaction);
      if (published === null) return 'busy';
      try {
        const ends = await this.endsOf(transaction, published);
        return await this.publish(transaction, { ...published, ends });
      } catch (error) {
        if (!(error instanceof TopicLostMessages)) throw error;
        return this.beginAnew(transaction, published, error);
      }
    });
  }

  /** Looks now and then whether the topic still has what was sent to it. */
  private async endsOf(transaction: Sql, { ends, position }: Published): Promise<readonly number[]> {
    const { topic } = this.parts;
    const isNew = ends.length === 0;
    if (!isNew && !topic.wantsLook) return ends;
    const found = await topic.look();
    if (hasLost(ends, found)) throw new TopicLostMessages('it is shorter than it was');
    if (!isNew) return ends;
    const beginning = found.map(() => 0);
    await this.parts.position.move(transaction, position, beginning);
    return beginning;
  }

  private async publish(transaction: Sql, published: Published): Promise<TurnOutcome> {
    const held = await this.parts.position.held(transaction);
    const due = held.find((first) => first.due);
    if (due) return this.sendHeld(transaction, published, due);
    const facts = await this.read(published.position);
    if (facts.length === 0) return 'done';
    const heldStreams = new Set(held.map(({ stream }) => stream));
    const partitions = published.ends.length;
    if (performance.now() > this.cautiousUntil) this.most = mostFacts;
    const rules = { heldStreams, generation: published.generation, partitions, most: this.most };
    const batch = arrange(facts, rules);
    const moved = await this.sendBatch(transaction, published, batch);
    const isLast = facts.length < mostFacts && batch.position === facts.at(-1)?.position;
    return moved && isLast ? 'done' : 'more';
  }

  /** False when the messages were too large together: fewer of them are sent in the next turn. */
  private async sendBatch(transaction: Sql, published: Published, batch: RelayBatch): Promise<boolean> {
    const { position, topic } = this.parts;
    this.readAhead(batch);
    let { ends } = published;
    let aside: readonly Fact[] = [];
    if (batch.messages.length > 0) {
      try {
        ends = await topic.send(batch.messages, ends);
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        this.most = batch.messages.length === 1 ? mostFacts : Math.ceil(batch.messages.length / 2);
        this.cautiousUntil = performance.now() + cautiousFor;
        if (batch.messages.length > 1) return false;
        aside = batch.sent;
      }
    }
    await position.hold(transaction, inOrder([...aside, ...batch.behind]));
    await position.move(transaction, batch.position, ends);
    aside.forEach((fact) => this.reportHeld(fact));
    return true;
  }

  /** Tries the first fact of a held stream once more. */
  private async sendHeld(transaction: Sql, published: Published, held: Held): Promise<TurnOutcome> {
    const { position, topic, log } = this.parts;
    const [fact] = await log.readAll(held.position - 1, 1);
    if (!fact) throw new Error(`the log has no position ${held.position}`);
    const message = place(fact, { generation: published.generation, partitions: published.ends.length });
    try {
      const ends = await topic.send([message], published.ends);
      await position.release(transaction, held);
      await position.move(transaction, published.position, ends);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      await position.holdLonger(transaction, held);
    }
    return 'more';
  }

  private async beginAnew(transaction: Sql, published: Published, error: TopicLostMessages): Promise<TurnOutcome> {
    const { logger, position, topicName } = this.parts;
    await position.beginAnew(transaction);
    logger.error(
      { topic: topicName, generation: published.generation + 1, errorMessage: error.message },
      'a topic has lost facts that were published; all facts are published again',
    );
    return 'more';
  }

  private read(after: number): Promise<readonly Fact[]> {
    const { ahead } = this;
    this.ahead = null;
    return ahead?.after === after ? ahead.facts : this.parts.log.readAll(after, mostFacts);
  }

  /** The next facts are read while these are sent, if there are any to be expected. */
  private readAhead({ sent, behind, position }: RelayBatch): void {
    if (sent.length + behind.length < mostFacts) return;
    const facts = this.parts.log.readAll(position, mostFacts);
    // They are awaited later, or never when this turn fails.
    facts.catch(() => undefined);
    this.ahead = { after: position, facts };
  }

  private reportHeld({ service, stream, version, type }: Fact): void {
    const { logger, metrics, topicName } = this.parts;
    metrics.setAside(topicName, type, 'retrying');
    logger.error(
      { topic: topicName, source: service, stream, version, type },
      'a fact is too large for Kafka; its stream waits until the topic allows larger messages (max.message.bytes)',
    );
  }
}

const inOrder = (facts: readonly Fact[]): readonly Fact[] =>
  [...facts].sort((one, other) => one.position - other.position);

const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** Whether the broker refused messages for their size, together or one of them. */
function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('type' in error && tooLarge.has(String(error.type))) || isTooLarge(error.cause);
}
