/**
 * A compiled model: everything an estimator asks of it, as functions of a position of unconstrained numbers.
 *
 * Each answer is a program of its own, compiled when first asked for: a closed graph over constants, without the
 * closures of the stages.
 */
import type { Distribution } from '../distributions/index.ts';
import type { Stream } from '../numeric/index.ts';
import type { LogDensity, Rewrites, Shape } from '../program/index.ts';
import type { Assembled } from './assemble.ts';
import type { Role } from './layout.ts';

/** A parameter, and where it stands. */
export interface CompiledParameter {
  readonly name: string;
  readonly shape: Shape;
  readonly distribution: Distribution;
  readonly role: Role;
  readonly unconstrainedOffset: number;
  readonly unconstrainedSize: number;
  /** In the vector of values. */
  readonly offset: number;
  readonly size: number;
}

/** A derived quantity, and where it stands in the vector of derived values. */
export interface CompiledDerived {
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
  readonly size: number;
}

/** What a log density is the sum of. */
export interface Term {
  readonly label: string;
  readonly kind: 'prior' | 'latent' | 'likelihood' | 'term' | 'jacobian';
  readonly value: number;
}

export interface DensityOptions {
  /** Observations and terms of `.logDensity`. Default true. */
  readonly likelihood?: boolean;
  /** Distributions of the parameters, latent ones included. */
  readonly prior: boolean;
  /** log |det| of the transforms, so that the density is one of the position. */
  readonly jacobian: boolean;
  /** Rewrites of the program that are switched off, or on; all are on. */
  readonly rewrites?: Rewrites;
}

export interface CompiledModel {
  /** Number of unconstrained coordinates. */
  readonly dimension: number;
  readonly parameters: readonly CompiledParameter[];
  /** Names of the constrained elements: 'mu', 'theta[0]', … // (size,) */
  readonly names: readonly string[];
  readonly derived: readonly CompiledDerived[];
  readonly observed: readonly { readonly name: string; readonly shape: Shape }[];

  /** The model as expressions of the position, for estimators that compile programs of their own. */
  readonly expressions: Assembled;
  /** The log density to climb or sample, constants included. The same options give the same object. */
  density(options: DensityOptions): LogDensity;
  /** Values of the parameters at a position, in the order of `names`. */
  constrain(position: Float64Array): Float64Array;
  /** The position of these values. @throws RangeError outside the support, naming the parameter */
  unconstrain(values: Float64Array): Float64Array;
  /** ∂ values / ∂ position, row-major. // (size, dimension) */
  jacobian(position: Float64Array): Float64Array;
  /** Values of the derived quantities. */
  evaluateDerived(position: Float64Array): Float64Array;
  /** ∂ derived values / ∂ position, row-major, for the delta method. // (derived size, dimension) */
  derivedJacobian(position: Float64Array): Float64Array;
  /** What the log density of the position is the sum of. */
  terms(position: Float64Array): Term[];
  /** Which terms are not finite there, and which values made them so. */
  explain(position: Float64Array): string;
  /** Data drawn from the model at a position, one array a name of `observed`. */
  predictive(position: Float64Array, stream: Stream): Record<string, Float64Array>;
  /** The position with its latent parameters drawn anew from their distributions, given the others. */
  latentDraw(position: Float64Array, stream: Stream): Float64Array;
  /** Values of the parameters drawn from their distributions. @throws RangeError for a flat one, naming it */
  priorDraw(stream: Stream): Float64Array;
  /** A start: uniform(−2, 2) in each coordinate, as in Stan. */
  initial(stream: Stream): Float64Array;
  /** Why maximum likelihood is impossible for this model, and what to do; undefined where it is not. */
  mleObstacle(): string | undefined;
}
