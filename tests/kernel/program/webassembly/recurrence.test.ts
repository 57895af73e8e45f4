/**
 * Scans as WebAssembly, as JavaScript and interpreted: the same bits, whatever the body is made of.
 */
import { describe, expect, it } from 'vitest';
import { compile, Program } from '#kernel/program/compile';
import { apply, constant, variable } from '#kernel/program/expression';
import { concatenate, logSumExp, matmul, scan, segmentSum, stack, where } from '#kernel/program/functions';
import { generate } from '#kernel/program/generate/javascript';
import { Assembler } from '#kernel/program/generate/webassembly/assembler';
import { grad } from '#kernel/program/gradient';
import type { Expr } from '#kernel/program/types';

const wave = (n: number, phase = 0) => Float64Array.from({ length: n }, (_, i) => Math.sin(1.3 * i + phase));
const T = 37;
const x = variable('x', [5]);
const rows = (width: number, steps = T) => constant(wave(width * steps, 1)).reshape(steps, width);

/** Runs on all three back ends and compares. @returns the values, and whether a scan stayed a loop of JavaScript */
function agree(outputs: Expr[]): { values: Float64Array[]; loops: number } {
  const { graph } = compile({ inputs: [{ name: 'x', shape: [5] }], outputs });
  const given = { x: wave(5) };
  const values = new Program(graph, 'interpreter').run(given);
  expect(new Program(graph, 'javascript').run(given)).toEqual(values);
  const assembled = new Program(graph, 'webassembly');
  expect(assembled.backEnd).toBe('webassembly');
  expect(assembled.run(given)).toEqual(values);
  expect(assembled.run(given)).toEqual(values); // nothing is left over from the run before
  const { text } = generate(graph, Assembler.open(1e6));
  return { values, loops: text.match(/for \(let t/g)?.length ?? 0 };
}

const bodies: Record<string, () => Expr> = {
  'one number': () => scan((s: Expr, e: Expr) => s.mul(0.5).add(e).tanh(), x.at(0), constant(wave(T))),
  'a state of three, captured values': () =>
    scan((s: Expr, e: Expr) => s.mul(x.slice(0, 3)).add(e).sin(), x.slice(2), rows(3)),
  'a state of two': () => scan((s: Expr, e: Expr) => s.exp().add(e).log1p(), x.slice(0, 2).square(), rows(2)),
  'a hidden chain, log-sum-exp over the first axis': () =>
    scan(
      (s: Expr, e: Expr) => constant([-0.3, -1.2, -0.9, -0.4]).reshape(2, 2).add(s.reshape(2, 1)).logSumExp(0).add(e),
      x.slice(0, 2),
      rows(2),
    ),
  'a chain of three, log-sum-exp over the last axis': () =>
    scan((s: Expr, e: Expr) => constant(wave(9)).reshape(3, 3).add(s).logSumExp(1).sub(e), x.slice(0, 3), rows(3)),
  'sums, products and cumulative sums': () =>
    scan((s: Expr, e: Expr) => s.cumsum().mul(e.sum()).add(e.prod()).tanh(), x.slice(0, 3), rows(4)),
  'extrema and comparisons': () =>
    scan(
      (s: Expr, e: Expr) => where(s.gt(e), s.maximum(0.1), e.minimum(s.max())).sub(e.min().mul(0.3)),
      x.slice(0, 4),
      rows(4),
    ),
  matrices: () =>
    scan(
      (s: Expr, e: Expr) =>
        matmul(constant(wave(9)).reshape(3, 3), s)
          .mul(0.5)
          .add(e.transpose().reshape(3)),
      x.slice(0, 3),
      rows(3),
    ),
  'a vector times a matrix': () =>
    scan(
      (s: Expr, e: Expr) =>
        matmul(s, constant(wave(9, 2)).reshape(3, 3))
          .add(e)
          .atan(),
      x.slice(0, 3),
      rows(3),
    ),
  'pieces laid side by side': () =>
    scan((s: Expr, e: Expr) => concatenate([s.slice(1), e.sum().reshape(1)]), x.slice(0, 4), rows(3)),
  'operations without a form of their own': () =>
    scan(
      (s: Expr, e: Expr) =>
        apply('round', [s.mul(8)])
          .div(8)
          .add(e.square().add(0.5).lgamma().mul(0.01)),
      x.at(1),
      constant(wave(T)),
    ),
  'several values, one of which stays': () => {
    const { a, b } = scan(
      ({ a, b }, e: Expr) => ({ a: a.add(b.mul(e)), b }),
      { a: x.at(0), b: x.slice(1, 4).sum() },
      constant(wave(T)),
    );
    return stack([a, b]);
  },
  'elements at fixed places': () =>
    scan(
      (s: Expr, e: Expr) =>
        s
          .at([2, 0, 1])
          .add(segmentSum(e, [0, 2, 0, 1], 3))
          .tanh(),
      x.slice(0, 3),
      rows(4),
    ),
  'elements at the codes of each step': () =>
    scan(
      (s: Expr, code: Expr, e: Expr) => s.mul(0.5).add(x.slice(1, 4).at(code)).add(e).tanh(),
      x.at(0),
      constant(Float64Array.from({ length: T }, (_, i) => (i * i) % 3)),
      constant(wave(T)),
    ),
  'rows of a matrix at the codes of each step': () =>
    scan(
      (s: Expr, code: Expr) => {
        const next = matmul(s, constant(wave(4)).reshape(2, 2).exp()).mul(
          x.slice(0, 4).reshape(2, 2).sigmoid().at(code),
        );
        return next.div(next.sum());
      },
      x.slice(0, 2).exp(),
      constant(Float64Array.from({ length: T }, (_, i) => (i * i) % 2)),
    ),
  'values that change places': () => {
    const { a, b } = scan(
      ({ a, b }, e: Expr) => ({ a: b.add(e), b: a }),
      { a: x.at(0), b: x.at(3) },
      constant(wave(T)),
    );
    return a.sub(b);
  },
};

describe('a scan has the same bits on every back end', () => {
  it.each(Object.entries(bodies))('%s: values and gradient, as WebAssembly without a loop around it', (_, make) => {
    const states = make();
    const { values, loops } = agree([states, ...grad(states.square().sum(), [x])]);
    expect(loops).toBe(0);
    expect(values.every((value) => value.every(Number.isFinite))).toBe(true);
  });

  it.each([16, 17, 18, 31, 64])('%i steps', (steps) => {
    const states = scan((s: Expr, e: Expr) => s.sigmoid().mul(e), x.slice(0, 3), rows(3, steps));
    expect(agree([states, ...grad(logSumExp(states), [x])]).loops).toBe(0);
  });

  it('stays a loop where it is short, its state is long, or its body gathers from many', () => {
    const short = scan((s: Expr, e: Expr) => s.add(e).tanh(), x, rows(5, 15));
    const long = scan((s: Expr, e: Expr) => s.add(e).tanh(), concatenate([x, x, x, x]), rows(20));
    expect(agree([short, constant(wave(40)).mul(x.sum()).exp()]).loops).toBe(1);
    expect(agree([long]).loops).toBe(1);
    const codes = constant(Float64Array.from({ length: T }, (_, i) => (i * i) % 20));
    const far = scan((s: Expr, code: Expr) => s.mul(0.5).add(concatenate([x, x, x, x]).at(code)), x.at(0), codes);
    expect(agree([far]).loops).toBe(1);
  });

  it('gives NaN for codes that are none, and adds nothing at them', () => {
    const odd = [0, 1, 2, 3, -1, 0.5, Number.NaN, Infinity, -0, 1e300];
    const codes = constant(Float64Array.from({ length: T }, (_, i) => odd[i % odd.length]!));
    const table = x.slice(0, 3);
    const chosen = scan((s: Expr, code: Expr) => where(code.gt(-0.1), table.at(code), s), x.at(4), codes);
    const pairs = scan(
      (s: Expr, code: Expr) => s.mul(0.5).add(segmentSum(table, stack([code, code.sub(1), code.mul(0)]), 3)),
      table,
      codes,
    );
    const { values } = agree([chosen, pairs]);
    expect(Array.from(values[0]!.slice(0, 4))).toEqual([...wave(5).slice(0, 3), Number.NaN]);
    expect(values[0]![5]).toBeNaN();
    expect(values[0]![8]).toBe(wave(5)[0]);
    expect(values[1]!.every(Number.isFinite)).toBe(true);
  });

  it('passes infinities and NaN on as the interpreter does', () => {
    const edges = [Number.NaN, Infinity, -Infinity, -0, 0, 1e300, -1e300, 5e-324];
    const sequence = constant(Float64Array.from({ length: 24 }, (_, i) => edges[i % edges.length]!));
    const fresh = scan((s: Expr, e: Expr) => where(e.eq(e), e.maximum(s.minimum(0)), s.neg()), x.at(0), sequence);
    const chain = scan((s: Expr, e: Expr) => stack([s, e]).logSumExp(0), x.at(0), sequence);
    agree([fresh, chain, scan((s: Expr, e: Expr) => s.mul(e).add(e), x.at(0), sequence)]);
  });
});
