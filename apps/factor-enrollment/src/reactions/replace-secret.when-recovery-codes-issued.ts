import { factorEnrollmentEvents, type Fact } from '@cofactor/contracts';
import { FactorSecrets } from '@cofactor/secret-vault';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

/** Finishes new recovery codes that died between their commit and the vault; the old ones are dead (DESIGN §6.6). */
@Controller()
export class ReplaceSecretWhenRecoveryCodesIssued {
  constructor(private readonly secrets: FactorSecrets) {}

  @EventPattern('recovery-codes.issued')
  async handle(@Payload() fact: Fact): Promise<void> {
    const { credentialId, replaced } = factorEnrollmentEvents.recoveryCodesIssued.schema.parse(fact.data);
    await this.secrets.activate(credentialId, { acceptedStep: null });
    if (replaced !== null) await this.secrets.destroy(replaced);
  }
}
