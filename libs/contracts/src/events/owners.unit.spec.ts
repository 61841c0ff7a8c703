import { eventsByService, ownerOfStream } from '.';
import type { EventDefinition } from '../event-definition';
import { services } from '../fact';

describe('the service that owns a stream', () => {
  const streams = services.flatMap((service) =>
    Object.values<EventDefinition>(eventsByService[service]).flatMap(({ stream }) =>
      stream.split(' or ').map((pattern) => [pattern.replace(/\{\w+\}/, '1'), service] as const),
    ),
  );

  it.each(streams)('of %s is %s', (stream, service) => {
    expect(ownerOfStream(stream)).toBe(service);
  });

  it.each(['nobody-1', 'person', '', 'a-person-1'])('is none of "%s"', (stream) => {
    expect(ownerOfStream(stream)).toBeUndefined();
  });
});
