import { DomainError, type HandlersOf, type identityOperations } from '@cofactor/contracts';
import { handleCommand, type Recorder } from '@cofactor/event-sourcing';
import { envelopeOf, type PersonalFieldSealer } from '@cofactor/service-kit';
import type { Access } from '../adapters/access';
import { secondFactorRequirementRow, type Directory } from '../adapters/directory';
import type { Needs } from '../adapters/needs';
import { signedInOperator } from '../adapters/signed-in';
import { person, type PersonCommand } from '../domain/person';

type Handler = HandlersOf<typeof identityOperations>['requireSecondFactorOf'];

export interface SecondFactorRequirementParts {
  readonly recorder: Recorder;
  readonly access: Access;
  readonly directory: Directory;
  readonly needs: Needs;
  readonly sealer: PersonalFieldSealer;
}

/** A second factor for one person, switched on by the operator whatever their practices ask (PRODUCT HE3). */
export class SecondFactorRequirements {
  constructor(private readonly parts: SecondFactorRequirementParts) {}

  readonly requireSecondFactorOf: Handler = async ({ token, personId, required }, context) => {
    const { directory, recorder, sealer } = this.parts;
    const operator = await signedInOperator(this.parts, token, 'not-allowed', context);
    const known = await directory.knownPerson(personId);
    if (!known) throw new DomainError('not-found');
    const envelope = await envelopeOf(sealer, context, {
      organisationIds: known.policies.map(({ organisationId }) => organisationId),
      actor: { kind: 'operator', id: operator.personId },
      subject: { kind: 'person', id: personId },
      policyVersion: null,
    });
    const { position } = await handleCommand(
      recorder,
      person,
      `person-${personId}`,
      (): PersonCommand => ({ kind: 'require-second-factor', personId, required }),
      () => envelope,
      () => ({ sideRows: [secondFactorRequirementRow(personId, required)] }),
    );
    return { positions: [position] };
  };
}
