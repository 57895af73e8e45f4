/**
 * Logarithms of integrals of one positive hump, however high, low, narrow or wide it is.
 */
import { exp, log } from '../../numeric/elementary.ts';
import { integrate } from '../../numeric/quadrature.ts';

const gridPoints = 400;
/** e^−45 of the height adds nothing to sixteen digits. */
const fall = 45;

/** Where a function of one hump on [a, b] is highest. */
function summit(f: (x: number) => number, a: number, b: number): number {
  let best = a;
  let height = Number.NEGATIVE_INFINITY;
  for (let i = 0; i <= gridPoints; i++) {
    const x = a + ((b - a) * i) / gridPoints;
    const value = f(x);
    if (value > height) [best, height] = [x, value];
  }
  const step = (b - a) / gridPoints;
  let [low, high] = [Math.max(a, best - step), Math.min(b, best + step)];
  for (let i = 0; i < 60; i++) {
    const [left, right] = [low + 0.382 * (high - low), low + 0.618 * (high - low)];
    if (f(left) > f(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}

/** Where the hump has fallen by `fall` between its summit and an end, or the end. */
function foot(f: (x: number) => number, top: number, end: number): number {
  const floor = f(top) - fall;
  if (f(end) > floor) return end;
  let [inside, outside] = [top, end];
  for (let i = 0; i < 60; i++) {
    const middle = (inside + outside) / 2;
    if (f(middle) > floor) inside = middle;
    else outside = middle;
  }
  return outside;
}

/**
 * log ∫ exp(f) over [a, b], where f has one maximum and falls from it to both sides.
 *
 * @example logIntegral((x) => -0.5 * x * x, -40, 40) // ½ log 2π
 */
export function logIntegral(f: (x: number) => number, a: number, b: number): number {
  const top = summit(f, a, b);
  const height = f(top);
  const scaled = (x: number) => exp(f(x) - height);
  return height + log(integrate(scaled, foot(f, top, a), top) + integrate(scaled, top, foot(f, top, b)));
}
