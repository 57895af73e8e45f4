/**
 * Cheap values computed again where they are read: which ones are, that every bit stays, and what is left in memory.
 */
import { describe, expect, it } from 'vitest';
import { compile } from '#kernel/program/compile';
import { variable } from '#kernel/program/expression';
import { matmul, transpose } from '#kernel/program/functions';
import { schedule } from '#kernel/program/generate/schedule';
import { grad } from '#kernel/program/gradient';
import { gelu, silu } from '#kernel/program/neural';
import type { Graph } from '#kernel/program/node';
import { recompute } from '#kernel/program/optimise/recompute';
import { planSingle } from '#kernel/program/single/interpret';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';

const x = variable('x', [6, 8]) as Expr;
const w = variable('w', [8, 40]) as Expr;
const inputs = [
  { name: 'x', shape: [6, 8] },
  { name: 'w', shape: [8, 40] },
];
const graphOf = (...outputs: Expr[]): Graph => compile({ inputs, outputs }).graph;

/** Every output in single precision. */
function run(graph: Graph): number[][] {
  const plan = planSingle(graph);
  plan.inputs.forEach((values, k) => {
    for (let i = 0; i < values.length; i++) values[i] = Math.sin(1.3 * i + k);
  });
  plan.run();
  return plan.outputs.map((values) => [...values]);
}

/** Operations whose results a loop writes to memory. */
const stored = (graph: Graph): string[] =>
  [...schedule(graph, 'single').stored]
    .filter((at) => schedule(graph, 'single').places[at] === 'loop')
    .map((at) => graph.nodes[at]!.operation)
    .sort();

/** A hidden layer whose activation reads what it is given several times, forward and backward. */
const trained = (activation: (h: Expr) => Expr): Graph => {
  const loss = activation(matmul(x, w) as Expr)
    .square()
    .sum();
  return graphOf(loss, ...grad(loss, [w]));
};

const activations: Readonly<Record<string, (h: Expr) => Expr>> = {
  'GELU by tanh': (h) => gelu(h, { approximate: 'tanh' }),
  GELU: (h) => gelu(h),
  SiLU: (h) => silu(h),
  'a polynomial': (h) => h.square().mul(0.1).add(1).mul(h).tanh(),
  'scaled and shifted': (h) => h.mul(2).sub(1).sigmoid().mul(h.mul(2).sub(1)),
};

describe('cheap values computed again where they are read', () => {
  it.each(Object.entries(activations))('leave every bit of the gradient through %s as it was', (_, activation) => {
    const graph = trained(activation);
    expect(run(recompute(graph))).toEqual(run(graph));
  });
  it.each(Object.entries(activations))('leave the bits of the interpreter in steps through %s', (_, activation) => {
    const loss = activation(matmul(x, w) as Expr)
      .square()
      .sum();
    const outputs = [loss, ...grad(loss, [w, x])];
    const given = {
      x: Float32Array.from({ length: 48 }, (_, i) => Math.sin(i)),
      w: Float32Array.from({ length: 320 }, (_, i) => Math.cos(i)),
    };
    const [found, expected] = [{}, { interpret: true }].map((options) =>
      compileStep({ inputs: [x, w], outputs, ...options })
        .run(given)
        .map((values) => [...values]),
    );
    expect(found).toEqual(expected);
  });
  it('are no longer in memory: of a polynomial of x what is not x or its tanh', () => {
    const h = matmul(x, w) as Expr;
    const shifted = h.mul(2).add(1);
    const graph = graphOf(
      shifted.tanh().sum(0).sum(),
      matmul(shifted.tanh(), transpose(w)),
      shifted.mul(h.exp().sum()),
    );
    const after = recompute(graph);
    expect(run(after)).toEqual(run(graph));
    expect(stored(graph).filter((name) => name === 'add')).toHaveLength(1);
    expect(stored(after).filter((name) => name === 'add')).toHaveLength(0);
  });
  it('are computed once for all that a loop does with them', () => {
    const shifted = (matmul(x, w) as Expr).add(1);
    const total = shifted.exp().sum();
    const graph = graphOf(shifted.mul(total).add(shifted.square().mul(total)));
    const adds = (g: Graph) => g.nodes.filter(({ operation }) => operation === 'add').length;
    expect(adds(recompute(graph))).toBeLessThanOrEqual(adds(graph) + 1);
  });
});

describe('what stays in memory', () => {
  const same = (graph: Graph) => expect(recompute(graph)).toBe(graph);
  it('is what an output is', () => {
    const shifted = (matmul(x, w) as Expr).add(1);
    const after = recompute(graphOf(shifted, shifted.mul(shifted.exp().sum())));
    expect(stored(after)).toContain('add');
  });
  it('is what takes a function, or more than four operations', () => {
    const h = matmul(x, w) as Expr;
    const root = h.abs().sqrt();
    same(graphOf(root.mul(root.sum())));
    const long = h.mul(2).add(1).mul(3).add(h).square().sub(4);
    same(graphOf(long.mul(long.sum())));
  });
  it('is what is made of two arrays: it would be two loads for one', () => {
    const h = matmul(x, w) as Expr;
    const other = matmul(x.exp(), w) as Expr;
    const sum = h.add(other);
    same(graphOf(sum.mul(sum.exp().sum())));
  });
  it('is what something other than a loop reads, or a loop in another order', () => {
    const shifted = (matmul(x, w) as Expr).add(1);
    same(graphOf(matmul(shifted, transpose(w)), shifted.mul(shifted.exp().sum())));
    same(graphOf(transpose(shifted).exp().mul(shifted.exp().sum())));
  });
  it('is what is made of an input, which its update may overwrite first', () => {
    const shifted = x.add(1);
    same(graphOf(shifted.mul(shifted.exp().sum())));
  });
});
