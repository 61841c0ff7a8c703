import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { findBinaries, type Binaries } from './binaries';
import { locateCluster } from './cluster-location';
import { initialiseCluster, serverEnvironment, SUPERUSER } from './data-folder';
import { KeptServer } from './kept-server';
import { makeWay } from './previous-server';
import { serverAccount, type ServerAccount } from './server-account';
import { PortTakenError, type SupervisorOrder } from './supervised-server';
import { serverSettings } from './server-settings';
import { tiedToParent } from './tied-to-parent';

export interface EmbeddedPostgresOptions {
  /** The data folder of the installation; the cluster lies in it, or where its note `postgres-location` says. */
  readonly home: string;
  /** Set at the first start, needed unchanged at every later one. */
  readonly superuserPassword: string;
  /** Absent: a free port, another one at each start. */
  readonly port?: number;
  /** Receives the server's log, a line at a time; never statements or their parameters (I4). */
  readonly log?: (line: string) => void;
  /**
   * Absent: the data are kept and every commit is synced to the disk. Clusters for tests are removed, with their home,
   * when the server ends, however that comes about; `thrown away` also saves the syncing.
   */
  readonly lifetime?: 'durable until stopped' | 'thrown away';
}

export interface EmbeddedPostgres {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** A connection address with the rights of the superuser: a secret. */
  readonly superuserUrl: (database: string) => string;
  /** Fast shutdown and start on the same port; resolves when the server accepts connections again. */
  readonly restart: () => Promise<void>;
  /** Fast shutdown; resolves when no process is left, within 5 s. May be called more than once. */
  readonly stop: () => Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Starts PostgreSQL 18 on 127.0.0.1 from the binaries in node_modules and resolves when it accepts connections.
 *
 * Guarantees: what was committed survives any death of any process (fsync and synchronous_commit stay on); the server
 * ends within 5 s of this process, however this one ends; a server that dies is started again on the same port.
 * Throws EmbeddedPostgresError, with one sentence to show, when the data are in use or the server cannot start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = locateCluster(options.home, serverAccount(undefined), options.log ?? (() => undefined));
  const account = serverAccount(cluster);
  const binaries = findBinaries(account);
  await initialiseCluster(cluster, binaries, account, options.superuserPassword);
  await makeWay(cluster);
  const { server, port } = await launch(cluster, binaries, account, options);
  return {
    host: HOST,
    port,
    dataDirectory: cluster,
    superuserUrl: (database) =>
      `postgres://${SUPERUSER}:${encodeURIComponent(options.superuserPassword)}@${HOST}:${port}/${encodeURIComponent(database)}`,
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}

async function launch(
  cluster: string,
  binaries: Binaries,
  account: ServerAccount | undefined,
  options: EmbeddedPostgresOptions,
): Promise<{ server: KeptServer; port: number }> {
  for (;;) {
    const port = options.port ?? (await freePort());
    const [command, ...before] = tiedToParent('INT', binaries.postgres);
    const order: SupervisorOrder = {
      command,
      args: [...before, '-D', cluster, ...serverSettings(HOST, port, options.lifetime === 'thrown away')],
      pgCtl: binaries.pgCtl,
      dataDirectory: cluster,
      identity: account ?? {},
      environment: serverEnvironment(),
      removeAfterwards: options.lifetime !== undefined ? options.home : null,
    };
    try {
      return { server: await KeptServer.start(order, options.log ?? (() => undefined)), port };
    } catch (error) {
      if (!(error instanceof PortTakenError) || options.port !== undefined) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, HOST);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
