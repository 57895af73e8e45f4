/**
 * Generalised linear models by maximum likelihood.
 */
import { namesHint } from '../data/names.ts';
import { checkNames } from '../estimate/options.ts';
import { constantVector } from '../numeric/constant-vectors.ts';
import { PivotedQr } from '../numeric/linalg/pivoted-qr.ts';
import { binomialFamily } from './families/binomial.ts';
import type { Family } from './families/family.ts';
import { gammaFamily } from './families/gamma.ts';
import { gaussianFamily } from './families/gaussian.ts';
import { inverseGaussianFamily } from './families/inverse-gaussian.ts';
import { type LinkName, links } from './families/links.ts';
import { estimateTheta, negativeBinomialFamily } from './families/negative-binomial.ts';
import { poissonFamily } from './families/poisson.ts';
import { quasiBinomialFamily, quasiPoissonFamily } from './families/quasi.ts';
import { type Design, type DesignOptions, design } from './formula/design.ts';
import { GeneralisedFit } from './generalised-fit.ts';
import type { ScoringProblem } from './irls.ts';
import { isLarge } from './irls-products.ts';
import { type LikelihoodFit, type LikelihoodOptions, likelihoodFit } from './likelihood-fit.ts';
import { checkCollinear, refuseDependent } from './lm.ts';
import { type MultinomialFit, multinomialRegression } from './multinomial.ts';
import { score } from './scoring.ts';

export type FamilyName =
  | 'gaussian'
  | 'binomial'
  | 'poisson'
  | 'gamma'
  | 'inverseGaussian'
  | 'quasiBinomial'
  | 'quasiPoisson'
  | 'negativeBinomial';

export interface GeneralisedOptions extends DesignOptions {
  /** Distribution of the response; default 'gaussian'. */
  readonly family?: FamilyName;
  /** Default: the first that suits the family: identity, logit, log, inverse, 1/mu^2, logit, log, log. */
  readonly link?: LinkName;
  /** Of the negative binomial: variance μ + μ² / θ; default estimated. */
  readonly theta?: number;
  /** What to do with columns that depend on others: refuse, naming them (the default), or leave them out as R does. */
  readonly collinear?: 'error' | 'drop';
}

const FAMILIES: Readonly<Record<Exclude<FamilyName, 'negativeBinomial'>, (link: (typeof links)[LinkName]) => Family>> =
  {
    gaussian: gaussianFamily,
    binomial: binomialFamily,
    poisson: poissonFamily,
    gamma: gammaFamily,
    inverseGaussian: inverseGaussianFamily,
    quasiBinomial: quasiBinomialFamily,
    quasiPoisson: quasiPoissonFamily,
  };

/** A family by name, with its link. */
export function familyOf({ family = 'gaussian', link, theta }: GeneralisedOptions): Family {
  const known = [...Object.keys(FAMILIES), 'negativeBinomial'];
  const all = [...known, ...OTHERS];
  if (!known.includes(family)) throw new RangeError(`glm: no family '${family}'; ${namesHint(family, all)}`);
  if (theta !== undefined && !(family === 'negativeBinomial' && theta > 0 && theta < Infinity)) {
    throw new RangeError(
      `glm: theta is a positive number of the family 'negativeBinomial', got ${theta} for '${family}'`,
    );
  }
  const make = (name: LinkName) =>
    family === 'negativeBinomial' ? negativeBinomialFamily(links[name], theta ?? 1) : FAMILIES[family](links[name]);
  const suits = make('identity').links;
  const chosen = link ?? suits[0]!;
  if (!suits.includes(chosen)) {
    throw new RangeError(`glm: the family '${family}' has the links ${suits.join(', ')}; got '${chosen}'`);
  }
  return make(chosen);
}

interface Response {
  readonly y: Float64Array;
  readonly weights: Float64Array;
  /** Weights beside the numbers of trials. */
  readonly prior?: Float64Array | undefined;
  readonly warnings: readonly string[];
}

/** Response and weights; of a binomial from proportions, a factor, or `cbind(successes, failures)`. */
export function responseOf(made: Design, family: Family): Response {
  const { response, rows } = made;
  if (!response) throw new TypeError("glm: the formula has no response; write 'y ~ x'");
  const { label, value } = response;
  const n = rows.length;
  const { proportions } = family;
  const prior = made.weights;
  let weights = prior ?? constantVector(1, n);
  const warnings: string[] = [];
  const refuse = (wanted: string, what: string, got: number, row: number): never => {
    throw new RangeError(
      `glm: the family '${family.name}' takes as response ${wanted}; ${what} is ${got} in row ${rows[row]}`,
    );
  };
  if (value.kind === 'matrix' && proportions && value.names.length === 2) {
    const counts = value.values; // (n, 2)
    const wrong = counts.findIndex((count) => !(count >= 0 && Number.isInteger(count)));
    if (wrong >= 0) {
      refuse('counts: whole numbers from 0', `'${value.names[wrong % 2]}'`, counts[wrong]!, Math.floor(wrong / 2));
    }
    const y = new Float64Array(n);
    weights = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const trials = counts[2 * i]! + counts[2 * i + 1]!;
      y[i] = trials > 0 ? counts[2 * i]! / trials : 0;
      weights[i] = (prior?.[i] ?? 1) * trials;
    }
    return { y, weights, prior, warnings };
  }
  let y: Float64Array;
  if (value.kind === 'numbers') y = value.values;
  else if (value.kind === 'factor' && proportions) {
    if (value.levels.length < 2) {
      throw new RangeError(`glm: the response '${label}' has one level, '${value.levels.join()}'; two are expected`);
    }
    y = Float64Array.from(value.codes, (c) => Number(c > 0));
    if (value.levels.length > 2) {
      const others = value.levels.slice(1).join(', ');
      warnings.push(`'${label}' has ${value.levels.length} levels: '${value.levels[0]}' is failure, ${others} success`);
    }
  } else {
    const wanted = proportions ? 'numbers, a factor or cbind(successes, failures)' : 'numbers';
    throw new TypeError(`glm: the response '${label}' must be ${wanted}, got a ${value.kind}`);
  }
  for (let i = 0; i < n; i++) {
    const objection = family.objection(y[i]!);
    if (objection) refuse(objection, `'${label}'`, y[i]!, i);
  }
  let broken = false;
  for (let i = 0; i < n && proportions && family.dispersion === 'one'; i++) {
    const successes = y[i]! * weights[i]!;
    broken ||= Math.abs(successes - Math.round(successes)) > 1e-3;
  }
  if (broken) warnings.push('successes are not whole numbers: give the numbers of trials as weights');
  return { y, weights, warnings };
}

/** Fit a design whose response is known; `theta` is estimated along when asked for. */
function climb(problem: ScoringProblem, estimated: boolean) {
  // Of an unknown θ from the Poisson fit, as R.
  let current = estimated ? { ...problem, family: poissonFamily(problem.family.link) } : problem;
  let scoring = score(current);
  if (!estimated) return { problem: current, scoring };
  let found = estimateTheta(current.y, scoring.mean, current.weights);
  for (let round = 0; round < 200; round++) {
    current = {
      ...problem,
      family: negativeBinomialFamily(problem.family.link, found.theta),
      start: scoring.predictor,
    };
    scoring = score(current);
    const next = estimateTheta(current.y, scoring.mean, current.weights, found.theta);
    const still = Math.abs(next.theta - found.theta) < 1e-11 * found.theta;
    found = next;
    if (still) break;
  }
  return { problem: current, scoring, theta: found };
}

/** Families that `glm` knows beyond those of Fisher scoring. */
const OTHERS = ['beta', 'ordinal', 'studentT', 'multinomial'] as const;

/** Options of a multinomial response. */
export interface MultinomialOptions extends DesignOptions {
  readonly family: 'multinomial';
}

/**
 * Fit a generalised linear model by maximum likelihood.
 *
 * Standard errors come from the expected information; where the dispersion is estimated (gaussian, gamma,
 * inverse Gaussian, quasi), from
 * Pearson residuals, and statistics refer to Student's t. Those of a negative binomial hold θ at its estimate.
 *
 * Families beyond these have all parameters in one table, with standard errors from the observed information: 'beta'
 * (logit link; `kappa`, the precision), 'ordinal' (proportional odds; `cutpoints` in place of the intercept), 'studentT'
 * (identity; `nu`, `sigma`); 'multinomial' is `multinomialRegression`.
 *
 * @param formula such as `'cbind(cases, controls) ~ age + alcohol'`; the response of a binomial is 0 and 1, a factor
 *   (the first level is failure), proportions with the trials as weights, or `cbind(successes, failures)`; that of
 *   'ordinal' and 'multinomial' a factor
 * @param data columns of one length; rows with a missing value are dropped
 * @throws FormulaError, RangeError for a response outside the family, or columns that depend on others
 * @example
 * const fit = glm('am ~ wt', { am: [1, 1, 0, 0, 1, 0], wt: [2.6, 2.9, 3.2, 3.4, 3.5, 3.6] }, { family: 'binomial' });
 * fit.predict({ wt: [3] }).fit[0]; // the probability
 */
export function glm(formula: string, data: object, options?: GeneralisedOptions): GeneralisedFit;
export function glm(formula: string, data: object, options: LikelihoodOptions): LikelihoodFit;
export function glm(formula: string, data: object, options: MultinomialOptions): MultinomialFit;
export function glm(
  formula: string,
  data: object,
  options: GeneralisedOptions | LikelihoodOptions | MultinomialOptions = {},
): GeneralisedFit | LikelihoodFit | MultinomialFit {
  switch (options.family) {
    case 'multinomial': {
      const { family: _, ...rest } = options;
      return multinomialRegression(formula, data, rest);
    }
    case 'beta':
    case 'ordinal':
    case 'studentT':
      checkNames('glm', options, ['family', 'contrasts', 'weights', 'offset']);
      return likelihoodFit(formula, data, options);
    default:
      return scored(formula, data, options);
  }
}

/** By Fisher scoring. */
function scored(formula: string, data: object, options: GeneralisedOptions): GeneralisedFit {
  checkNames('glm', options, ['contrasts', 'weights', 'offset', 'collinear', 'family', 'link', 'theta']);
  const named = familyOf(options);
  checkCollinear('glm', options.collinear);
  const made = design(formula, data, options);
  const { y, weights, prior, warnings } = responseOf(made, named);
  const family = prior && named.name === 'binomial' ? binomialFamily(named.link, prior) : named;
  const n = y.length;
  const columns = made.byColumn;
  const start: ScoringProblem = { columns, y, weights, offset: made.offset ?? constantVector(0, n), family };
  const refuse = () => {
    if ((options.collinear ?? 'error') === 'error') refuseDependent('glm', new PivotedQr(columns, n), made.columns);
  };
  // Of a large design the climb itself says whether columns depend on each other.
  if (!isLarge(start)) refuse();
  const { problem, scoring, theta } = climb(
    start,
    options.family === 'negativeBinomial' && options.theta === undefined,
  );
  if (isLarge(start) && scoring.qr.rank < columns.length) refuse();
  return new GeneralisedFit(made, problem, scoring, warnings, theta);
}
