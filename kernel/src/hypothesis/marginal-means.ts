/**
 * Means of a factor's levels adjusted for the other predictors, and their differences pair by pair (Searle, Speed &
 * Milliken 1980, Am. Stat. 34, 216–221: population marginal means; the reference grid is that of R's emmeans).
 */
import { type Column, occurringLevels } from '../data/columns.ts';
import { isFactor } from '../data/factor.ts';
import { mean } from '../data/moments.ts';
import { namesHint } from '../data/names.ts';
import { checkNames, checkShare } from '../estimate/options.ts';
import { Table } from '../estimate/table.ts';
import { Displayable } from '../host/display.ts';
import { studentisedRangeUpper } from '../numeric/special/studentised-range.ts';
import type { RegressionFit } from '../regression/fit.ts';
import { parseFormula } from '../regression/formula/parse.ts';
import { namesIn } from '../regression/formula/syntax.ts';
import { effectTable, type MarginalEffectRow } from '../regression/marginal-effects.ts';
import { type Adjustment, adjustP } from './adjust.ts';

/** The adjusted mean of one level, on the scale of the linear predictor. */
export interface MarginalMeanRow {
  readonly name: string;
  readonly mean: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
}

/** Degrees of freedom that stand for the normal distribution. */
const normal = 1e9;

/** Adjusted means of the levels of one factor. */
export class MarginalMeans extends Displayable {
  override readonly kind = 'marginal-means';
  readonly factor: string;
  readonly levels: readonly string[];
  /** Adjusted means, in the order of the levels. */
  readonly means: Float64Array; // (k,)
  readonly covariance: Float64Array; // (k, k)
  readonly #fit: RegressionFit;

  constructor(
    fit: RegressionFit,
    factor: string,
    levels: readonly string[],
    means: Float64Array,
    covariance: Float64Array,
  ) {
    super();
    this.#fit = fit;
    this.factor = factor;
    this.levels = levels;
    this.means = means;
    this.covariance = covariance;
  }

  /** Means with standard errors and Wald intervals. */
  summary(level = 0.95): Table<MarginalMeanRow> {
    const reach = this.#fit.reach(checkShare('marginalMeans', 'level', level));
    const k = this.levels.length;
    return new Table<MarginalMeanRow>(
      [
        { key: 'mean', label: 'mean', digits: 5 },
        { key: 'standardError', label: 'std. error' },
        { key: 'lower', label: `lower ${100 * level} %`, digits: 5 },
        { key: 'upper', label: `upper ${100 * level} %`, digits: 5 },
      ],
      this.levels.map((name, i) => {
        const standardError = Math.sqrt(this.covariance[i * k + i]!);
        const value = this.means[i]!;
        return {
          name,
          mean: value,
          standardError,
          lower: value - reach * standardError,
          upper: value + reach * standardError,
        };
      }),
    );
  }

  /**
   * Differences of all pairs of levels.
   *
   * @param options.adjust of the p-values: 'tukey' (default; Tukey 1953, Kramer 1956), 'none', or a method of `adjustP`;
   *   intervals are not adjusted
   * @example marginalMeans(lm('breaks ~ wool + tension', yarn), 'tension', yarn).pairs()
   */
  pairs(
    options: { readonly adjust?: 'tukey' | 'none' | Adjustment; readonly level?: number } = {},
  ): Table<MarginalEffectRow> {
    checkNames('pairs', options, ['adjust', 'level']);
    const { adjust = 'tukey', level = 0.95 } = options;
    const k = this.levels.length;
    const differences = this.levels.flatMap((first, i) =>
      this.levels.slice(i + 1).map((second, offset) => {
        const j = i + 1 + offset;
        const variance = this.covariance[i * k + i]! + this.covariance[j * k + j]! - 2 * this.covariance[i * k + j]!;
        return {
          name: `${first} − ${second}`,
          estimate: this.means[i]! - this.means[j]!,
          standardError: Math.sqrt(Math.max(0, variance)),
        };
      }),
    );
    const plain = effectTable(this.#fit, differences, checkShare('pairs', 'level', level));
    if (adjust === 'none') return plain;
    const degrees = this.#fit.reference === 't' ? this.#fit.degreesOfFreedom : normal;
    const p =
      adjust === 'tukey'
        ? plain.rows.map((row) =>
            k === 2 ? row.p : studentisedRangeUpper(Math.abs(row.statistic) * Math.SQRT2, k, degrees),
          )
        : [
            ...adjustP(
              plain.rows.map((row) => row.p),
              adjust,
            ),
          ];
    return new Table<MarginalEffectRow>(
      plain.columns,
      plain.rows.map((row, i) => ({ ...row, p: p[i]! })),
    );
  }

  override toString(): string {
    return `Adjusted means of ${this.factor}\n${this.summary()}`;
  }
}

/**
 * Adjusted means of the levels of a factor: numbers at their mean, other factors averaged with equal weight, on the
 * scale of the linear predictor (log odds of a logistic regression).
 *
 * @param fit from `lm`, `glm`, `rlm` or `lmer`
 * @param factor a column of texts or a factor, in the formula
 * @param data the data of the fit
 * @throws RangeError for a factor that is not in the formula, or a column of numbers
 * @example marginalMeans(lm('breaks ~ wool + tension', yarn), 'tension', yarn).summary()
 */
export function marginalMeans(fit: RegressionFit, factor: string, data: object): MarginalMeans {
  const columns = data as Readonly<Record<string, Column>>;
  const used = namesIn(parseFormula(fit.design.formula).terms).filter((name) => Object.hasOwn(columns, name));
  if (!used.includes(factor)) {
    throw new RangeError(`marginalMeans: '${factor}' is not in the formula and the data; ${namesHint(factor, used)}`);
  }
  const levels = occurringLevels(columns[factor]!);
  if (!levels) throw new RangeError(`marginalMeans: '${factor}' is a column of numbers; a factor expected`);
  // The grid: every combination of levels, numbers at the mean of the rows that were fitted.
  const { rows } = fit.design;
  let grid: Record<string, string | boolean | number>[] = [{}];
  for (const name of used) {
    const column = columns[name]!;
    const values = occurringLevels(column) ?? [mean(rows.map((row) => Number((column as ArrayLike<number>)[row])))];
    grid = grid.flatMap((point) => values.map((value) => ({ ...point, [name]: value })));
  }
  const points = Object.fromEntries(
    used.map((name) => {
      const column = columns[name]!;
      const values = grid.map((point) => point[name]!);
      return [
        name,
        isFactor(column)
          ? { levels: column.levels, codes: Int32Array.from(values, (value) => column.levels.indexOf(String(value))) }
          : values,
      ];
    }),
  );
  const { matrix, offset } = fit.design.on(points as never);
  const p = fit.names.length;
  const k = levels.length;
  const means = new Float64Array(k);
  const averages = new Float64Array(k * p); // (k, p): mean rows of the grid
  const share = k / grid.length;
  grid.forEach((point, g) => {
    const level = levels.indexOf(point[factor] as string);
    for (let j = 0; j < p; j++) averages[level * p + j]! += share * matrix[g * p + j]!;
    means[level]! += share * (offset?.[g] ?? 0);
  });
  const kept = fit.names.map((_, j) => j).filter((j) => !Number.isNaN(fit.values[j]!));
  const covariance = new Float64Array(k * k);
  for (let a = 0; a < k; a++) {
    for (const j of kept) means[a]! += averages[a * p + j]! * fit.values[j]!;
    for (let b = 0; b < k; b++) {
      for (const i of kept) {
        for (const j of kept) {
          covariance[a * k + b]! += averages[a * p + i]! * fit.covariance[i * p + j]! * averages[b * p + j]!;
        }
      }
    }
  }
  return new MarginalMeans(fit, factor, levels.map(String), means, covariance);
}
