import { describe, expect, it } from 'vitest';
import { compile, Program } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { broadcastTo, concatenate, matmul, scan, stack } from '#kernel/program/functions';
import { generate } from '#kernel/program/generate/javascript';
import { grad } from '#kernel/program/gradient';
import { cholesky } from '#kernel/program/matrices';
import type { Expr } from '#kernel/program/types';

const N = 100;
const x = variable('x', [3]);
const y = constant(Float64Array.from({ length: N }, (_, i) => Math.sin(i)));
const at = Float64Array.of(0.3, -0.7, 1.2);

/** Value and gradient as generated code, checked against the interpreter's bits. @returns the code */
function codeOf(value: Expr): string {
  const program = compile({ inputs: [{ name: 'x', shape: [3] }], outputs: [value, ...grad(value, [x])] });
  expect(program.run({ x: at })).toEqual(new Program(program.graph, 'interpreter').run({ x: at }));
  return generate(program.graph).text;
}

const loops = (text: string) => text.match(/for \(/g)?.length ?? 0;
const calls = (text: string, prefix: string) => text.match(new RegExp(`\\b${prefix}\\d+\\(`, 'g'))?.length ?? 0;

describe('generated code', () => {
  it('touches each datum of a normal sample once, value and gradient together', () => {
    const z = y.sub(x.at(0)).div(x.at(1).exp());
    const text = codeOf(z.square().mul(-0.5).sub(x.at(1)).sum());
    expect(loops(text)).toBe(1);
  });
  it('takes a scalar out of every sum: the loop has no division and no call', () => {
    const z = y.sub(x.at(0)).div(x.at(1).exp());
    const text = codeOf(z.square().mul(-0.5).sub(x.at(1)).sum());
    const loop = text.slice(text.indexOf('for ('));
    expect(loop.slice(0, loop.indexOf('}'))).not.toMatch(/\/|f\d+\(/);
  });
  it('computes one exponential a datum for a logistic likelihood and its gradient', () => {
    const eta = x.at(0).add(x.at(1).mul(y));
    const text = codeOf(y.gt(0).mul(eta).sub(eta.softplus()).sum());
    expect(loops(text)).toBe(1);
    expect(calls(text, 'f')).toBe(2); // exp and log1p
  });
  it('keeps a few values as variables: no loop at all', () => {
    const text = codeOf(
      stack([x.at(0).exp(), x.at(1), x.at(2)])
        .sub([1, 2, 3])
        .square()
        .sum(),
    );
    expect(loops(text)).toBe(0);
  });
  it('runs a recurrence of scalars as two loops, forward and back', () => {
    const states = scan((s: Expr, e: Expr) => s.mul(x.at(1)).add(e), x.at(0), y);
    const text = codeOf(states.at(-1).square());
    expect(text.match(/for \(let t\d+ = 0/g)).toHaveLength(1);
    expect(text.match(/for \(let t\d+ = 99/g)).toHaveLength(1);
  });
  it('runs the forward recurrence once where the reverse sweep needs its exponentials', () => {
    const states = scan((s: Expr, e: Expr) => s.mul(x.at(1)).exp().add(e).tanh(), x.at(0), y);
    const text = codeOf(states.square().sum());
    expect(text.match(/for \(let t/g)).toHaveLength(2);
    const sweep = text.slice(text.lastIndexOf('for (let t'));
    expect(calls(sweep.slice(0, sweep.indexOf('}')), 'f')).toBe(0);
  });
  it('writes pieces of a concatenation where they belong', () => {
    const text = codeOf(
      concatenate([y.mul(x.at(0)), y.mul(x.at(1)).exp(), [1, 2]])
        .square()
        .sum(),
    );
    expect(text).not.toMatch(/\.set\(/);
  });
  it('has the interpreter’s bits for matrices, factors and large carried states', () => {
    const matrix = constant(Float64Array.from({ length: 400 }, (_, i) => Math.cos(i * i))).reshape(20, 20);
    const vector = broadcastTo(x.at(0), [20]).add(Float64Array.from({ length: 20 }, (_, i) => i / 20));
    codeOf(matmul(matrix, vector).square().sum().add(matmul(vector, matrix).dot(vector)));
    const positive = matmul(matrix, matrix.transpose()).mul(x.at(0).square()).add(matrixOf(20));
    codeOf(cholesky(positive).sum());
    codeOf(
      scan((s: Expr, e: Expr) => matmul(matrix, s).mul(e).tanh(), vector, y.slice(0, 30).mul(x.at(1)))
        .square()
        .sum(),
    );
    codeOf(matrix.mul(x.at(1)).sum(0).square().sum().add(matrix.mul(vector).exp().sum(1).log().sum()));
    codeOf(
      matrix
        .mul(vector)
        .logSumExp(0)
        .sum()
        .add(matrix.mul(x.at(2)).max(1).sum())
        .add(vector.prod()),
    );
  });
  it('swaps carried values at once, not one after the other', () => {
    const both = scan(
      (s: { a: Expr; b: Expr }, e: Expr) => ({ a: s.b, b: s.a.add(e) }),
      { a: x.at(0), b: x.at(1) },
      [1, 2, 3],
    );
    codeOf(both.a.mul([1, 10, 100]).sum().add(both.b.sum()));
    const wide = broadcastTo(x.at(0), [20]);
    const large = scan(
      (s: { a: Expr; b: Expr }, e: Expr) => ({ a: s.b, b: s.a.mul(e) }),
      { a: wide, b: wide.mul(2) },
      [1, 2, 3],
    );
    codeOf(large.a.sum().add(large.b.at(-1).square().sum()));
  });
  it('keeps to one variable an element in a graph of thousands of small values, and is still right', () => {
    let total: Expr = x.at(0);
    for (let i = 0; i < 700; i++) total = total.mul(0.99).add(x.mul(i).sin().sum()).tanh();
    codeOf(total);
  });
  it('has the interpreter’s bits for arrays of nothing', () => {
    const none = y.slice(0, 0);
    codeOf(none.mul(x.at(0)).exp().sum().add(x.sum()));
    codeOf(concatenate([none, x, none]).square().sum());
    codeOf(
      matmul(constant(new Float64Array(0)).reshape(5, 0), none)
        .sum()
        .add(x.at(1)),
    );
    codeOf(constant(new Float64Array(0)).reshape(0, 3).mul(x).sum(0).sum().add(x.at(2)));
  });
  it('has the interpreter’s bits along dimensions of size 1', () => {
    const row = y.reshape(1, N).mul(x.at(0)); // (1, 100)
    const column = y.reshape(N, 1).mul(x.at(1)); // (100, 1)
    codeOf(row.add(y).exp().sum().add(column.reshape(N).mul(y).sum()));
    codeOf(column.reshape(1, N, 1).add(row.reshape(N, 1)).sum(1).square().sum());
    codeOf(row.sum(0).mul(column.sum(1)).sum().add(column.sum(0).sum()));
    codeOf(row.reshape(N).at([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3]).square().sum());
  });
  it('is made of the graph alone: no name a user gave is in it', () => {
    const evil = variable('x', [3]);
    const text = codeOf(evil.mul(constant([1, 2, 3], '"); process.exit(); ("')).sum());
    expect(text).not.toMatch(/process/);
  });
});

function matrixOf(n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? n : 0)));
}
