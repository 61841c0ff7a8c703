import { factorTypeSchema, type FactorType } from '@cofactor/contracts';
import { sealedFactorSchema } from '@cofactor/factors';
import type { FactorSecrets } from '@cofactor/secret-vault';

export interface UsableSecret {
  readonly type: FactorType;
  readonly hint: string;
  /** Still to be parsed by the factor. */
  readonly material: unknown;
  readonly acceptedAtEnrolment: number | null;
}

/** The vault as the verifier at sign-in opens it, anew for every answer (DESIGN §6.3). */
export class CredentialSecrets {
  constructor(private readonly secrets: Pick<FactorSecrets, 'open'>) {}

  /** Null for a secret that was destroyed, is not confirmed yet, or belongs to somebody else. */
  async usable(credentialId: string, personId: string): Promise<UsableSecret | null> {
    const entry = await this.secrets.open(credentialId);
    if (entry === null || entry.state === 'pending' || entry.personId !== personId) return null;
    const { hint, material } = sealedFactorSchema.parse(entry.material);
    return { type: factorTypeSchema.parse(entry.type), hint, material, acceptedAtEnrolment: entry.acceptedStep };
  }
}
