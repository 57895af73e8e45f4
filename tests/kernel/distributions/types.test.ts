import { describe, expect, it } from 'vitest';
import {
  bernoulli,
  binomialLogit,
  categorical,
  type Distribution,
  dirichlet,
  flat,
  gaussianRandomWalk,
  halfCauchy,
  hurdle,
  lkjCholesky,
  mixture,
  normal,
  ordered,
  orderedLogistic,
  poisson,
  simplex,
  studentT,
  truncated,
  uniform,
} from '#kernel/distributions/index';
import { variable } from '#kernel/program/index';
import type { Expr, Shape } from '#kernel/program/types';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type ShapeOf<D> = D extends Distribution<infer S, 'real' | 'int'> ? S : never;
const same = <A, B>(_: Equal<A, B>): void => {};

declare const expressions: { readonly scalar: Expr<[]>; readonly eight: Expr<[8]>; readonly column: Expr<[number]> };

describe('the types of distributions', () => {
  it('know the shape that the arguments broadcast to', () => {
    const check = () => {
      same<ShapeOf<ReturnType<typeof normal<number, number>>>, []>(true);
      const { scalar, eight, column } = expressions;
      const d0 = normal(scalar, 1);
      same<ShapeOf<typeof d0>, []>(true);
      const d8 = normal(eight, scalar);
      same<ShapeOf<typeof d8>, [8]>(true);
      const dn = normal(scalar, [1, 2, 3]);
      same<ShapeOf<typeof dn>, [number]>(true);
      const dt = studentT(4, column, scalar);
      same<ShapeOf<typeof dt>, [number]>(true);
      const dm = normal(0, new Float64Array(3));
      same<ShapeOf<typeof dm>, [number]>(true);
    };
    expect(check).toBeTypeOf('function');
  });

  it('put the sizes of .size before the shape of the parameters', () => {
    const d8 = normal(0, 1).size(8);
    same<ShapeOf<typeof d8>, [8]>(true);
    const d32 = normal(0, 1).size(3, 2);
    same<ShapeOf<typeof d32>, [3, 2]>(true);
    expect(d32.shape satisfies [3, 2]).toEqual([3, 2]);
    const d42 = simplex(2).size(4);
    same<ShapeOf<typeof d42>, [4, 2]>(true);
    const check = () => {
      const known = normal(0, 1).size(expressions.scalar, 2);
      same<ShapeOf<typeof known>, [number, 2]>(true);
      const twice = normal(expressions.eight, 1).size(3);
      same<ShapeOf<typeof twice>, [3, 8]>(true);
      // @ts-expect-error a size is a number or a scalar expression
      normal(0, 1).size('3');
    };
    expect(check).toBeTypeOf('function');
  });

  it('tell discrete distributions from continuous ones', () => {
    const continuous = (_: Distribution<Shape, 'real'>): void => {};
    const any = (_: Distribution): void => {};
    continuous(normal(0, 1));
    continuous(normal(0, 1).size(8));
    continuous(halfCauchy(0, 5).bounded({ upper: 10 }));
    continuous(ordered(normal(0, 1).size(3)));
    continuous(flat());
    continuous(uniform([0, 0], 1));
    any(poisson(1));
    any(normal([1, 2], [3, 4]));
    // @ts-expect-error discrete
    continuous(poisson(1));
    // @ts-expect-error discrete
    continuous(bernoulli(0.5).size(3));
    // @ts-expect-error discrete
    continuous(binomialLogit(10, [0, 1]));
    // @ts-expect-error a discrete vector is not ordered as a parameter; it throws as well
    expect(() => ordered(poisson(1).size(3))).toThrow(/expected a continuous distribution/);
  });

  it('refuse arguments that are no numbers, and missing ones', () => {
    // @ts-expect-error text
    expect(() => normal('0', 1)).toThrow(/normal: mean: expected a number/);
    // @ts-expect-error missing
    expect(() => normal(0)).toThrow(/expected 2 arguments \(mean, sd\), got 1/);
    // @ts-expect-error one too many
    expect(() => flat(1)).not.toThrow();
  });

  it('know vectors, matrices, and what distributions are made of', () => {
    const d4 = lkjCholesky(4, 2);
    same<ShapeOf<typeof d4>, [4, 4]>(true);
    const walk = gaussianRandomWalk(0, 1, 20);
    same<ShapeOf<typeof walk>, [20]>(true);
    const shares = dirichlet([1, 2, 3]);
    same<ShapeOf<typeof shares>, [number]>(true);
    const code = categorical([0.5, 0.5]);
    same<ShapeOf<typeof code>, []>(true);
    const rows = categorical([
      [0.5, 0.5],
      [0.1, 0.9],
    ]);
    same<ShapeOf<typeof rows>, [number]>(true);
    const rating = orderedLogistic([1, 2], [0, 1]);
    same<ShapeOf<typeof rating>, [number]>(true);
    const positive = truncated(normal(0, 1).size(3), { lower: 0 });
    same<ShapeOf<typeof positive>, [3]>(true);
    const continuous = (_: Distribution<Shape, 'real'>): void => {};
    continuous(mixture([0.5, 0.5], [normal(0, 1), normal(1, 2)]));
    // @ts-expect-error discrete
    continuous(hurdle(0.2, poisson(1)));
    // @ts-expect-error discrete
    continuous(categorical([0.5, 0.5]));
    // @ts-expect-error a bound is a number, an array or an expression; it throws as well
    expect(() => truncated(normal(0, 1), { lower: '0' })).toThrow(/expected a number/);
    expect(shares.shape).toEqual([3]);
  });

  it('give a number for scalar distributions and an array for others', () => {
    const scalar: number = normal(0, 1).cdf(0);
    expect(scalar).toBe(0.5);
    const array: Float64Array = normal([0, 1], 1).mean();
    expect(array).toEqual(Float64Array.of(0, 1));
    expect(variable('x', [8]).shape satisfies readonly number[]).toEqual([8]);
  });
});
