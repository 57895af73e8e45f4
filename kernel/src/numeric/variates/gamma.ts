/**
 * Gamma variates: Marsaglia & Tsang (2000), "A simple method for generating gamma variables", ACM TOMS 26, 363–372;
 * for shapes below 1 their section 6, in logarithms.
 */
import { exp, log } from '../elementary.ts';
import type { Stream } from '../random.ts';

/** Smallest normal double: what a draw that underflows becomes, so that it stays above 0. */
const SMALLEST = 2.2250738585072014e-308;

/** Shape at least 1. */
function gammaVariateAboveOne(stream: Stream, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = stream.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = stream.uniform();
    if (u < 1 - 0.0331 * x * x * x * x) return d * v; // the paper's squeeze
    if (log(u) < 0.5 * x * x + d * (1 - v + log(v))) return d * v;
  }
}

/** Logarithm of a gamma variate of rate 1: it does not underflow however small the shape. */
export function logGammaVariate(stream: Stream, shape: number): number {
  if (shape >= 1) return log(gammaVariateAboveOne(stream, shape));
  return log(gammaVariateAboveOne(stream, shape + 1)) + log(stream.uniform()) / shape;
}

/**
 * A gamma variate of rate 1, above 0.
 *
 * @param shape > 0; anything else gives NaN
 * @example gammaVariate(new Stream(key(1)), 2) / rate
 */
export function gammaVariate(stream: Stream, shape: number): number {
  if (!(shape > 0 && shape < Infinity)) return Number.NaN;
  if (shape >= 1) return gammaVariateAboveOne(stream, shape);
  return Math.max(exp(logGammaVariate(stream, shape)), SMALLEST);
}
