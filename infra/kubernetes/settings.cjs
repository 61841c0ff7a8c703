/* What each process is told in the cluster, variable by variable. */
const { afterRestoreSettings, databases, processes, publicPort, variableOf, variablesOf } = require('../processes.cjs');

/** Secrets come as files, so that neither the list of processes nor an environment shows them. */
const files = '/run/cofactor';
const ofSecret = (key) => ({ file: `${files}/${key}` });
/** Decided by the installation: a key of the ConfigMap `cofactor`. */
const ofInstallation = { installation: true };
const ofInstallationIfSaid = { installation: true, optional: true };

const sources = {
  COFACTOR_MODE: { value: 'production' },
  COFACTOR_LOG_LEVEL: ofInstallation,
  OTEL_EXPORTER_OTLP_ENDPOINT: ofInstallationIfSaid,
  COFACTOR_INTERNAL_PORT: { value: '3010' },
  COFACTOR_SIGNING_KEYS: { value: `${files}/signing-keys.json` },
  COFACTOR_VAULT_KEYS: { value: `${files}/vault-keys.json` },
  COFACTOR_ORIGINS: ofInstallation,
  COFACTOR_TRUSTED_PROXIES: ofInstallation,
  COFACTOR_PAGES_URL: ofInstallation,
  COFACTOR_ISSUER: ofInstallation,
  DATABASE_URL: ofSecret('database-url'),
  VAULT_DATABASE_URL: ofSecret('vault-database-url'),
  REDIS_URL: ofSecret('redis-url'),
  KAFKA_BROKERS: ofInstallation,
  KAFKA_REPLICATION: ofInstallation,
  KAFKA_TLS: ofInstallation,
  KAFKA_USERNAME: ofSecret('kafka-username'),
  KAFKA_PASSWORD: ofSecret('kafka-password'),
  SMTP_URL: ofSecret('smtp-url'),
  MAIL_FROM: ofInstallation,
  MAIL_TIME_ZONE: ofInstallationIfSaid,
  SES_REGION: ofInstallationIfSaid,
  SNS_REGION: ofInstallationIfSaid,
  SMS_SENDERS: ofInstallationIfSaid,
  AWS_ENDPOINT: ofInstallationIfSaid,
  ...Object.fromEntries(processes.map(({ name, port }) => [variableOf(name), { value: `http://${name}:${port}` }])),
};

/** Their defaults are right in a cluster, or the image sets them. */
const leftAsTheyAre = [
  'COFACTOR_LISTEN',
  'COFACTOR_FLOOD_LIMIT',
  'COFACTOR_HASHES_WAITING',
  'COFACTOR_FIRST_PASSWORD_DAYS',
  'COFACTOR_REGISTRATION',
  'COFACTOR_SUPPORT_CHECKLIST',
  'KAFKA_PARTITIONS',
  'KAFKA_TOPIC_PREFIX',
  'REDIS_PREFIX',
];

/** What an example of an installation says; overlays/example shows how to say it otherwise. */
const installation = {
  COFACTOR_LOG_LEVEL: 'info',
  COFACTOR_ORIGINS: 'https://mfa.practice.example',
  COFACTOR_PAGES_URL: 'https://mfa.practice.example',
  COFACTOR_TRUSTED_PROXIES: '10.0.0.0/8',
  COFACTOR_ISSUER: 'Cofactor',
  KAFKA_BROKERS: 'kafka.stores.example:9093',
  KAFKA_REPLICATION: '3',
  KAFKA_TLS: 'true',
  MAIL_FROM: 'Cofactor <no-reply@practice.example>',
};

/** The environment of one process, in the order of its settings. */
function environmentOf(process) {
  const port = { value: String(process.name === 'gateway' ? publicPort : process.port) };
  return variablesOf(process)
    .filter((variable) => !leftAsTheyAre.includes(variable))
    .map((variable) => entryOf(variable, variable === 'PORT' ? port : sources[variable]));
}

function entryOf(name, source) {
  if (source === undefined) throw new Error(`infra/kubernetes/settings.cjs does not say where ${name} comes from.`);
  if (source.file !== undefined) return { name: `${name}_FILE`, value: source.file };
  if (source.value !== undefined) return { name, value: source.value };
  const key = { name: 'cofactor', key: name, ...(source.optional ? { optional: true } : {}) };
  return { name, valueFrom: { configMapKeyRef: key } };
}

/** The environment of the job that prepares restored databases. */
const environmentOfAfterRestore = () =>
  Object.keys(afterRestoreSettings.shape)
    .filter((variable) => !leftAsTheyAre.includes(variable) && variable !== 'KAFKA_REPLICATION')
    .map((variable) => {
      const [, database] = /^(.+)_MIGRATIONS_DATABASE_URL$/.exec(variable) ?? [];
      const key = `${database?.toLowerCase().replaceAll('_', '-')}-database-url`;
      return entryOf(variable, database === undefined ? sources[variable] : ofSecret(key));
    });

/** The keys that the Secret of a process must have. */
const secretKeysOf = (process) =>
  environmentOf(process)
    .map(({ value }) => value ?? '')
    .filter((value) => value.startsWith(`${files}/`))
    .map((value) => value.slice(files.length + 1));

/** The stores that a process is told of. */
const storesOf = (process) =>
  Object.entries({
    postgres: 'DATABASE_URL',
    kafka: 'KAFKA_BROKERS',
    redis: 'REDIS_URL',
    smtp: 'SMTP_URL',
    amazon: 'SNS_REGION',
  })
    .filter(([, variable]) => variablesOf(process).includes(variable))
    .map(([store]) => store);

module.exports = { databases, environmentOf, environmentOfAfterRestore, files, installation, secretKeysOf, storesOf };
