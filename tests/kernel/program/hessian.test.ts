/**
 * Second derivatives: the gradient of a gradient, against closed forms.
 */
import { describe, expect, it } from 'vitest';
import { compile } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { logMix, matmul, scan } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { cholesky, diagonal, triangularSolve } from '#kernel/program/matrices';
import type { Expr } from '#kernel/program/types';

/** The Hessian, row by row. // (d, d) */
function hessian(f: (x: Expr<[number]>) => Expr, at: readonly number[]): number[][] {
  const x = variable('x', [at.length]);
  const [slopes] = grad(f(x), [x]);
  const outputs = at.map((_, i) => grad(slopes!.at(i), [x])[0]!);
  return compile({ inputs: [{ name: 'x', shape: [at.length] }], outputs })
    .run({ x: Float64Array.from(at) })
    .map((row) => Array.from(row));
}

function expectClose(
  found: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
  tolerance = 1e-12,
): void {
  expected.forEach((row, i) => {
    row.forEach((value, j) => {
      expect(Math.abs(found[i]![j]! - value), `[${i}, ${j}]`).toBeLessThan(tolerance * (1 + Math.abs(value)));
    });
  });
}

describe('Hessians', () => {
  it('of Rosenbrock’s valley', () => {
    const f = (x: Expr) =>
      x
        .at(0)
        .neg()
        .add(1)
        .square()
        .add(x.at(1).sub(x.at(0).square()).square().mul(100));
    const [a, b] = [-0.7, 1.4];
    expectClose(hessian(f, [a, b]), [
      [2 - 400 * (b - 3 * a * a), -400 * a],
      [-400 * a, 200],
    ]);
  });
  it('of a normal sample in its mean and log scale: the observed information', () => {
    const y = [0.2, 1.9, -0.5, 3.1, 0.7];
    const [mu, s] = [0.9, 0.3];
    const f = (x: Expr) => constant(y).sub(x.at(0)).div(x.at(1).exp()).square().mul(-0.5).sub(x.at(1)).sum();
    const v = Math.exp(2 * s);
    const residual = y.reduce((t, yi) => t + yi - mu, 0);
    const squares = y.reduce((t, yi) => t + (yi - mu) ** 2, 0);
    expectClose(hessian(f, [mu, s]), [
      [-5 / v, (-2 * residual) / v],
      [(-2 * residual) / v, (-2 * squares) / v],
    ]);
  });
  it('of a logistic likelihood: −Xᵀ W X', () => {
    const design = Array.from({ length: 30 }, (_, i) => [1, Math.sin(i), Math.cos(2 * i)]);
    const y = design.map((_, i) => i % 2);
    const beta = [0.3, -1.1, 0.6];
    const f = (x: Expr) => {
      const eta = matmul(design, x);
      return eta.mul(y).sub(eta.softplus()).sum();
    };
    const expected = beta.map((_, j) =>
      beta.map((_, k) =>
        design.reduce((total, row) => {
          const p = 1 / (1 + Math.exp(-row.reduce((t, v, q) => t + v * beta[q]!, 0)));
          return total - p * (1 - p) * row[j]! * row[k]!;
        }, 0),
      ),
    );
    expectClose(hessian(f, beta), expected);
  });
  it('of ½ xᵀ A⁻¹ x through a factor: A⁻¹', () => {
    const a = [
      [2, 0.5],
      [0.5, 1],
    ];
    const f = (x: Expr) => triangularSolve(cholesky(a), x).square().sum().mul(0.5);
    expectClose(hessian(f, [0.3, 0.4]), [
      [1 / 1.75, -0.5 / 1.75],
      [-0.5 / 1.75, 2 / 1.75],
    ]);
  });
  it('of log |A| in the diagonal of A: −(A⁻¹)²', () => {
    const f = (x: Expr) => {
      const a = x
        .reshape(2, 1)
        .mul([
          [1, 0],
          [0, 1],
        ])
        .add([
          [0, 0.5],
          [0.5, 0],
        ]);
      return diagonal(cholesky(a)).log().sum().mul(2);
    };
    const det = 2 * 1 - 0.25;
    const inverse = [
      [1 / det, -0.5 / det],
      [-0.5 / det, 2 / det],
    ];
    expectClose(
      hessian(f, [2, 1]),
      inverse.map((row) => row.map((v) => -v * v)),
    );
  });
  it('of a recurrence: a geometric sum', () => {
    // s_t = a s_{t−1} + 1 from 0: s_4 = 1 + a + a² + a³
    const f = (x: Expr) => scan((s: Expr, one: Expr) => s.mul(x.at(0)).add(one), 0, [1, 1, 1, 1]).at(-1);
    expectClose(hessian(f, [0.8]), [[2 + 6 * 0.8]]);
  });
  it('of a mixture is symmetric, and follows differences of the gradient', () => {
    const y = constant(Float64Array.from({ length: 25 }, (_, i) => 3 * Math.sin(i)));
    const f = (x: Expr) => {
      const part = (mean: Expr) => y.sub(mean).square().mul(-0.5);
      return logMix(x.at(2).sigmoid(), part(x.at(0)), part(x.at(1))).sum();
    };
    const at = [-1, 2, 0.3];
    const found = hessian(f, at);
    expectClose(
      found,
      found.map((row, i) => row.map((_, j) => found[j]![i]!)),
      1e-11,
    );
    const x = variable('x', [3]);
    const slopes = compile({ inputs: [{ name: 'x', shape: [3] }], outputs: grad(f(x), [x]) });
    const h = 1e-5;
    const rows = at.map((_, i) => {
      const moved = (sign: number) =>
        slopes.run({ x: Float64Array.from(at, (v, j) => (i === j ? v + sign * h : v)) })[0]!;
      const [up, down] = [moved(1), moved(-1)];
      return at.map((_, j) => (up[j]! - down[j]!) / (2 * h));
    });
    expectClose(found, rows, 1e-7);
  });
});
