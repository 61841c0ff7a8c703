import type { Proof } from '@cofactor/contracts';
import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { session, type SessionEvent } from './session';

const { given } = storyOf(session);
const at = new Date('2026-03-02T10:00:00.000Z');

const aSession = (level: 'aal1' | 'aal2'): SessionEvent => ({
  type: 'session.started',
  data: {
    sessionId: 'session-1',
    personId: 'amara',
    assurance: { level, amr: ['pwd'], authenticatedAt: '2026-03-02T09:00:00.000Z' },
    expiresAt: '2026-03-02T12:00:00.000Z',
  },
});
const setUpProof = (change: Partial<Proof> = {}): Proof => ({
  purpose: 'factor-set-up',
  proofId: 'enrolment-1',
  personId: 'amara',
  authority: { kind: 'session', id: 'session-1' },
  credentialId: 'app-1',
  factorType: 'totp',
  amr: ['otp'],
  at: at.toISOString(),
  ...change,
});
const elevate = (proof: Proof) => ({ kind: 'elevate', sessionId: 'session-1', proof, at }) as const;

describe('a session', () => {
  it('R22 that rests on a password is raised by the first factor set up in it', () => {
    given([aSession('aal1')])
      .when(elevate(setUpProof()))
      .then([
        {
          type: 'session.elevated',
          data: {
            sessionId: 'session-1',
            personId: 'amara',
            assurance: { level: 'aal2', amr: ['pwd', 'otp', 'mfa'], authenticatedAt: at.toISOString() },
            proof: { proofId: 'enrolment-1', credentialId: 'app-1', factorType: 'totp' },
          },
        },
      ]);
  });

  it('that already rests on two factors gains nothing by another', () => {
    given([aSession('aal2')])
      .when(elevate(setUpProof()))
      .then([]);
  });

  it('§6.4 takes each proof once', () => {
    const { state } = given([aSession('aal1')]);
    const raised = session.decide(state, elevate(setUpProof()));
    given([aSession('aal1'), ...raised])
      .when(elevate(setUpProof()))
      .thenRefused('already-done');
  });

  it('§6.4 takes no proof of another session, person or purpose', () => {
    const story = given([aSession('aal1')]);
    story
      .when(elevate(setUpProof({ authority: { kind: 'session', id: 'session-2' } })))
      .thenRefused('statement-refused');
    story.when(elevate(setUpProof({ personId: 'bola' }))).thenRefused('statement-refused');
    story.when(elevate(setUpProof({ purpose: 'second-factor' }))).thenRefused('statement-refused');
  });

  it('that has ended is raised no more and ends once', () => {
    const ended: SessionEvent = {
      type: 'session.ended',
      data: { sessionId: 'session-1', personId: 'amara', reason: 'signed-out' },
    };
    const end = { kind: 'end', sessionId: 'session-1', reason: 'signed-out' } as const;
    given([aSession('aal1')])
      .when(end)
      .then([ended]);
    given([aSession('aal1'), ended])
      .when(end)
      .thenRefused('not-signed-in');
    given([aSession('aal1'), ended])
      .when(elevate(setUpProof()))
      .thenRefused('not-signed-in');
  });

  it('R23 of a password alone ends when a second factor is added; one that rests on two, or has ended, stays as it is', () => {
    const end = { kind: 'end-if-by-password', sessionId: 'session-1' } as const;
    const ended: SessionEvent = {
      type: 'session.ended',
      data: { sessionId: 'session-1', personId: 'amara', reason: 'second-factor-added' },
    };
    given([aSession('aal1')])
      .when(end)
      .then([ended]);
    given([aSession('aal2')])
      .when(end)
      .then([]);
    given([aSession('aal1'), ended])
      .when(end)
      .then([]);
    given([]).when(end).then([]);
  });
});
