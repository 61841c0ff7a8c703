import type { Migration } from './migrate';
import { CreateEventLog1790000000000 } from './migrations/create-event-log';
import { CreateLogEpochs1792000000000 } from './migrations/create-log-epochs';

/** What every service with streams runs before its own migrations. */
export const eventStoreMigrations: readonly Migration[] = [CreateEventLog1790000000000, CreateLogEpochs1792000000000];
