/** Inverse Gaussian distribution (Wald). */
import { exp } from '../numeric/elementary.ts';
import { erfcx, normalCdf } from '../numeric/special/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { positive } from './constraints.ts';
import { continuousQuantile } from './continuous-quantile.ts';
import { HALF_LOG_TWO_PI } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/**
 * P(X ≤ x) and P(X > x): Φ(a) ± e^(2λ/μ) Φ(−b) with a, b = √(λ/x) (x/μ ∓ 1), the exponentials joined by
 * b² − a² = 4λ/μ so that none overflows.
 */
function tails(x: number, mean: number, shape: number): readonly [number, number] {
  if (!(x > 0)) return Number.isNaN(x) ? [x, x] : [0, 1];
  if (x === Infinity) return [1, 0];
  const root = Math.sqrt(shape / x);
  const a = (root * (x - mean)) / mean;
  const b = root * (x / mean + 1);
  const second = 0.5 * exp(-0.5 * a * a) * erfcx(b * Math.SQRT1_2);
  if (a < 0) {
    const lower = normalCdf(a) + second;
    return [lower, 1 - lower];
  }
  const upper = 0.5 * exp(-0.5 * a * a) * (erfcx(a * Math.SQRT1_2) - erfcx(b * Math.SQRT1_2));
  return [1 - upper, upper];
}

const family = defineDistribution({
  name: 'inverseGaussian',
  summary: 'inverse Gaussian (Wald) with mean and shape',
  kind: 'real',
  parameters: { mean: positive, shape: positive },
  support: { lower: 0, open: true },
  logDensity: (x, { mean, shape }) => {
    const z = x.sub(mean).div(mean);
    const spread = shape.log().sub(x.log().mul(3)).mul(0.5);
    return spread.sub(shape.mul(z.square()).div(x.mul(2))).sub(HALF_LOG_TWO_PI);
  },
  cdf: (x, { mean, shape }) => tails(x, mean, shape)[0],
  upperCdf: (x, { mean, shape }) => tails(x, mean, shape)[1],
  quantile: (p, { mean, shape }) =>
    continuousQuantile(p, {
      cdf: (x) => tails(x, mean, shape)[0],
      upperCdf: (x) => tails(x, mean, shape)[1],
      start: mean,
      scale: mean,
      lower: 0,
    }),
  mean: ({ mean }) => mean,
  variance: ({ mean, shape }) => (mean ** 2 / shape) * mean,
  // Michael, Schucany & Haas (1976, The American Statistician 30, 88–90); the smaller root without cancellation
  sample: (stream, { mean, shape }) => {
    const y = (mean / shape) * stream.normal() ** 2;
    const x = (2 * mean) / (2 + y + Math.sqrt(y * (4 + y)));
    return stream.uniform() * (mean + x) <= mean ? x : (mean / x) * mean;
  },
});

/**
 * Inverse Gaussian with density √(λ / (2π x³)) e^(−λ (x − μ)² / (2 μ² x)) on x > 0: the time a drifting random walk
 * takes to a threshold.
 *
 * @param mean μ > 0, in units of x: scalar or array, broadcast with `shape`
 * @param shape λ > 0, in units of x; the variance is μ³ / λ
 * @throws RangeError when a parameter known at definition is not positive, or the lengths do not fit
 * @example model().data({ rt }).parameters({ mu: gamma(2, 2), lambda: gamma(2, 1) }).observe(({ mu, lambda }) => ({ rt: inverseGaussian(mu, lambda) }))
 */
export function inverseGaussian<A extends Arg, B extends Arg>(
  mean: A,
  shape: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(mean, shape);
}
