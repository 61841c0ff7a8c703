import { presets, type OrganisationPolicy, type Statement } from '@cofactor/contracts';
import { ownConcern } from './permission';

const policy = (organisationId: string, version: number): OrganisationPolicy => ({
  organisationId,
  version,
  policy: presets.healthcode,
});
const statement = (policies: OrganisationPolicy[]): Statement => ({
  permission: 'challenge',
  personId: 'sam',
  authority: { kind: 'sign-in', id: 'sign-in-1' },
  policies,
  assurance: null,
  organisationId: null,
});

describe('a fact that a person causes about themselves', () => {
  it('concerns all of their practices', () => {
    const person = { kind: 'person', id: 'sam' };
    expect(ownConcern(statement([policy('one', 3), policy('other', 5)]))).toMatchObject({
      organisationIds: ['one', 'other'],
      actor: person,
      subject: person,
    });
  });

  it.each([
    [[], null],
    [[policy('one', 3)], 3],
    [[policy('one', 3), policy('other', 5)], null],
  ])('tells the policy version where only one policy counts', (policies, version) => {
    expect(ownConcern(statement(policies)).policyVersion).toBe(version);
  });
});
