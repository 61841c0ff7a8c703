/**
 * What the server is told on its command line, so that a new release changes the settings of old data folders too.
 * The defaults that matter are stated: fsync, synchronous_commit and full_page_writes stay on, except for data that are
 * thrown away anyway.
 */
export function serverSettings(host: string, port: number, throwAway: boolean): string[] {
  const settings: Record<string, string> = {
    listen_addresses: host,
    port: String(port),
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',

    // One machine, shared with the services: modest memory and few processes.
    shared_buffers: '32MB',
    max_connections: '200',
    jit: 'off',
    io_method: 'sync',
    max_parallel_workers_per_gather: '0',
    autovacuum: 'on',
    autovacuum_max_workers: '2',

    // No replica reads this log: crash safety is all that it is for.
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_logical_replication_workers: '0',
    max_wal_size: '256MB',

    // I4: a failed statement or the value in a violated constraint would carry addresses into the log.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_line_prefix: '',

    ...(throwAway ? durability('off') : durability('on')),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function durability(state: 'on' | 'off'): Record<string, string> {
  return { fsync: state, synchronous_commit: state, full_page_writes: state };
}
