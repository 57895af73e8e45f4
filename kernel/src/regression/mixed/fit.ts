/**
 * A fitted linear mixed model: fixed effects, variance components, what each group deviates by, predictions, and
 * intervals by profile and by parametric bootstrap.
 */
import type { Bootstrap } from '../../estimate/bootstrap-result.ts';
import { checkNames, checkShare } from '../../estimate/options.ts';
import type { Profile, ProfileOptions } from '../../estimate/profile.ts';
import { log } from '../../numeric/elementary.ts';
import { type Key, key as keyOf, Stream } from '../../numeric/random.ts';
import { formatFigure } from '../format.ts';
import type { Design } from '../formula/design.ts';
import { addDrawnGroups, type FittedTerm, GroupedFit, type GroupOptions, type VarianceRow } from './grouped-fit.ts';
import { bestTheta, thetaDoubts } from './optimise.ts';
import { bootstrapMixed, type MixedBootstrapOptions } from './parametric-bootstrap.ts';
import { PenalisedLeastSquares } from './penalised-least-squares.ts';
import { profileMixed, varianceNames } from './profile.ts';
import * as lines from './summary.ts';

/** What a linear mixed model is fitted to. */
export interface MixedData {
  readonly formula: string;
  readonly design: Design;
  /** As observed, offset included. */
  readonly response: Float64Array; // (n,)
  readonly terms: readonly FittedTerm[];
  readonly restricted: boolean;
}

/** Fit by the profiled criterion. */
export function fitMixed(data: MixedData, start?: Float64Array): MixedFit {
  const { design, response, terms, restricted } = data;
  const { offset, weights, matrix } = design;
  const y = response.map((value, i) => value - (offset?.[i] ?? 0));
  const blocks = terms.map((term) => term.data);
  const problem = new PenalisedLeastSquares(blocks, matrix, y, restricted, weights);
  const { theta, converged } = bestTheta(problem, blocks, start);
  return new MixedFit(data, problem, theta, thetaDoubts(theta, terms, converged));
}

/** A linear mixed model, fitted by REML or maximum likelihood. */
export class MixedFit extends GroupedFit {
  override readonly kind = 'mixed-fit';
  /** 'REML', or 'ML' for maximum likelihood. */
  readonly method: 'REML' | 'ML';
  /** Residual standard deviation; that of row i is this over √wᵢ. */
  readonly sigma: number;
  /** −2 log likelihood, or the REML criterion. */
  readonly criterion: number;
  readonly logLikelihood: number;
  /** How many numbers were estimated: fixed effects, variances and correlations, σ. */
  readonly freeParameters: number;
  readonly aic: number;
  readonly bic: number;
  readonly fitted: Float64Array; // (n,), groups included
  readonly residuals: Float64Array; // (n,)
  readonly #data: MixedData;

  constructor(data: MixedData, problem: PenalisedLeastSquares, theta: Float64Array, warnings: readonly string[]) {
    const { design, response, terms, formula } = data;
    const { sigma, beta, unscaledCovariance, modes, modeCovariances, criterion } = problem.solve(theta);
    const variance = sigma ** 2;
    super({
      formula,
      design,
      values: beta,
      covariance: unscaledCovariance.map((v) => v * variance),
      observations: response.length,
      terms,
      theta,
      scale: sigma,
      modes,
      modeCovariances: modeCovariances.map((each) => each.map((v) => v * variance)),
      warnings,
    });
    this.method = data.restricted ? 'REML' : 'ML';
    this.sigma = sigma;
    this.criterion = criterion;
    this.logLikelihood = -criterion / 2;
    this.freeParameters = design.columns.length + theta.length + 1;
    this.aic = criterion + 2 * this.freeParameters;
    this.bic = criterion + log(response.length) * this.freeParameters;
    this.#data = data;
    this.fitted = this.grouped(undefined, {});
    this.residuals = response.map((y, i) => y - this.fitted[i]!);
  }

  /** Variances, standard deviations and correlations of the random coefficients, and of the residuals. */
  override get variances(): VarianceRow[] {
    const residual = { variance: this.sigma ** 2, standardDeviation: this.sigma, correlations: [] };
    return [...super.variances, { group: 'Residual', name: '', ...residual }];
  }

  /** Residuals over their standard deviations given the groups. // (n,) */
  get scaledResiduals(): Float64Array {
    const { weights } = this.design;
    return this.residuals.map((r, i) => (r * Math.sqrt(weights?.[i] ?? 1)) / this.sigma);
  }

  /**
   * Expected responses on new data.
   *
   * @param data new data; default the rows fitted
   * @param options.groups whether what the groups deviate by is added (default true), or the grouping factors of which
   *   it is: `false` is lme4's `re.form = NA`, `['school']` its `~(1 | school)`. A group the fit has not seen deviates by nothing
   * @throws RangeError for a factor the formula does not group by
   * @example fit.predict({ Days: [0, 9], Subject: ['308', '308'] })
   */
  predict(data?: object, options: GroupOptions = {}): Float64Array {
    checkNames('predict', options, ['groups']);
    return this.grouped(data, options);
  }

  /** The same model by another criterion, or on another response of the same rows. */
  refit(change: { readonly reml?: boolean; readonly response?: Float64Array } = {}): MixedFit {
    const { reml = this.method === 'REML', response = this.#data.response } = change;
    if (response.length !== this.observations) {
      throw new RangeError(`refit: a response of ${this.observations} rows expected, got ${response.length}`);
    }
    if (response === this.#data.response && reml === (this.method === 'REML')) return this;
    return fitMixed({ ...this.#data, response, restricted: reml });
  }

  /**
   * A response drawn from the fitted model, with groups drawn anew. // (n,)
   *
   * @example fit.refit({ response: fit.simulate(key(1)) }).sigma
   */
  simulate(key: Key): Float64Array {
    const stream = new Stream(key);
    const value = addDrawnGroups(this.predictor(undefined).value, this.terms, this.theta, this.sigma, stream);
    const { weights } = this.design;
    return value.map((mean, i) => mean + (this.sigma * stream.normal()) / Math.sqrt(weights?.[i] ?? 1));
  }

  /**
   * The profile likelihood of one parameter, by maximum likelihood also of a REML fit, as lme4's `profile`.
   *
   * @param name of a fixed effect, `'sigma'`, or of a standard deviation or correlation under the names lme4 gives them:
   *   `'sd_(Intercept)|Subject'`, `'cor_Days.(Intercept)|Subject'`
   * @throws RangeError for another name, or options out of range
   * @example (await fit.profile('sd_(Intercept)|Subject')).upper.value
   */
  profile(name: string, options: ProfileOptions = {}): Promise<Profile> {
    return profileMixed(this.refit({ reml: false }), this.#data, name, options);
  }

  /** Names of all that can be profiled, in lme4's order: standard deviations and correlations, sigma, fixed effects. */
  get profileNames(): string[] {
    return [...varianceNames(this.terms).map(({ name }) => name), 'sigma', ...this.names];
  }

  /**
   * Profile intervals of everything, as lme4's `confint`. An end that is not there is the bound: 0, ±1 or ±∞.
   *
   * @param level in (0, 1), default 0.95
   */
  async profileInterval(level = 0.95): Promise<{ name: string; lower: number; upper: number }[]> {
    checkShare('fit.profileInterval', 'level', level);
    const found: { name: string; lower: number; upper: number }[] = [];
    for (const name of this.profileNames) {
      const { lower, upper } = await this.profile(name, { level, points: 0 });
      found.push({ name, lower: lower.value, upper: upper.value });
    }
    return found;
  }

  /**
   * The parametric bootstrap: groups and responses drawn from the fit, and the model fitted to them, as lme4's `bootMer`.
   *
   * @example (await fit.bootstrap({ replicates: 500, seed: 1 })).interval(0.95)
   */
  bootstrap(options: MixedBootstrapOptions = {}): Promise<Bootstrap> {
    const values = (fit: MixedFit) => {
      const rows = fit.variances.slice(0, -1);
      return Float64Array.of(
        ...fit.values,
        ...rows.flatMap(({ standardDeviation, correlations }) => [standardDeviation, ...correlations]),
        fit.sigma,
      );
    };
    const names = [...this.names, ...varianceNames(this.terms, 'rows').map(({ name }) => name), 'sigma'];
    return bootstrapMixed({
      names,
      values: values(this),
      replicate: async (key) => values(this.refit({ response: this.simulate(key) })),
      key: keyOf(options.seed ?? 0),
      options,
    });
  }

  override toString(): string {
    const how = this.method === 'REML' ? 'REML' : 'maximum likelihood';
    const criterion =
      this.method === 'REML'
        ? `REML criterion at convergence: ${formatFigure(this.criterion, 7)}`
        : lines.criteriaLines({ ...this.#criteria, residualDegreesOfFreedom: this.observations - this.freeParameters });
    return `Linear mixed model fit by ${how}
Formula: ${this.formula}

${criterion}

${lines.scaledResidualLines(this.scaledResiduals)}

${lines.varianceLines(this.variances)}
${lines.countLine(this.observations, this.groups)}

${lines.fixedLines(this.names, this.values, this.#errors, undefined)}${lines.correlationLines(this.names, this.covariance)}${lines.noteLines(this.design.note, this.warnings)}`;
  }

  get #criteria() {
    const { aic, bic, logLikelihood } = this;
    return { aic, bic, logLikelihood };
  }

  get #errors(): Float64Array {
    return this.values.map((_, j) => this.error(j));
  }
}
