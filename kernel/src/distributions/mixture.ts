/** Mixtures of distributions: the component is summed out. */
import { asExpression, type Expression, logSumExp } from '../program/index.ts';
import type { Arg, Expr, Shape } from '../program/types.ts';
import { commonShape } from './arguments.ts';
import { satisfies, unitInterval } from './constraints.ts';
import { continuousQuantile } from './continuous-quantile.ts';
import { FamilyDistribution } from './distribution.ts';
import { sumComplaint } from './events.ts';
import { knownValues } from './known.ts';
import type { Distribution, Family, Kind } from './types.ts';
import { describeBase, seenAs, tailsOf, unionOf, wrapped } from './wrapping.ts';

type Values = Readonly<Record<string, number>>;

const weightName = (k: number): string => `weight ${k}`;
const prefixOf = (k: number): string => `${k}.`;

/** The parameters of component k, under the names of its family. */
function own<T>(component: FamilyDistribution, k: number, p: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.keys(component.parameters).map((name) => [name, p[prefixOf(k) + name]!]));
}

/** One weight a component, each a scalar of the batch. // (K,) or (…, K) */
function weightsOf(weights: Arg, count: number): Expression[] {
  const expression = asExpression(weights);
  const { shape } = expression;
  if (shape.at(-1) !== count) {
    throw new RangeError(`mixture: expected ${count} weights, one a component, got ${shape.at(-1) ?? 'a number'}`);
  }
  const values = knownValues(weights);
  if (values !== undefined) {
    const bad = values.find((v) => !satisfies(v, unitInterval));
    if (bad !== undefined) throw new RangeError(`mixture: weights must be between 0 and 1, got ${bad}`);
    for (let i = 0; i < values.length; i += count) {
      const complaint = sumComplaint('weights', values.subarray(i, i + count));
      if (complaint !== undefined) throw new RangeError(`mixture: ${complaint}`);
    }
  }
  const columns = expression.transpose() as Expr;
  return Array.from({ length: count }, (_, k) => asExpression(columns.at(k).transpose()));
}

/** Σ weight · f(component), of numbers. */
function sumOver(
  components: readonly FamilyDistribution[],
  p: Values,
  f: (component: FamilyDistribution, own: Values) => number,
): number {
  return components.reduce((sum, component, k) => {
    const weight = p[weightName(k)]!;
    return weight === 0 ? sum : sum + weight * f(component, own(component, k, p));
  }, 0);
}

function familyOf(components: readonly FamilyDistribution[]): Family {
  const { kind } = components[0]!;
  const all = <N extends 'cdf' | 'quantile' | 'mean' | 'variance' | 'sample'>(name: N): boolean =>
    components.every(({ family }) => family[name] !== undefined);
  const cdf = (x: number, p: Values): number => sumOver(components, p, (c, q) => c.family.cdf!(x, q));
  const upperCdf = (x: number, p: Values): number =>
    sumOver(components, p, (c, q) => tailsOf('mixture', c).upperCdf(x, q));
  const mean = (p: Values): number => sumOver(components, p, (c, q) => c.family.mean!(q));
  const quantile = (u: number, p: Values): number => {
    const each = components.flatMap((c, k) => (p[weightName(k)] === 0 ? [] : [c.family.quantile!(u, own(c, k, p))]));
    const [low, high] = [Math.min(...each), Math.max(...each)];
    if (low === high) return low;
    if (kind === 'real') {
      const tails = { cdf: (x: number) => cdf(x, p), upperCdf: (x: number) => upperCdf(x, p) };
      return continuousQuantile(u, { ...tails, start: low, scale: high - low, lower: low, upper: high });
    }
    let [below, above] = [low - 1, high]; // cdf(below) < u ≤ cdf(above)
    while (above - below > 1) {
      const middle = Math.floor((below + above) / 2);
      if (cdf(middle, p) >= u) above = middle;
      else below = middle;
    }
    return above;
  };
  const names = components.flatMap(({ family }, k) =>
    Object.entries(family.parameters).map(([name, constraint]) => [prefixOf(k) + name, constraint] as const),
  );
  return {
    name: 'mixture',
    summary: 'mixture of distributions',
    kind,
    support: components.every(({ family }) => family.support.integer) ? { integer: true } : {},
    parameters: {
      ...Object.fromEntries(components.map((_, k) => [weightName(k), unitInterval])),
      ...Object.fromEntries(names),
    },
    logDensity: (x, p) => {
      const terms = components.map((component, k) => p[weightName(k)]!.log().add(component.logDensity(x)));
      return logSumExp(terms[0]!, ...terms.slice(1));
    },
    ...(all('cdf') && { cdf, upperCdf }),
    ...(all('cdf') && all('quantile') && { quantile }),
    ...(all('mean') && { mean }),
    ...(all('mean') &&
      all('variance') && {
        variance: (p) => sumOver(components, p, (c, q) => c.family.variance!(q) + (c.family.mean!(q) - mean(p)) ** 2),
      }),
    ...(all('sample') && {
      sample: (stream, p) => {
        let rest = stream.uniform();
        let k = 0;
        for (; k < components.length - 1; k++) {
          rest -= p[weightName(k)]!;
          if (rest < 0) break;
        }
        return components[k]!.family.sample!(stream, own(components[k]!, k, p));
      },
    }),
    describe: (texts) => {
      const parts = components.map((c, k) => describeBase(c.family, own(c, k, texts)));
      return `mixture([${components.map((_, k) => texts[weightName(k)]).join(', ')}], [${parts.join(', ')}])`;
    },
  };
}

/**
 * Mixture: each value comes from one of the components, chosen with these weights; which one is summed out, so that no
 * discrete parameter is left.
 *
 * @param weights one a component, summing to 1, e.g. a parameter `simplex(2)`; or one row an element // (K,) or (…, K)
 * @param components K distributions of single numbers, all continuous or all discrete, whose shapes broadcast
 * @throws RangeError when known weights are out of range or not as many as components; TypeError for components that do
 * not go together
 * @example
 * const twoGroups = model()
 *   .data({ y: [-1.2, 0.3, 4.9, 5.2] })
 *   .parameters({ w: simplex(2), mu: ordered(normal(0, 5).size(2)) })
 *   .observe(({ w, mu }) => ({ y: mixture(w, [normal(mu.at(0), 1), normal(mu.at(1), 1)]) }));
 */
export function mixture<S extends Shape, K extends Kind>(
  weights: Arg,
  components: readonly Distribution<S, K>[],
): Distribution<S, K> {
  const parts = components.map((component) => wrapped('mixture', component));
  if (parts.length === 0) throw new RangeError('mixture: expected at least one component, got none');
  if (parts.some(({ kind }) => kind !== parts[0]!.kind)) {
    throw new TypeError('mixture: expected components that are all continuous or all discrete; mix one kind only');
  }
  const each = weightsOf(weights, parts.length);
  const parameters: Record<string, Expression> = {};
  each.forEach((weight, k) => {
    parameters[weightName(k)] = weight;
  });
  parts.forEach((part, k) => {
    for (const [name, value] of Object.entries(part.parameters)) parameters[prefixOf(k) + name] = value;
  });
  const shapes = parts.map((part, k) => [`component ${k}`, { shape: part.shape }] as const);
  const shape = commonShape('mixture', { ...parameters, ...Object.fromEntries(shapes) });
  const family = familyOf(parts);
  return seenAs(new FamilyDistribution({ family, parameters, shape, structure: 'real', bounds: unionOf(parts) }));
}
