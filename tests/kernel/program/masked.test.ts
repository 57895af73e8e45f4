/**
 * Softmax and log-sum-exp over the elements that a mask leaves: as computed on those alone, in both precisions.
 */
import { describe, expect, it } from 'vitest';
import { compile, Program } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { matmul } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { maskedLogSumExp, maskedSoftmax } from '#kernel/program/masked';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';

const ROWS = 4;
const COLUMNS = 5;
const x = variable('x', [ROWS, COLUMNS]) as Expr;
const inputs = [{ name: 'x', shape: [ROWS, COLUMNS] }];
const mask = [
  [1, 1, 1, 1, 1],
  [1, 0, 1, 0, 0],
  [0, 0, 0, 1, 0],
  [0, 0, 0, 0, 0],
];
/** Large, so that nothing but the largest of those that are there may be taken off. */
const numbers = Float64Array.from({ length: ROWS * COLUMNS }, (_, i) => 3 * Math.sin(2 * i) + (i % 3 === 1 ? 700 : 0));
const there = (i: number) => mask.flat()[i] === 1;

function naive(values: Float64Array): { weights: number[]; logs: number[] } {
  const logs = mask.map((row, r) => {
    const kept = row.flatMap((m, c) => (m ? [values[r * COLUMNS + c]!] : []));
    const top = Math.max(...kept);
    return kept.length === 0 ? -Infinity : top + Math.log(kept.reduce((sum, v) => sum + Math.exp(v - top), 0));
  });
  const weights = Array.from(values, (v, i) => (there(i) ? Math.exp(v - logs[Math.floor(i / COLUMNS)]!) : 0));
  return { weights, logs };
}

function run(outputs: Expr[], values = numbers): Float64Array[] {
  const { graph } = compile({ inputs, outputs });
  const expected = new Program(graph, 'interpreter').run({ x: values });
  for (const backEnd of ['javascript', 'webassembly'] as const) {
    expect(new Program(graph, backEnd).run({ x: values })).toEqual(expected);
  }
  return expected;
}

const close = (found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) => {
  expect(found.length).toBe(expected.length);
  Array.from(expected).forEach((value, i) => {
    if (Number.isFinite(value)) expect(Math.abs(found[i]! - value), `element ${i}`).toBeLessThanOrEqual(tolerance);
    else expect(found[i]).toBe(value);
  });
};

describe('with a mask', () => {
  it('weights are those of the elements that are there, 0 elsewhere and in rows where none is', () => {
    const [weights] = run([maskedSoftmax(x, mask)]);
    close(weights!, naive(numbers).weights, 1e-13);
    expect(Array.from(weights!.slice(15))).toEqual([0, 0, 0, 0, 0]);
  });

  it('log-sum-exp is that of the elements that are there, −∞ in rows where none is', () => {
    const [rows, all] = run([maskedLogSumExp(x, mask, -1), maskedLogSumExp(x, mask)]);
    const { logs } = naive(numbers);
    close(rows!, logs, 1e-12);
    const top = Math.max(...logs);
    close(all!, [top + Math.log(logs.reduce((sum, v) => sum + Math.exp(v - top), 0))], 1e-12);
  });

  it('what is masked adds exactly 0 to value and gradient, NaN and ∞ too', () => {
    const weights = constant(Float64Array.from({ length: 20 }, (_, i) => Math.cos(i))).reshape(ROWS, COLUMNS);
    const outputs = [maskedSoftmax(x, mask), maskedLogSumExp(x, mask, 1).slice(0, 3)];
    const slopes = [...grad(outputs[0]!.mul(weights).sum(), [x]), ...grad(outputs[1]!.mul([1, -2, 3]).sum(), [x])];
    const clean = run([...outputs, ...slopes]);
    for (const bad of [Number.NaN, Infinity, -Infinity, 1e308]) {
      const spoilt = numbers.map((v, i) => (there(i) ? v : bad));
      const found = run([...outputs, ...slopes], spoilt);
      expect(found).toEqual(clean);
      expect(found.every((values) => values.every(Number.isFinite))).toBe(true);
    }
    for (const slope of clean.slice(2)) expect(slope.every((v, i) => there(i) || v === 0)).toBe(true);
  });

  it('gradients are those of differences', () => {
    const small = numbers.map((_, i) => Math.sin(2 * i));
    const weights = Array.from({ length: 20 }, (_, i) => Math.cos(i));
    const value = maskedSoftmax(x, mask)
      .mul(constant(Float64Array.from(weights)).reshape(ROWS, COLUMNS))
      .sum()
      .add(maskedLogSumExp(x, mask, -1).slice(0, 3).square().sum()) as Expr;
    const [slope] = run(grad(value, [x]), small);
    const at = (values: Float64Array) => {
      const { weights: w, logs } = naive(values);
      return w.reduce((sum, v, i) => sum + v * weights[i]!, 0) + logs.slice(0, 3).reduce((sum, v) => sum + v * v, 0);
    };
    small.forEach((v, i) => {
      const h = 1e-5;
      const difference = (at(small.with(i, v + h)) - at(small.with(i, v - h))) / (2 * h);
      expect(Math.abs(slope![i]! - difference)).toBeLessThan(1e-8);
    });
  });

  it('along another dimension, and with masks that broadcast', () => {
    const turned = run([maskedSoftmax(x.transpose(), constant(mask.flat()).reshape(ROWS, COLUMNS).transpose(), 0)])[0]!;
    const [weights] = run([maskedSoftmax(x, mask)]);
    for (let r = 0; r < ROWS; r++) {
      for (let c = 0; c < COLUMNS; c++) expect(turned[c * ROWS + r]).toBe(weights![r * COLUMNS + c]);
    }
    const [columns, whole, rows] = run([
      maskedSoftmax(x, [1, 0, 1, 0, 1]),
      maskedSoftmax(x, 0),
      maskedSoftmax(x, [[1], [0], [1], [0]]),
    ]);
    expect(columns!.every((v, i) => ![1, 3].includes(i % COLUMNS) || v === 0)).toBe(true);
    for (let r = 0; r < ROWS; r++) {
      expect(columns!.slice(r * COLUMNS, (r + 1) * COLUMNS).reduce((sum, v) => sum + v)).toBeCloseTo(1, 13);
      const sum = rows!.slice(r * COLUMNS, (r + 1) * COLUMNS).reduce((total, v) => total + v);
      expect(sum).toBeCloseTo(r % 2 === 0 ? 1 : 0, 13);
    }
    expect(whole!.every((v) => v === 0)).toBe(true);
  });

  it('a causal mask over heads lets a word see itself and those before it', () => {
    const [heads, time] = [2, 5];
    const scores = variable('scores', [heads, time, time]) as Expr;
    const causal = Array.from({ length: time }, (_, i) => Array.from({ length: time }, (__, j) => (j <= i ? 1 : 0)));
    const { graph } = compile({
      inputs: [{ name: 'scores', shape: [heads, time, time] }],
      outputs: [maskedSoftmax(scores, causal)],
    });
    const given = Float64Array.from({ length: heads * time * time }, (_, i) => Math.sin(i));
    const [weights] = new Program(graph).run({ scores: given });
    weights!.forEach((w, i) => {
      const [row, column] = [Math.floor(i / time) % time, i % time];
      expect(w > 0).toBe(column <= row);
    });
    for (let row = 0; row < heads * time; row++) {
      expect(weights!.slice(row * time, (row + 1) * time).reduce((sum, w) => sum + w)).toBeCloseTo(1, 13);
    }
  });

  it('in single precision, interpreted and as WebAssembly, as in double', () => {
    const outputs = [maskedSoftmax(x, mask), ...grad(matmul(maskedSoftmax(x, mask), [1, 2, 3, 4, 5]).sum(), [x])];
    const small = numbers.map((_, i) => Math.sin(2 * i));
    const expected = run(outputs, small);
    const steps = [true, false].map((interpret) => compileStep({ inputs: [x], outputs, interpret }).run({ x: small }));
    steps[0]!.forEach((values, i) => {
      expect(Array.from(steps[1]![i]!)).toEqual(Array.from(values));
      close(values, expected[i]!, 1e-6);
    });
  });

  it('of another shape is refused', () => {
    expect(() => maskedSoftmax(x, [1, 0])).toThrow(/maskedSoftmax.*\[4, 5\].*\[2\]/);
    expect(() => maskedLogSumExp([1, 2], [[1], [0]])).toThrow(
      /maskedLogSumExp: a mask of shape \[2, 1\] for values of shape \[2\]; give one of the same shape/,
    );
    expect(() => maskedSoftmax(x, mask, 2)).toThrow(/maskedSoftmax/);
  });
});
