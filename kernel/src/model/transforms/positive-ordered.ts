/**
 * Increasing vectors of positive numbers (along the last dimension): x₁ = e^u₁, xₖ = xₖ₋₁ + e^uₖ (Stan Reference
 * Manual, "Positive ordered vector"). The Jacobian is triangular with diagonal e^u.
 */

import { log } from '../../numeric/elementary.ts';
import type { Expr } from '../../program/types.ts';
import type { Transform } from './transform.ts';

export const positiveOrdered: Transform = {
  name: 'positive ordered',
  freeShape: (shape) => shape,
  forward: (free) => (free.exp().transpose() as Expr).cumsum().transpose(),
  logJacobian: (free) => free.sum(),
  inverse(values, _, shape) {
    const n = shape.at(-1)!;
    return values.map((x, i) => log(i % n === 0 ? x : x - values[i - 1]!));
  },
};
