/**
 * Distribution of the studentised range (Tukey 1949; Copenhaver & Holland 1988, Journal of Statistical Computation and
 * Simulation 30, 1–15) and the noncentral t, as integrals over the estimated standard deviation by the trapezoidal rule,
 * which converges geometrically for integrands that fade at both ends.
 */
import { exp, expm1, log, log1p } from '../elementary.ts';
import { lgamma } from './gamma.ts';
import { normalCdf } from './normal.ts';

/** Step and reach of the rule over the normal variable. */
const STEP = 0.1;
const REACH = 9;
/** Parts of the integrand below e^−60 of its peak are left out. */
const FADED = -60;

interface Node {
  readonly cdf: number;
  readonly weight: number;
}

const nodes: readonly Node[] = Array.from({ length: Math.round((2 * REACH) / STEP) + 1 }, (_, i) => {
  const z = -REACH + i * STEP;
  return { cdf: normalCdf(z), weight: (STEP * exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI) };
});

/** P(range of `groups` standard normals > w), the small tail by itself: k ∫ φ Φ^(k−1) (1 − (1 − Φ(z−w)/Φ(z))^(k−1)) dz. */
function rangeUpper(w: number, groups: number): number {
  if (w <= 0) return 1;
  let sum = 0;
  nodes.forEach(({ cdf, weight }, i) => {
    const below = normalCdf(-REACH + i * STEP - w);
    if (cdf > 0) sum += weight * exp((groups - 1) * log(cdf)) * -expm1((groups - 1) * log1p(-Math.min(1, below / cdf)));
  });
  return Math.min(1, groups * sum);
}

/** ∫ f(s) g(s) ds where ν s² is chi-squared with ν degrees of freedom, over u = log s. */
function overDeviation(nu: number, value: (s: number) => number): number {
  const constant = Math.LN2 + (nu / 2) * log(nu / 2) - lgamma(nu / 2);
  const logDensity = (u: number) => constant + nu * u - (nu / 2) * exp(2 * u);
  const step = 1 / Math.sqrt(2 * nu) / 4;
  const peak = logDensity(0);
  let sum = 0;
  for (const side of [-1, 1]) {
    for (let k = side === 1 ? 0 : 1; ; k++) {
      const u = side * k * step;
      const size = logDensity(u);
      if (size < peak + FADED) break;
      sum += exp(size) * value(exp(u));
    }
  }
  return step * sum;
}

/**
 * P(Q > q): Q is the range of `groups` means over the standard deviation estimated with ν degrees of freedom.
 *
 * @param groups 2 or more
 * @param nu degrees of freedom > 0; ∞ for a known standard deviation
 * @example studentisedRangeUpper(3.506426, 3, 27) // 0.0500…
 */
export function studentisedRangeUpper(q: number, groups: number, nu: number): number {
  if (!(groups >= 2 && nu > 0) || Number.isNaN(q)) return Number.NaN;
  if (q <= 0) return 1;
  if (nu === Infinity) return rangeUpper(q, groups);
  return Math.min(
    1,
    overDeviation(nu, (s) => rangeUpper(q * s, groups)),
  );
}

/** The q with P(Q > q) = p, for 0 < p < 1, by bisection and secants on log p. */
export function studentisedRangeUpperQuantile(p: number, groups: number, nu: number): number {
  if (!(p > 0 && p < 1)) return Number.NaN;
  const off = (q: number) => log(studentisedRangeUpper(q, groups, nu)) - log(p);
  let [low, high] = [0, 4];
  let [atLow, atHigh] = [-log(p), off(4)];
  while (atHigh > 0) {
    [low, atLow] = [high, atHigh];
    high *= 2;
    atHigh = off(high);
  }
  for (let round = 0; round < 100 && high - low > 1e-12 * high; round++) {
    let next = low + (atLow * (high - low)) / (atLow - atHigh);
    if (round % 3 === 2) next = (low + high) / 2;
    const at = off(next);
    if (Math.abs(at) < 1e-13) return next;
    if (at > 0) [low, atLow] = [next, at];
    else [high, atHigh] = [next, at];
  }
  return (low + high) / 2;
}

/** P(T > t) of the noncentral t: a normal of mean δ over the estimated standard deviation. */
export function noncentralTUpper(t: number, nu: number, delta: number): number {
  return Math.min(
    1,
    overDeviation(nu, (s) => normalCdf(delta - t * s)),
  );
}
