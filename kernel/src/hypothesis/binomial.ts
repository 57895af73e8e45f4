/**
 * The exact binomial test of one proportion, with the interval of Clopper & Pearson (1934, Biometrika 26, 404–413).
 */
import { checkNames } from '../estimate/options.ts';
import { exp, log, log1p } from '../numeric/elementary.ts';
import { betaQuantile, betaRegularised, betaRegularisedUpper } from '../numeric/special/beta.ts';
import { logChoose } from '../numeric/special/log-beta.ts';
import { commonOptions, HypothesisTest, type TestOptions } from './test.ts';

/** Counts of the same probability to rounding belong to both tails, as in R. */
const SAME = 1 + 1e-7;

function mass(k: number, n: number, p: number): number {
  const hit = k === 0 ? 0 : k * log(p);
  const miss = k === n ? 0 : (n - k) * log1p(-p);
  return exp(logChoose(n, k) + hit + miss);
}

/** P(X ≤ k). */
function lower(k: number, n: number, p: number): number {
  return k >= n ? 1 : k < 0 ? 0 : betaRegularisedUpper(k + 1, n - k, p);
}

/** P(X ≥ k). */
function upper(k: number, n: number, p: number): number {
  return k <= 0 ? 1 : betaRegularised(k, n - k + 1, p);
}

/**
 * Test a probability of success.
 *
 * @param successes a whole number from 0 to `trials`
 * @param options.probability under the null hypothesis, default ½
 * @example binomialTest(7, 20, { probability: 0.3 }).interval
 */
export function binomialTest(
  successes: number,
  trials: number,
  options: TestOptions & { readonly probability?: number } = {},
): HypothesisTest {
  checkNames('binomialTest', options, ['alternative', 'level', 'probability']);
  const { alternative, level } = commonOptions('binomialTest', options);
  const { probability: p0 = 0.5 } = options;
  const [x, n] = [successes, trials];
  if (!(Number.isInteger(n) && n >= 1 && Number.isInteger(x) && x >= 0 && x <= n)) {
    throw new RangeError(`binomialTest: whole numbers with 0 ≤ successes ≤ trials expected, got ${x} of ${n}`);
  }
  if (!(p0 >= 0 && p0 <= 1)) throw new RangeError(`binomialTest: probability must lie in [0, 1], got ${p0}`);
  const twoSided = () => {
    const limit = mass(x, n, p0) * SAME;
    let sum = 0;
    for (let k = 0; k <= n; k++) {
      const m = mass(k, n, p0);
      if (m <= limit) sum += m;
    }
    return sum;
  };
  const side = alternative === 'two-sided' ? (1 - level) / 2 : 1 - level;
  return new HypothesisTest({
    method: 'Exact binomial test',
    hypothesis: `the probability of success is ${p0}`,
    statistic: ['successes', x],
    parameters: { trials: n },
    p: alternative === 'less' ? lower(x, n, p0) : alternative === 'greater' ? upper(x, n, p0) : twoSided(),
    alternative,
    estimates: { 'probability of success': x / n },
    interval: [
      alternative === 'less' || x === 0 ? 0 : betaQuantile(side, x, n - x + 1),
      alternative === 'greater' || x === n ? 1 : betaQuantile(1 - side, x + 1, n - x),
    ],
    level,
  });
}
