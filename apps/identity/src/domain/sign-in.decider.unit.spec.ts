import type { Proof } from '@cofactor/contracts';
import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { signIn, type SignInCommand, type SignInEvent } from './sign-in';

const { given } = storyOf(signIn, '2026-03-02T09:00:00.000Z');
const at = new Date('2026-03-02T09:01:00.000Z');
const expiresAt = '2026-03-02T09:15:00.000Z';

const startedWith = (next: 'second-factor' | 'set-up' | 'completed'): SignInEvent => ({
  type: 'sign-in.started',
  data: { signInId: 'sign-in-1', personId: 'amara', method: 'password', next, expiresAt },
});
const aProof = (change: Partial<Proof> = {}): Proof => ({
  purpose: 'second-factor',
  proofId: 'challenge-1',
  personId: 'amara',
  authority: { kind: 'sign-in', id: 'sign-in-1' },
  credentialId: 'app-1',
  factorType: 'totp',
  amr: ['otp'],
  at: '2026-03-02T09:00:59.000Z',
  ...change,
});
const accept = (proof: Proof, completeWith: string | null = 'session-1', when = at): SignInCommand => ({
  kind: 'accept-proof',
  signInId: 'sign-in-1',
  proof,
  at: when,
  completeWith,
});
const acceptedProof = { proofId: 'challenge-1', credentialId: 'app-1', factorType: 'totp' } as const;
const completed: SignInEvent = {
  type: 'sign-in.completed',
  data: {
    signInId: 'sign-in-1',
    personId: 'amara',
    sessionId: 'session-1',
    assurance: { level: 'aal2', amr: ['pwd', 'otp', 'mfa'], authenticatedAt: at.toISOString() },
    proof: acceptedProof,
  },
};

describe('a sign-in', () => {
  it('that needs nothing more is completed with its start, at AAL1', () => {
    const command: SignInCommand = {
      kind: 'start',
      signInId: 'sign-in-1',
      personId: 'amara',
      expiresAt,
      at,
      next: 'completed',
      completeWith: 'session-1',
    };
    given([])
      .when(command)
      .then([
        startedWith('completed'),
        {
          type: 'sign-in.completed',
          data: {
            signInId: 'sign-in-1',
            personId: 'amara',
            sessionId: 'session-1',
            assurance: { level: 'aal1', amr: ['pwd'], authenticatedAt: at.toISOString() },
            proof: null,
          },
        },
      ]);
  });

  it('is completed at AAL2 by the proof of a second factor', () => {
    given([startedWith('second-factor')])
      .when(accept(aProof()))
      .then([completed]);
  });

  it('I2 §6.4 takes a proof once', () => {
    given([startedWith('second-factor'), completed])
      .when(accept(aProof()))
      .thenRefused('already-done');
  });

  it('§6.4 takes no proof that was made for another sign-in, person or purpose', () => {
    const story = given([startedWith('second-factor')]);
    story.when(accept(aProof({ authority: { kind: 'sign-in', id: 'sign-in-2' } }))).thenRefused('statement-refused');
    story.when(accept(aProof({ authority: { kind: 'session', id: 'sign-in-1' } }))).thenRefused('statement-refused');
    story.when(accept(aProof({ personId: 'bola' }))).thenRefused('statement-refused');
    story.when(accept(aProof({ purpose: 'factor-set-up' }))).thenRefused('statement-refused');
  });

  it('§6.2 in a set-up is completed by the factor that was set up', () => {
    given([startedWith('set-up')])
      .when(accept(aProof({ purpose: 'factor-set-up' })))
      .then([completed]);
  });

  it('§6.4 in a set-up is completed by a challenge too: the factor was set up meanwhile, in another tab or before a crash', () => {
    given([startedWith('set-up')])
      .when(accept(aProof()))
      .then([completed]);
  });

  it('HC4 stays open when the set-up is not finished by this factor', () => {
    const accepted: SignInEvent = {
      type: 'sign-in.second-factor-accepted',
      data: { signInId: 'sign-in-1', personId: 'amara', proof: acceptedProof },
    };
    given([startedWith('second-factor')])
      .when(accept(aProof(), null))
      .then([accepted]);
    const next = given([startedWith('second-factor'), accepted]);
    next.when(accept(aProof({ purpose: 'factor-set-up' }))).thenRefused('already-done');
    next.when(accept(aProof({ proofId: 'challenge-2' }))).thenRefused('statement-refused');
    next.when(accept(aProof({ purpose: 'factor-set-up', proofId: 'enrolment-2' }))).then([
      {
        ...completed,
        data: { ...completed.data, proof: { ...acceptedProof, proofId: 'enrolment-2' } },
      },
    ]);
  });

  it('§5 takes a proof of another type where the first did not meet every practice', () => {
    const accepted: SignInEvent = {
      type: 'sign-in.second-factor-accepted',
      data: { signInId: 'sign-in-1', personId: 'amara', proof: acceptedProof },
    };
    const byPasskey = { proofId: 'challenge-2', credentialId: 'passkey-1', factorType: 'webauthn' } as const;
    given([startedWith('second-factor'), accepted])
      .when(accept(aProof(byPasskey)))
      .then([{ ...completed, data: { ...completed.data, proof: byPasskey } }]);
  });

  it('is over when its time is up, or when there never was one', () => {
    const late = new Date('2026-03-02T09:15:00.000Z');
    given([startedWith('second-factor')])
      .when(accept(aProof(), 'session-1', late))
      .thenRefused('not-signed-in');
    given([]).when(accept(aProof())).thenRefused('not-found');
  });

  it('that is cancelled takes no proof any more, and cannot be cancelled twice, nor once it is completed', () => {
    const cancel = { kind: 'cancel', signInId: 'sign-in-1' } as const;
    const cancelled: SignInEvent = { type: 'sign-in.cancelled', data: { signInId: 'sign-in-1', personId: 'amara' } };
    given([startedWith('second-factor')])
      .when(cancel)
      .then([cancelled]);
    const over = given([startedWith('second-factor'), cancelled]);
    over.when(accept(aProof())).thenRefused('not-signed-in');
    over.when(cancel).thenRefused('not-signed-in');
    given([startedWith('second-factor'), completed])
      .when(cancel)
      .thenRefused('not-signed-in');
  });
});
