/** Distributions of which only "at most" or "at least" is seen beyond a bound. */
import { where } from '../program/index.ts';
import type { Expr, Shape } from '../program/types.ts';
import { real } from './constraints.ts';
import type { FamilyDistribution } from './distribution.ts';
import type { BoundArguments, Distribution, Family, Kind } from './types.ts';
import { deriveWithBounds, describeWithBounds, logTail, momentsBetween, seenAs, tailsOf, wrapped } from './wrapping.ts';

const LOWER = 'censoredBelow';
const UPPER = 'censoredAbove';
const NAMES = { lower: LOWER, upper: UPPER };

type Values = Readonly<Record<string, number>>;

function familyOf(base: FamilyDistribution, given: readonly string[]): Family {
  const { family } = base;
  const { cdf, upperCdf } = tailsOf('censored', base);
  const { quantile, sample } = family;
  const [low, high] = [LOWER, UPPER].map((name) => given.includes(name));
  const clamp = (x: number, p: Values): number => Math.min(Math.max(x, p[LOWER] ?? -Infinity), p[UPPER] ?? Infinity);
  const capped = {
    cdf: (x: number, p: Values): number => (x < p[LOWER]! ? 0 : x >= p[UPPER]! ? 1 : cdf(x, p)),
    upperCdf: (x: number, p: Values): number => (x < p[LOWER]! ? 1 : x >= p[UPPER]! ? 0 : upperCdf(x, p)),
  };
  return {
    name: 'censored',
    summary: `${family.summary}, censored`,
    kind: family.kind,
    support: family.support,
    parameters: { ...family.parameters, ...Object.fromEntries(given.map((name) => [name, real])) },
    logDensity: (x, p) => {
      let density: Expr = family.logDensity(x, p);
      if (low) density = where(x.le(p[LOWER]!), logTail('censored', base, 'lower', p[LOWER]!), density);
      if (!high) return density;
      // P(X ≥ upper) is P(X > upper − 1) for whole numbers
      const last = base.kind === 'int' ? p[UPPER]!.sub(1) : p[UPPER]!;
      return where(x.ge(p[UPPER]!), logTail('censored', base, 'upper', last), density);
    },
    ...capped,
    ...(quantile && {
      quantile: (u, p) => clamp(quantile(u, p), p),
      ...momentsBetween(base, NAMES, (p) => ({
        cdf: (x) => capped.cdf(x, p),
        upperCdf: (x) => capped.upperCdf(x, p),
        quantile: (u) => clamp(quantile(u, p), p),
      })),
    }),
    ...(sample && { sample: (stream, p) => clamp(sample(stream, p), p) }),
    describe: (texts) => describeWithBounds('censored', family, NAMES, texts),
  };
}

/**
 * Censored observations: a value at `lower` stands for "at most `lower`" and has the log probability of that, a value at
 * `upper` for "at least `upper`"; between them the density is the distribution's own. For data; as a parameter's prior
 * it would have atoms.
 *
 * @param distribution of single numbers, with a distribution function: scalar or array
 * @param bounds `lower`, `upper` or both: numbers, or arrays where each observation has its own
 * @throws RangeError when known bounds are not in order or NaN; Error for a family without a distribution function, and
 * where it is known for numbers only and the parameters are not
 * @example
 * const survival = model()
 *   .data({ days: [12, 30, 7, 30] }) // the study ended after 30
 *   .parameters({ rate: gamma(2, 20) })
 *   .observe(({ rate }) => ({ days: censored(exponential(rate), { upper: 30 }) }));
 */
export function censored<S extends Shape, K extends Kind>(
  distribution: Distribution<S, K>,
  bounds: BoundArguments,
): Distribution<S, K> {
  const base = wrapped('censored', distribution);
  const own = { names: NAMES, bounds, mayMeet: false };
  return seenAs(deriveWithBounds('censored', base, own, familyOf));
}
