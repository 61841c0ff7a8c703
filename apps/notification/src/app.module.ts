import { notificationOperations } from '@cofactor/contracts';
import { eventStoreMigrations, PostgresEventStore, type Database, type Migration } from '@cofactor/event-store';
import { messagingMigrations, relayMigrations } from '@cofactor/messaging';
import type { KeyedHashes, PersonalFields } from '@cofactor/secret-vault';
import {
  createRecorder,
  HEALTH,
  OPERATIONS,
  refuseInProduction,
  serveOperations,
  type Clock,
  type HealthCheck,
  type Logger,
  type Metrics,
  type Mode,
} from '@cofactor/service-kit';
import { Module, type DynamicModule } from '@nestjs/common';
import { OutboxMailer } from './adapters/mailer.outbox';
import { SesMailer } from './adapters/mailer.ses';
import { SmtpMailer } from './adapters/mailer.smtp';
import { Outbox } from './adapters/outbox';
import { OutgoingMessages } from './adapters/outgoing.postgres';
import { SentCounts } from './adapters/sent-counts.postgres';
import { OutboxTextMessenger } from './adapters/text-messenger.outbox';
import { SnsTextMessenger } from './adapters/text-messenger.sns';
import { Announcements } from './adapters/announcements.postgres';
import { ReportLinks } from './adapters/report-links';
import { whereaboutsIn } from './adapters/whereabouts';
import { developmentParts, type MailSettings } from './mail-settings';
import type { TextSettings } from './text-settings';
import type { CodeChannels, Contacts, Mailer, TextMessenger } from './domain/ports';
import { readOutbox } from './http/read-outbox';
import { CodeMessages } from './http/send-code';
import { sendLink } from './http/send-link';
import { CreateOutgoing1790000001000 } from './migrations/1790000001000-create-outgoing';
import { CreateSentCounts1790000002000 } from './migrations/1790000002000-create-sent-counts';
import { CreateAnnouncements1792000001000 } from './migrations/1792000001000-create-announcements';
import { AnnounceWhenEnforced } from './reactions/announce.when-enforced';
import { AnnounceWhenReported } from './reactions/announce.when-reported';
import { AnnounceWhenMembershipChanges } from './reactions/announce.when-membership-changes';
import { AnnounceWhenResetWaits } from './reactions/announce.when-reset-waits';
import type { PeopleOwner } from './reactions/announcement-page';
import { Announcer } from './reactions/announcer';
import { NewsClock } from './reactions/news-clock';
import { MessageSender } from './reactions/message-sender';
import { MessageRequests, RequestMessageWhenAFactorChanged } from './reactions/request-message.when-a-factor-changed';
import { SendMessageWhenRequested } from './reactions/send-message.when-requested';

export { developmentParts, readMailSettings, type MailSettings } from './mail-settings';
export { readTextSettings, type TextSettings } from './text-settings';

/** What notification runs on. */
export interface NotificationParts {
  readonly mode: Mode;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Its own database, with `notificationMigrations`. */
  readonly database: Database;
  readonly contacts: Contacts;
  readonly keyedHashes: Pick<KeyedHashes, 'fingerprint'>;
  readonly personalFields: Pick<PersonalFields, 'open'>;
  readonly people: PeopleOwner;
  readonly mail: MailSettings;
  readonly texts: TextSettings;
  /** The address of this installation's pages, as people type it. */
  readonly pages: string;
  /** In which times are told; an IANA name. */
  readonly timeZone: string;
}

/** The tables of notification's database. */
export const notificationMigrations: readonly Migration[] = [
  ...eventStoreMigrations,
  ...messagingMigrations,
  ...relayMigrations,
  CreateOutgoing1790000001000,
  CreateSentCounts1790000002000,
  CreateAnnouncements1792000001000,
];

interface Channels {
  readonly mailer: Mailer;
  /** Null where nobody delivers text messages. */
  readonly texts: TextMessenger | null;
  /** Where messages stay in development; null where they are really sent. */
  readonly outbox: Outbox | null;
}

function createChannels(parts: NotificationParts): Channels {
  const { mode, mail, texts, clock } = parts;
  const isKept = mode === 'development' && (mail.kind === 'outbox' || texts.kind === 'none');
  const kept = new Outbox(clock);
  return { outbox: isKept ? kept : null, mailer: mailerOf(parts, kept), texts: textsFor(parts, kept) };
}

function mailerOf({ mail, logger }: NotificationParts, outbox: Outbox): Mailer {
  switch (mail.kind) {
    case 'outbox':
      return new OutboxMailer(outbox);
    case 'smtp':
      return new SmtpMailer(mail, logger);
    case 'ses':
      return new SesMailer(mail, logger);
  }
}

function textsFor({ mode, texts, logger }: NotificationParts, outbox: Outbox): TextMessenger | null {
  if (texts.kind === 'sns') return new SnsTextMessenger(texts, logger);
  return mode === 'development' ? new OutboxTextMessenger(outbox) : null;
}

/** A number is refused where there is nobody who delivers text messages. */
function codeChannels({ mailer, texts }: Channels, { contacts }: NotificationParts): CodeChannels {
  return {
    sms: (text) => texts?.send(text) ?? Promise.resolve('refused'),
    email: async (personId, code) => {
      const to = await contacts.openFor(personId, 'email');
      return to === null ? 'no-address' : mailer.send({ ...code, to });
    },
  };
}

/** Tells people what changed, and brings them codes. Consumes the facts of factor-enrollment and challenge, and its own. */
@Module({})
export class NotificationModule {
  /** Throws ConfigurationError for the local outbox in production mode. */
  static register(parts: NotificationParts): DynamicModule {
    const { mode, logger, metrics, clock, database, pages } = parts;
    const store = new PostgresEventStore({ database, service: 'notification' });
    refuseInProduction(mode, developmentParts(parts.mail));
    const recorder = createRecorder(store, clock);
    const channels = createChannels(parts);
    const { mailer, outbox } = channels;
    const ways = codeChannels(channels, parts);
    const codes = new CodeMessages({
      recorder,
      channels: ways,
      counts: new SentCounts(database, parts.keyedHashes),
      pages,
      logger,
    });
    const outgoing = new OutgoingMessages(database);
    const links = new ReportLinks({ ...parts, store, now: () => clock.now() });
    const operations = serveOperations(
      notificationOperations,
      {
        sendCode: codes.sendCode,
        readReportedNotice: ({ link }) => links.noticeOf(link),
        sendLink: sendLink({ codes, channels: ways, pages }),
        readOutbox: readOutbox(mode, outbox),
      },
      { logger, duration: metrics.operationDuration },
    );
    const health: HealthCheck = async () => ({ database: await database.isReady() });
    return {
      module: NotificationModule,
      controllers: [
        RequestMessageWhenAFactorChanged,
        AnnounceWhenEnforced,
        AnnounceWhenReported,
        AnnounceWhenMembershipChanges,
        AnnounceWhenResetWaits,
        SendMessageWhenRequested,
      ],
      providers: [
        { provide: MessageRequests, useValue: new MessageRequests(store, recorder) },
        {
          provide: MessageSender,
          useValue: new MessageSender({
            ...parts,
            outgoing,
            recorder,
            mailer,
            whereaboutsOf: whereaboutsIn(parts.personalFields),
            links,
            announcer: new Announcer({ ...parts, recorder, announcements: new Announcements(database) }),
          }),
        },
        { provide: CodeMessages, useValue: codes },
        { provide: NewsClock, useValue: new NewsClock(clock) },
        { provide: OPERATIONS, useValue: operations },
        { provide: HEALTH, useValue: health },
      ],
    };
  }
}
