/**
 * The test of normality of Shapiro & Wilk (1965), with the weights and the p-value of Royston (1995, Applied Statistics
 * 44, 547–551, algorithm AS R94): the constants below are his.
 */
import { asin, exp, log } from '../numeric/elementary.ts';
import { normalCdf, normalQuantile } from '../numeric/special/normal.ts';
import { HypothesisTest, sampleOf } from './test.ts';

const MOST = 5000;

/** Σ cᵢ xⁱ. */
const polynomial = (coefficients: readonly number[], x: number) =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

/** Weights of the upper half of the ordered sample, the largest value's first; those of the lower half are their negatives. */
function weightsOf(n: number): Float64Array {
  const half = Math.floor(n / 2);
  if (n === 3) return Float64Array.of(Math.sqrt(0.5));
  const scores = Float64Array.from({ length: half }, (_, i) => -normalQuantile((i + 1 - 0.375) / (n + 0.25)));
  const square = 2 * scores.reduce((sum, m) => sum + m * m, 0);
  const root = 1 / Math.sqrt(n);
  const first =
    polynomial([0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], root) + scores[0]! / Math.sqrt(square);
  const weights = new Float64Array(half);
  if (n <= 5) {
    const factor = Math.sqrt((square - 2 * scores[0]! ** 2) / (1 - 2 * first ** 2));
    for (let i = 1; i < half; i++) weights[i] = scores[i]! / factor;
  } else {
    const second =
      polynomial([0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], root) + scores[1]! / Math.sqrt(square);
    const left = square - 2 * scores[0]! ** 2 - 2 * scores[1]! ** 2;
    const factor = Math.sqrt(left / (1 - 2 * first ** 2 - 2 * second ** 2));
    for (let i = 2; i < half; i++) weights[i] = scores[i]! / factor;
    weights[1] = second;
  }
  weights[0] = first;
  return weights;
}

/** P(W ≤ w), from 1 − w. */
function probability(n: number, rest: number): number {
  if (n === 3) {
    // Exact: 6/π (asin √W − asin √¾)
    return Math.max(0, (6 / Math.PI) * (asin(Math.sqrt(1 - rest)) - asin(Math.sqrt(0.75))));
  }
  const y = log(rest);
  if (n > 11) {
    const x = log(n);
    const mean = polynomial([-1.5861, -0.31082, -0.083751, 0.0038915], x);
    return normalCdf(-(y - mean) / exp(polynomial([-0.4803, -0.082676, 0.0030302], x)));
  }
  const limit = polynomial([-2.273, 0.459], n);
  if (y >= limit) return 0;
  const mean = polynomial([0.544, -0.39978, 0.025054, -6.714e-4], n);
  const deviation = exp(polynomial([1.3822, -0.77857, 0.062767, -0.0020322], n));
  return normalCdf(-(-log(limit - y) - mean) / deviation);
}

/**
 * Test whether a sample comes from a normal distribution, whatever its mean and variance.
 *
 * @param values 3 to 5000; missing ones are left out
 * @throws RangeError for fewer or more, and where all are the same
 * @example shapiroWilkTest([2.1, 3.3, 3.2, 5.6, 9]).p // 0.318…
 */
export function shapiroWilkTest(values: ArrayLike<number>): HypothesisTest {
  const sample = sampleOf('shapiroWilkTest', 'values', values, 3).sort();
  const n = sample.length;
  if (n > MOST) throw new RangeError(`shapiroWilkTest: at most ${MOST} values expected, got ${n}`);
  const range = sample[n - 1]! - sample[0]!;
  if (!(range > 0 && range < Infinity)) {
    throw new RangeError('shapiroWilkTest: finite values that are not all the same expected');
  }
  const half = weightsOf(n);
  const weight = (i: number) => (2 * i + 1 === n ? 0 : i < n - 1 - i ? -half[i]! : half[n - 1 - i]!);
  const mean = sample.reduce((sum, x) => sum + x / range, 0) / n;
  let [weights, squares, products] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [a, x] = [weight(i), sample[i]! / range - mean];
    weights += a * a;
    squares += x * x;
    products += a * x;
  }
  const both = Math.sqrt(weights * squares);
  const rest = Math.max(Number.MIN_VALUE, ((both - products) * (both + products)) / (weights * squares)); // 1 − W
  return new HypothesisTest({
    method: 'Shapiro–Wilk test of normality',
    hypothesis: 'the sample comes from a normal distribution',
    statistic: ['W', 1 - rest],
    p: probability(n, rest),
  });
}
