/**
 * Second derivatives as central differences of exact gradients, extrapolated once (Richardson 1911).
 *
 * With D(h) = (∇f(x + h eⱼ) − ∇f(x − h eⱼ)) / 2h, the error of (4 D(h) − D(2h)) / 3 is of order h⁴. The step is a
 * small part of each coordinate's own standard error 1/√Hⱼⱼ, so the result does not depend on units: at
 * h = 2⁻⁸ standard errors the truncation is near 1e-11 and the rounding near 1e-13 relative to the largest terms.
 */
import { log2 } from '../../numeric/elementary.ts';
import { maxNorm, type Objective } from './objective.ts';

/** Step of the differences in conditional standard errors. */
const stepInStandardErrors = 2 ** -8;
/** First step where nothing is known of the curvature: ε^(1/3), the best for a central difference. */
const firstStep = 2 ** -17;

/** D(h) and D(2h) may differ by this, relative to the column; the extrapolation then errs by about its square. */
const agreement = 1e-4;
/** A step after which they do not agree is made this much shorter, so often. */
const shrinking = 1 / 8;
const attempts = 8;

/**
 * The Hessian of `objective` at `position` (d,), row-major and exactly symmetric; 4d gradients, or 6d where the
 * `scales` are not known, and more where a step has to be shortened: near the edge of the domain, or where the
 * curvature changes within a standard error. Entries are NaN where no finite neighbour was found.
 *
 * @param scales (d,) how far each coordinate may move for the objective to change by about ½; found when left out
 */
export function hessian(objective: Objective, position: Float64Array, scales?: Float64Array): Float64Array {
  const columns = hessianColumns(objective, position, scales);
  let next = columns.next();
  while (!next.done) next = columns.next();
  return next.value;
}

/** `hessian` with a pause after each column. */
export function* hessianColumns(
  objective: Objective,
  position: Float64Array,
  scales?: Float64Array,
): Generator<void, Float64Array> {
  const d = position.length;
  const units = scales ?? curvatureScales(roughHessian(objective, position), position); // (d,)
  const result = new Float64Array(d * d); // (d, d)
  for (let j = 0; j < d; j++) {
    const column = extrapolatedColumn(objective, position, j, units); // (d,)
    for (let i = 0; i < d; i++) result[i * d + j] = column[i]!;
    yield;
  }
  return symmetrise(result, d);
}

/** Column j, with the step at which the two differences agree; the best of the attempts where none does. */
function extrapolatedColumn(
  objective: Objective,
  position: Float64Array,
  j: number,
  units: Float64Array,
): Float64Array {
  let best = new Float64Array(position.length).fill(Number.NaN); // (d,)
  let least = Number.POSITIVE_INFINITY;
  let h = 2 ** Math.round(log2(units[j]! * stepInStandardErrors)); // a power of two, so that x ± h loses no bits of h
  for (let attempt = 0; attempt < attempts; attempt++, h *= shrinking) {
    const fine = differenceColumn(objective, position, j, h); // (d,)
    const coarse = differenceColumn(objective, position, j, 2 * h); // (d,)
    const size = maxNorm(fine.map((v, i) => v * units[i]!));
    const gap = maxNorm(fine.map((v, i) => (v - coarse[i]!) * units[i]!));
    if (gap < least) {
      best = fine.map((v, i) => (4 * v - coarse[i]!) / 3);
      least = gap;
    }
    if (gap <= agreement * size) break;
  }
  return best;
}

/** The objective's own Hessian (d, d). */
export function exactHessian(objective: Objective, position: Float64Array): Float64Array {
  const result = new Float64Array(position.length ** 2); // (d, d)
  objective.hessian!(position, result);
  return result;
}

/** The Hessian by plain central differences, 2d gradients: enough to steer a Newton step. */
export function roughHessian(objective: Objective, position: Float64Array, scales?: Float64Array): Float64Array {
  const d = position.length;
  const result = new Float64Array(d * d); // (d, d)
  for (let j = 0; j < d; j++) {
    const size = Math.max(1, Math.abs(position[j]!));
    let h = scales ? Math.min(scales[j]!, size) * stepInStandardErrors : size * firstStep;
    let column = differenceColumn(objective, position, j, h); // (d,)
    for (let attempt = 0; attempt < 4 && Number.isNaN(column[0]!); attempt++) {
      h /= 64; // near the edge of the domain: try closer
      column = differenceColumn(objective, position, j, h);
    }
    result.set(column, j * d); // as a row: it is made symmetric
  }
  return symmetrise(result, d);
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

/** (∇f(x + h eⱼ) − ∇f(x − h eⱼ)) / 2h; all NaN where a gradient is not finite. */
function differenceColumn(objective: Objective, position: Float64Array, j: number, h: number): Float64Array {
  const moved = position.slice(); // (d,)
  const up = new Float64Array(position.length); // (d,)
  const down = new Float64Array(position.length); // (d,)
  moved[j] = position[j]! + h;
  const above = moved[j]!;
  objective.valueAndGradient(moved, up);
  moved[j] = position[j]! - h;
  objective.valueAndGradient(moved, down);
  if (!(Number.isFinite(maxNorm(up)) && Number.isFinite(maxNorm(down)))) return up.fill(Number.NaN);
  const width = above - moved[j]!;
  for (let i = 0; i < up.length; i++) up[i] = (up[i]! - down[i]!) / width;
  return up;
}

function symmetrise(a: Float64Array, d: number): Float64Array {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) a[i * d + j] = a[j * d + i] = 0.5 * (a[i * d + j]! + a[j * d + i]!);
  }
  return a;
}
