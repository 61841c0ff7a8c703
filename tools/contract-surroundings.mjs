/*
 * Who reads the contracts, found in the services themselves: the patterns that Nest keeps with each `@EventPattern`,
 * the calls in the sources of each that holds a client of whoever answers, and the fixtures.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
// Sources, not builds, so that what is compared is never older than what is committed.
process.env.TS_NODE_PROJECT = join(root, 'tsconfig.base.json');
require('@swc-node/register');

/** Where Nest keeps the patterns of a method: PATTERN_METADATA of @nestjs/microservices. */
const PATTERNS = 'microservices:pattern';
/** The compositions of services, and the tests, call on behalf of others. */
const notServices = new Set(['standalone', 'e2e', 'web']);
const inTests = /[.](spec|contract|fixture)[.]ts$|\/test-[^/]+[.]ts$/;

export const contracts = require(join(root, 'libs/contracts/src/index.ts'));

const services = readdirSync(join(root, 'apps')).filter((name) => !notServices.has(name));
const sources = Object.fromEntries(services.map((service) => [service, sourcesOf(join(root, 'apps', service, 'src'))]));

/** What describeRelease of the contracts asks for. */
export function findSurroundings() {
  return {
    subscriptions: Object.fromEntries(services.map((service) => [service, sources[service].flatMap(patternsIn)])),
    callers: Object.fromEntries(
      Object.values(contracts.operationsByName).map(({ responder, name }) => [
        `${responder}.${name}`,
        services.filter((service) => calls(sources[service], responder, name)),
      ]),
    ),
    checkers: {
      statement: servicesThat(/\bpermitted\(|verifier\.statement\(/),
      proof: servicesThat(/verifier\.proof\(/),
    },
    fixtures: fixtures(),
  };
}

function servicesThat(check) {
  const found = services.filter((service) => sources[service].some(({ text }) => check.test(text)));
  if (found.length === 0) throw new Error(`no service is found by ${check}, so nobody would be named as a reader`);
  return found;
}

function sourcesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith('.ts') && !inTests.test(file))
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}

function patternsIn({ file, text }) {
  const declared = text.match(/@EventPattern\(/g)?.length ?? 0;
  if (declared === 0) return [];
  const classes = Object.values(require(file)).filter((value) => typeof value === 'function' && value.prototype);
  const methods = classes.flatMap(({ prototype }) =>
    Object.values(Object.getOwnPropertyDescriptors(prototype)).map(({ value }) => value),
  );
  const found = methods.flatMap((method) => {
    const patterns = typeof method === 'function' ? Reflect.getMetadata(PATTERNS, method) : undefined;
    return patterns ? [patterns] : [];
  });
  if (found.length !== declared) throw new Error(`${file} declares reactions whose patterns are not found`);
  return found.flat();
}

/** A service calls what it names, if it holds a client of the service that answers: `ClientOf<typeof …Operations>`. */
function calls(sources, responder, operation) {
  const table = `${responder.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())}Operations`;
  const holdsClient = sources.some(({ text }) => text.includes(`ClientOf<typeof ${table}>`));
  return holdsClient && sources.some(({ text }) => text.includes(`.${operation}(`));
}

function fixtures() {
  const byType = {};
  const folder = join(root, 'libs/contracts/fixtures');
  for (const file of readdirSync(folder)) {
    const [, type, version] = basename(file).match(/^(.+)[.]v(\d+)[.]json$/) ?? [];
    if (type === undefined) throw new Error(`${file} is no fixture of an event: <type>.v<version>.json`);
    byType[type] = { ...byType[type], [version]: JSON.parse(readFileSync(join(folder, file), 'utf8')) };
  }
  return byType;
}
