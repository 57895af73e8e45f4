/**
 * What holds for any model: random sets of parameters, of every kind of support and of several shapes.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beta,
  type Distribution,
  gamma,
  normal,
  ordered,
  positiveOrdered,
  simplex,
  uniform,
} from '#kernel/distributions/index';
import { compileModel, model } from '#kernel/model/index';
import type { AnyModel } from '#kernel/model/types';
import { key, Stream } from '#kernel/numeric/index';

type Parameter = () => Distribution<readonly number[], 'real'>;

const kinds: readonly Parameter[] = [
  () => normal(0, 1),
  () => normal(1, 2).size(2),
  () => normal(0, 1).size(2, 2),
  () => gamma(2, 1),
  () => beta(2, 2).size(2),
  () => normal(0, 1).bounded({ upper: 1 }),
  () => uniform(-1, 3).size(2),
  () => ordered(normal(0, 1).size(3)),
  () => ordered(normal(0, 1).size(2, 2)),
  () => positiveOrdered(normal(0, 3).size(2)),
];

/** A model of these parameters, told in stages of one, and of as many that are bounded by the one before. */
function modelOf(chosen: readonly number[]): AnyModel {
  return chosen.reduce<AnyModel>(
    (told, kind, i) => {
      const stage = told as unknown as { parameters(given: object): AnyModel };
      return stage.parameters({ [`p${i}`]: kinds[kind]!() });
    },
    model()
      .parameters({ first: normal(0, 1) })
      .parameters(({ first }) => ({ second: uniform(first, first.add(1)) })),
  );
}

const models = fc.array(fc.integer({ min: 0, max: kinds.length - 1 }), { maxLength: 4 }).map(modelOf);
const seed = fc.integer({ min: 0, max: 2 ** 31 });

/** log |det| of a square matrix, row-major. */
function logDeterminant(values: Float64Array, n: number): number {
  const a = Array.from({ length: n }, (_, i) => [...values.subarray(i * n, (i + 1) * n)]);
  let sum = 0;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[pivot]![k]!)) pivot = i;
    [a[k], a[pivot]] = [a[pivot]!, a[k]!];
    sum += Math.log(Math.abs(a[k]![k]!));
    for (let i = k + 1; i < n; i++) {
      const factor = a[i]![k]! / a[k]![k]!;
      for (let j = k; j < n; j++) a[i]![j]! -= factor * a[k]![j]!;
    }
  }
  return sum;
}

describe('any model', () => {
  it('comes back from its values', () => {
    fc.assert(
      fc.property(models, seed, (told, at) => {
        const compiled = compileModel(told);
        const position = compiled.initial(new Stream(key(at)));
        const values = compiled.constrain(position);
        expect(values).toHaveLength(compiled.names.length);
        expect(new Set(compiled.names).size).toBe(compiled.names.length);
        compiled.unconstrain(values).forEach((u, i) => void expect(u).toBeCloseTo(position[i]!, 9));
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('has the log determinant of its Jacobian matrix as Jacobian terms', () => {
    fc.assert(
      fc.property(models, seed, (told, at) => {
        const compiled = compileModel(told);
        const position = compiled.initial(new Stream(key(at)));
        const term = compiled.density({ likelihood: false, prior: false, jacobian: true }).value(position);
        expect(term).toBeCloseTo(logDeterminant(compiled.jacobian(position), compiled.dimension), 8);
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it('draws priors inside its support, where the log density is finite', () => {
    fc.assert(
      fc.property(models, seed, (told, at) => {
        const compiled = compileModel(told);
        const position = compiled.unconstrain(compiled.priorDraw(new Stream(key(at))));
        const density = compiled.density({ prior: true, jacobian: true });
        const gradient = new Float64Array(compiled.dimension);
        expect(density.valueAndGradient(position, gradient)).toSatisfy(Number.isFinite);
        expect([...gradient].every(Number.isFinite)).toBe(true);
        expect(compiled.terms(position).reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(
          density.value(position),
          8,
        );
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  it('is, on other data, the model told on those data', () => {
    const tell = (y: readonly number[], x: readonly number[]) =>
      model()
        .data({ y, x, N: y.length })
        .parameters({ a: normal(0, 1), s: gamma(2, 1) })
        .parameters(({ N, s }) => ({ each: normal(0, s).size(N) }))
        .derived(({ a, x, each }) => ({ line: each.add(a.mul(x)) }))
        .observe(({ line, s }) => ({ y: normal(line, s) }))
        .logDensity(({ each }) => each.sum().square().mul(-1));
    const rows = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 1,
      maxLength: 6,
    });
    const first = tell([1, 2, 3], [0, 1, 0]);
    fc.assert(
      fc.property(rows, seed, (pairs, at) => {
        const [y, x] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
        const [changed, fresh] = [compileModel(first.with({ y, x, N: y.length })), compileModel(tell(y, x))];
        expect(changed.names).toEqual(fresh.names);
        const position = fresh.initial(new Stream(key(at)));
        const options = { prior: true, jacobian: true };
        const [one, other] = [new Float64Array(fresh.dimension), new Float64Array(fresh.dimension)];
        expect(changed.density(options).valueAndGradient(position, one)).toBe(
          fresh.density(options).valueAndGradient(position, other),
        );
        expect(one).toEqual(other);
      }),
      { seed: 4, numRuns: 25 },
    );
  });
});

describe('a model with simplexes', () => {
  it('comes back from its values, one coordinate fewer a vector', () => {
    const compiled = compileModel(model().parameters({ one: simplex(4), rows: simplex(3).size(2) }));
    expect(compiled.dimension).toBe(3 + 4);
    fc.assert(
      fc.property(seed, (at) => {
        const position = compiled.initial(new Stream(key(at)));
        const values = compiled.constrain(position);
        const sum = (from: number, to: number) => values.subarray(from, to).reduce((total, p) => total + p, 0);
        for (const [from, to] of [
          [0, 4],
          [4, 7],
          [7, 10],
        ] as const)
          expect(sum(from, to)).toBeCloseTo(1, 14);
        compiled.unconstrain(values).forEach((u, i) => void expect(u).toBeCloseTo(position[i]!, 9));
      }),
      { seed: 5 },
    );
  });
});
