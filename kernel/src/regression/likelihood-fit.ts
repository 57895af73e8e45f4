/**
 * Regressions beyond the exponential family, by maximum likelihood over all their parameters at once: beta (Ferrari &
 * Cribari-Neto 2004), proportional odds (McCullagh 1980), Student's t (Lange, Little & Taylor 1989). The likelihood is that
 * of `formulaModel`, each row taken as often as its weight says; standard errors come from the observed information.
 */
import { conditionalOn, deltaMethod } from '../estimate/information.ts';
import { hessian } from '../estimate/optimise/hessian.ts';
import { lbfgs } from '../estimate/optimise/lbfgs.ts';
import { newton } from '../estimate/optimise/newton.ts';
import { negative } from '../estimate/optimise/objective.ts';
import { minimise } from '../estimate/optimise/shared.ts';
import { runawayParameters } from '../estimate/runaway.ts';
import { type CompiledModel, compileModel } from '../model/index.ts';
import { log, logit, sigmoid } from '../numeric/elementary.ts';
import { compileLogDensity, constant, type Expr } from '../program/index.ts';
import { RegressionFit } from './fit.ts';
import { coefficientTable, formatFigure, STARS } from './format.ts';
import { type Design, type DesignOptions, design } from './formula/design.ts';
import { formulaModel } from './formula-model.ts';
import { fitLinear } from './lm.ts';

/** Families fitted by their whole likelihood. */
export type LikelihoodFamily = 'beta' | 'ordinal' | 'studentT';

export interface LikelihoodOptions extends DesignOptions {
  readonly family: LikelihoodFamily;
}

/** A fit whose coefficients stand beside other parameters: kappa; cutpoints; nu and sigma. */
export class LikelihoodFit extends RegressionFit {
  override readonly kind = 'likelihood-fit';
  readonly family: LikelihoodFamily;
  /** Levels of an ordered response. */
  readonly levels: readonly string[] | undefined;
  readonly logLikelihood: number;
  readonly deviance: number;
  readonly aic: number;
  readonly bic: number;
  readonly iterations: number;
  readonly #made: Design;

  constructor(
    parts: ConstructorParameters<typeof RegressionFit>[0],
    made: Design,
    family: LikelihoodFamily,
    logLikelihood: number,
    iterations: number,
  ) {
    super(parts);
    const value = made.response?.value;
    this.#made = made;
    this.family = family;
    this.levels = family === 'ordinal' && value?.kind === 'factor' ? value.levels : undefined;
    this.logLikelihood = logLikelihood;
    this.deviance = -2 * logLikelihood;
    this.aic = this.deviance + 2 * parts.values.length;
    this.bic = this.deviance + log(parts.observations) * parts.values.length;
    this.iterations = iterations;
  }

  /** The linear predictor. // (n,) */
  #predictor(data: object | undefined): Float64Array {
    const { matrix, offset, rows } = data === undefined ? this.#made : this.#made.on(data as never);
    const all = this.#made.columns;
    const { estimates } = this;
    return Float64Array.from(rows, (_, i) =>
      all.reduce((sum, name, j) => {
        const b = this.family === 'ordinal' && this.#made.assign[j] === 0 ? 0 : estimates[name]!;
        return sum + b * matrix[i * all.length + j]!;
      }, offset?.[i] ?? 0),
    );
  }

  /**
   * Expected responses; of an ordered one, the probability of each level, row-major. // (n,) or (n, levels)
   *
   * @param data new data; default the rows fitted
   */
  predict(data?: object): Float64Array {
    const eta = this.#predictor(data);
    if (this.family === 'studentT') return eta;
    if (this.family === 'beta') return eta.map(sigmoid);
    const k = this.levels!.length;
    const cutpoints = this.values.subarray(this.values.length - (k - 1));
    return Float64Array.from({ length: eta.length * k }, (_, at) => {
      const [i, level] = [Math.floor(at / k), at % k];
      const below = (cut: number) => (cut < 0 ? 0 : cut >= k - 1 ? 1 : sigmoid(cutpoints[cut]! - eta[i]!));
      return below(level) - below(level - 1);
    });
  }

  override toString(): string {
    const rows = this.summary().rows.map((r) => [r.estimate, r.standardError, r.statistic, r.p] as const);
    const notes = [
      ...(this.design.note ? [`(${this.design.note})`] : []),
      ...this.warnings.map((warning) => `⚠ ${warning}`),
    ];
    return `Call: glm(${this.design.formula}), family ${this.family}

Coefficients:
${coefficientTable(this.names, rows, 'z')}
---
${STARS}

Log likelihood: ${formatFigure(this.logLikelihood, 7)} on ${this.values.length} parameters
AIC: ${formatFigure(this.aic)}, BIC: ${formatFigure(this.bic)}${notes.length > 0 ? `\n${notes.join('\n')}` : ''}`;
  }
}

/** @throws TypeError, RangeError for a response that is none of the family's */
function checkResponse({ response, rows }: Design, family: LikelihoodFamily): void {
  if (!response) throw new TypeError("glm: the formula has no response; write 'y ~ x'");
  const { label, value } = response;
  const what = value.kind === 'numbers' ? 'numbers' : `a ${value.kind}`;
  if (family !== 'ordinal') {
    if (value.kind !== 'numbers') throw new TypeError(`glm: the response '${label}' must be numbers, got ${what}`);
    const wrong = family === 'beta' ? value.values.findIndex((y) => !(y > 0 && y < 1)) : -1;
    if (wrong < 0) return;
    throw new RangeError(
      `glm: the family 'beta' takes as response a number between 0 and 1, without the ends; '${label}' is ${value.values[wrong]} in row ${rows[wrong]}`,
    );
  }
  const wanted = `glm: the family 'ordinal' takes as response a factor of three or more levels in their order; '${label}' is`;
  if (value.kind !== 'factor') throw new TypeError(`${wanted} ${what}: write factor(${label}, levels = c(…))`);
  if (value.levels.length < 3) {
    throw new RangeError(`${wanted} one of ${value.levels.length}: ${value.levels.join(', ')}; of two take 'binomial'`);
  }
}

/** Values to start from, in the order of the model's names. */
function startOf(made: Design, family: LikelihoodFamily, names: readonly string[]): Float64Array {
  const value = made.response!.value;
  if (family === 'ordinal' && value.kind === 'factor') {
    const weight = (code: number) =>
      value.codes.reduce((sum, own, i) => sum + (own <= code ? (made.weights?.[i] ?? 1) : 0), 0.5);
    const total = weight(value.levels.length) + 0.5;
    const cutpoints = value.levels.slice(1).map((_, code) => logit(weight(code) / total));
    return Float64Array.from(names, (_, j) => cutpoints[j - (names.length - cutpoints.length)] ?? 0);
  }
  const y = value.kind === 'numbers' ? value.values : new Float64Array(0);
  const response = { label: 'y', value: { kind: 'numbers', values: family === 'beta' ? y.map(logit) : y } } as const;
  const line = fitLinear({ ...made, response }, 'drop');
  const others: Readonly<Record<string, number>> = { kappa: 10, nu: 5, sigma: line.sigma > 0 ? line.sigma : 1 };
  return Float64Array.from(names, (name, j) => others[name] ?? line.values[j] ?? 0);
}

const NO_MAXIMUM =
  'the likelihood has no maximum that was found: a parameter runs to its edge, or the data do not determine all';

/** Whether the predictors tell the levels of an ordered response apart without an error; then all runs to infinity. */
function separation(made: Design, names: readonly string[], values: Float64Array): string[] {
  const value = made.response!.value;
  if (value.kind !== 'factor') return [];
  const cutpoints = values.subarray(values.length - (value.levels.length - 1));
  const used = made.columns.map((_, j) => j).filter((j) => made.assign[j] !== 0);
  const wrong = made.rows.some((_, i) => {
    const eta = used.reduce((sum, j, k) => sum + values[k]! * made.byColumn[j]![i]!, made.offset?.[i] ?? 0);
    const code = value.codes[i]!;
    const below = (cut: number) => (cut < 0 ? 0 : cut >= cutpoints.length ? 1 : sigmoid(cutpoints[cut]! - eta));
    return (made.weights?.[i] ?? 1) > 0 && below(code) - below(code - 1) < 1 - 1e-4;
  });
  if (wrong) return [];
  return [
    `separation: ${names.slice(0, used.length).join(', ')} tell the levels of '${made.response!.label}' apart without an error, so ` +
      'the maximum-likelihood estimate does not exist and standard errors mean nothing; leave them out or give priors',
  ];
}

/** The weighted log likelihood of a compiled model. */
function densityOf(compiled: CompiledModel, weights: Float64Array | undefined) {
  if (!weights) return compiled.density({ prior: false, jacobian: false });
  const { position, terms } = compiled.expressions;
  const value = terms
    .filter(({ kind }) => kind === 'likelihood')
    .reduce((sum: Expr, { elements }) => sum.add(elements.mul(constant(weights)).sum()) as Expr, constant(0) as Expr);
  return compileLogDensity({ position, value });
}

/** Fit by maximum likelihood: what `glm` does for these families. */
export function likelihoodFit(formula: string, data: object, options: LikelihoodOptions): LikelihoodFit {
  const { family, weights: given, ...rest } = options;
  const made = design(formula, data, options);
  checkResponse(made, family);
  const { contrasts, offset } = rest;
  const compiled = compileModel(
    formulaModel(formula, data, { family, ...(contrasts && { contrasts }), ...(offset !== undefined && { offset }) }),
  );
  const observed = compiled.observed.reduce((count, { shape }) => count + (shape[0] ?? 1), 0);
  if (observed !== made.rows.length) {
    throw new RangeError(
      `glm: the weights '${String(given)}' are missing in ${observed - made.rows.length} rows where all else is there; drop them first`,
    );
  }
  const density = densityOf(compiled, made.weights);
  const objective = negative(density);
  const near = minimise(lbfgs(objective), compiled.unconstrain(startOf(made, family, compiled.names)));
  const there = minimise(newton(objective), near.state.position);
  const { position } = there.state;
  const d = compiled.dimension;
  const values = compiled.constrain(position).slice();
  const curvature = hessian(objective, position);
  const runaway = runawayParameters(compiled, density, position, -there.state.value, curvature);
  const information = conditionalOn(runaway.coordinates, curvature, d);
  const size = values.length;
  const open = information === undefined || information.openDirections.length > 0;
  const settled = runaway.messages.length > 0 || (there.ending === 'converged' && !open);
  const apart = family === 'ordinal' ? separation(made, compiled.names, values) : [];
  return new LikelihoodFit(
    {
      design: { ...made, terms: [], columns: compiled.names },
      values,
      covariance: information
        ? deltaMethod(compiled.jacobian(position), size, d, information)
        : new Float64Array(size * size).fill(Number.NaN),
      observations: made.weights ? made.weights.filter((weight) => weight > 0).length : made.rows.length,
      rank: size,
      reference: 'z',
      warnings: apart.length > 0 ? apart : settled ? runaway.messages : [NO_MAXIMUM],
    },
    made,
    family,
    -there.state.value,
    near.state.iteration + there.state.iteration,
  );
}
