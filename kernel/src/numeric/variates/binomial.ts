/**
 * Binomial variates: by inversion where the mean is small, else by Hörmann's transformed rejection BTRS (1993, "The
 * generation of binomial random variates", Journal of Statistical Computation and Simulation 46, 101–110); the
 * constants are the paper's.
 */
import { exp, log, log1p } from '../elementary.ts';
import type { Stream } from '../random.ts';
import { lgamma } from '../special/gamma.ts';

function byInversion(stream: Stream, n: number, p: number): number {
  const odds = p / (1 - p);
  let u = stream.uniform();
  let probability = exp(n * log1p(-p));
  let k = 0;
  while (u > probability && k < n) {
    u -= probability;
    k += 1;
    probability *= (odds * (n - k + 1)) / k;
  }
  return k;
}

function byRejection(stream: Stream, n: number, p: number): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const vr = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const logOdds = log(p) - log1p(-p);
  const mode = Math.floor((n + 1) * p);
  const atMode = lgamma(mode + 1) + lgamma(n - mode + 1);
  for (;;) {
    const u = stream.uniform() - 0.5;
    const v = stream.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || k > n) continue;
    const height = log((v * alpha) / (a / (us * us) + b));
    if (height <= atMode - lgamma(k + 1) - lgamma(n - k + 1) + (k - mode) * logOdds) return k;
  }
}

/**
 * A binomial variate: successes in n trials of probability p.
 *
 * @param n a whole number ≥ 0; anything else gives NaN
 * @param p between 0 and 1; anything else gives NaN
 * @example binomialVariate(new Stream(key(1)), 10, 0.3)
 */
export function binomialVariate(stream: Stream, n: number, p: number): number {
  if (!(Number.isInteger(n) && n >= 0 && p >= 0 && p <= 1)) return Number.NaN;
  if (n === 0 || p === 0) return 0;
  if (p === 1) return n;
  const rare = Math.min(p, 1 - p);
  const k = n * rare < 10 ? byInversion(stream, n, rare) : byRejection(stream, n, rare);
  return p > 0.5 ? n - k : k;
}
