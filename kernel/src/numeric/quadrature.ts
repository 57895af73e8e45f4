/**
 * Integrals by the double exponential rules (Takahasi & Mori 1974, Publ. RIMS 9, 721–741): for smooth functions of one
 * sign, also where they are concentrated at an end, to about 13 digits.
 */
import { cosh, exp, sinh } from './elementary.ts';

const STEP = 1 / 64;
const COUNT = 216; // weights at ±216/64 are below 1e-17

/** Per t = k · STEP ≥ 0: distance of the node from the nearer end of (0, 1), and weight. */
const nodes: readonly (readonly [distance: number, weight: number])[] = Array.from({ length: COUNT + 1 }, (_, k) => {
  const t = k * STEP;
  const s = Math.PI * (exp(t) - exp(-t)) * 0.5;
  const q = exp(-s); // 1 / (1 + e^s) is the distance
  const distance = q / (1 + q);
  return [distance, STEP * Math.PI * 0.5 * (exp(t) + exp(-t)) * (distance / (1 + q))] as const;
});

/**
 * ∫ f from a to b; both finite.
 *
 * @example integrate((x) => 1 / (1 + x * x), 0, 1) // 0.7853981633974483, π/4
 */
export function integrate(f: (x: number) => number, a: number, b: number): number {
  const width = b - a;
  if (width === 0) return 0;
  let sum = f(a + width / 2) * nodes[0]![1];
  for (let k = COUNT; k >= 1; k--) {
    const [distance, weight] = nodes[k]!;
    sum += weight * (f(a + width * distance) + f(b - width * distance));
  }
  return sum * width;
}

/** Where the substitution of the rule ends: weights are below 1e-300 there. */
const reach = 6.5;

/**
 * ∫ f from 0 to `length`, finite or ∞, by a step that is halved until the sum no longer moves: for tails, which may
 * fall as a power or faster than an exponential.
 *
 * @param scale where the middle of the tail lies, > 0; used on a half-line alone
 * @example integrateTail((x) => 1 / (1 + x * x), Infinity, 1) // 1.5707963267948966, π/2
 */
export function integrateTail(f: (distance: number) => number, length: number, scale: number): number {
  // x = L / (1 + e^(−π sinh t)) on an interval, x = s e^(π/2 sinh t) on a half-line
  const point = (t: number): number => {
    const u = Math.PI * sinh(t);
    if (length === Infinity) {
      const x = scale * exp(u / 2);
      return f(x) * x * (Math.PI / 2) * cosh(t);
    }
    const share = 1 / (1 + exp(-u));
    return f(length * share) * length * share * (1 - share) * Math.PI * cosh(t);
  };
  const safe = (t: number): number => {
    const value = point(t);
    return Number.isFinite(value) ? value : 0; // 0 · ∞ far out, where nothing is left
  };
  let step = 0.5;
  let sum = safe(0);
  for (let t = step; t <= reach; t += step) sum += safe(t) + safe(-t);
  let before = sum * step;
  for (let level = 0; level < 8; level++) {
    for (let t = step / 2; t <= reach; t += step) sum += safe(t) + safe(-t);
    step /= 2;
    const now = sum * step;
    if (level > 1 && Math.abs(now - before) <= 1e-13 * Math.abs(now)) return now;
    before = now;
  }
  return before;
}
