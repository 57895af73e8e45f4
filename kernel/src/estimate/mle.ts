/**
 * Maximum likelihood: the values under which the data are most probable (Fisher 1922). Priors are left out.
 */
import { type AnyModel, compileModel, type WithLikelihood } from '../model/index.ts';
import type { Estimate } from './estimate.ts';
import { integrateOut } from './integrated.ts';
import { checkMaximiseOptions, type Errors, type MaximiseOptions, maximise } from './maximise.ts';
import { checkWhole } from './options.ts';

export interface MleOptions extends MaximiseOptions {
  /**
   * What the standard errors rest on (default 'observed'). 'sandwich' holds where the variance is not what the model
   * says, `{ cluster }` also where observations of one cluster depend on each other.
   */
  readonly errors?: Errors;
  /**
   * Latent parameters are integrated out by Laplace's approximation (default), which is exact where all is Gaussian, or
   * by adaptive Gauss–Hermite quadrature with this many points, 2 to 50, for each of them, where they do not depend on
   * each other given the other parameters.
   */
  readonly quadrature?: number;
  /**
   * Restricted maximum likelihood: names of coefficients, unbounded parameters, that are integrated out as well (with a
   * flat prior), so that variances are not estimated as if the coefficients were known.
   */
  readonly reml?: readonly string[];
}

/**
 * The maximum-likelihood estimate of a model, with standard errors from the observed information.
 *
 * The log likelihood is climbed on the unconstrained scale, from several seeded starts, until the gradient is at
 * rounding level; standard errors are carried to the natural scale by the delta method. What is doubtful (several
 * optima, parameters the data do not determine or that run to their bound) stands in `warnings`.
 *
 * Latent parameters (whose distribution mentions others) are integrated out; `estimates` has their modes given the
 * others, and `logLikelihood` is that of the integral.
 *
 * @throws Error when the model cannot be estimated so (a parameter without likelihood), or when the log likelihood is
 *   not finite at any start; RangeError for options out of range
 * @example
 * const fit = await mle(line, { seed: 1 });
 * fit.estimates.slope;
 * fit.standardErrors.slope;
 */
export async function mle<M extends AnyModel>(
  model: M & WithLikelihood<NoInfer<M>>,
  options: MleOptions = {},
): Promise<Estimate<M>> {
  checkMaximiseOptions('mle', options, ['errors', 'quadrature', 'reml']);
  const { errors = 'observed' } = options;
  const isCluster = typeof errors === 'object' && errors !== null && 'cluster' in errors;
  if (!(isCluster || ['observed', 'expected', 'sandwich'].includes(errors as string))) {
    throw new TypeError(
      `mle: errors must be 'observed', 'expected', 'sandwich' or { cluster: labels }, got ${JSON.stringify(errors)}`,
    );
  }
  if (isCluster && (errors.cluster === undefined || errors.cluster === null)) {
    throw new TypeError(
      `mle: errors.cluster must be labels, one for each observation, got ${String(errors.cluster)}; is the column's name right?`,
    );
  }
  if (options.reml !== undefined && !Array.isArray(options.reml)) {
    throw new TypeError(`mle: reml must be an array of names, such as ['slope'], got ${String(options.reml)}`);
  }
  const compiled = compileModel(model);
  const { observed } = compiled;
  if (observed.length > 0 && observed.every(({ shape }) => shape.includes(0))) {
    throw new RangeError(
      `mle: ${observed.map(({ name }) => `'${name}'`).join(', ')} ${observed.length > 1 ? 'have' : 'has'} no values; ` +
        'give data, or use map for the mode of the prior',
    );
  }
  const obstacle = compiled.mleObstacle();
  if (obstacle !== undefined) throw new Error(`mle: ${obstacle}`);
  const points = options.quadrature === undefined ? 1 : checkWhole('mle', 'quadrature', options.quadrature, 2, 50);
  const integrated = integrateOut(compiled, points, options.reml ?? []);
  if (integrated && errors !== 'observed') {
    throw new Error(
      `mle: with ${integrated.names.join(', ')} integrated out only errors: 'observed' is there; leave errors out`,
    );
  }
  return maximise<M>(model, compiled, 'mle', false, options, { errors, integrated });
}
