import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithKafka, sharedTestKafka, startTestKafka } from './test-kafka';

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

const accepts = (brokers: string): Promise<boolean> =>
  new Promise((resolve) => {
    const [host = '', port = ''] = brokers.split(':');
    const socket = connect(Number(port), host);
    socket.on('error', () => resolve(false)).on('connect', () => resolve(socket.end() === socket));
  });

describeWithKafka('a Kafka for tests', () => {
  const shared = process.env['COFACTOR_TEST_KAFKA_BROKERS'];
  afterEach(() => restore('COFACTOR_TEST_KAFKA_BROKERS', shared));

  it('is shared where there is one, under prefixes of their own', async () => {
    process.env['COFACTOR_TEST_KAFKA_BROKERS'] = '127.0.0.1:1';
    const [one, other] = [await sharedTestKafka(), await sharedTestKafka()];
    expect([one.brokers, other.brokers]).toEqual(['127.0.0.1:1', '127.0.0.1:1']);
    expect(new Set([one.newPrefix(), one.newPrefix(), other.newPrefix()]).size).toBe(3);
    await one.stop();
  });

  it('is started where there is none to share, or where the spec wants to stop it', async () => {
    delete process.env['COFACTOR_TEST_KAFKA_BROKERS'];
    const own = await sharedTestKafka();
    expect(await accepts(own.brokers)).toBe(true);
    process.env['COFACTOR_TEST_KAFKA_BROKERS'] = own.brokers;
    const another = await startTestKafka();
    expect(another.brokers).not.toBe(own.brokers);
    await another.kill();
    await another.restart();
    expect(await accepts(another.brokers)).toBe(true);
    await Promise.all([own.stop(), another.stop()]);
    expect(await accepts(own.brokers)).toBe(false);
  });
});

describe('describeWithKafka on a machine without Java', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cofactor-no-kafka-'));
  const titles: string[] = [];
  const { PATH, JAVA_HOME, CI, COFACTOR_TEST_KAFKA_BROKERS } = process.env;
  const before = { PATH, JAVA_HOME, CI, COFACTOR_TEST_KAFKA_BROKERS };

  beforeEach(() => {
    delete process.env['JAVA_HOME'];
    delete process.env['COFACTOR_TEST_KAFKA_BROKERS'];
    process.env['PATH'] = folder;
    jest.spyOn(describe, 'skip').mockImplementation((title) => titles.push(title as string));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    for (const [name, value] of Object.entries(before)) restore(name, value);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('skips the tests and says why', () => {
    process.env['CI'] = 'false';
    describeWithKafka('the relay', () => undefined);
    expect(titles).toEqual([
      'the relay (skipped: Kafka is not on this machine: install Java 17 or newer, which it runs on.)',
    ]);
  });

  it('throws on CI, where a skipped test would never be missed', () => {
    process.env['CI'] = 'true';
    expect(() => describeWithKafka('the relay', () => undefined)).toThrow('Kafka is not on this machine');
  });
});
