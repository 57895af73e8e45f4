/** Counts whose variance is their mean. */
import { log } from '../../numeric/elementary.ts';
import { lgamma } from '../../numeric/special/gamma.ts';
import { type Family, logRatio, sumOver } from './family.ts';
import type { Link } from './links.ts';

export const poissonFamily = (link: Link): Family => ({
  name: 'poisson',
  link,
  links: ['log', 'identity', 'sqrt'],
  dispersion: 'one',
  variance: (mean) => mean,
  unitDeviance: (y, mean) => 2 * (logRatio(y, mean, log) - (y - mean)),
  start: (y) => y + 0.1,
  isMean: (mean) => mean > 0 && mean < Infinity,
  objection: (y) => (Number.isInteger(y) && y >= 0 ? undefined : 'a count: a whole number from 0'),
  logLikelihood: (y, mean, weights) =>
    sumOver(y.length, (i) => weights[i]! * (y[i]! * log(mean[i]!) - mean[i]! - lgamma(y[i]! + 1))),
});
