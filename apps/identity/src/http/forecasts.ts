import { DomainError, type ForecastList, type HandlersOf, type identityOperations } from '@cofactor/contracts';
import type { Effect } from '@cofactor/policy';
import type { Access } from '../adapters/access';
import type { Forecasting } from '../adapters/forecasting';
import type { Needs } from '../adapters/needs';
import type { OpenNames } from '../adapters/open-names';
import type { PolicyDirectory } from '../adapters/policy-directory';
import { signedInAsOrOperator } from '../adapters/signed-in';
import { refuseUnmeetable } from '../adapters/unmeetable-policies';
import { assuranceView } from './assurance-view';
import { refuseImpossible } from '../domain/possible-policies';

type Handler = HandlersOf<typeof identityOperations>['forecastPolicy'];

export interface ForecastParts {
  readonly recorder: { now(): Date };
  readonly access: Access;
  readonly needs: Needs;
  readonly policies: PolicyDirectory;
  readonly forecasting: Forecasting;
  readonly openNames: OpenNames;
}

const isOn: { readonly [List in ForecastList]: (effect: Effect) => boolean } = {
  affected: ({ setUp, loses, lockedOut }) => setUp || loses.length > 0 || lockedOut,
  'set-up': ({ setUp }) => setUp,
  'loses-method': ({ loses }) => loses.length > 0,
  'locked-out': ({ lockedOut }) => lockedOut,
};

/** What rules would do to the people of a practice, before an administrator or the operator makes them (PRODUCT BX4). */
export class Forecasts {
  constructor(private readonly parts: ForecastParts) {}

  readonly forecastPolicy: Handler = async ({ token, organisationId, policy, list, after, limit }, context) => {
    const { forecasting, needs, openNames, policies } = this.parts;
    await signedInAsOrOperator(this.parts, ['administrator'], token, organisationId, context);
    refuseImpossible(policy, needs.built);
    const standing = await policies.policyOf(organisationId);
    if (!standing) throw new DomainError('not-found');
    await refuseUnmeetable(policies, { ...standing.policy, policy });
    const everyone = await forecasting.ofChange(organisationId, policy, context);
    const counted = (one: ForecastList): number => everyone.filter(({ effect }) => isOn[one](effect)).length;
    const listed = everyone.filter(({ person, effect }) => isOn[list](effect) && person.personId > (after ?? ''));
    const page = listed.slice(0, limit);
    const names = await openNames(page.map(({ person }) => person));
    const people = page.map(({ person: { personId, emailHint }, effect }) => ({
      personId,
      name: names.get(personId) ?? '',
      emailHint,
      ...effect,
      loses: [...effect.loses],
    }));
    return {
      version: standing.policy.version,
      counts: {
        people: everyone.length,
        setUp: counted('set-up'),
        losesMethod: counted('loses-method'),
        lockedOut: counted('locked-out'),
      },
      people,
      assurance: assuranceView(policy),
      next: listed.length > limit ? (page.at(-1)?.person.personId ?? null) : null,
    };
  };
}
