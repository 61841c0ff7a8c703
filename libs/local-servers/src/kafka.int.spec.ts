import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, type LocalKafka, type LocalKafkaOptions } from './kafka';
import { kafkaProgram, kafkaVersion } from './kafka-program';
import { answersForCluster } from './kafka-readiness';
import { LocalServerMissing } from './local-server-missing';

jest.setTimeout(120_000);

const started: LocalKafka[] = [];
const folder = mkdtempSync(join(tmpdir(), 'cofactor-local-kafka-'));
afterAll(async () => {
  await Promise.all(started.map((kafka) => kafka.stop()));
  rmSync(folder, { recursive: true });
});

async function start(differing: Partial<LocalKafkaOptions> = {}): Promise<LocalKafka> {
  const kafka = await startKafka({ dataFolder: null, port: 0, logFile: null, ...differing });
  started.push(kafka);
  return kafka;
}

const portOf = ({ brokers }: LocalKafka): number => Number(brokers.split(':')[1]);

const clusterIn = (data: string): string =>
  /^cluster\.id=(.+)$/m.exec(readFileSync(join(data, 'data/meta.properties'), 'utf8'))?.[1] ?? 'none';

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.on('error', () => resolve(false)).on('connect', () => resolve(true));
  }).then((answer) => {
    socket.destroy();
    return answer === true;
  });
}

const isRunning = (processId: number): boolean => {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
};

describe('startKafka', () => {
  it('answers a broker that answers, which is the same cluster after a kill, and stops it', async () => {
    const [dataFolder, logFile] = [join(folder, 'data'), join(folder, 'kafka.log')];
    const kafka = await start({ dataFolder, logFile });
    const cluster = clusterIn(dataFolder);
    expect(await answersForCluster(cluster, portOf(kafka))).toBe(true);
    expect(await answersForCluster('another-cluster', portOf(kafka))).toBe(false);
    const { processId } = kafka;
    await kafka.kill();
    expect([isRunning(processId), await accepts(portOf(kafka))]).toEqual([false, false]);
    await kafka.restart();
    expect(await answersForCluster(cluster, portOf(kafka))).toBe(true);
    await kafka.stop();
    expect(isRunning(kafka.processId)).toBe(false);
    expect(clusterIn(dataFolder)).toBe(cluster);
    expect(readFileSync(logFile, 'utf8')).toContain('Kafka Server started');
  });

  it('leaves nothing behind without a data folder, and refuses a port that is taken with what the server said of it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toThrow('Address already in use');
    other.close();
    // Others of this test run have folders of their own there, which come and go.
    const settings = readdirSync(tmpdir())
      .filter((name) => name.startsWith('cofactor-kafka-'))
      .map((name) => join(tmpdir(), name, 'server.properties'))
      .filter((path) => existsSync(path));
    expect(settings.filter((path) => readFileSync(path, 'utf8').includes(`127.0.0.1:${port}`))).toEqual([]);
  });

  it('leaves nothing running when the process that started it is killed', async () => {
    const program = `require('./kafka').startKafka({ dataFolder: ${JSON.stringify(join(folder, 'orphan'))}, port: 0, logFile: null })
      .then(({ processId }) => console.log(processId))`;
    const parent = spawn(
      process.execPath,
      ['--conditions=@cofactor/source', '-r', '@swc-node/register', '-e', program],
      { cwd: __dirname, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    expect(isRunning(Number(line))).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'close');
    const deadline = Date.now() + 5_000;
    while (isRunning(Number(line)) && Date.now() < deadline) await new Promise((next) => setImmediate(next));
    expect(isRunning(Number(line))).toBe(false);
  });
});

describe('kafkaProgram', () => {
  const programs = (name: string, scripts: Readonly<Record<string, string>>): string => {
    const path = join(folder, name);
    mkdirSync(path);
    for (const [script, text] of Object.entries(scripts)) {
      writeFileSync(join(path, script), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    return path;
  };
  const java = 'echo \'openjdk version "17.0.1"\' >&2';
  const cache = join(folder, 'cache');
  const search = (PATH: string, more = {}) => kafkaProgram({ PATH, XDG_CACHE_HOME: cache, ...more });

  it.each([
    ['no-java', {}, 'Kafka is not on this machine: install Java 17 or newer, which it runs on.'],
    ['old-java', { java: 'echo \'openjdk version "11.0.2"\' >&2' }, 'it needs Java 17 or newer, and java is Java 11.'],
    ['no-mvn', { java }, 'install it and set KAFKA_HOME, or install mvn, which fetches it.'],
    ['lame-mvn', { java, mvn: 'exit 1' }, 'mvn could not fetch it; try again, or install it and set KAFKA_HOME.'],
  ])('says what is missing: %s', (name, scripts, sentence) => {
    const path = programs(name, scripts);
    expect(() => search(path)).toThrow(LocalServerMissing);
    expect(() => search(path)).toThrow(sentence);
    expect(existsSync(cache) ? readdirSync(join(cache, 'cofactor')) : []).toEqual([]);
  });

  it('takes the one that is installed', () => {
    const home = join(folder, 'installed');
    mkdirSync(join(home, 'libs'), { recursive: true });
    mkdirSync(join(home, 'bin'));
    writeFileSync(join(home, 'libs/kafka_2.13-3.9.0.jar'), '');
    writeFileSync(join(home, 'bin/kafka-server-start.sh'), '');
    const path = programs('java-alone', { java });
    const expected = { java: 'java', libraries: join(home, 'libs') };
    expect(search(path, { KAFKA_HOME: home })).toEqual(expected);
    expect(search(`${path}:${join(home, 'bin')}`)).toEqual(expected);
  });

  it('takes what another process fetched meanwhile', () => {
    const folderOfOther = join(folder, 'raced/cofactor', `kafka-${kafkaVersion}`);
    // It fetches, and while it does so the other one puts its own in place.
    const mvn = `mkdir libraries && : > libraries/kafka_2.13-${kafkaVersion}.jar && mkdir -p '${folderOfOther}' && : > '${folderOfOther}/other'`;
    const path = `${programs('racing', { java, mvn })}:/usr/bin:/bin`;
    expect(search(path, { XDG_CACHE_HOME: join(folder, 'raced') }).libraries).toBe(folderOfOther);
    expect(readdirSync(join(folder, 'raced/cofactor'))).toEqual([`kafka-${kafkaVersion}`]);
  });
});
