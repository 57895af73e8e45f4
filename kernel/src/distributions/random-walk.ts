/** Gaussian random walk and first-order autoregression: series as one variate. */
import type { Arg, Expr } from '../program/types.ts';
import { insideUnit, positive, real } from './constraints.ts';
import { FamilyDistribution } from './distribution.ts';
import { HALF_LOG_TWO_PI } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution, Family } from './types.ts';

/** First element, the others, and those before them, along the last dimension of series. // (…), (…, n − 1) twice */
function steps(x: Expr): readonly [first: Expr, later: Expr, earlier: Expr] {
  const columns = x.transpose() as Expr;
  const n = x.shape.at(-1)!;
  return [columns.at(0).transpose(), columns.slice(1).transpose(), columns.slice(0, n - 1).transpose()];
}

/** A parameter of the batch beside the elements of a series. // (…) → (…, 1) */
const beside = (parameter: Expr): Expr =>
  parameter.shape.length === 0 ? parameter : (parameter.reshape(...parameter.shape, 1) as Expr);

const walkFamily = defineDistribution({
  name: 'gaussianRandomWalk',
  summary: 'Gaussian random walk: a series of independent normal steps',
  signature: 'gaussianRandomWalk(start, sd, length)',
  kind: 'real',
  parameters: { start: real, sd: positive },
  support: {},
  eventRank: 1,
  logDensity: (x, { start, sd }) => {
    const [first, later, earlier] = steps(x);
    const n = x.shape.at(-1)!;
    const squares = first.sub(start).square().add(later.sub(earlier).square().sum(-1));
    return squares
      .div(sd.square())
      .mul(-0.5)
      .sub(sd.log().mul(n))
      .sub(n * HALF_LOG_TWO_PI);
  },
  sampleEvent: (stream, out, { start, sd }) => {
    let level = start[0]!;
    for (let i = 0; i < out.length; i++) {
      level += sd[0]! * stream.normal();
      out[i] = level;
    }
  },
  meanEvent: (out, { start }) => out.fill(start[0]!),
  varianceEvent: (out, { sd }) => out.set(Float64Array.from(out, (_, i) => (i + 1) * sd[0]! ** 2)),
});

const autoregressiveFamily = defineDistribution({
  name: 'autoregressive',
  summary: 'stationary first-order autoregression',
  signature: 'autoregressive(mean, coefficient, sd, length)',
  kind: 'real',
  parameters: { mean: real, coefficient: insideUnit, sd: positive },
  support: {},
  eventRank: 1,
  logDensity: (x, { mean, coefficient, sd }) => {
    const [first, later, earlier] = steps(x);
    const n = x.shape.at(-1)!;
    const innovations = later.sub(beside(mean)).sub(beside(coefficient).mul(earlier.sub(beside(mean))));
    const share = coefficient.square().neg().add(1); // 1 − φ²
    const squares = first.sub(mean).square().mul(share).add(innovations.square().sum(-1));
    const scales = share.log().mul(0.5).sub(sd.log().mul(n));
    return squares
      .div(sd.square())
      .mul(-0.5)
      .add(scales)
      .sub(n * HALF_LOG_TWO_PI);
  },
  sampleEvent: (stream, out, { mean, coefficient, sd }) => {
    const phi = coefficient[0]!;
    let deviation = (sd[0]! * stream.normal()) / Math.sqrt(1 - phi * phi);
    for (let i = 0; i < out.length; i++) {
      if (i > 0) deviation = phi * deviation + sd[0]! * stream.normal();
      out[i] = mean[0]! + deviation;
    }
  },
  meanEvent: (out, { mean }) => out.fill(mean[0]!),
  varianceEvent: (out, { coefficient, sd }) => out.fill(sd[0]! ** 2 / (1 - coefficient[0]! ** 2)),
});

function series(family: unknown, name: string, args: readonly Arg[], length: number): FamilyDistribution {
  if (!(Number.isInteger(length) && length >= 2)) {
    throw new RangeError(`${name}: expected a length of at least 2, got ${length}`);
  }
  return FamilyDistribution.of(family as Family, args, [length]);
}

/**
 * Gaussian random walk: x₀ is normal(start, sd), and each xₜ normal(xₜ₋₁, sd). The log density is one number a series.
 *
 * @param start where the walk comes from
 * @param sd of a step, > 0
 * @param length number of elements, at least 2
 * @throws RangeError when an argument known at definition is out of range
 * @example model().parameters({ sigma: halfNormal(0, 1) }).parameters(({ sigma }) => ({ level: gaussianRandomWalk(0, sigma, 20) }))
 */
export function gaussianRandomWalk<const N extends number>(start: Arg, sd: Arg, length: N): Distribution<[N], 'real'> {
  return series(walkFamily, 'gaussianRandomWalk', [start, sd], length) as unknown as Distribution<[N], 'real'>;
}

/**
 * Stationary first-order autoregression: xₜ − mean = coefficient · (xₜ₋₁ − mean) + normal(0, sd), begun in its
 * stationary distribution. The log density is one number a series.
 *
 * @param mean of the series
 * @param coefficient φ, between −1 and 1 without the ends
 * @param sd of an innovation, > 0; the series has standard deviation sd / √(1 − φ²)
 * @param length number of elements, at least 2
 * @throws RangeError when an argument known at definition is out of range
 * @example model().parameters({ phi: uniform(-1, 1) }).parameters(({ phi }) => ({ level: autoregressive(0, phi, 1, 20) }))
 */
export function autoregressive<const N extends number>(
  mean: Arg,
  coefficient: Arg,
  sd: Arg,
  length: N,
): Distribution<[N], 'real'> {
  const distribution = series(autoregressiveFamily, 'autoregressive', [mean, coefficient, sd], length);
  return distribution as unknown as Distribution<[N], 'real'>;
}
