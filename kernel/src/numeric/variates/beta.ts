/** Beta variates: X / (X + Y) of two gamma variates, in logarithms so that small parameters do not underflow. */
import { sigmoid } from '../elementary.ts';
import type { Stream } from '../random.ts';
import { logGammaVariate } from './gamma.ts';

const SMALLEST = 2.2250738585072014e-308;
const LARGEST = 1 - 2 ** -53;

/**
 * A beta variate, strictly between 0 and 1.
 *
 * @param a > 0; anything else gives NaN
 * @param b > 0; anything else gives NaN
 */
export function betaVariate(stream: Stream, a: number, b: number): number {
  if (!(a > 0 && b > 0 && a < Infinity && b < Infinity)) return Number.NaN;
  const x = sigmoid(logGammaVariate(stream, a) - logGammaVariate(stream, b));
  return Math.min(Math.max(x, SMALLEST), LARGEST);
}
