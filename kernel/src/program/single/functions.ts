/**
 * Elementary functions in single precision, written once for numbers and for registers of four (`lanes.ts`).
 *
 * Reductions and polynomials of exp, log and tanh: S. L. Moshier's Cephes library, single precision (1992), expf.c,
 * logf.c, tanhf.c. Errors in units in the last place are the largest found over all 2^32 arguments sampled one in
 * 1009 (tests/kernel/program/single/functions.test.ts), against the double precision functions of `numeric`.
 */
import type { Lanes } from './lanes.ts';

/** log 2 = high + low; multiples of `high` by whole numbers below 2^14 are exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;

/** c0 x^(n−1) + … + c(n−1), by Horner's rule. */
function polynomial<V>(l: Lanes<V>, x: V, coefficients: readonly number[]): V {
  return coefficients.slice(1).reduce((sum, c) => l.multiplyAdd(sum, x, l.constant(c)), l.constant(coefficients[0]!));
}

/** x = k log 2 + r, |r| ≤ log(2)/2, and (e^r − 1 − r) / r². */
function reduce<V>(l: Lanes<V>, x: V) {
  const { k, bits } = l.whole(l.mul(x, l.constant(Math.LOG2E)));
  const r = l.multiplyAdd(k, l.constant(-LN2_LOW), l.multiplyAdd(k, l.constant(-LN2_HIGH), x));
  const tail = polynomial(l, r, [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 0.16666665459, 0.5]);
  return { k, bits, r, tail };
}

/** e^x for |x| ≤ 110. */
function expOfBounded<V>(l: Lanes<V>, x: V): V {
  const { bits, r, tail } = reduce(l, x);
  const y = l.add(l.multiplyAdd(tail, l.mul(r, r), r), l.constant(1));
  const [first, second] = l.powers(bits);
  return l.mul(l.mul(y, first), second);
}

/** e^x; 1 ulp. */
export function exp<V>(l: Lanes<V>, x: V): V {
  return expOfBounded(l, l.greater(l.lesser(x, l.constant(110)), l.constant(-110)));
}

/** e^x for x ≤ 87, where e^−87 stands for what is smaller: one product less, and no denormals. */
function expWithin<V>(l: Lanes<V>, x: V): V {
  const { bits, r, tail } = reduce(l, l.greater(x, l.constant(-87)));
  return l.mul(l.add(l.multiplyAdd(tail, l.mul(r, r), r), l.constant(1)), l.power(bits));
}

function expMinusSize<V>(l: Lanes<V>, x: V): V {
  return expWithin(l, l.neg(l.abs(x)));
}

/** e^x for x ≤ 0, 0 below −87: a term of a sum that has one of 1. */
export function weight<V>(l: Lanes<V>, x: V): V {
  return l.select(l.lt(x, l.constant(-87)), l.constant(0), expWithin(l, x));
}

/** e^x − 1; 2 ulp. */
export function expm1<V>(l: Lanes<V>, x: V): V {
  const bounded = l.greater(l.lesser(x, l.constant(110)), l.constant(-110));
  const { k, r, tail } = reduce(l, bounded);
  const small = l.multiplyAdd(tail, l.mul(r, r), r); // e^r − 1
  // 2^k (e^r − 1) + (2^k − 1); beyond 2^±64 the whole is e^x or −1.
  const held = l.whole(l.greater(l.lesser(k, l.constant(64)), l.constant(-64)));
  const power = l.power(held.bits);
  const near = l.multiplyAdd(power, small, l.sub(power, l.constant(1)));
  const value = l.select(l.gt(k, l.constant(63)), expOfBounded(l, bounded), near);
  return l.select(l.eq(x, l.constant(0)), x, value);
}

/** log m − (m − 1) for √½ ≤ m < √2, as a polynomial in f = m − 1 without its first term. */
function logOfMantissa<V>(l: Lanes<V>, f: V, e: V): V {
  const square = l.mul(f, f);
  const series = polynomial(l, f, [
    ...[7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1],
    ...[-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1],
  ]);
  let y = l.mul(series, l.mul(f, square));
  y = l.multiplyAdd(e, l.constant(LN2_LOW), y);
  y = l.sub(y, l.mul(l.constant(0.5), square));
  return l.multiplyAdd(e, l.constant(LN2_HIGH), l.add(f, y));
}

/** Natural logarithm; 1 ulp. */
export function log<V>(l: Lanes<V>, x: V): V {
  const tiny = l.lt(x, l.constant(1.1754944e-38)); // 2^−126: what is below is not normal
  const scaled = l.select(tiny, l.mul(x, l.constant(2 ** 25)), x);
  const { m, e } = l.split(scaled);
  const exponent = l.sub(e, l.select(tiny, l.constant(25), l.constant(0)));
  const value = logOfMantissa(l, l.sub(m, l.constant(1)), exponent);
  const infinite = l.select(l.eq(x, l.constant(0)), l.constant(-Infinity), l.constant(Number.NaN));
  const ends = l.select(l.eq(x, l.constant(Infinity)), x, infinite); // below 0, and NaN: NaN
  const inside = l.select(l.lt(x, l.constant(Infinity)), l.constant(1), l.constant(0));
  const positive = l.select(l.gt(x, l.constant(0)), inside, l.constant(0));
  return l.select(l.eq(positive, l.constant(1)), value, ends);
}

/** log(1 + x); 2 ulp. Kahan: what 1 + x loses by rounding comes back as a quotient. */
export function log1p<V>(l: Lanes<V>, x: V): V {
  const u = l.add(l.constant(1), x);
  const lost = l.div(l.sub(x, l.sub(u, l.constant(1))), u);
  const value = l.add(log(l, u), lost);
  const ends = l.select(l.eq(u, l.constant(0)), l.constant(-Infinity), value);
  return l.select(l.eq(x, l.constant(Infinity)), x, l.select(l.eq(u, l.constant(1)), x, ends));
}

/** 1 / (1 + e^−x); 2.2 ulp above e^−87, which stands for what is below. */
export function sigmoid<V>(l: Lanes<V>, x: V): V {
  const bounded = l.lesser(l.neg(x), l.constant(87));
  return l.div(l.constant(1), l.add(l.constant(1), expWithin(l, bounded)));
}

/** log(1 + e^x); 2 ulp above −87. */
export function softplus<V>(l: Lanes<V>, x: V): V {
  return l.add(l.max(x, l.constant(0)), log1p(l, expMinusSize(l, x)));
}

/** log(e^a + e^b); equal infinities included. */
export function logAddExp<V>(l: Lanes<V>, a: V, b: V): V {
  const value = l.add(l.max(a, b), log1p(l, expMinusSize(l, l.sub(a, b))));
  return l.select(l.eq(a, b), l.add(a, l.constant(Math.LN2)), value);
}

/** Hyperbolic tangent; 2 ulp, and 2.5 where bits may depend on the machine. */
export function tanh<V>(l: Lanes<V>, x: V): V {
  if (!l.reproducible) return tanhBySteps(l, x);
  const size = l.abs(x);
  const square = l.mul(x, x);
  const series = polynomial(l, square, [
    ...[-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  ]);
  const near = l.multiplyAdd(l.mul(series, square), x, x);
  const e = expMinusSize(l, l.add(size, size));
  const far = l.div(l.sub(l.constant(1), e), l.add(l.constant(1), e));
  const value = l.select(l.lt(size, l.constant(0.625)), near, l.withSign(far, x));
  return value;
}

/** The same as −m / (2 + m) with m = e^−2|x| − 1, which loses nothing near 0: two thirds of the time. */
function tanhBySteps<V>(l: Lanes<V>, x: V): V {
  const { bits, r, tail } = reduce(l, l.greater(l.mul(l.abs(x), l.constant(-2)), l.constant(-87)));
  const small = l.multiplyAdd(tail, l.mul(r, r), r); // e^r − 1
  const power = l.power(bits);
  const m = l.multiplyAdd(power, small, l.sub(power, l.constant(1)));
  return l.withSign(l.abs(l.div(m, l.add(l.constant(2), m))), x);
}

/**
 * Error function; 2 ulp. erf(x) / x in powers of x² below 0.9487, above it 1 − e^−Q(x) with Q = −log erfc: both fitted
 * here by weighted least squares, iterated towards the least largest error (Lawson 1961), in double precision.
 */
export function erf<V>(l: Lanes<V>, x: V): V {
  const size = l.abs(x);
  const series = polynomial(l, l.mul(x, x), [
    ...[8.223984332289547e-5, -8.108082110993564e-4, 5.197991617023945e-3, -2.6858186349272728e-2],
    ...[0.11283674091100693, -0.37612631916999817, 0.12837917],
  ]);
  const near = l.multiplyAdd(series, x, x);
  const exponent = polynomial(l, l.lesser(size, l.constant(4)), [
    ...[-1.9166704441886395e-4, 3.0011676717549562e-3, -2.2058608010411263e-2, 0.10358088463544846],
    ...[0.6375837326049805, 1.1274359226226807, 2.539936394896358e-4],
  ]);
  const far = l.sub(l.constant(1), expMinusSize(l, exponent));
  return l.select(l.lt(size, l.constant(0.94868)), near, l.withSign(far, x));
}
