/**
 * Second derivatives as central differences of exact gradients, extrapolated once (Richardson 1911).
 *
 * With D(h) = (∇f(x + h eⱼ) − ∇f(x − h eⱼ)) / 2h, the error of (4 D(h) − D(2h)) / 3 is of order h⁴. The step is a
 * small part of each coordinate's own standard error 1/√Hⱼⱼ, so the result does not depend on units: at
 * h = 2⁻⁸ standard errors the truncation is near 1e-11 and the rounding near 1e-13 relative to the largest terms.
 */
import { log2 } from '../../numeric/elementary.ts';
import { maxNorm, type Objective } from './objective.ts';

/** Step of the differences in conditional standard errors: a power of two, so that x ± h loses no bits of h. */
const stepInStandardErrors = 2 ** -8;
/** First step where nothing is known of the curvature: ε^(1/3), the best for a central difference. */
const firstStep = 2 ** -17;

/**
 * The Hessian of `objective` at `position` (d,), row-major and exactly symmetric; 4d gradients, or 6d where the
 * `scales` are not known. Entries are NaN where no finite neighbour was found.
 *
 * @param scales (d,) how far each coordinate may move for the objective to change by about ½; found when left out
 */
export function hessian(objective: Objective, position: Float64Array, scales?: Float64Array): Float64Array {
  const d = position.length;
  const known = scales ?? curvatureScales(differences(objective, position, firstSteps(position)), position);
  const steps = known.map((s) => 2 ** Math.round(log2(s * stepInStandardErrors))); // (d,)
  const fine = differences(objective, position, steps); // (d, d)
  const coarse = differences(
    objective,
    position,
    steps.map((h) => 2 * h),
  ); // (d, d)
  const result = fine.map((v, k) => {
    const extrapolated = (4 * v - coarse[k]!) / 3;
    return Number.isNaN(extrapolated) ? v : extrapolated;
  });
  return symmetrise(result, d);
}

/** The Hessian by plain central differences, 2d gradients: enough to steer a Newton step. */
export function roughHessian(objective: Objective, position: Float64Array, scales?: Float64Array): Float64Array {
  const steps = scales ? scales.map((s) => s * stepInStandardErrors) : firstSteps(position);
  return symmetrise(differences(objective, position, steps), position.length);
}

/** (d,) conditional standard errors 1/√Hⱼⱼ; where the objective is not convex, the size of the coordinate. */
export function curvatureScales(h: Float64Array, position: Float64Array): Float64Array {
  const d = position.length;
  return position.map((x, j) => {
    const curvature = h[j * d + j]!;
    const scale = 1 / Math.sqrt(curvature);
    // A coordinate that hardly matters would get a step that leaves the region where floats are dense.
    return scale > 0 && scale < 1e8 * Math.max(1, Math.abs(x)) ? scale : Math.max(1, Math.abs(x));
  });
}

function firstSteps(position: Float64Array): Float64Array {
  return position.map((x) => firstStep * Math.max(1, Math.abs(x)));
}

/** Column j is the central difference of the gradient in coordinate j; one-sided points are never used. */
function differences(objective: Objective, position: Float64Array, steps: Float64Array): Float64Array {
  const d = position.length;
  const result = new Float64Array(d * d); // (d, d)
  const moved = position.slice(); // (d,)
  const up = new Float64Array(d); // (d,)
  const down = new Float64Array(d); // (d,)
  for (let j = 0; j < d; j++) {
    const x = position[j]!;
    let h = steps[j]!;
    for (let attempt = 0; attempt < 4; attempt++) {
      moved[j] = x + h;
      const above = moved[j]!;
      objective.valueAndGradient(moved, up);
      moved[j] = x - h;
      objective.valueAndGradient(moved, down);
      const width = above - moved[j]!;
      for (let i = 0; i < d; i++) result[i * d + j] = (up[i]! - down[i]!) / width;
      if (Number.isFinite(maxNorm(up)) && Number.isFinite(maxNorm(down))) break;
      for (let i = 0; i < d; i++) result[i * d + j] = Number.NaN;
      h /= 64; // near the edge of the domain: try closer
    }
    moved[j] = x;
  }
  return result;
}

function symmetrise(a: Float64Array, d: number): Float64Array {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) a[i * d + j] = a[j * d + i] = 0.5 * (a[i * d + j]! + a[j * d + i]!);
  }
  return a;
}
