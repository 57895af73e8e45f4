/**
 * What linear and generalised linear fits share: named coefficients with a covariance, Wald intervals, predictors at
 * new data, and variance inflation.
 */
import { checkShare } from '../estimate/options.ts';
import { Table } from '../estimate/table.ts';
import { Displayable } from '../host/display.ts';
import { exp } from '../numeric/elementary.ts';
import { cholesky, choleskyLogDeterminant } from '../numeric/linalg/cholesky.ts';
import { normalCdf, normalQuantile } from '../numeric/special/normal.ts';
import { studentTQuantile } from '../numeric/special/student-t.ts';
import { studentTTwoSided } from '../numeric/special/tail.ts';
import type { Design } from './formula/design.ts';

export interface CoefficientRow {
  readonly name: string;
  readonly estimate: number;
  readonly standardError: number;
  readonly statistic: number;
  readonly p: number;
  readonly lower: number;
  readonly upper: number;
}

/** A covariance over the columns kept, with NaN where a column was left out. */
export function spread(
  covariance: Float64Array,
  kept: readonly number[],
  columns: number,
  scale: number,
): Float64Array {
  const full = new Float64Array(columns * columns).fill(Number.NaN);
  kept.forEach((a, i) => {
    kept.forEach((b, j) => {
      full[a * columns + b] = scale * covariance[i * kept.length + j]!;
    });
  });
  return full;
}

/** A fitted model whose predictor is linear in named coefficients. */
export abstract class RegressionFit extends Displayable {
  readonly design: Design;
  /** Names of the coefficients, as R has them. */
  readonly names: readonly string[]; // (p,)
  /** Estimates in the order of `names`; NaN for a column left out because it depends on others. */
  readonly values: Float64Array; // (p,)
  readonly covariance: Float64Array; // (p, p), row-major
  /** Rows that were used and have a weight. */
  readonly observations: number;
  readonly rank: number;
  /** Observations less the rank. */
  readonly degreesOfFreedom: number;
  /** Whether statistics refer to Student's t (the dispersion is estimated) or the normal. */
  readonly reference: 't' | 'z';
  readonly warnings: readonly string[];

  constructor(parts: {
    readonly design: Design;
    readonly values: Float64Array;
    readonly covariance: Float64Array;
    readonly observations: number;
    readonly rank: number;
    readonly reference: 't' | 'z';
    readonly warnings: readonly string[];
  }) {
    super();
    this.design = parts.design;
    this.names = parts.design.columns;
    this.values = parts.values;
    this.covariance = parts.covariance;
    this.observations = parts.observations;
    this.rank = parts.rank;
    this.degreesOfFreedom = parts.observations - parts.rank;
    this.reference = parts.reference;
    this.warnings = parts.warnings;
  }

  /** Estimates by name. */
  get estimates(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.names.map((name, j) => [name, this.values[j]!]));
  }

  /** Standard errors by name. */
  get standardErrors(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.names.map((name, j) => [name, this.error(j)]));
  }

  protected error(j: number): number {
    return Math.sqrt(this.covariance[j * this.names.length + j]!);
  }

  /** How many standard errors an interval of this level reaches. */
  reach(level: number): number {
    checkShare('fit.interval', 'level', level);
    const p = (1 + level) / 2;
    return this.reference === 't' ? studentTQuantile(p, this.degreesOfFreedom) : normalQuantile(p);
  }

  /** P(|statistic| > |value|) when the coefficient is 0. */
  twoSided(statistic: number): number {
    return this.reference === 't'
      ? studentTTwoSided(statistic, this.degreesOfFreedom)
      : 2 * normalCdf(-Math.abs(statistic));
  }

  /**
   * Wald intervals of the coefficients.
   *
   * @param level nominal coverage, in (0, 1), default 0.95
   */
  interval(level = 0.95): { name: string; lower: number; upper: number }[] {
    const reach = this.reach(level);
    return this.names.map((name, j) => ({
      name,
      lower: this.values[j]! - reach * this.error(j),
      upper: this.values[j]! + reach * this.error(j),
    }));
  }

  /** Estimate, standard error, statistic, p-value and interval of every coefficient. */
  summary(level = 0.95): Table<CoefficientRow> {
    const rows = this.interval(level).map(({ name, lower, upper }, j) => {
      const [estimate, standardError] = [this.values[j]!, this.error(j)];
      const statistic = estimate / standardError;
      return { name, estimate, standardError, statistic, p: this.twoSided(statistic), lower, upper };
    });
    return new Table<CoefficientRow>(
      [
        { key: 'estimate', label: 'estimate', digits: 5 },
        { key: 'standardError', label: 'std. error' },
        { key: 'statistic', label: `${this.reference} value` },
        { key: 'p', label: `Pr(>|${this.reference}|)`, digits: 3 },
        { key: 'lower', label: `lower ${100 * level} %`, digits: 5 },
        { key: 'upper', label: `upper ${100 * level} %`, digits: 5 },
      ],
      rows,
    );
  }

  /** The linear predictor and its standard error on new data. */
  protected predictor(data: object | undefined): { readonly value: Float64Array; readonly error: Float64Array } {
    const { matrix, offset, rows } = data === undefined ? this.design : this.design.on(data as never);
    const p = this.names.length;
    const kept = this.names.map((_, j) => j).filter((j) => !Number.isNaN(this.values[j]!));
    const value = new Float64Array(rows.length);
    const error = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      let sum = offset?.[i] ?? 0;
      let variance = 0;
      for (const j of kept) {
        const x = matrix[i * p + j]!;
        sum += x * this.values[j]!;
        if (x !== 0) for (const k of kept) variance += x * matrix[i * p + k]! * this.covariance[j * p + k]!;
      }
      value[i] = sum;
      error[i] = Math.sqrt(Math.max(variance, 0));
    }
    return { value, error };
  }

  /**
   * What each term contributes to the linear predictor, centred over the rows of the fit where there is an intercept, as
   * R's `predict(…, type = "terms")`; with `constant` and any offset they add up to the predictor.
   *
   * @param data new data; default the rows fitted
   * @example lm('mpg ~ wt + hp', cars).contributions().terms.wt
   */
  contributions(data?: object): {
    readonly constant: number;
    readonly terms: Readonly<Record<string, Float64Array>>;
  } {
    const { matrix, rows } = data === undefined ? this.design : this.design.on(data as never);
    const { terms, assign, byColumn, intercept } = this.design;
    if (terms.length === 0) throw new RangeError('contributions: this fit has no terms whose parts add up');
    const p = this.names.length;
    const values = this.values.map((b) => (Number.isNaN(b) ? 0 : b));
    const centres = byColumn.map((column) => (intercept ? column.reduce((sum, x) => sum + x, 0) / column.length : 0));
    return {
      constant: intercept ? values.reduce((sum, b, j) => sum + b * centres[j]!, 0) : 0,
      terms: Object.fromEntries(
        terms.map((term, t) => [
          term,
          Float64Array.from(rows, (_, i) =>
            assign.reduce(
              (sum, of, j) => (of === t + 1 ? sum + values[j]! * (matrix[i * p + j]! - centres[j]!) : sum),
              0,
            ),
          ),
        ]),
      ),
    };
  }

  /**
   * Generalised variance inflation of each term (Fox & Monette 1992): by what factor the volume of its confidence
   * region, squared, grew because its columns go with those of the other terms. With one column: the common factor.
   *
   * @throws RangeError when there are fewer than two terms, or columns depend on others
   */
  varianceInflation(): { term: string; factor: number; degreesOfFreedom: number }[] {
    const { terms, assign } = this.design;
    if (terms.length < 2) throw new RangeError('varianceInflation: two or more terms expected, got fewer');
    const used = assign.map((term, j) => ({ term, j })).filter(({ term }) => term > 0);
    const p = this.names.length;
    const logDeterminant = (list: readonly number[]) => {
      const n = list.length;
      const correlation = Float64Array.from({ length: n * n }, (_, at) => {
        const [a, b] = [list[Math.floor(at / n)]!, list[at % n]!];
        return this.covariance[a * p + b]! / Math.sqrt(this.covariance[a * p + a]! * this.covariance[b * p + b]!);
      });
      return choleskyLogDeterminant(cholesky(correlation, n), n);
    };
    const all = logDeterminant(used.map(({ j }) => j));
    return terms.map((term, t) => {
      const own = used.filter((column) => column.term === t + 1).map(({ j }) => j);
      const others = used.filter((column) => column.term !== t + 1).map(({ j }) => j);
      return { term, factor: exp(logDeterminant(own) + logDeterminant(others) - all), degreesOfFreedom: own.length };
    });
  }
}
