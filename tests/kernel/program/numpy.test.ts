/**
 * Broadcasting and array operations against NumPy.
 *
 * Figures: numpy 2.4.6, python -c "import numpy as np
 * a=np.arange(6.).reshape(2,3)+1; b=np.array([10.,20.,30.]); c=np.array([[1.],[2.]]); d=np.arange(8.).reshape(2,2,2)
 * s=np.array([[4.,2.,.6],[2.,5.,1.],[.6,1.,3.]])
 * for x in (EXPRESSION, …): print(np.asarray(x).shape, np.asarray(x).ravel().tolist())", the expressions being the
 * names of the tests.
 */
import { describe, expect, it } from 'vitest';
import { compile } from '#kernel/program/compile';
import { asExpression, constant, variable } from '#kernel/program/expression';
import { concatenate, outer, stack, transpose } from '#kernel/program/functions';
import { cholesky, diagonal, diagonalMatrix, logDeterminant } from '#kernel/program/matrices';
import type { Arg, Expr } from '#kernel/program/types';

const a = [
  [1, 2, 3],
  [4, 5, 6],
];
const b = [10, 20, 30];
const c = [[1], [2]];
const d = [0, 1, 2, 3, 4, 5, 6, 7]; // (2, 2, 2)
const s = [
  [4, 2, 0.6],
  [2, 5, 1],
  [0.6, 1, 3],
];

interface Row {
  readonly name: string;
  readonly build: (operands: { a: Expr; b: Expr; c: Expr; d: Expr; s: Expr }) => Expr;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

const rows: readonly Row[] = [
  { name: 'a + b', build: ({ a, b }) => a.add(b), shape: [2, 3], values: [11, 22, 33, 14, 25, 36] },
  { name: 'a * c', build: ({ a, c }) => a.mul(c), shape: [2, 3], values: [1, 2, 3, 8, 10, 12] },
  { name: 'b - c', build: ({ b, c }) => b.sub(c), shape: [2, 3], values: [9, 19, 29, 8, 18, 28] },
  { name: 'a / c', build: ({ a, c }) => a.div(c), shape: [2, 3], values: [1, 2, 3, 2, 2.5, 3] },
  { name: 'd + [1, 2]', build: ({ d }) => d.add([1, 2]), shape: [2, 2, 2], values: [1, 3, 3, 5, 5, 7, 7, 9] },
  {
    name: 'd * [[10], [100]]',
    build: ({ d }) => d.mul([[10], [100]]),
    shape: [2, 2, 2],
    values: [0, 10, 200, 300, 40, 50, 600, 700],
  },
  { name: 'a.sum(0)', build: ({ a }) => a.sum(0), shape: [3], values: [5, 7, 9] },
  { name: 'a.sum(1)', build: ({ a }) => a.sum(1), shape: [2], values: [6, 15] },
  { name: 'd.sum(-1)', build: ({ d }) => d.sum(-1), shape: [2, 2], values: [1, 5, 9, 13] },
  { name: 'd.sum(1)', build: ({ d }) => d.sum(1), shape: [2, 2], values: [2, 4, 10, 12] },
  { name: 'a.mean(0)', build: ({ a }) => a.mean(0), shape: [3], values: [2.5, 3.5, 4.5] },
  { name: 'a.max(1)', build: ({ a }) => a.max(1), shape: [2], values: [3, 6] },
  { name: 'd.min(0)', build: ({ d }) => d.min(0), shape: [2, 2], values: [0, 1, 2, 3] },
  { name: 'a @ b', build: ({ a, b }) => a.matmul(b), shape: [2], values: [140, 320] },
  { name: '[1, 2] @ a', build: ({ a }) => constant([1, 2]).matmul(a), shape: [3], values: [9, 12, 15] },
  { name: 'a @ a.T', build: ({ a }) => a.matmul(a.transpose()), shape: [2, 2], values: [14, 32, 32, 77] },
  { name: 'np.outer([1, 2], b)', build: ({ b }) => outer([1, 2], b), shape: [2, 3], values: [10, 20, 30, 20, 40, 60] },
  { name: 'a.T', build: ({ a }) => a.transpose(), shape: [3, 2], values: [1, 4, 2, 5, 3, 6] },
  {
    name: 'd.transpose(1, 2, 0)',
    build: ({ d }) => transpose(d, [1, 2, 0]),
    shape: [2, 2, 2],
    values: [0, 4, 1, 5, 2, 6, 3, 7],
  },
  { name: 'a[[1, 0, 1]]', build: ({ a }) => a.at([1, 0, 1]), shape: [3, 3], values: [4, 5, 6, 1, 2, 3, 4, 5, 6] },
  {
    name: 'b[[[0, 2], [1, -1]]]',
    build: ({ b }) =>
      b.at([
        [0, 2],
        [1, -1],
      ]),
    shape: [2, 2],
    values: [10, 30, 20, 30],
  },
  { name: 'a.cumsum(0)', build: ({ a }) => a.cumsum(), shape: [2, 3], values: [1, 2, 3, 5, 7, 9] },
  { name: 'a[-1]', build: ({ a }) => a.at(-1), shape: [3], values: [4, 5, 6] },
  { name: 'd[1:, :]', build: ({ d }) => d.slice(1), shape: [1, 2, 2], values: [4, 5, 6, 7] },
  {
    name: 'np.log(np.exp(a).sum(1))',
    build: ({ a }) => a.logSumExp(1),
    shape: [2],
    values: [3.40760596444438, 6.407605964444381],
  },
  {
    name: 'np.round([-2.5, -1.5, .5, 1.5, 2.5, 2.4])',
    build: ({ b }) => b.sum().mul(0).add([-2.5, -1.5, 0.5, 1.5, 2.5, 2.4]).round(),
    shape: [6],
    values: [-2, -2, 0, 2, 2, 2],
  },
  {
    name: 'np.linalg.cholesky(s)',
    build: ({ s }) => cholesky(s),
    shape: [3, 3],
    values: [2, 0, 0, 1, 2, 0, 0.3, 0.35, 1.6695807857064],
  },
  { name: 'np.linalg.slogdet(s)[1]', build: ({ s }) => logDeterminant(s), shape: [], values: [3.7977338590260183] },
  {
    name: 'np.concatenate([a, b[None]])',
    build: ({ a, b }) => concatenate([a, b.reshape(1, 3)]),
    shape: [3, 3],
    values: [1, 2, 3, 4, 5, 6, 10, 20, 30],
  },
  {
    name: 'np.stack([b, b * 2])',
    build: ({ b }) => stack([b, b.mul(2)]),
    shape: [2, 3],
    values: [10, 20, 30, 20, 40, 60],
  },
  { name: 'np.diag(b)', build: ({ b }) => diagonalMatrix(b), shape: [3, 3], values: [10, 0, 0, 0, 20, 0, 0, 0, 30] },
  { name: 'np.diag(s)', build: ({ s }) => diagonal(s), shape: [3], values: [4, 5, 3] },
];

function expectClose(found: Float64Array, values: readonly number[]): void {
  expect(found.length).toBe(values.length);
  values.forEach((value, i) => {
    expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(1e-14 * Math.max(1, Math.abs(value)));
  });
}

describe('array operations as NumPy has them', () => {
  const given: Record<string, { arg: Arg; flat: Float64Array; shape: number[] }> = {
    a: { arg: a, flat: Float64Array.from(a.flat()), shape: [2, 3] },
    b: { arg: b, flat: Float64Array.from(b), shape: [3] },
    c: { arg: c, flat: Float64Array.from(c.flat()), shape: [2, 1] },
    d: { arg: d, flat: Float64Array.from(d), shape: [2, 2, 2] },
    s: { arg: s, flat: Float64Array.from(s.flat()), shape: [3, 3] },
  };
  const names = Object.keys(given);
  for (const { name, build, shape, values } of rows) {
    it(`${name}, of inputs`, () => {
      const operands = Object.fromEntries(names.map((x) => [x, variable(x, given[x]!.shape)]));
      const output = build(operands as never);
      expect(output.shape).toEqual(shape);
      const program = compile({ inputs: names.map((x) => ({ name: x, shape: given[x]!.shape })), outputs: [output] });
      expectClose(program.run(Object.fromEntries(names.map((x) => [x, given[x]!.flat])))[0]!, values);
    });
    it(`${name}, of constants: computed while tracing`, () => {
      const operands = Object.fromEntries(
        names.map((x) => [x, asExpression(given[x]!.arg).reshape(...given[x]!.shape)]),
      );
      const { node } = asExpression(build(operands as never));
      expect(node.operation).toBe('constant');
      expectClose(node.attributes.value!, values);
    });
  }
});
