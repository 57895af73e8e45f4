/**
 * Multinomial logistic regression (McCullagh & Nelder 1989, section 5.2.4): log odds of each level against the first,
 * linear in the columns; by Newton's method with the exact Hessian.
 */
import { checkNames } from '../estimate/options.ts';
import { exp, log } from '../numeric/elementary.ts';
import { cholesky, choleskySolve, symmetricInverse } from '../numeric/linalg/cholesky.ts';
import { PivotedQr } from '../numeric/linalg/pivoted-qr.ts';
import { RegressionFit } from './fit.ts';
import { coefficientTable, formatFigure, STARS } from './format.ts';
import { type Design, type DesignOptions, design } from './formula/design.ts';
import { refuseDependent } from './lm.ts';

const MOST_STEPS = 100;
/** Predictors beyond this are on their way to infinity. */
const FURTHEST = 30;

interface Climb {
  readonly value: number;
  readonly gradient: Float64Array; // ((levels − 1) p,)
  readonly information: Float64Array;
  /** Probabilities of all levels. */
  readonly fitted: Float64Array; // (n, levels)
  readonly furthest: number;
}

interface Problem {
  readonly matrix: Float64Array; // (n, p)
  readonly p: number;
  readonly codes: Int32Array; // (n,)
  readonly levels: number;
  readonly weights: Float64Array; // (n,)
}

/** Probabilities of log odds against the first. */
function shares(eta: Float64Array): Float64Array {
  const most = eta.reduce((a, b) => Math.max(a, b));
  const odds = eta.map((e) => exp(e - most));
  const sum = odds.reduce((a, b) => a + b, 0);
  return odds.map((each) => each / sum);
}

function climb({ matrix, p, codes, levels, weights }: Problem, beta: Float64Array): Climb {
  const n = codes.length;
  const k = levels - 1;
  const size = k * p;
  const gradient = new Float64Array(size);
  const information = new Float64Array(size * size);
  const fitted = new Float64Array(n * levels);
  let [value, furthest] = [0, 0];
  for (let i = 0; i < n; i++) {
    const weight = weights[i]!;
    const eta = new Float64Array(levels); // the first level's is 0
    for (let l = 0; l < k; l++) {
      for (let j = 0; j < p; j++) eta[l + 1]! += beta[l * p + j]! * matrix[i * p + j]!;
    }
    const most = eta.reduce((a, b) => Math.max(a, b));
    const odds = eta.map((e) => exp(e - most));
    const sum = odds.reduce((a, b) => a + b, 0);
    if (weight > 0) value += weight * (eta[codes[i]!]! - most - log(sum));
    furthest = eta.reduce((a, b) => Math.max(a, Math.abs(b)), furthest);
    for (let l = 0; l < levels; l++) fitted[i * levels + l] = odds[l]! / sum;
    for (let l = 0; l < k; l++) {
      const mine = fitted[i * levels + l + 1]!;
      const pull = weight * (Number(codes[i] === l + 1) - mine);
      for (let j = 0; j < p; j++) {
        const x = matrix[i * p + j]!;
        gradient[l * p + j]! += pull * x;
        if (x === 0) continue;
        for (let m = 0; m < k; m++) {
          const curve = weight * mine * (Number(l === m) - fitted[i * levels + m + 1]!) * x;
          const row = (l * p + j) * size + m * p;
          for (let c = 0; c < p; c++) information[row + c]! += curve * matrix[i * p + c]!;
        }
      }
    }
  }
  return { value, gradient, information, fitted, furthest };
}

/** A fitted multinomial model; names are 'level:column'. */
export class MultinomialFit extends RegressionFit {
  override readonly kind = 'multinomial-fit';
  /** Levels of the response; the first is what the others are compared with. */
  readonly levels: readonly string[];
  /** Probability of each level. */
  readonly fitted: Float64Array; // (n, levels), row-major
  readonly logLikelihood: number;
  readonly deviance: number;
  readonly aic: number;
  readonly iterations: number;
  readonly #made: Design;

  constructor(
    made: Design,
    parts: ConstructorParameters<typeof RegressionFit>[0],
    levels: readonly string[],
    at: { readonly value: number; readonly fitted: Float64Array },
    iterations: number,
  ) {
    super(parts);
    this.#made = made;
    this.levels = levels;
    this.fitted = at.fitted;
    this.logLikelihood = at.value;
    this.deviance = -2 * at.value;
    this.aic = 2 * parts.values.length - 2 * at.value;
    this.iterations = iterations;
  }

  /**
   * The probability of each level. // (n, levels), row-major
   *
   * @param data new data; default the rows fitted
   * @example multinomialRegression('species ~ bill_length_mm', penguins()).predict({ bill_length_mm: [39, 47] })
   */
  predict(data?: object): Float64Array {
    if (data === undefined) return this.fitted.slice();
    const { matrix, rows } = this.#made.on(data as never);
    const p = this.#made.columns.length;
    const result = new Float64Array(rows.length * this.levels.length);
    rows.forEach((_, i) => {
      const eta = this.levels.map((_level, l) => {
        let sum = 0;
        for (let j = 0; j < p && l > 0; j++) sum += this.values[(l - 1) * p + j]! * matrix[i * p + j]!;
        return sum;
      });
      result.set(shares(Float64Array.from(eta)), i * this.levels.length);
    });
    return result;
  }

  override toString(): string {
    const rows = this.summary().rows.map((r) => [r.estimate, r.standardError, r.statistic, r.p] as const);
    return `Call: multinomialRegression(${this.design.formula}), against the level '${this.levels[0]}'

${coefficientTable(this.names, rows, 'z')}
---
${STARS}

Residual deviance: ${formatFigure(this.deviance)}
AIC: ${formatFigure(this.aic)}${this.warnings.map((warning) => `\n⚠ ${warning}`).join('')}`;
  }
}

/**
 * Fit a multinomial logistic regression.
 *
 * @param formula its response is a factor of two or more levels
 * @throws TypeError for a response that is no factor; RangeError for columns that depend on others
 * @example multinomialRegression('species ~ bill_length_mm', penguins()).estimates
 */
export function multinomialRegression(formula: string, data: object, options: DesignOptions = {}): MultinomialFit {
  checkNames('multinomialRegression', options, ['contrasts', 'weights']);
  const made = design(formula, data, options);
  if (!made.response) throw new TypeError("multinomialRegression: the formula has no response; write 'y ~ x'");
  const { value, label } = made.response;
  if (value.kind !== 'factor') {
    throw new TypeError(
      `multinomialRegression: the response '${label}' must be a factor, got ${value.kind === 'numbers' ? `numbers; write factor(${label})` : `a ${value.kind}`}`,
    );
  }
  if (value.levels.length < 2) {
    throw new RangeError(
      `multinomialRegression: the response '${label}' must have two or more levels, got '${value.levels.join()}' alone`,
    );
  }
  const n = made.rows.length;
  const p = made.columns.length;
  refuseDependent('multinomialRegression', new PivotedQr(made.byColumn, n), made.columns);
  const levels = value.levels.length;
  const weights = made.weights ?? new Float64Array(n).fill(1);
  const problem: Problem = { matrix: made.matrix, p, codes: value.codes, levels, weights };
  const size = (levels - 1) * p;
  let beta = new Float64Array(size);
  let at = climb(problem, beta);
  let [iterations, converged] = [0, false];
  let step = new Float64Array(size);
  while (iterations < MOST_STEPS && !converged && at.furthest < FURTHEST) {
    iterations++;
    step = choleskySolve(cholesky(at.information, size), size, at.gradient);
    const from = at.value;
    for (let share = 1; share > 1e-9; share /= 2) {
      const next = beta.map((b, j) => b + share * step[j]!);
      at = climb(problem, next);
      if (!(at.value >= from - 1e-12 * Math.abs(from))) continue;
      beta = next;
      break;
    }
    converged = step.every((change, j) => Math.abs(change) <= 1e-10 * (1 + Math.abs(beta[j]!)));
  }
  const names = value.levels.slice(1).flatMap((level) => made.columns.map((name) => `${level}:${name}`));
  const largest = made.byColumn.map((column) => column.reduce((most, x) => Math.max(most, Math.abs(x)), 0));
  const running = names.filter((_, k) => Math.abs(step[k]!) * largest[k % p]! > 0.01);
  return new MultinomialFit(
    made,
    {
      design: {
        ...made,
        terms: [], // several columns a term and a level: variance inflation has no meaning here
        columns: names,
      },
      values: beta,
      covariance: symmetricInverse(at.information, size),
      observations: weights.filter((weight) => weight > 0).length,
      rank: size,
      reference: 'z',
      warnings: converged
        ? []
        : [
            `separation: the data are fitted ever better as ${running.join(', ')} run off to infinity, so the maximum-likelihood ` +
              'estimate does not exist and their standard errors mean nothing; leave them out or give priors',
          ],
    },
    value.levels,
    at,
    iterations,
  );
}
