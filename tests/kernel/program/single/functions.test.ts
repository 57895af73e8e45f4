/**
 * Functions in single precision against the double precision ones, in units in the last place; and the registers of
 * four against the numbers, bit for bit.
 */
import { describe, expect, it } from 'vitest';
import * as numeric from '#kernel/numeric/elementary';
import * as special from '#kernel/numeric/special/index';
import { apply, variable } from '#kernel/program/expression';
import { operationOf, operations } from '#kernel/program/operations/registry';
import { formOf, scalarOf } from '#kernel/program/single/elementwise';
import { compileStep } from '#kernel/program/step';

/** One number in 100,003 of all of single precision, and what lies at the edges. */
const words = new Uint32Array(Math.floor(2 ** 32 / 100_003)).map((_, i) => i * 100_003);
const spread = new Float32Array(words.buffer);
const edges = [
  ...[0, 1, 0.5, 2, 1e-45, 1.1754944e-38, 3.4028235e38, Infinity, 88.72, 88.73, 103.97, 87.5, 0.625, 9.5, 2 ** 23, 2.5],
].flatMap((x) => [x, -x]);
const near = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 137);
const values = Float32Array.from([...edges, Number.NaN, ...near, ...spread]);

/** Distance in units in the last place of the nearest single precision number. */
function ulps(found: number, exact: number): number {
  const target = Math.fround(exact);
  if (Object.is(found, target) || (Number.isNaN(found) && Number.isNaN(exact))) return 0;
  if (!Number.isFinite(target) || !Number.isFinite(found)) return Infinity;
  const unit = 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(exact)))) - 23);
  return Math.abs(found - exact) / unit;
}

const figures: readonly [string, (x: number) => number, number, (x: number) => boolean][] = [
  ['exp', numeric.exp, 1.1, () => true],
  ['expm1', numeric.expm1, 2, () => true],
  ['log', numeric.log, 1.1, () => true],
  ['log1p', numeric.log1p, 2, () => true],
  ['tanh', numeric.tanh, 2, () => true],
  ['erf', special.erf, 2, () => true],
  ['logistic', numeric.sigmoid, 2.5, (x) => !(x < -87)],
  ['sigmoid', numeric.sigmoid, 2.5, (x) => !(x < -87)],
  ['softplus', numeric.softplus, 2.5, (x) => !(x < -87)],
];

describe('a function in single precision', () => {
  it.each(figures)('%s is right within its units in the last place', (name, exact, bound, inside) => {
    const f = scalarOf(name);
    let worst = 0;
    for (const x of values) {
      if (!inside(x)) continue;
      const error = ulps(f(x, 0, 0), exact(x));
      if (error > bound) expect(`${name}(${x}): ${f(x, 0, 0)}, ${error} ulp`).toBe(`within ${bound}`);
      worst = Math.max(worst, error);
    }
    expect(worst).toBeGreaterThan(0);
  });
  it('below −87 sigmoid and softplus stay at e^−87 or less, and never negative', () => {
    for (const name of ['sigmoid', 'softplus']) {
      for (const x of [-88, -1000, -3e38, -Infinity]) {
        expect(scalarOf(name)(x, 0, 0)).toBeGreaterThanOrEqual(0);
        expect(scalarOf(name)(x, 0, 0)).toBeLessThan(2e-38);
      }
    }
  });
  it('arithmetic is that of IEEE 754 binary32', () => {
    expect(scalarOf('add')(16777216, 1, 0)).toBe(16777216);
    expect(scalarOf('mul')(1.1, 1.1, 0)).toBe(Math.fround(1.1 * 1.1));
    expect(scalarOf('round')(2.5, 0, 0)).toBe(2);
    expect(scalarOf('round')(-3.5, 0, 0)).toBe(-4);
    expect(scalarOf('div')(1, 3, 0)).toBe(Math.fround(1 / 3));
  });
});

const elementwise = Object.keys(operations).filter((name) => operationOf(name).elementwise !== undefined);

describe('four lanes have the bits of the function of numbers', () => {
  it.each(elementwise.filter((name) => formOf(name)))('%s', (name) => {
    const { arity } = operationOf(name);
    const size = values.length;
    const others = [1, 7, 13].map((step) => values.map((_, i) => values[(step * i + 3 * step) % size]!));
    const given = Array.from({ length: arity }, (_, i) => (i === 0 ? values : others[i]!));
    const inputs = given.map((_, i) => variable(`x${i}`, [size]));
    const step = compileStep({ inputs, outputs: [apply(name, inputs)] });
    const found = step.run(Object.fromEntries(given.map((x, i) => [`x${i}`, x])))[0]!;
    const f = scalarOf(name);
    for (let i = 0; i < size; i++) {
      const expected = f(given[0]![i]!, given[1]?.[i] ?? 0, given[2]?.[i] ?? 0);
      if (!Object.is(found[i], expected)) {
        expect(`${name}(${given.map((x) => x[i])}) = ${found[i]}`).toBe(`${name} = ${expected}`);
      }
    }
  });
  it.each(['lgamma', 'pow', 'erfc'])('%s, called lane by lane, is the double precision function rounded', (name) => {
    const { arity, elementwise } = operationOf(name);
    const inputs = Array.from({ length: arity }, (_, i) => variable(`x${i}`, [7]));
    const at = inputs.map((_, k) => Float32Array.from({ length: 7 }, (_, i) => 0.3 + k + i / 3));
    const step = compileStep({ inputs, outputs: [apply(name, inputs)] });
    const found = step.run(Object.fromEntries(at.map((x, i) => [`x${i}`, x])))[0]!;
    found.forEach((x, i) => {
      expect(x).toBe(Math.fround(elementwise!.scalar(at[0]![i]!, at[1]?.[i] ?? 0, 0)));
    });
  });
});

describe('a function where bits may depend on the machine', () => {
  it.each(figures)('%s is right within half a unit more', (name, exact, bound, inside) => {
    const x = variable('x', [values.length]);
    const step = compileStep({ inputs: [x], outputs: [apply(name, [x])], reproducible: false });
    const found = step.run({ x: values })[0]!;
    for (const [i, given] of values.entries()) {
      if (!inside(given)) continue;
      const error = ulps(found[i]!, exact(given));
      if (error > bound + 0.5) expect(`${name}(${given}): ${found[i]}, ${error} ulp`).toBe(`within ${bound + 0.5}`);
    }
    expect(found.length).toBe(values.length);
  });
  it('tanh keeps the sign of 0, and ends at 1', () => {
    const x = variable('x', [8]);
    const step = compileStep({ inputs: [x], outputs: [x.tanh()], reproducible: false });
    const given = Float32Array.of(0, -0, Infinity, -Infinity, 50, -50, 1e-40, Number.NaN);
    const expected = [0, -0, 1, -1, 1, -1, Math.fround(1e-40), Number.NaN];
    expect(Array.from(step.run({ x: given })[0]!)).toEqual(expected);
  });
});
