/**
 * Counts with variance μ + μ² / θ, and the maximum-likelihood estimate of θ at given means (Venables & Ripley 2002,
 * Modern Applied Statistics with S, section 7.4).
 */
import { log, log1p } from '../../numeric/elementary.ts';
import { digamma, lgamma, trigamma } from '../../numeric/special/gamma.ts';
import { type Family, logRatio, sumOver } from './family.ts';
import type { Link } from './links.ts';

export const negativeBinomialFamily = (link: Link, theta: number): Family => ({
  name: `negative binomial(${Number(theta.toPrecision(5))})`,
  link,
  links: ['log', 'identity', 'sqrt'],
  dispersion: 'one',
  variance: (mean) => mean + (mean * mean) / theta,
  unitDeviance: (y, mean) => 2 * (logRatio(y, mean, log) - (y + theta) * log((y + theta) / (mean + theta))),
  start: (y) => y + (y === 0 ? 1 / 6 : 0),
  isMean: (mean) => mean > 0 && mean < Infinity,
  objection: (y) => (Number.isInteger(y) && y >= 0 ? undefined : 'a count: a whole number from 0'),
  logLikelihood: (y, mean, weights) =>
    sumOver(y.length, (i) => {
      const [count, mu] = [y[i]!, mean[i]!];
      const rising = lgamma(theta + count) - lgamma(theta) - lgamma(count + 1);
      const share = count === 0 ? 0 : count * log(mu / (theta + mu));
      return weights[i]! * (rising - theta * log1p(mu / theta) + share);
    }),
});

/**
 * θ at which the derivative of the log likelihood is 0, by Newton's method on log θ, and its standard error.
 *
 * @throws RangeError when θ grows without bound: the counts vary no more than Poisson counts
 */
export function estimateTheta(
  y: Float64Array,
  mean: Float64Array,
  weights: Float64Array,
  start?: number,
): { readonly theta: number; readonly standardError: number } {
  const n = y.length;
  let theta =
    start ??
    sumOver(n, (i) => weights[i]!) /
      Math.max(
        1e-8,
        sumOver(n, (i) => weights[i]! * (y[i]! / mean[i]! - 1) ** 2),
      );
  const score = (t: number) =>
    sumOver(n, (i) => {
      const total = mean[i]! + t;
      return weights[i]! * (digamma(t + y[i]!) - digamma(t) - log1p(mean[i]! / t) + (mean[i]! - y[i]!) / total);
    });
  const information = (t: number) =>
    sumOver(n, (i) => {
      const [count, mu] = [y[i]!, mean[i]!];
      const change = trigamma(t) - trigamma(t + count) - 1 / t + 2 / (mu + t) - (count + t) / (mu + t) ** 2;
      return weights[i]! * change;
    });
  for (let round = 0; round < 100; round++) {
    const [s, info] = [score(theta), information(theta)];
    const raw = info > 0 ? s / info : s > 0 ? theta : -theta / 2;
    const step = Math.max(-theta / 2, Math.min(raw, 2 * theta));
    theta += step;
    if (!(theta < 1e7)) {
      throw new RangeError(
        "glm: theta of the negative binomial grows without bound: the counts vary no more than Poisson counts; use family 'poisson'",
      );
    }
    if (Math.abs(step) < 1e-13 * theta) break;
  }
  return { theta, standardError: 1 / Math.sqrt(information(theta)) };
}
