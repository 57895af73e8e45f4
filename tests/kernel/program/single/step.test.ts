import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply, variable } from '#kernel/program/expression';
import { matmul, scan, transpose, where } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { ProgramState } from '#kernel/program/state';
import { compileStep, type Step } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';
import { build, choices, shapes } from '../random-graphs.ts';

const wave = (size: number, phase = 0) => Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + phase));

/** A classifier with a hidden layer, trained by momentum. */
function classifier(rows: number, options: { readonly precision?: 'single' | 'double'; readonly interpret?: boolean }) {
  const { precision = 'single', interpret = false } = options;
  const layers = { w: [5, 6], b: [6], v: [6, 3] } as const;
  const state = new ProgramState(
    Object.fromEntries(
      Object.entries(layers).flatMap(([name, shape], i) => {
        const size = shape.reduce((product: number, n) => product * n, 1);
        return [
          [name, { shape, values: wave(size, i) }],
          [`${name} momentum`, { shape }],
        ];
      }),
    ),
    { precision },
  );
  const parameters = Object.keys(layers).map((name) => state.variable(name));
  const [w, b, v] = parameters as [Expr, Expr, Expr];
  const step = (count: number): Step => {
    const x = variable('x', [count, 5]);
    const label = variable('label', [count], 'integer');
    const scores = x.matmul(w).add(b).tanh().matmul(v);
    const normalised = scores.sub(scores.exp().sum(1).log().reshape(count, 1));
    const chosen = apply('eq', [label.reshape(count, 1), Float64Array.of(0, 1, 2)]);
    const loss = where(chosen, normalised, 0).sum().div(-count);
    const slopes = grad(loss, parameters);
    const updates = Object.fromEntries(
      Object.keys(layers).flatMap((name, i) => {
        const momentum = state.variable(`${name} momentum`).mul(0.9).add(slopes[i]!);
        return [
          [`${name} momentum`, momentum],
          [name, parameters[i]!.sub(momentum.mul(0.1))],
        ];
      }),
    );
    return compileStep({ state, inputs: [x, label], outputs: [loss], updates, interpret });
  };
  return { state, step, first: step(rows) };
}

const batch = (rows: number) => ({
  x: wave(5 * rows),
  label: Int32Array.from({ length: rows }, (_, i) => (2 * i) % 3),
});

describe('a training step', () => {
  it('has the bits of the interpreter, step after step, parameters and momenta too', () => {
    const assembled = classifier(7, {});
    const interpreted = classifier(7, { interpret: true });
    for (let i = 0; i < 5; i++) {
      expect(assembled.first.run(batch(7))).toEqual(interpreted.first.run(batch(7)).map((x) => Float32Array.from(x)));
      for (const name of assembled.state.names) {
        expect(assembled.state.array(name)).toEqual(interpreted.state.array(name));
      }
    }
  });
  it('lowers the loss, and agrees with double precision within rounding', () => {
    const single = classifier(12, {});
    const double = classifier(12, { precision: 'double' });
    const losses = Array.from({ length: 60 }, () => [single, double].map(({ first }) => first.run(batch(12))[0]![0]!));
    for (const [a, b] of losses) expect(Math.abs(a! - b!)).toBeLessThan(2e-6);
    expect(losses[59]![0]).toBeLessThan(0.8 * losses[0]![0]!);
  });
  it('goes on with a last, shorter batch on the same state', () => {
    const { state, step, first } = classifier(8, {});
    const other = classifier(8, { interpret: true });
    const last = step(3);
    const otherLast = other.step(3);
    for (let epoch = 0; epoch < 3; epoch++) {
      first.run(batch(8));
      other.first.run(batch(8));
      expect(last.run(batch(3))[0]![0]).toBe(otherLast.run(batch(3))[0]![0]);
    }
    expect(state.array('w')).toEqual(other.state.array('w'));
  });
  it('copies nothing in a hot loop: inputs and outputs are the memory itself', () => {
    const { first } = classifier(7, {});
    const { x, label } = batch(7);
    first.input('x').set(x);
    first.input('label').set(label);
    expect(first.input('label')).toBeInstanceOf(Int32Array);
    first.execute();
    const before = first.output(0)[0]!;
    first.execute();
    expect(first.output(0)[0]).toBeLessThan(before);
    expect(first.input('x')).toBe(first.input('x'));
  });
  it('may be fused, with the loss within rounding', () => {
    const x = variable('x', [20, 30]);
    const outputs = [matmul(x, transpose(x)).sum()];
    const given = { x: wave(600) };
    const exact = compileStep({ inputs: [x], outputs }).run(given)[0]![0]!;
    const fused = compileStep({ inputs: [x], outputs, reproducible: false }).run(given)[0]![0]!;
    expect(Math.abs(fused - exact)).toBeLessThan(1e-4 * Math.abs(exact));
  });
});

describe('updates', () => {
  it('all see the old values, also where two change places', () => {
    const state = new ProgramState({ a: { shape: [5], values: wave(5) }, b: { shape: [5], values: wave(5, 1) } });
    const [a, b] = ['a', 'b'].map((name) => state.variable(name)) as [Expr, Expr];
    compileStep({ state, updates: { a: b, b: a } }).execute();
    expect(state.array('a')).toEqual(wave(5, 1));
    expect(state.array('b')).toEqual(wave(5));
    compileStep({ state, updates: { a: a.add(1), b: a } }).execute();
    expect(state.array('a')).toEqual(wave(5, 1).map((x) => x + 1));
    expect(state.array('b')).toEqual(wave(5, 1));
  });
  it('see the old values where another order is read in the same step', () => {
    const values = wave(9);
    const state = new ProgramState({ a: { shape: [3, 3], values } });
    const a = state.variable('a');
    compileStep({ state, updates: { a: transpose(a).add(a) } }).execute();
    expect(state.array('a')).toEqual(values.map((x, i) => Math.fround(x + values[(i % 3) * 3 + Math.floor(i / 3)]!)));
  });
  it('do not disturb an output that is the old value, or the new one', () => {
    const state = new ProgramState({ a: { shape: [6], values: wave(6) } });
    const a = state.variable('a');
    const next = a.mul(2);
    const found = compileStep({ state, outputs: [a, next, a.slice(2)], updates: { a: next } }).run();
    expect(found[0]).toEqual(wave(6));
    expect(found[1]).toEqual(wave(6).map((x) => 2 * x));
    expect(found[2]).toEqual(wave(6).slice(2));
    expect(state.array('a')).toEqual(found[1]);
  });
  it('of a value that is used after it, keep both right', () => {
    const state = new ProgramState({ a: { shape: [40], values: wave(40) } });
    const a = state.variable('a');
    const next = a.mul(0.5);
    const after = next.sum().mul(a).sum();
    const [found] = compileStep({ state, outputs: [after], updates: { a: next } }).run();
    const other = new ProgramState({ a: { shape: [40], values: wave(40) } });
    const b = other.variable('a');
    const half = b.mul(0.5);
    const [expected] = compileStep({
      state: other,
      outputs: [half.sum().mul(b).sum()],
      updates: { a: half },
      interpret: true,
    }).run();
    expect(found![0]).toBe(expected![0]);
    expect(state.array('a')).toEqual(other.array('a'));
  });
});

describe('state', () => {
  it('starts with zeros, takes values, and keeps them when memory grows', () => {
    const state = new ProgramState({ a: { shape: [2, 2] }, b: { shape: [], values: [3] } });
    expect(state.array('a')).toEqual(new Float32Array(4));
    state.set('a', [1, 2, 3, 4]);
    const x = variable('x', [300, 300]);
    compileStep({ state, inputs: [x], outputs: [x.add(1), x.matmul(x)] });
    expect(state.array('a')).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(state.array('b')).toEqual(Float32Array.of(3));
    expect(state.names).toEqual(['a', 'b']);
  });
  it('is read by several steps without copies', () => {
    const state = new ProgramState({ a: { shape: [3], values: [1, 2, 3] } });
    const a = state.variable('a');
    const train = compileStep({ state, updates: { a: a.add(1) } });
    const read = compileStep({ state, outputs: [a.sum()] });
    train.execute();
    expect(read.run()[0]![0]).toBe(9);
  });
});

describe('what does not fit is said', () => {
  const x = variable('x', [2]);
  it('an unknown or missing input, or one of another size', () => {
    const step = compileStep({ inputs: [x], outputs: [x.sum()] });
    expect(() => step.run({})).toThrow(/input 'x': expected 2 numbers, got nothing/);
    expect(() => step.run({ x: [1, 2, 3] })).toThrow(/expected 2 numbers, got 3/);
    expect(() => step.run({ x: [1, 2], y: [1] })).toThrow(/no input 'y'; it has 'x'/);
    expect(() => step.input('toString')).toThrow(/no input 'toString'/);
  });
  it('an input that is no variable, and a name used twice', () => {
    expect(() => compileStep({ inputs: [x.add(1)], outputs: [x] })).toThrow(/must be variables, got add/);
    const state = new ProgramState({ x: { shape: [2] } });
    expect(() => compileStep({ state, inputs: [x], outputs: [x] })).toThrow(/'x' is used twice/);
  });
  it('an update of another shape, or of what is not there; values of another size', () => {
    const state = new ProgramState({ a: { shape: [2] } });
    expect(() => compileStep({ state, updates: { a: state.variable('a').sum() } })).toThrow(
      /shape \[2\], its update \[\]/,
    );
    expect(() => compileStep({ state, updates: { b: x } })).toThrow(/there is no 'b'; it has 'a'/);
    expect(() => state.set('a', [1])).toThrow(/expected 2 numbers \(shape \[2\]\), got 1/);
    expect(() => new ProgramState({ a: { shape: [2], values: [1, 2, 3] } })).toThrow(/got 3/);
  });
  it('more memory than there can be, and the state goes on', () => {
    const state = new ProgramState({ a: { shape: [2], values: [1, 2] } });
    const x = variable('x', [40_000, 40_000]);
    expect(() => compileStep({ state, inputs: [x], outputs: [x.add(1)] })).toThrow(
      /needs \d+ MB of memory.*smaller batches/,
    );
    compileStep({ state, updates: { a: state.variable('a').mul(2) } }).execute();
    expect(Array.from(state.array('a'))).toEqual([2, 4]);
  });
  it('a precision that is not that of the state', () => {
    const state = new ProgramState({}, { precision: 'double' });
    expect(() => compileStep({ state, precision: 'single' })).toThrow(/the state is in double precision/);
  });
});

describe('integers', () => {
  it('are numbers where numbers are wanted, whole and with their sign', () => {
    const i = variable('i', [5], 'integer');
    const given = { i: Int32Array.of(-3, 0, 1, 7, 100) };
    for (const interpret of [false, true]) {
      const [half, total] = compileStep({ inputs: [i], outputs: [i.mul(0.5), i.sum()], interpret }).run(given);
      expect(Array.from(half!)).toEqual([-1.5, 0, 0.5, 3.5, 50]);
      expect(total![0]).toBe(105);
    }
  });
});

describe('random graphs in single precision', () => {
  it('have the same bits as WebAssembly and interpreted, value and gradient', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const { inputs, given, pairs } = build(list);
        const value = pairs.map(({ expr }) => expr.mean()).reduce((a, b) => a.add(b));
        const slopes = grad(
          value,
          pairs.slice(0, shapes.length).map(({ expr }) => expr),
        );
        const described = {
          inputs: inputs.map(({ name, shape }) => variable(name, shape)),
          outputs: [value, ...slopes, ...pairs.slice(-3).map(({ expr }) => expr)],
        };
        const [assembled, interpreted] = [false, true].map((interpret) =>
          compileStep({ ...described, interpret })
            .run(given)
            .map((x) => Array.from(x)),
        );
        expect(assembled).toEqual(interpreted);
      }),
      { numRuns: 250, seed: 20261122 },
    );
  });
  it('differ from double precision by rounding alone', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const { inputs, given, pairs } = build(list);
        const described = {
          inputs: inputs.map(({ name, shape }) => variable(name, shape)),
          outputs: pairs.map(({ expr }) => expr),
        };
        const found = compileStep(described).run(given);
        pairs.forEach(({ value }, i) => {
          value.forEach((x, j) => {
            expect(Math.abs(found[i]![j]! - x)).toBeLessThan(2e-3 * (1 + Math.abs(x)));
          });
        });
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

describe('a recurrence', () => {
  const x = variable('x', [9, 4, 2]);
  const given = { x: wave(72, 0.4) };
  const run = (interpret: boolean, precision: 'single' | 'double' = 'single') => {
    const entries = { w: { shape: [6, 6], values: wave(36) }, v: { shape: [2, 6], values: wave(12) } };
    const state = new ProgramState(entries, { precision });
    const [w, v] = ['w', 'v'].map((name) => state.variable(name)) as [Expr, Expr];
    const start = apply('broadcastTo', [0.25], { sizes: [4, 6] });
    const states = scan((h: Expr, e: Expr) => h.matmul(w).add(e.matmul(v)).tanh(), start, x);
    const loss = states.at(-1).square().sum().add(states.mean());
    const slopes = grad(loss, [w, v, x]);
    const updates = { w: w.sub(slopes[0]!.mul(0.01)) };
    const step = compileStep({ state, inputs: [x], outputs: [loss, states, ...slopes], updates, interpret });
    const found = [step.run(given), step.run(given)].flat().map((each) => Array.from(each));
    return [...found, Array.from(state.array('w'))];
  };
  it('with products inside has the bits of the interpreter, gradient and update too', () => {
    expect(run(false)).toEqual(run(true));
  });
  it('agrees with double precision within rounding', () => {
    const double = run(false, 'double');
    run(false).forEach((values, i) => {
      values.forEach((value, j) => {
        expect(Math.abs(value - double[i]![j]!)).toBeLessThan(2e-4 * (1 + Math.abs(value)));
      });
    });
  });
});
