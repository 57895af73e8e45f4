/**
 * Gradients by central differences, to check the derived ones against.
 */
import type { LogDensity } from '#kernel/program/types';

/**
 * Five-point central differences of a function, extrapolated once (Richardson) so that steps can stay large:
 * truncation O(h⁶), rounding about 1e-16 |f| / h.
 */
function differences(f: (x: Float64Array) => number, at: Float64Array, step = 2e-3): Float64Array {
  const gradient = new Float64Array(at.length);
  const x = at.slice();
  for (let i = 0; i < at.length; i++) {
    const scale = step * Math.max(1, Math.abs(at[i]!));
    const central = (h: number): number => {
      x[i] = at[i]! + h;
      const right = f(x);
      x[i] = at[i]! - h;
      const left = f(x);
      x[i] = at[i]!;
      return (right - left) / (2 * h);
    };
    const [a, b, c] = [central(scale), central(scale / 2), central(scale / 4)];
    const first = (4 * b - a) / 3;
    const second = (4 * c - b) / 3;
    gradient[i] = (16 * second - first) / 15;
  }
  return gradient;
}

/** Largest |derived − difference| / (1 + |difference|) over the coordinates. */
export function gradientError(density: LogDensity, at: Float64Array, step?: number): number {
  const gradient = new Float64Array(at.length);
  density.valueAndGradient(at, gradient);
  const expected = differences((x) => density.value(x), at, step);
  let worst = 0;
  for (let i = 0; i < at.length; i++) {
    const error = Math.abs(gradient[i]! - expected[i]!) / (1 + Math.abs(expected[i]!));
    worst = error <= worst ? worst : error; // NaN is worst
  }
  return worst;
}
