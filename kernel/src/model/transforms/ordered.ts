/**
 * Increasing vectors (along the last dimension): x₁ = u₁, xₖ = xₖ₋₁ + e^uₖ (Stan Reference Manual, "Ordered vector").
 * The Jacobian is triangular with diagonal 1, e^u₂, …, e^uₙ.
 */
import { log } from '../../numeric/elementary.ts';
import { concatenate } from '../../program/index.ts';
import type { Expr } from '../../program/types.ts';
import type { Transform } from './transform.ts';

export const ordered: Transform = {
  name: 'ordered',
  freeShape: (shape) => shape,
  forward(free) {
    const columns = free.transpose() as Expr; // (n, …): the dimension along which x increases comes first
    const steps = concatenate([columns.slice(0, 1), columns.slice(1).exp()]);
    return steps.cumsum().transpose();
  },
  logJacobian: (free) => (free.transpose() as Expr).slice(1).sum(),
  inverse(values, _, shape) {
    const n = shape.at(-1)!;
    return values.map((x, i) => (i % n === 0 ? x : log(x - values[i - 1]!)));
  },
};
