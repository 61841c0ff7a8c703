import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { LocalServerMissing } from './local-server-missing';

/** The release that is fetched where none is installed. */
export const kafkaVersion = '4.1.0';
const oldestJava = 17;

type Environment = Readonly<Record<string, string | undefined>>;

/** How to run a class of Kafka. */
export interface KafkaProgram {
  readonly java: string;
  /** The folder that holds its jars. */
  readonly libraries: string;
}

/**
 * Kafka on this machine: the one at KAFKA_HOME or on PATH, else Maven's, fetched once into this account's cache folder.
 * Nothing is installed, and no right is needed. Waits for the fetching. Throws LocalServerMissing.
 */
export function kafkaProgram(environment: Environment = process.env): KafkaProgram {
  const java = javaOf(environment);
  const installed = installedLibraries(environment);
  if (installed !== null) return { java, libraries: installed };
  const cache = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const libraries = join(cache, 'cofactor', `kafka-${kafkaVersion}`);
  if (!existsSync(libraries)) fetchLibraries(libraries, environment);
  return { java, libraries };
}

function javaOf(environment: Environment): string {
  const home = environment['JAVA_HOME'];
  const java = home === undefined ? 'java' : join(home, 'bin/java');
  const { status, stderr } = spawnSync(java, ['-version'], { env: environment, encoding: 'utf8' });
  if (status !== 0) throw new LocalServerMissing('Kafka', `install Java ${oldestJava} or newer, which it runs on`);
  const version = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  if (version < oldestJava) {
    throw new LocalServerMissing('Kafka', `it needs Java ${oldestJava} or newer, and ${java} is Java ${version}`);
  }
  return java;
}

/** Of KAFKA_HOME, or of the installation whose start script is on PATH; null where there is none. */
function installedLibraries(environment: Environment): string | null {
  const scripts = (environment['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'kafka-server-start.sh'))
    .filter((script) => existsSync(script))
    .map((script) => dirname(dirname(realpathSync(script))));
  const homes = [environment['KAFKA_HOME'], ...scripts].flatMap((home) => home ?? []);
  return homes.map((home) => join(home, 'libs')).find(holdsKafka) ?? null;
}

const holdsKafka = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((file) => /^kafka_[\d.]+-[\d.]+\.jar$/.test(file));

/** The folder is there whole or not at all, so that processes may race for it. */
function fetchLibraries(folder: string, environment: Environment): void {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    writeFileSync(join(work, 'pom.xml'), projectDescription);
    const args = ['-q', '-B', '-ntp', 'dependency:copy-dependencies', '-DoutputDirectory=libraries'];
    const { error, status } = spawnSync('mvn', args, { cwd: work, env: environment, stdio: 'ignore' });
    if (error) throw new LocalServerMissing('Kafka', 'install it and set KAFKA_HOME, or install mvn, which fetches it');
    const fetched = join(work, 'libraries');
    if (status !== 0 || !holdsKafka(fetched)) {
      throw new LocalServerMissing('Kafka', 'mvn could not fetch it; try again, or install it and set KAFKA_HOME');
    }
    renameSync(fetched, folder);
  } catch (error) {
    // Another process may have been quicker, with the same.
    if (error instanceof LocalServerMissing || !existsSync(folder)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const dependency = (group: string, artifact: string, version: string): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;

const projectDescription = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>cofactor</groupId><artifactId>kafka</artifactId><version>1</version>
<dependencies>
${dependency('org.apache.kafka', 'kafka_2.13', kafkaVersion)}
${dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', '2.24.3')}
</dependencies></project>
`;
