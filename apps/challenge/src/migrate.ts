import 'reflect-metadata';
import { runMigrations } from '@cofactor/service-host';
import { challengeMigrations } from './app.module';

runMigrations('challenge', challengeMigrations);
