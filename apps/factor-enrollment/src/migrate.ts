import 'reflect-metadata';
import { runMigrations } from '@cofactor/service-host';
import { factorEnrollmentMigrations } from './app.module';

runMigrations('factor-enrollment', factorEnrollmentMigrations);
