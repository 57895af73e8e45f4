import { describe, expect, it } from 'vitest';
import type { Constraint } from '#kernel/distributions/constraints';
import * as d from '#kernel/distributions/index';
import { registeredFamilies } from '#kernel/distributions/registry';
import { compileLogDensity, concatenate, variable } from '#kernel/program/index';
import type { Arg, Expr, LogDensity } from '#kernel/program/types';
import { cases, isScalar } from './families.ts';

type Constructor = (...args: Arg[]) => d.Distribution;
const constructors = d as unknown as Readonly<Record<string, Constructor>>;

/** The log density at a position that holds the free arguments, then x when the family is continuous. */
function densityOf(name: string, values: readonly number[], free: readonly boolean[], x: number): LogDensity {
  const continuous = registeredFamilies().find((family) => family.name === name)!.kind === 'real';
  const dimension = free.filter(Boolean).length + (continuous ? 1 : 0);
  const position = variable('position', [dimension]);
  let next = 0;
  const args = values.map((value, i) => (free[i] ? position.at(next++) : value));
  const distribution = constructors[name]!(...args);
  return compileLogDensity({ position, value: distribution.logDensity(continuous ? position.at(next) : x) });
}

/** Fourth-order central difference, and the rounding error it may have. */
function difference(f: (x: number) => number, x: number, h: number): readonly [slope: number, rounding: number] {
  const [a, b, c, e] = [f(x - 2 * h), f(x - h), f(x + h), f(x + 2 * h)];
  const size = Math.max(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(e));
  return [(a - 8 * b + 8 * c - e) / (12 * h), (size * 2 ** -52) / h];
}

/** A step's natural unit for an argument; 0 at the edge of its range, where a difference would step outside. */
function unitOf(constraint: Constraint, value: number, spread: number): number {
  if (constraint.upper === 1) return Math.min(value, 1 - value);
  return constraint.lower === 0 ? value : spread;
}

const scalarFamilies = registeredFamilies().filter(({ name }) => isScalar(name));

describe.each(scalarFamilies.map((family) => [family.name, family] as const))('%s', (name, family) => {
  const [make, sets] = cases[name]!;

  it.each(sets.map((set) => [set.join(', '), set] as const))('(%s): slopes agree with differences', (_, set) => {
    const distribution = make(...(set as [number, number, number])) as d.Distribution<[]>;
    const constraints = Object.values(family.parameters);
    const continuous = family.kind === 'real';
    const improper = family.quantile === undefined;
    const spread = improper ? 1 : continuous ? distribution.quantile(0.6) - distribution.quantile(0.4) : 1;
    const units = set.map((value, i) => unitOf(constraints[i]!, value, spread));
    const free = constraints.map((constraint, i) => !constraint.integer && units[i]! > 0);
    for (const p of [0.1, 0.45, 0.9]) {
      const x = improper ? 10 * p : distribution.quantile(p);
      const density = densityOf(name, set, free, x);
      const position = Float64Array.from([...set.filter((_value, i) => free[i]), ...(continuous ? [x] : [])]);
      const steps = [...units.filter((_unit, i) => free[i]), ...(continuous ? [spread] : [])];
      const gradient = new Float64Array(position.length);
      const value = density.valueAndGradient(position, gradient);
      expect(value).toBe(density.value(position));
      expect(Number.isFinite(value)).toBe(true);
      steps.forEach((unit, i) => {
        const moved =
          continuous && i === steps.length - 1 ? 'x' : Object.keys(family.parameters).filter((_name, k) => free[k])[i];
        const lower = moved === 'x' || moved === family.support.lower ? edgeDistance(distribution, x) : Infinity;
        const h = Math.min(unit, lower) * 1e-3;
        const at = (v: number) => density.value(position.with(i, v));
        const [slope, rounding] = difference(at, position[i]!, h);
        // Terms that cancel round more than their sum (100 covers every family here), and the argument rounds too.
        const ofArgument = (Math.abs(slope * position[i]!) * 2 ** -50) / h;
        const ofTerms = (1e-9 * roundingOfTerms(name, set)) / h;
        const tolerance = 1e-7 * Math.abs(slope) + 100 * rounding + ofArgument + ofTerms;
        expect(Math.abs(gradient[i]! - slope), `argument ${i} at x = ${x}: ${gradient[i]} and ${slope}`).toBeLessThan(
          tolerance + 1e-12,
        );
      });
    }
  });
});

/** How far x may move before it leaves the support. */
function edgeDistance({ support }: d.Distribution, x: number): number {
  const edge = (bound: Expr | undefined) => {
    const value = (bound as unknown as { node?: { attributes: { value?: Float64Array } } })?.node?.attributes
      .value?.[0];
    return value === undefined ? Infinity : Math.abs(x - value) / 4;
  };
  return Math.min(edge(support.lower), edge(support.upper));
}

/** Families with large shape parameters lose digits of a difference to lgamma, in units of 1e-9. */
function roundingOfTerms(name: string, set: readonly number[]): number {
  if (name === 'gamma' || name === 'beta') return 1e-5 * Math.max(...set);
  if (name === 'poisson' || name === 'binomial') return 1e-5 * set[0]!;
  return 0;
}

describe('at the edge of the support', () => {
  const bounded = scalarFamilies.filter(
    ({ kind, support }) => kind === 'real' && (support.lower !== undefined || support.upper !== undefined),
  );
  /** A point below (or above) the support of the usual case, and one inside. */
  const outside = bounded.map((family): [string, Constructor, readonly number[], readonly [number, number]] => {
    const [make, [set]] = cases[family.name]!;
    const distribution = make(...(set as unknown as [number, number, number])) as d.Distribution<[]>;
    const beyond = family.support.lower === undefined ? distribution.quantile(1) + 1 : distribution.quantile(0) - 1;
    return [family.name, constructors[family.name]!, set!, [beyond, distribution.quantile(0.4)]];
  });
  it.each(outside)('%s: a point outside gives −∞ and adds nothing to the slopes', (_, make, args, [bad, good]) => {
    const slopes = (xs: readonly number[]) => {
      const position = variable('position', [args.length + xs.length]);
      const distribution = make(...args.map((_value, i) => position.at(i)));
      const x = concatenate(xs.map((_value, i) => position.slice(args.length + i, args.length + i + 1)));
      const density = compileLogDensity({ position, value: distribution.logDensity(x).sum() });
      const gradient = new Float64Array(args.length + xs.length);
      const value = density.valueAndGradient(Float64Array.from([...args, ...xs]), gradient);
      return { value, gradient: Array.from(gradient) };
    };
    const both = slopes([bad, good]);
    const alone = slopes([good]);
    expect(both.value).toBe(-Infinity);
    expect(Number.isFinite(alone.value)).toBe(true);
    const { length } = args;
    const expected = [...alone.gradient.slice(0, length), 0, ...alone.gradient.slice(length)];
    both.gradient.forEach((slope, i) => void expect(slope).toBeCloseTo(expected[i]!, 12));
  });

  it('bernoulli and binomial take certain outcomes without NaN', () => {
    const p = variable('p', [1]);
    const sure = compileLogDensity({ position: p, value: d.bernoulli(p.at(0)).logDensity([1, 1]).sum() });
    const gradient = new Float64Array(1);
    expect(sure.valueAndGradient(Float64Array.of(1), gradient)).toBeCloseTo(0, 15);
    expect(gradient[0]).toBe(2);
    const all = compileLogDensity({ position: p, value: d.binomial(5, p.at(0)).logDensity([5, 5]).sum() });
    expect(all.valueAndGradient(Float64Array.of(1), gradient)).toBeCloseTo(0, 15);
    expect(gradient[0]).toBe(10);
  });

  it('gamma with shape 1 has its slope in the shape where x is inside', () => {
    const shape = variable('shape', [1]);
    const density = compileLogDensity({ position: shape, value: d.gamma(shape.at(0), 1).logDensity(3) });
    const gradient = new Float64Array(1);
    density.valueAndGradient(Float64Array.of(1), gradient);
    expect(gradient[0]).toBeCloseTo(Math.log(3) + 0.5772156649015329, 13); // log x − ψ(1)
  });
});

it('the flat simplex has slope 0', () => {
  const x = variable('x', [3]);
  const density = compileLogDensity({ position: x, value: d.simplex(3).logDensity(x).sum() });
  const gradient = new Float64Array(3).fill(9);
  expect(density.valueAndGradient(Float64Array.of(0.2, 0.3, 0.5), gradient)).toBeCloseTo(Math.log(2), 15);
  expect(Array.from(gradient)).toEqual([0, 0, 0]);
});
