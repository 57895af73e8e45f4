import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeOf } from '#kernel/program/arguments';
import { compileLogDensity } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { matmul, where } from '#kernel/program/functions';
import { topologicalOrder } from '#kernel/program/node';
import { hoistConstantTerms } from '#kernel/program/optimise/constant-terms';
import type { Expr } from '#kernel/program/types';

const wave = (n: number, phase = 0) => Float64Array.from({ length: n }, (_, i) => Math.sin(1.3 * i + phase) + 0.1);
const N = 50;
const position = variable('position', [3]);
const [a, b, s] = [0, 1, 2].map((i) => position.at(i));
const [y, known, factorials] = [0, 1, 2].map((phase) => constant(wave(N, phase)));
const mean = a!.add(b!.mul(y!));

const densities: Record<string, Expr> = {
  'a Poisson likelihood with its factorials': y!.mul(mean).sub(mean.exp()).sub(factorials!).sum(),
  'known scales': y!.sub(mean).div(known!).square().mul(-0.5).sub(known!.abs().log()).sum(),
  'constants on both sides': known!.sub(mean.tanh()).add(factorials!.sub(mean)).sum(),
  'a negative whole': known!.sub(mean.exp()).neg().sum().mul(s!),
  'a product by a design': matmul(constant(wave(N * 3)).reshape(N, 3), position)
    .tanh()
    .add(factorials!)
    .sum(),
  'a scaled sum': mean.square().sub(known!).mul(s!).sum(),
};
const longest = (value: Expr, operation: string) =>
  topologicalOrder(hoistConstantTerms([nodeOf(value)])).filter(
    (node) => node.operation === operation && node.inputs.some((x) => x.operation === 'constant' && x.shape[0] === N),
  ).length;

describe('constant terms of a sum', () => {
  it.each(Object.entries(densities))('%s: no constant is added or divided by for each datum', (_, value) => {
    expect(['add', 'sub', 'div'].map((operation) => longest(value, operation))).toEqual([0, longest(value, 'sub'), 0]);
    // What is subtracted from a constant inside a function stays.
    expect(longest(value, 'sub')).toBeLessThanOrEqual(1);
  });
  it.each(Object.entries(densities))('%s: as on the plain path within 1e-12 of the terms', (_, value) => {
    const [hoisted, plain] = [true, false].map((constantTerms) =>
      compileLogDensity({ position, value, rewrites: { constantTerms, leastSquares: false } }),
    );
    fc.assert(
      fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 }), (list) => {
        const at = Float64Array.from(list);
        const [slopes, expected] = [new Float64Array(3), new Float64Array(3)];
        const [found, wanted] = [hoisted!.valueAndGradient(at, slopes), plain!.valueAndGradient(at, expected)];
        const largest = Math.max(...wave(N, 1).map((x) => 1 / Math.abs(x)));
        const terms = N * 100 * Math.exp(2 * Math.max(...list.map(Math.abs))) * largest ** 2;
        expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-12 * terms);
        expect(hoisted!.value(at)).toBe(found);
        slopes.forEach((slope, i) => {
          expect(Math.abs(slope - expected[i]!)).toBeLessThanOrEqual(1e-12 * terms);
        });
      }),
      { seed: 20261122, numRuns: 30 },
    );
  });
  it.each([
    ['one that is not finite, which the plain path names', mean.sub(constant(wave(N).fill(-Infinity, 3, 4))).sum()],
    ['one inside a function', mean.add(known!).exp().sum()],
    [
      'one that is repeated along another',
      mean
        .reshape(5, 10)
        .add(constant(wave(10)))
        .sum(),
    ],
    ['a choice', where(mean.gt(0), known!, mean).sum()],
    [
      'a sum along one dimension',
      mean
        .reshape(5, 10)
        .add(constant(wave(N)).reshape(5, 10))
        .sum(0),
    ],
    ['division by a constant that has no inverse', mean.div(constant(wave(N).fill(0, 4, 5))).sum()],
    ['division by a constant whose inverse overflows', mean.div(constant(wave(N).fill(1e-310, 4, 5))).sum()],
  ])('%s: is left as it is', (_, value) => {
    expect(hoistConstantTerms([nodeOf(value)])).toEqual([nodeOf(value)]);
  });
  it('keeps the names of values, for messages', () => {
    const named = { ...nodeOf(mean.div(known!).exp()), name: 'rate' };
    const [moved] = hoistConstantTerms([named]);
    expect(moved!.operation).toBe('exp');
    expect(moved!.name).toBe('rate');
  });
});
