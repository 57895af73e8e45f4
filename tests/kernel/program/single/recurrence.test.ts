/**
 * Recurrences in single precision: whatever a step reads, carries and emits, the bits are those of the interpreter, and
 * values and gradients those of double precision within rounding.
 */
import { describe, expect, it } from 'vitest';
import { apply, variable } from '#kernel/program/expression';
import { broadcastTo, concatenate, matmul, scan, stack, transpose } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { sigmoidGate, softmax, splitAlong, takeRows } from '#kernel/program/neural';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
const wave = (size: number, phase: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + phase));

/** A function of some arrays: its value, and the gradient of a weighted sum. */
interface Case {
  readonly shapes: readonly (readonly number[])[];
  readonly make: (...inputs: Expr[]) => Expr;
}

function run({ shapes, make }: Case, precision: 'single' | 'double', interpret: boolean) {
  const inputs = shapes.map((shape, i) => variable(`x${i}`, shape));
  const value = make(...inputs);
  const weights = Float64Array.from(wave(value.size, 0.3));
  const slopes = grad(value.reshape(value.size).mul(weights).sum(), inputs);
  const step = compileStep({ inputs, outputs: [value, ...slopes], precision, interpret });
  const given = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, wave(sizeOf(shape), i)]));
  step.run(given); // nothing of a first run may be left behind
  return step.run(given).map((each) => Array.from(each));
}

const zeros = (...sizes: number[]) => broadcastTo(0, sizes) as Expr;

const cases: Readonly<Record<string, Case>> = {
  'an RNN': {
    shapes: [[7, 4, 5], [6, 6], [5, 6], [6]],
    make: (x, w, v, b) => scan((h: Expr, e: Expr) => h.matmul(w).add(e.matmul(v)).add(b).tanh(), zeros(4, 6), x),
  },
  'an LSTM by name': {
    shapes: [[6, 3, 20], [20, 5], [20]],
    make: (x, w, b) => {
      const { h, c } = scan(
        (before: { h: Expr; c: Expr }, e: Expr) => {
          const gates = e.add(before.h.matmul(transpose(w))).add(b);
          const [i, f, g, o] = splitAlong(gates, 4, 1) as [Expr, Expr, Expr, Expr];
          const c = sigmoidGate(f).mul(before.c).add(sigmoidGate(i).mul(g.tanh()));
          return { h: sigmoidGate(o).mul(c.tanh()), c };
        },
        { h: zeros(3, 5), c: zeros(3, 5) },
        x,
      );
      return concatenate([h.at(-1), c.at(-1)]);
    },
  },
  'an LSTM whose weights are copied as panels before its first step': {
    shapes: [[3, 26, 136], [136, 34], [136]],
    make: (x, w, b) => {
      const { h } = scan(
        (before: { h: Expr; c: Expr }, e: Expr) => {
          const gates = e.add(before.h.matmul(transpose(w))).add(b);
          const [i, f, g, o] = splitAlong(gates, 4, 1) as [Expr, Expr, Expr, Expr];
          const c = sigmoidGate(f).mul(before.c).add(sigmoidGate(i).mul(g.tanh()));
          return { h: sigmoidGate(o).mul(c.tanh()), c };
        },
        { h: zeros(26, 34), c: zeros(26, 34) },
        x,
      );
      return h.at(-1) as Expr;
    },
  },
  'one whose weights are too long for that': {
    shapes: [
      [2, 2, 260],
      [260, 260],
    ],
    make: (x, w) => scan((h: Expr, e: Expr) => e.add(h.matmul(transpose(w)).mul(0.05)).tanh(), zeros(2, 260), x),
  },
  'one whose weights change from step to step': {
    shapes: [
      [3, 2, 6],
      [3, 6, 6],
    ],
    make: (x, w) =>
      scan((h: Expr, e: Expr, v: Expr) => e.add(h.matmul(transpose(v))).tanh(), zeros(2, 6), x, w) as Expr,
  },
  'a GRU whose last state counts': {
    shapes: [[5, 2, 12], [12, 4], [12]],
    make: (x, w, b) =>
      scan(
        (h: Expr, e: Expr) => {
          const [xr, xz, xn] = splitAlong(e, 3, 1) as [Expr, Expr, Expr];
          const [hr, hz, hn] = splitAlong(h.matmul(transpose(w)).add(b), 3, 1) as [Expr, Expr, Expr];
          const z = sigmoidGate(xz.add(hz));
          const n = xn.add(sigmoidGate(xr.add(hr)).mul(hn)).tanh();
          return z.neg().add(1).mul(n).add(z.mul(h));
        },
        zeros(2, 4),
        x,
      ).at(-1),
  },
  'a step that is read by what has no loop': {
    shapes: [
      [5, 3, 6],
      [6, 6],
    ],
    make: (x, w) => scan((h: Expr, e: Expr) => softmax(e.add(h.matmul(w))), zeros(3, 6), x),
  },
  'a state that goes on unchanged beside another': {
    shapes: [[4, 9]],
    make: (x) => {
      const { a, b } = scan(
        (before: { a: Expr; b: Expr }, e: Expr) => ({ a: before.b, b: before.a.add(e).sin() }),
        { a: wave64(9, 1), b: wave64(9, 2) },
        x,
      ) as { a: Expr; b: Expr };
      return stack([a, b]);
    },
  },
  'an element of the sequence as the next state': {
    shapes: [[6, 8]],
    make: (x) => scan((_: Expr, e: Expr) => e, wave64(8, 1) as unknown as Expr, x).mul(x),
  },
  'two sequences, and one captured whole': {
    shapes: [
      [5, 7],
      [5, 7],
      [4, 7],
    ],
    make: (x, y, table) =>
      scan(
        (h: Expr, e: Expr, f: Expr) => h.mul(e).add(f).add(table.sum(0)).tanh(),
        wave64(7, 1) as unknown as Expr,
        x,
        y,
      ),
  },
  'a recurrence inside a recurrence': {
    shapes: [
      [3, 4, 5],
      [5, 5],
    ],
    make: (x, w) =>
      scan(
        (h: Expr, rows: Expr) => scan((g: Expr, row: Expr) => g.matmul(w).add(row).tanh(), h, rows).at(-1),
        wave64(5, 1) as unknown as Expr,
        x,
      ),
  },
  'a single step': {
    shapes: [
      [1, 3, 4],
      [4, 4],
    ],
    make: (x, w) => scan((h: Expr, e: Expr) => h.matmul(w).add(e).tanh(), zeros(3, 4), x),
  },
  'parts and sums of what the step reads': {
    shapes: [[5, 6, 4]],
    make: (x) =>
      scan(
        (h: Expr, e: Expr) => h.add(transpose(e).sum(0)).add(e.slice(1, 2).sum()).sin(),
        wave64(6, 1) as unknown as Expr,
        x,
      ),
  },
  'a single number carried': {
    shapes: [[9], []],
    make: (x, b) => scan((s: Expr, e: Expr) => s.mul(b).add(e).sin(), 0.5, x),
  },
};

function wave64(size: number, phase: number): Float64Array {
  return Float64Array.from(wave(size, phase));
}

describe('a recurrence in single precision', () => {
  it.each(Object.keys(cases))('%s has the bits of the interpreter', (name) => {
    expect(run(cases[name]!, 'single', false)).toEqual(run(cases[name]!, 'single', true));
  });
  it.each(Object.keys(cases))('%s agrees with double precision', (name) => {
    const double = run(cases[name]!, 'double', false);
    run(cases[name]!, 'single', false).forEach((values, k) => {
      values.forEach((value, i) => {
        expect(Math.abs(value - double[k]![i]!)).toBeLessThan(2e-4 * (1 + Math.abs(double[k]![i]!)));
      });
    });
  });
  it('of integers given from outside takes rows of a table in each step', () => {
    const token = variable('token', [5, 3], 'integer');
    const table = variable('table', [7, 4]);
    const states = scan((h: Expr, rows: Expr) => h.mul(0.5).add(rows).tanh(), zeros(3, 4), takeRows(table, token));
    const [slope] = grad(states.at(-1).sum(), [table]) as [Expr];
    const given = { token: Int32Array.from({ length: 15 }, (_, i) => (3 * i) % 7), table: wave(28, 0) };
    const [found, expected] = [false, true].map((interpret) =>
      compileStep({ inputs: [token, table], outputs: [states, slope], interpret })
        .run(given)
        .map((each) => Array.from(each)),
    );
    expect(found).toEqual(expected);
  });
});

describe('the reverse sweep of a recurrence', () => {
  it('multiplies the factors of all steps at once: no sum of products is carried', () => {
    const x = variable('x', [6, 4, 5]);
    const [w, b] = [variable('w', [5, 5]), variable('b', [5])];
    const states = scan((h: Expr, e: Expr) => h.matmul(w).add(e).add(b).tanh(), zeros(4, 5), x);
    const slopes = grad(states.sum(), [w, b]);
    const { nodes } = compileStep({ inputs: [x, w, b], outputs: slopes }).graph;
    const [, sweep] = nodes.filter(({ operation }) => operation === 'scan');
    expect(sweep!.attributes.carries).toBe(1);
    const product = nodes.find(({ operation, shape }) => operation === 'matmul' && shape.join() === '5,5');
    expect(product!.inputs.map((input) => nodes[input]!.shape)).toEqual([
      [24, 5],
      [24, 5],
    ]);
  });
  it('carries the sum where the captured value is a vector: its bits are those of before', () => {
    const x = variable('x', [6, 5]);
    const w = variable('w', [5, 5]);
    const states = scan((h: Expr, e: Expr) => matmul(w, h).add(e).tanh(), wave64(5, 1) as unknown as Expr, x);
    const { nodes } = compileStep({ inputs: [x, w], outputs: grad(states.sum(), [w]) }).graph;
    const sweep = nodes.filter(({ operation }) => operation === 'scan')[1]!;
    expect(sweep.attributes.carries).toBe(2);
  });
  it('may be taken backwards in time', () => {
    const x = variable('x', [5, 4]);
    const forward = scan((h: Expr, e: Expr) => h.mul(0.7).add(e).sin(), wave64(4, 1) as unknown as Expr, x);
    const scanNode = compileStep({ inputs: [x], outputs: [forward] }).graph.nodes.find(
      ({ operation }) => operation === 'scan',
    )!;
    const reversed = apply('scan', [wave64(4, 1), x], { ...scanNode.attributes, reverse: true });
    const run = (interpret: boolean) =>
      Array.from(compileStep({ inputs: [x], outputs: [reversed], interpret }).run({ x: wave(20, 0) })[0]!);
    expect(run(false)).toEqual(run(true));
  });
});
