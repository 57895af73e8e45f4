/**
 * Priors of a formula's model: none, weakly informative ones on the scale of the data, or one's own.
 */
import { standardDeviation } from '../data/moments.ts';
import { namesHint } from '../data/names.ts';
import { type Distribution, exponential, flat, gamma, normal } from '../distributions/index.ts';
import { checkNames } from '../estimate/options.ts';

/** Priors of one's own; what is left out is flat. */
export interface OwnPriors {
  readonly intercept?: Distribution;
  /** One for all coefficients but the intercept, or by name. */
  readonly coefficients?: Distribution | Readonly<Record<string, Distribution>>;
  /** Of the standard deviations of grouped coefficients. */
  readonly deviations?: Distribution;
  /** Of sigma, nu, phi, shape or kappa, by name. */
  readonly others?: Readonly<Record<string, Distribution>>;
}

/**
 * 'flat': nothing is known beforehand. 'weak': normal with standard deviation 2.5 for a change of one standard deviation
 * of a predictor, in standard deviations of the response where the link is the identity (Gelman, Jakulin, Pittau & Su
 * 2008; the default of rstanarm); exponential with that mean for standard deviations.
 */
export type FormulaPriors = 'flat' | 'weak' | OwnPriors;

/** What priors are made for. */
export interface PriorScales {
  readonly names: readonly string[]; // (p,)
  readonly columns: readonly Float64Array[]; // (p, n)
  readonly positive: readonly string[];
  readonly response: Float64Array; // (n,)
  /** Whether coefficients are in units of the response. */
  readonly identity: boolean;
}

export interface ChosenPriors {
  readonly coefficients: readonly Distribution[]; // (p,)
  readonly positive: Readonly<Record<string, Distribution>>;
  readonly deviations: Distribution;
}

const INTERCEPT = '(Intercept)';
/** Standard deviations of the response for one of a predictor (Gelman et al. 2008). */
const reach = 2.5;

function isDistribution(value: unknown): value is Distribution {
  return typeof value === 'object' && value !== null && 'family' in value;
}

const positive = () => flat().bounded({ lower: 0 });

function weak({ names, columns, positive: others, response, identity }: PriorScales): ChosenPriors {
  const unit = identity ? standardDeviation(response) || 1 : 1;
  const centre = identity ? response.reduce((sum, y) => sum + y, 0) / response.length : 0;
  const scales = names.map((name, j) =>
    name === INTERCEPT ? 0 : (reach * unit) / (standardDeviation(columns[j]!) || 1),
  );
  // The intercept is where all predictors are 0: as wide as it is at their means, and what the slopes add on the way.
  const way = columns.reduce((sum, column, j) => {
    const mean = column.reduce((total, x) => total + x, 0) / column.length;
    return sum + (scales[j]! * mean) ** 2;
  }, 0);
  return {
    coefficients: names.map((name, j) =>
      name === INTERCEPT ? normal(centre, Math.hypot(reach * unit, Math.sqrt(way))) : normal(0, scales[j]!),
    ),
    positive: Object.fromEntries(
      others.map((name) => [name, name === 'sigma' ? exponential(1 / unit) : weakShape(name)]),
    ),
    deviations: exponential(1 / unit),
  };
}

/** nu: Juárez & Steel (2010); precisions and shapes: an exponential with a long tail. */
function weakShape(name: string): Distribution {
  return name === 'nu' ? gamma(2, 0.1) : exponential(0.1);
}

/** A prior for every parameter. @throws RangeError, TypeError for what is no prior */
export function priorsFor(priors: FormulaPriors, scales: PriorScales): ChosenPriors {
  if (priors === 'weak') return weak(scales);
  if (priors !== 'flat' && (typeof priors !== 'object' || priors === null || isDistribution(priors))) {
    throw new TypeError(
      "formulaModel: priors is 'flat', 'weak' or { intercept, coefficients, deviations, others }, such as { coefficients: normal(0, 1) }",
    );
  }
  const own: OwnPriors = priors === 'flat' ? {} : priors;
  checkNames('formulaModel: priors', own, ['intercept', 'coefficients', 'deviations', 'others']);
  const { coefficients, others = {} } = own;
  const byName = isDistribution(coefficients) ? undefined : coefficients;
  const check = (given: object, known: readonly string[]) => {
    const unknown = Object.keys(given).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new RangeError(`formulaModel: a prior for '${unknown}', which is not there; ${namesHint(unknown, known)}`);
    }
  };
  check(byName ?? {}, scales.names);
  check(others, scales.positive);
  const coefficient = (name: string): Distribution => {
    if (byName && Object.hasOwn(byName, name)) return byName[name]!;
    if (name === INTERCEPT) return own.intercept ?? flat();
    return isDistribution(coefficients) ? coefficients : flat();
  };
  return {
    coefficients: scales.names.map(coefficient),
    positive: Object.fromEntries(scales.positive.map((name) => [name, others[name] ?? positive()])),
    deviations: own.deviations ?? positive(),
  };
}
