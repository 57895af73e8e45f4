/**
 * Refits on rows drawn with replacement as refits with counts: a row drawn twice weighs two. One program then serves all
 * resamples, and each climb starts from the estimate with the curvature found there, which a quasi-Newton method carries
 * on (BFGS on the inverse; Nocedal & Wright 2006, section 6.1).
 */
import type { CompiledModel } from '../model/index.ts';
import { cholesky, symmetricInverse } from '../numeric/linalg/cholesky.ts';
import { compile, constant, type Expr, grad, variable } from '../program/index.ts';
import type { LogDensity } from '../program/types.ts';
import { hessian } from './optimise/hessian.ts';
import { negative } from './optimise/objective.ts';

/** The squared length of a step, in standard errors, that is the last: what is left after it is a hundredth of that. */
const ARRIVED = 1e-14;
const MOST_STEPS = 200;

/** A log likelihood of rows that count as often as `counts` says; set them before it is asked. */
export interface WeightedDensity extends LogDensity {
  readonly counts: Float64Array; // (rows,)
  /** The gradient alone, at less than half the price. */
  gradient(position: Float64Array, gradient: Float64Array): void;
}

/**
 * The log likelihood as a sum over rows with weights; undefined where it is no such sum.
 *
 * @param rows how many there are
 */
export function weightedDensity(compiled: CompiledModel, rows: number): WeightedDensity | undefined {
  const { position, terms } = compiled.expressions;
  const counted = terms.filter(({ kind }) => kind === 'likelihood' || kind === 'term');
  if (counted.length === 0 || counted.some(({ elements }) => elements.shape[0] !== rows)) return undefined;
  const weights = variable('counts', [rows]) as Expr;
  const value = counted.reduce((sum: Expr, { elements }) => {
    const part = elements.shape.length === 1 ? elements : elements.reshape(rows, -1).sum(1);
    return sum.add(part.mul(weights).sum()) as Expr;
  }, constant(0) as Expr);
  const d = compiled.dimension;
  const inputs = [
    { name: 'position', shape: [d] },
    { name: 'counts', shape: [rows] },
  ];
  const slopes = grad(value, [position]);
  const both = compile({ inputs, outputs: [value.reshape(), ...slopes] });
  const alone = compile({ inputs, outputs: slopes });
  const counts = new Float64Array(rows);
  const run = (program: typeof both, at: Float64Array) => {
    program.inputBuffers[0]!.set(at);
    program.inputBuffers[1]!.set(counts);
    program.execute();
    return program.outputBuffers;
  };
  return {
    dimension: d,
    counts,
    value: (at) => run(both, at)[0]![0]!,
    valueAndGradient(at, gradient) {
      const [found, slope] = run(both, at);
      gradient.set(slope!);
      return found![0]!;
    },
    gradient(at, gradient) {
      gradient.set(run(alone, at)[0]!);
    },
  };
}

/** The inverse of the curvature at an estimate; undefined where it is no maximum with a curvature in all directions. */
export function inverseCurvature(density: LogDensity, position: Float64Array): Float64Array | undefined {
  const d = density.dimension;
  try {
    const curvature = hessian(negative(density), position);
    cholesky(curvature, d);
    return symmetricInverse(curvature, d);
  } catch {
    return undefined;
  }
}

/** The product with a symmetric matrix. */
function times(matrix: Float64Array, x: Float64Array, into: Float64Array): void {
  const d = x.length;
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += matrix[i * d + j]! * x[j]!;
    into[i] = sum;
  }
}

const dot = (a: Float64Array, b: Float64Array) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/**
 * Climb from an estimate on all rows to that of the counted ones, by gradients alone: a step is halved while the slope
 * beyond it is nearly as steep downwards, and the end must lie higher than the start.
 *
 * @param inverse of the curvature at `start` // (d, d)
 * @returns where it is, and the log likelihood there; undefined where the climb does not arrive
 */
export function refitFrom(
  density: WeightedDensity,
  start: Float64Array,
  inverse: Float64Array,
): { readonly position: Float64Array; readonly logDensity: number } | undefined {
  const d = density.dimension;
  const h = inverse.slice(); // (d, d)
  let [position, moved] = [start.slice(), new Float64Array(d)];
  let [gradient, next] = [new Float64Array(d), new Float64Array(d)];
  const [step, difference, carried] = [new Float64Array(d), new Float64Array(d), new Float64Array(d)];
  density.gradient(position, gradient);
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    times(h, gradient, step);
    const decrement = dot(gradient, step);
    if (!(decrement >= 0)) return undefined;
    const arrived = decrement <= ARRIVED;
    let share = 1;
    for (; share > 1e-6; share /= 2) {
      for (let i = 0; i < d; i++) moved[i] = position[i]! + share * step[i]!;
      if (arrived) break;
      density.gradient(moved, next);
      if (Math.abs(dot(next, step)) <= 0.9 * decrement) break;
    }
    if (!(share > 1e-6)) return undefined;
    if (arrived) {
      const logDensity = density.value(moved);
      return logDensity >= density.value(start) - 1e-9 * Math.abs(logDensity)
        ? { position: moved, logDensity }
        : undefined;
    }
    for (let i = 0; i < d; i++) {
      step[i] = moved[i]! - position[i]!;
      difference[i] = gradient[i]! - next[i]!;
    }
    [position, moved] = [moved, position];
    [gradient, next] = [next, gradient];
    const curvature = dot(step, difference);
    if (!(curvature > 0)) continue;
    // H ← (I − s yᵀ / c) H (I − y sᵀ / c) + s sᵀ / c
    times(h, difference, carried);
    const size = (1 + dot(difference, carried) / curvature) / curvature;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        h[i * d + j]! += size * step[i]! * step[j]! - (carried[i]! * step[j]! + step[i]! * carried[j]!) / curvature;
      }
    }
  }
  return undefined;
}
