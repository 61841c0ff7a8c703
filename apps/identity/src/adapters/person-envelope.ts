import type { CallContext, Envelope } from '@cofactor/contracts';
import { envelopeOf, type PersonalFieldSealer } from '@cofactor/service-kit';
import type { KnownPerson } from './directory';

/** The version of the one policy that a person lives under; null for none or several. */
const policyVersionOf = (person: KnownPerson): number | null => {
  const [first, ...others] = person.policies;
  return first && others.length === 0 ? first.version : null;
};

/** The envelope of what a person did to their own account. */
export const personEnvelope = (
  sealer: PersonalFieldSealer,
  context: CallContext,
  person: KnownPerson,
): Promise<Envelope> =>
  envelopeOf(sealer, context, {
    organisationIds: person.policies.map(({ organisationId }) => organisationId),
    actor: { kind: 'person', id: person.personId },
    subject: { kind: 'person', id: person.personId },
    policyVersion: policyVersionOf(person),
  });
