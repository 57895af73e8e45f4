/**
 * Maximum likelihood: the values under which the data are most probable (Fisher 1922). Priors are left out.
 */
import { type AnyModel, compileModel, type WithLikelihood } from '../model/index.ts';
import type { Estimate } from './estimate.ts';
import { checkMaximiseOptions, type Errors, type MaximiseOptions, maximise } from './maximise.ts';

export interface MleOptions extends MaximiseOptions {
  /**
   * What the standard errors rest on (default 'observed'). 'sandwich' holds where the variance is not what the model
   * says, `{ cluster }` also where observations of one cluster depend on each other.
   */
  readonly errors?: Errors;
}

/**
 * The maximum-likelihood estimate of a model, with standard errors from the observed information.
 *
 * The log likelihood is climbed on the unconstrained scale, from several seeded starts, until the gradient is at
 * rounding level; standard errors are carried to the natural scale by the delta method. What is doubtful (several
 * optima, parameters the data do not determine or that run to their bound) stands in `warnings`.
 *
 * @throws Error when the model cannot be estimated so (a latent parameter, one without likelihood), or when the log
 *   likelihood is not finite at any start; RangeError for options out of range
 * @example
 * const fit = await mle(line, { seed: 1 });
 * fit.estimates.slope;
 * fit.standardErrors.slope;
 */
export async function mle<M extends AnyModel>(
  model: M & WithLikelihood<NoInfer<M>>,
  options: MleOptions = {},
): Promise<Estimate<M>> {
  checkMaximiseOptions('mle', options, ['errors']);
  const { errors = 'observed' } = options;
  const isCluster = typeof errors === 'object' && errors !== null && 'cluster' in errors;
  if (!(isCluster || ['observed', 'expected', 'sandwich'].includes(errors as string))) {
    throw new TypeError(
      `mle: errors must be 'observed', 'expected', 'sandwich' or { cluster: labels }, got ${JSON.stringify(errors)}`,
    );
  }
  const compiled = compileModel(model);
  const obstacle = compiled.mleObstacle();
  if (obstacle !== undefined) throw new Error(`mle: ${obstacle}`);
  return maximise<M>(model, compiled, 'mle', false, options, errors);
}
