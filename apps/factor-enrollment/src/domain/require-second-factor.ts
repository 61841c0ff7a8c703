import { DomainError, type Assurance } from '@cofactor/contracts';
import type { FactorSet } from './factor-set';

/**
 * Binding or removing on an account that holds a factor needs proof of one (NIST SP 800-63B-4 §4.1.2.1, R5), and
 * a password alone never binds where the set-up is not open (DESIGN §6.2). Identity checks this before it states the
 * permission; here it also holds for a statement that was given just before another sign-in added the factor.
 */
export function requireSecondFactor(set: FactorSet, assurance: Assurance | null): void {
  if (set.setUpOpen) return;
  if (assurance === null || assurance.level === 'aal1') throw new DomainError('second-factor-required');
}
