/** Normal responses with a common variance. */
import { log } from '../../numeric/elementary.ts';
import { type Family, sumOver } from './family.ts';
import type { Link } from './links.ts';

export const gaussianFamily = (link: Link): Family => ({
  name: 'gaussian',
  link,
  links: ['identity', 'log', 'inverse'],
  dispersion: 'estimated',
  variance: () => 1,
  unitDeviance: (y, mean) => (y - mean) ** 2,
  start: (y) => y,
  isMean: Number.isFinite,
  objection: () => undefined,
  logLikelihood: (_y, _mean, weights, deviance) => {
    const n = weights.filter((weight) => weight > 0).length;
    const logWeights = sumOver(weights.length, (i) => (weights[i]! > 0 ? log(weights[i]!) : 0));
    return 0.5 * (logWeights - n * (log((2 * Math.PI * deviance) / n) + 1));
  },
});
