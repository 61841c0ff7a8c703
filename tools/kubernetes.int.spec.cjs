/* The manifests are of this code, are what Kubernetes publishes as its types, and let nobody talk who need not. */
const { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const ts = require('typescript');
const { parseAllDocuments } = require('yaml');
const { operationsByName } = require('@cofactor/contracts');
const { kafkaSettings } = require('@cofactor/messaging');
const {
  afterRestoreSettings,
  databases,
  migrationSettings,
  processes,
  publicPort,
  variableOf,
} = require('../infra/processes.cjs');
const { files } = require('../infra/kubernetes/manifests.cjs');
const { secretKeysOf } = require('../infra/kubernetes/settings.cjs');

const folder = join(__dirname, '../infra/kubernetes');
const read = (path) => parseAllDocuments(readFileSync(join(folder, path), 'utf8')).map((one) => one.toJS());
const inFolder = (name) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`);
const parts = ['base', 'migrations', 'after-restore'];
const paths = parts.flatMap(inFolder).filter((path) => !path.endsWith('/kustomization.yaml'));
const manifests = paths.flatMap(read);
const find = (kind, name) => manifests.find((one) => one.kind === kind && one.metadata.name === name);
const ofKind = (kind) => manifests.filter((one) => one.kind === kind);
const each = processes.map((one) => [one.name, one]);
const pods = [...ofKind('Deployment'), ...ofKind('Job')].map((one) => [one.metadata.name, one.spec.template]);

it('are as "npm run kubernetes" writes them', () => {
  for (const [path, text] of Object.entries(files())) {
    expect([path, readFileSync(join(folder, path), 'utf8')]).toEqual([path, text]);
  }
});

it('are of the types that Kubernetes publishes', () => {
  const places = {
    v1: 'core/v1',
    'apps/v1': 'apps/v1',
    'batch/v1': 'batch/v1',
    'policy/v1': 'policy/v1',
    'autoscaling/v2': 'autoscaling/v2',
    'networking.k8s.io/v1': 'networking/v1',
  };
  const lines = manifests.map((one, index) => {
    const type = `import('kubernetes-types/${places[one.apiVersion]}').${one.kind}`;
    return `export const ${one.kind}${index}: ${type} = ${JSON.stringify(one)};`;
  });
  const work = mkdtempSync(join(__dirname, '../node_modules/.kubernetes-'));
  try {
    const file = join(work, 'manifests.ts');
    writeFileSync(file, lines.join('\n'));
    const options = { noEmit: true, strict: true, types: [], moduleResolution: ts.ModuleResolutionKind.Bundler };
    const program = ts.createProgram([file], { ...options, module: ts.ModuleKind.ESNext });
    const said = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(said).toEqual([]);
  } finally {
    rmSync(work, { recursive: true });
  }
});

it('hold no secret', () => {
  expect(ofKind('Secret')).toEqual([]);
});

describe('the settings of', () => {
  const secrets = {
    DATABASE_URL: 'postgres://role:password@postgres.example/database',
    VAULT_DATABASE_URL: 'postgres://role:password@postgres.example/vault',
    MIGRATIONS_DATABASE_URL: 'postgres://owner:password@postgres.example/vault',
    REDIS_URL: 'rediss://:password@redis.example',
    KAFKA_USERNAME: 'cofactor',
    KAFKA_PASSWORD: 'password',
    SMTP_URL: 'smtps://user:password@mail.example',
  };
  const { data: installation } = find('ConfigMap', 'cofactor');
  const environmentOf = (kind, name) =>
    Object.fromEntries(
      find(kind, name).spec.template.spec.containers[0].env.map(({ name: variable, value, valueFrom }) => {
        if (valueFrom) return [variable, installation[valueFrom.configMapKeyRef.key]];
        if (!variable.endsWith('_FILE')) return [variable, value];
        return [variable.slice(0, -5), secrets[variable.slice(0, -5)]];
      }),
    );

  it('after-restore are all known to it, and docs/operations.md says what its Secret holds', () => {
    const told = environmentOf('Job', 'after-restore');
    expect(Object.keys(told).filter((variable) => !(variable in afterRestoreSettings.shape))).toEqual([]);
    const ofOwners = Object.keys(told).filter((variable) => variable.endsWith('_MIGRATIONS_DATABASE_URL'));
    const owners = Object.fromEntries(ofOwners.map((variable) => [variable, secrets.MIGRATIONS_DATABASE_URL]));
    expect(ofOwners).toHaveLength(5);
    expect(afterRestoreSettings.safeParse({ ...told, ...owners }).error?.issues).toBeUndefined();
    const { env, args } = find('Job', 'after-restore').spec.template.spec.containers[0];
    const keys = env.flatMap(({ value = '' }) => /^[/]run[/]cofactor[/](.+)$/.exec(value)?.[1] ?? []);
    const operations = readFileSync(join(__dirname, '../docs/operations.md'), 'utf8');
    const row = operations.split('\n').find((line) => line.trim().startsWith('| `after-restore-secrets` '));
    const [, ...named] = [...row.matchAll(/`([^`]+)`/g)].map(([, text]) => text);
    expect(named.sort()).toEqual(keys.sort());
    const source = args[1].replace('/dist/', '/src/').replace(/\.js$/, '.ts');
    expect(existsSync(join(__dirname, '..', source))).toBe(true);
  });

  it.each(each)('%s are all known to it, and all that it needs are set', (name, { settings, port }) => {
    const told = environmentOf('Deployment', name);
    expect(Object.keys(told).filter((variable) => !(variable in settings.shape))).toEqual([]);
    expect(settings.safeParse(told).error?.issues).toBeUndefined();
    const listens = name === 'gateway' ? { PORT: publicPort, COFACTOR_INTERNAL_PORT: port } : { PORT: port };
    expect(settings.parse(told)).toMatchObject({ COFACTOR_MODE: 'production', ...listens });
  });

  it.each(each)('%s come from a secret of its own, which has what they name', (name, process) => {
    const { volumes, containers } = find('Deployment', name).spec.template.spec;
    expect(volumes.flatMap(({ secret }) => secret?.secretName ?? [])).toEqual([`${name}-secrets`]);
    const [{ mountPath }] = containers[0].volumeMounts.filter((mount) => mount.name === 'secrets');
    const paths = containers[0].env.map(({ value = '' }) => value).filter((value) => value.startsWith('/'));
    expect(paths).toEqual(secretKeysOf(process).map((key) => `${mountPath}/${key}`));
  });

  it.each(each)('%s: docs/operations.md says what its Secret holds', (name, process) => {
    const operations = readFileSync(join(__dirname, '../docs/operations.md'), 'utf8');
    const row = operations.split('\n').find((line) => line.trim().startsWith(`| \`${name}-secrets\` `));
    const [, ...named] = [...row.matchAll(/`([^`]+)`/g)].map(([, text]) => text);
    expect(named.sort()).toEqual(secretKeysOf(process).sort());
  });

  it.each(databases)('the migrations of %s are all known to them, and their program exists', (database) => {
    const told = environmentOf('Job', `migrate-${database}`);
    expect(Object.keys(told).filter((variable) => !(variable in migrationSettings.shape))).toEqual([]);
    expect(migrationSettings.safeParse(told).error?.issues).toBeUndefined();
    const [container] = find('Job', `migrate-${database}`).spec.template.spec.containers;
    const [, service] = /^cofactor\/([\w-]+):/.exec(container.image);
    const source = container.args[1]
      .replace('/dist/', '/src/')
      .replace(/\.js$/, '.ts')
      .replace(/^service\//, `apps/${service}/`);
    expect([source, existsSync(join(__dirname, '..', source))]).toEqual([source, true]);
  });
});

describe('each process', () => {
  it.each(each)('%s listens on one port for the others', (name, { port }) => {
    const [internal] = find('Service', name).spec.ports;
    expect(internal).toEqual({ name: 'internal', port, targetPort: 'internal' });
    expect(find('Deployment', name).spec.template.spec.containers[0].ports[0]).toEqual({
      name: 'internal',
      containerPort: port,
    });
    for (const other of ofKind('Deployment')) {
      const told = other.spec.template.spec.containers[0].env.find((entry) => entry.name === variableOf(name));
      if (told) expect(told.value).toBe(`http://${name}:${port}`);
    }
  });

  it.each(each)('%s is asked how it is, and ends in its own time', (name) => {
    const { containers, terminationGracePeriodSeconds } = find('Deployment', name).spec.template.spec;
    const [{ livenessProbe, readinessProbe, startupProbe, lifecycle }] = containers;
    expect([startupProbe, livenessProbe, readinessProbe].map((probe) => probe.httpGet)).toEqual([
      { path: '/health/live', port: 'internal' },
      { path: '/health/live', port: 'internal' },
      { path: '/health/ready', port: 'internal' },
    ]);
    const source = readFileSync(join(__dirname, '../libs/service-kit/src/process.ts'), 'utf8');
    const longestShutdown = Number(/longestShutdown = ([\d_]+)/.exec(source)[1].replaceAll('_', '')) / 1000;
    expect(terminationGracePeriodSeconds).toBeGreaterThan(lifecycle.preStop.sleep.seconds + longestShutdown);
  });

  it.each(each)('%s has two replicas at least, no more than partitions, and loses one at a time', (name) => {
    const { minReplicas, maxReplicas, scaleTargetRef } = find('HorizontalPodAutoscaler', name).spec;
    expect([minReplicas, scaleTargetRef.name]).toEqual([2, name]);
    expect(maxReplicas).toBe(kafkaSettings.shape.KAFKA_PARTITIONS.parse(undefined));
    const { maxUnavailable, selector } = find('PodDisruptionBudget', name).spec;
    expect([maxUnavailable, selector.matchLabels]).toEqual([1, find('Deployment', name).spec.selector.matchLabels]);
  });

  it.each(pods)('%s is locked down', (_, { spec, metadata }) => {
    expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    const [container] = spec.containers;
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources.limits.memory).toMatch(/^\d+Mi$/);
    expect(find('ServiceAccount', spec.serviceAccountName).automountServiceAccountToken).toBe(false);
    expect(metadata.labels['app.kubernetes.io/part-of']).toBe('cofactor');
  });
});

describe('the network', () => {
  const names = (peers) => peers.flatMap(({ podSelector }) => podSelector?.matchLabels['app.kubernetes.io/name'] ?? []);
  const policyOf = (name) => find('NetworkPolicy', name).spec;
  const edges = processes.flatMap(({ name }) =>
    policyOf(name).egress.flatMap(({ to, ports }) => names(to).map((peer) => `${name} → ${peer}:${ports[0].port}`)),
  );
  const callers = Object.values(operationsByName).flatMap(({ responder, callers: allowed }) =>
    allowed.map((caller) => [caller, responder]),
  );
  const portOf = (name) => processes.find((one) => one.name === name).port;

  it('allows nothing by itself', () => {
    expect(policyOf('default-deny')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('lets each caller of the contracts reach whom it calls', () => {
    const needed = callers.map(([caller, responder]) => `${caller} → ${responder}:${portOf(responder)}`);
    expect(edges).toEqual(expect.arrayContaining([...new Set(needed)]));
  });

  it('lets nobody reach anybody else, but to read the keys of those whose signatures it checks', () => {
    const calls = new Set(callers.map(([caller, responder]) => `${caller} ${responder}`));
    const signsFor = (signer, reader) =>
      // Service tokens of callers, statements of identity, proofs for identity.
      calls.has(`${signer} ${reader}`) ||
      signer === 'identity' ||
      (reader === 'identity' && /^(challenge|factor-)/.test(signer));
    const needless = edges
      .map((edge) => /^(\S+) → ([\w-]+):/.exec(edge).slice(1))
      .filter(([from, to]) => !calls.has(`${from} ${to}`) && !signsFor(to, from));
    expect(needless).toEqual([]);
  });

  it.each(each)('%s is open to those alone who may reach it', (name, { port }) => {
    const [{ from, ports }] = policyOf(name).ingress;
    const reaching = edges.filter((edge) => edge.endsWith(` → ${name}:${port}`)).map((edge) => edge.split(' ')[0]);
    expect([names(from).sort(), ports]).toEqual([reaching.sort(), [{ protocol: 'TCP', port }]]);
  });

  it.each(['postgres', 'kafka', 'redis', 'smtp', 'amazon'])('%s is reached by those who are told of it', (store) => {
    const variables = { postgres: 'DATABASE_URL', kafka: 'KAFKA_BROKERS', redis: 'REDIS_URL', smtp: 'SMTP_URL' };
    const variable = { ...variables, amazon: 'SNS_REGION' }[store];
    const label = `cofactor/uses-${store}`;
    expect(policyOf(`to-${store}`).podSelector).toEqual({ matchLabels: { [label]: 'true' } });
    const labelled = ofKind('Deployment').filter((one) => one.spec.template.metadata.labels[label] === 'true');
    expect(labelled.map((one) => one.metadata.name).sort()).toEqual(
      processes
        .filter(({ settings }) => variable in settings.shape)
        .map(({ name }) => name)
        .sort(),
    );
  });
});

describe('the kustomizations', () => {
  const kustomization = (path) => read(`${path}/kustomization.yaml`)[0];

  it('name every file', () => {
    for (const part of parts) {
      const { resources } = kustomization(part);
      const present = inFolder(part).map((path) => path.slice(part.length + 1));
      expect([part, [...resources, 'kustomization.yaml'].sort()]).toEqual([part, present.sort()]);
    }
  });

  it('of the example say where each image comes from, and patch what is there', () => {
    const images = pods.map(([, { spec }]) => spec.containers[0].image.split(':')[0]);
    const { images: replaced } = kustomization('overlay-example/release');
    expect(replaced.map(({ name }) => name).sort()).toEqual([...new Set(images)].sort());
    for (const { target, patch } of kustomization('overlay-example/services').patches) {
      for (const [{ path }] of parseAllDocuments(patch).map((one) => one.toJS())) {
        const keys = path.slice(1).split('/');
        const patched = keys.reduce((value, key) => value?.[key], find(target.kind, target.name));
        expect([path, typeof patched]).toEqual([path, 'string']);
      }
    }
  });
});
