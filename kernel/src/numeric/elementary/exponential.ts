/**
 * exp and expm1, our own so that the same seed gives the same bits on every engine.
 *
 * Method: x = k log 2 + r, |r| ≤ log(2)/2, with log 2 in two parts (Cody & Waite 1980, ch. 6), then
 * e^r = 1 + r + r² E(r), E a near-minimax polynomial. Coefficients: tests/kernel/numeric/coefficients.py.
 * Error measured against 60-digit values: below 0.6 ulp (exp), 0.9 ulp (expm1).
 */
import { LN2_HIGH, LN2_LOW, powerOfTwo, scaleByPowerOfTwo } from './scale.ts';

/** (e^r − 1 − r) / r² for |r| ≤ log(2)/2; relative error 1e-18. */
function tail(r: number): number {
  const r2 = r * r;
  return (
    0.5 +
    r * 0.16666666666666666 +
    r2 *
      (0.04166666666666668 +
        r * 0.008333333333333333 +
        r2 *
          (0.0013888888888879004 +
            r * 0.00019841269841263252 +
            r2 *
              (2.480158733663095e-5 +
                r * 2.7557319247344507e-6 +
                r2 *
                  (2.755726307730941e-7 +
                    r * 2.5052070959803662e-8 +
                    r2 * (2.091821231913398e-9 + r * 1.6086677666787362e-10)))))
  );
}

/**
 * e^x. ∞ above 709.78, 0 below −745.13, subnormal results rounded once.
 *
 * @example exp(1) // 2.718281828459045
 */
export function exp(x: number): number {
  if (!(x <= 709.782712893384)) return x > 0 ? Infinity : Number.NaN;
  if (x < -745.1332191019412) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH; // exact
  const low = k * LN2_LOW;
  const r = high - low;
  const rest = high - r - low; // what r lost
  const sum = 1 + r;
  const lost = r - (sum - 1); // 1 + r = sum + lost exactly
  return scaleByPowerOfTwo(sum + (lost + (rest + r * r * tail(r))), k);
}

/**
 * e^x − 1 without cancellation near 0.
 *
 * @example expm1(1e-20) // 1e-20
 */
export function expm1(x: number): number {
  if (!(x <= 709.782712893384)) return x > 0 ? Infinity : Number.NaN;
  if (x < -40) return -1;
  if (Math.abs(x) < 0.34657359027997264) return Math.abs(x) < 1e-300 ? x : x + x * x * tail(x);
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const rest = high - r - low;
  const one = 1 - (k > 60 ? 0 : powerOfTwo(-k)); // e^x − 1 = 2^k (1 − 2^−k + (e^r − 1))
  const sum = one + r;
  const lost = Math.abs(one) >= Math.abs(r) ? r - (sum - one) : one - (sum - r);
  return scaleByPowerOfTwo(sum + (lost + (rest + r * r * tail(r))), k);
}
