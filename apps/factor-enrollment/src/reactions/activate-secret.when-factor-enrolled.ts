import { factorEnrollmentEvents, type Fact } from '@cofactor/contracts';
import { FactorSecrets } from '@cofactor/secret-vault';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

/** Finishes a confirmation that died between its commit and the vault (DESIGN §6.6). */
@Controller()
export class ActivateSecretWhenFactorEnrolled {
  constructor(private readonly secrets: FactorSecrets) {}

  @EventPattern('factor.enrolled')
  async handle(@Payload() fact: Fact): Promise<void> {
    const { credentialId, acceptedStep } = factorEnrollmentEvents.factorEnrolled.schema.parse(fact.data);
    await this.secrets.activate(credentialId, { acceptedStep });
  }
}
