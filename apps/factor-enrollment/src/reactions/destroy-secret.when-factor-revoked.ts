import { factorEnrollmentEvents, type Fact } from '@cofactor/contracts';
import { FactorSecrets } from '@cofactor/secret-vault';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

/** Finishes a removal that died between its commit and the vault (DESIGN §6.6). */
@Controller()
export class DestroySecretWhenFactorRevoked {
  constructor(private readonly secrets: FactorSecrets) {}

  @EventPattern('factor.revoked')
  async handle(@Payload() fact: Fact): Promise<void> {
    const { credentialId } = factorEnrollmentEvents.factorRevoked.schema.parse(fact.data);
    await this.secrets.destroy(credentialId);
  }
}
