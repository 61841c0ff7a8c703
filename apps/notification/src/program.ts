import 'reflect-metadata';
import { identityOperations, notificationOperations } from '@cofactor/contracts';
import { Contacts } from '@cofactor/secret-vault';
import { runService } from '@cofactor/service-host';
import { notificationMigrations, NotificationModule } from './app.module';
import { settings } from './config';
import { developmentParts, mailOf } from './mail-settings';
import { textsOf } from './text-settings';

export function run(): void {
  runService({
    name: 'notification',
    settings,
    operations: notificationOperations,
    migrations: notificationMigrations,
    poolSize: 4,
    log: 'notification',
    follows: ['notification', 'identity', 'factor-enrollment', 'challenge'],
    publishers: (read) => ({
      gateway: read.COFACTOR_GATEWAY_URL,
      identity: read.COFACTOR_IDENTITY_URL,
      challenge: read.COFACTOR_CHALLENGE_URL,
      'factor-enrollment': read.COFACTOR_FACTOR_ENROLLMENT_URL,
    }),
    developmentParts: (read) => developmentParts(mailOf(read)),
    module: ({ vault, clientOf, ...parts }, read) =>
      NotificationModule.register({
        ...parts,
        mode: read.COFACTOR_MODE,
        contacts: new Contacts(vault),
        people: clientOf(identityOperations, read.COFACTOR_IDENTITY_URL),
        mail: mailOf(read),
        texts: textsOf(read),
        pages: read.COFACTOR_PAGES_URL,
        timeZone: read.MAIL_TIME_ZONE,
      }),
  });
}
