/**
 * What the curvature at an optimum says: covariances from the observed information, and which directions it leaves
 * open (Efron & Hinkley 1978 for the observed rather than the expected information).
 */
import { symmetricEigen } from '../numeric/linalg/eigen.ts';

/** Eigenvalues of the information, scaled to a unit diagonal, below this are rounding: the direction is open. */
const open = 1e-11;
/** A negative eigenvalue beyond this is curvature, not rounding. */
const curvedUp = -1e-6;
/** A change along an open direction smaller than this, in standard errors, is rounding. */
const negligible = 1e-6;

export interface Information {
  /** Inverse of the information on the directions it determines. */
  readonly covariance: Float64Array; // (d, d)
  /** Directions (d,) along which the log density does not bend; empty where everything is identified. */
  readonly openDirections: readonly Float64Array[];
  /** Ratio of the largest to the smallest eigenvalue after scaling to a unit diagonal; ∞ with open directions. */
  readonly conditionNumber: number;
  /** (d,) what a change of each coordinate is measured in: 1/√|Hᵢᵢ|, and 1 where there is no curvature. */
  readonly units: Float64Array;
  /** Directions (d,) along which it bends upwards: the point is a saddle there, not a maximum. */
  readonly upwardDirections: readonly Float64Array[];
}

/** Analyse the Hessian (d, d) of minus the log density; undefined where it has entries that are not finite. */
export function analyseInformation(hessian: Float64Array, d: number): Information | undefined {
  if (!hessian.every(Number.isFinite)) return undefined;
  // A unit diagonal makes the answer independent of units; a coordinate without curvature keeps its own.
  const scale = Float64Array.from({ length: d }, (_, i) => {
    const curvature = Math.abs(hessian[i * d + i]!);
    return curvature > 0 ? 1 / Math.sqrt(curvature) : 1;
  }); // (d,)
  const scaled = hessian.map((v, k) => v * scale[Math.floor(k / d)]! * scale[k % d]!); // (d, d)
  const { values, vectors } = symmetricEigen(scaled, d); // columns of `vectors`

  const covariance = new Float64Array(d * d); // (d, d)
  const openDirections: Float64Array[] = [];
  const upwardDirections: Float64Array[] = [];
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let k = 0; k < d; k++) {
    const value = values[k]!;
    const direction = scale.map((s, i) => s * vectors[i * d + k]!); // (d,), back in the coordinates' own units
    least = Math.min(least, value);
    most = Math.max(most, value);
    if (value <= open) {
      openDirections.push(direction);
      if (value < curvedUp) upwardDirections.push(direction);
      continue;
    }
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) covariance[i * d + j]! += (direction[i]! * direction[j]!) / value;
    }
  }
  const conditionNumber = least > open ? most / least : Number.POSITIVE_INFINITY;
  return { covariance, openDirections, conditionNumber, upwardDirections, units: scale };
}

/**
 * The same with some coordinates, those whose optimum lies at an edge, held where they are: they become open
 * directions, and the covariance of the others is the one conditional on them.
 */
export function conditionalOn(
  coordinates: ReadonlySet<number>,
  hessian: Float64Array,
  d: number,
): Information | undefined {
  const held = hessian.map((v, k) => (coordinates.has(Math.floor(k / d)) || coordinates.has(k % d) ? 0 : v)); // (d, d)
  return analyseInformation(held, d);
}

/**
 * Covariance J C Jᵀ of functions of the position (delta method); NaN for a function that an open direction changes.
 *
 * @param jacobian (n, d) row-major
 */
export function deltaMethod(jacobian: Float64Array, n: number, d: number, information: Information): Float64Array {
  const { covariance, openDirections } = information;
  const half = new Float64Array(n * d); // J C, (n, d)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += jacobian[i * d + k]! * covariance[k * d + j]!;
      half[i * d + j] = sum;
    }
  }
  const undetermined = Array.from({ length: n }, (_, i) => {
    let variance = 0;
    for (let k = 0; k < d; k++) variance += half[i * d + k]! * jacobian[i * d + k]!;
    return openDirections.some((direction) => {
      let change = 0;
      let size = 0;
      for (let k = 0; k < d; k++) {
        change += jacobian[i * d + k]! * direction[k]!;
        size += Math.abs(jacobian[i * d + k]! * direction[k]!);
      }
      // A contrast that the direction leaves alone (alpha + beta along alpha − beta) stays determined, and so does a
      // parameter that it touches by rounding only.
      return Math.abs(change) > negligible * Math.max(size, Math.sqrt(Math.max(0, variance)));
    });
  });
  const result = new Float64Array(n * n); // (n, n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += half[i * d + k]! * jacobian[j * d + k]!;
      result[i * n + j] = result[j * n + i] = undetermined[i] || undetermined[j] ? Number.NaN : sum;
    }
  }
  return result;
}
