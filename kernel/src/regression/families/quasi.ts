/**
 * Proportions and counts that vary more or less than binomial and Poisson ones, by a factor that is estimated (Wedderburn
 * 1974): the same estimates, other standard errors, and no likelihood.
 */
import { binomialFamily } from './binomial.ts';
import type { Family } from './family.ts';
import type { Link } from './links.ts';
import { poissonFamily } from './poisson.ts';

const quasi = (family: Family): Family => ({
  ...family,
  name: `quasi-${family.name}`,
  dispersion: 'estimated',
  logLikelihood: () => Number.NaN,
});

export const quasiBinomialFamily = (link: Link): Family => quasi(binomialFamily(link));

export const quasiPoissonFamily = (link: Link): Family => ({
  ...quasi(poissonFamily(link)),
  objection: (y) => (y >= 0 ? undefined : 'a number from 0'),
});
