/**
 * Objectives with a kink: a smooth part plus Σ λᵢ |xᵢ| (the lasso of Tibshirani 1996), and what proximal methods need
 * of it.
 */
import type { Objective } from './objective.ts';

/** f(x) + Σ λᵢ |xᵢ|. */
export interface Composite {
  readonly smooth: Objective;
  /** λ (d,), each ≥ 0; 0 where a coordinate is not penalised. */
  readonly penalty: Float64Array;
}

/** The minimiser of ½(z − x)² + t|z|: x pulled towards 0 by t, and 0 within t of it. */
export function softThreshold(x: number, t: number): number {
  return x > t ? x - t : x < -t ? x + t : 0;
}

/** Σ λᵢ |xᵢ|. */
export function penaltyAt({ penalty }: Composite, x: Float64Array): number {
  return penalty.reduce((sum, weight, i) => sum + weight * Math.abs(x[i]!), 0);
}

/** The shortest subgradient (d,): 0 exactly where the KKT conditions hold. */
export function shortestSubgradient({ penalty }: Composite, x: Float64Array, gradient: Float64Array): Float64Array {
  return gradient.map((g, i) => (x[i] === 0 ? softThreshold(g, penalty[i]!) : g + penalty[i]! * Math.sign(x[i]!)));
}

/** @throws RangeError unless there is one weight ≥ 0 a coordinate */
export function checkComposite(caller: string, { smooth, penalty }: Composite): void {
  if (penalty.length !== smooth.dimension || !penalty.every((weight) => weight >= 0)) {
    throw new RangeError(
      `${caller}: the penalty must be ${smooth.dimension} numbers ≥ 0, one a coordinate, got [${penalty.join(', ')}]`,
    );
  }
}
