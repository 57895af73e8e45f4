/** Ordered logistic distribution: the proportional odds model. */
import { sigmoid } from '../numeric/elementary.ts';
import { broadcastTo, where } from '../program/index.ts';
import type { Arg, Broadcast, Expr, ShapeOfArg } from '../program/types.ts';
import { codes, knownByWeights } from './codes.ts';
import { real } from './constraints.ts';
import { takeLast } from './events.ts';
import { log1mExp } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Batch, Distribution } from './types.ts';

/** The cut point at `index`, with −∞ before the first and +∞ after the last. */
function cut(cutpoints: Expr, index: Expr): Expr {
  const n = cutpoints.shape.at(-1)!;
  const inside = takeLast(cutpoints, index.maximum(0).minimum(n - 1));
  const ends = broadcastTo(index, inside.shape);
  return where(ends.lt(0), -Infinity, where(ends.ge(n), Infinity, inside));
}

/** P(X = k) of the codes k = 0 … K − 1. */
function probabilities({
  location,
  cutpoints,
}: Readonly<Record<'location' | 'cutpoints', Float64Array>>): Float64Array {
  const above = (k: number): number =>
    k === 0 ? 1 : k > cutpoints.length ? 0 : sigmoid(location[0]! - cutpoints[k - 1]!);
  return Float64Array.from({ length: cutpoints.length + 1 }, (_, k) => above(k) - above(k + 1));
}

const family = defineDistribution({
  name: 'orderedLogistic',
  summary: 'ordered logistic: ordered codes by cut points of a logistic variable',
  kind: 'int',
  parameters: { location: real, cutpoints: real },
  ranks: { cutpoints: 1 },
  support: { lower: 0, integer: true },
  validateEvent: ({ cutpoints }) =>
    cutpoints.every((c, i) => i === 0 || c > cutpoints[i - 1]!)
      ? undefined
      : `cutpoints must rise, got ${cutpoints.join(', ')}; sort them`,
  // log (σ(b) − σ(a)) = log σ(b) + log σ(−a) + log (1 − e^(a − b)), b and a the cut points above and below
  logDensity: (x, { location, cutpoints }) => {
    const [above, below] = [cut(cutpoints, x), cut(cutpoints, x.sub(1))];
    return log1mExp(below.sub(above)).sub(location.sub(above).softplus()).sub(below.sub(location).softplus());
  },
  sampleEvent: (stream, out, { location, cutpoints }) => {
    const u = stream.uniform();
    let k = 0;
    while (k < cutpoints.length && u > sigmoid(cutpoints[k]! - location[0]!)) k += 1;
    out[0] = k;
  },
  ...knownByWeights(probabilities),
});

/**
 * Ordered logistic: a logistic variable around `location`, of which only the interval between cut points is seen. Code
 * k = 0 … K − 1 has probability σ(cₖ − location) − σ(cₖ₋₁ − location), with c₋₁ = −∞ and c_{K−1} = ∞. (Stan counts
 * from 1.)
 *
 * @param location the linear predictor: scalar or array
 * @param cutpoints K − 1 rising numbers, usually a parameter `ordered(normal(0, 5).size(K - 1))` // (K − 1,)
 * @throws RangeError when cut points known at definition do not rise, or the lengths do not fit; data that are no codes
 * of 0 … K − 1 are refused
 * @example
 * const ratings = model()
 *   .data({ x: [0, 1, 2], rating: [0, 1, 3] })
 *   .parameters({ beta: normal(0, 1), cutpoints: ordered(normal(0, 3).size(3)) })
 *   .observe(({ beta, cutpoints, x }) => ({ rating: orderedLogistic(beta.mul(x), cutpoints) }));
 */
export function orderedLogistic<A extends Arg, B extends Arg>(
  location: A,
  cutpoints: B,
): Distribution<Broadcast<ShapeOfArg<A>, Batch<ShapeOfArg<B>>>, 'int'> {
  const distribution = codes(family, [location, cutpoints], (d) => d.parameters.cutpoints!.shape.at(-1)!);
  return distribution as unknown as Distribution<Broadcast<ShapeOfArg<A>, Batch<ShapeOfArg<B>>>, 'int'>;
}
