/**
 * When a climb need go no further: it has come to where an optimum that is known already is the next stop.
 *
 * Around an optimum x̂ with curvature H, minus the log density is f̂ + ½ΔᵀHΔ and its gradient HΔ, Δ = x − x̂. Where both
 * hold at a point within the reach of a draw, Newton's step leads there (Deuflhard 2011, Newton Methods for Nonlinear
 * Problems, section 2.1.1: what counts is how far the gradient is from linear, in the metric of the curvature).
 */
import { cholesky } from '../numeric/linalg/cholesky.ts';
import { solveTriangular } from '../numeric/linalg/triangular.ts';
import { dot, type OptimiserState } from './optimise/objective.ts';

/** An optimum. */
export interface Summit {
  readonly position: Float64Array; // (d,)
  readonly logDensity: number;
  /** max |∂ log p / ∂uᵢ| there. */
  readonly gradientNorm: number;
  /** (d, d) second derivatives of minus the log density. */
  readonly curvature: Float64Array;
}

/** An optimum and the points from which a climb leads there. */
export interface Basin extends Summit {
  /** Whether a climb stands in the quadratic neighbourhood, within √d standard errors as a draw would. */
  holds(state: OptimiserState): boolean;
}

/** The gradient may differ from the quadratic one by this share, in the metric of the curvature; the value by it too. */
const linear = 0.1;
/** Beside it what rounding may do. */
const rounding = 1e-8;
/** A coordinate determined by less than this share of its curvature, the others given, is as good as open. */
const pivot = 1e-9;

/** The Cholesky factor; undefined where a pivot says that a direction is open but for rounding. */
function factorOf(curvature: Float64Array, d: number): Float64Array | undefined {
  try {
    const factor = cholesky(curvature, d);
    for (let i = 0; i < d; i++) {
      if (!(factor[i * d + i]! ** 2 > pivot * curvature[i * d + i]!)) return undefined;
    }
    return factor;
  } catch {
    return undefined;
  }
}

/** The surroundings of an optimum; undefined where the curvature is not positive definite: it may be a ridge. */
export function basinOf(summit: Summit): Basin | undefined {
  const { position, logDensity, curvature } = summit;
  const d = position.length;
  const factor = factorOf(curvature, d);
  if (!factor) return undefined;
  const holds: Basin['holds'] = ({ position: at, value, gradient }) => {
    const higher = value + logDensity;
    const slack = rounding * Math.max(1, Math.abs(value));
    if (!(higher >= -slack && higher <= d)) return false;
    const move = at.map((x, i) => x - position[i]!); // (d,)
    const straight = new Float64Array(d); // HΔ, (d,)
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += curvature[i * d + j]! * move[j]!;
      straight[i] = sum;
    }
    const distance = dot(move, straight); // squared, in standard errors
    if (!(distance <= d) || !(Math.abs(higher - distance / 2) <= (linear * distance) / 2 + slack)) return false;
    const rest = solveTriangular(
      factor,
      d,
      gradient.map((g, i) => g - straight[i]!),
    );
    return dot(rest, rest) <= linear ** 2 * distance + rounding;
  };
  return { ...summit, holds };
}
