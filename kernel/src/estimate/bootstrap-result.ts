/**
 * What a bootstrap gives: replicates of an estimate, their spread and the intervals from them.
 */
import { Displayable } from '../host/display.ts';
import { type BootstrapIntervalKind, bootstrapInterval } from './bootstrap-interval.ts';
import type { EstimateRow } from './estimate.ts';
import { checkShare } from './options.ts';
import { Table, warningLines } from './table.ts';

/** Replicates of an estimate, and the intervals from them. */
export class Bootstrap extends Displayable {
  override readonly kind = 'bootstrap';
  readonly method: 'nonparametric' | 'parametric';
  /** Names of the scalars: parameters, then derived quantities. */
  readonly names: readonly string[];
  /** The estimates on the data. */
  readonly values: Float64Array; // (n,)
  /** Estimates on each data set, row-major. */
  readonly replicates: Float64Array; // (replicates, n)
  /** Estimates without each row of the data, row-major; undefined where not asked for. */
  readonly jackknife: Float64Array | undefined; // (rows, n)
  readonly ending: 'complete' | 'interrupted';
  readonly warnings: readonly string[];

  constructor(parts: {
    method: 'nonparametric' | 'parametric';
    names: readonly string[];
    values: Float64Array;
    replicates: Float64Array;
    jackknife: Float64Array | undefined;
    ending: 'complete' | 'interrupted';
    warnings: readonly string[];
  }) {
    super();
    this.method = parts.method;
    this.names = parts.names;
    this.values = parts.values;
    this.replicates = parts.replicates;
    this.jackknife = parts.jackknife;
    this.ending = parts.ending;
    this.warnings = parts.warnings;
  }

  /** Replicates of one scalar. // (replicates,) @throws RangeError for a name that is not there */
  of(name: string): Float64Array {
    const at = this.names.indexOf(name);
    if (at < 0) throw new RangeError(`bootstrap: no scalar called '${name}'; there are: ${this.names.join(', ')}`);
    return column(this.replicates, at, this.names.length);
  }

  /** Standard deviations of the replicates, divisor B − 1. // (n,) */
  get standardErrors(): Float64Array {
    return this.values.map((_, at) => {
      const draws = column(this.replicates, at, this.names.length);
      const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
      return Math.sqrt(draws.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (draws.length - 1));
    });
  }

  /** Mean of the replicates minus the estimate. // (n,) */
  get bias(): Float64Array {
    return this.values.map((value, at) => {
      const draws = column(this.replicates, at, this.names.length);
      return draws.reduce((a, b) => a + b, 0) / draws.length - value;
    });
  }

  /**
   * Intervals of every scalar.
   *
   * @param level nominal coverage, in (0, 1), default 0.95
   * @param kind default 'percentile'
   * @throws TypeError for 'bca' without the jackknife
   */
  interval(level = 0.95, kind: BootstrapIntervalKind = 'percentile'): { name: string; lower: number; upper: number }[] {
    checkShare('bootstrap.interval', 'level', level);
    const n = this.names.length;
    return this.names.map((name, at) => {
      const left = this.jackknife && column(this.jackknife, at, n);
      return { name, ...bootstrapInterval(kind, column(this.replicates, at, n), this.values[at]!, level, left) };
    });
  }

  /** Estimate, bootstrap standard error and interval of every scalar: BCa where there is a jackknife, else percentile. */
  summary(level = 0.95): Table<EstimateRow> {
    const errors = this.standardErrors;
    const kind = this.jackknife ? 'bca' : 'percentile';
    const rows = this.interval(level, kind).map(({ name, lower, upper }, at) => {
      return { name, estimate: this.values[at]!, standardError: errors[at]!, lower, upper };
    });
    const columns = [
      { key: 'estimate' as const, label: 'estimate', digits: 5 },
      { key: 'standardError' as const, label: 'std. error' },
      { key: 'lower' as const, label: `${kind} lower`, digits: 5 },
      { key: 'upper' as const, label: `${kind} upper`, digits: 5 },
    ];
    return new Table<EstimateRow>(columns, rows);
  }

  override toString(): string {
    const count = this.replicates.length / this.names.length;
    const warnings = this.warnings.length > 0 ? `\n${warningLines(this.warnings)}` : '';
    return `Bootstrap, ${this.method}, ${count} replicates\n${this.summary()}${warnings}`;
  }
}

function column(values: Float64Array, at: number, n: number): Float64Array {
  return Float64Array.from({ length: values.length / n }, (_, i) => values[i * n + at]!);
}
