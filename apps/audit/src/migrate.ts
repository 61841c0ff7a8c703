import 'reflect-metadata';
import { runMigrations } from '@cofactor/service-host';
import { auditMigrations } from './app.module';

runMigrations('audit', auditMigrations);
