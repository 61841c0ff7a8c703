import type { OrganisationPolicy } from '@cofactor/contracts';
import {
  factorEffects,
  registry,
  sealedFactorSchema,
  type Factor,
  type FactorEffectParts,
  type FactorEffects,
  type SealedFactor,
} from '@cofactor/factors';
import type { Sql } from '@cofactor/event-store';
import type { FactorSecrets, KeyedHashes } from '@cofactor/secret-vault';
import { newId } from '@cofactor/service-kit';
import { z } from 'zod';
import type { HeldFactor } from '../domain/factor-set';
import { claimantOf, type CredentialClaim } from './credential-claims';

/** Seconds in which a started set-up can be confirmed. */
const secondsToConfirm = 900;

export interface NewSecretParts extends FactorEffectParts {
  readonly secrets: FactorSecrets;
  readonly sql: Sql;
  readonly keyedHashes: Pick<KeyedHashes, 'blindIndex'>;
}

export interface Holding {
  /** Null for what any number of people may hold. */
  readonly claim: CredentialClaim | null;
  readonly holders: readonly string[];
}

export interface NewRecoveryCodes {
  readonly credentialId: string;
  readonly codes: string[];
}

export interface NewSecret {
  readonly personId: string;
  readonly credentialId: string;
  readonly factor: Factor;
  readonly hint: string;
  readonly material: unknown;
}

const shownSchema = z.object({ recoveryCodes: z.array(z.string()) });

/** Makes secrets and puts them into the vault as pending, before the fact that makes them count is appended (§6.6). */
export class NewSecrets {
  constructor(private readonly parts: NewSecretParts) {}

  /** Until when what is started now can be confirmed. */
  expiry(): Date {
    return new Date(this.parts.clock.now().getTime() + secondsToConfirm * 1000);
  }

  effects(policies: readonly OrganisationPolicy[]): FactorEffects {
    return factorEffects(this.parts, policies);
  }

  seal(secret: NewSecret, expiresAt: Date): Promise<void> {
    return this.parts.secrets.seal({ ...this.sealed(secret), expiresAt });
  }

  /** In the place of what the set-up was started with. */
  confirm(secret: NewSecret): Promise<void> {
    return this.parts.secrets.confirm(this.sealed(secret));
  }

  /**
   * Who holds the same now, and the claim to make where one alone may hold it (R17). Known by keyed hashes; nothing is
   * opened.
   */
  async holding({ personId, credentialId, factor, material }: Omit<NewSecret, 'hint'>): Promise<Holding> {
    const blindIndex = this.blindIndexOf(factor, material);
    if (blindIndex === null) return { claim: null, holders: [] };
    const inVault = await this.parts.secrets.holdersOf(blindIndex);
    if (factor.identityHeldBy === 'several') return { claim: null, holders: inVault };
    // The vault alone knows what an earlier release registered; the claim alone what is not active yet.
    const claimant = await claimantOf(this.parts.sql, blindIndex);
    const holders = [...new Set([...inVault, ...(claimant === null ? [] : [claimant])])];
    return { claim: { blindIndex, credentialId, personId }, holders };
  }

  /** What the vault holds of these factors, as their own type reads it. */
  async opened(factor: Factor, held: readonly HeldFactor[]): Promise<readonly unknown[]> {
    const entries = await Promise.all(held.map(({ credentialId }) => this.parts.secrets.open(credentialId)));
    return entries.flatMap((entry) =>
      entry === null ? [] : [factor.material.parse(sealedFactorSchema.parse(entry.material).material)],
    );
  }

  private sealed({ personId, credentialId, factor, hint, material }: NewSecret) {
    const kept: SealedFactor = { hint, material };
    const blindIndex = this.blindIndexOf(factor, material);
    return { credentialId, personId, type: factor.type, material: kept, blindIndex };
  }

  private blindIndexOf(factor: Factor, material: unknown): string | null {
    const identity = factor.identity(material);
    if (identity === null) return null;
    return this.parts.keyedHashes.blindIndex('contact', JSON.stringify(['factor', factor.type, identity]));
  }

  /** A sealed set of `count` recovery codes. Throws `busy` where too many hashes are under way. */
  async recoveryCodes(personId: string, count: number): Promise<NewRecoveryCodes> {
    const factor = registry.get('recovery-code');
    if (!factor) throw new Error('recovery codes are not built');
    const input = { fields: {}, accountLabel: '', personId, count, held: () => Promise.resolve([]) };
    const { hint, material, details } = await factor.start(input, this.effects([]));
    const credentialId = newId();
    await this.seal({ personId, credentialId, factor, hint, material }, this.expiry());
    return { credentialId, codes: shownSchema.parse(details).recoveryCodes };
  }
}
