/*
 * The Redis, the Kafka and the moto (Amazon SNS and SES) that the tests of one run share: found on this machine or fetched (libs/local-servers). They
 * end with this process, however it ends.
 */
import { createRequire } from 'node:module';

/** What the tests are told of them, which of them could not be had and why, and how they are stopped. */
export async function startTestServers() {
  // Built by an earlier step of the same run.
  const { startKafka, startMoto, startRedis, LocalServerMissing } = createRequire(import.meta.url)(
    '../libs/local-servers/dist/index.js',
  );
  const attempts = {
    COFACTOR_TEST_REDIS_URL: async () => {
      const redis = await startRedis({ dataFolder: null, port: 0, password: null });
      return { value: redis.url, stop: redis.stop };
    },
    COFACTOR_TEST_KAFKA_BROKERS: async () => {
      const kafka = await startKafka({ dataFolder: null, port: 0, logFile: null });
      return { value: kafka.brokers, stop: kafka.stop };
    },
    COFACTOR_TEST_MOTO_URL: async () => {
      const moto = await startMoto();
      return { value: moto.url, stop: moto.stop };
    },
  };
  const environment = {};
  const missing = [];
  const stops = [];
  const start = async ([name, attempt]) => {
    try {
      const { value, stop } = await attempt();
      environment[name] = value;
      stops.push(stop);
    } catch (error) {
      if (!(error instanceof LocalServerMissing)) throw error;
      missing.push(error.message);
    }
  };
  await Promise.all(Object.entries(attempts).map(start));
  return { environment, missing, stop: () => Promise.all(stops.map((stop) => stop())) };
}
