import type {
  CallContext,
  ClientOf,
  factorEnrollmentOperations,
  HandlersOf,
  notificationOperations,
} from '@cofactor/contracts';
import type { IdempotencyKeys, Remember } from '@cofactor/event-store';
import { envelopeOf, type Clock, type Logger, type PersonalFieldSealer } from '@cofactor/service-kit';
import { waitingResetRows } from '../adapters/waiting-resets';
import type { FactorSetStream } from '../adapters/factor-set-stream';
import type { SessionOwner } from '../adapters/reset-flow';
import { frozenUntilFrom, type FreezeChanges as Command } from '../domain/freeze';

type Handler = HandlersOf<typeof factorEnrollmentOperations>['freezeChanges'];
/** Who wrote the messages, and knows the links in them. */
export type NoticeOwner = Pick<ClientOf<typeof notificationOperations>, 'readReportedNotice'>;
type Notice = Awaited<ReturnType<NoticeOwner['readReportedNotice']>>;

export interface FreezeChangesParts {
  readonly sets: FactorSetStream;
  readonly notices: NoticeOwner;
  readonly sessions: SessionOwner;
  readonly keys: IdempotencyKeys;
  readonly sealer: PersonalFieldSealer;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Someone who is told of a change says that it was not theirs; the link of the message is all they need (docs/adr/0015). */
export class FreezeChanges {
  constructor(private readonly parts: FreezeChangesParts) {}

  readonly handle: Handler = async ({ link }, context) => {
    const notice = await this.parts.notices.readReportedNotice({ link }, context);
    const { messageId } = notice;
    const keyed = { context, scope: messageId, operation: 'freezeChanges', body: { messageId } };
    return this.parts.keys.once(keyed, (remember) => this.freeze(notice, context, remember));
  };

  private async freeze(notice: Notice, context: CallContext, remember: Remember) {
    const { sets, sealer, clock } = this.parts;
    const { personId, messageId, factId, organisationIds, policyVersion } = notice;
    const person = { kind: 'person', id: personId } as const;
    const concern = { organisationIds, actor: person, subject: person, policyVersion };
    const envelope = await envelopeOf(sealer, context, concern);
    const now = clock.now().toISOString();
    const command: Command = { kind: 'freeze-changes', personId, messageId, factId, now };
    const reply = { frozenUntil: frozenUntilFrom(now) };
    const { position } = await sets.runIn(
      personId,
      envelope,
      () => command,
      (events) => [
        ...waitingResetRows(events, organisationIds, now),
        ...remember({ kind: 'reply', reply: { ...reply, positions: [] } }),
      ],
    );
    await this.endSessions(personId, now, envelope, context);
    return { ...reply, positions: [position] };
  }

  /** Whoever has the link may not be who is signed in. Where identity does not answer, its reaction does it later. */
  private async endSessions(
    personId: string,
    openedBy: string,
    envelope: Awaited<ReturnType<typeof envelopeOf>>,
    context: CallContext,
  ): Promise<void> {
    const { sessions, logger } = this.parts;
    await sessions
      .endSessionsByReset({ personId, openedBy, envelope, reason: 'reported-as-not-mine' }, context)
      .catch((error: unknown) => logger.warn({ err: error, requestId: context.requestId }, 'sessions end later'));
  }
}
