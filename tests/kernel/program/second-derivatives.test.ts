/**
 * Hessian–vector products and Hessians: closed forms, differences of gradients, and what they cost.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, compileLogDensity } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { logMix, matmul, scan, where } from '#kernel/program/functions';
import { cholesky, choleskySolve, logDeterminant } from '#kernel/program/matrices';
import { hessian, hessianVectorProduct } from '#kernel/program/second-derivatives';
import type { Expr, LogDensity } from '#kernel/program/types';

fc.configureGlobal({ seed: 20261122 });

function densityOf(f: (x: Expr) => Expr, dimension: number): LogDensity {
  const position = variable('x', [dimension]);
  return compileLogDensity({ position, value: f(position) });
}

function hessianOf(density: LogDensity, at: readonly number[]): number[] {
  const result = new Float64Array(at.length ** 2).fill(Number.NaN);
  density.hessian!(Float64Array.from(at), result);
  return Array.from(result);
}

/** Central differences of the gradient. // (d, d), row-major */
function differences(density: LogDensity, at: readonly number[], h = 1e-5): number[] {
  const d = at.length;
  const columns = at.map((_, j) => {
    const [up, down] = [1, -1].map((sign) => {
      const gradient = new Float64Array(d);
      density.valueAndGradient(
        Float64Array.from(at, (x, i) => (i === j ? x + sign * h : x)),
        gradient,
      );
      return gradient;
    });
    return up!.map((x, i) => (x - down![i]!) / (2 * h));
  });
  return Array.from({ length: d * d }, (_, k) => columns[k % d]![Math.floor(k / d)]!);
}

function expectClose(found: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((x, i) => {
    expect(Math.abs(x - expected[i]!), `element ${i}`).toBeLessThan(tolerance * (1 + Math.abs(expected[i]!)));
  });
}

const y = Float64Array.from({ length: 40 }, (_, i) => Math.sin(3 * i) + 0.1 * i);
const design = Array.from({ length: 40 }, (_, i) => [1, Math.sin(i), Math.cos(2 * i)]);

/** Densities of every kind the compiler treats in its own way, with a point. */
const densities: readonly [string, (x: Expr) => Expr, readonly number[]][] = [
  ['a valley', (x) => x.at(1).sub(x.at(0).square()).square().mul(-100).sub(x.at(0).sub(1).square()), [-0.7, 1.4]],
  [
    'a linear model, reduced to its triangle',
    (x) =>
      constant(y)
        .sub(matmul(design, x.slice(0, 3)))
        .div(x.at(3).exp())
        .square()
        .sum()
        .mul(-0.5)
        .sub(x.at(3).mul(40)),
    [0.3, -0.2, 0.5, 0.1],
  ],
  [
    'a logistic likelihood',
    (x) => {
      const eta = matmul(design, x);
      return eta
        .mul(y.map((v) => (v > 1 ? 1 : 0)))
        .sub(eta.softplus())
        .sum();
    },
    [0.3, -1.1, 0.6],
  ],
  [
    'a mixture',
    (x) => {
      const part = (mean: Expr) => constant(y).sub(mean).square().mul(-0.5);
      return logMix(x.at(2).sigmoid(), part(x.at(0)), part(x.at(1))).sum();
    },
    [-1, 2, 0.3],
  ],
  [
    'a recurrence',
    (x) =>
      scan(
        (h: Expr, e: Expr) =>
          h
            .mul(x.at(0))
            .add(e.mul(x.at(1)))
            .tanh(),
        x.at(2),
        y,
      ).sum(),
    [0.5, 0.2, 0.1],
  ],
  [
    'a Gaussian process',
    (x) => {
      const time = constant(Float64Array.from({ length: 8 }, (_, i) => i / 2));
      const gap = time.reshape(8, 1).sub(time.reshape(1, 8));
      const covariance = gap
        .square()
        .div(x.at(0).exp().square())
        .mul(-0.5)
        .exp()
        .mul(x.at(1).exp())
        .add(diagonalOnes(8));
      const values = y.slice(0, 8);
      return choleskySolve(cholesky(covariance), values).dot(values).mul(-0.5).sub(logDeterminant(covariance).mul(0.5));
    },
    [0.2, -0.3],
  ],
  [
    'a lgamma',
    (x) =>
      x
        .exp()
        .lgamma()
        .sum()
        .add(x.at(0).mul(x.at(1)).sin()),
    [0.4, 1.2],
  ],
  [
    'a selection with a branch that would be NaN',
    (x) => where(x.gt(0), x.abs().log().mul(x), x.square()).sum(),
    [0.7, -0.4],
  ],
];

function diagonalOnes(n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 0.5 : 0)));
}

describe('the Hessian of a compiled log density', () => {
  for (const [name, f, at] of densities) {
    const density = densityOf(f, at.length);
    it(`${name}: follows differences of the gradient, exactly symmetric`, () => {
      const found = hessianOf(density, at);
      expectClose(found, differences(density, at), 2e-7);
      const d = at.length;
      found.forEach((x, k) => {
        expect(x).toBe(found[(k % d) * d + Math.floor(k / d)]!);
      });
    });
    it(`${name}: times a vector is its product with the vector`, () => {
      const d = at.length;
      const matrix = hessianOf(density, at);
      fc.assert(
        fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: d, maxLength: d }), (v) => {
          const result = new Float64Array(d);
          density.hessianVectorProduct!(Float64Array.from(at), Float64Array.from(v), result);
          const expected = at.map((_, i) => v.reduce((sum, x, j) => sum + matrix[i * d + j]! * x, 0));
          const scale = Math.max(...matrix.map(Math.abs)) * Math.max(1e-300, ...v.map(Math.abs));
          result.forEach((x, i) => {
            expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(1e-12 * d * scale);
          });
        }),
        { numRuns: 20 },
      );
    });
  }
  it('leaves value and gradient as they were: a product between them changes nothing', () => {
    const [, f, at] = densities[2]!;
    const density = densityOf(f, 3);
    const [before, after] = [new Float64Array(3), new Float64Array(3)];
    const first = density.valueAndGradient(Float64Array.from(at), before);
    hessianOf(density, [0, 0, 0]);
    expect(density.valueAndGradient(Float64Array.from(at), after)).toBe(first);
    expect(after).toEqual(before);
  });
  it('of a linear log density is 0', () => {
    expect(
      hessianOf(
        densityOf((x) => x.dot([1, 2]), 2),
        [3, 4],
      ),
    ).toEqual([0, 0, 0, 0]);
  });
  it('of a quadratic is its matrix, wherever', () => {
    const matrix = [
      [4, 1],
      [1, 3],
    ];
    const density = densityOf((x) => x.dot(matmul(matrix, x)).mul(0.5), 2);
    expect(hessianOf(density, [7, -2])).toEqual(matrix.flat());
  });
  it('refuses vectors of another length', () => {
    const density = densityOf((x) => x.square().sum(), 2);
    const run = (n: number, m: number) =>
      density.hessianVectorProduct!(new Float64Array(n), new Float64Array(m), new Float64Array(2));
    expect(() => run(2, 3)).toThrow(/expected a vector of 2 numbers, got 3/);
    expect(() => run(1, 2)).toThrow(/expected a position of 2 numbers, got 1/);
  });
});

describe('second derivatives as expressions', () => {
  const x = variable('x', [3]);
  const run = (output: Expr, at: readonly number[]) =>
    Array.from(
      compile({ inputs: [{ name: 'x', shape: [3] }], outputs: [output] }).run({ x: Float64Array.from(at) })[0]!,
    );
  const product = x.at(0).square().mul(x.at(1)).add(x.at(2).exp());
  it('the Hessian', () => {
    expectClose(run(hessian(product, x), [2, 3, 0.5]), [6, 4, 0, 4, 0, 0, 0, 0, Math.exp(0.5)], 1e-14);
  });
  it('a product with a vector, and with a matrix-shaped variable', () => {
    expectClose(run(hessianVectorProduct(product, x, [1, -1, 2]), [2, 3, 0.5]), [2, 4, 2 * Math.exp(0.5)], 1e-14);
    const m = variable('m', [1, 2]);
    const found = compile({
      inputs: [{ name: 'm', shape: [1, 2] }],
      outputs: [hessianVectorProduct(m.pow(3).sum(), m, [[1, 2]])],
    }).run({ m: Float64Array.of(5, 7) })[0]!;
    expectClose(Array.from(found), [30, 84], 1e-14);
  });
  it('say what does not fit', () => {
    expect(() => hessianVectorProduct(product, x, [1, 2])).toThrow(/the vector has shape \[2\] and the variable \[3\]/);
    expect(() => hessian(product, variable('m', [2, 2]))).toThrow(
      /expected a vector to differentiate by, got shape \[2, 2\]/,
    );
    expect(() => hessian(x, x)).toThrow(/grad: expected a scalar/);
  });
});
