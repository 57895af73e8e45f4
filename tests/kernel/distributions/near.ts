/** What the tests of series and processes share: values of expressions, and slopes against differences. */
import { expect } from 'vitest';
import { compile, compileLogDensity, variable } from '#kernel/program/index';
import type { Expr } from '#kernel/program/types';

/** The numbers of an expression without inputs. */
export const numbers = (expression: Expr): number[] =>
  Array.from(compile({ inputs: [], outputs: [expression] }).run({})[0]!);

/** Equal to within a share of 1 + |expected|. */
export function close(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < got.length; i++) {
    const allowed = tolerance * (1 + Math.abs(expected[i]!));
    expect(Math.abs(got[i]! - expected[i]!), `${i}: ${got[i]} and ${expected[i]}`).toBeLessThanOrEqual(allowed);
  }
}

/** Value, and gradient against differences. */
export function slopes(build: (position: Expr) => Expr, start: readonly number[]): number {
  const position = variable('position', [start.length]);
  const density = compileLogDensity({ position, value: build(position) });
  const at = Float64Array.from(start);
  const gradient = new Float64Array(start.length);
  const value = density.valueAndGradient(at, gradient);
  expect(Number.isFinite(value)).toBe(true);
  at.forEach((v, i) => {
    const h = v === 0 ? 1e-4 : 1e-4 * Math.abs(v);
    const f = (step: number) => density.value(at.with(i, v + step));
    const slope = (f(-2 * h) - 8 * f(-h) + 8 * f(h) - f(2 * h)) / (12 * h);
    const allowed = 1e-6 * Math.abs(slope) + (1e-13 * (1 + Math.abs(value))) / h + 1e-9;
    expect(Math.abs(gradient[i]! - slope), `${i}: ${gradient[i]} and ${slope}`).toBeLessThan(allowed);
  });
  return value;
}
