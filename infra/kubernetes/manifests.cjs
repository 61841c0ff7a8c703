/* The manifests of every process, as text by path. */
const { stringify } = require('yaml');
const { version } = require('../../package.json');
const { peersOf, processes, publicPort } = require('../processes.cjs');
const {
  databases,
  environmentOf,
  environmentOfAfterRestore,
  files: secretFiles,
  installation,
  storesOf,
} = require('./settings.cjs');

const part = { 'app.kubernetes.io/part-of': 'cofactor' };
const labelsOf = (name) => ({ 'app.kubernetes.io/name': name });
/** Seconds: the balancers forget a pod in the first, then it has ten to answer what is under way. */
const beforeStop = 5;
const untilKilled = 30;
/** With six partitions a seventh replica would take in no facts. */
const replicas = { fewest: 2, most: 6 };

const account = {
  runAsNonRoot: true,
  runAsUser: 10001,
  runAsGroup: 10001,
  fsGroup: 10001,
  seccompProfile: { type: 'RuntimeDefault' },
};
const confined = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
const temporary = { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } };

const object = (apiVersion, kind, name, rest) => ({
  apiVersion,
  kind,
  metadata: { name, labels: labelsOf(name) },
  ...rest,
});

/** Readable by the account of the image, through its group. */
const secretVolume = (secretName) => ({ name: 'secrets', secret: { secretName, defaultMode: 0o440 } });

function podOf(name, container, volumes) {
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: account,
    containers: [
      {
        image: `cofactor/${container.service}:${version}`,
        ...container.rest,
        securityContext: confined,
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'secrets', mountPath: secretFiles, readOnly: true },
        ],
      },
    ],
    volumes: [temporary, ...volumes],
  };
}

function deployment(process) {
  const { name, port } = process;
  const asked = (path, rest) => ({ httpGet: { path, port: 'internal' }, timeoutSeconds: 3, ...rest });
  const container = {
    name,
    env: environmentOf(process),
    ports: portsOf(process).map(({ name: named, port: containerPort }) => ({ name: named, containerPort })),
    startupProbe: asked('/health/live', { periodSeconds: 1, failureThreshold: 60 }),
    livenessProbe: asked('/health/live', { periodSeconds: 10, failureThreshold: 3 }),
    readinessProbe: asked('/health/ready', { periodSeconds: 5, failureThreshold: 2 }),
    lifecycle: { preStop: { sleep: { seconds: beforeStop } } },
    resources: { requests: { cpu: '100m', memory: '160Mi' }, limits: { memory: '384Mi' } },
  };
  const spread = {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labelsOf(name) },
  };
  const spec = {
    ...podOf(name, { service: name, rest: container }, [secretVolume(`${name}-secrets`)]),
    terminationGracePeriodSeconds: untilKilled,
    topologySpreadConstraints: [spread],
  };
  const uses = Object.fromEntries(storesOf(process).map((store) => [`cofactor/uses-${store}`, 'true']));
  return object('apps/v1', 'Deployment', name, {
    // No number of replicas: the autoscaler's, which an upgrade must not take back.
    spec: {
      selector: { matchLabels: labelsOf(name) },
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: { metadata: { labels: { ...labelsOf(name), ...part, ...uses } }, spec },
    },
  });
}

const portsOf = ({ name, port }) => [
  { name: 'internal', port },
  ...(name === 'gateway' ? [{ name: 'pages', port: publicPort }] : []),
];

const service = (process) =>
  object('v1', 'Service', process.name, {
    spec: {
      selector: labelsOf(process.name),
      ports: portsOf(process).map(({ name, port }) => ({ name, port, targetPort: name })),
    },
  });

const disruptionBudget = ({ name }) =>
  object('policy/v1', 'PodDisruptionBudget', name, {
    spec: { maxUnavailable: 1, selector: { matchLabels: labelsOf(name) } },
  });

const autoscaler = ({ name }) =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', name, {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: replicas.fewest,
      maxReplicas: replicas.most,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    },
  });

/** Who may ask it: those that are told its address. Whom it may ask: those whose address it is told. */
function networkPolicy(process) {
  const { name, port } = process;
  const pods = (names) => names.map((one) => ({ podSelector: { matchLabels: labelsOf(one) } }));
  const tcp = (number) => [{ protocol: 'TCP', port: number }];
  const callers = processes.filter((other) => peersOf(other).includes(process)).map((other) => other.name);
  return object('networking.k8s.io/v1', 'NetworkPolicy', name, {
    spec: {
      podSelector: { matchLabels: labelsOf(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: pods(callers), ports: tcp(port) }],
      egress: peersOf(process).map((peer) => ({ to: pods([peer.name]), ports: tcp(peer.port) })),
    },
  });
}

const serviceAccount = (name) => object('v1', 'ServiceAccount', name, { automountServiceAccountToken: false });

/** Runs one program to its end; `stores`: what it reaches. */
function job(name, account, container, secretName, stores) {
  const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } };
  const { service, ...rest } = container;
  const spec = {
    ...podOf(account, { service, rest: { ...rest, resources } }, [secretVolume(secretName)]),
    restartPolicy: 'Never',
  };
  const uses = Object.fromEntries(stores.map((store) => [`cofactor/uses-${store}`, 'true']));
  return object('batch/v1', 'Job', name, {
    spec: { backoffLimit: 3, template: { metadata: { labels: { ...labelsOf(name), ...part, ...uses } }, spec } },
  });
}

/** A database is migrated once, before the services of a release are rolled out. */
function migration(database) {
  const isVault = database === 'vault';
  const container = {
    // A service brings the migrations of the vault along; which one does not matter.
    service: isVault ? 'identity' : database,
    name: 'migrate',
    args: ['node', isVault ? 'libs/service-host/dist/migrate-vault.js' : 'service/dist/migrate.js'],
    env: [{ name: 'MIGRATIONS_DATABASE_URL_FILE', value: `${secretFiles}/${database}-database-url` }],
  };
  return job(`migrate-${database}`, 'migrations', container, 'migrations-secrets', ['postgres']);
}

/** Before restored databases serve again. */
function afterRestore() {
  const name = 'after-restore';
  const args = ['node', 'libs/service-host/dist/after-restore.js'];
  const container = { service: 'identity', name, args, env: environmentOfAfterRestore() };
  return job(name, name, container, `${name}-secrets`, ['postgres', 'kafka']);
}

const configMap = object('v1', 'ConfigMap', 'cofactor', { data: installation });

/** Every generated file: its path below this folder, and what must stand in it. */
function files() {
  const head = '# Written by "npm run kubernetes"; what an installation decides stands in overlays.\n';
  const text = (objects) =>
    head + objects.map((one) => stringify(one, { singleQuote: true, lineWidth: 0 })).join('---\n');
  return Object.fromEntries([
    ...processes.map((one) => [`base/${one.name}.yaml`, text(ofProcess(one))]),
    ['base/settings.yaml', text([configMap])],
    ['migrations/jobs.yaml', text([serviceAccount('migrations'), ...databases.map(migration)])],
    ['after-restore/job.yaml', text([serviceAccount('after-restore'), afterRestore()])],
  ]);
}

const ofProcess = (process) => [
  serviceAccount(process.name),
  service(process),
  deployment(process),
  disruptionBudget(process),
  autoscaler(process),
  networkPolicy(process),
];

module.exports = { files };
