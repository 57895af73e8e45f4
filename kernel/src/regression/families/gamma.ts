/** Positive responses with a constant coefficient of variation. */
import { log } from '../../numeric/elementary.ts';
import { lgamma } from '../../numeric/special/gamma.ts';
import { type Family, sumOver } from './family.ts';
import type { Link } from './links.ts';

export const gammaFamily = (link: Link): Family => ({
  name: 'gamma',
  link,
  links: ['inverse', 'log', 'identity'],
  dispersion: 'estimated',
  variance: (mean) => mean * mean,
  unitDeviance: (y, mean) => -2 * (log(y / mean) - (y - mean) / mean),
  start: (y) => y,
  isMean: (mean) => mean > 0 && mean < Infinity,
  objection: (y) => (y > 0 ? undefined : 'a positive number'),
  logLikelihood: (y, mean, weights, deviance) => {
    const shape = sumOver(weights.length, (i) => weights[i]!) / deviance; // R: dispersion = deviance / n
    return sumOver(y.length, (i) => {
      const rate = shape / mean[i]!;
      return weights[i]! * (shape * log(rate) + (shape - 1) * log(y[i]!) - rate * y[i]! - lgamma(shape));
    });
  },
});
