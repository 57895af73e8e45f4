import { describe, expect, it } from 'vitest';
import { nodeOf } from '#kernel/program/arguments';
import { compile, Program } from '#kernel/program/compile';
import { constant, named, variable } from '#kernel/program/expression';
import { scan } from '#kernel/program/functions';
import { closeGraph, closeOver, inlineGraph } from '#kernel/program/graph';
import { planGraph } from '#kernel/program/interpret';
import { topologicalOrder, uniformValue } from '#kernel/program/node';
import type { Expr } from '#kernel/program/types';

const x = variable('x', [3]);
const y = variable('y', [3]);
const inputs = [
  { name: 'x', shape: [3] },
  { name: 'y', shape: [3] },
];
const close = (...outputs: Expr[]) => closeGraph(outputs.map(nodeOf), inputs);
const operations = (...outputs: Expr[]) => close(...outputs).nodes.map(({ operation }) => operation);

describe('closing a graph', () => {
  it('lists nodes before their users', () => {
    const { nodes } = close(x.add(y).exp().mul(x).sum());
    nodes.forEach((node, at) => {
      expect(node.inputs.every((input) => input < at)).toBe(true);
    });
  });
  it('gives equal operations on equal inputs one number, in either order where that gives the same bits', () => {
    expect(operations(x.add(y), y.add(x))).toEqual(['input', 'input', 'add']);
    expect(operations(x.sub(y), y.sub(x))).toEqual(['input', 'input', 'sub', 'sub']);
    expect(operations(x.slice(0, 2), x.slice(0, 2), x.slice(1, 3))).toEqual(['input', 'input', 'slice', 'slice']);
  });
  it('tells constants apart by their bits and their shape', () => {
    const values = [constant([1, 2, 3]), constant([1, 2, 3]), constant([1, 2, 4]), constant([[1, 2, 3]])];
    expect(operations(...values.map((c) => c.mul(x)))).toEqual([
      'input',
      'input',
      'constant',
      'mul',
      'constant',
      'mul',
      'constant',
      'mul',
    ]);
    expect(close(constant(0), constant(-0), constant(Number.NaN), constant(Number.NaN)).nodes).toHaveLength(5);
  });
  it('keeps the name a user gave, whichever of two equal nodes had it', () => {
    const first = close(named(x.exp(), 'scale').sum(), x.exp().mean());
    const second = close(x.exp().mean(), named(x.exp(), 'scale').sum());
    for (const { nodes } of [first, second]) {
      expect(nodes.filter(({ operation }) => operation === 'exp').map(({ name }) => name)).toEqual(['scale']);
    }
  });
  it('keeps inputs that nothing reads, in their order', () => {
    expect(close(y.sum()).inputs.map(({ name }) => name)).toEqual(['x', 'y']);
  });
  it('is plain data', () => {
    const graph = close(scan((s: Expr, e: Expr) => s.mul(0.5).add(e), 0, x).sum());
    expect(structuredClone(graph)).toEqual(graph);
  });
});

describe('closing over placeholders', () => {
  const state = variable('state', []);
  it('captures what does not depend on them, once, and leaves scalar constants inside', () => {
    const outside = x.sum();
    const { graph, captured } = closeOver([nodeOf(state.mul(outside).add(outside).mul(2))], [nodeOf(state)]);
    expect(captured).toEqual([nodeOf(outside)]);
    expect(graph.inputs.map(({ shape }) => shape)).toEqual([[], []]);
    expect(graph.nodes.filter(({ operation }) => operation === 'constant')).toHaveLength(1);
  });
  it('captures an output that does not depend on them', () => {
    const { graph, captured } = closeOver([nodeOf(x)], [nodeOf(state)]);
    expect(captured).toEqual([nodeOf(x)]);
    expect(graph.outputs).toEqual([graph.inputs[1]!.node]);
  });
  it('stops at a placeholder whatever it was computed from', () => {
    const costly = x.exp();
    const { graph, captured } = closeOver([nodeOf(costly.mul(2))], [nodeOf(costly)]);
    expect(captured).toEqual([]);
    expect(graph.nodes.map(({ operation }) => operation)).not.toContain('exp');
  });
  it('a placeholder may itself be an output', () => {
    const { graph } = closeOver([nodeOf(state)], [nodeOf(state)]);
    expect(graph.outputs).toEqual([0]);
  });
});

describe('inlining a graph', () => {
  it('gives its nodes back over other inputs', () => {
    const graph = close(x.mul(y).sum());
    const made = inlineGraph(graph, [nodeOf(constant([1, 2, 3])), nodeOf(constant([4, 5, 6]))]);
    expect(made).toHaveLength(graph.nodes.length);
    expect(made[graph.outputs[0]!]!.attributes.value).toEqual(Float64Array.of(32));
  });
});

describe('orders and values of nodes', () => {
  it('an order visits each node once', () => {
    const shared = x.exp();
    const order = topologicalOrder([nodeOf(shared.add(shared.mul(y)))]);
    expect(new Set(order).size).toBe(order.length);
    expect(order).toHaveLength(5);
  });
  it('a constant of one repeated number is that number', () => {
    expect(uniformValue(nodeOf([2, 2, 2]))).toBe(2);
    expect(uniformValue(nodeOf([2, 3]))).toBeUndefined();
    expect(uniformValue(nodeOf([0, -0]))).toBeUndefined();
    expect(uniformValue(nodeOf([]))).toBeUndefined();
    expect(uniformValue(nodeOf(x))).toBeUndefined();
  });
});

describe('the interpreter', () => {
  it('has a buffer for every node, made once', () => {
    const graph = close(x.add(y).exp().sum());
    const plan = planGraph(graph);
    expect(plan.buffers).toHaveLength(graph.nodes.length);
    const buffers = [...plan.buffers];
    plan.inputs[0]!.set([1, 2, 3]);
    plan.run();
    plan.run();
    expect(plan.buffers.every((buffer, i) => buffer === buffers[i])).toBe(true);
    expect(plan.outputs[0]![0]).toBeCloseTo(Math.exp(1) + Math.exp(2) + Math.exp(3), 12);
  });
  it('does not copy where only the shape changes', () => {
    const plan = planGraph(close(x.reshape(3, 1).reshape(1, 3)));
    expect(plan.outputs[0]).toBe(plan.inputs[0]);
  });
  it('two programs of one graph do not share memory', () => {
    const { graph } = compile({ inputs, outputs: [x.add(y)] });
    const [a, b] = [new Program(graph, 'interpreter'), new Program(graph)];
    const one = Float64Array.of(1, 1, 1);
    const first = a.run({ x: one, y: one })[0]!;
    b.run({ x: one, y: Float64Array.of(5, 5, 5) });
    expect(first).toEqual(Float64Array.of(2, 2, 2));
    expect(a.outputBuffers[0]).toEqual(Float64Array.of(2, 2, 2));
  });
});
