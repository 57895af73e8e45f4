/**
 * Sums that a product takes in: the bits of the sums one by one, wherever they are, and nothing else taken in.
 */
import { describe, expect, it } from 'vitest';
import { variable } from '#kernel/program/expression';
import { broadcastTo, scan, transpose } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { relu } from '#kernel/program/neural';
import { ProgramState } from '#kernel/program/state';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
const wave = (shape: readonly number[], phase: number) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1.3 * i + phase));

/** Outputs of a program of these inputs, and its operations by name. */
function run(shapes: readonly (readonly number[])[], build: (...inputs: Expr[]) => readonly Expr[], options: object) {
  const inputs = shapes.map((shape, i) => variable(`x${i}`, shape));
  const step = compileStep({ inputs, outputs: build(...inputs), ...options });
  const given = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, wave(shape, i)]));
  const operations = step.graph.nodes.map(({ operation }) => operation);
  return { values: step.run(given).map((each) => Array.from(each)), operations, graph: step.graph };
}

/** WebAssembly, the interpreter, and double precision, where nothing is taken in, agree. @returns the operations */
function agreed(shapes: readonly (readonly number[])[], build: (...inputs: Expr[]) => readonly Expr[]) {
  const { values, operations } = run(shapes, build, {});
  expect(values).toEqual(run(shapes, build, { interpret: true }).values);
  const double = run(shapes, build, { precision: 'double' });
  expect(double.operations).not.toContain('matmulAdd');
  values.forEach((each, i) => {
    each.forEach((x, j) => {
      expect(Math.abs(x - double.values[i]![j]!)).toBeLessThan(1e-4 * (1 + Math.abs(double.values[i]![j]!)));
    });
  });
  return operations;
}

describe('a product takes in', () => {
  it.each([
    [3, 4, 5],
    [30, 20, 8],
    [33, 300, 41],
    [1, 7, 9],
    [6, 5, 1],
    [26, 256, 1040],
  ])('a bias and a residual, %i × %i × %i, in the order they are added', (m, k, n) => {
    const shapes = [[m, k], [k, n], [n], [m, n]];
    const build = (a: Expr, b: Expr, c: Expr, d: Expr) => [d.add(a.matmul(b).add(c))];
    expect(agreed(shapes, build).filter((name) => name === 'add')).toEqual([]);
    // The bits are those of sums that are kept apart by another reader of the product.
    const apart = (a: Expr, b: Expr, c: Expr, d: Expr) => {
      const product = a.matmul(b);
      return [d.add(product.add(c)), product];
    };
    expect(run(shapes, build, {}).values[0]).toEqual(run(shapes, apart, {}).values[0]);
  });
  it('a row through reshapes of the product', () => {
    const build = (a: Expr, b: Expr, c: Expr) => [a.reshape(10, 3).matmul(b).reshape(2, 5, 4).add(c)];
    expect(agreed([[2, 5, 3], [3, 4], [4]], build)).not.toContain('add');
  });
  it('another product, and a transposed right matrix', () => {
    const build = (a: Expr, b: Expr, c: Expr) => [a.matmul(transpose(b)).add(c.matmul(transpose(b)))];
    const operations = agreed(
      [
        [7, 3],
        [9, 3],
        [7, 3],
      ],
      build,
    );
    expect(operations.filter((name) => name.startsWith('matmul'))).toEqual(['matmul', 'matmulAdd']);
  });
  it('terms in the steps of a recurrence, whose elements move', () => {
    const build = (x: Expr, w: Expr, b: Expr) => {
      const step = (h: Expr, element: Expr) => element.add(h.matmul(w).add(b)).tanh();
      const states = scan(step, broadcastTo(0, [3, 5]) as Expr, x);
      return [states, ...grad(states.square().sum(), [x, w, b])];
    };
    agreed([[6, 3, 5], [5, 5], [5]], build);
    const body = run([[6, 3, 5], [5, 5], [5]], build, {}).graph.nodes.find(({ attributes }) => attributes.body)!;
    expect(body.attributes.body!.nodes.map(({ operation }) => operation)).toContain('matmulAdd');
  });
});

describe('a product does not take in', () => {
  it.each<[string, readonly (readonly number[])[], (...inputs: Expr[]) => readonly Expr[]]>([
    [
      'a column',
      [
        [4, 3],
        [3, 5],
        [4, 1],
      ],
      (a, b, c) => [a.matmul(b).add(c)],
    ],
    [
      'what makes the result larger',
      [
        [4, 3],
        [3, 5],
        [2, 4, 5],
      ],
      (a, b, c) => [a.matmul(b).add(c)],
    ],
    [
      'itself',
      [
        [4, 3],
        [3, 5],
      ],
      (a, b) => [a.matmul(b).add(a.matmul(b))],
    ],
    [
      'anything where something else reads it',
      [[4, 3], [3, 5], [5]],
      (a, b, c) => [relu(a.matmul(b)), a.matmul(b).add(c)],
    ],
    ['a vector product', [[4, 3], [3], [4]], (a, b, c) => [a.matmul(b).add(c)]],
  ])('%s', (_, shapes, build) => {
    expect(agreed(shapes, build)).not.toContain('matmulAdd');
  });
  it('momenta: the gradient of a weight is added to them in place', () => {
    const state = new ProgramState({ w: { shape: [3, 5], values: wave([3, 5], 1) }, m: { shape: [3, 5] } });
    const x = variable('x', [4, 3]);
    const w = state.variable('w');
    const [slope] = grad(x.matmul(w).tanh().sum(), [w]);
    const m = state.variable('m').mul(0.9).add(slope!);
    const step = compileStep({ state, inputs: [x], updates: { m, w: w.sub(m.mul(0.1)) } });
    expect(step.graph.nodes.map(({ operation }) => operation)).not.toContain('matmulAdd');
  });
});
