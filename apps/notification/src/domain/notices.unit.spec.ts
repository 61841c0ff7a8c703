import { allEvents, eventDefinition, type EventData, type EventType, type Fact } from '@cofactor/contracts';
import { announcedTypes, isNews, memberTypes, messageAbout as messageWith, toldTypes } from './notices';

const at = '2026-03-01T09:30:00.000Z';

function fact<Type extends EventType>(
  type: Type,
  data: EventData<Type>,
  subject: 'person' | 'unknown' = 'person',
): Fact {
  return {
    id: 'fact-1',
    service: 'factor-enrollment',
    position: 1,
    epoch: 1,
    stream: 'factors-sam',
    version: 1,
    type,
    schemaVersion: eventDefinition(type)?.version ?? 1,
    at,
    envelope: {
      organisationIds: ['riverside'],
      actor: { kind: 'person', id: 'sam' },
      subject: { kind: subject, id: 'sam' },
      origin: { requestId: 'request-1', traceparent: null, sealed: null, sealedFor: 'sam' },
      policyVersion: null,
    },
    data,
  };
}
const credential = { credentialId: 'credential-1', type: 'totp', name: 'Work phone', hint: 'ending 42' } as const;
const passed = {
  challengeId: 'c',
  signInId: 's',
  credentialId: 'k',
  hint: 'h',
  evidence: 1,
  signCount: null,
  amr: [],
  answerFingerprint: 'f',
};
const messageAbout = (told: Fact) => messageWith(told, (factId, instant) => `${factId} ${instant}`);
const said = (told: Fact) => {
  const message = messageAbout(told);
  if (message === null) return null;
  const { template, about } = message;
  return about.change.kind === 'factor'
    ? [template, about.change.factorType, about.change.name]
    : [template, about.change];
};

describe('a person is told', () => {
  it('HE8, R6: of an added factor', () => {
    const confirmed = { enrolmentId: 'e', role: 'default', acceptedStep: 1, authority: null } as const;
    const enrolled = fact('factor.enrolled', { ...credential, ...confirmed });
    expect(messageAbout(enrolled)).toEqual({
      messageId: `fact-1 ${at}`,
      personId: 'sam',
      template: 'factor-added',
      channel: 'email',
      about: { factId: 'fact-1', at, by: 'person', change: { kind: 'factor', factorType: 'totp', name: 'Work phone' } },
    });
  });

  it('HE8: of a factor that was removed, but not of what went along with another', () => {
    const revoked = (reason: EventData<'factor.revoked'>['reason']) =>
      said(fact('factor.revoked', { ...credential, reason }));
    expect(revoked('removed-by-person')).toEqual(['factor-removed', 'totp', 'Work phone']);
    expect(revoked('replaced')).toBeNull();
    expect(revoked('last-factor-removed')).toBeNull();
  });

  it('R6: of a used recovery code, but not of every code from the app', () => {
    expect(said(fact('challenge.passed', { ...passed, factorType: 'recovery-code' }))).toEqual([
      'recovery-code-used',
      'recovery-code',
      null,
    ]);
    expect(said(fact('challenge.passed', { ...passed, factorType: 'totp' }))).toBeNull();
  });

  it('R6: of recovery codes that replace others, but not of the first ones', () => {
    const issued = (replaced: string | null) =>
      said(fact('recovery-codes.issued', { credentialId: 'k', count: 10, replaced }));
    expect(issued('old')).toEqual(['recovery-codes-issued', 'recovery-code', null]);
    expect(issued(null)).toBeNull();
  });

  it('of a disabled factor', () => {
    const disabled = { credentialId: 'k', factorType: 'totp', hint: 'h', failures: 100 } as const;
    expect(said(fact('credential.disabled', disabled))).toEqual(['credential-disabled', 'totp', null]);
  });

  it('HE8: of roles that they chose, but not of those that follow from another change', () => {
    const methods = { default: { type: 'webauthn', name: 'Desk' }, secondary: null } as const;
    const roles = { default: 'credential-1', secondary: null, methods };
    expect(said(fact('factor.roles-changed', { ...roles, chosen: true }))).toEqual([
      'roles-changed',
      { kind: 'roles', ...methods },
    ]);
    expect(said(fact('factor.roles-changed', { ...roles, chosen: false }))).toBeNull();
  });

  it('HE8, BX5: of a reset that waits for somebody, and not of one that is done in the same moment', () => {
    const asked = {
      resetId: 'r',
      personId: 'sam',
      requestedBy: 'sam',
      reason: 'own-request',
      explanation: null,
    } as const;
    const waiting = { kind: 'needed' as const, organisationIds: ['riverside'], expiresAt: at };
    expect(said(fact('reset.requested', { ...asked, approval: waiting }))).toEqual(['reset-requested', null, null]);
    expect(said(fact('reset.requested', { ...asked, approval: { kind: 'not-needed' } }))).toBeNull();
  });

  it('HE8, BX5: of a reset that waited and did not take place, but not of one that their report took back', () => {
    const reset = { resetId: 'r', personId: 'sam', requestedBy: 'amara' };
    const over = (outcome: string) => ['reset-not-approved', { kind: 'reset-over', outcome }];
    expect(said(fact('reset.rejected', { ...reset, rejectedBy: 'lee' }))).toEqual(over('refused'));
    expect(said(fact('reset.rejected', { ...reset, rejectedBy: 'sam' }))).toBeNull();
    const expired = fact('reset.expired', reset);
    expect(said(expired)).toEqual(over('expired'));
    expect(messageAbout(expired)?.about.by).toBeNull();
  });

  it('HE8, HE3: that a second factor is asked of them from now on', () => {
    const required = (isRequired: boolean) =>
      said(fact('person.second-factor-requirement-changed', { personId: 'sam', required: isRequired }));
    expect(required(true)).toEqual(['enforcement-on', { kind: 'enforcement', practice: null }]);
    expect(required(false)).toBeNull();
  });

  it('of what identity recorded within a week, and of everything that others did', () => {
    const old = fact('person.second-factor-requirement-changed', { personId: 'sam', required: true });
    const after = (days: number) => new Date(Date.parse(at) + days * 86_400_000);
    expect(isNews({ ...old, service: 'identity' }, after(6.9))).toBe(true);
    expect(isNews({ ...old, service: 'identity' }, after(7))).toBe(false);
    expect(isNews({ ...old, service: 'factor-enrollment' }, after(70))).toBe(true);
  });

  it('HE8: that changes are frozen, and until when', () => {
    const frozen = { personId: 'sam', until: at, messageId: 'message-1', factId: 'fact-9' };
    expect(said(fact('factor-changes.frozen', frozen))).toEqual(['changes-frozen', { kind: 'freeze', until: at }]);
  });

  it('HE8: that they run the installation or help its people from now on, or no longer, and not by whom', () => {
    const appointment = (role: string, holds: boolean) => ['appointment-changed', { kind: 'appointment', role, holds }];
    const appointed = fact('operator.appointed', { personId: 'sam' });
    expect(said(appointed)).toEqual(appointment('operator', true));
    expect(messageAbout(appointed)?.about.by).toBeNull();
    expect(said(fact('support.appointed', { personId: 'sam' }))).toEqual(appointment('support', true));
    expect(said(fact('support.dismissed', { personId: 'sam' }))).toEqual(appointment('support', false));
  });

  it('by whom: themselves, or whoever the fact of a reset names', () => {
    const done = (reason: EventData<'reset.done'>['reason'], actor: string) => {
      const data = { resetId: 'reset-1', personId: 'sam', requestedBy: actor, reason, approvedBy: null };
      const told = fact('reset.done', data);
      return messageAbout({ ...told, envelope: { ...told.envelope, actor: { kind: 'person', id: actor } } })?.about.by;
    };
    expect(done('own-request', 'sam')).toBe('person');
    expect(done('own-request', 'amara')).toBe('person');
    expect(done('administrator-request', 'amara')).toBe('administrator');
    expect(done('support-request', 'kit')).toBe('support');
  });

  it('of nothing else: types with the audience "person" are told, all others are silent (I6)', () => {
    const forPeople = allEvents.filter(({ audience }) => audience === 'audit-and-person').map(({ type }) => type);
    expect([...toldTypes, ...announcedTypes, ...memberTypes].sort()).toEqual(forPeople.sort());
    expect(messageAbout(fact('password-wait.cleared', { personId: 'sam' }))).toBeNull();
  });
});

describe('a fact that makes no sense', () => {
  it('I6: of an unknown type is refused, not passed over', () => {
    const unknown = { ...fact('password-wait.cleared', { personId: 'sam' }), type: 'factor.dreamt' };
    expect(() => messageAbout(unknown)).toThrow('cannot read factor.dreamt');
  });

  it('is refused when nobody is there to tell', () => {
    const disabled = { credentialId: 'k', factorType: 'totp', hint: 'h', failures: 100 } as const;
    expect(() => messageAbout(fact('credential.disabled', disabled, 'unknown'))).toThrow('no person');
  });
});
