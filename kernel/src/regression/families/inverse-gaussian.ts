/** Positive responses whose variance is the cube of their mean, times the dispersion (Tweedie 1957). */
import { log } from '../../numeric/elementary.ts';
import { type Family, sumOver } from './family.ts';
import type { Link } from './links.ts';

export const inverseGaussianFamily = (link: Link): Family => ({
  name: 'inverse Gaussian',
  link,
  links: ['1/mu^2', 'inverse', 'log', 'identity'],
  dispersion: 'estimated',
  variance: (mean) => mean ** 3,
  unitDeviance: (y, mean) => (y - mean) ** 2 / (y * mean * mean),
  start: (y) => y,
  isMean: (mean) => mean > 0 && mean < Infinity,
  objection: (y) => (y > 0 ? undefined : 'a positive number'),
  logLikelihood: (y, _mean, weights, deviance) => {
    const total = sumOver(weights.length, (i) => weights[i]!);
    const logs = sumOver(y.length, (i) => weights[i]! * log(y[i]!));
    return -0.5 * (total * (log((2 * Math.PI * deviance) / total) + 1) + 3 * logs); // R: dispersion = deviance / n
  },
});
