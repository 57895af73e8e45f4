/**
 * The registry of families. A family is defined once, as metadata and functions; constructors, argument checks,
 * supports, documentation tables and tests are made from it.
 */
import type { Arg, Shape } from '../program/types.ts';
import { FamilyDistribution } from './distribution.ts';
import type { Distribution, Family, Kind, Parameters, SupportDescription } from './types.ts';

const families = new Map<string, Family>();

/** A family and the way to give it arguments. */
export interface Defined<P extends Parameters, K extends Kind> extends Family<P, K> {
  /**
   * The family with arguments, in the order of `parameters`. S is what the type checker knows of the shape.
   *
   * @throws RangeError for a known argument out of range, and for arguments whose lengths do not fit
   */
  of<S extends Shape = Shape>(...args: Arg[]): Distribution<S, K>;
}

/** What a family is defined by; bounds of the support may name parameters. */
export type Definition<P extends Parameters, K extends Kind> = Omit<Family<P, K>, 'support'> & {
  readonly support: SupportDescription<keyof P & string>;
};

/**
 * Define a family and enter it into the registry.
 *
 * @throws Error when a family of this name is there already
 */
export function defineDistribution<const P extends Parameters, const K extends Kind>(
  definition: Definition<P, K>,
): Defined<P, K> {
  if (families.has(definition.name)) {
    throw new Error(`defineDistribution: there is a family named '${definition.name}' already; choose another name`);
  }
  const family: Family<P, K> = definition;
  families.set(family.name, family as unknown as Family);
  return {
    ...family,
    of: <S extends Shape>(...args: Arg[]) =>
      FamilyDistribution.of(family as unknown as Family, args) as unknown as Distribution<S, K>,
  };
}

/** All families, in the order of their definition. */
export function registeredFamilies(): Family[] {
  return [...families.values()];
}

/** One row of the documentation table of distributions. */
export interface DistributionDescription {
  readonly name: string;
  readonly summary: string;
  readonly kind: Kind;
  readonly parameters: readonly { readonly name: string; readonly constraint: string }[];
  /** E.g. `[0, ∞)`, `(0, 1)`, `{0, …, trials}`. */
  readonly support: string;
  /** How to write it: `gamma(shape, rate)`. */
  readonly signature: string;
  readonly has: {
    readonly cdf: boolean;
    readonly quantile: boolean;
    readonly mean: boolean;
    readonly variance: boolean;
    readonly sample: boolean;
  };
}

function describeSupport({ support, structure }: Family): string {
  if (structure !== undefined && structure !== 'real') return structure;
  const { lower, upper, open = false, integer = false } = support;
  if (integer) {
    if (lower === 0 && upper === 1) return '{0, 1}';
    return `{${lower ?? '…'}, …${upper === undefined ? '' : `, ${upper}`}}`;
  }
  const from = lower === undefined ? '(−∞' : `${open ? '(' : '['}${lower}`;
  const to = upper === undefined ? '∞)' : `${upper}${open ? ')' : ']'}`;
  return `${from}, ${to}`;
}

/**
 * A row for each family: name, parameters and what they may be, support, kind, and what is there. Documentation
 * tables and completion are made from it.
 *
 * @example describeDistributions().map((row) => `${row.signature} on ${row.support}`)
 */
export function describeDistributions(): DistributionDescription[] {
  return registeredFamilies().map((family) => ({
    name: family.name,
    summary: family.summary,
    kind: family.kind,
    parameters: Object.entries(family.parameters).map(([name, constraint]) => ({ name, constraint: constraint.name })),
    support: describeSupport(family),
    signature: family.signature ?? `${family.name}(${Object.keys(family.parameters).join(', ')})`,
    has: {
      cdf: (family.cdf ?? family.tailsEvent) !== undefined,
      quantile: (family.quantile ?? family.quantileEvent) !== undefined,
      mean: (family.mean ?? family.meanEvent) !== undefined,
      variance: (family.variance ?? family.varianceEvent) !== undefined,
      sample: family.sample !== undefined || family.sampleEvent !== undefined,
    },
  }));
}
