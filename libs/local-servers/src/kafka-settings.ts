/** Where one broker keeps and shows things. */
export interface KafkaPlaces {
  readonly dataFolder: string;
  readonly port: number;
  /** Of its controller, which is the same process. */
  readonly controllerPort: number;
}

/** The properties of a cluster that is one broker: everything has one copy, and topics are made by those who own them. */
export function brokerProperties({ dataFolder, port, controllerPort }: KafkaPlaces): string {
  return properties({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `BROKER://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': dataFolder,
    'auto.create.topics.enable': 'false',
    // After a kill it waits for the end of its own former session.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    'log.cleaner.dedupe.buffer.size': String(16 * 1024 * 1024),
  });
}

/** The properties of its logging: warnings on standard output, and everything in a file where one is given. */
export function loggingProperties(logFile: string | null): string {
  const pattern = '[%d] %p %m (%c)%n';
  const console = {
    'appender.console.type': 'Console',
    'appender.console.name': 'console',
    'appender.console.layout.type': 'PatternLayout',
    'appender.console.layout.pattern': pattern,
    'rootLogger.appenderRef.console.ref': 'console',
    'rootLogger.appenderRef.console.level': 'warn',
  };
  const file = {
    'appender.file.type': 'File',
    'appender.file.name': 'file',
    'appender.file.fileName': logFile ?? '',
    'appender.file.layout.type': 'PatternLayout',
    'appender.file.layout.pattern': pattern,
    'rootLogger.appenderRef.file.ref': 'file',
  };
  return properties({
    'rootLogger.level': logFile === null ? 'warn' : 'info',
    ...console,
    ...(logFile === null ? {} : file),
  });
}

/** In the form of java.util.Properties. */
const properties = (entries: Readonly<Record<string, string>>): string =>
  Object.entries(entries)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
