import 'reflect-metadata';
import { startTestPostgres, type TestPostgres } from '@cofactor/testkit';
import { describeTransportContract } from '../contract/transport.contract';
import { makePostgresLogHarness } from './postgres-log-harness';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
}, 60_000);
afterAll(() => postgres.stop(), 60_000);

describeTransportContract('postgres-log', () => makePostgresLogHarness(postgres));
