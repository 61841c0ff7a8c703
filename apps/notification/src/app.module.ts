import { notificationOperations } from '@cofactor/contracts';
import { eventStoreMigrations, PostgresEventStore, type Database, type Migration } from '@cofactor/event-store';
import { messagingMigrations, relayMigrations } from '@cofactor/messaging';
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
import { SmtpMailer } from './adapters/mailer.smtp';
import { OutgoingMessages } from './adapters/outgoing.postgres';
import { developmentParts, type MailSettings } from './mail-settings';
import type { Contacts, Mailer } from './domain/ports';
import { readOutbox } from './http/read-outbox';
import { CreateOutgoing1790000001000 } from './migrations/1790000001000-create-outgoing';
import { MessageSender } from './reactions/message-sender';
import { MessageRequests, RequestMessageWhenAFactorChanged } from './reactions/request-message.when-a-factor-changed';
import { SendMessageWhenRequested } from './reactions/send-message.when-requested';

export { developmentParts, readMailSettings, type MailSettings } from './mail-settings';

/** What notification runs on. */
export interface NotificationParts {
  readonly mode: Mode;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Its own database, with `notificationMigrations`. */
  readonly database: Database;
  readonly contacts: Contacts;
  readonly mail: MailSettings;
  /** The address of this installation's pages, as people type it. */
  readonly pages: string;
}

/** The tables of notification's database. */
export const notificationMigrations: readonly Migration[] = [
  ...eventStoreMigrations,
  ...messagingMigrations,
  ...relayMigrations,
  CreateOutgoing1790000001000,
];

function createMailer({ mail, clock, logger }: NotificationParts): Mailer {
  switch (mail.kind) {
    case 'outbox':
      return new OutboxMailer(clock);
    case 'smtp':
      return new SmtpMailer(mail, logger);
  }
}

/** Tells people what changed. Consumes the facts of factor-enrollment and challenge, and its own. */
@Module({})
export class NotificationModule {
  /** Throws ConfigurationError for the local outbox in production mode. */
  static register(parts: NotificationParts): DynamicModule {
    const { mode, logger, metrics, clock, database, contacts, pages } = parts;
    const store = new PostgresEventStore({ database, service: 'notification' });
    refuseInProduction(mode, developmentParts(parts.mail));
    const recorder = createRecorder(store, clock);
    const mailer = createMailer(parts);
    const outgoing = new OutgoingMessages(database);
    const operations = serveOperations(
      notificationOperations,
      { readOutbox: readOutbox(mode, mailer) },
      { logger, duration: metrics.operationDuration },
    );
    const health: HealthCheck = async () => ({ database: await database.isReady() });
    return {
      module: NotificationModule,
      controllers: [RequestMessageWhenAFactorChanged, SendMessageWhenRequested],
      providers: [
        { provide: MessageRequests, useValue: new MessageRequests(store, recorder) },
        {
          provide: MessageSender,
          useValue: new MessageSender({ outgoing, recorder, contacts, mailer, pages, logger }),
        },
        { provide: OPERATIONS, useValue: operations },
        { provide: HEALTH, useValue: health },
      ],
    };
  }
}
