/**
 * Alternatives of one sign: a symmetric prior cut at 0 has twice its height on the side that is left, so that the Bayes
 * factor is that of either sign times twice the share of the posterior there (Morey & Wagenmakers 2014, Stat. Probab. Lett.
 * 92, 121–124).
 */
import type { Alternative } from '../test.ts';
import { logIntegral } from './log-integral.ts';

/** @param density log of the posterior, up to a constant, on the range */
export function oneSided(
  density: (x: number) => number,
  [low, high]: readonly [number, number],
  alternative: Alternative,
): { readonly range: readonly [number, number]; readonly logFactor: number; readonly text: string } {
  if (alternative === 'two-sided') return { range: [low, high], logFactor: 0, text: '' };
  const width = high - low;
  const below = alternative === 'less';
  // Where the posterior lies far on the other side, what is left of it is next to 0.
  const range = below
    ? ([Math.min(low, Math.max(-width / 2, -1 + 1e-12)), 0] as const)
    : ([0, Math.max(high, Math.min(width / 2, 1 - 1e-12))] as const);
  const whole = logIntegral(density, low, high);
  return {
    range,
    logFactor: Math.LN2 + logIntegral(density, range[0], range[1]) - whole,
    text: ` ${below ? 'below' : 'above'} 0`,
  };
}
