/**
 * One climb from a start to an optimum: L-BFGS to get near, Newton to get there to the last digits.
 */
import type { LogDensity } from '../program/types.ts';
import type { Basin } from './basin.ts';
import { edgesFrom, withHeld } from './edge.ts';
import { lbfgs } from './optimise/lbfgs.ts';
import { newton } from './optimise/newton.ts';
import {
  type Ending,
  maxNorm,
  negative,
  type Objective,
  type Optimiser,
  type OptimiserState,
} from './optimise/objective.ts';
import type { Pace } from './pause.ts';
import type { EventLog } from './step.ts';

export interface Climb {
  readonly ending: Exclude<Ending, 'running'>;
  readonly position: Float64Array; // (d,)
  readonly logDensity: number;
  /** max |∂ log p / ∂uᵢ| on the unconstrained scale. */
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly evaluations: number;
  /** (d, d) second derivatives of minus the log density, there or so near that steps cannot tell; where any were needed. */
  readonly curvature?: Float64Array | undefined;
}

export interface ClimbOptions {
  /** Most iterations of each of the two optimisers. */
  readonly iterations: number;
  readonly signal: Pick<AbortSignal, 'aborted'> | undefined;
  readonly pace: Pace;
  readonly log?: EventLog | undefined;
  /** Squared length of the last step in standard errors (default 1e-26): more where the gradient is one of differences. */
  readonly tolerance?: number;
  /** Coordinates of bounded parameters, whose optimum may lie at the edge of their support. */
  readonly bounded?: readonly number[];
  /** The optimiser to follow instead, to its own end. */
  readonly optimiser?: ((objective: Objective) => Optimiser) | undefined;
  /** Called after each iteration with the log density reached. */
  readonly onIteration?: (logDensity: number) => void;
  /** Optima known already: a climb that comes to where one of them is the next stop ends there. */
  readonly known?: readonly Basin[];
}

/** Beyond this dimension 2d gradients an iteration cost more than the last digits are worth. */
const mostNewtonDimensions = 200;

/** Where the Hessian is quick, Newton's method takes over when the gain left is of this size: a few tenths of a standard error. */
const within = 0.1;

/** Climb from `start` (d,), where log density and gradient must be finite. */
export async function climb(density: LogDensity, start: Float64Array, options: ClimbOptions): Promise<Climb> {
  const objective = negative(density);
  if (options.optimiser) return withGradient(await follow(options.optimiser(objective), start, options), objective);
  const log = options.log ? { log: options.log } : {};
  const ending = { ...log, ...(options.tolerance === undefined ? {} : { tolerance: options.tolerance }) };
  const enough = density.dimension <= mostNewtonDimensions && objective.hasQuickHessian ? within : 0;
  const { arrived, ...near } = await follow(lbfgs(objective, { ...log, enough }), start, options);
  const over = near.ending === 'interrupted' || near.ending === 'not finite' || arrived;
  if (over || density.dimension > mostNewtonDimensions) return near;
  const edges = edgesFrom(density, near.position, options.bounded ?? []);
  if (edges.length > 0 && edges.length < density.dimension) {
    const { restricted, whole, others } = withHeld(density, edges);
    const inside = await follow(newton(negative(restricted), ending), others(near.position), { ...options, known: [] });
    const position = whole(inside.position);
    // Where the edge was none after all (the others have moved), the climb goes on as ever.
    if (inside.ending === 'converged' && inside.logDensity >= near.logDensity - 1e-9) {
      const { iterations, evaluations } = near;
      return {
        ...inside,
        curvature: undefined, // of fewer coordinates
        position,
        iterations: iterations + inside.iterations,
        evaluations: evaluations + inside.evaluations,
      };
    }
  }
  const { arrived: _, ...there } = await follow(newton(objective, ending), near.position, options);
  // Where Newton's method finds no better point, or no Hessian, the one it began at was the end of the climb.
  const lost = there.ending === 'line search failed' || there.ending === 'not finite';
  return {
    ...there,
    ending: lost ? near.ending : there.ending,
    iterations: near.iterations + there.iterations,
    evaluations: near.evaluations + there.evaluations,
  };
}

/** The largest gradient, where the optimiser does not know it: those that look at values alone. */
function withGradient(found: Climb, objective: Objective): Climb {
  if (!Number.isNaN(found.gradientNorm)) return found;
  const gradient = new Float64Array(objective.dimension); // (d,)
  objective.valueAndGradient(found.position, gradient);
  return { ...found, gradientNorm: maxNorm(gradient), evaluations: found.evaluations + 1 };
}

/** Step an optimiser to its end, with pauses. */
export async function follow<S extends OptimiserState & { readonly hessian?: Float64Array | undefined }>(
  optimiser: Optimiser<S>,
  start: Float64Array,
  { iterations, signal, pace, onIteration, known = [] }: ClimbOptions,
): Promise<Climb & { readonly arrived?: boolean }> {
  let state = optimiser.init(start);
  let evaluations = 1;
  let gradientNorm = Number.NaN;
  let ending: Ending = 'running';
  for (let steps = 0; ending === 'running'; steps++) {
    const [next, info] = optimiser.step(state);
    state = next;
    evaluations += info.evaluations;
    gradientNorm = info.gradientNorm;
    ending = info.ending;
    if (ending === 'running' && steps + 1 >= iterations) ending = 'iterations';
    onIteration?.(-state.value);
    const basin = ending === 'running' ? known.find((each) => each.holds(next)) : undefined;
    if (basin) {
      const { position, logDensity, gradientNorm: least, curvature } = basin;
      const found = { position, logDensity, gradientNorm: least, curvature, arrived: true };
      return { ...found, ending: 'converged', iterations: next.iteration, evaluations };
    }
    await pace.breathe();
    if (ending === 'running' && signal?.aborted) ending = 'interrupted';
  }
  return {
    ending,
    position: state.position,
    logDensity: -state.value,
    gradientNorm,
    iterations: state.iteration,
    evaluations,
    curvature: state.hessian,
  };
}
