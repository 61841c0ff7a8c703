import { factorEnrollmentEvents, identityEvents, type Fact } from '@cofactor/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { SharingSigns } from '../adapters/sharing-signs';

/** Notices accounts that several people may share (PRODUCT AX6, HE13): by name, by what they hold, by where they are. */
@Controller()
export class SuspectSharingWhenAccountsChange {
  constructor(private readonly signs: SharingSigns) {}

  @EventPattern('person.joined-organisation')
  async whenJoined(@Payload() { data, envelope }: Fact): Promise<void> {
    const { organisationId, personId } = identityEvents.personJoined.schema.parse(data);
    await this.signs.byName(organisationId, personId, envelope);
  }

  @EventPattern('organisation.policy-changed')
  async whenNamesChanged(@Payload() { data, envelope }: Fact): Promise<void> {
    const { organisationId, changed } = identityEvents.organisationPolicyChanged.schema.parse(data);
    if (changed.includes('genericNames')) await this.signs.byName(organisationId, null, envelope);
  }

  @EventPattern('session.started')
  async whenSignedIn(@Payload() { at, data, envelope }: Fact): Promise<void> {
    const { personId } = identityEvents.sessionStarted.schema.parse(data);
    await this.signs.byNetworks(personId, at, envelope);
  }

  /** Each of those who hold the same, whoever came last. */
  @EventPattern('factor.held-by-several')
  async whenHeldBySeveral(@Payload() { data, envelope }: Fact): Promise<void> {
    const { type, personIds } = factorEnrollmentEvents.factorHeldBySeveral.schema.parse(data);
    if (envelope.subject.kind !== 'person') return;
    const sign = type === 'webauthn' ? 'passkey' : 'phone-number';
    for (const personId of [envelope.subject.id, ...personIds]) await this.signs.suspect(personId, sign, envelope);
  }
}
