/**
 * Poisson variates: by inversion for small means, above 10 by Hörmann's transformed rejection PTRS (1993,
 * "The transformed rejection method for generating Poisson random variables", Insurance: Mathematics and
 * Economics 12, 39–45); the constants are the paper's.
 */
import { exp, log } from '../elementary.ts';
import type { Stream } from '../random.ts';
import { lgamma } from '../special/gamma.ts';

function byInversion(stream: Stream, mean: number): number {
  let u = stream.uniform();
  let probability = exp(-mean);
  let k = 0;
  while (u > probability && k < 1000) {
    u -= probability;
    k += 1;
    probability *= mean / k;
  }
  return k;
}

function byRejection(stream: Stream, mean: number): number {
  const logMean = log(mean);
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const vr = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = stream.uniform() - 0.5;
    const v = stream.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (log(v) + log(inverseAlpha) - log(a / (us * us) + b) <= k * logMean - mean - lgamma(k + 1)) return k;
  }
}

/**
 * A Poisson variate.
 *
 * @param mean ≥ 0; anything else gives NaN
 * @example poissonVariate(new Stream(key(1)), 3.5)
 */
export function poissonVariate(stream: Stream, mean: number): number {
  if (!(mean >= 0 && mean < Infinity)) return Number.NaN;
  if (mean === 0) return 0;
  return mean < 10 ? byInversion(stream, mean) : byRejection(stream, mean);
}
