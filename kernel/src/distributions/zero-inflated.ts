/** Counts with more zeros, or with zeros of their own: zero-inflated and hurdle distributions. */
import { asExpression, constant, logSumExp, where } from '../program/index.ts';
import type { Arg, Shape } from '../program/types.ts';
import { satisfies, unitInterval } from './constraints.ts';
import type { FamilyDistribution } from './distribution.ts';
import { log1mExp } from './formulas.ts';
import { knownValues } from './known.ts';
import type { Distribution, Family } from './types.ts';
import { describeBase, refuseTwice, seenAs, tailsOf, wrapped } from './wrapping.ts';

const ZEROS = 'zeros';

/** A probability, checked where known. */
function probability(name: string, zeros: Arg) {
  const bad = knownValues(zeros)?.find((v) => !satisfies(v, unitInterval));
  if (bad !== undefined) throw new RangeError(`${name}: zeros must be between 0 and 1, got ${bad}; give a probability`);
  return asExpression(zeros);
}

function countsOf(name: string, distribution: unknown): FamilyDistribution {
  const base = wrapped(name, distribution, 'int');
  if (base.family.support.lower !== 0) {
    throw new RangeError(`${name}: expected a distribution of counts from 0 on, got ${base.family.name}`);
  }
  refuseTwice(name, base, [ZEROS]);
  return base;
}

/** Smallest k with P(X ≤ k) ≥ u, given that of the base at the probability it is left with. */
const restOf = (u: number, zeros: number): number => Math.max((u - zeros) / (1 - zeros), 0);

function inflatedFamily(base: FamilyDistribution): Family {
  const { family } = base;
  const { cdf, upperCdf } = tailsOf('zeroInflated', base);
  const { quantile, mean, variance, sample } = family;
  return {
    name: 'zeroInflated',
    summary: `${family.summary}, with more zeros`,
    kind: 'int',
    support: family.support,
    parameters: { ...family.parameters, [ZEROS]: unitInterval },
    logDensity: (x, p) => {
      const own = family.logDensity(x, p).add(p[ZEROS]!.neg().log1p());
      return where(x.eq(0), logSumExp(p[ZEROS]!.log(), own), own);
    },
    cdf: (x, p) => (x < 0 ? 0 : p[ZEROS]! + (1 - p[ZEROS]!) * cdf(x, p)),
    upperCdf: (x, p) => (x < 0 ? 1 : (1 - p[ZEROS]!) * upperCdf(x, p)),
    ...(quantile && { quantile: (u, p) => (u <= p[ZEROS]! ? 0 : quantile(Math.min(restOf(u, p[ZEROS]!), 1), p)) }),
    ...(mean && { mean: (p) => (1 - p[ZEROS]!) * mean(p) }),
    ...(mean && variance && { variance: (p) => (1 - p[ZEROS]!) * (variance(p) + p[ZEROS]! * mean(p) ** 2) }),
    ...(sample && { sample: (stream, p) => (stream.uniform() < p[ZEROS]! ? 0 : sample(stream, p)) }),
    describe: (texts) => `zeroInflated(${texts[ZEROS]}, ${describeBase(family, texts)})`,
  };
}

function hurdleFamily(base: FamilyDistribution): Family {
  const { family } = base;
  const { cdf, upperCdf } = tailsOf('hurdle', base);
  const { quantile, mean, variance, sample } = family;
  return {
    name: 'hurdle',
    summary: `${family.summary}, its zeros a matter of their own`,
    kind: 'int',
    support: family.support,
    parameters: { ...family.parameters, [ZEROS]: unitInterval },
    logDensity: (x, p) => {
      const zero = family.logDensity(constant(0), p);
      const positive = family.logDensity(x, p).sub(log1mExp(zero)).add(p[ZEROS]!.neg().log1p());
      return where(x.eq(0), p[ZEROS]!.log(), positive);
    },
    cdf: (x, p) => {
      if (x < 0) return 0;
      return p[ZEROS]! + (1 - p[ZEROS]!) * ((upperCdf(0, p) - upperCdf(x, p)) / upperCdf(0, p));
    },
    upperCdf: (x, p) => (x < 0 ? 1 : (1 - p[ZEROS]!) * (upperCdf(x, p) / upperCdf(0, p))),
    ...(quantile && {
      quantile: (u, p) => {
        if (u <= p[ZEROS]!) return 0;
        const at = cdf(0, p) + Math.min(restOf(u, p[ZEROS]!), 1) * upperCdf(0, p);
        return Math.max(quantile(Math.min(at, 1), p), 1);
      },
    }),
    ...(mean && { mean: (p) => ((1 - p[ZEROS]!) * mean(p)) / upperCdf(0, p) }),
    ...(mean &&
      variance && {
        variance: (p) => {
          const share = (1 - p[ZEROS]!) / upperCdf(0, p);
          return share * (variance(p) + mean(p) ** 2) - (share * mean(p)) ** 2;
        },
      }),
    ...(sample &&
      quantile && {
        sample: (stream, p) => {
          if (stream.uniform() < p[ZEROS]!) return 0;
          if (upperCdf(0, p) < 0.1) return Math.max(quantile(cdf(0, p) + stream.uniform() * upperCdf(0, p), p), 1);
          for (;;) {
            const x = sample(stream, p);
            if (x !== 0) return x;
          }
        },
      }),
    describe: (texts) => `hurdle(${texts[ZEROS]}, ${describeBase(family, texts)})`,
  };
}

/**
 * Zero-inflated counts: 0 with probability `zeros`, else a draw of the distribution, which may be 0 too.
 *
 * @param zeros probability of the additional zeros: scalar or array, broadcast with the distribution
 * @param distribution of counts, e.g. `poisson(rate)` or `negativeBinomial(mean, dispersion)`
 * @throws TypeError for anything but a discrete distribution; RangeError for a probability known at definition outside
 * 0 … 1
 * @example model().data({ fish: [0, 0, 3] }).parameters({ p: beta(1, 1), rate: gamma(2, 1) }).observe(({ p, rate }) => ({ fish: zeroInflated(p, poisson(rate)) }))
 */
export function zeroInflated<S extends Shape>(
  zeros: Arg,
  distribution: Distribution<S, 'int'>,
): Distribution<S, 'int'> {
  const base = countsOf('zeroInflated', distribution);
  return seenAs(base.derive(inflatedFamily(base), { [ZEROS]: probability('zeroInflated', zeros) }));
}

/**
 * Hurdle counts: 0 with probability `zeros`, else a draw of the distribution given that it is not 0.
 *
 * @param zeros probability of 0: scalar or array, broadcast with the distribution
 * @param distribution of counts, e.g. `poisson(rate)` or `negativeBinomial(mean, dispersion)`
 * @throws TypeError for anything but a discrete distribution; RangeError for a probability known at definition outside
 * 0 … 1
 * @example model().data({ visits: [0, 0, 3] }).parameters({ p: beta(1, 1), rate: gamma(2, 1) }).observe(({ p, rate }) => ({ visits: hurdle(p, poisson(rate)) }))
 */
export function hurdle<S extends Shape>(zeros: Arg, distribution: Distribution<S, 'int'>): Distribution<S, 'int'> {
  const base = countsOf('hurdle', distribution);
  return seenAs(base.derive(hurdleFamily(base), { [ZEROS]: probability('hurdle', zeros) }));
}
