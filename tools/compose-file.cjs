/* docker-compose.yml as Docker Compose reads it: variables put in, secrets and mounted keys found in a folder. */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');

const root = join(__dirname, '..');
const secretsFolder = 'infra/docker/secrets';

/** `variables`: those of .env. A variable that must be given and is not throws, as it does in Docker Compose. */
function readComposeFile(variables) {
  const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  const interpolated = text.replaceAll(/\$\{(\w+)(?::?([-?])([^}]*))?\}/g, (_, name, kind, rest) => {
    if (variables[name] !== undefined) return variables[name];
    if (kind === '-') return rest;
    throw new Error(`${name} is missing`);
  });
  const compose = parse(interpolated, { merge: true, maxAliasCount: -1 });
  for (const service of Object.values(compose.services)) {
    if (service.environment) service.environment = handedOn(service.environment, variables);
  }
  return compose;
}

/** A variable without a value is that of .env, and is not there where .env does not name it. */
const handedOn = (environment, variables) =>
  Object.fromEntries(
    Object.entries(environment)
      .map(([name, value]) => [name, value === null ? variables[name] : value])
      .filter(([, value]) => value !== undefined),
  );

/** The variables of a .env file. */
const readVariables = (path) =>
  Object.fromEntries(
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

/** The names of the secrets of a service: what each is called in the container, and at the top of the file. */
const secretsOf = ({ secrets = [] }) =>
  secrets.map((secret) => (typeof secret === 'string' ? { source: secret, target: secret } : secret));

/** The path on this machine of a file that a container sees. */
function hostPathOf(compose, service, path, secrets) {
  const secret = secretsOf(service).find(({ target }) => path === `/run/secrets/${target}`);
  if (secret) return join(secrets, compose.secrets[secret.source].file.slice(secretsFolder.length));
  const mount = (service.volumes ?? [])
    .map((one) => one.split(':'))
    .find(([, target]) => path.startsWith(`${target}/`));
  if (!mount?.[0].startsWith(`./${secretsFolder}`)) throw new Error(`nothing is mounted at ${path}`);
  return join(secrets, mount[0].slice(secretsFolder.length + 2), path.slice(mount[1].length));
}

/** The environment as the program sees it, with the image's, and each NAME_FILE read. */
function environmentIn(compose, service, secrets, ofImage = {}) {
  const entries = Object.entries({ ...ofImage, ...service.environment }).map(([name, value]) => {
    if (!name.endsWith('_FILE') || value === '') return [name, String(value)];
    return [name.slice(0, -'_FILE'.length), readFileSync(hostPathOf(compose, service, value, secrets), 'utf8').trim()];
  });
  return Object.fromEntries(entries);
}

/** What the image sets for every container. */
function environmentOfImage() {
  const dockerfile = readFileSync(join(root, 'infra/docker/Dockerfile'), 'utf8');
  const [, pairs] = /^ENV (.+)$/m.exec(dockerfile);
  return Object.fromEntries(pairs.split(' ').map((pair) => pair.split('=')));
}

module.exports = {
  environmentIn,
  environmentOfImage,
  hostPathOf,
  readComposeFile,
  readVariables,
  secretsFolder,
  secretsOf,
};
