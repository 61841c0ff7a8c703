import type { Fact } from '@cofactor/contracts';
import { loadState, streamAppend, type Recorder } from '@cofactor/event-sourcing';
import type { PostgresEventStore, Sql } from '@cofactor/event-store';
import type { FactContext, Flush } from '@cofactor/messaging';
import { envelopeAfter } from '@cofactor/service-kit';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { messageIdFor } from '../adapters/message-id';
import { dueAt } from '../adapters/outgoing.postgres';
import { messageStream, type NoticeMessage } from '../domain/message';
import { messageDecider } from '../domain/message.decider';
import { messageAbout, toldTypes } from '../domain/notices';

interface Request {
  readonly fact: Fact;
  readonly message: NoticeMessage;
}

/** The requests of a batch of facts, committed with the inbox: one message per fact (DESIGN §6.9). */
export class MessageRequests {
  constructor(
    private readonly store: PostgresEventStore,
    private readonly recorder: Recorder,
  ) {}

  readonly append: Flush<Request> = async (transaction: Sql, requests: readonly Request[]): Promise<void> => {
    const prepared = await Promise.all(requests.map((request) => this.prepare(request)));
    const fresh = prepared.filter(({ events }) => events.length > 0);
    if (fresh.length === 0) return;
    await this.store.appendWithin(transaction, {
      streams: fresh.map(({ append }) => append),
      sideRows: fresh.map(({ messageId }) => dueAt(messageId, this.recorder.now())),
    });
  };

  private async prepare({ fact, message }: Request) {
    const { messageId } = message;
    const stream = messageStream(messageId);
    const loaded = await loadState(this.store, messageDecider, stream);
    const events = messageDecider.decide(loaded.state, { kind: 'request', message });
    const envelope = envelopeAfter(fact.envelope, 'notification');
    const { append } = streamAppend(this.recorder, messageDecider, stream, loaded, events, () => envelope);
    return { messageId, events, append };
  }
}

/** A person is told when the way they sign in has changed (PRODUCT HE8, R6). */
@Controller()
export class RequestMessageWhenAFactorChanged {
  constructor(private readonly requests: MessageRequests) {}

  @EventPattern([...toldTypes])
  request(@Payload() fact: Fact, @Ctx() context: FactContext): void {
    const message = messageAbout(fact, messageIdFor);
    if (message !== null) context.collect(this.requests.append, { fact, message });
  }
}
