/** Proportions of successes; the weight of an observation is its number of trials. */
import { log, log1p } from '../../numeric/elementary.ts';
import { logChoose } from '../../numeric/special/log-beta.ts';
import { type Family, logRatio, sumOver } from './family.ts';
import type { Link } from './links.ts';

/** @param prior weights that multiply those of the trials // (n,) */
export const binomialFamily = (link: Link, prior?: Float64Array): Family => ({
  name: 'binomial',
  link,
  links: ['logit', 'probit', 'cloglog', 'cauchit', 'log', 'identity'],
  proportions: true,
  dispersion: 'one',
  variance: (mean) => mean * (1 - mean),
  unitDeviance: (y, mean) => 2 * (logRatio(y, mean, log) + logRatio(1 - y, 1 - mean, log)),
  start: (y, weight) => (weight * y + 0.5) / (weight + 1),
  isMean: (mean) => mean > 0 && mean < 1,
  objection: (y) => (y >= 0 && y <= 1 ? undefined : 'a proportion between 0 and 1, or 0 and 1'),
  logLikelihood: (y, mean, weights) =>
    sumOver(y.length, (i) => {
      const share = prior?.[i] ?? 1;
      if (share === 0) return 0;
      const trials = Math.round(weights[i]! / share);
      const successes = Math.round((weights[i]! / share) * y[i]!);
      if (trials === 0) return 0;
      const hit = successes === 0 ? 0 : successes * log(mean[i]!);
      const miss = successes === trials ? 0 : (trials - successes) * log1p(-mean[i]!);
      return (weights[i]! / trials) * (logChoose(trials, successes) + hit + miss);
    }),
});
