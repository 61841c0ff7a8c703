import 'reflect-metadata';
import { runMigrations } from '@cofactor/service-host';
import { notificationMigrations } from './app.module';

runMigrations('notification', notificationMigrations);
