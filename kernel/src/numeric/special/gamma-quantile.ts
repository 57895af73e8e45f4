/**
 * Inverses of the regularised incomplete gamma functions: Newton's method on the logarithm of the smaller tail as a
 * function of log x, where it is concave, so the steps cannot run away; kept in a bracket all the same.
 */
import { exp, log } from '../elementary.ts';
import { lgamma, lgamma1p } from './gamma.ts';
import { incompleteGamma, logPoissonMass, lowerRatio, poissonMass, upperRatio } from './incomplete-gamma.ts';
import { normalQuantile } from './normal.ts';

/**
 * A first log x: from the leading term of either tail, or by Wilson & Hilferty (1931), after whom the cube root of a
 * gamma variable is nearly normal.
 */
function start(a: number, lower: number, upper: number): number {
  if (upper < 0.01 && a < 5) {
    const size = Math.max(-log(upper) - lgamma(a), 1); // from Q ≈ x^(a − 1) e^(−x) / Γ(a)
    return log(Math.max(size + (a - 1) * log(size), 0.5));
  }
  const z = lower < upper ? normalQuantile(lower) : -normalQuantile(upper);
  const root = 1 - 1 / (9 * a) + z / (3 * Math.sqrt(a));
  const logX = root > 0.1 ? log(a) + 3 * log(root) : Infinity;
  const logGamma = a <= 0.5 ? lgamma1p(a) : lgamma(a + 1);
  const power = (log(lower) + logGamma) / a; // from P ≈ x^a / Γ(a + 1), a lower bound
  const usable = Number.isFinite(logX) && lower > 1e-3 && a > 0.3;
  return usable || !Number.isFinite(power) ? Math.min(logX, 800) : power;
}

/** log of the tail (P when `byLower`, else Q) at x, and its slope in log x; right where the tail itself underflows. */
function logTail(a: number, x: number, byLower: boolean): readonly [value: number, slope: number] {
  const tail = incompleteGamma(a, x)[byLower ? 0 : 1];
  if (tail > 1e-290) return [log(tail), (byLower ? a : -a) * (poissonMass(a, x) / tail)];
  const ratio = byLower ? lowerRatio(a, x) : upperRatio(a, x);
  return [logPoissonMass(a, x) + log(ratio), (byLower ? a : -a) / ratio];
}

/** x with P(a, x) = lower and Q(a, x) = upper = 1 − lower. */
function solve(a: number, lower: number, upper: number): number {
  let low = -Infinity;
  let high = Infinity;
  let u = start(a, lower, upper); // log x
  if (u < -700) return exp(u);
  const byLower = lower < upper;
  const wanted = byLower ? lower : upper;
  const target = log(wanted);
  for (let i = 0; i < 200; i++) {
    const x = exp(u);
    const [value, slope] = logTail(a, x, byLower);
    const step = (target - value) / slope;
    if (step >= 0) low = u;
    else high = u;
    let next = u + step;
    if (!(next >= low && next <= high)) {
      if (low === -Infinity) next = u - 2 * Math.max(1, 1 / a);
      else if (high === Infinity) next = u + 1;
      else next = (low + high) / 2;
    }
    if (Math.abs(next - u) < 1e-9) {
      // One last step on x itself, with the plain tail: u and its target round at their size times 1e-16.
      const tail = incompleteGamma(a, x)[byLower ? 0 : 1];
      const relative = tail > 1e-290 ? (wanted - tail) / tail / slope : step;
      return x + x * relative;
    }
    u = next;
  }
  return exp(u);
}

/**
 * Quantile of a gamma variable of shape `a` and rate 1: the x with P(a, x) = p.
 *
 * @param p between 0 and 1; 0 gives 0 and 1 gives ∞; NaN outside
 * @param a shape > 0
 * @example gammaQuantile(0.5, 2) // 1.678346990016661
 */
export function gammaQuantile(p: number, a: number): number {
  if (!(p >= 0 && p <= 1 && a > 0)) return Number.NaN;
  if (p === 0) return 0;
  if (p === 1 || a === Infinity) return Infinity;
  return solve(a, p, 1 - p);
}

/** The x with Q(a, x) = q, accurate for tiny q. */
export function gammaUpperQuantile(q: number, a: number): number {
  if (!(q >= 0 && q <= 1 && a > 0)) return Number.NaN;
  if (q === 1) return 0;
  if (q === 0 || a === Infinity) return Infinity;
  return solve(a, 1 - q, q);
}
