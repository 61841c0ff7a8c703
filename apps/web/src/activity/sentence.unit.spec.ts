import { allEvents, policySettings } from '@cofactor/contracts';
import type { AuditRecord } from '../api/queries';
import { activityLabels, activitySentences, settingWords } from '../words/activity-words';
import { activityLabel, activitySentence, activityTypes, type Named } from './sentence';

const amara: Named = { personId: 'p-1', name: 'Dr Amara Okafor' };
const ben: Named = { personId: 'p-2', name: 'Ben Li' };

const record = (over: Partial<AuditRecord>): AuditRecord => ({
  recordId: 'r-1',
  at: '2026-11-22T14:05:00.000Z',
  organisationId: 'o-1',
  type: 'sign-in.completed',
  outcome: 'success',
  actor: { kind: 'person', id: 'p-1' },
  subject: { kind: 'person', id: 'p-1' },
  source: { ip: null, userAgent: null },
  stream: 'sign-in-1',
  version: 2,
  requestId: 'q-1',
  ...over,
});
const totp = { type: 'totp', credentialId: 'c-1', hint: null } as const;
const recovery = { type: 'recovery-code', credentialId: 'c-2', hint: null } as const;

describe('activity sentences', () => {
  it('has a sentence and a label for every fact that the contracts know (I6)', () => {
    const types = allEvents.map((definition) => definition.type).sort();
    expect(Object.keys(activitySentences).sort()).toEqual(types);
    expect(Object.keys(activityLabels).sort()).toEqual(types);
  });

  it('calls every setting as its page does', () => {
    const labels = Object.entries(policySettings).map(([setting, { label }]) => [setting, label]);
    expect(Object.entries(settingWords)).toEqual(labels);
  });

  it.each<[string, Partial<AuditRecord>]>([
    ['Dr Amara Okafor signed in with the authenticator app', { factor: totp }],
    ['Dr Amara Okafor signed in with a recovery code', { factor: recovery }],
    ['Dr Amara Okafor signed in with the password alone', {}],
    [
      'A code from the authenticator app was refused for Dr Amara Okafor: the code was already used',
      { type: 'challenge.refused', outcome: 'refused', reason: 'already-used', factor: totp },
    ],
    ['A sign-in was refused: nobody has that email', { type: 'sign-in.refused', reason: 'unknown-email' }],
    [
      'A sign-in as Dr Amara Okafor was refused: the password was wrong',
      { type: 'sign-in.refused', reason: 'wrong-password' },
    ],
    [
      'Dr Amara Okafor removed the authenticator app',
      { type: 'factor.revoked', factor: totp, reason: 'removed-by-person' },
    ],
    [
      'The recovery codes of Dr Amara Okafor were replaced by new ones',
      { type: 'factor.revoked', factor: recovery, reason: 'replaced' },
    ],
    [
      'Ben Li removed the authenticator app of Dr Amara Okafor',
      { type: 'factor.revoked', factor: totp, actor: { kind: 'person', id: 'p-2' } },
    ],
    [
      'A code was refused for Dr Amara Okafor: it answered no open request of this sign-in',
      { type: 'challenge.refused', outcome: 'refused', reason: 'unknown-challenge' },
    ],
    ['Dr Amara Okafor cancelled a sign-in', { type: 'sign-in.cancelled' }],
    [
      'A change of factors was refused for Dr Amara Okafor: a second factor had to be proven first',
      { type: 'factor-change.refused', outcome: 'refused', reason: 'second-factor-required' },
    ],
    [
      'A session of Dr Amara Okafor by the password alone ended, because a second factor was added',
      { type: 'session.ended', reason: 'second-factor-added' },
    ],
    [
      'Dr Amara Okafor switched the enforcement of two-factor authentication',
      { type: 'organisation.policy-changed', changed: ['enforced'] },
    ],
    [
      'Dr Amara Okafor changed the sign-in rules: Methods, Longest session and brand-new',
      { type: 'organisation.policy-changed', changed: ['allowedFactors', 'session.absolute', 'brand-new'] },
    ],
    ['Dr Amara Okafor signed out', { type: 'session.ended', reason: 'signed-out' }],
    [
      'An email to Dr Amara Okafor could not be sent: there is no address',
      { type: 'message.failed', actor: { kind: 'service', id: 'notification' }, reason: 'no-address' },
    ],
  ])('%s', (sentence, over) => {
    expect(activitySentence(record(over), [amara, ben])).toBe(sentence);
  });

  it('leaves no placeholder unfilled, whatever the record holds', () => {
    for (const type of activityTypes) {
      for (const factor of [totp, recovery]) {
        const sentence = activitySentence(record({ type, factor, reason: 'never heard of' }), [amara]);
        expect(sentence).not.toMatch(/\{\{|undefined/);
      }
      expect(activitySentence(record({ type }), [])).not.toMatch(/\{\{|undefined/);
    }
  });

  it('still says something about a type that a newer release writes', () => {
    const sentence = activitySentence(record({ type: 'device.trusted' }), [amara]);
    expect(sentence).toBe('Something of the type “device.trusted” was recorded for Dr Amara Okafor');
    expect(activityLabel('device.trusted')).toBe('device.trusted');
  });

  it('names someone whom the list of people does not have', () => {
    expect(activitySentence(record({}), [])).toBe('Someone signed in with the password alone');
  });

  it('shows a name as text, not as a pattern', () => {
    const odd = { ...amara, name: '$t(product.name) {{why}} <b>' };
    expect(activitySentence(record({ type: 'person.registered' }), [odd])).toBe(
      '$t(product.name) {{why}} <b> was registered',
    );
  });
});
