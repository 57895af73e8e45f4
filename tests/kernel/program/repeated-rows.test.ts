/**
 * Terms of equal rows of data, computed once: as on the plain path within 1e-12 of the sum of the absolute terms.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bernoulliLogit, normal, ordered, orderedLogistic, poissonLog } from '#kernel/distributions/index';
import { compileModel, model } from '#kernel/model/index';
import { key, Stream } from '#kernel/numeric/random';
import { nodeOf } from '#kernel/program/arguments';
import { compileLogDensity, Program } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { matmul, where } from '#kernel/program/functions';
import { generations } from '#kernel/program/generate/plan';
import { grad } from '#kernel/program/gradient';
import { topologicalOrder } from '#kernel/program/node';
import { countRepeatedRows } from '#kernel/program/optimise/repeated-rows';
import { tableOf } from '#kernel/program/optimise/rows';
import { sizeOf } from '#kernel/program/shape';
import type { Expr } from '#kernel/program/types';

const N = 120;
const stream = new Stream(key(7));
const whole = (levels: number, n = N) => Array.from({ length: n }, () => stream.integer(levels));
const position = variable('position', [6]);
const [a, b] = [position.at(0), position.at(1)];
const table = position.slice(2);
const [x, w] = [constant(Float64Array.from(whole(3))), constant(Float64Array.from(whole(2)))];
const codes = whole(4);
const z = constant(Float64Array.from({ length: N }, () => stream.normal()));

/** Densities, and how many elements the longest operation on what varies has left. */
const densities: Record<string, readonly [Expr, longest: number]> = {
  'data of few values': [a.add(b.mul(x)).softplus().sum(), 3],
  'data of few values and codes': [a.mul(x).add(table.at(codes)).tanh().sum(), 12],
  'two columns and codes': [x.mul(b).add(table.at(codes).mul(w)).exp().sum(), 24],
  'a scaled sum': [a.sub(x).square().sum().mul(b.exp()).neg(), 3],
  'a mean': [a.sub(x).square().mean(), 3],
  'one of two addends': [table.at(codes).exp().sub(z.mul(a).sin()).sum(), N],
  'a part inside a function': [table.at(codes).exp().mul(b).sub(z).square().neg().sum(), N],
  'a selection with an infinite branch': [
    where(w.gt(0), a.mul(x), constant(Number.NEGATIVE_INFINITY)).maximum(-30).sum(),
    6,
  ],
  'an outer shape': [table.at(codes).mul(x).reshape(10, 12).cos().sum(), 12],
};

/** Most elements of an operation, but for gathers. */
const longest = (node: ReturnType<typeof nodeOf>) =>
  Math.max(
    ...topologicalOrder([node])
      .filter(({ operation, inputs }) => inputs.length > 0 && operation !== 'gather')
      .map(({ shape }) => sizeOf(shape)),
  );

const at = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 6, maxLength: 6 });

describe('terms of equal rows of data', () => {
  it.each(Object.entries(densities))('%s: are computed once', (_, [value, left]) => {
    expect(longest(countRepeatedRows([nodeOf(value)])[0]!)).toBe(left);
  });

  it.each(Object.entries(densities))('%s: as on the plain path within 1e-12 of the terms', (_, [value]) => {
    const [counted, plain] = [true, false].map((repeatedRows) =>
      compileLogDensity({
        position,
        value,
        rewrites: { repeatedRows, leastSquares: false, logProducts: false, constantTerms: false, linearTerms: false },
      }),
    );
    fc.assert(
      fc.property(at, (list) => {
        const given = Float64Array.from(list);
        const [slopes, expected] = [new Float64Array(6), new Float64Array(6)];
        const found = counted!.valueAndGradient(given, slopes);
        const wanted = plain!.valueAndGradient(given, expected);
        const terms = N * 60 * Math.exp(3 * Math.max(1, ...list.map(Math.abs)));
        expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-12 * terms);
        expect(counted!.value(given)).toBe(found);
        slopes.forEach((slope, i) => {
          expect(Math.abs(slope - expected[i]!)).toBeLessThanOrEqual(1e-12 * terms);
        });
      }),
      { seed: 20261122, numRuns: 25 },
    );
  });

  it.each<[string, Expr]>([
    ['data that do not repeat', z.mul(a).exp().sum()],
    [
      'few data',
      a
        .sub(constant([1, 2, 1, 2, 1, 2]))
        .square()
        .sum(),
    ],
    ['nothing known', position.reshape(6, 1).add(position).exp().sum()],
    ['what is not element by element', constant(Float64Array.from(codes)).mul(a).cumsum().sum()],
    ['codes that are known only when it runs', table.at(variable('position', [6]).floor()).sum()],
  ])('%s: are left as they are', (_, value) => {
    expect(countRepeatedRows([nodeOf(value)])).toEqual([nodeOf(value)]);
  });

  it('0 and −0 are different rows, and NaN is one', () => {
    const numbers = Float64Array.from({ length: 64 }, (_, i) => [0, -0, Number.NaN, 2][i % 4]!);
    const made = tableOf(nodeOf(a.mul(0).add(constant(numbers)).reciprocal()))!;
    expect(Array.from(made.counts).reduce((sum, count) => sum + count)).toBe(64);
    const inner = topologicalOrder([made.values]).find(({ attributes }) => attributes.value?.length === 4)!;
    expect(new Set(Array.from(inner.attributes.value!, (v) => (Object.is(v, -0) ? '−0' : String(v)))).size).toBe(4);
  });

  it('pass −∞ and NaN on, of however few rows', () => {
    const value = a.mul(x.sub(1)).log().sum(); // log of a negative number, of 0 and of a positive one
    const density = compileLogDensity({ position, value });
    const plain = compileLogDensity({ position, value, rewrites: { repeatedRows: false } });
    for (const first of [1, -1, 0]) {
      const given = Float64Array.of(first, 0, 0, 0, 0, 0);
      expect(density.value(given)).toBe(plain.value(given));
    }
    const only = a.mul(x.add(1)).log().sum();
    const there = compileLogDensity({ position, value: only });
    expect(there.value(new Float64Array(6))).toBe(-Infinity);
  });

  it('are not looked for beyond a few thousand, however many data there are', () => {
    const rows = (count: number) => {
      const values = Float64Array.from({ length: 20_000 }, (_, i) => i % count);
      return tableOf(nodeOf(a.mul(constant(values)).exp()));
    };
    expect(rows(4096)!.values.shape).toEqual([4096]);
    expect(rows(4097)).toBeUndefined();
  });

  it('keep the names of values, for messages', () => {
    const named = { ...nodeOf(table.at(codes).exp()), name: 'rate' };
    expect(tableOf(named)!.values.name).toBe('rate');
  });

  it('have second derivatives', () => {
    const [value] = densities['data of few values and codes']!;
    const density = compileLogDensity({ position, value });
    const plain = compileLogDensity({ position, value, rewrites: { repeatedRows: false } });
    const [found, expected] = [new Float64Array(36), new Float64Array(36)];
    const given = Float64Array.of(0.4, -0.2, 0.1, 0.9, -1.1, 0.3);
    density.hessian!(given, found);
    plain.hessian!(given, expected);
    found.forEach((second, i) => {
      expect(Math.abs(second - expected[i]!)).toBeLessThan(1e-11);
    });
  });

  it('have the same bits on every back end', () => {
    const given = { position: Float64Array.of(0.4, -0.2, 0.1, 0.9, -1.1, 0.3) };
    for (const [value] of Object.values(densities)) {
      const { graph } = compileLogDensity({ position, value });
      const expected = new Program(graph!, 'interpreter').run(given);
      for (const backEnd of ['javascript', 'webassembly'] as const) {
        expect(new Program(graph!, backEnd).run(given)).toEqual(expected);
      }
    }
  });
});

describe('models of categories', () => {
  const n = 400;
  const told = (seed: number) => {
    const draws = new Stream(key(seed));
    const pick = (levels: number) => Array.from({ length: n }, () => draws.integer(levels));
    return {
      group: pick(5),
      treated: pick(2),
      yes: pick(2),
      count: pick(6),
      rating: pick(4),
      X: Array.from({ length: n }, () => [draws.normal(), draws.normal()]),
    };
  };
  const all = model()
    .data(told(1))
    .parameters({ g: normal(0, 1).size(5), t: normal(0, 1), beta: normal(0, 1).size(2) })
    .parameters({ cuts: ordered(normal(0, 2).size(3)) })
    .observe(({ g, t, group, treated, cuts, beta, X }) => ({
      yes: bernoulliLogit(g.at(group).add(t.mul(treated))),
      count: poissonLog(g.at(group)),
      rating: orderedLogistic(matmul(X, beta) as Expr, cuts as Expr),
    }));

  it('give the density and gradient of the plain path', () => {
    const compiled = compileModel(all);
    const options = { prior: true, jacobian: true };
    const density = compiled.density(options);
    const plain = compiled.density({ ...options, rewrites: { repeatedRows: false, linearTerms: false } });
    const given = Float64Array.from({ length: compiled.dimension }, (_, i) => Math.sin(i + 1));
    const [slopes, expected] = [new Float64Array(given.length), new Float64Array(given.length)];
    const found = density.valueAndGradient(given, slopes);
    const wanted = plain.valueAndGradient(given, expected);
    expect(Math.abs(found - wanted)).toBeLessThan(1e-12 * n * 10);
    slopes.forEach((slope, i) => {
      expect(Math.abs(slope - expected[i]!)).toBeLessThan(1e-12 * n * 10);
    });
  });

  it('have one exponential and one logarithm a category in an ordered-logit likelihood, beside those of its design', () => {
    const { graph } = compileModel(all).density({ prior: true, jacobian: true });
    const sizes = graph!.nodes.filter(({ operation }) => operation === 'expm1').map(({ shape }) => sizeOf(shape));
    expect(sizes).toEqual([4]); // one a category
  });

  it('run on other data on code that is there', () => {
    const density = (seed: number) => compileModel(all.with(told(seed))).density({ prior: true, jacobian: true });
    density(2);
    const before = generations();
    for (const seed of [3, 4, 5]) density(seed);
    const after = generations();
    expect({ generated: after.generated - before.generated, reused: after.reused - before.reused }).toEqual({
      generated: 0,
      reused: 3,
    });
  });

  it('of many different rows have tables of few sizes, so that data without a rare row have the same structure', () => {
    const rows = (count: number) => {
      const values = Float64Array.from({ length: 400 }, (_, i) => (i * 7) % count);
      return tableOf(nodeOf(a.mul(constant(values)).exp()))!;
    };
    for (const [count, size] of [
      [15, 15],
      [16, 16],
      [17, 24],
      [24, 24],
      [25, 32],
      [31, 32],
      [33, 48],
      [90, 96],
    ] as const) {
      const { values, counts, codes } = rows(count);
      expect(values.shape).toEqual([size]);
      const found = new Float64Array(size);
      for (const code of codes) found[code]!++;
      expect(found).toEqual(counts);
      expect(Math.min(...counts)).toBeGreaterThan(0);
    }
  });

  it('look parts up inside gradients asked for by hand, too', () => {
    const value = table.at(codes).exp().mul(z).sum();
    const [slope] = grad(value, [position]);
    expect(slope!.shape).toEqual([6]);
  });
});
