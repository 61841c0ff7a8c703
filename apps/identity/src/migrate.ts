import 'reflect-metadata';
import { runMigrations } from '@cofactor/service-host';
import { identityMigrations } from './app.module';

runMigrations('identity', identityMigrations);
