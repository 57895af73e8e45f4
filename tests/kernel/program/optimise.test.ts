import { describe, expect, it } from 'vitest';
import { compile } from '#kernel/program/compile';
import { apply, asExpression, constant, variable } from '#kernel/program/expression';
import { broadcastTo, concatenate, logSumExp, where } from '#kernel/program/functions';
import type { Expr } from '#kernel/program/types';

const x = variable('x', [20]);
const s = variable('s', []);
const inputs = [
  { name: 'x', shape: [20] },
  { name: 's', shape: [] },
];
const given = { x: Float64Array.from({ length: 20 }, (_, i) => Math.sin(i + 0.5)), s: Float64Array.of(0.8) };
const operationOf = (e: Expr) => asExpression(e).node.operation;
const counts = (...outputs: Expr[]) => {
  const found: Record<string, number> = {};
  for (const { operation } of compile({ inputs, outputs }).graph.nodes) found[operation] = (found[operation] ?? 0) + 1;
  return found;
};
const run = (output: Expr) => compile({ inputs, outputs: [output] }).run(given)[0]!;

describe('what is trivially something smaller becomes that', () => {
  const same: [string, Expr][] = [
    ['x + 0', x.add(0)],
    ['0 + x', constant(0).add(x)],
    ['x − 0', x.sub(0)],
    ['x · 1', x.mul(1)],
    ['x / 1', x.div(1)],
    ['x¹', x.pow(1)],
    ['−(−x)', x.neg().neg()],
    ['x.reshape(20)', x.reshape(20)],
    ['x as 4 × 5 and back', x.reshape(4, 5).reshape(20)],
    ['transposed twice', x.reshape(4, 5).transpose().transpose().reshape(20)],
    ['all of it', x.slice(0)],
    ['a piece of a concatenation', concatenate([[1, 2], x, [3]]).slice(2, 22)],
    ['where(true, x, y)', where(1, x, x.exp())],
    ['repeated to its own shape', broadcastTo(x, [20])],
    ['joined with nothing', concatenate([x])],
  ];
  for (const [name, e] of same) it(name, () => expect(asExpression(e).node).toBe(asExpression(x).node));

  it('the zeros beside what is padded are zeros, whatever it is', () => {
    const padded = apply('pad', [x.exp()], { start: 3, rows: 30 });
    for (const [from, to] of [
      [0, 3],
      [23, 30],
    ] as const) {
      expect(counts(padded.slice(from, to))).not.toHaveProperty('exp');
      expect([...run(padded.slice(from, to))]).toEqual(new Array(to - from).fill(0));
    }
    expect([...run(padded.slice(2, 4))]).toEqual([0, run(x.exp())[0]]);
  });
  it('but 0 · x stays: x may be ∞ or NaN', () => expect(operationOf(x.mul(0))).toBe('mul'));
  it('x² and x · x are squares', () => {
    expect(operationOf(x.pow(2))).toBe('square');
    expect(operationOf(x.mul(x))).toBe('square');
  });
  it('the sum of repeats is a product', () => expect(counts(broadcastTo(s, [20]).sum())).not.toHaveProperty('sum'));
  it('work is done before repeating, not after', () => {
    const e = broadcastTo(s, [20]).exp();
    expect(asExpression(e).node.inputs[0]!.shape).toEqual([]);
  });
  it('what is constant is computed while tracing', () => {
    expect(operationOf(constant([1, 2, 3]).mul(2).exp().sum())).toBe('constant');
    expect(counts(x.add(constant([1, 2, 3, 4]).sum()))).toEqual({ input: 2, constant: 1, add: 1 });
  });
});

describe('what floats out of loops keeps its value', () => {
  const rewritten: [string, Expr, (x: number, s: number) => number][] = [
    ['Σ s x', x.mul(s).sum(), (x, s) => s * x],
    ['Σ x / s', x.div(s).sum(), (x, s) => x / s],
    ['Σ (x − s)', x.sub(s).sum(), (x, s) => x - s],
    ['Σ (s − x)', s.sub(x).sum(), (x, s) => s - x],
    ['Σ −x', x.neg().sum(), (x) => -x],
    [
      'Σ (−½ (x/s)² − log s − 3)',
      x.div(s).square().mul(-0.5).sub(s.log()).sub(3).sum(),
      (x, s) => -0.5 * (x / s) ** 2 - Math.log(s) - 3,
    ],
    ['Σ (x s)(x s)', x.mul(s).mul(x.mul(s)).sum(), (x, s) => x * s * x * s],
    ['Σ ((x + s) − (s − x))', x.add(s).sub(s.sub(x)).sum(), (x) => 2 * x],
    ['Σ 2 (3 x)', x.mul(3).mul(2).sum(), (x) => 6 * x],
    ['Σ (−x)(−x²)', x.neg().mul(x.square().neg()).sum(), (x) => x * x * x],
    ['Σ |x|²', x.abs().square().sum(), (x) => x * x],
  ];
  for (const [name, e, f] of rewritten) {
    it(name, () => {
      const expected = given.x.reduce((total, v) => total + f(v, 0.8), 0);
      const size = given.x.reduce((total, v) => total + Math.abs(f(v, 0.8)), 0);
      expect(Math.abs(run(e)[0]! - expected)).toBeLessThan(1e-13 * size);
    });
  }
  it('a sum over one axis keeps its scalars where they are', () => {
    const e = x.reshape(4, 5).add(s).sum(0);
    expect(e.shape).toEqual([5]);
    const first = [0, 5, 10, 15].reduce((total, i) => total + given.x[i]! + 0.8, 0);
    expect(run(e)[0]).toBeCloseTo(first, 13);
  });
  it('elements that a sum repeats are counted as often', () => {
    const column = x.reshape(20, 1);
    const e = column.add([1, 2, 3]).add(s).sum();
    const expected = given.x.reduce((total, v) => total + 3 * v + 6 + 3 * 0.8, 0);
    expect(run(e)[0]).toBeCloseTo(expected, 12);
  });
});

describe('the logistic family shares one exponential', () => {
  it('softplus and sigmoid of x and −x', () => {
    const all = [x.softplus(), x.neg().softplus(), x.sigmoid(), x.neg().sigmoid()];
    expect(counts(...all)).toMatchObject({ exp: 1, log1p: 1 });
    const alone = all.map((e) => run(e));
    const together = compile({ inputs, outputs: all }).run(given);
    expect(together).toEqual(alone); // the bits of the functions themselves
  });
  it('also at 0, −0, ±∞ and NaN', () => {
    const at = {
      x: Float64Array.from({ length: 20 }, (_, i) => [0, -0, Infinity, -Infinity, Number.NaN, 800, -800][i % 7]!),
      s: given.s,
    };
    const all = [x.softplus(), x.neg().softplus(), x.sigmoid(), x.neg().sigmoid()];
    const alone = all.map((e) => compile({ inputs, outputs: [e] }).run(at)[0]!);
    expect(compile({ inputs, outputs: all }).run(at)).toEqual(alone);
  });
  it('a difference is one argument in either direction', () => {
    const all = [
      x.sub(s).sigmoid(),
      s.sub(x).softplus(),
      x.sub(s).softplus(),
      x.sub(s).neg().sigmoid(),
      logSumExp(x, s),
    ];
    expect(counts(...all)).toMatchObject({ exp: 1, log1p: 1 });
    expect(compile({ inputs, outputs: all }).run(given)).toEqual(all.map(run));
  });
  it('leaves a single member as it is', () => expect(counts(x.softplus())).toMatchObject({ softplus: 1 }));
});
