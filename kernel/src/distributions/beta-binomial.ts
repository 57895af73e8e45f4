/** Beta-binomial distribution: a binomial whose probability is beta distributed. */
import { log1p } from '../numeric/elementary.ts';
import { logChoose as logChooseOfNumbers, normalQuantile, logRising as rising } from '../numeric/special/index.ts';
import { betaVariate, binomialVariate } from '../numeric/variates/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { count, positive } from './constraints.ts';
import { discreteQuantile } from './discrete-quantile.ts';
import { discreteTails } from './discrete-sum.ts';
import { logChoose, logRising } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

function tails(x: number, trials: number, alpha: number, beta: number): readonly [number, number] {
  const [all, first, second] = [rising(alpha + beta, trials), log1p(beta / alpha), log1p(alpha / beta)];
  const logMass = (k: number): number => {
    const rest = trials - k;
    return logChooseOfNumbers(trials, k) + (rising(alpha, k) + rising(beta, rest) - all) - k * first - rest * second;
  };
  return discreteTails(x, 0, trials, logMass);
}

const spread = (n: number, a: number, b: number): number => ((n * a * b) / (a + b) ** 2) * ((a + b + n) / (a + b + 1));

const family = defineDistribution({
  name: 'betaBinomial',
  summary: 'beta-binomial: a binomial whose probability varies',
  kind: 'int',
  parameters: { trials: count, alpha: positive, beta: positive },
  support: { lower: 0, upper: 'trials', integer: true },
  logDensity: (x, { trials, alpha, beta }) => {
    const rest = trials.sub(x);
    const sum = alpha.add(beta);
    const rising = logRising(alpha, x).add(logRising(beta, rest)).sub(logRising(sum, trials));
    return logChoose(trials, x)
      .add(rising)
      .sub(x.mul(beta.div(alpha).log1p()))
      .sub(rest.mul(alpha.div(beta).log1p()));
  },
  cdf: (x, { trials, alpha, beta }) => tails(x, trials, alpha, beta)[0],
  upperCdf: (x, { trials, alpha, beta }) => tails(x, trials, alpha, beta)[1],
  quantile: (p, { trials, alpha, beta }) => {
    const mean = (trials * alpha) / (alpha + beta);
    const start = mean + Math.sqrt(spread(trials, alpha, beta)) * Math.min(Math.max(normalQuantile(p), -40), 40);
    return discreteQuantile(p, (k) => tails(k, trials, alpha, beta)[0], start, trials);
  },
  mean: ({ trials, alpha, beta }) => (trials * alpha) / (alpha + beta),
  variance: ({ trials, alpha, beta }) => spread(trials, alpha, beta),
  sample: (stream, { trials, alpha, beta }) => binomialVariate(stream, trials, betaVariate(stream, alpha, beta)),
});

/**
 * Beta-binomial: successes in `trials` trials whose probability is beta(alpha, beta) each time.
 *
 * @param trials n, a whole number of at least 0: scalar or array; all three arguments broadcast
 * @param alpha α > 0; the mean is n α / (α + β)
 * @param beta β > 0; the smaller α + β, the more the variance exceeds the binomial's
 * @throws RangeError when an argument known at definition is out of range or the lengths do not fit; data that are not
 * whole numbers from 0 to n are refused
 * @example model().data({ y: [7, 1] }).parameters({ a: gamma(2, 1), b: gamma(2, 1) }).observe(({ a, b }) => ({ y: betaBinomial(10, a, b) }))
 */
export function betaBinomial<A extends Arg, B extends Arg, C extends Arg>(
  trials: A,
  alpha: B,
  beta: C,
): Distribution<Broadcast<ShapeOfArg<A>, Broadcast<ShapeOfArg<B>, ShapeOfArg<C>>>, 'int'> {
  return family.of(trials, alpha, beta);
}
