/**
 * A comparison of estimates → figure data: for each parameter one row per estimate.
 */
import { listed } from './posterior.ts';
import { formatNumber } from './ticks.ts';
import type { ComparisonFigure } from './types.ts';

/** What a comparison must have to be drawn. */
export interface DrawnComparison {
  /** Share of the intervals, e.g. 0.9. */
  readonly level: number;
  readonly rows: readonly {
    readonly label: string;
    readonly parameter: string;
    readonly estimate: number;
    readonly spread: number;
    readonly lower: number;
    readonly upper: number;
  }[];
}

export type ComparedParameter = ComparisonFigure['parameters'][number];

/**
 * Elements of one array (`theta[0]`, `theta[1]`, …) together, every other parameter alone, in the order they come:
 * what one scale should show.
 */
export function byScale(parameters: readonly ComparedParameter[]): ComparedParameter[][] {
  return [...Map.groupBy(parameters, ({ name }) => name.replace(/\[.*$/s, '')).values()];
}

/** Labels in the order they first come. */
export function labelsOf(parameters: readonly ComparedParameter[]): string[] {
  return [...new Set(parameters.flatMap(({ rows }) => rows.map(({ label }) => label)))];
}

const shownParameters = 60;
const shownLabels = 12;

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(7)) : null);

/**
 * The figure of a comparison: parameters in the order they first come, labels likewise.
 * @example
 * const data = comparisonFigure(compare({ MLE: await mle(line), posterior: await sample(line) }));
 */
export function comparisonFigure({ rows, level }: DrawnComparison): ComparisonFigure {
  const byParameter = Map.groupBy(rows, (row) => row.parameter);
  const parameters = [...byParameter].slice(0, shownParameters).map(([name, all]) => ({
    name: name.slice(0, 80),
    rows: all.slice(0, shownLabels).map(({ label, estimate, spread, lower, upper }) => ({
      label: label.slice(0, 80),
      estimate: finiteOrNull(estimate),
      spread: finiteOrNull(spread),
      lower: finiteOrNull(lower),
      upper: finiteOrNull(upper),
    })),
  }));
  const omitted = byParameter.size - parameters.length;
  const labels = labelsOf(parameters);
  const figures = parameters.slice(0, 3).map(({ name, rows }) => {
    return `${name}: ${rows.map((row) => `${row.label} ${formatNumber(row.estimate)}`).join(', ')}`;
  });
  return {
    kind: 'comparison',
    version: 1,
    title: `Estimates of ${listed(
      parameters.map(({ name }) => name),
      omitted,
    )}`,
    description: `Estimates by ${listed(labels)} as dots with ${Math.round(level * 100)} % intervals. ${figures.join('; ')}.`,
    level,
    parameters,
    omitted,
  };
}
