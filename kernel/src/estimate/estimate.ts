/**
 * A point estimate with its uncertainty: what `mle` and `map` give.
 */
import { Displayable } from '../host/display.ts';
import type { AnyModel, DerivedValuesOf, ValuesOf } from '../model/index.ts';
import { log } from '../numeric/elementary.ts';
import { normalQuantile } from '../numeric/special/normal.ts';
import { type Ending, endingInWords } from './optimise/objective.ts';
import { checkShare } from './options.ts';
import { formatNumber, shortTable, Table, warningLines } from './table.ts';

/** A local optimum that some start led to. */
export interface Optimum {
  readonly logDensity: number;
  /** Values of the scalars in the order of `names`. */
  readonly values: Float64Array;
  /** How many starts led there. */
  readonly starts: number;
}

/** What one start led to. */
export interface StartEnd {
  readonly logDensity: number;
  /** Values of the parameters' scalars, in the order of `names`. */
  readonly values: Float64Array;
  readonly ending: Exclude<Ending, 'running'>;
  readonly iterations: number;
  /** max |∂ log p / ∂u| there. */
  readonly gradientNorm: number;
}

/** One row of `estimate.summary()`. */
export interface EstimateRow {
  readonly name: string;
  readonly estimate: number;
  readonly standardError: number;
  /** Ends of the Wald interval. */
  readonly lower: number;
  readonly upper: number;
}

/** What `mle` and `map` put together. */
export interface EstimateParts {
  readonly method: 'mle' | 'map';
  readonly jacobian: boolean | readonly string[];
  /** Names, shapes and places of parameters, then derived quantities, in `values`. */
  readonly quantities: readonly {
    name: string;
    shape: readonly number[];
    offset: number;
    size: number;
    derived: boolean;
  }[];
  readonly names: readonly string[];
  readonly values: Float64Array; // (n,)
  readonly covariance: Float64Array; // (n, n)
  readonly position: Float64Array; // (d,)
  readonly logLikelihood: number;
  readonly logPosterior: number | undefined;
  /** Names of the parameters integrated out of the likelihood. */
  readonly integrated: readonly string[];
  /** Quadrature points for each latent coordinate; 1 is Laplace's approximation. */
  readonly quadrature: number;
  /** Coordinates that were maximised over: latent ones, integrated out, are not among them. */
  readonly freeParameters: number;
  readonly observations: number;
  readonly ending: Exclude<Ending, 'running'>;
  readonly iterations: number;
  readonly evaluations: number;
  readonly gradientNorm: number;
  readonly conditionNumber: number;
  readonly optima: readonly Optimum[];
  readonly climbs: readonly StartEnd[];
  readonly warnings: readonly string[];
  readonly seconds: number;
}

/**
 * A maximum-likelihood or maximum-a-posteriori estimate on the natural scale of the parameters.
 *
 * @example
 * const fit = await mle(line);
 * fit.estimates.slope; // a number
 * fit.interval(0.9); // Wald intervals of every scalar
 */
export class Estimate<M extends AnyModel = AnyModel> extends Displayable {
  override readonly kind = 'estimate';
  readonly model: M;
  readonly method: 'mle' | 'map';
  /** For `map`: whether the density climbed was that of the unconstrained position. */
  readonly jacobian: boolean | readonly string[];
  readonly estimates: ValuesOf<M>;
  readonly derived: DerivedValuesOf<M>;
  /** Standard errors of the parameters; NaN where the data do not determine one. */
  readonly standardErrors: ValuesOf<M>;
  /** Standard errors of the derived quantities, by the delta method. */
  readonly derivedStandardErrors: DerivedValuesOf<M>;
  /** Names of the scalars: parameters, then derived quantities. */
  readonly names: readonly string[];
  readonly values: Float64Array; // (names,)
  /** Covariance of all scalars, row-major. */
  readonly covariance: Float64Array; // (names, names)
  /** Where the optimum is on the unconstrained scale. */
  readonly position: Float64Array; // (d,)
  readonly logLikelihood: number;
  /** Log density that `map` climbed (not normalised); undefined for `mle`. */
  readonly logPosterior: number | undefined;
  /**
   * Names of the parameters integrated out of the likelihood; their estimates are the modes given the others, and
   * their standard errors hold the uncertainty of both. Empty where there are none.
   */
  readonly integrated: readonly string[];
  /** Quadrature points for each latent coordinate; 1 is Laplace's approximation. */
  readonly quadrature: number;
  /** k, the number of coordinates maximised over. */
  readonly freeParameters: number;
  /** 2k − 2 log L̂ with k the number of free coordinates (Akaike 1974). */
  readonly aic: number;
  /** AIC + 2k(k + 1)/(n − k − 1) (Hurvich & Tsai 1989); NaN where n ≤ k + 1. */
  readonly aicc: number;
  /** k log n − 2 log L̂ with n the number of observed values (Schwarz 1978); NaN where nothing is observed. */
  readonly bic: number;
  readonly observations: number;
  readonly ending: Exclude<Ending, 'running'>;
  readonly iterations: number;
  /** Gradients computed, over all starts. */
  readonly evaluations: number;
  /** max |∂ log p / ∂u| at the estimate, on the unconstrained scale. */
  readonly gradientNorm: number;
  /** Of the information scaled to a unit diagonal. */
  readonly conditionNumber: number;
  /** Every optimum found, the best first. */
  readonly optima: readonly Optimum[];
  /** What each start led to, `init` first: those that found no optimum too. */
  readonly climbs: readonly StartEnd[];
  readonly warnings: readonly string[];
  readonly seconds: number;

  constructor(model: M, parts: EstimateParts) {
    super();
    const n = parts.names.length;
    const errors = Float64Array.from({ length: n }, (_, i) => Math.sqrt(parts.covariance[i * n + i]!)); // (n,)
    const gather = (from: Float64Array, derived: boolean) =>
      Object.fromEntries(
        parts.quantities
          .filter((q) => q.derived === derived)
          .map(({ name, shape, offset, size }) => [
            name,
            shape.length === 0 ? from[offset]! : from.slice(offset, offset + size),
          ]),
      );
    this.model = model;
    this.method = parts.method;
    this.jacobian = parts.jacobian;
    this.estimates = gather(parts.values, false) as ValuesOf<M>;
    this.derived = gather(parts.values, true) as DerivedValuesOf<M>;
    this.standardErrors = gather(errors, false) as ValuesOf<M>;
    this.derivedStandardErrors = gather(errors, true) as DerivedValuesOf<M>;
    this.names = parts.names;
    this.values = parts.values;
    this.covariance = parts.covariance;
    this.position = parts.position;
    this.logLikelihood = parts.logLikelihood;
    this.logPosterior = parts.logPosterior;
    const k = parts.freeParameters;
    this.freeParameters = k;
    this.integrated = parts.integrated;
    this.quadrature = parts.quadrature;
    this.aic = 2 * k - 2 * parts.logLikelihood;
    const spare = parts.observations - k - 1;
    this.aicc = spare > 0 ? this.aic + (2 * k * (k + 1)) / spare : Number.NaN;
    this.bic = parts.observations > 0 ? k * log(parts.observations) - 2 * parts.logLikelihood : Number.NaN;
    this.observations = parts.observations;
    this.ending = parts.ending;
    this.iterations = parts.iterations;
    this.evaluations = parts.evaluations;
    this.gradientNorm = parts.gradientNorm;
    this.conditionNumber = parts.conditionNumber;
    this.optima = parts.optima;
    this.climbs = parts.climbs;
    this.warnings = parts.warnings;
    this.seconds = parts.seconds;
  }

  /**
   * Wald intervals, estimate ± z · standard error on the natural scale. They are symmetric, rest on the curvature at
   * the estimate alone, and may reach beyond a bound.
   *
   * @param level nominal coverage, in (0, 1), default 0.95
   */
  interval(level = 0.95): { name: string; lower: number; upper: number }[] {
    checkShare('estimate.interval', 'level', level);
    const z = normalQuantile((1 + level) / 2);
    const n = this.names.length;
    return this.names.map((name, i) => {
      const reach = z * Math.sqrt(this.covariance[i * n + i]!);
      return { name, lower: this.values[i]! - reach, upper: this.values[i]! + reach };
    });
  }

  /** Estimate, standard error and Wald interval of every scalar. @param level default 0.95 */
  summary(level = 0.95): Table<EstimateRow> {
    const n = this.names.length;
    const rows = this.interval(level).map(({ name, lower, upper }, i) => ({
      name,
      estimate: this.values[i]!,
      standardError: Math.sqrt(this.covariance[i * n + i]!),
      lower,
      upper,
    }));
    const percent = (p: number) => `${formatNumber(100 * p, 3).replace(/\.?0+$/, '')} %`;
    return new Table<EstimateRow>(
      [
        { key: 'estimate', label: 'estimate', digits: 5 },
        { key: 'standardError', label: 'std. error' },
        { key: 'lower', label: percent((1 - level) / 2), digits: 5 },
        { key: 'upper', label: percent((1 + level) / 2), digits: 5 },
      ],
      rows,
    );
  }

  override toString(): string {
    const name = this.method === 'mle' ? 'Maximum likelihood estimate' : 'Maximum a posteriori estimate';
    const which = Array.isArray(this.jacobian) ? ` of ${this.jacobian.join(', ')}` : '';
    const scale = this.jacobian ? ` (density on the unconstrained scale${which})` : '';
    const table = this.summary();
    const posterior = this.logPosterior === undefined ? '' : `, log posterior ${formatNumber(this.logPosterior, 7)}`;
    const figures = `log likelihood ${formatNumber(this.logLikelihood, 7)}${posterior}, AIC ${formatNumber(
      this.aic,
      7,
    )}, BIC ${formatNumber(this.bic, 7)}`;
    const how = `${endingInWords(this.ending)} after ${this.iterations} iterations, largest gradient ${formatNumber(this.gradientNorm, 2)}`;
    const out = this.integrated.length > 0 ? `, ${this.integrated.join(', ')} integrated out` : '';
    const warnings = this.warnings.length > 0 ? `\n${warningLines(this.warnings)}` : '';
    return `${name}${scale}${out}\n${shortTable(table.head, table.cells)}\n${figures}\n${how}${warnings}`;
  }
}
