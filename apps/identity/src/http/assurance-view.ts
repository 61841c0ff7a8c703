import type { Policy } from '@cofactor/contracts';
import { assuranceOfPolicy } from '@cofactor/policy';

/** What rules reach and what holds them back, as a reply of their own (PRODUCT BX9). */
export const assuranceView = (policy: Policy) =>
  assuranceOfPolicy(policy).map(({ heldBackBy, ...reached }) => ({
    ...reached,
    heldBackBy: heldBackBy.map((hindrance) => ({ ...hindrance })),
  }));
