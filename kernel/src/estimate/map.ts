/**
 * Maximum a posteriori: the mode of the posterior density.
 */
import { type AnyModel, compileModel } from '../model/index.ts';
import { knownNames } from '../model/names.ts';
import type { Estimate } from './estimate.ts';
import { checkMaximiseOptions, type MaximiseOptions, maximise } from './maximise.ts';

export interface MapOptions extends MaximiseOptions {
  /**
   * Which density has its mode reported, for a mode depends on the scale. `false` (default, as Stan's optimize): the
   * density of the parameters on their natural scale. `true`: that of the unconstrained position, the Jacobian of
   * the transforms included, whose mode is what a Laplace approximation is built on. Names of parameters: these on
   * their unconstrained scale (log σ for σ > 0), the others on their own, to see what moves with the scale and what
   * does not.
   */
  readonly jacobian?: boolean | readonly string[];
}

/**
 * The maximum-a-posteriori estimate of a model, with standard errors from the curvature of the log posterior.
 *
 * With flat priors and `jacobian: false` this is the maximum-likelihood estimate. Normal priors on slopes make it ridge
 * regression, and Laplace priors with fixed scale the lasso: coefficients are then exactly 0 where the data say little.
 *
 * @throws Error when the log posterior is not finite at any start; RangeError for options out of range
 * @example
 * const fit = await map(line, { seed: 1 });
 * fit.interval(0.9);
 */
export async function map<M extends AnyModel>(model: M, options: MapOptions = {}): Promise<Estimate<M>> {
  checkMaximiseOptions('map', options, ['jacobian']);
  const { jacobian = false } = options;
  const compiled = compileModel(model);
  if (Array.isArray(jacobian)) {
    const known = compiled.parameters.map(({ name }) => name);
    const wrong = jacobian.find((name) => !known.includes(name));
    if (wrong !== undefined) throw new RangeError(`map: jacobian names '${wrong}'; ${knownNames(wrong, known)}`);
  } else if (typeof jacobian !== 'boolean') {
    throw new TypeError(`map: jacobian must be true or false, or names of parameters, got ${String(jacobian)}`);
  }
  return maximise<M>(model, compiled, 'map', jacobian, options);
}
