import type { Envelope, Origin } from '@cofactor/contracts';
import { handleCommand, loadState, type Recorder } from '@cofactor/event-sourcing';
import { envelopeAfter, type Logger } from '@cofactor/service-kit';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReportLinks } from '../adapters/report-links';
import { dueAgainAt, noLongerDue, type OutgoingMessages } from '../adapters/outgoing.postgres';
import { messageStream, type MessageState } from '../domain/message';
import { delayAfter, messageDecider, type MessageCommand, type Try } from '../domain/message.decider';
import type { Contacts, Mailer, Whereabouts } from '../domain/ports';
import { canBeReported } from '../domain/notices';
import { renderNotice } from '../domain/render';

import type { Announcer } from './announcer';

/** Seconds for which a message in hand is kept from others; longer than a mailer may take. */
const inHand = 60;
const atOnce = 8;
/** Milliseconds: the longest rest before looking again, and the time that a try has to end when the service stops. */
const longestRest = 5_000;
const grace = 5_000;

export interface MessageSenderParts {
  readonly outgoing: OutgoingMessages;
  readonly recorder: Recorder;
  readonly contacts: Contacts;
  readonly mailer: Mailer;
  /** The address of this installation's pages. */
  readonly pages: string;
  /** In which times are told; an IANA name. */
  readonly timeZone: string;
  readonly whereaboutsOf: (origin: Origin) => Promise<Whereabouts>;
  readonly links: Pick<ReportLinks, 'linkOf'>;
  readonly announcer: Pick<Announcer, 'next'>;
  readonly logger: Logger;
}

type Waiting = Extract<MessageState, { kind: 'waiting' }>;

interface Tried {
  readonly result: Try;
  /** The contacts that have it by now. */
  readonly reached: readonly string[];
}

/** What came of the tries at all addresses: it goes on while one may still take it, and one that has it is enough. */
function resultOf(results: ReadonlyArray<Awaited<ReturnType<Mailer['send']>>>, isReached: boolean): Try {
  if (results.includes('unavailable')) return 'unavailable';
  if (isReached) return 'accepted';
  return results.length === 0 ? 'no-address' : 'refused';
}

const later = (instant: Date, seconds: number): Date => new Date(instant.getTime() + seconds * 1000);

/**
 * Sends what is due, outside of any transaction, and records what came of it: at least once, with the same
 * Message-ID (DESIGN §6.9). The address is opened from the vault for each try and kept nowhere.
 */
export class MessageSender {
  private stopped = false;
  private running: Promise<void> = Promise.resolve();
  private bell = new AbortController();

  constructor(private readonly parts: MessageSenderParts) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Something may be due: look now. */
  wake(): void {
    this.bell.abort();
  }

  /** Takes nothing further. A try that does not end in time is repeated by whoever takes the message next. */
  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.wake();
    const patience = new AbortController();
    const tooLong = pause(grace, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.running, tooLong]);
    patience.abort();
    this.parts.mailer.close();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        const isAnnounced = await this.parts.announcer.next();
        if ((await this.sendDue()) === 0 && !isAnnounced) await this.rest(await this.untilNextDue());
      } catch (error) {
        this.parts.logger.warn({ err: error }, 'messages wait: the database does not answer');
        await this.rest(longestRest);
      }
    }
  }

  private async sendDue(): Promise<number> {
    const { outgoing, recorder, logger } = this.parts;
    const now = recorder.now();
    const messageIds = await outgoing.claim(now, later(now, inHand), atOnce);
    const send = async (messageId: string): Promise<void> => {
      try {
        await this.send(messageId);
      } catch (error) {
        logger.error({ err: error, messageId }, 'message not sent; it is tried again in a minute');
      }
    };
    await Promise.all(messageIds.map(send));
    return messageIds.length;
  }

  private async send(messageId: string): Promise<void> {
    const { outgoing, recorder } = this.parts;
    const stream = messageStream(messageId);
    const { state } = await loadState(recorder.store, messageDecider, stream);
    if (state.kind !== 'waiting') return outgoing.forget(messageId);
    const [requested] = await recorder.store.readStream(stream);
    if (!requested) throw new Error('a message that waits has a history');
    const { result, reached } = await this.try(state, requested.envelope);
    await handleCommand(
      recorder,
      messageDecider,
      stream,
      (): MessageCommand => ({ kind: 'record-try', result, reached, now: recorder.now().toISOString() }),
      () => envelopeAfter(requested.envelope, 'notification'),
      (_events, after) => ({ sideRows: [this.rowAfter(messageId, after)] }),
    );
  }

  /** Each address has a mail of its own (R6); those that have it by an earlier try get none again. */
  private async try({ message, reached: before }: Waiting, { origin }: Envelope): Promise<Tried> {
    // A code is sent by who has it in hand, and due here when it is over.
    if (message.template === 'code') return { result: 'expired', reached: [] };
    const { contacts, mailer, pages, timeZone, whereaboutsOf } = this.parts;
    const open = await contacts.openAllFor(message.personId, message.channel);
    const where = await whereaboutsOf(origin);
    const { messageId } = message;
    const link = canBeReported(message) ? this.parts.links.linkOf(messageId) : null;
    const mail = renderNotice(message, { pages, timeZone, where, link });
    const missing = open.filter(({ contactId }) => !before.includes(contactId));
    const results = await Promise.all(
      missing.map(async ({ contactId, value: to }) => ({
        contactId,
        result: await mailer.send({ messageId, to, ...mail }),
      })),
    );
    const accepted = results.filter(({ result }) => result === 'accepted').map(({ contactId }) => contactId);
    const reached = [...before, ...accepted];
    return {
      result: resultOf(
        results.map(({ result }) => result),
        reached.length > 0,
      ),
      reached,
    };
  }

  private rowAfter(messageId: string, after: MessageState) {
    if (after.kind !== 'waiting') return noLongerDue(messageId);
    return dueAgainAt(messageId, later(this.parts.recorder.now(), delayAfter(after.failures, after.message)));
  }

  private async untilNextDue(): Promise<number> {
    const next = await this.parts.outgoing.nextDue();
    if (next === null) return longestRest;
    return Math.min(longestRest, Math.max(0, next.getTime() - this.parts.recorder.now().getTime()));
  }

  /** Ends early when the bell rings, also when it rang just before. */
  private async rest(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.bell.signal }).catch(() => undefined);
    this.bell = new AbortController();
  }
}
