import type { FactorType } from '@cofactor/contracts';
import { registry, type FactorEffects, type SealedFactor, type StartedFactor } from '@cofactor/factors';
import type { FactorSecrets } from '@cofactor/secret-vault';
import { newId, type Clock, type Hashing } from '@cofactor/service-kit';
import { z } from 'zod';
import { factorEffects } from './factor-effects';

/** Seconds in which a started set-up can be confirmed. */
const secondsToConfirm = 900;

export interface NewSecretParts {
  readonly secrets: FactorSecrets;
  readonly clock: Clock;
  readonly hashing: Hashing;
  readonly randomBytes: (length: number) => Uint8Array;
}

export interface NewRecoveryCodes {
  readonly credentialId: string;
  readonly codes: string[];
}

export interface NewSecret {
  readonly personId: string;
  readonly credentialId: string;
  readonly type: FactorType;
  readonly started: Pick<StartedFactor<unknown>, 'hint' | 'material'>;
  readonly expiresAt: Date;
}

const shownSchema = z.object({ recoveryCodes: z.array(z.string()) });

/** Makes secrets and puts them into the vault as pending, before the fact that makes them count is appended (§6.6). */
export class NewSecrets {
  constructor(private readonly parts: NewSecretParts) {}

  /** Until when what is started now can be confirmed. */
  expiry(): Date {
    return new Date(this.parts.clock.now().getTime() + secondsToConfirm * 1000);
  }

  effects(): FactorEffects {
    const { clock, hashing, randomBytes } = this.parts;
    return factorEffects(clock.now(), hashing, randomBytes);
  }

  seal({ personId, credentialId, type, started, expiresAt }: NewSecret): Promise<void> {
    const material: SealedFactor = { hint: started.hint, material: started.material };
    return this.parts.secrets.seal({ credentialId, personId, type, material, expiresAt });
  }

  /** A sealed set of `count` recovery codes. Throws `busy` where too many hashes are under way. */
  async recoveryCodes(personId: string, count: number): Promise<NewRecoveryCodes> {
    const factor = registry.get('recovery-code');
    if (!factor) throw new Error('recovery codes are not built');
    const started = await factor.start({ fields: {}, issuer: '', accountLabel: '', count }, this.effects());
    const credentialId = newId();
    await this.seal({ personId, credentialId, type: factor.type, started, expiresAt: this.expiry() });
    return { credentialId, codes: shownSchema.parse(started.details).recoveryCodes };
  }
}
