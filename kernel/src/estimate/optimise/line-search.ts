/**
 * Line search for the strong Wolfe conditions (Nocedal & Wright 2006, algorithms 3.5 and 3.6 in one loop), with
 * the approximate conditions of Hager & Zhang (2005, eq. 4.1) where the values differ by rounding only.
 *
 * A trial point that is not finite counts as a step too long, so a search may start outside the domain.
 */
import { allFinite, dot, type Objective } from './objective.ts';

export interface LineSearchOptions {
  /** First trial step, > 0 (default 1, right for Newton-like directions). */
  readonly initial?: number;
  /** Most evaluations before giving up (default 40). */
  readonly maxEvaluations?: number;
}

export interface LineSearchResult {
  readonly ending: 'wolfe' | 'decrease' | 'failed';
  readonly stepLength: number;
  readonly position: Float64Array; // (d,)
  readonly value: number;
  readonly gradient: Float64Array; // (d,)
  readonly evaluations: number;
}

const sufficientDecrease = 1e-4; // c₁, Nocedal & Wright 2006, p. 62
const curvature = 0.9; // c₂ for quasi-Newton directions, ibid.
const longest = 1e20; // a step beyond this means that the objective has no minimum along the line
/** Values closer than this, relative to their size, are equal up to rounding (Hager & Zhang 2005, ε). */
const rounding = 1e-14;

interface Trial {
  readonly t: number;
  readonly value: number;
  readonly slope: number;
  readonly position: Float64Array;
  readonly gradient: Float64Array;
}

/**
 * Find a step along `direction` (d,) that makes the objective smaller by enough.
 *
 * @throws RangeError when `direction` does not point downhill
 */
export function lineSearch(
  objective: Objective,
  position: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  { initial = 1, maxEvaluations = 40 }: LineSearchOptions = {},
): LineSearchResult {
  const slope = dot(gradient, direction);
  if (!(slope < 0)) {
    throw new RangeError(`line search: the direction must point downhill (gradient · direction < 0), got ${slope}`);
  }
  const start: Trial = { t: 0, value, slope, position, gradient };
  const slack = rounding * Math.abs(value);
  let low = start; // best point so far that satisfies the decrease condition
  let high: Trial | undefined; // the other end of the bracket
  let t = initial;

  for (let evaluations = 1; evaluations <= maxEvaluations; evaluations++) {
    const trial = tryStep(objective, start, direction, t);
    const finite = allFinite(trial.value, trial.gradient);
    const decreases = finite && trial.value <= value + sufficientDecrease * t * slope;
    const flat = finite && trial.value <= value + slack && trial.slope <= (2 * sufficientDecrease - 1) * slope;

    if (!(decreases || flat) || (trial.value > low.value + slack && low.t > 0)) {
      high = trial;
    } else if (Math.abs(trial.slope) <= -curvature * slope) {
      return result('wolfe', trial, evaluations);
    } else {
      // Keep the bracket on the side to which the slope at the new point leads.
      if (high ? trial.slope * (high.t - low.t) >= 0 : trial.slope >= 0) high = low;
      low = trial;
    }

    if (high) {
      if (Math.abs(high.t - low.t) <= 1e-16 * Math.max(low.t, high.t)) break;
      t = inside(low, high);
    } else {
      t *= 4;
      if (t > longest) break;
    }
  }
  return result(low.t > 0 ? 'decrease' : 'failed', low, maxEvaluations);
}

function tryStep(objective: Objective, start: Trial, direction: Float64Array, t: number): Trial {
  const position = start.position.map((x, i) => x + t * direction[i]!); // (d,)
  const gradient = new Float64Array(position.length); // (d,)
  const value = objective.valueAndGradient(position, gradient);
  return { t, value, slope: dot(gradient, direction), position, gradient };
}

/** Minimum of the cubic through both ends (Nocedal & Wright 2006, eq. 3.59), kept off the ends; else the middle. */
function inside(a: Trial, b: Trial): number {
  const middle = 0.5 * (a.t + b.t);
  if (!(allFinite(b.value, b.gradient) && Number.isFinite(b.slope))) return a.t + 0.2 * (b.t - a.t);
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.t - b.t);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return middle;
  const d2 = Math.sign(b.t - a.t) * Math.sqrt(square);
  const t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2));
  const margin = 0.1 * Math.abs(b.t - a.t);
  const least = Math.min(a.t, b.t) + margin;
  const most = Math.max(a.t, b.t) - margin;
  return t >= least && t <= most ? t : Number.isFinite(t) ? Math.min(Math.max(t, least), most) : middle;
}

function result(ending: LineSearchResult['ending'], trial: Trial, evaluations: number): LineSearchResult {
  const { t, position, value, gradient } = trial;
  return { ending, stepLength: t, position, value, gradient, evaluations };
}
