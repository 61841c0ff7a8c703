import {
  DomainError,
  type CallContext,
  type Delivery,
  type Envelope,
  type HandlersOf,
  type notificationOperations,
} from '@cofactor/contracts';
import { handleCommand, type Recorder, type SideRow } from '@cofactor/event-sourcing';
import { envelopeAfter, sourceOf, type Logger } from '@cofactor/service-kit';
import { setTimeout as pause } from 'node:timers/promises';
import { codeMessageIdFor } from '../adapters/message-id';
import { dueAt, noLongerDue } from '../adapters/outgoing.postgres';
import type { SentCounts } from '../adapters/sent-counts.postgres';
import { messageStream, type CodeMessage, type MessageState } from '../domain/message';
import { delayAfter, messageDecider, type MessageCommand, type Try } from '../domain/message.decider';
import type { CodeChannels } from '../domain/ports';
import { codeAsMail, codeAsText } from '../domain/render-code';
import { ceilingsOf } from '../domain/sending-ceilings';

type Handler = HandlersOf<typeof notificationOperations>['sendCode'];
type Request = Parameters<Handler>[0];

export interface CodeMessageParts {
  readonly recorder: Recorder;
  readonly channels: CodeChannels;
  readonly counts: SentCounts;
  /** The address of this installation's pages. */
  readonly pages: string;
  readonly logger: Logger;
}

/** What is brought to one person; it stands in the memory of this process alone. */
export interface Sending {
  readonly message: CodeMessage;
  readonly to: Request['to'];
  /** Of the fact that it belongs to. */
  readonly envelope: Envelope;
  readonly bring: () => Promise<Try>;
}

/** Milliseconds; less than the services wait for each other. */
const patienceOfAsker = 3_000;

const channelOf = { 'login-address': 'email', number: 'sms' } as const;

/**
 * Brings codes to people. A code stands in the request and in this process alone: should it die, the code is lost, and
 * whoever waits for it asks again (DESIGN §6.9). What became of it is a fact in any case.
 */
export class CodeMessages {
  private readonly stopping = new AbortController();

  constructor(private readonly parts: CodeMessageParts) {}

  /**
   * Tries once before it answers, and goes on while the code lives. The same request again sends nothing more, and
   * counts no further; while the message waits it is told `delayed`, also where the process that had the code is gone,
   * since another replica may have it in hand, which this one cannot know. Refused as `too-many-codes` at a ceiling: a
   * fact, and nothing is sent.
   */
  readonly sendCode: Handler = async (request, context) => {
    const { personId, occasion, to, expiresAt } = request;
    const messageId = codeMessageIdFor(occasion, expiresAt);
    const { id, purpose } = occasion;
    const about = { id, purpose, expiresAt };
    const message: CodeMessage = {
      messageId,
      personId,
      template: 'code',
      channel: channelOf[to.kind],
      occasion: about,
    };
    const bring = () => this.bringCode(request, message);
    return { delivery: await this.bring({ message, to, envelope: request.envelope, bring }, context) };
  };

  /** The same for anything that nobody but this person may read, and that is of no use later. */
  async bring(sending: Sending, context: CallContext): Promise<Delivery> {
    const { state, events } = await this.request(sending, context);
    return deliveryOf(events.length > 0 ? await this.firstTry(sending, state) : state);
  }

  private async request(sending: Sending, context: CallContext) {
    const { recorder, counts, logger } = this.parts;
    const { message, to, envelope } = sending;
    const { messageId, personId, channel, occasion } = message;
    const [ceilings, now] = [
      ceilingsOf({
        channel,
        purpose: occasion.purpose,
        personId,
        number: to.kind === 'number' ? to.number : null,
        organisationIds: envelope.organisationIds,
        source: sourceOf(context.source.ip),
      }),
      recorder.now(),
    ];
    try {
      return await this.handle(sending, { kind: 'request', message }, () => [
        dueAt(messageId, new Date(occasion.expiresAt)),
        ...counts.rowsFor(ceilings, now),
      ]);
    } catch (error) {
      if (!counts.isOver(error)) throw error;
      const { kinds, seconds } = await counts.reached(ceilings, now);
      logger.warn({ messageId, channel, ceilings: kinds }, 'code not sent: a ceiling is reached');
      const [ceiling] = kinds;
      if (ceiling) await this.handle(sending, { kind: 'refuse', message, ceiling }, () => []);
      throw new DomainError('too-many-codes', { retryAfter: seconds });
    }
  }

  /** Whoever asks waits no longer than this; the try goes on by itself. */
  private async firstTry(sending: Sending, requested: MessageState): Promise<MessageState> {
    const patience = new AbortController();
    const tooLong = pause(patienceOfAsker, requested, { signal: patience.signal, ref: false }).catch(() => requested);
    try {
      return await Promise.race([this.tryOnce(sending), tooLong]);
    } finally {
      patience.abort();
    }
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** What stands after one try; where the provider is away, others follow. */
  private async tryOnce(sending: Sending): Promise<MessageState> {
    const { recorder } = this.parts;
    const result = await sending.bring();
    const now = recorder.now().toISOString();
    const { message } = sending;
    const { messageId } = message;
    const { state } = await this.handle(sending, { kind: 'record-try', result, reached: [], now }, (after) =>
      after.kind === 'closed' ? [noLongerDue(messageId)] : [],
    );
    if (state.kind === 'waiting') void this.tryAgain(sending, delayAfter(state.failures, message));
    return state;
  }

  private async tryAgain(sending: Sending, seconds: number): Promise<void> {
    try {
      await pause(seconds * 1000, undefined, { signal: this.stopping.signal, ref: false });
      await this.tryOnce(sending);
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.parts.logger.warn(
        { err: error, messageId: sending.message.messageId },
        'code not sent, and not tried again',
      );
    }
  }

  private bringCode({ to, code, personId }: Request, message: CodeMessage): Promise<Try> {
    const { channels, pages } = this.parts;
    const { messageId } = message;
    if (to.kind === 'number') return channels.sms({ messageId, to: to.number, text: codeAsText(message, code, pages) });
    return channels.email(personId, { messageId, ...codeAsMail(message, code, pages) });
  }

  private handle(
    { envelope, message: { messageId } }: Sending,
    command: MessageCommand,
    rowsAfter: (state: MessageState) => readonly SideRow[],
  ) {
    return handleCommand(
      this.parts.recorder,
      messageDecider,
      messageStream(messageId),
      () => command,
      () => envelopeAfter(envelope, 'notification'),
      (_events, after) => ({ sideRows: rowsAfter(after) }),
    );
  }
}

function deliveryOf(state: MessageState): Delivery {
  if (state.kind === 'waiting') return 'delayed';
  if (state.kind === 'closed' && state.outcome === 'sent') return 'sent';
  throw new DomainError('code-not-sent');
}
