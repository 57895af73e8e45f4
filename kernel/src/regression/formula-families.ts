/**
 * How the response of a formula comes about, by family: the distribution given the linear predictor, and the parameters
 * it has beside the coefficients.
 */
import {
  bernoulliLogit,
  betaProportion,
  binomial,
  binomialLogit,
  type Distribution,
  gamma,
  negativeBinomialLog,
  normal,
  orderedLogistic,
  poissonLog,
  studentT,
} from '../distributions/index.ts';
import { exp, expm1, sigmoid } from '../numeric/elementary.ts';
import { normalCdf } from '../numeric/special/normal.ts';
import { constant, type Expr } from '../program/index.ts';
import type { Design } from './formula/design.ts';

export type ModelFamilyName =
  | 'gaussian'
  | 'studentT'
  | 'binomial'
  | 'poisson'
  | 'negativeBinomial'
  | 'gamma'
  | 'beta'
  | 'ordinal';

export type LinkOfModel = 'logit' | 'probit' | 'cloglog';

/** The response as numbers, and what else its distribution needs. */
export interface ModelResponse {
  readonly values: Float64Array; // (n,)
  /** Of a binomial given as counts. */
  readonly trials?: Float64Array; // (n,)
  /** Of an ordinal one. */
  readonly levels?: readonly string[];
}

export interface ModelFamily {
  /** Parameters beside the coefficients: a positive number each. */
  readonly positive: readonly string[];
  /** Whether the location of the linear predictor is carried by cutpoints, not by an intercept. */
  readonly ordinal: boolean;
  /** Whether coefficients are in units of the response. */
  readonly identity: boolean;
  /** What a value of the response must be, if `value` is not. */
  objection(value: number): string | undefined;
  /** The mean of an observation (of the binomial, of a trial) given the linear predictor; NaN for ordinal responses. */
  mean(eta: number): number;
  /** Its variance, given its mean and the other parameters. */
  variance(mean: number, others: Readonly<Record<string, number>>): number;
  observation(eta: Expr, others: Readonly<Record<string, Expr>>, response: ModelResponse): Distribution;
}

const ofCounts = { mean: exp, variance: (mean: number) => mean } as const;
const plain = { positive: [], ordinal: false, identity: false } as const;
const undefinedMean = { mean: () => Number.NaN, variance: () => Number.NaN } as const;
const whole = (value: number) => (Number.isInteger(value) && value >= 0 ? undefined : 'a whole number from 0');

/** Probability of a success by link, where it is not the logistic. */
const inverses: Readonly<Record<Exclude<LinkOfModel, 'logit'>, (eta: Expr) => Expr>> = {
  probit: (eta) => eta.normalCdf(),
  cloglog: (eta) => eta.exp().neg().expm1().neg(),
};

/** The same as functions of numbers. */
const means: Readonly<Record<LinkOfModel, (eta: number) => number>> = {
  logit: sigmoid,
  probit: normalCdf,
  cloglog: (eta) => -expm1(-exp(eta)),
};

/** A family by name. @throws RangeError for an unknown one, or a link it does not have */
export function modelFamily(name: ModelFamilyName, link: LinkOfModel): ModelFamily {
  const families: Readonly<Record<ModelFamilyName, ModelFamily>> = {
    gaussian: {
      ...plain,
      identity: true,
      positive: ['sigma'],
      mean: (eta) => eta,
      variance: (_, { sigma }) => sigma! ** 2,
      objection: (value) => (Number.isFinite(value) ? undefined : 'a finite number'),
      observation: (eta, { sigma }) => normal(eta, sigma!),
    },
    studentT: {
      ...plain,
      identity: true,
      positive: ['nu', 'sigma'],
      mean: (eta) => eta,
      variance: (_, { nu, sigma }) => (nu! > 2 ? (sigma! ** 2 * nu!) / (nu! - 2) : Number.POSITIVE_INFINITY),
      objection: (value) => (Number.isFinite(value) ? undefined : 'a finite number'),
      observation: (eta, { nu, sigma }) => studentT(nu!, eta, sigma!),
    },
    binomial: {
      ...plain,
      mean: means[link] ?? sigmoid,
      variance: (mean) => mean * (1 - mean),
      objection: (value) =>
        value === 0 || value === 1 ? undefined : '0 or 1, a factor, or cbind(successes, failures)',
      observation: (eta, _, { trials }) => {
        if (link === 'logit') return trials ? binomialLogit(trials, eta) : bernoulliLogit(eta);
        return binomial(trials ?? 1, inverses[link](eta));
      },
    },
    poisson: { ...plain, ...ofCounts, objection: whole, observation: (eta) => poissonLog(eta) },
    negativeBinomial: {
      ...plain,
      positive: ['phi'],
      mean: exp,
      variance: (mean, { phi }) => mean + mean ** 2 / phi!,
      objection: whole,
      observation: (eta, { phi }) => negativeBinomialLog(eta, phi!),
    },
    gamma: {
      ...plain,
      positive: ['shape'],
      mean: exp,
      variance: (mean, { shape }) => mean ** 2 / shape!,
      objection: (value) => (value > 0 && Number.isFinite(value) ? undefined : 'a positive number'),
      observation: (eta, { shape }) => gamma(shape!, shape!.mul(eta.neg().exp())),
    },
    beta: {
      ...plain,
      positive: ['kappa'],
      mean: sigmoid,
      variance: (mean, { kappa }) => (mean * (1 - mean)) / (1 + kappa!),
      objection: (value) => (value > 0 && value < 1 ? undefined : 'a number between 0 and 1, without the ends'),
      observation: (eta, { kappa }) => betaProportion(eta.sigmoid(), kappa!),
    },
    ordinal: {
      ...plain,
      ...undefinedMean,
      ordinal: true,
      objection: () => undefined,
      observation: (eta, { cutpoints }) => orderedLogistic(eta, cutpoints!),
    },
  };
  if (!Object.hasOwn(families, name)) {
    throw new RangeError(`formulaModel: no family '${name}'; there are: ${Object.keys(families).join(', ')}`);
  }
  if (link !== 'logit' && !(name === 'binomial' && Object.hasOwn(inverses, link))) {
    throw new RangeError(
      `formulaModel: link is 'logit', 'probit' or 'cloglog', and of the family 'binomial' alone; got '${link}' for '${name}'`,
    );
  }
  return families[name];
}

/** The response of a design for a family. @throws RangeError, TypeError for one outside it */
export function modelResponse({ response, rows }: Design, family: ModelFamily, name: ModelFamilyName): ModelResponse {
  if (!response) throw new TypeError("formulaModel: the formula has no response; write 'y ~ x'");
  const { label, value } = response;
  if (family.ordinal) {
    if (value.kind === 'factor' && value.levels.length >= 3) {
      return { values: Float64Array.from(value.codes), levels: value.levels };
    }
    const got = value.kind === 'factor' ? `${value.levels.length}` : `a ${value.kind}`;
    throw new TypeError(`formulaModel: '${label}' must be a factor of three levels or more in their order, got ${got}`);
  }
  if (name === 'binomial') {
    if (value.kind === 'factor') return { values: Float64Array.from(value.codes, (code) => Number(code > 0)) };
    if (value.kind === 'matrix' && value.names.length === 2) {
      const counts = value.values; // (n, 2)
      const wrong = counts.findIndex((count) => whole(count) !== undefined);
      if (wrong >= 0) throw new RangeError(`formulaModel: whole counts expected in '${label}', got ${counts[wrong]}`);
      return {
        values: Float64Array.from(rows, (_, i) => counts[2 * i]!),
        trials: Float64Array.from(rows, (_, i) => counts[2 * i]! + counts[2 * i + 1]!),
      };
    }
  }
  if (value.kind !== 'numbers') throw new TypeError(`formulaModel: '${label}' must be numbers, got a ${value.kind}`);
  value.values.forEach((y, i) => {
    const objection = family.objection(y);
    if (objection) {
      throw new RangeError(
        `formulaModel: the family '${name}' takes as response ${objection}; '${label}' is ${y} in row ${rows[i]}`,
      );
    }
  });
  return { values: value.values };
}

/** A predictor that is 0 everywhere. // (n,) */
export const nothing = (n: number): Expr => constant(new Float64Array(n));
