/**
 * The result of a generalised linear model: estimates, deviance and criteria, residuals of four kinds, influence,
 * prediction, and profile intervals.
 */
import { checkNames, checkShare } from '../estimate/options.ts';
import { log } from '../numeric/elementary.ts';
import { normalQuantile } from '../numeric/special/normal.ts';
import { RegressionFit, spread } from './fit.ts';
import { coefficientTable, formatFigure, STARS } from './format.ts';
import type { Design } from './formula/design.ts';
import { devianceOf, type Scoring, type ScoringEnding, type ScoringProblem } from './irls.ts';
import type { Prediction } from './lm.ts';
import { score } from './scoring.ts';

export type ResidualKind = 'deviance' | 'pearson' | 'working' | 'response';

/** Names of the coefficients that were still moving when scoring was stopped. */
function runaways(made: Design, scoring: Scoring, problem: ScoringProblem): string[] {
  return made.columns.filter((_, j) => {
    const size = problem.columns[j]!.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    return Math.abs(scoring.step[j]!) * size > 0.01;
  });
}

function warningsOf(made: Design, scoring: Scoring, problem: ScoringProblem): string[] {
  if (scoring.ending === 'converged') return [];
  if (scoring.ending === 'boundary') {
    const least = scoring.mean.reduce((at, mean, i) => (mean < scoring.mean[at]! ? i : at), 0);
    const most = scoring.mean.reduce((at, mean, i) => (mean > scoring.mean[at]! ? i : at), 0);
    const means = `means from ${formatFigure(scoring.mean[least]!, 3)} in row ${made.rows[least]} to ${formatFigure(scoring.mean[most]!, 3)} in row ${made.rows[most]}`;
    return [
      `the fit stopped at the edge of what the family '${problem.family.name}' allows (${means}): with the link ` +
        `'${problem.family.link.name}' the likelihood has no maximum inside, and standard errors mean nothing; try another link`,
    ];
  }
  if (scoring.ending === 'iterations') return [`scoring had not converged after ${scoring.iterations} iterations`];
  const first = problem.y.find((_, i) => problem.weights[i]! > 0);
  if (problem.y.every((y, i) => y === first || problem.weights[i] === 0)) {
    return [
      `separation: every response is ${first}, which the intercept fits ever better on its way to infinity: no maximum-likelihood ` +
        'estimate exists; give priors, or more data',
    ];
  }
  return [
    `separation: the data are fitted ever better as ${runaways(made, scoring, problem).join(', ')} run off to infinity, so ` +
      'the maximum-likelihood estimate does not exist and their standard errors mean nothing; leave them out or give priors',
  ];
}

function countPositive(weights: Float64Array): number {
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i]! > 0) count++;
  return count;
}

export class GeneralisedFit extends RegressionFit {
  override readonly kind = 'generalised-fit';
  readonly problem: ScoringProblem;
  readonly ending: ScoringEnding;
  readonly iterations: number;
  readonly deviance: number;
  readonly nullDegreesOfFreedom: number;
  /** 1, or Pearson's χ² over the degrees of freedom. */
  readonly dispersion: number;
  /** Of a negative binomial whose θ was estimated. */
  readonly theta: { readonly theta: number; readonly standardError: number } | undefined;

  readonly #scoring: Scoring;
  #leverage: Float64Array | undefined;
  #nullDeviance: number | undefined;
  #logLikelihood: number | undefined;

  constructor(
    made: Design,
    problem: ScoringProblem,
    scoring: Scoring,
    warnings: readonly string[],
    theta?: { readonly theta: number; readonly standardError: number },
  ) {
    const { y, weights, family } = problem;
    const { qr } = scoring;
    const observations = countPositive(weights);
    const estimated = family.dispersion === 'estimated';
    let pearson = 0;
    if (estimated) {
      const { mean } = scoring;
      for (let i = 0; i < y.length; i++) pearson += (weights[i]! * (y[i]! - mean[i]!) ** 2) / family.variance(mean[i]!);
    }
    const dispersion = estimated ? pearson / (observations - qr.rank) : 1;
    const covariance = spread(qr.unscaledCovariance(), qr.kept, made.columns.length, dispersion);
    if (scoring.ending === 'separated') {
      const p = made.columns.length;
      for (const name of runaways(made, scoring, problem)) {
        const j = made.columns.indexOf(name);
        for (let k = 0; k < p; k++) covariance[j * p + k] = covariance[k * p + j] = Number.NaN;
      }
    }
    super({
      design: made,
      values: scoring.coefficients,
      covariance,
      observations,
      rank: qr.rank,
      reference: estimated ? 't' : 'z',
      warnings: [...warningsOf(made, scoring, problem), ...warnings],
    });
    this.problem = problem;
    this.ending = scoring.ending;
    this.iterations = scoring.iterations;
    this.#scoring = scoring;
    this.deviance = scoring.deviance;
    this.dispersion = dispersion;
    this.theta = theta;
    this.nullDegreesOfFreedom = observations - Number(made.intercept);
  }

  /** The linear predictor with its offset. // (n,) */
  get predictors(): Float64Array {
    return this.#scoring.predictor;
  }

  /** Means on the scale of the response. // (n,) */
  get fitted(): Float64Array {
    return this.#scoring.mean;
  }

  get workingWeights(): Float64Array {
    return this.#scoring.workingWeights;
  }

  /** How much each row pulls the fit to itself. // (n,) */
  get leverage(): Float64Array {
    this.#leverage ??= this.#scoring.qr.leverage(this.workingWeights);
    return this.#leverage;
  }

  /** Deviance with the intercept (and the offset) alone. */
  get nullDeviance(): number {
    this.#nullDeviance ??= this.#withoutTerms();
    return this.#nullDeviance;
  }

  #withoutTerms(): number {
    const { y, family, offset } = this.problem;
    if (!this.design.intercept) return devianceOf(this.problem, offset.map(family.link.mean));
    const alone = { ...this.problem, start: undefined, columns: [new Float64Array(y.length).fill(1)] };
    return devianceOf(this.problem, score(alone).mean);
  }

  get logLikelihood(): number {
    const { y, weights, family } = this.problem;
    this.#logLikelihood ??= family.logLikelihood(y, this.fitted, weights, this.deviance);
    return this.#logLikelihood;
  }

  /** Free numbers: coefficients, and what was estimated beside them. */
  get #free(): number {
    return this.rank + Number(this.problem.family.dispersion === 'estimated') + Number(this.theta !== undefined);
  }

  get aic(): number {
    return 2 * this.#free - 2 * this.logLikelihood;
  }

  get bic(): number {
    return log(this.observations) * this.#free - 2 * this.logLikelihood;
  }

  /**
   * Residuals.
   *
   * @param kind 'deviance' (default): signed roots of the contributions to the deviance; 'pearson': over the root of
   *   the variance; 'working': on the scale of the predictor; 'response': response less mean
   */
  residuals(kind: ResidualKind = 'deviance'): Float64Array {
    const { y, weights, family } = this.problem;
    return y.map((value, i) => {
      const mean = this.fitted[i]!;
      switch (kind) {
        case 'deviance':
          return Math.sign(value - mean) * Math.sqrt(Math.max(0, weights[i]! * family.unitDeviance(value, mean)));
        case 'pearson':
          return ((value - mean) * Math.sqrt(weights[i]!)) / Math.sqrt(family.variance(mean));
        case 'working':
          return (value - mean) / family.link.slope(this.predictors[i]!);
        case 'response':
          return value - mean;
        default:
          throw new RangeError(
            `residuals: 'deviance', 'pearson', 'working' or 'response' expected, got '${kind satisfies never}'`,
          );
      }
    });
  }

  /** Cook's distances by one step from the fit (Pregibon 1981). */
  get cooksDistance(): Float64Array {
    return this.residuals('pearson').map((r, i) => {
      const h = this.leverage[i]!;
      return ((r / (1 - h)) ** 2 * h) / (this.dispersion * this.rank);
    });
  }

  /** Deviance residuals over their standard errors. */
  get standardisedResiduals(): Float64Array {
    return this.#standardised('deviance');
  }

  /** Pearson residuals over their standard errors. */
  get standardisedPearsonResiduals(): Float64Array {
    return this.#standardised('pearson');
  }

  #standardised(kind: 'deviance' | 'pearson'): Float64Array {
    return this.residuals(kind).map((r, i) => r / Math.sqrt(this.dispersion * (1 - this.leverage[i]!)));
  }

  /**
   * Roots of what the deviance falls by without the row, to one step (Williams 1987, Applied Statistics 36, 181–191); where
   * the dispersion is estimated, over its root from the other rows.
   */
  get studentisedResiduals(): Float64Array {
    const pearson = this.residuals('pearson');
    const estimated = this.problem.family.dispersion === 'estimated';
    const deviances = this.residuals();
    const total = deviances.reduce((sum, r) => sum + r * r, 0);
    return deviances.map((r, i) => {
      const h = this.leverage[i]!;
      const size = Math.sign(r) * Math.sqrt(r * r + (h * pearson[i]! ** 2) / (1 - h));
      return estimated ? size / Math.sqrt((total - (r * r) / (1 - h)) / (this.degreesOfFreedom - 1)) : size;
    });
  }

  /**
   * Means, or linear predictors, with Wald intervals; those of means are the intervals of the predictors carried over,
   * so they respect the range of the response. Standard errors of means are by the delta method.
   *
   * @param data new data; default the rows fitted
   * @param options.scale default 'response'
   * @param options.level in (0, 1), default 0.95
   */
  predict(data?: object, options: { readonly scale?: 'response' | 'link'; readonly level?: number } = {}): Prediction {
    checkNames('predict', options, ['scale', 'level']);
    const { scale = 'response' } = options;
    if (scale !== 'response' && scale !== 'link') {
      throw new RangeError(`predict: scale is 'response' or 'link', got '${scale satisfies never}'`);
    }
    const { value, error } = this.predictor(data);
    const reach = this.reach(options.level ?? 0.95);
    const lower = value.map((eta, i) => eta - reach * error[i]!);
    const upper = value.map((eta, i) => eta + reach * error[i]!);
    if (scale === 'link') return { fit: value, standardError: error, lower, upper };
    const { link } = this.problem.family;
    const ends = Array.from(lower, (below, i) => this.#meansBetween(below, upper[i]!));
    return {
      fit: value.map(link.mean),
      standardError: error.map((se, i) => se * Math.abs(link.slope(value[i]!))),
      lower: Float64Array.from(ends, ([low]) => low),
      upper: Float64Array.from(ends, ([, high]) => high),
    };
  }

  /** The range of means when the predictor ranges between these, as far as the family has such means. */
  #meansBetween(below: number, above: number): readonly [number, number] {
    const { family } = this.problem;
    const { link } = family;
    if (family.isMean(-1)) {
      const ends = [link.mean(below), link.mean(above)].sort((a, b) => a - b) as [number, number];
      return link.name === 'inverse' && below * above < 0 ? [-Infinity, Infinity] : ends;
    }
    if (link.name === 'inverse' || link.name === '1/mu^2') {
      return [link.mean(Math.max(0, above)), link.mean(Math.max(0, below))];
    }
    const most = family.proportions ? 1 : Infinity;
    const inside = (mean: number) => Math.min(Math.max(mean, 0), most);
    if (link.name !== 'sqrt') return [inside(link.mean(below)), inside(link.mean(above))];
    const [a, b] = [link.mean(below), link.mean(above)];
    return [below * above < 0 ? 0 : Math.min(a, b), Math.max(a, b)];
  }

  /**
   * Profile-likelihood intervals: the values of a coefficient at which the deviance, minimised over the others, has
   * risen by χ²₁ (times the dispersion). They need not be symmetric. An end that is not there is ±∞.
   *
   * @param level in (0, 1), default 0.95
   */
  profileInterval(level = 0.95): { name: string; lower: number; upper: number }[] {
    checkShare('fit.profileInterval', 'level', level);
    const wanted = normalQuantile((1 + level) / 2);
    return this.names.map((name, j) => {
      if (Number.isNaN(this.error(j))) return { name, lower: Number.NaN, upper: Number.NaN };
      const end = (sign: -1 | 1) => this.profileEnd(j, sign, wanted);
      return { name, lower: end(-1), upper: end(1) };
    });
  }

  /** Where the signed root of the rise of the deviance reaches `wanted`: secant steps, for the root is nearly linear. */
  private profileEnd(j: number, sign: -1 | 1, wanted: number): number {
    const { problem } = this;
    const others = problem.columns.filter((_, k) => k !== j && !Number.isNaN(this.values[k]!));
    const column = problem.columns[j]!;
    let start: Float64Array = this.predictors;
    const root = (distance: number) => {
      const fixed = this.values[j]! + sign * distance;
      const offset = problem.offset.map((value, i) => value + fixed * column[i]!);
      let deviance: number;
      if (others.length === 0) deviance = devianceOf(problem, offset.map(problem.family.link.mean));
      else {
        const scoring = score({ ...problem, columns: others, offset, start });
        start = scoring.predictor;
        deviance = scoring.deviance;
      }
      return Math.sqrt(Math.max(0, (deviance - this.deviance) / this.dispersion));
    };
    let [near, atNear] = [0, 0];
    let far = wanted * this.error(j);
    let atFar = root(far);
    for (let round = 0; round < 60; round++) {
      if (Math.abs(atFar - wanted) < 1e-12 * wanted) break;
      let next = near + ((wanted - atNear) * (far - near)) / (atFar - atNear);
      if (!(next > 0 && next < 4 * Math.max(far, near))) next = 4 * Math.max(far, near);
      if (next > 1e6 * wanted * this.error(j)) return sign * Infinity;
      if (next === far) break;
      [near, atNear, far] = [far, atFar, next];
      atFar = root(far);
    }
    return this.values[j]! + sign * far;
  }

  override toString(): string {
    const { family } = this.problem;
    const rows = this.summary().rows.map((r) => [r.estimate, r.standardError, r.statistic, r.p] as const);
    const out = this.names.filter((_, j) => Number.isNaN(this.values[j]!));
    const theta = this.theta
      ? `\n\n              Theta:  ${formatFigure(this.theta.theta)}\n          Std. Err.:  ${formatFigure(this.theta.standardError)}`
      : '';
    const notes = [
      ...(this.design.note ? [`(${this.design.note})`] : []),
      ...(out.length > 0 ? [`(left out, for they depend on others: ${out.join(', ')})`] : []),
      ...this.warnings.map((warning) => `⚠ ${warning}`),
    ];
    return `Call: glm(${this.design.formula}), family ${family.name}, link ${family.link.name}

Coefficients:
${coefficientTable(this.names, rows, this.reference)}
---
${STARS}

(Dispersion parameter for ${family.name} family taken to be ${formatFigure(this.dispersion)})

    Null deviance: ${formatFigure(this.nullDeviance)}  on ${this.nullDegreesOfFreedom}  degrees of freedom
Residual deviance: ${formatFigure(this.deviance)}  on ${this.degreesOfFreedom}  degrees of freedom
AIC: ${formatFigure(this.aic)}

Number of Fisher Scoring iterations: ${this.iterations}${theta}${notes.length > 0 ? `\n${notes.join('\n')}` : ''}`;
  }
}
