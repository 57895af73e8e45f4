/**
 * A fitted generalised linear mixed model: fixed effects with their tests, variances of the groups' coefficients, what
 * each group deviates by, means and residuals.
 */
import { checkNames } from '../../estimate/options.ts';
import { exp, log } from '../../numeric/elementary.ts';
import { symmetricInverse } from '../../numeric/linalg/cholesky.ts';
import { formatFigure } from '../format.ts';
import type { GeneralisedMixedData } from './glmer.ts';
import { GroupedFit, type GroupOptions } from './grouped-fit.ts';
import { factorOf, type TermData, thetaSize } from './penalised-least-squares.ts';
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

  constructor(data: GeneralisedMixedData, optimum: Optimum) {
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
