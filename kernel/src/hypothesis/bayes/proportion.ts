/**
 * Bayesian inference on proportions with beta priors: closed forms (Bayes 1763; Jeffreys 1961, section 3.2).
 */
import { checkNames, checkShare } from '../../estimate/options.ts';
import { exp, log, log1p } from '../../numeric/elementary.ts';
import { integrate } from '../../numeric/quadrature.ts';
import { betaQuantile, betaRegularised, betaRegularisedUpper } from '../../numeric/special/beta.ts';
import { logBeta } from '../../numeric/special/log-beta.ts';
import { summariseDensity } from './density.ts';
import { BayesianTest } from './result.ts';

export interface BayesianProportionOptions {
  /** Of one proportion under the null hypothesis; default ½. */
  readonly probability?: number;
  /** Successes and failures the prior is worth; default [1, 1], uniform. */
  readonly prior?: readonly [a: number, b: number];
  /** Of the interval, in (0, 1), default 0.95. */
  readonly level?: number;
}

type Counts = readonly [successes: number, trials: number];

function checkCounts([x, n]: Counts): void {
  if (!(Number.isInteger(n) && n >= 1 && Number.isInteger(x) && x >= 0 && x <= n)) {
    throw new RangeError(
      `bayesianProportionTest: whole numbers with 0 ≤ successes ≤ trials expected, got ${x} of ${n}`,
    );
  }
}

function settings(options: BayesianProportionOptions) {
  checkNames('bayesianProportionTest', options, ['probability', 'prior', 'level']);
  const { prior = [1, 1], level = 0.95 } = options;
  checkShare('bayesianProportionTest', 'level', level);
  const [a, b] = prior;
  if (!(a > 0 && b > 0 && a + b < Infinity)) {
    throw new RangeError(`bayesianProportionTest: prior must be two positive numbers, got ${prior.join(', ')}`);
  }
  return { a, b, level };
}

/** x log p with 0 log 0 = 0. */
const times = (x: number, value: number) => (x === 0 ? 0 : x * value);

/**
 * Test one proportion, or whether two are equal.
 *
 * @param first successes and trials
 * @param second successes and trials of the other group; without it the first is held against `probability`
 * @throws RangeError for counts that are none
 * @example
 * bayesianProportionTest([15, 25]).posterior['P(p > 0.5)'];
 * bayesianProportionTest([15, 25], [9, 30]).bayesFactor;
 */
export function bayesianProportionTest(
  first: Counts,
  second?: Counts,
  options: BayesianProportionOptions = {},
): BayesianTest {
  const { a, b, level } = settings(options);
  checkCounts(first);
  const [x, n] = first;
  const [alpha, beta] = [a + x, b + n - x];
  const ends = [(1 - level) / 2, (1 + level) / 2] as const;
  const prior = `beta(${a}, ${b})`;
  const marginal = logBeta(alpha, beta) - logBeta(a, b);
  if (second === undefined) {
    const { probability: p0 = 0.5 } = options;
    if (!(p0 > 0 && p0 < 1)) {
      throw new RangeError(`bayesianProportionTest: probability must lie in (0, 1), got ${p0}`);
    }
    return new BayesianTest({
      method: 'Bayesian test of a proportion',
      hypothesis: `the probability of success is ${p0}`,
      prior: `p ~ ${prior}`,
      logBayesFactor: marginal - times(x, log(p0)) - times(n - x, log1p(-p0)),
      parameter: 'p',
      posterior: {
        'mean of p': alpha / (alpha + beta),
        'standard deviation': Math.sqrt((alpha * beta) / ((alpha + beta) ** 2 * (alpha + beta + 1))),
        [`P(p > ${p0})`]: betaRegularisedUpper(alpha, beta, p0),
      },
      interval: [betaQuantile(ends[0], alpha, beta), betaQuantile(ends[1], alpha, beta)],
      level,
    });
  }
  if (options.probability !== undefined) {
    throw new TypeError('bayesianProportionTest: probability is for one proportion; two are held against each other');
  }
  checkCounts(second);
  const [y, m] = second;
  const [gamma, delta] = [a + y, b + m - y];
  const density = (p: number, s: number, f: number) => exp((s - 1) * log(p) + (f - 1) * log1p(-p) - logBeta(s, f));
  const above = integrate((p) => density(p, alpha, beta) * betaRegularised(gamma, delta, p), 0, 1); // P(p₁ > p₂)
  const [mean1, mean2] = [alpha / (alpha + beta), gamma / (gamma + delta)];
  const difference = summariseDensity(
    (d) => {
      const [low, high] = [Math.max(0, -d), Math.min(1, 1 - d)]; // of p₂, with p₁ = p₂ + d
      return low >= high
        ? Number.NEGATIVE_INFINITY
        : log(integrate((p) => density(p + d, alpha, beta) * density(p, gamma, delta), low, high));
    },
    -1,
    1,
  );
  return new BayesianTest({
    method: 'Bayesian test of two proportions',
    hypothesis: 'the probabilities are equal',
    prior: `each ~ ${prior}`,
    logBayesFactor:
      marginal + logBeta(gamma, delta) - logBeta(a, b) - (logBeta(a + x + y, b + n + m - x - y) - logBeta(a, b)),
    parameter: 'p1 − p2',
    posterior: {
      'mean of p1': mean1,
      'mean of p2': mean2,
      'mean of p1 − p2': mean1 - mean2,
      'standard deviation': difference.sd,
      'P(p1 > p2)': above,
    },
    interval: [difference.quantile(ends[0]), difference.quantile(ends[1])],
    level,
  });
}
