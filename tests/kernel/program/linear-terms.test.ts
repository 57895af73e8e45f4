/**
 * Data times what is linear in the parameters, added up once: as on the plain path within 1e-12 of the sum of the absolute
 * terms.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poissonLog } from '#kernel/distributions/index';
import { normal } from '#kernel/distributions/normal';
import { compileModel, model } from '#kernel/model/index';
import { nodeOf } from '#kernel/program/arguments';
import { compileLogDensity } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { matmul } from '#kernel/program/functions';
import { topologicalOrder } from '#kernel/program/node';
import { sumLinearTerms } from '#kernel/program/optimise/linear-terms';
import type { Expr } from '#kernel/program/types';

const N = 60;
const wave = (n: number, phase = 0) => Float64Array.from({ length: n }, (_, i) => Math.sin(1.3 * i + phase));
const position = variable('position', [4]);
const [a, b] = [position.at(0), position.at(1)];
const y = constant(Float64Array.from({ length: N }, (_, i) => (i * i) % 7));
const [x, offset] = [constant(wave(N, 1)), constant(wave(N, 2))];
const design = constant(wave(N * 4, 3)).reshape(N, 4);

/** Densities with a predictor that is linear in the parameters. */
const linear: Record<string, readonly [predictor: Expr, density: (eta: Expr) => Expr]> = {
  'a Poisson likelihood over a design': [matmul(design, position), (eta) => y.mul(eta).sub(eta.exp()).sum()],
  'an intercept, a slope and an offset': [a.add(b.mul(x)).add(offset), (eta) => eta.mul(y).sub(eta.exp()).sum()],
  'a factor of all': [a.add(b.mul(x)).mul(position.at(2)), (eta) => eta.mul(y).sub(eta.square()).sum()],
  'a logistic likelihood': [matmul(design, position), (eta) => y.gt(3).mul(eta).sub(eta.softplus()).sum()],
  'a mean': [matmul(design, position), (eta) => y.mul(eta).sub(eta.exp()).mean()],
  'a term that is taken away': [a.sub(b.mul(x)), (eta) => eta.exp().neg().sub(y.mul(eta)).sum().neg()],
  'nothing else': [matmul(design, position), (eta) => eta.mul(y).sum()],
};
const longProducts = (node: ReturnType<typeof nodeOf>) =>
  topologicalOrder([node]).filter(
    ({ operation, shape, inputs }) =>
      operation === 'mul' && shape[0] === N && inputs.some((input) => input === nodeOf(y)),
  ).length;

describe('data times what is linear', () => {
  it.each(Object.entries(linear))('%s: has no product with each datum left', (_, [eta, density]) => {
    const value = density(eta);
    expect(longProducts(sumLinearTerms([nodeOf(value)])[0]!)).toBe(0);
  });

  it.each(Object.entries(linear))('%s: as on the plain path within 1e-12 of the terms', (_, [eta, density]) => {
    const value = density(eta);
    const [summed, plain] = [true, false].map((linearTerms) =>
      compileLogDensity({ position, value, rewrites: { linearTerms, repeatedRows: false } }),
    );
    fc.assert(
      fc.property(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 }), (list) => {
        const at = Float64Array.from(list);
        const [slopes, expected] = [new Float64Array(4), new Float64Array(4)];
        const found = summed!.valueAndGradient(at, slopes);
        const wanted = plain!.valueAndGradient(at, expected);
        const terms = N * 10 * Math.exp(8);
        expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-12 * terms);
        expect(summed!.value(at)).toBe(found);
        slopes.forEach((slope, i) => {
          expect(Math.abs(slope - expected[i]!)).toBeLessThanOrEqual(1e-12 * terms);
        });
      }),
      { seed: 20261122, numRuns: 25 },
    );
  });

  it.each<[string, Expr]>([
    [
      'data that are not finite',
      constant(wave(N).fill(Infinity, 2, 3))
        .mul(a.add(b.mul(x)))
        .sum(),
    ],
    ['what is not linear', y.mul(a.add(b.mul(x)).exp()).sum()],
    [
      'a short sum',
      constant([1, 2, 3])
        .mul(a.add(b.mul(constant([4, 5, 6]))))
        .sum(),
    ],
    [
      'a sum along one dimension',
      y
        .reshape(6, 10)
        .mul(a.add(b.mul(x.reshape(6, 10))))
        .sum(0),
    ],
    [
      'a product inside a function',
      y
        .mul(a.add(b.mul(x)))
        .exp()
        .sum(),
    ],
  ])('%s: is left as it is', (_, value) => {
    expect(sumLinearTerms([nodeOf(value)])).toEqual([nodeOf(value)]);
  });

  it('in a Poisson model the gradient at the origin is that of its counts', () => {
    const rows = Array.from({ length: N }, (_, i) => [1, Math.sin(i), Math.cos(2 * i)]);
    const counts = rows.map((_, i) => (3 * i) % 5);
    const told = model()
      .data({ X: rows, counts })
      .parameters({ beta: normal(0, 1).size(3) })
      .observe(({ X, beta }) => ({ counts: poissonLog(matmul(X, beta) as Expr) }));
    const compiled = compileModel(told);
    const slopes = new Float64Array(3);
    compiled.density({ prior: false, jacobian: false }).valueAndGradient(new Float64Array(3), slopes);
    for (let j = 0; j < 3; j++) {
      const expected = counts.reduce((sum, k, i) => sum + (k - 1) * rows[i]![j]!, 0);
      expect(Math.abs(slopes[j]! - expected)).toBeLessThan(1e-11);
    }
  });
});
