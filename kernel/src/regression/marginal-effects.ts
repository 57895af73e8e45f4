/**
 * Marginal effects: by how much the expected response changes with a predictor, averaged over the data (Bartus 2005,
 * Stata J. 5, 309–329), with standard errors by the delta method.
 */
import { type Column, occurringLevels } from '../data/columns.ts';
import { isFactor } from '../data/factor.ts';
import { standardDeviation } from '../data/moments.ts';
import { namesHint } from '../data/names.ts';
import { checkNames } from '../estimate/options.ts';
import { Table } from '../estimate/table.ts';
import { type Link, links } from './families/links.ts';
import type { RegressionFit } from './fit.ts';
import { parseFormula } from './formula/parse.ts';
import { namesIn } from './formula/syntax.ts';
import { GeneralisedFit } from './generalised-fit.ts';

export interface EffectOptions {
  /** Columns of the data; default all that the formula names. */
  readonly variables?: readonly string[];
  /** In (0, 1), default 0.95. */
  readonly level?: number;
}

/** One effect: the mean slope along a number, or the mean difference of a level from the first. */
export interface MarginalEffectRow {
  readonly name: string;
  readonly estimate: number;
  readonly standardError: number;
  readonly statistic: number;
  readonly p: number;
  readonly lower: number;
  readonly upper: number;
}

/** Half width of the difference, in standard deviations: the error h² and the rounding 1e-16/h are both near 1e-11. */
const halfStep = 5e-6;

const linkOf = (fit: RegressionFit): Link => (fit instanceof GeneralisedFit ? fit.problem.family.link : links.identity);

/** Mean response of every row of some data, and its gradient in the coefficients. */
function averaged(fit: RegressionFit, data: object): { value: number; gradient: Float64Array } {
  const { matrix, offset, rows } = fit.design.on(data as never);
  const link = linkOf(fit);
  const p = fit.names.length;
  const n = rows.length;
  const gradient = new Float64Array(p);
  let value = 0;
  for (let i = 0; i < n; i++) {
    let eta = offset?.[i] ?? 0;
    for (let j = 0; j < p; j++) if (!Number.isNaN(fit.values[j]!)) eta += matrix[i * p + j]! * fit.values[j]!;
    value += link.mean(eta) / n;
    const slope = link.slope(eta) / n;
    for (let j = 0; j < p; j++) gradient[j]! += slope * matrix[i * p + j]!;
  }
  return { value, gradient };
}

/** Estimate and standard error of a linear combination of the coefficients' neighbourhood. */
function standardErrorOf(fit: RegressionFit, gradient: Float64Array): number {
  const p = fit.names.length;
  let variance = 0;
  for (let j = 0; j < p; j++) {
    if (gradient[j] === 0 || Number.isNaN(fit.values[j]!)) continue;
    for (let k = 0; k < p; k++) {
      if (gradient[k] !== 0 && !Number.isNaN(fit.values[k]!)) {
        variance += gradient[j]! * gradient[k]! * fit.covariance[j * p + k]!;
      }
    }
  }
  return Math.sqrt(Math.max(0, variance));
}

/** The same column with one level everywhere. */
function filled(column: Column, level: string | boolean): Column {
  if (!isFactor(column)) return Array.from(column, () => level);
  return { levels: column.levels, codes: column.codes.map(() => column.levels.indexOf(String(level))) };
}

/**
 * Average marginal effects of a fit.
 *
 * Along a number: the mean over the rows of the derivative of the expected response. Of a factor: the mean difference
 * between all rows at a level and all rows at the first. On the scale of the response: probabilities of a binomial.
 *
 * @param fit from `lm`, `glm`, `rlm` or `lmer` (of which the fixed part counts)
 * @param data the rows to average over, usually those of the fit; complete in the columns used
 * @throws RangeError for a variable that is not in the formula or the data
 * @example marginalEffects(glm('am ~ wt', cars, { family: 'binomial' }), cars).rows[0].estimate // per 1000 lb
 */
export function marginalEffects(
  fit: RegressionFit,
  data: object,
  options: EffectOptions = {},
): Table<MarginalEffectRow> {
  checkNames('marginalEffects', options, ['variables', 'level']);
  const columns = data as Readonly<Record<string, Column>>;
  const used = namesIn(parseFormula(fit.design.formula).terms).filter((name) => Object.hasOwn(columns, name));
  const chosen = options.variables ?? used;
  const wrong = chosen.find((name) => !used.includes(name));
  if (wrong !== undefined) {
    throw new RangeError(`marginalEffects: '${wrong}' is not in the formula and the data; ${namesHint(wrong, used)}`);
  }
  const effects = chosen.flatMap((name) => {
    const column = columns[name]!;
    const levels = occurringLevels(column);
    if (levels) {
      const at = levels.map((level) => averaged(fit, { ...columns, [name]: filled(column, level) }));
      return at.slice(1).map(({ value, gradient }, k) => ({
        name: `${name}: ${levels[k + 1]} − ${levels[0]}`,
        estimate: value - at[0]!.value,
        gradient: gradient.map((g, j) => g - at[0]!.gradient[j]!),
      }));
    }
    const numbers = Float64Array.from(column as ArrayLike<number>);
    const h = halfStep * (standardDeviation(numbers) || 1);
    const [below, above] = [-h, h].map((shift) =>
      averaged(fit, { ...columns, [name]: numbers.map((value) => value + shift) }),
    ) as [ReturnType<typeof averaged>, ReturnType<typeof averaged>];
    return [
      {
        name,
        estimate: (above.value - below.value) / (2 * h),
        gradient: above.gradient.map((g, j) => (g - below.gradient[j]!) / (2 * h)),
      },
    ];
  });
  return effectTable(
    fit,
    effects.map(({ name, estimate, gradient }) => ({ name, estimate, standardError: standardErrorOf(fit, gradient) })),
    options.level ?? 0.95,
  );
}

/** Estimates with what follows from their standard errors: statistic, p-value, interval. */
export function effectTable(
  fit: RegressionFit,
  estimates: readonly { readonly name: string; readonly estimate: number; readonly standardError: number }[],
  level: number,
): Table<MarginalEffectRow> {
  const reach = fit.reach(level);
  return new Table<MarginalEffectRow>(
    [
      { key: 'estimate', label: 'estimate', digits: 5 },
      { key: 'standardError', label: 'std. error' },
      { key: 'statistic', label: `${fit.reference} value` },
      { key: 'p', label: `Pr(>|${fit.reference}|)`, digits: 3 },
      { key: 'lower', label: `lower ${100 * level} %`, digits: 5 },
      { key: 'upper', label: `upper ${100 * level} %`, digits: 5 },
    ],
    estimates.map(({ name, estimate, standardError }) => {
      const statistic = estimate / standardError;
      return {
        name,
        estimate,
        standardError,
        statistic,
        p: fit.twoSided(statistic),
        lower: estimate - reach * standardError,
        upper: estimate + reach * standardError,
      };
    }),
  );
}

/**
 * A linear combination of the coefficients, such as the difference of two.
 *
 * @param weights by the name of the coefficient; those left out are 0
 * @throws RangeError for a coefficient that is not there
 * @example contrast(fit, { 'groupB': 1, 'groupC': -1 }).rows[0].p
 */
export function contrast(
  fit: RegressionFit,
  weights: Readonly<Record<string, number>>,
  { level = 0.95 }: { readonly level?: number } = {},
): Table<MarginalEffectRow> {
  const wrong = Object.keys(weights).find((name) => !fit.names.includes(name));
  if (wrong !== undefined) throw new RangeError(`contrast: no coefficient '${wrong}'; ${namesHint(wrong, fit.names)}`);
  const gradient = Float64Array.from(fit.names, (name) => weights[name] ?? 0);
  if (!gradient.some((w) => w !== 0) || gradient.some((w) => !Number.isFinite(w))) {
    throw new RangeError('contrast: weights must be finite numbers, not all 0');
  }
  const estimate = gradient.reduce((sum, w, j) => sum + (w === 0 ? 0 : w * fit.values[j]!), 0);
  const name = Object.entries(weights)
    .map(([each, w]) => `${w < 0 ? '−' : '+'} ${Math.abs(w) === 1 ? '' : `${Math.abs(w)} `}${each}`)
    .join(' ')
    .replace(/^\+ /, '');
  return effectTable(fit, [{ name, estimate, standardError: standardErrorOf(fit, gradient) }], level);
}
