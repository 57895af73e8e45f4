/**
 * The summary of a mixed model as text, in the layout of lme4.
 */
import { formatTable } from '../../data/table.ts';
import { sortedQuantile } from '../../numeric/quantile.ts';
import { coefficientTable, formatFigure, STARS } from '../format.ts';
import type { VarianceRow } from './grouped-fit.ts';

/** Quartiles of residuals over their standard deviations. */
export function scaledResidualLines(scaled: Float64Array): string {
  const sorted = scaled.slice().sort();
  const cells = [0, 0.25, 0.5, 0.75, 1].map((p) => sortedQuantile(sorted, p).toFixed(4));
  return `Scaled residuals:\n${formatTable(['Min', '1Q', 'Median', '3Q', 'Max'], [cells])}`;
}

/** Variances, standard deviations and correlations. */
export function varianceLines(rows: readonly VarianceRow[]): string {
  let previous = '';
  const cells = rows.map(({ group, name, variance, standardDeviation, correlations }) => {
    const shown = group === previous ? '' : group;
    previous = group;
    const correlation = correlations.map((r) => (Number.isNaN(r) ? 'NaN' : r.toFixed(2))).join(' ');
    return [shown, name, formatFigure(variance), formatFigure(standardDeviation), correlation];
  });
  return `Random effects:\n${formatTable(['Groups', 'Name', 'Variance', 'Std.Dev.', 'Corr'], cells)}`;
}

/** AIC, BIC and the rest in one row. */
export function criteriaLines(fit: {
  readonly aic: number;
  readonly bic: number;
  readonly logLikelihood: number;
  readonly residualDegreesOfFreedom: number;
}): string {
  const figures = [fit.aic, fit.bic, fit.logLikelihood, -2 * fit.logLikelihood].map((value) => value.toFixed(1));
  return formatTable(
    ['AIC', 'BIC', 'logLik', 'deviance', 'df.resid'],
    [[...figures, String(fit.residualDegreesOfFreedom)]],
  );
}

/** How many observations and groups there are. */
export function countLine(observations: number, groups: Readonly<Record<string, number>>): string {
  const counts = Object.entries(groups).map(([name, count]) => `${name}, ${count}`);
  return `Number of obs: ${observations}, groups: ${counts.join('; ')}`;
}

/** The fixed effects: with p-values where the statistic is one of the normal. */
export function fixedLines(
  names: readonly string[],
  values: Float64Array,
  errors: Float64Array,
  p: ((statistic: number) => number) | undefined,
): string {
  const rows = names.map((_, j) => [values[j]!, errors[j]!, values[j]! / errors[j]!] as const);
  if (p) {
    const tested = rows.map(([value, error, z]) => [value, error, z, p(z)] as const);
    return `Fixed effects:\n${coefficientTable(names, tested, 'z')}\n---\n${STARS}`;
  }
  const cells = rows.map(([value, error, t], j) => [
    names[j]!,
    formatFigure(value),
    formatFigure(error),
    formatFigure(t, 4),
  ]);
  return `Fixed effects:\n${formatTable(['', 'Estimate', 'Std. Error', 't value'], cells)}`;
}

/** Correlations of the fixed effects below the diagonal; nothing of one, or of more than twelve, as in lme4. */
export function correlationLines(names: readonly string[], covariance: Float64Array): string {
  const p = names.length;
  if (p < 2 || p > 12) return '';
  const correlation = (i: number, j: number) =>
    covariance[i * p + j]! / Math.sqrt(covariance[i * p + i]! * covariance[j * p + j]!);
  const short = (name: string) => (name === '(Intercept)' ? '(Intr)' : name.slice(0, 6));
  const cells = names
    .slice(1)
    .map((name, i) => [name, ...names.slice(0, -1).map((_, j) => (j <= i ? correlation(i + 1, j).toFixed(3) : ''))]);
  return `\n\nCorrelation of Fixed Effects:\n${formatTable(['', ...names.slice(0, -1).map(short)], cells)}`;
}

/** What follows the tables: dropped rows, and warnings. */
export function noteLines(note: string | undefined, warnings: readonly string[]): string {
  const notes = [...(note ? [`(${note})`] : []), ...warnings.map((warning) => `⚠ ${warning}`)];
  return notes.length > 0 ? `\n${notes.join('\n')}` : '';
}
