/** What the families made of other distributions share: truncated, censored, zero-inflated, hurdle, mixture. */
import { log } from '../numeric/elementary.ts';
import type { Expr } from '../program/types.ts';
import { FamilyDistribution } from './distribution.ts';
import { ofKnown } from './known.ts';
import type { Distribution, Family, Kind } from './types.ts';

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
  if (known !== undefined) return known;
  const traced = side === 'lower' ? family.tracedLogCdf : family.tracedLogUpperCdf;
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

/** The implementation seen as a distribution of the same type as the wrapped one. */
export const seenAs = <D extends Distribution>(distribution: FamilyDistribution): D => distribution as unknown as D;
