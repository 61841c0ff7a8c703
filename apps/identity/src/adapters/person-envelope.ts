import type { CallContext, Envelope } from '@cofactor/contracts';
import { envelopeOf, type PersonalFieldSealer } from '@cofactor/service-kit';
import type { KnownPerson } from './directory';

/** The envelope of what a person did to their own account. */
export const personEnvelope = (
  sealer: PersonalFieldSealer,
  context: CallContext,
  person: KnownPerson,
): Promise<Envelope> =>
  envelopeOf(sealer, context, {
    organisationIds: person.memberships.map(({ organisationId }) => organisationId),
    actor: { kind: 'person', id: person.personId },
    subject: { kind: 'person', id: person.personId },
    policyVersion: person.memberships[0]?.policy.version ?? null,
  });
