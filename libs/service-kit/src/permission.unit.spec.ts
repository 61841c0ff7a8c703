import { KeyRing } from './key-ring';
import { DomainError, presets, type OrganisationPolicy, type Statement } from '@cofactor/contracts';
import { ownConcern, permitted } from './permission';
import { Signer, Verifier } from './signing';
import { SigningKeys, generateSigningKey } from './signing-keys';

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
  credentialId: null,
  organisationId: null,
});

it('§6.1 a statement permits what it names and nothing else', async () => {
  const now = new Date('2026-03-02T09:00:00.000Z');
  const key = generateSigningKey('identity-1');
  const signer = new Signer('identity', await SigningKeys.of([key]));
  const verifier = new Verifier('challenge', await KeyRing.load({ identity: key }));
  const signed = await signer.statement(statement([]), 'challenge', now);
  expect(await permitted(verifier, signed, 'challenge', now)).toEqual(statement([]));
  await expect(permitted(verifier, signed, 'read-usage', now)).rejects.toEqual(new DomainError('statement-refused'));
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
