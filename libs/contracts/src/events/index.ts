import type { z } from 'zod';
import type { EventDefinition } from '../event-definition';
import { services, type Service } from '../fact';
import { challengeEvents } from './challenge';
import { factorEnrollmentEvents } from './factor-enrollment';
import { identityEvents } from './identity';
import { notificationEvents } from './notification';

export * from './challenge';
export * from './factor-enrollment';
export * from './identity';
export * from './notification';
export * from './people';
export * from './resets';
export * from './shared-accounts';
export * from './support';

/** Every event type there is, by the service that owns it. */
export const eventsByService = {
  identity: identityEvents,
  'factor-enrollment': factorEnrollmentEvents,
  challenge: challengeEvents,
  notification: notificationEvents,
} as const satisfies Record<Service, Record<string, EventDefinition>>;

export type AnyEventDefinition = {
  [Owner in Service]: (typeof eventsByService)[Owner][keyof (typeof eventsByService)[Owner]];
}[Service];
export type EventType = AnyEventDefinition['type'];
/** The data of one event type, at its current version. */
export type EventData<Type extends EventType> = z.infer<Extract<AnyEventDefinition, { type: Type }>['schema']>;

export const allEvents: readonly EventDefinition[] = Object.values(eventsByService).flatMap((table) =>
  Object.values<EventDefinition>(table),
);

const byType = new Map(allEvents.map((definition) => [definition.type, definition]));

/** The contract entry of a type, or undefined for one that this release does not know. */
export const eventDefinition = (type: string): EventDefinition | undefined => byType.get(type);

/** Such as `person-`, from `person-{personId}`. */
const prefixesIn = (streams: string): readonly string[] => streams.match(/[a-z][a-z-]*-(?=\{)/g) ?? [];

const owners: ReadonlyArray<readonly [prefix: string, Service]> = services.flatMap((service) => {
  const streams = Object.values<EventDefinition>(eventsByService[service]).map(({ stream }) => stream);
  return [...new Set(streams.flatMap(prefixesIn))].map((prefix) => [prefix, service] as const);
});

/** Which service owns a stream, by its prefix; undefined for a name that is no stream of ours. */
export const ownerOfStream = (stream: string): Service | undefined =>
  owners.find(([prefix]) => stream.startsWith(prefix))?.[1];
