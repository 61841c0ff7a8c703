import { z } from 'zod';
import { writtenVersion, type EventDefinition } from '../event-definition';
import { allEvents } from '../events';
import { factSchema } from '../fact';
import type { Endpoint } from '../http/endpoint';
import { publicApi } from '../http/public-api';
import { jsonSchema, type JsonSchema } from '../json-schema';
import { auditOperations } from '../operations/audit';
import { challengeOperations } from '../operations/challenge';
import { factorEnrollmentOperations } from '../operations/factor-enrollment';
import { identityOperations } from '../operations/identity';
import { notificationOperations } from '../operations/notification';
import { callContextSchema, type Operation } from '../operations/operation';
import { proofSchema, statementSchema } from '../statements';

const schema = z.custom<JsonSchema>((value) => typeof value === 'object' && value !== null);
const names = z.array(z.string());
const exchange = { request: schema, reply: schema };

/** What `contracts.lock.json` holds: every contract as it was last released, and who reads it. */
export const releaseSchema = z.strictObject({
  events: z.record(
    z.string(),
    z.strictObject({
      version: z.int().min(1),
      /** The version in which the release writes it; 0 for one that it only reads. */
      written: z.int().min(0),
      owner: z.string(),
      readers: names,
      data: schema,
      /** By version: data as some release wrote it. All that is left of the versions before the current one. */
      fixtures: z.record(z.string(), z.unknown()),
    }),
  ),
  /** Requests between services, by `responder.name`; `allowed` may call, `callers` do. */
  operations: z.record(z.string(), z.strictObject({ callers: names, allowed: names, ...exchange })),
  /** The public interface, by the id of the endpoint; parameters in the path are part of `address`. */
  endpoints: z.record(z.string(), z.strictObject({ address: z.string(), ...exchange })),
  /** What stands around every event and travels with every call, by the names in `shapes`. */
  shapes: z.record(z.string(), z.strictObject({ readers: names, data: schema })),
});
export type Release = z.infer<typeof releaseSchema>;

/** What the contracts themselves do not know, as it was found in the services. */
export interface Surroundings {
  /** The patterns of the facts that each service subscribes to: types of events, or `*`. */
  readonly subscriptions: Readonly<Record<string, readonly string[]>>;
  /** The services that call each operation, by `responder.name`. */
  readonly callers: Readonly<Record<string, readonly string[]>>;
  /** The services that check what another one has signed. */
  readonly checkers: Readonly<Record<'statement' | 'proof', readonly string[]>>;
  /** By type of event and version. */
  readonly fixtures: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Every request between services, by `responder.name`. */
export const operationsByName: Readonly<Record<string, Operation>> = Object.fromEntries(
  [identityOperations, factorEnrollmentOperations, challengeOperations, notificationOperations, auditOperations]
    .flatMap((table) => Object.values<Operation>(table))
    .map((operation) => [`${operation.responder}.${operation.name}`, operation]),
);

/** The contracts as the code has them now. Pure: plain data that a file can hold. */
export function describeRelease(surroundings: Surroundings): Release {
  const events = byName(allEvents.map((definition) => [definition.type, eventEntry(definition, surroundings)]));
  const operations = Object.entries(operationsByName);
  const { statement, proof } = surroundings.checkers;
  return {
    events,
    operations: byName(
      operations.map(([name, operation]) => [name, operationEntry(operation, surroundings.callers[name] ?? [])]),
    ),
    endpoints: byName(Object.values<Endpoint>(publicApi).map((endpoint) => [endpoint.id, endpointEntry(endpoint)])),
    shapes: {
      callContext: shapeEntry(
        callContextSchema,
        operations.map(([, { responder }]) => responder),
      ),
      fact: shapeEntry(
        factSchema,
        Object.values(events).flatMap(({ readers }) => readers),
      ),
      proof: shapeEntry(proofSchema, proof),
      statement: shapeEntry(statementSchema, statement),
    },
  };
}

function eventEntry(definition: EventDefinition, { subscriptions, fixtures }: Surroundings): Release['events'][string] {
  const { type, version, owner } = definition;
  const subscribers = Object.entries(subscriptions).filter(([, taken]) => taken.includes(type) || taken.includes('*'));
  // Whoever owns a stream folds it at every command.
  const readers = inOrder([owner, ...subscribers.map(([service]) => service)]);
  return {
    version,
    written: writtenVersion(definition),
    owner,
    readers,
    data: jsonSchema(definition.schema, 'output'),
    fixtures: fixtures[type] ?? {},
  };
}

/** Both parts as they are read: what is given to their schemas. */
const operationEntry = (operation: Operation, callers: readonly string[]): Release['operations'][string] => ({
  callers: inOrder(callers),
  allowed: inOrder(operation.callers),
  request: jsonSchema(operation.request, 'input'),
  reply: jsonSchema(operation.reply, 'input'),
});

/** Query, body, status and reply as fields of two objects, so that one comparison serves them all. */
function endpointEntry({ method, path, query, body, reply, status }: Endpoint): Release['endpoints'][string] {
  const given = query ? jsonSchema(query, 'input') : null;
  const request = {
    ...(given ? { query: { schema: given, required: (given.required ?? []).length > 0 } } : {}),
    ...(body ? { body: { schema: jsonSchema(body, 'input'), required: !body.safeParse(undefined).success } } : {}),
  };
  const answer = {
    status: { schema: { const: status }, required: true },
    ...(reply ? { body: { schema: jsonSchema(reply, 'output'), required: true } } : {}),
  };
  return { address: `${method} ${path}`, request: objectOf(request), reply: objectOf(answer) };
}

const shapeEntry = (shape: z.ZodType, readers: readonly string[]): Release['shapes'][string] => ({
  readers: inOrder(readers),
  data: jsonSchema(shape, 'input'),
});

function objectOf(
  fields: Readonly<Record<string, { readonly schema: JsonSchema; readonly required: boolean }>>,
): JsonSchema {
  const entries = Object.entries(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, field]) => [name, field.schema])),
    required: entries.filter(([, { required }]) => required).map(([name]) => name),
    additionalProperties: false,
  };
}

/** Each once, so that the order in which they are found is no change. */
const inOrder = (services: readonly string[]): string[] => [...new Set(services)].sort();

/** In the order of the alphabet, so that moving a line of the code is no change. */
const byName = <Entry>(entries: ReadonlyArray<readonly [string, Entry]>): Record<string, Entry> =>
  Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
