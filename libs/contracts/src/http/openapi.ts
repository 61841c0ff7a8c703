import { jsonSchema } from '../json-schema';
import { problems, type ProblemCode } from '../problems';
import type { Endpoint } from './endpoint';
import { publicApi } from './public-api';

type Json = Record<string, unknown>;

const parametersInPath = (path: string): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));

/** What any address of this shape can answer, beside the problems of its own. */
function problemsOf(endpoint: Endpoint): Set<string> {
  const codes: ProblemCode[] = ['too-many-requests', 'internal', 'unavailable'];
  if (endpoint.body || endpoint.query) codes.push('malformed-request', 'invalid-fields');
  if (endpoint.body) codes.push('payload-too-large', 'unsupported-media-type');
  if (endpoint.method !== 'GET') codes.push('cross-site-request', 'conflict');
  if (endpoint.method === 'POST') codes.push('idempotency-key-reused', 'already-done');
  if (endpoint.caller !== 'anyone') codes.push('not-signed-in');
  if (endpoint.caller === 'session') codes.push('second-factor-required', 'set-up-required');
  if (parametersInPath(endpoint.path).length > 0) codes.push('not-found');
  return new Set([...endpoint.problems, ...codes]);
}

function problemResponses(endpoint: Endpoint): Json {
  const wanted = problemsOf(endpoint);
  const answered = Object.entries(problems).filter(([code]) => wanted.has(code));
  const statuses = [...new Set(answered.map(([, [status]]) => status))];
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      {
        description: answered
          .filter(([, problem]) => problem[0] === status)
          .map(([code, [, title]]) => `\`${code}\`: ${title}.`)
          .join(' '),
        ...(status === 429 || status === 503 ? { headers: { 'Retry-After': header('Seconds to wait.') } } : {}),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

const header = (description: string): Json => ({ description, schema: { type: 'string' } });

function parametersOf(endpoint: Endpoint): Json[] {
  const inPath = parametersInPath(endpoint.path).map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const query = endpoint.query ? jsonSchema(endpoint.query, 'input') : {};
  const required = Array.isArray(query['required']) ? query['required'] : [];
  const inQuery = Object.entries((query['properties'] ?? {}) as Json).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
  const headers: string[] = [];
  if (endpoint.method === 'POST') headers.push('IdempotencyKey');
  if (endpoint.problems.includes('not-yet-visible')) headers.push('ReadAfter');
  return [...inPath, ...inQuery, ...headers.map((name) => ({ $ref: `#/components/parameters/${name}` }))];
}

function successOf(endpoint: Endpoint): Json {
  return {
    description: endpoint.reply ? 'Done.' : 'Done; there is nothing to say.',
    ...(endpoint.method === 'GET'
      ? {}
      : {
          headers: { 'Cofactor-Position': header('Send it back as Cofactor-Read-After to see this write in lists.') },
        }),
    ...(endpoint.reply ? { content: { 'application/json': { schema: jsonSchema(endpoint.reply, 'output') } } } : {}),
  };
}

const aToken: readonly Json[] = [{ bearer: [] }, { cookie: [] }];
const securityOf: Readonly<Record<Endpoint['caller'], readonly Json[]>> = {
  anyone: [],
  // An empty requirement makes the others optional (OpenAPI 3.1 §4.8.30).
  'anyone-or-session': [{}, ...aToken],
  'sign-in': aToken,
  session: aToken,
};

function operationOf(endpoint: Endpoint): Json {
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    parameters: parametersOf(endpoint),
    ...(endpoint.body
      ? {
          requestBody: {
            required: !endpoint.body.safeParse(undefined).success,
            content: { 'application/json': { schema: jsonSchema(endpoint.body, 'input') } },
          },
        }
      : {}),
    responses: { [String(endpoint.status)]: successOf(endpoint), ...problemResponses(endpoint) },
    security: securityOf[endpoint.caller],
  };
}

function pathsOf(endpoints: readonly Endpoint[]): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operationOf(endpoint) };
  }
  return paths;
}

const problemSchema: Json = {
  type: 'object',
  description: 'RFC 9457. `code` is stable, `detail` says what to do next.',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(problems) },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'RFC 6901 pointer into the body, or the name of the parameter.' },
          detail: { type: 'string' },
        },
      },
    },
    requestId: { type: 'string' },
  },
};

/** The OpenAPI 3.1 description of the whole public interface, made from the contracts alone: always what is parsed. */
export function openApiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cofactor',
      version: '1',
      description: 'Multi-factor authentication for clinical software.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: pathsOf(Object.values<Endpoint>(publicApi)),
    components: {
      schemas: { Problem: problemSchema },
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description: 'One key per intended action: the same key and body answer the same reply for 24 hours.',
          schema: { type: 'string', maxLength: 200 },
        },
        ReadAfter: {
          name: 'Cofactor-Read-After',
          in: 'header',
          required: false,
          description: 'Positions from earlier Cofactor-Position headers that this read must include.',
          schema: { type: 'string' },
        },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'For programs.' },
        cookie: { type: 'apiKey', in: 'cookie', name: '__Host-cofactor', description: 'For the pages of this site.' },
      },
    },
  };
}
