import type { factorEnrollmentOperations, HandlersOf } from '@cofactor/contracts';
import { recommendedTypes, setUpOf, smsCountries } from '@cofactor/policy';
import { permitted, type Clock, type Verifier } from '@cofactor/service-kit';
import type { FactorSetStream } from '../adapters/factor-set-stream';
import { holdingsOf, type FactorSet } from '../domain/factor-set';
import { isFrozen } from '../domain/freeze';
import { offeredTypes } from '../domain/offered-factors';
import { roleChanges } from '../domain/roles';

type Handlers = HandlersOf<typeof factorEnrollmentOperations>;

export interface FactorReadParts {
  readonly sets: FactorSetStream;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

const factorsIn = (set: FactorSet) => set.factors.map((factor) => ({ ...factor }));

/** What a person holds, read from the stream itself: a change is seen by the next read (DESIGN §6.1, §6.8). */
export class FactorReads implements Pick<Handlers, 'factorsOf' | 'factorsOfMany' | 'readFactors'> {
  constructor(private readonly parts: FactorReadParts) {}

  readonly factorsOf: Handlers['factorsOf'] = async ({ personId }) => {
    const set = await this.parts.sets.load(personId);
    return { factors: factorsIn(set), recoveryCodes: set.recoveryCodes, setUpOpen: set.setUpOpen };
  };

  readonly factorsOfMany: Handlers['factorsOfMany'] = async ({ personIds }) => {
    const held = await this.parts.sets.loadMany(personIds);
    const people = held.map(({ personId, set }) => ({
      personId,
      types: set.factors.map(({ type }) => type),
      recoveryCodes: set.recoveryCodes !== null,
      setUpOpen: set.setUpOpen,
    }));
    return { people };
  };

  readonly readFactors: Handlers['readFactors'] = async (request) => {
    const { sets, verifier, clock } = this.parts;
    const { personId, policies } = await permitted(verifier, request.statement, 'read-factors', clock.now());
    const set = await sets.load(personId);
    const allowed = offeredTypes(policies);
    const frozen = isFrozen(set, clock.now().toISOString());
    return {
      factors: factorsIn(set),
      recoveryCodes: set.recoveryCodes,
      setUp: setUpOf(policies, holdingsOf(set)),
      allowed,
      recommended: recommendedTypes(policies, allowed),
      smsCountries: [...smsCountries(policies)],
      frozenUntil: frozen ? set.frozenUntil : null,
      roleChanges: frozen ? [] : [...roleChanges(set.factors, policies)],
    };
  };
}
