/** Distributions restricted to an interval and renormalised. */
import { where } from '../program/index.ts';
import type { Expr, Shape } from '../program/types.ts';
import { real } from './constraints.ts';
import { continuousQuantile } from './continuous-quantile.ts';
import type { FamilyDistribution } from './distribution.ts';
import { log1mExp } from './formulas.ts';
import { knownValues } from './known.ts';
import type { BoundArguments, Distribution, Family, Kind } from './types.ts';
import { deriveWithBounds, describeWithBounds, logTail, momentsBetween, seenAs, tailsOf, wrapped } from './wrapping.ts';

const LOWER = 'truncatedBelow';
const UPPER = 'truncatedAbove';
const NAMES = { lower: LOWER, upper: UPPER };

/** log P(lower ≤ X ≤ upper), from the tail in which nothing cancels. */
function logMass(base: FamilyDistribution, lower: Expr | undefined, upper: Expr | undefined): Expr {
  // P(X ≥ lower) is P(X > lower − 1) for whole numbers
  const below = lower === undefined ? undefined : base.kind === 'int' ? lower.ceil().sub(1) : lower;
  if (below === undefined) return logTail('truncated', base, 'lower', upper!);
  const aboveLower = logTail('truncated', base, 'upper', below);
  if (upper === undefined) return aboveLower;
  const [f, g] = [logTail('truncated', base, 'lower', upper), logTail('truncated', base, 'lower', below)];
  const beyond = logTail('truncated', base, 'upper', upper);
  return where(aboveLower.lt(f), aboveLower.add(log1mExp(beyond.sub(aboveLower))), f.add(log1mExp(g.sub(f))));
}

/** Whether a bound leaves something out: a known lower one at or below the family's own leaves nothing. */
function matters(base: FamilyDistribution, side: 'lower' | 'upper', bound: Expr): boolean {
  const own = base.support[side] && knownValues(base.support[side])?.[0];
  const values = knownValues(bound);
  if (values?.every((v) => v === (side === 'lower' ? -Infinity : Infinity))) return false;
  if (own === undefined || values === undefined) return true;
  return values.some((v) => (side === 'lower' ? v > own : v < own));
}

/** Functions of numbers between `a` and `b`. */
function between(base: FamilyDistribution, p: Readonly<Record<string, number>>) {
  const { cdf, upperCdf } = tailsOf('truncated', base);
  const isWhole = base.kind === 'int';
  const a = p[LOWER] ?? -Infinity;
  const b = p[UPPER] ?? Infinity;
  const below = isWhole ? Math.ceil(a) - 1 : a;
  const [fa, sa] = a === -Infinity ? [0, 1] : [cdf(below, p), upperCdf(below, p)];
  const [fb, sb] = b === Infinity ? [1, 0] : [cdf(b, p), upperCdf(b, p)];
  const byUpper = sa < fb;
  const mass = byUpper ? sa - sb : fb - fa;
  return {
    a,
    b,
    mass,
    start: fa,
    byUpper,
    cdf(x: number): number {
      if (Number.isNaN(x)) return x;
      if (x < a) return 0;
      return x >= b ? 1 : (byUpper ? sa - upperCdf(x, p) : cdf(x, p) - fa) / mass;
    },
    upperCdf(x: number): number {
      if (Number.isNaN(x)) return x;
      if (x < a) return 1;
      return x >= b ? 0 : (byUpper ? upperCdf(x, p) - sb : fb - cdf(x, p)) / mass;
    },
  };
}

function quantile(base: FamilyDistribution, u: number, p: Readonly<Record<string, number>>): number {
  const part = between(base, p);
  const { a, b, mass, start, byUpper } = part;
  if (!(mass > 0)) return Number.NaN; // so far out that doubles tell no two points apart
  const direct = base.family.quantile;
  const clamp = (x: number): number => Math.min(Math.max(x, base.kind === 'int' ? Math.ceil(a) : a), b);
  if (base.kind === 'int') {
    let k = clamp(direct?.(Math.min(start + u * mass, 1), p) ?? a);
    while (k > a && part.cdf(k - 1) >= u) k -= 1; // rounding may put it one off
    while (k < b && part.cdf(k) < u) k += 1;
    return k;
  }
  if (direct !== undefined && (!byUpper || mass > 1e-3)) return clamp(direct(start + u * mass, p));
  const from = Number.isFinite(a) ? a : Number.isFinite(b) ? b : 0;
  const scale = Number.isFinite(b - a) ? b - a : 1e-3 * (1 + Math.abs(from));
  return continuousQuantile(u, { cdf: part.cdf, upperCdf: part.upperCdf, start: from, scale, lower: a, upper: b });
}

function familyOf(base: FamilyDistribution, given: readonly string[]): Family {
  const { family } = base;
  tailsOf('truncated', base); // refuses what has no distribution function
  const pick = (p: Readonly<Record<string, Expr>>, name: string, side: 'lower' | 'upper'): Expr | undefined =>
    p[name] !== undefined && matters(base, side, p[name]) ? p[name] : undefined;
  return {
    name: 'truncated',
    kind: family.kind,
    support: family.support,
    summary: `${family.summary}, truncated`,
    parameters: { ...family.parameters, ...Object.fromEntries(given.map((name) => [name, real])) },
    logDensity: (x, p) => {
      const [lower, upper] = [pick(p, LOWER, 'lower'), pick(p, UPPER, 'upper')];
      const density = family.logDensity(x, p);
      return lower === undefined && upper === undefined ? density : density.sub(logMass(base, lower, upper));
    },
    cdf: (x, p) => between(base, p).cdf(x),
    upperCdf: (x, p) => between(base, p).upperCdf(x),
    quantile: (u, p) => quantile(base, u, p),
    ...momentsBetween(base, NAMES, (p) => ({ ...between(base, p), quantile: (u) => quantile(base, u, p) })),
    sample: (stream, p) => {
      const { a, b, mass } = between(base, p);
      if (family.sample === undefined || !(mass > 0.2)) return quantile(base, stream.uniform(), p);
      for (;;) {
        const x = family.sample(stream, p);
        if ((x >= a && x <= b) || Number.isNaN(x)) return x;
      }
    },
    describe: (texts) => describeWithBounds('truncated', family, NAMES, texts),
  };
}

/**
 * A distribution restricted to lower ≤ x ≤ upper, its density divided by the probability of that. Unlike `.bounded`,
 * which leaves the density as it is, this matters where the distribution's parameters or the bounds are estimated.
 *
 * @param distribution of single numbers, with a distribution function: scalar or array
 * @param bounds `lower`, `upper` or both: numbers, arrays or expressions of other parameters. Discrete bounds belong to
 * the interval
 * @throws RangeError when known bounds are not in order; Error for a family without a distribution function, and where
 * it is known for numbers only and the parameters are not
 * @example model().data({ y: [0.3, 1.2] }).parameters({ mu: normal(0, 1) }).observe(({ mu }) => ({ y: truncated(normal(mu, 1), { lower: 0 }) }))
 */
export function truncated<S extends Shape, K extends Kind>(
  distribution: Distribution<S, K>,
  bounds: BoundArguments,
): Distribution<S, K> {
  const base = wrapped('truncated', distribution);
  const own = { names: NAMES, bounds, mayMeet: base.kind === 'int' };
  return seenAs(deriveWithBounds('truncated', base, own, familyOf));
}
