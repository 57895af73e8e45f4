/** The ends of a support: those of the family, and those given with `.bounded`. */
import { constant, type Expression } from '../program/index.ts';
import type { Expr } from '../program/types.ts';
import type { Family, Structure, Support } from './types.ts';

/** One side of the support. */
export interface Bound {
  readonly side: 'lower' | 'upper';
  readonly value: Expr;
  readonly open: boolean;
  /** From the family itself, or from `.bounded`. */
  readonly origin: 'family' | 'user';
}

/** The bounds a family has by itself; one may be a parameter of it. */
export function familyBounds(family: Family, parameters: Readonly<Record<string, Expression>>): Bound[] {
  const bounds: Bound[] = [];
  for (const side of ['lower', 'upper'] as const) {
    const bound = family.support[side];
    if (bound === undefined) continue;
    const value = typeof bound === 'number' ? constant(bound) : (parameters[bound] as unknown as Expr);
    bounds.push({ side, value, open: family.support.open ?? false, origin: 'family' });
  }
  return bounds;
}

/** The support between bounds: of several on one side the tighter. */
export function supportOf(family: Family, structure: Structure, bounds: readonly Bound[]): Support {
  const tightest = (side: 'lower' | 'upper'): Expr | undefined =>
    bounds
      .filter((bound) => bound.side === side)
      .map((bound) => bound.value)
      .reduce<Expr | undefined>(
        (a, b) => (a === undefined ? b : side === 'lower' ? a.maximum(b) : a.minimum(b)),
        undefined,
      );
  const lower = tightest('lower');
  const upper = tightest('upper');
  return {
    structure,
    ...(lower === undefined ? {} : { lower }),
    ...(upper === undefined ? {} : { upper }),
    ...(family.support.integer ? { integer: true } : {}),
  };
}
