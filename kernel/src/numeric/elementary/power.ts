/**
 * x^y, our own so that the same seed gives the same bits on every engine.
 *
 * Method: e^(y log |x|) with log |x| to about 68 bits. With m = mantissa, s = (m − 1)/(m + 1) is kept as a sum of
 * two doubles, and so is the leading part 2 s + (2/3) s³ of 2 atanh(s); the remaining series is small enough for
 * plain doubles. Error measured against 60-digit values: below 1 ulp.
 */
import { productError, sumError } from './exact.ts';
import { exp } from './exponential.ts';
import { log } from './logarithm.ts';
import { exponent, LN2_HIGH, LN2_LOW, mantissa } from './scale.ts';

/** 1024 log 2, where e^x reaches 2^1024, in two parts. */
const OVERFLOW_HIGH = 709.782712893384;
const OVERFLOW_LOW = 2.3747039373786107e-14;

/** e^(y log x) for finite x > 0 and finite y. */
function positivePower(x: number, y: number): number {
  const m = mantissa(x);
  const k = exponent();
  const f = m - 1; // exact
  const g = m + 1;
  const gError = m - (g - 1); // m + 1 = g + gError
  const s = f / g;
  const p = s * g;
  const sLow = (f - p - productError(s, g, p) - s * gError) / g; // s + sLow = (m − 1) / (m + 1)
  const z = s * s;
  const zLow = productError(s, s, z) + 2 * s * sLow;
  const cube = s * z;
  const cubeLow = productError(s, z, cube) + s * zLow + sLow * z;
  // 2/3 = 0.6666666666666666 + 3.7e-17
  const third = 0.6666666666666666 * cube;
  const thirdLow =
    productError(0.6666666666666666, cube, third) + 0.6666666666666666 * cubeLow + 3.700743415417188e-17 * cube;
  const series =
    cube *
    z *
    (0.4 +
      z *
        (0.2857142857142857 +
          z *
            (0.2222222222222222 +
              z *
                (0.18181818181818182 +
                  z *
                    (0.15384615384615385 +
                      z *
                        (0.13333333333333333 +
                          z * (0.11764705882352941 + z * (0.10526315789473684 + z * 0.09523809523809523))))))));
  // log x = k LN2_HIGH + 2 s + third + (everything low), largest first
  let high = k * LN2_HIGH; // exact
  let low = 0;
  for (const term of [2 * s, third, series]) {
    const sum = high + term;
    low += sumError(high, term, sum);
    high = sum;
  }
  low += k * LN2_LOW + 2 * sLow + thirdLow;
  const logarithm = high + low;
  low -= logarithm - high;

  const product = y * logarithm;
  if (!(Math.abs(product) < 750)) return product > 0 ? Infinity : 0;
  const rest = productError(y, logarithm, product) + y * low;
  const value = exp(product);
  if (Number.isFinite(value)) return value + value * rest;
  if (product - OVERFLOW_HIGH + (rest - OVERFLOW_LOW) >= 0) return Infinity;
  const root = exp(product / 2); // e^product overflows by its rounding alone
  return root * (root + root * rest);
}

/**
 * x to the power y, with the conventions of IEEE 754 (pow(x, 0) = 1 even for NaN) except that, as everywhere in
 * JavaScript but unlike `**`, pow(±1, ±∞) = 1.
 *
 * @example pow(2, 0.5) // 1.4142135623730951
 */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (y === 1) return x;
  if (y === 2) return x * x;
  if (y === 0.5 && x >= 0) return Math.sqrt(x);
  if (y === -1) return 1 / x;
  const size = Math.abs(x);
  if (!Number.isFinite(y)) {
    if (size === 1) return 1;
    return size > 1 === y > 0 ? Infinity : 0;
  }
  const whole = Number.isInteger(y);
  const negative = (x < 0 || Object.is(x, -0)) && whole && Math.abs(y) < 2 ** 53 && y % 2 !== 0;
  const sign = negative ? -1 : 1;
  if (size === 0 || size === Infinity) return sign * ((size === 0) === y < 0 ? Infinity : 0);
  if (x < 0 && !whole) return Number.NaN;
  if (size === 1) return sign;
  if (Math.abs(y) > 1e300) return sign * (y * log(size) > 0 ? Infinity : 0);
  return sign * positivePower(size, y);
}
