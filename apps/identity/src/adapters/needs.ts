import {
  DomainError,
  type CallContext,
  type ClientOf,
  type FactorType,
  type factorEnrollmentOperations,
  type Next,
  type SignInMethod,
} from '@cofactor/contracts';
import { requirements, type Holdings, type Requirement } from '@cofactor/policy';
import type { KnownPerson } from './directory';

/** What identity asks of factor-enrollment; no answer is a 503, never a guess (DESIGN §6.1). */
export type FactorOwner = Pick<
  ClientOf<typeof factorEnrollmentOperations>,
  'factorsOf' | 'factorsOfMany' | 'listWaitingResets' | 'readWaitingReset'
>;

/** What a person holds and what their sign-in still needs, asked of the owner of factors at each decision. */
export class Needs {
  constructor(
    private readonly owner: FactorOwner,
    readonly built: readonly FactorType[],
  ) {}

  async holdings(personId: string, context: CallContext): Promise<Holdings> {
    const { factors, recoveryCodes, setUpOpen } = await this.owner.factorsOf({ personId }, context);
    return {
      factors: factors.map(({ credentialId, type, hint, role }) => ({ credentialId, type, hint, role })),
      recoveryCodes: recoveryCodes && {
        credentialId: recoveryCodes.credentialId,
        type: 'recovery-code',
        hint: 'One of your saved codes',
        role: 'recovery',
      },
      setUpOpen,
    };
  }

  /** The same of many people at once, at most 500; methods without a name, since nobody is shown them. */
  async holdingsOfMany(personIds: readonly string[], context: CallContext): Promise<ReadonlyMap<string, Holdings>> {
    const { people } = await this.owner.factorsOfMany({ personIds: [...personIds] }, context);
    return new Map(
      people.map(({ personId, types, recoveryCodes, setUpOpen }) => [
        personId,
        { factors: types.map(unnamed), recoveryCodes: recoveryCodes ? unnamed('recovery-code') : null, setUpOpen },
      ]),
    );
  }

  /** What the sign-in needs; `no-way-in` where all factors are gone and nobody has opened a new set-up (DESIGN §6.2). */
  async requirement(person: KnownPerson, proven: readonly FactorType[], context: CallContext): Promise<Requirement> {
    const holdings = await this.holdings(person.personId, context);
    return requirements(person.policies, holdings, { firstFactor: 'password', proven }, { built: this.built });
  }

  /** The same for a sign-in whose second factor was proven just now; one that cannot go on is `not-allowed`. */
  async afterSecondFactor(person: KnownPerson, proven: readonly FactorType[], context: CallContext): Promise<Next> {
    return possible(await this.requirement(person, proven, context));
  }

  /**
   * The same for a sign-in that is open, because something was missing when it began. Where nothing is any more, what
   * it waited for was removed or set up elsewhere; no proof can finish it then, so it is over: `not-signed-in`.
   */
  async next(person: KnownPerson, proven: readonly FactorType[], context: CallContext): Promise<Next> {
    const next = possible(await this.requirement(person, proven, context));
    if (next.step === 'completed') throw overtaken();
    return next;
  }
}

const unnamed = (type: FactorType): SignInMethod => ({ credentialId: '', type, hint: '', role: null });

function possible(requirement: Requirement): Next {
  if (requirement.step === 'no-way-in') throw noWayIn();
  return requirement;
}

const overtaken = (): DomainError =>
  new DomainError('not-signed-in', { detail: 'Your factors changed while you were signing in. Sign in again.' });

/** What someone is told who has no second factor left. */
export const noWayIn = (): DomainError =>
  new DomainError('not-allowed', { detail: 'Ask an administrator of your practice to reset your sign-in.' });
