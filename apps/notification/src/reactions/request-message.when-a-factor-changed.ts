import type { Fact } from '@cofactor/contracts';
import type { Recorder } from '@cofactor/event-sourcing';
import type { PostgresEventStore, Sql } from '@cofactor/event-store';
import type { FactContext, Flush } from '@cofactor/messaging';
import { envelopeAfter } from '@cofactor/service-kit';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { messageIdFor } from '../adapters/message-id';
import { dueAt } from '../adapters/outgoing.postgres';
import type { NoticeMessage } from '../domain/message';
import { isNews, messageAbout, toldTypes } from '../domain/notices';
import { requestedMessages } from './requested-messages';

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

  /** Not what was over before this service was there to tell it. */
  isNews(fact: Fact): boolean {
    return isNews(fact, this.recorder.now());
  }

  readonly append: Flush<Request> = async (transaction: Sql, requests: readonly Request[]): Promise<void> => {
    const fresh = await requestedMessages(
      this.recorder,
      requests.map(({ fact, message }) => ({ message, envelope: envelopeAfter(fact.envelope, 'notification') })),
    );
    if (fresh.length === 0) return;
    await this.store.appendWithin(transaction, {
      streams: fresh.map(({ append }) => append),
      sideRows: fresh.map(({ messageId }) => dueAt(messageId, this.recorder.now())),
    });
  };
}

/** A person is told when the way they sign in has changed (PRODUCT HE8, R6). */
@Controller()
export class RequestMessageWhenAFactorChanged {
  constructor(private readonly requests: MessageRequests) {}

  @EventPattern([...toldTypes])
  request(@Payload() fact: Fact, @Ctx() context: FactContext): void {
    const message = messageAbout(fact, messageIdFor);
    if (message !== null && this.requests.isNews(fact)) context.collect(this.requests.append, { fact, message });
  }
}
