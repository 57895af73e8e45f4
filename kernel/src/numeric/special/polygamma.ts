/**
 * Polygamma functions: the derivatives of digamma.
 *
 * For x > 0 by the recurrence ψ⁽ⁿ⁾(x) = ψ⁽ⁿ⁾(x + 1) − (−1)ⁿ n! / xⁿ⁺¹ up to where the asymptotic series holds (DLMF 5.15.5
 * and 5.15.8); for x < 0 by reflection, the derivatives of the cotangent being polynomials in it (DLMF 5.15.6).
 */
import { pow, tan } from '../elementary.ts';
import { digamma, trigamma } from './gamma.ts';

/** Bernoulli numbers B₂, B₄, … B₃₀ (DLMF 24.2.1). */
const BERNOULLI = [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
  -174611 / 330,
  854513 / 138,
  -236364091 / 2730,
  8553103 / 6,
  -23749461029 / 870,
  8615841276005 / 14322,
];

/** |ψ⁽ⁿ⁾(x)| for n ≥ 1 and x > 0; its sign is (−1)ⁿ⁺¹. */
function size(order: number, x: number): number {
  let factorial = 1; // n!
  for (let k = 2; k <= order; k++) factorial *= k;
  const far = 15 + order;
  let shift = 0;
  let at = x;
  for (; at < far; at++) shift += pow(at, -(order + 1));
  // (n − 1)! / xⁿ (1 + n / 2x + Σ B₂ₖ n (n + 1) … (n + 2k − 1) / ((2k)! x²ᵏ))
  let rising = 1;
  let sum = 1 + order / (2 * at);
  BERNOULLI.forEach((bernoulli, i) => {
    const k = 2 * (i + 1);
    rising *= ((order + k - 2) * (order + k - 1)) / ((k - 1) * k * at * at);
    sum += bernoulli * rising;
  });
  return factorial * shift + ((factorial / order) * sum) / pow(at, order);
}

/** The n-th derivative of π cot πx, from the distance of x to the nearest whole number. */
function cotangentDerivative(order: number, fraction: number): number {
  // cot′ = −(1 + cot²): each derivative is a polynomial, its coefficients in rising powers.
  let coefficients = [0, 1];
  for (let k = 0; k < order; k++) {
    const next = new Array<number>(coefficients.length + 1).fill(0);
    for (let i = 1; i < coefficients.length; i++) {
      next[i - 1]! -= i * coefficients[i]!;
      next[i + 1]! -= i * coefficients[i]!;
    }
    coefficients = next;
  }
  // Near one half, where it is 0, from the distance to it.
  const size = Math.abs(fraction);
  const cotangent = Math.sign(fraction) * (size > 0.25 ? tan(Math.PI * (0.5 - size)) : 1 / tan(Math.PI * size));
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * cotangent + coefficients[i]!;
  return pow(Math.PI, order + 1) * value;
}

/**
 * ψ⁽ⁿ⁾(x), the derivative of digamma of this order; 0 is digamma itself, 1 trigamma.
 *
 * @param order a whole number from 0 to 100, else NaN
 * @param x ∞ or NaN at 0 and the negative whole numbers
 * @example polygamma(2, 1) // −2.4041138063191885
 */
export function polygamma(order: number, x: number): number {
  if (!(Number.isInteger(order) && order >= 0 && order <= 100) || Number.isNaN(x)) return Number.NaN;
  if (order === 0) return digamma(x);
  if (order === 1) return trigamma(x);
  const sign = order % 2 === 0 ? -1 : 1;
  if (x > 0) return x === Infinity ? sign * 0 : sign * size(order, x);
  if (Number.isInteger(x)) return order % 2 === 1 ? Infinity : Number.NaN; // even orders change sign at the pole
  if (x === -Infinity) return Number.NaN;
  return -cotangentDerivative(order, x - Math.round(x)) - sign * (sign * size(order, 1 - x));
}
