import 'reflect-metadata';
import {
  describeWithKafka,
  sharedTestKafka,
  startTestPostgres,
  type SharedTestKafka,
  type TestPostgres,
} from '@cofactor/testkit';
import { describeTransportContract } from '../contract/transport.contract';
import { makeKafkaHarness } from './kafka-harness';

describeWithKafka('on Kafka', () => {
  let postgres: TestPostgres;
  let kafka: SharedTestKafka;
  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startTestPostgres(), sharedTestKafka()]);
  }, 120_000);
  afterAll(() => Promise.all([postgres.stop(), kafka.stop()]), 60_000);

  describeTransportContract('kafka', () =>
    makeKafkaHarness(postgres, { brokers: kafka.brokers, prefix: kafka.newPrefix() }),
  );
});
