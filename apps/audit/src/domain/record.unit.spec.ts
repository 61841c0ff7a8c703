import { allEvents, eventDefinition, type Fact } from '@cofactor/contracts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { upcast } from '@cofactor/event-sourcing';
import { recordsOf as recordsWith, type AuditRecord } from './record';
import { sampleFact, samples, sampleTypes } from './sample-facts';

const { envelope } = sampleFact('sign-in.started');
const recordsOf = (fact: Fact): readonly AuditRecord[] =>
  recordsWith(fact, (factId, organisationId) => `${factId} ${organisationId}`);
const fixtures = join(__dirname, '../../../../libs/contracts/fixtures');

describe('recordsOf', () => {
  it('I6: has a decision, a label and an outcome for every event type that there is', () => {
    expect([...sampleTypes].sort()).toEqual(allEvents.map(({ type }) => type).sort());
    for (const type of sampleTypes) {
      const definition = eventDefinition(type);
      expect(definition?.label).toMatch(/^[A-Z]/);
      expect(recordsOf(sampleFact(type))).toEqual([expect.objectContaining({ type, outcome: definition?.outcome })]);
    }
  });

  it('I5: is made of every version of every event that was ever written', () => {
    const written = readdirSync(fixtures).map((file) => [file, ...file.split(/\.v(\d+)\.json$/)] as const);
    expect(new Set(written.map(([, type]) => type))).toEqual(new Set(sampleTypes));
    for (const [file, type = '', version] of written) {
      const { data } = JSON.parse(readFileSync(join(fixtures, file), 'utf8')) as { data: unknown };
      const lifted = upcast(eventDefinition(type), type, Number(version), data);
      expect(recordsOf({ ...sampleFact('sign-in.started'), type, data: lifted })).toHaveLength(1);
    }
  });

  it('R1: says who did what to whom, when, from where, with which factor, with what outcome, under which policy', () => {
    expect(recordsOf(sampleFact('challenge.refused', { stream: 'credential-credential-1', version: 4 }))).toEqual([
      {
        recordId: 'fact-1 riverside',
        at: '2026-03-01T09:30:00.000Z',
        organisationId: 'riverside',
        type: 'challenge.refused',
        outcome: 'refused',
        actor: { kind: 'person', id: 'sam' },
        subject: { kind: 'person', id: 'sam' },
        origin: { sealed: 'c2VhbGVk', sealedFor: 'sam' },
        factor: { type: 'totp', credentialId: 'credential-1', hint: 'ending 42' },
        reason: 'already-used',
        policyVersion: 3,
        stream: 'credential-credential-1',
        version: 4,
        requestId: 'request-1',
        traceparent: null,
      },
    ]);
  });

  it('R1: names the factor of every event that used or changed one', () => {
    const named = sampleTypes.filter((type) => recordsOf(sampleFact(type))[0]?.factor);
    const about = sampleTypes.filter((type) => /credentialId/.test(JSON.stringify(samples[type])));
    expect(named).toEqual(about);
  });

  it('gives a reason wherever the event has one', () => {
    const reasoned = sampleTypes.filter((type) => recordsOf(sampleFact(type))[0]?.reason);
    const byOtherFields = [
      'shared-account.suspected',
      'shared-account.decided',
      'support.person-looked-up',
      'support-case.step-recorded',
      'message.refused',
    ];
    expect(reasoned).toEqual(sampleTypes.filter((type) => 'reason' in samples[type] || byOtherFields.includes(type)));
  });

  it('names what is different of every change of rules', () => {
    expect(recordsOf(sampleFact('organisation.policy-changed'))[0]?.changed).toEqual(['enforced', 'session.idle']);
    expect(recordsOf(sampleFact('person.second-factor-requirement-changed'))[0]?.changed).toEqual([
      'second-factor-required',
    ]);
  });

  it('is one record for each organisation that the fact concerns, each with an id of its own', () => {
    const organisationIds = ['riverside', 'hillside', 'riverside'];
    const records = recordsOf(sampleFact('sign-in.completed', { envelope: { ...envelope, organisationIds } }));
    expect(records.map(({ organisationId }) => organisationId)).toEqual(['riverside', 'hillside']);
    expect(new Set(records.map(({ recordId }) => recordId)).size).toBe(2);
  });

  it('puts a fact that concerns no organisation into the log of the installation', () => {
    const records = recordsOf(sampleFact('sign-in.refused', { envelope: { ...envelope, organisationIds: [] } }));
    expect(records).toEqual([expect.objectContaining({ organisationId: 'installation', reason: 'unknown-email' })]);
  });

  it('leaves out a policy version where none was applied', () => {
    const [record] = recordsOf(sampleFact('sign-in.refused', { envelope: { ...envelope, policyVersion: null } }));
    expect(record).not.toHaveProperty('policyVersion');
  });

  it('I6: refuses a type or data that it does not know, loudly', () => {
    const unknown = { ...sampleFact('sign-in.started'), type: 'sign-in.dreamt' };
    expect(() => recordsOf(unknown)).toThrow('cannot read sign-in.dreamt');
    expect(() => recordsOf(sampleFact('factor.enrolled', { data: { credentialId: 7 } }))).toThrow(/credentialId/);
  });
});
