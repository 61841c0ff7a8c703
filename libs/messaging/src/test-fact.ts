import type { Fact } from '@cofactor/contracts';

/** A fact at `stream@version`, whose id is that position. */
export function aFact(position: string, changes: Partial<Fact> = {}): Fact {
  const [stream = '', version = ''] = position.split('@');
  return {
    id: position,
    service: 'challenge',
    position: 1,
    epoch: 1,
    stream,
    version: Number(version),
    type: 'challenge.passed',
    schemaVersion: 1,
    at: '2026-01-01T00:00:00.000Z',
    envelope: {
      organisationIds: [],
      actor: { kind: 'service', id: 'test' },
      subject: { kind: 'unknown', id: 'nobody' },
      origin: { requestId: 'test', traceparent: null, sealed: null, sealedFor: 'installation' },
      policyVersion: null,
    },
    data: {},
    ...changes,
  };
}
