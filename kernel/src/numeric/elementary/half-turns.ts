/**
 * Reduction of an angle to the quarter turn around 0: x = k π/2 + r, |r| ≤ π/4, with r as a sum of two doubles.
 *
 * Small angles with π/2 in three parts (Cody & Waite 1980, ch. 8), large ones with 1200 bits of 2/π in whole-number
 * arithmetic (Payne & Hanek 1983), so the sine of 1e300 is right too. Constants: tests/kernel/numeric/coefficients.py.
 */
import { productError, sumError } from './exact.ts';

const HALF_PI_FIRST = 1.5707963267341256; // 33 bits
const HALF_PI_SECOND = 6.077100506303966e-11; // the next 33
const HALF_PI_THIRD = 2.0222662487959506e-21;

const HALF_PI_HIGH = 1.5707963267948966;
const HALF_PI_LOW = 6.123233995736766e-17;

/** ⌊2/π · 2^1200⌋. */
const TWO_OVER_PI_BITS = 1200;
const TWO_OVER_PI = BigInt(
  '0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73ee8' +
    '8235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f46' +
    '3f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b',
);

/** r = high + low, in quarter turn number `quarter` (0 … 3). */
export interface Reduced {
  high: number;
  low: number;
  quarter: number;
}

/** Reduce a finite angle into `out`. */
export function reduceAngle(x: number, out: Reduced): void {
  if (Math.abs(x) <= Math.PI / 4) {
    out.high = x;
    out.low = 0;
    out.quarter = 0;
  } else if (Math.abs(x) < 1e6) reduceSmall(x, out);
  else reduceLarge(x, out);
}

function reduceSmall(x: number, out: Reduced): void {
  const k = Math.floor(x * (2 / Math.PI) + 0.5); // below 2^20, so k times 33 bits is exact
  const first = x - k * HALF_PI_FIRST;
  const second = k * HALF_PI_SECOND;
  const difference = first - second;
  const rest = sumError(first, -second, difference) - k * HALF_PI_THIRD;
  out.high = difference + rest;
  out.low = sumError(difference, rest, out.high);
  out.quarter = k & 3;
}

function reduceLarge(x: number, out: Reduced): void {
  let shift = 0; // |x| = mantissa · 2^shift with a whole mantissa
  let mantissa = Math.abs(x);
  while (mantissa >= 2 ** 53) {
    mantissa /= 2;
    shift += 1;
  }
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    shift -= 1;
  }
  const fractionBits = BigInt(TWO_OVER_PI_BITS - shift);
  const turns = BigInt(mantissa) * TWO_OVER_PI; // |x| · 2/π, with `fractionBits` bits after the point
  let quarter = Number((turns >> fractionBits) & 3n);
  // 160 bits of the fraction are enough: no double is closer than 2^−62 to a multiple of π/2 (Kahan; Muller 2016, § 11.3)
  let fraction = (turns & ((1n << fractionBits) - 1n)) >> (fractionBits - 160n);
  if (fraction >> 159n) {
    fraction -= 1n << 160n;
    quarter += 1;
  }
  const high = Number(fraction);
  const low = Number(fraction - BigInt(high));
  const scaledHigh = high * 2 ** -160;
  const product = scaledHigh * HALF_PI_HIGH;
  const rest =
    productError(scaledHigh, HALF_PI_HIGH, product) + scaledHigh * HALF_PI_LOW + low * 2 ** -160 * HALF_PI_HIGH;
  const sign = x < 0 ? -1 : 1;
  out.high = sign * (product + rest);
  out.low = sign * sumError(product, rest, product + rest);
  out.quarter = (sign * quarter) & 3;
}
