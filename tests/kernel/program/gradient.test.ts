import { describe, expect, it } from 'vitest';
import { compile, compileLogDensity } from '#kernel/program/compile';
import { apply, variable } from '#kernel/program/expression';
import { concatenate, where } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { type OperationName, operations } from '#kernel/program/operations/registry';
import type { Expr } from '#kernel/program/types';
import { type Case, cases, withoutDerivative } from './cases.ts';
import { gradientError } from './differences.ts';

/** Against extrapolated differences: |derived − difference| ≤ 1e-7 (1 + |difference|). */
const TOLERANCE = 1e-7;

/** The position split into the operands of a case, and the point of the case. */
function operandsOf({ operands }: Case): { position: Expr<[number]>; parts: Expr[]; at: Float64Array } {
  const at = Float64Array.from(operands.flatMap(({ values }) => values));
  const position = variable('position', [at.length]);
  let start = 0;
  const parts = operands.map(({ shape, values }) => {
    const part = position.slice(start, start + values.length).reshape(...shape);
    start += values.length;
    return part;
  });
  return { position, parts, at };
}

/** A scalar in which every element counts differently. */
function weigh(x: Expr): Expr {
  return x.reshape(x.size).dot(Float64Array.from({ length: x.size }, (_, i) => 1 + 0.37 * i));
}

describe('the derivative of every operation', () => {
  for (const name of Object.keys(operations) as OperationName[]) {
    it(`${name} has cases, or no derivative`, () => {
      expect(cases[name].length > 0 || withoutDerivative.has(name)).toBe(true);
    });
    for (const each of cases[name]) {
      it(`${name}, ${each.label}: agrees with finite differences`, () => {
        const { position, parts, at } = operandsOf(each);
        const density = compileLogDensity({ position, value: weigh(each.build(...parts)) });
        expect(gradientError(density, at)).toBeLessThan(TOLERANCE);
      });
      if (!each.twice) continue;
      it(`${name}, ${each.label}: so does the derivative of its gradient`, () => {
        const { position, parts, at } = operandsOf(each);
        const slopes = grad(weigh(each.build(...parts)), [position]);
        const density = compileLogDensity({ position, value: weigh(slopes[0]!) });
        expect(gradientError(density, at)).toBeLessThan(10 * TOLERANCE);
      });
    }
  }
});

describe('gradients at edges', () => {
  const gradientAt = (f: (x: Expr<[number]>) => Expr, ...at: number[]): number[] => {
    const x = variable('x', [at.length]);
    const gradient = new Float64Array(at.length);
    compileLogDensity({ position: x, value: f(x).sum() }).valueAndGradient(Float64Array.from(at), gradient);
    return Array.from(gradient);
  };

  it('x⁰ has slope 0, also at 0', () => expect(gradientAt((x) => x.pow(0), 0, 2)).toEqual([0, 0]));
  it('x¹ has slope 1 at 0', () => expect(gradientAt((x) => x.pow(concatenate([[1]])), 0)).toEqual([1]));
  it('x² has slope 0 at 0', () => expect(gradientAt((x) => x.pow([2, 3]), 0, 0)).toEqual([0, 0]));
  it('0^b has slope 0 in b > 0, and in x for b > 1', () =>
    expect(gradientAt((x) => x.at(0).pow(x.at(1)), 0, 2.5)).toEqual([0, 0]));
  it('√x has slope ∞ at 0', () => expect(gradientAt((x) => x.sqrt(), 0)).toEqual([Infinity]));
  it('|x| has slope 0 at 0', () => expect(gradientAt((x) => x.abs(), 0)).toEqual([0]));
  it('tied extrema share', () => {
    expect(gradientAt((x) => x.max(), 3, 1, 3)).toEqual([0.5, 0, 0.5]);
    expect(gradientAt((x) => x.min(), 1, 1, 3, 1)).toEqual([1 / 3, 1 / 3, 0, 1 / 3]);
    expect(gradientAt((x) => x.at(0).maximum(x.at(1)), 2, 2)).toEqual([0.5, 0.5]);
    expect(gradientAt((x) => x.minimum(0), 0, -1, 1)).toEqual([0.5, 1, 0]);
  });
  it('log Σ exp of nothing but −∞ has slope 0', () =>
    expect([
      ...gradientAt((x) => x.add(-Infinity).logSumExp(), 0, 0),
      ...gradientAt((x) => x.sub(Infinity).logSumExp(), 1, 2, 3),
    ]).toEqual([0, 0, 0, 0, 0]));
  it('a product with zeros has the product of the others', () =>
    expect(gradientAt((x) => x.prod(), 0, 2, 3)).toEqual([6, 0, 0]));

  it('a branch not taken adds nothing, whatever its value and slope are', () => {
    const branches: ((x: Expr) => Expr)[] = [
      (x) => x.log(), // NaN below 0
      (x) => x.sqrt(), // slope ∞ at 0
      (x) => x.reciprocal().exp(), // ∞ at 0
      (x) => x.log().mul(x.sqrt()).add(x.pow(-1.5)),
      (x) => x.mul(Infinity).exp(),
      (x) => x.reshape(1, -1).logSumExp(0).log(),
      (x) => x.log().cumsum(),
    ];
    for (const branch of branches) {
      const slopes = gradientAt((x) => where(x.gt(0.5), branch(x), x.mul(3)), 0, -1);
      expect(slopes).toEqual([3, 3]);
    }
  });
  it('so also in the second derivative', () => {
    const x = variable('x', [2]);
    const [first] = grad(where(x.gt(0), x.log().mul(x.sqrt()), x.square()).sum(), [x]);
    const gradient = new Float64Array(2);
    compileLogDensity({ position: x, value: first!.sum() }).valueAndGradient(Float64Array.of(0, -3), gradient);
    expect(Array.from(gradient)).toEqual([2, 2]);
  });
  it('a clamped argument is not followed below the clamp', () =>
    expect(gradientAt((x) => x.maximum(1e-10).log(), -1, 2)).toEqual([0, 0.5]));
});

describe('grad', () => {
  it('gives 0 for what the expression does not depend on', () => {
    const x = variable('x', [3]);
    const y = variable('y', [2]);
    const [, dy] = grad(x.sum(), [x, y]);
    expect(dy!.shape).toEqual([2]);
  });
  it('differentiates by expressions inside the graph too', () => {
    const x = variable('x', [2]);
    const half = x.mul(0.5);
    const [slope] = grad(half.square().sum(), [half]);
    const gradient = new Float64Array(2);
    const density = compileLogDensity({ position: x, value: slope!.sum() });
    expect(density.valueAndGradient(Float64Array.of(3, 5), gradient)).toBe(8); // 2 · (1.5 + 2.5)
  });
  it('refuses what is not a scalar, with its shape', () => {
    const x = variable('x', [3]);
    expect(() => grad(x, [x])).toThrow(/expected a scalar, got shape \[3\]; sum it first/);
  });
  it('goes on past trigamma: polygamma of every order', () => {
    const x = variable('x', []);
    let fourth: Expr = x.lgamma();
    for (let order = 0; order < 4; order++) fourth = grad(fourth, [x])[0]!;
    // scipy 1.17.1: scipy.special.polygamma(3, 2.5)
    const found = compile({ inputs: [{ name: 'x', shape: [] }], outputs: [fourth] }).run({ x: Float64Array.of(2.5) });
    expect(Math.abs(found[0]![0]! - 0.2239058488172521)).toBeLessThan(1e-14);
  });
  it('says where derivatives of incomplete functions end', () => {
    const a = variable('a', []);
    const second = grad(grad(apply('gammaLower', [a, 2]), [a])[0]!, [a])[0]!;
    expect(() => grad(second, [a])).toThrow(/third derivative of an incomplete function.*take at most two/);
  });
});
