/** What the families made of other distributions share: truncated, censored, zero-inflated, hurdle, mixture. */
import { log } from '../numeric/elementary.ts';
import { asExpression, constant } from '../program/index.ts';
import type { Arg, Expr } from '../program/types.ts';
import type { Bound } from './bounds.ts';
import { FamilyDistribution } from './distribution.ts';
import { knownValues, ofKnown } from './known.ts';
import { momentOf } from './tail-moments.ts';
import type { BoundArguments, Distribution, Family, Kind } from './types.ts';

type Values = Readonly<Record<string, number>>;

/**
 * The distribution as it is implemented.
 *
 * @throws TypeError for anything but a distribution of single numbers, of this kind where one is asked for; RangeError
 * when it is restricted already
 */
export function wrapped(name: string, distribution: unknown, kind?: Kind): FamilyDistribution {
  if (!(distribution instanceof FamilyDistribution) || distribution.family.sampleEvent !== undefined) {
    throw new TypeError(
      `${name}: expected a distribution of single numbers, e.g. ${name === 'hurdle' || name === 'zeroInflated' ? 'poisson(3)' : 'normal(0, 1)'}`,
    );
  }
  if (kind !== undefined && distribution.kind !== kind) {
    throw new TypeError(
      `${name}: expected a ${kind === 'int' ? 'discrete' : 'continuous'} distribution, got ${distribution.family.name}`,
    );
  }
  if (!distribution.isPlain) {
    throw new RangeError(`${name}: the distribution is bounded or ordered already; give it as its family makes it`);
  }
  return distribution;
}

/** P(X ≤ x) and P(X > x). @throws Error when the family has no distribution function */
export function tailsOf(
  name: string,
  { family }: FamilyDistribution,
): { cdf(x: number, p: Values): number; upperCdf(x: number, p: Values): number } {
  const { cdf, upperCdf } = family;
  if (cdf === undefined)
    throw new Error(`${name}: ${family.name} has no distribution function; use a family that has one`);
  return {
    cdf: (x, p) => cdf(x, p),
    upperCdf: (x, p) => upperCdf?.(x, p) ?? 1 - cdf(x, p),
  };
}

/**
 * log P(X ≤ x) or log P(X > x) as an expression: by the family's own formula, or computed now where all is known.
 *
 * @throws Error where neither is there, saying what to do
 */
export function logTail(name: string, base: FamilyDistribution, side: 'lower' | 'upper', x: Expr): Expr {
  const { family } = base;
  const parameters = base.parameters as unknown as Record<string, Expr>;
  const names = Object.keys(parameters);
  const { cdf, upperCdf } = tailsOf(name, base);
  const known = ofKnown(
    (at, ...values) => {
      const p = Object.fromEntries(names.map((each, i) => [each, values[i]!]));
      if (side === 'upper') return log(upperCdf(at!, p));
      return family.logCdf ? family.logCdf(at!, p) : log(cdf(at!, p));
    },
    x,
    ...Object.values(parameters),
  );
  const traced = side === 'lower' ? family.tracedLogCdf : family.tracedLogUpperCdf;
  // A probability below the smallest double has a logarithm still, which some families' expressions know.
  const underflows = known !== undefined && knownValues(known)?.includes(-Infinity);
  if (known !== undefined && !(underflows && traced)) return known;
  if (traced === undefined) {
    throw new Error(
      `${name}: the distribution function of ${family.name} is known for numbers only; give its parameters and the bounds as data, or use another family`,
    );
  }
  return traced(x, parameters);
}

/** `poisson(rate)` of the base's part of the parameters' texts. */
export function describeBase(family: Family, texts: Readonly<Record<string, string>>): string {
  if (family.describe !== undefined) return family.describe(texts);
  return `${family.name}(${Object.keys(family.parameters)
    .map((name) => texts[name] ?? '…')
    .join(', ')})`;
}

/** Parameter names may not meet: wrapping twice in the same way is refused. */
export function refuseTwice(name: string, base: FamilyDistribution, added: readonly string[]): void {
  if (added.some((each) => Object.hasOwn(base.parameters, each))) {
    throw new RangeError(`${name}: the distribution is ${name} already; wrap it once`);
  }
}

/** The ends of the union of supports, where all components have a known one. */
export function unionOf(components: readonly FamilyDistribution[]): Bound[] {
  return (['lower', 'upper'] as const).flatMap((side) => {
    const values = components.map(({ support }) => support[side] && knownValues(support[side]));
    if (values.includes(undefined)) return [];
    const ends = values.flatMap((value) => Array.from(value!));
    const end = side === 'lower' ? Math.min(...ends) : Math.max(...ends);
    return [{ side, value: constant(end) as Expr, open: false, origin: 'family' as const }];
  });
}

/** The implementation seen as a distribution of the same type as the wrapped one. */
export const seenAs = <D extends Distribution>(distribution: FamilyDistribution): D => distribution as unknown as D;

/** What a wrapper calls its bounds among the parameters. */
export interface BoundNames {
  readonly lower: string;
  readonly upper: string;
}

/** `truncated(normal(mu, 1), { lower: 0 })`, from the texts of the parameters. */
export function describeWithBounds(
  name: string,
  family: Family,
  names: BoundNames,
  texts: Readonly<Record<string, string>>,
): string {
  const given = (['lower', 'upper'] as const).filter((side) => texts[names[side]]);
  const bounds = given.map((side) => `${side}: ${texts[names[side]]}`);
  return `${name}(${describeBase(family, texts)}, { ${bounds.join(', ')} })`;
}

/**
 * The distribution with the bounds as parameters of their own, which also restrict its support.
 *
 * @param mayMeet whether the lower bound may equal the upper one
 * @throws RangeError when known bounds are NaN or not in order
 */
export function deriveWithBounds(
  name: string,
  base: FamilyDistribution,
  { names, bounds, mayMeet }: { names: BoundNames; bounds: BoundArguments; mayMeet: boolean },
  familyOf: (base: FamilyDistribution, given: readonly string[]) => Family,
): FamilyDistribution {
  const added: Record<string, ReturnType<typeof asExpression>> = {};
  const restrictions: Bound[] = [];
  for (const side of ['lower', 'upper'] as const) {
    const bound = bounds[side];
    if (bound === undefined) continue;
    const value = asExpression(bound as Arg);
    if (knownValues(bound)?.some((v) => Number.isNaN(v))) {
      throw new RangeError(`${name}: ${side} is NaN; give a number, or leave the bound out`);
    }
    added[names[side]] = value;
    restrictions.push({ side, value: value as unknown as Expr, open: false, origin: 'family' });
  }
  refuseTwice(name, base, Object.keys(added));
  const result = base.derive(familyOf(base, Object.keys(added)), added, restrictions);
  const { lower, upper } = result.support;
  if (lower && upper && knownValues(mayMeet ? lower.le(upper) : lower.lt(upper))?.includes(0)) {
    throw new RangeError(`${name}: nothing lies between the bounds; the lower one must be below the upper one`);
  }
  return result;
}

/** An end of a family's support in numbers. */
function endOf({ family }: FamilyDistribution, side: 'lower' | 'upper', p: Values): number {
  const end = family.support[side] ?? (side === 'lower' ? -Infinity : Infinity);
  return typeof end === 'number' ? end : p[end]!;
}

/** Mean and variance of the base cut or capped at bounds, from its tails there. */
export function momentsBetween(
  base: FamilyDistribution,
  names: BoundNames,
  of: (p: Values) => { cdf(x: number): number; upperCdf(x: number): number; quantile(u: number): number },
): Required<Pick<Family, 'mean' | 'variance'>> {
  const isWhole = base.kind === 'int';
  const moment = (which: 'mean' | 'variance') => (p: Values) => {
    const part = of(p);
    const lower = Math.max(endOf(base, 'lower', p), p[names.lower] ?? -Infinity);
    const upper = Math.min(endOf(base, 'upper', p), p[names.upper] ?? Infinity);
    const [low, centre, high] = [0.25, 0.5, 0.75].map((u) => part.quantile(u)) as [number, number, number];
    const width = high - low;
    const scale = width > 0 ? width : Math.min(upper - centre, centre - lower, 1) || 1;
    const ends = isWhole ? { lower: Math.ceil(lower), upper: Math.floor(upper) } : { lower, upper };
    const spread = { isWhole, ...ends, cdf: part.cdf, upperCdf: part.upperCdf, centre, scale };
    return momentOf(which, spread, { mean: base.family.mean?.(p), variance: base.family.variance?.(p) });
  };
  return { mean: moment('mean'), variance: moment('variance') };
}
