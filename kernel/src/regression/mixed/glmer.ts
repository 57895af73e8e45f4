/**
 * Generalised linear mixed models: the likelihood of β and θ with the groups' coefficients integrated out, by Laplace's
 * approximation or adaptive Gauss–Hermite quadrature (Bates, Mächler, Bolker & Walker, lme4's theory vignette; Liu &
 * Pierce 1994).
 *
 * The coefficients of group i are Λ(θ) uᵢ with uᵢ standard normal, as in lme4: so a variance of 0 is a point like any other.
 */
import { type Climb, climb } from '../../estimate/climb.ts';
import { analyseInformation } from '../../estimate/information.ts';
import { hessian } from '../../estimate/optimise/hessian.ts';
import { negative } from '../../estimate/optimise/objective.ts';
import { type CommonOptions, checkNames, checkWhole, signalOf } from '../../estimate/options.ts';
import { Pace } from '../../estimate/pause.ts';
import { PivotedQr } from '../../numeric/linalg/pivoted-qr.ts';
import type { LogDensity } from '../../program/types.ts';
import type { Design, DesignOptions } from '../formula/design.ts';
import { FormulaError } from '../formula/syntax.ts';
import { type LinkOfModel, type ModelResponse, modelFamily, modelResponse } from '../formula-families.ts';
import { refuseDependent } from '../lm.ts';
import { type GeneralisedMixedData, type Integral, integralOf, type MixedFamilyName } from './generalised-integral.ts';
import { GeneralisedMixedFit } from './generalised-mixed-fit.ts';
import { groupedDesign } from './grouped-design.ts';
import type { FittedTerm } from './grouped-fit.ts';
import { atEdges, awayFromZero, mostAttempts, startTheta, thetaDoubts, upright } from './optimise.ts';
import { thetaSize } from './penalised-least-squares.ts';

const families: readonly MixedFamilyName[] = ['binomial', 'poisson', 'negativeBinomial', 'gamma', 'beta'];

export interface GeneralisedMixedOptions
  extends Pick<DesignOptions, 'contrasts' | 'weights' | 'offset'>,
    Pick<CommonOptions, 'signal'> {
  /** Distribution of the response. */
  readonly family: MixedFamilyName;
  /** Of the binomial: 'logit' (default), 'probit' or 'cloglog'. */
  readonly link?: LinkOfModel;
  /**
   * Points of adaptive Gauss–Hermite quadrature for each coefficient of a group, 2 to 50, where groups of one factor, with
   * few coefficients each, are all there are; default 1, Laplace's approximation (lme4's `nAGQ`).
   */
  readonly quadrature?: number;
}

/** Coefficients and the family's own parameters without groups: where the search begins. */
async function startOf(
  { joint, marginal }: Integral,
  data: GeneralisedMixedData,
  how: Following,
): Promise<Float64Array> {
  const p = data.design.columns.length;
  const blocks = data.terms.map((term) => term.data);
  const size = thetaSize(blocks);
  const free = marginal.dimension;
  const full = new Float64Array(joint.dimension); // (d,), θ and u at 0
  const slopes = new Float64Array(joint.dimension); // (d,)
  const places = Array.from({ length: free }, (_, i) => i).filter((i) => i < p || i >= p + size);
  const place = (x: Float64Array) => {
    places.forEach((i, k) => {
      full[i] = x[k]!;
    });
    return full;
  };
  const plain: LogDensity = {
    dimension: places.length,
    value: (x) => joint.value(place(x)),
    valueAndGradient(x, gradient) {
      const value = joint.valueAndGradient(place(x), slopes);
      places.forEach((i, k) => {
        gradient[k] = slopes[i]!;
      });
      return value;
    },
  };
  const start = new Float64Array(free);
  if (places.length > 0) {
    const found = await climb(plain, new Float64Array(places.length), how);
    places.forEach((i, k) => {
      start[i] = found.position[k]!;
    });
  }
  start.set(startTheta(blocks), p);
  return start;
}

type Following = Parameters<typeof climb>[2];

/** Fit by climbing the integrated likelihood. */
async function fitGeneralisedMixed(
  data: GeneralisedMixedData,
  signal: AbortSignal | undefined,
  from?: Float64Array,
): Promise<GeneralisedMixedFit> {
  const integral = integralOf(data);
  const { marginal } = integral;
  const p = data.design.columns.length;
  const blocks = data.terms.map((term) => term.data);
  const size = thetaSize(blocks);
  const how = { iterations: 500, signal, pace: new Pace() };
  let found: Climb = await climb(marginal, from ?? (await startOf(integral, data, how)), how);
  const withTheta = (theta: Float64Array) => {
    const position = found.position.slice();
    position.set(theta, p);
    return position;
  };
  const criterion = (theta: Float64Array) => -marginal.value(withTheta(theta));
  for (let attempt = 0; attempt < mostAttempts && found.ending !== 'interrupted'; attempt++) {
    const better = awayFromZero(criterion, found.position.slice(p, p + size), blocks);
    if (!better) break;
    found = await climb(marginal, withTheta(better), how);
  }
  const theta = upright(atEdges(criterion, found.position.slice(p, p + size), blocks), blocks);
  const position = withTheta(theta);
  const converged = found.ending === 'converged';
  const information = analyseInformation(hessian(negative(marginal), position), position.length);
  const whole = marginal.complete(position);
  const optimum = {
    position,
    logLikelihood: marginal.value(position),
    covariance: information?.covariance ?? new Float64Array(position.length ** 2).fill(Number.NaN),
    modes: whole.subarray(position.length),
    curvature: marginal.curvature(whole).inner,
    warnings: [
      ...(found.ending === 'interrupted' ? ['Interrupted: the estimates are the best so far.'] : []),
      ...thetaDoubts(theta, data.terms, converged),
    ],
  };
  const again = (values: Float64Array) =>
    fitGeneralisedMixed({ ...data, response: { ...data.response, values } }, signal, position);
  return new GeneralisedMixedFit(data, optimum, again);
}

/** Proportions with numbers of trials as weights, as `glm` takes them. */
function proportions({ response, weights, rows }: Design): ModelResponse | undefined {
  const value = response?.value;
  if (!weights || value?.kind !== 'numbers') return undefined;
  if (value.values.every((y) => y === 0 || y === 1) || !value.values.every((y) => y >= 0 && y <= 1)) return undefined;
  const successes = value.values.map((y, i) => Math.round(y * weights[i]!));
  const odd = successes.findIndex((count, i) => Math.abs(count - value.values[i]! * weights[i]!) > 1e-6);
  if (odd >= 0) {
    throw new RangeError(
      `glmer: proportions with whole numbers of successes expected: '${response!.label}' is ${value.values[odd]} of ` +
        `${weights[odd]} trials in row ${rows[odd]}`,
    );
  }
  return { values: successes, trials: weights };
}

/**
 * Fit a generalised linear mixed model by maximum likelihood: coefficients that vary from group to group, normally
 * distributed around the fixed ones on the scale of the predictor.
 *
 * Links are logit (or `link`) for the binomial, log for counts and gamma, logit for beta. Families have parameters beside
 * the coefficients: negativeBinomial `phi` (variance μ + μ²/φ), gamma `shape`, beta `kappa`. Standard errors are from the
 * observed information of all parameters. `logLikelihood` has all constants, also by quadrature, where lme4's has not.
 *
 * Laplace's approximation takes the observed curvature. For canonical links (logit of the binomial, log of the
 * Poisson) that is lme4's; for others lme4 takes the expected one, and its figures differ a little.
 *
 * @param formula such as `'cbind(sick, well) ~ period + (1 | herd)'`; grouped terms as in `lmer`
 * @param data columns of one length; rows with a missing value are dropped
 * @throws FormulaError without a grouped term; RangeError for a response outside the family, columns that depend on
 *   others, a factor with one group, or quadrature where many coefficients of groups depend on each other, as where factors cross
 * @example
 * const fit = await glmer('cbind(incidence, healthy) ~ period + (1 | herd)', cbpp, { family: 'binomial', quadrature: 9 });
 * fit.variances[0].standardDeviation;
 */
export async function glmer(
  formula: string,
  data: object,
  options: GeneralisedMixedOptions,
): Promise<GeneralisedMixedFit> {
  const known = ['family', 'link', 'quadrature', 'contrasts', 'weights', 'offset', 'signal'];
  checkNames('glmer', options ?? {}, known);
  const { family: name, link = 'logit', quadrature } = options ?? {};
  if (!families.includes(name)) {
    const advice = (name as string) === 'gaussian' ? '; a gaussian one is fitted by lmer' : '';
    throw new RangeError(`glmer: family is one of ${families.join(', ')}, got ${JSON.stringify(name)}${advice}`);
  }
  const points =
    quadrature === undefined || quadrature === 1 ? 1 : checkWhole('glmer', 'quadrature', quadrature, 2, 50);
  const family = modelFamily(name, link);
  const { contrasts, weights, offset } = options;
  const { fixed: design, terms: grouped } = groupedDesign('glmer', formula, data, {
    ...(contrasts ? { contrasts } : {}),
    ...(weights === undefined ? {} : { weights }),
    ...(offset === undefined ? {} : { offset }),
  });
  if (grouped.length === 0) {
    throw new FormulaError(formula, formula.length, 'expected a grouped term such as (1 | g); without one use glm');
  }
  const counted = name === 'binomial' ? proportions(design) : undefined;
  const response = counted ?? modelResponse(design, family, name);
  const n = design.rows.length;
  if (design.columns.length > 0) refuseDependent('glmer', new PivotedQr(design.byColumn, n), design.columns);
  const terms = grouped.map((each): FittedTerm => {
    const { design: columns, grouping } = each;
    const block = { width: columns.columns.length, levels: grouping.levels.length };
    return { ...each, data: { ...block, matrix: columns.matrix, codes: grouping.codes } };
  });
  const told = {
    formula,
    design,
    response,
    weights: counted ? undefined : design.weights,
    terms,
    name,
    link,
    family,
    points,
  };
  return fitGeneralisedMixed(told, signalOf(options));
}
