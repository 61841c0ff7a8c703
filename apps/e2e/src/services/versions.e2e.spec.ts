import { challengeEvents } from '@cofactor/contracts';
import { eventually } from '@cofactor/testkit';
import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Databases, type DatabaseName } from '../api/databases';
import { expectSoundAfter } from '../api/load';
import { Installation, type RunningProcesses } from '../installation';
import { fixtureOf, nextName, nextRelease, writesTooEarly } from './next-release';
import { lastRelease, ReleaseCopy, thisRelease } from './release-copy';
import { Doors, SigningIn } from './signing-in';

const services = ['identity', 'factor-enrollment', 'challenge', 'notification', 'audit', 'gateway'] as const;
type Service = (typeof services)[number];
/** The one before this, from the history; this; and one that is made of it. */
type Release = 'last' | 'this' | typeof nextName;
const replicas = [1, 2] as const;

/** In which version this release writes the event that the next one changes. */
const written = challengeEvents.challengePassed.version;
const fixture = (version: number) => join('libs/contracts/fixtures', `challenge.passed.v${version}.json`);
let next: ReleaseCopy;
/** A clone without its history has none. */
const lastCommit = lastRelease();
let last: ReleaseCopy | null = null;

beforeAll(() => {
  last = lastCommit === null ? null : ReleaseCopy.ofCommit(lastCommit);
  next = ReleaseCopy.make(nextRelease);
  const before = JSON.parse(readFileSync(join(next.root, fixture(written)), 'utf8')) as { data: object };
  writeFileSync(join(next.root, fixture(written + 1)), JSON.stringify(fixtureOf(before)));
}, 60_000);
afterAll(() => {
  next.remove();
  last?.remove();
});

describe('§6.11 the next release', () => {
  let installation: Installation;
  let builds: string;
  let doors: Doors;
  let people: SigningIn;

  beforeAll(async () => {
    builds = mkdtempSync(join(tmpdir(), 'cofactor-builds-'));
    for (const service of services) for (const replica of replicas) build(service, replica, thisRelease);
    const environment = { COFACTOR_REPLICAS: '2', COFACTOR_FLOOD_LIMIT: '1000000', COFACTOR_BUILDS: builds };
    installation = await Installation.start({ environment });
    const second = new URL(installation.url);
    second.port = String(Number(second.port) + 1);
    doors = new Doors([installation.url, second.origin]);
    people = new SigningIn(doors);
    await people.begin(2);
  }, 180_000);
  afterAll(async () => {
    try {
      await people.end();
    } finally {
      await installation.remove();
      rmSync(builds, { recursive: true, force: true });
    }
  });

  /** What a process runs from its next start on. */
  function build(service: Service, replica: number, root: string): void {
    const link = join(builds, `${service}-${replica}`);
    symlinkSync(root, `${link}.new`);
    renameSync(`${link}.new`, link);
  }

  function rootOf(release: Release): string {
    if (release === 'this') return thisRelease;
    const copy = release === nextName ? next : last;
    if (!copy) throw new Error('there is no last release');
    return copy.root;
  }

  const isReplaced = ({ service, replica, processId }: RunningProcesses['services'][number]): boolean =>
    installation
      .running()
      .services.some(
        (now) =>
          now.service === service && now.replica === replica && now.processId !== null && now.processId !== processId,
      );

  /** Which release answers there, once it is ready; those that were really made do not say. */
  const readyAt = async ({ port, publicPort }: { readonly port: number; readonly publicPort: number | null }) => {
    const ask = (asked: number, path: string) => fetch(`http://127.0.0.1:${asked}/health/${path}`);
    try {
      const { release = 'this' } = (await (await ask(port, 'live')).json()) as { release?: string };
      return (await ask(publicPort ?? port, 'ready')).ok ? release : 'none';
    } catch {
      return 'none';
    }
  };

  /** Ends one process as an orchestrator does, and waits for the one of the other release in its place. */
  async function put(service: Service, replica: number, release: Release): Promise<void> {
    const running = installation.running().services.find((one) => one.service === service && one.replica === replica);
    if (!running || running.processId === null) throw new Error(`${service} ${replica} does not run`);
    build(service, replica, rootOf(release));
    if (service === 'gateway') await doors.shut(replica - 1);
    process.kill(running.processId, 'SIGTERM');
    await eventually(
      async () => (isReplaced(running) ? readyAt(running) : 'none'),
      (name) => name === (release === nextName ? nextName : 'this'),
      60_000,
    );
    if (service === 'gateway') doors.open(replica - 1);
  }

  type Releases = Partial<Record<Service, Release>>;

  /** The same replica of several services, each for the release that is named; then people go on signing in. */
  async function putEach(replica: number, releases: Releases): Promise<void> {
    await Promise.all(
      services.map(async (service) => {
        const release = releases[service];
        if (release) await put(service, replica, release);
      }),
    );
    await people.more(3);
  }

  const all = (release: Release, but?: Service): Releases =>
    Object.fromEntries(services.filter((service) => service !== but).map((service) => [service, release]));

  (lastCommit === null ? it.skip : it)(
    'comes after one that runs beside the last release, forward and back, all services behind the gateway at once',
    async () => {
      // Applications of this one, as the people here are, are promised nothing of an older gateway (docs/adr/0007).
      await putEach(1, all('last', 'gateway'));
      await putEach(1, all('this', 'gateway'));
    },
    240_000,
  );

  it('is migrated to while this one serves', async () => {
    const { owner } = JSON.parse(readFileSync(join(installation.home, 'keys/databases.json'), 'utf8')) as {
      owner: string;
    };
    const announced = JSON.parse(readFileSync(join(installation.home, 'run/databases.json'), 'utf8')) as {
      identity: { url: string };
    };
    const url = new URL(announced.identity.url);
    url.username = 'owner';
    url.password = owner;
    next.run('apps/identity/dist/migrate.js', { MIGRATIONS_DATABASE_URL: url.href });
    await people.more(4);
  }, 60_000);

  it('runs as each service in turn among those of this one, beside the one whose place it takes', async () => {
    let before: Releases = {};
    for (const service of services) {
      await putEach(1, { ...before, [service]: nextName });
      before = { [service]: 'this' };
    }
    await putEach(1, before);
  }, 240_000);

  it('runs as all services but one, with this one as identity', async () => {
    for (const replica of replicas) await putEach(replica, all(nextName, 'identity'));
  }, 240_000);

  it('runs as all of them, and people go on with this one where they were with the next', async () => {
    for (const replica of replicas) await putEach(replica, { identity: nextName });
    await people.begin(1);
    for (const replica of replicas) await putEach(replica, all('this'));
  }, 240_000);

  it('was there, as was this one: what both have written stands beside each other, and in the audit once', async () => {
    await people.end();
    expect(people.failures).toEqual([]);
    const databases = await Databases.open(installation);
    const releasesIn = async (database: DatabaseName, sql: string) =>
      (await databases.rows<{ release: string }>(database, `${sql} ORDER BY 1`)).map(({ release }) => release);
    const ofFacts = `SELECT DISTINCT coalesce(envelope->'origin'->>'release', 'this') AS release FROM events`;
    for (const database of ['identity', 'factor_enrollment', 'challenge'] as const) {
      expect([database, ...(await releasesIn(database, ofFacts))]).toEqual([database, nextName, 'this']);
    }
    const ofSessions = `SELECT DISTINCT coalesce(release, 'this') AS release FROM sessions`;
    expect(await releasesIn('identity', ofSessions)).toEqual([nextName, 'this']);
    const ofAnswers = `SELECT DISTINCT schema_version || ' ' || coalesce(data->>'release', 'none') AS release
                       FROM events WHERE type = 'challenge.passed'`;
    expect(await releasesIn('challenge', ofAnswers)).toEqual([`${written} none`]);
    await databases.close();
    await expectSoundAfter(installation, people.load);
  }, 60_000);
});

describe('§6.11 the check of contracts', () => {
  it('finds nothing in the next release that breaks this one', () => {
    expect(next.checkContracts().at(-1)).toContain('nothing breaks');
  });

  it('refuses a release that writes what this one cannot read, by the names of who reads it', () => {
    next.apply([writesTooEarly]);
    expect(next.checkContracts()).toContain(
      `The event challenge.passed v${written}: it is written as version ${written + 1}, which the last release cannot read; it is read by audit, challenge and notification.`,
    );
  });
});
