/**
 * Second derivatives of the regularised incomplete gamma and beta functions in their parameters: the sums and fractions
 * of the first derivatives (`incomplete-gamma-derivative.ts`, `incomplete-beta-derivative.ts`), differentiated once more
 * term by term.
 */
import { betaMass } from './beta.ts';
import { trigamma } from './gamma.ts';
import { betaSlopes, isShortByX } from './incomplete-beta-derivative.ts';
import { poissonMass } from './incomplete-gamma.ts';
import { gammaLowerSlope, logMinusDigamma } from './incomplete-gamma-derivative.ts';

const MAXIMUM_TERMS = 1_000_000;

/** ∂²P/∂a² / poissonMass from the series: with s and t the first and second derivative of a term's logarithm, s² + t. */
function lowerSecond(a: number, x: number): number {
  let slope = gammaLowerSlope(a, x);
  let bend = -trigamma(a + 1);
  let term = 1;
  let sum = slope * slope + bend;
  let size = Math.abs(sum);
  for (let n = 1; n < MAXIMUM_TERMS; n++) {
    slope -= 1 / (a + n);
    bend += 1 / ((a + n) * (a + n));
    term *= x / (a + n);
    const step = term * (slope * slope + bend);
    sum += step;
    size += Math.abs(step);
    if (x < a + n && term * (slope * slope + Math.abs(bend)) < 1e-18 * size) break;
  }
  return sum;
}

/** The fraction h with Q = a h · poissonMass, and its two derivatives in a, through Lentz's method. */
function fraction(a: number, x: number): readonly [value: number, slope: number, bend: number] {
  let b = x + 1 - a;
  let d = 1 / b;
  let d1 = d * d;
  let d2 = 2 * d * d * d;
  // 1 / c instead of c, which starts infinite
  let r = 0;
  let r1 = 0;
  let r2 = 0;
  let h = d;
  let h1 = d1;
  let h2 = d2;
  for (let n = 1; n < MAXIMUM_TERMS; n++) {
    const an = -n * (n - a); // its slope in a is n
    b += 2; // its slope is −1
    const e = an * d + b;
    const e1 = n * d + an * d1 - 1;
    const e2 = 2 * n * d1 + an * d2;
    d = 1 / e;
    d1 = -e1 * d * d;
    d2 = (2 * e1 * e1 * d - e2) * d * d;
    const c = b + an * r;
    const c1 = -1 + n * r + an * r1;
    const c2 = 2 * n * r1 + an * r2;
    r = 1 / c;
    r1 = -c1 * r * r;
    r2 = (2 * c1 * c1 * r - c2) * r * r;
    const f = d * c;
    const f1 = d1 * c + d * c1;
    const f2 = d2 * c + 2 * d1 * c1 + d * c2;
    h2 = h2 * f + 2 * h1 * f1 + h * f2;
    h1 = h1 * f + h * f1;
    h *= f;
    const done = Math.abs(f - 1) < 1e-16 && Math.abs(h * f1) < 1e-16 * Math.abs(h1);
    if (done && Math.abs(h * f2) < 1e-16 * Math.abs(h2)) break;
  }
  return [h, h1, h2];
}

/**
 * ∂²P(a, x)/∂a² = −∂²Q(a, x)/∂a².
 *
 * @param a > 0, else NaN
 * @param x ≥ 0, else NaN
 * @example gammaRegularisedShapeSecond(2, 3) // −0.07930861629645542
 */
export function gammaRegularisedShapeSecond(a: number, x: number): number {
  if (!(a > 0 && x >= 0 && a < Infinity)) return Number.NaN;
  if (x === 0 || x === Infinity) return 0;
  const mass = poissonMass(a, x);
  if (mass === 0) return 0;
  if (x < Math.max(a + 0.5, 1.5)) return mass * lowerSecond(a, x);
  const [h, h1, h2] = fraction(a, x);
  const l = logMinusDigamma(a, x);
  // l² − ψ′(a); both are near 1 / a² for a small a, so it is taken out of both (DLMF 5.5.2).
  const m = gammaLowerSlope(a, x);
  const square = a < 1 ? m * m + (2 * m) / a - trigamma(a + 1) : l * l - trigamma(a);
  return -mass * a * (h * square + 2 * l * h1 + h2);
}

/** ∂²I/∂a², ∂²I/∂a∂b and ∂²I/∂b². */
type Second = readonly [aa: number, ab: number, bb: number];

function lower(a: number, b: number, x: number, y: number): Second {
  const n = a + b;
  let [slopeA, slopeB] = betaSlopes(a, b, x, y);
  let shared = trigamma(n);
  let own = trigamma(a + 1);
  const other = trigamma(b);
  let term = 1;
  let [aa, ab, bb] = [0, 0, 0];
  let size = 0;
  for (let k = 0; k < MAXIMUM_TERMS; k++) {
    aa += term * (slopeA * slopeA + shared - own);
    ab += term * (slopeA * slopeB + shared);
    bb += term * (slopeB * slopeB + shared - other);
    const weight = term * (slopeA * slopeA + slopeB * slopeB + shared + own + other);
    size += weight;
    if ((n + k) * x < a + 1 + k && weight < 1e-18 * size) break;
    slopeA += 1 / (n + k) - 1 / (a + 1 + k);
    slopeB += 1 / (n + k);
    shared -= 1 / ((n + k) * (n + k));
    own -= 1 / ((a + 1 + k) * (a + 1 + k));
    term *= ((n + k) / (a + 1 + k)) * x;
  }
  const scale = betaMass(a, b, x, y) / a;
  return [scale * aa, scale * ab, scale * bb];
}

/**
 * Second derivatives of I_x(a, b): in a twice, in a and b, and in b twice.
 *
 * @param a > 0, else NaN
 * @param b > 0, else NaN
 * @param x between 0 and 1, else NaN
 * @example betaRegularisedSecond(2, 3, 0.4) // 0.058396601251541091
 */
export function betaRegularisedSecond(a: number, b: number, x: number): Second {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return [Number.NaN, Number.NaN, Number.NaN];
  if (x === 0 || x === 1) return [0, 0, 0];
  const y = 1 - x;
  if (isShortByX(a, b, x, y)) return lower(a, b, x, y);
  const [bb, ab, aa] = lower(b, a, y, x);
  return [-aa, -ab, -bb];
}
