import type { Envelope } from '@cofactor/contracts';
import type { NewEvent, Unit } from '@cofactor/event-sourcing';
import { randomUUID } from 'node:crypto';

/** As large as real ones: the sealed origin holds an address and a browser's name. */
export const envelope: Envelope = {
  organisationIds: ['0198f0a2-5b1c-7d3e-8f4a-6b7c8d9e0f10'],
  actor: { kind: 'person', id: '0198f0a2-5b1c-7d3e-8f4a-6b7c8d9e0f11' },
  subject: { kind: 'person', id: '0198f0a2-5b1c-7d3e-8f4a-6b7c8d9e0f11' },
  origin: {
    requestId: '0198f0a2-5b1c-7d3e-8f4a-6b7c8d9e0f12',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    sealed: Buffer.alloc(120, 'sealed').toString('base64url'),
    sealedFor: '0198f0a2-5b1c-7d3e-8f4a-6b7c8d9e0f11',
  },
  policyVersion: 3,
};

export const passedData = {
  challengeId: '0198f0a2-5b1c-7d3e-8f4a-6b7c8d9e0f13',
  signInId: '0198f0a2-5b1c-7d3e-8f4a-6b7c8d9e0f14',
  credentialId: '0198f0a2-5b1c-7d3e-8f4a-6b7c8d9e0f15',
  factorType: 'totp',
  hint: 'Authenticator app',
  evidence: 58_912_345,
  answerFingerprint: 'pX3q9h0mN4uZK2c7sV8yQw1eR5tA6bD-fGjLkPoIuYt',
};

export const snapshotState = {
  personId: envelope.actor.id,
  history: { last: passedData.evidence, spent: [] },
  wrongInARow: 0,
  lastWrongAt: null,
  disabled: false,
  passes: [],
  lastUsedAt: '2026-03-01T09:30:00.000Z',
};

export const aPassedChallenge = (): NewEvent => ({
  id: randomUUID(),
  at: '2026-03-01T09:30:00.000Z',
  type: 'challenge.passed',
  schemaVersion: 1,
  envelope,
  data: passedData,
});

/** One fact at the end of a stream, and the state of the stream with it. */
export const aUnit = (stream: string, expectedVersion: number): Unit => ({
  streams: [
    { stream, expectedVersion, events: [aPassedChallenge()], snapshot: { stateVersion: 1, state: snapshotState } },
  ],
});
