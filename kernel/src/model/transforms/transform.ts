/**
 * What a transform is: a one-to-one map from unconstrained reals u to the support of a parameter, x = f(u), with
 * the logarithm of its Jacobian determinant, so that a density of x can be climbed or sampled in u.
 */
import type { Expr, Shape } from '../../program/types.ts';

/** Bounds of the support; they may be expressions of other parameters. Broadcast with the parameter. */
export interface Bounds {
  readonly lower?: Expr;
  readonly upper?: Expr;
}

/** The same bounds as numbers, one an element. */
export interface BoundValues {
  readonly lower?: Float64Array; // (size,)
  readonly upper?: Float64Array; // (size,)
}

export interface Transform {
  readonly name: string;
  /** Shape of u for a parameter of this shape. */
  freeShape(shape: Shape): Shape;
  /** x = f(u). */
  forward(free: Expr, bounds: Bounds): Expr;
  /** log |det ∂x/∂u|, one number over all elements. */
  logJacobian(free: Expr, bounds: Bounds): Expr<[]>;
  /** u = f⁻¹(x), row-major; NaN or ±∞ where x is not strictly inside the support. */
  inverse(values: Float64Array, bounds: BoundValues, shape: Shape): Float64Array;
}
