/**
 * Several estimates of the same parameters side by side.
 */
import { Displayable } from '../host/display.ts';
import { Estimate } from './estimate.ts';
import { checkNames, checkShare } from './options.ts';
import { Posterior } from './posterior.ts';
import { formatNumber, shortTable } from './table.ts';

export interface ComparisonRow {
  readonly label: string;
  readonly parameter: string;
  /** The estimate; of a posterior, its mean. */
  readonly estimate: number;
  /** Standard error; of a posterior, its standard deviation. */
  readonly spread: number;
  /** Wald interval; of a posterior, the equal-tailed one. */
  readonly lower: number;
  readonly upper: number;
}

/** Estimates of the same scalars by several labels; parameters in the order they first come. */
export class Comparison extends Displayable {
  override readonly kind = 'comparison';
  readonly rows: readonly ComparisonRow[];
  readonly level: number;

  constructor(rows: readonly ComparisonRow[], level: number) {
    super();
    this.rows = rows;
    this.level = level;
  }

  override toString(): string {
    let previous = '';
    const cells = this.rows.map(({ label, parameter, estimate, spread, lower, upper }) => {
      const name = parameter === previous ? '' : parameter;
      previous = parameter;
      return [
        name,
        label,
        formatNumber(estimate, 5),
        formatNumber(spread),
        formatNumber(lower, 5),
        formatNumber(upper, 5),
      ];
    });
    const share = `${formatNumber(100 * this.level, 3).replace(/\.?0+$/, '')} %`;
    return shortTable(['parameter', 'by', 'estimate', 'se or sd', `lower ${share}`, `upper ${share}`], cells);
  }
}

/**
 * Put estimates and posteriors side by side: for each scalar one row a label.
 *
 * @param results by label, in the order to be shown
 * @param options.level share of the intervals, in (0, 1), default 0.95
 * @param options.parameters scalars or whole parameters to show (default: all)
 * @throws TypeError for what is neither an estimate nor a posterior; RangeError for an unknown parameter
 * @example
 * compare({ MLE: await mle(line), MAP: await map(line), posterior: await sample(line) });
 */
export function compare(
  results: Readonly<Record<string, Estimate | Posterior>>,
  options: { readonly level?: number; readonly parameters?: readonly string[] } = {},
): Comparison {
  checkNames('compare', options, ['level', 'parameters']);
  const level = checkShare('compare', 'level', options.level === undefined ? 0.95 : options.level);
  const given: unknown = results;
  if (typeof given !== 'object' || given === null || isResult(given)) {
    const what = isResult(given) ? 'a result itself' : String(given);
    throw new TypeError(`compare: expected results by label, as in compare({ MLE: fit }), got ${what}`);
  }
  const labels = Object.keys(results);
  if (labels.length === 0) throw new TypeError('compare: give at least one result, as in compare({ MLE: fit })');
  const rows = labels.flatMap((label) => rowsOf(label, results[label]!, level));
  const known = [...new Set(rows.map((row) => row.parameter))];
  const { parameters } = options;
  if (parameters !== undefined && !Array.isArray(parameters)) {
    throw new TypeError(`compare: parameters must be an array of names, such as ['mu'], got ${String(parameters)}`);
  }
  const isPartOf = (name: string, whole: string) => name === whole || name.startsWith(`${whole}[`);
  for (const wanted of parameters ?? []) {
    if (!known.some((name) => isPartOf(name, wanted))) {
      throw new RangeError(`compare: no parameter called '${wanted}'; there are: ${known.join(', ')}`);
    }
  }
  const shown = known.filter((name) => !parameters || parameters.some((wanted) => isPartOf(name, wanted)));
  return new Comparison(
    shown.flatMap((name) => rows.filter((row) => row.parameter === name)),
    level,
  );
}

function isResult(given: unknown): boolean {
  return given instanceof Estimate || given instanceof Posterior;
}

function rowsOf(label: string, result: Estimate | Posterior, level: number): ComparisonRow[] {
  if (result instanceof Estimate) {
    return result.interval(level).map(({ name, lower, upper }, i) => {
      const spread = Math.sqrt(result.covariance[i * result.names.length + i]!);
      return { label, parameter: name, estimate: result.values[i]!, spread, lower, upper };
    });
  }
  if (result instanceof Posterior) {
    const summary = result.summary();
    return result.interval(level).map(({ name, lower, upper }, i) => {
      const { mean, sd } = summary.rows[i]!;
      return { label, parameter: name, estimate: mean, spread: sd, lower, upper };
    });
  }
  const given: unknown = result;
  const what = given instanceof Promise ? 'a promise: await it' : given === null ? 'null' : typeof given;
  throw new TypeError(`compare: '${label}' must be a result of mle, map or sample, got ${what}`);
}
