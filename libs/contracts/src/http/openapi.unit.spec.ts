import { problems } from '../problems';
import { openApiDocument } from './openapi';
import { publicApi } from './public-api';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name?: string; readonly in?: string; readonly $ref?: string }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, { schema: unknown }> };
  readonly responses: Record<string, { readonly content?: Record<string, unknown>; readonly description: string }>;
  readonly security: readonly unknown[];
}

// The document is plain JSON; these are the parts of it that the tests look at.
const document = JSON.parse(JSON.stringify(openApiDocument())) as {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: { readonly Problem: { properties: { code: { enum: string[] } } } } };
};

function operation(path: string, method: string): Operation {
  const found = document.paths[path]?.[method];
  if (!found) throw new Error(`${method} ${path} is not described`);
  return found;
}

describe('the OpenAPI document', () => {
  it('describes every endpoint of the contracts, once', () => {
    const described = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(described.map((each) => each.operationId).sort()).toEqual(Object.keys(publicApi).sort());
    expect(document.openapi).toBe('3.1.0');
  });

  it('names every parameter in a path', () => {
    const { parameters } = operation('/v1/sign-ins/{signInId}/challenges/{challengeId}/answer', 'post');
    expect(parameters.filter((each) => each.in === 'path').map((each) => each.name)).toEqual([
      'signInId',
      'challengeId',
    ]);
  });

  it('describes what is sent before it is normalised, not after', () => {
    const { requestBody } = operation('/v1/organisations', 'post');
    expect(requestBody?.required).toBe(true);
    expect(requestBody?.content['application/json']?.schema).toMatchObject({
      required: ['name', 'preset', 'manager'],
      additionalProperties: false,
    });
  });

  it('lets an optional body be left out', () => {
    expect(operation('/v1/me/factors/{credentialId}', 'delete').requestBody?.required).toBe(false);
  });

  it('takes an Idempotency-Key on every POST and nowhere else', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { parameters }] of Object.entries(methods)) {
        const taken = parameters.some((each) => each.$ref === '#/components/parameters/IdempotencyKey');
        expect([path, method, taken]).toEqual([path, method, method === 'post']);
      }
    }
  });

  it('answers problems as problem+json, each under its own status (RFC 9457)', () => {
    const { responses } = operation('/v1/sign-ins', 'post');
    expect(responses['401']?.content).toHaveProperty(['application/problem+json']);
    expect(responses['401']?.description).toContain('invalid-credentials');
    expect(document.components.schemas.Problem.properties.code.enum).toEqual(Object.keys(problems));
  });

  it('asks for a bearer token or the cookie exactly where a caller is needed', () => {
    for (const endpoint of Object.values(publicApi)) {
      const { security } = operation(endpoint.path, endpoint.method.toLowerCase());
      const ways = { anyone: 0, 'anyone-or-session': 3, 'sign-in': 2, session: 2 }[endpoint.caller];
      expect([endpoint.id, security.length]).toEqual([endpoint.id, ways]);
    }
    expect(operation('/v1/organisations', 'post').security).toContainEqual({});
  });

  it('offers Cofactor-Read-After on lists that may lag (I8)', () => {
    const { parameters } = operation('/v1/organisations/{organisationId}/audit/records', 'get');
    expect(parameters).toContainEqual({ $ref: '#/components/parameters/ReadAfter' });
    expect(parameters.filter((each) => each.in === 'query').map((each) => each.name)).toContain('subject');
  });
});
