/**
 * A fitted generalised linear mixed model: fixed effects with their tests, variances of the groups' coefficients, what
 * each group deviates by, means and residuals.
 */
import type { Bootstrap } from '../../estimate/bootstrap-result.ts';
import { checkNames, checkShare } from '../../estimate/options.ts';
import type { Profile, ProfileOptions } from '../../estimate/profile.ts';
import { exp, log } from '../../numeric/elementary.ts';
import { symmetricInverse } from '../../numeric/linalg/cholesky.ts';
import { type Key, key as keyOf, Stream } from '../../numeric/random.ts';
import { compile, constant, type Expr } from '../../program/index.ts';
import { formatFigure } from '../format.ts';
import type { GeneralisedMixedData } from './generalised-integral.ts';
import { generalisedNames, generalisedProfiled } from './generalised-profile.ts';
import { addDrawnGroups, GroupedFit, type GroupOptions } from './grouped-fit.ts';
import { bootstrapMixed, type MixedBootstrapOptions } from './parametric-bootstrap.ts';
import { factorOf, type TermData, thetaSize } from './penalised-least-squares.ts';
import { varianceNames, walked } from './profile.ts';
import { multiply, times } from './small-matrices.ts';
import * as lines from './summary.ts';

/** Where the climb of the integrated likelihood ended. */
export interface Optimum {
  /** β, θ, and logarithms of the family's own parameters. */
  readonly position: Float64Array; // (k,)
  readonly logLikelihood: number;
  readonly covariance: Float64Array; // (k, k)
  /** u at its mode, column by column of each term. */
  readonly modes: Float64Array; // (m,)
  /** Minus the second derivatives of the joint log density in u. */
  readonly curvature: Float64Array; // (m, m)
  readonly warnings: readonly string[];
}

/** Coefficients b = Λu of each term, and their covariances Λ C Λᵀ given all else. */
function groupModes(blocks: readonly TermData[], theta: Float64Array, { modes, curvature }: Optimum) {
  const m = modes.length;
  const inverse = symmetricInverse(curvature, m); // (m, m)
  let [offset, at] = [0, 0];
  return blocks.map(({ width, levels }) => {
    const factor = factorOf(theta, offset, width);
    const transposed = factor.map((_, i) => factor[(i % width) * width + Math.floor(i / width)]!);
    const b = new Float64Array(levels * width); // (L, k)
    const covariance = new Float64Array(levels * width * width); // (L, k, k)
    for (let g = 0; g < levels; g++) {
      const places = Array.from({ length: width }, (_, e) => at + e * levels + g);
      b.set(
        times(
          factor,
          Float64Array.from(places, (place) => modes[place]!),
          width,
        ),
        g * width,
      );
      const own = Float64Array.from(places.flatMap((row) => places.map((column) => inverse[row * m + column]!)));
      const spread = multiply(multiply(factor, own, width, width), transposed, width, width);
      covariance.set(spread, g * width * width);
    }
    offset += (width * (width + 1)) / 2;
    at += width * levels;
    return { b, covariance };
  });
}

/** A generalised linear mixed model, fitted by maximum likelihood with the groups integrated out. */
export class GeneralisedMixedFit extends GroupedFit {
  override readonly kind = 'generalised-mixed-fit';
  readonly family: string;
  readonly link: string;
  /** Points of quadrature for each coefficient of a group; 1 is Laplace's approximation. */
  readonly quadrature: number;
  /** With all constants. */
  readonly logLikelihood: number;
  /** How many numbers were estimated: fixed effects, variances and correlations, the family's own parameters. */
  readonly freeParameters: number;
  readonly aic: number;
  readonly bic: number;
  /** The family's own parameters: phi, shape or kappa. */
  readonly others: Readonly<Record<string, number>>;
  readonly fitted: Float64Array; // (n,), means given the groups
  readonly #data: GeneralisedMixedData;
  readonly #optimum: Optimum;
  readonly #again: (response: Float64Array) => Promise<GeneralisedMixedFit>;

  constructor(
    data: GeneralisedMixedData,
    optimum: Optimum,
    again: (response: Float64Array) => Promise<GeneralisedMixedFit>,
  ) {
    const { design, terms, family, name, link, points, formula } = data;
    const p = design.columns.length;
    const k = optimum.position.length;
    const blocks = terms.map((term) => term.data);
    const theta = optimum.position.slice(p, p + thetaSize(blocks));
    const found = groupModes(blocks, theta, optimum);
    super({
      formula,
      design,
      values: optimum.position.slice(0, p),
      covariance: Float64Array.from({ length: p * p }, (_, at) => {
        return optimum.covariance[Math.floor(at / p) * k + (at % p)]!;
      }),
      observations: design.rows.length,
      terms,
      theta,
      scale: 1,
      modes: found.map(({ b }) => b),
      modeCovariances: found.map(({ covariance }) => covariance),
      warnings: optimum.warnings,
    });
    this.#data = data;
    this.#optimum = optimum;
    this.#again = again;
    this.family = name;
    this.link = name === 'binomial' ? link : name === 'beta' ? 'logit' : 'log';
    this.quadrature = points;
    this.logLikelihood = optimum.logLikelihood;
    this.freeParameters = k;
    this.aic = 2 * k - 2 * optimum.logLikelihood;
    this.bic = log(this.observations) * k - 2 * optimum.logLikelihood;
    this.others = Object.fromEntries(
      family.positive.map((each, i) => [each, exp(optimum.position[p + theta.length + i]!)]),
    );
    this.fitted = this.predict();
  }

  /**
   * Means, or linear predictors, on new data.
   *
   * @param data new data; default the rows fitted
   * @param options.scale default 'response'
   * @param options.groups as in the `predict` of `lmer`'s fits
   * @example fit.predict({ period: ['1', '2'], herd: ['1', '1'] })
   */
  predict(data?: object, options: GroupOptions & { readonly scale?: 'response' | 'link' } = {}): Float64Array {
    checkNames('predict', options, ['groups', 'scale']);
    const { scale = 'response', ...groups } = options;
    if (scale !== 'response' && scale !== 'link') {
      throw new RangeError(`predict: scale is 'response' or 'link', got ${JSON.stringify(scale)}`);
    }
    const eta = this.grouped(data, groups);
    return scale === 'link' ? eta : eta.map((value) => this.#data.family.mean(value));
  }

  /** Pearson residuals given the groups: over the root of the variance. // (n,) */
  get scaledResiduals(): Float64Array {
    const { response, weights, family } = this.#data;
    return response.values.map((y, i) => {
      const trials = response.trials?.[i] ?? 1;
      const mean = this.fitted[i]!;
      const variance = family.variance(mean, this.others) / (trials * (weights?.[i] ?? 1));
      return (y / trials - mean) / Math.sqrt(variance);
    });
  }

  /** A response drawn from the fitted model, with groups drawn anew: counts, of a binomial successes. // (n,) */
  simulate(key: Key): Float64Array {
    const stream = new Stream(key);
    const { response, family } = this.#data;
    const eta = addDrawnGroups(this.predictor(undefined).value, this.terms, this.theta, 1, stream);
    const others = Object.fromEntries(
      Object.entries(this.others).map(([name, value]) => [name, constant(value) as unknown as Expr]),
    );
    const distribution = family.observation(constant(eta) as unknown as Expr, others, response);
    const names = Object.keys(distribution.parameters);
    const outputs = Object.values(distribution.parameters) as unknown as Expr[];
    const values = compile({ inputs: [], outputs }).run({});
    return distribution.sample(stream, Object.fromEntries(names.map((name, i) => [name, values[i]!])), {});
  }

  /** The same model fitted to another response of the same rows. */
  refit(response: Float64Array): Promise<GeneralisedMixedFit> {
    if (response.length !== this.observations) {
      throw new RangeError(`refit: a response of ${this.observations} rows expected, got ${response.length}`);
    }
    return this.#again(response);
  }

  /** Names of all that can be profiled: standard deviations and correlations, phi or its kin, fixed effects. */
  get profileNames(): string[] {
    return generalisedNames(this.#data);
  }

  /**
   * The profile of the integrated likelihood over one parameter, as lme4's `profile`.
   *
   * @param name of a fixed effect, of the family's own parameter, or a standard deviation or correlation under lme4's
   *   names: `'sd_(Intercept)|herd'`, `'cor_x.(Intercept)|herd'`
   * @throws RangeError for another name, or options out of range
   */
  profile(name: string, options: ProfileOptions = {}): Promise<Profile> {
    return walked(() => generalisedProfiled(this.#data, this.#optimum, name), name, options);
  }

  /** Profile intervals of everything, as lme4's `confint`. @param level in (0, 1), default 0.95 */
  async profileInterval(level = 0.95): Promise<{ name: string; lower: number; upper: number }[]> {
    checkShare('fit.profileInterval', 'level', level);
    const found: { name: string; lower: number; upper: number }[] = [];
    for (const name of this.profileNames) {
      const { lower, upper } = await this.profile(name, { level, points: 0 });
      found.push({ name, lower: lower.value, upper: upper.value });
    }
    return found;
  }

  /** The parametric bootstrap: groups and responses drawn from the fit, and the model fitted to them, as `bootMer`. */
  bootstrap(options: MixedBootstrapOptions = {}): Promise<Bootstrap> {
    const values = (fit: GeneralisedMixedFit) =>
      Float64Array.of(
        ...fit.values,
        ...fit.variances.flatMap(({ standardDeviation, correlations }) => [standardDeviation, ...correlations]),
        ...Object.values(fit.others),
      );
    const names = [
      ...this.names,
      ...varianceNames(this.terms, 'rows').map(({ name }) => name),
      ...Object.keys(this.others),
    ];
    return bootstrapMixed({
      names,
      values: values(this),
      replicate: async (key) => values(await this.refit(this.simulate(key))),
      key: keyOf(options.seed ?? 0),
      options,
    });
  }

  override toString(): string {
    const how = this.quadrature === 1 ? 'Laplace' : `adaptive Gauss–Hermite quadrature, ${this.quadrature} points`;
    const others = Object.entries(this.others).map(([name, value]) => `, ${name} ${formatFigure(value)}`);
    const errors = this.values.map((_, j) => this.error(j));
    const { aic, bic, logLikelihood } = this;
    const criteria = { aic, bic, logLikelihood, residualDegreesOfFreedom: this.observations - this.freeParameters };
    return `Generalised linear mixed model fit by maximum likelihood (${how})
Family: ${this.family} (${this.link})${others.join('')}
Formula: ${this.formula}

${lines.criteriaLines(criteria)}

${lines.scaledResidualLines(this.scaledResiduals)}

${lines.varianceLines(this.variances)}
${lines.countLine(this.observations, this.groups)}

${lines.fixedLines(this.names, this.values, errors, (z) => this.twoSided(z))}${lines.correlationLines(this.names, this.covariance)}${lines.noteLines(this.design.note, this.warnings)}`;
  }
}
