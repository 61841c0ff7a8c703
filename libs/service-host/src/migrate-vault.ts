import 'reflect-metadata';
import { runVaultMigrations } from './migrations';

runVaultMigrations();
