/**
 * Tables of coefficients as text, in the layout of R's `printCoefmat`.
 */
import { formatTable } from '../data/table.ts';

/** A p-value as R prints it: `< 2e-16` below rounding. */
export function formatP(p: number): string {
  if (Number.isNaN(p)) return 'NA';
  if (p < 2.2e-16) return '< 2e-16';
  return p < 1e-4 ? p.toExponential(2) : String(Number(p.toPrecision(3)));
}

/** '***' below 0.001, '**' below 0.01, '*' below 0.05, '.' below 0.1. */
export function stars(p: number): string {
  return p < 0.001 ? '***' : p < 0.01 ? '**' : p < 0.05 ? '*' : p < 0.1 ? '.' : '';
}

export const STARS = "Signif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1";

/** `digits` significant digits, NA for NaN. */
export function formatFigure(value: number, digits = 5): string {
  if (Number.isNaN(value)) return 'NA';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-5 || size >= 1e9)) return value.toExponential(digits - 1);
  const places = size === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(places, 12));
}

/** Rows of estimate, error, statistic and p-value, with stars. */
export function coefficientTable(
  names: readonly string[],
  rows: readonly (readonly [estimate: number, error: number, statistic: number, p: number])[],
  letter: 't' | 'z',
): string {
  const cells = rows.map(([estimate, error, statistic, p], i) => [
    names[i]!,
    formatFigure(estimate),
    formatFigure(error),
    formatFigure(statistic, 4),
    formatP(p),
    stars(p).padEnd(3),
  ]);
  return formatTable(['', 'Estimate', 'Std. Error', `${letter} value`, `Pr(>|${letter}|)`, ''], cells);
}
