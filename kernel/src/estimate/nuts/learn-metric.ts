/**
 * A metric from the draws of a warm-up and the gradients at them.
 *
 * The metric that minimises the Fisher divergence between the posterior and a normal is the geometric mean of the
 * draws' covariance and the inverse of the gradients' (Seyboldt, Carlson & Carpenter, "Preconditioning Hamiltonian
 * Monte Carlo by minimizing Fisher divergence"). On a normal posterior it is exact from d + 1 draws on, however
 * correlated they are, where a covariance of draws alone would still be noise.
 *
 * The rule: the scales of the coordinates come first. Then directions are looked for in which the scaled posterior is
 * not round; one is kept where its variance, learned from the first half of the draws, is at least `threshold` times
 * longer or shorter than 1, and the second half of the draws says so too. None kept: diagonal. As many as half of the
 * coordinates: dense. So what a metric costs is paid where it was seen twice to be of use, and nothing is timed.
 */
import { symmetricEigen } from '../../numeric/linalg/index.ts';
import { leadingDirections } from './leading-directions.ts';
import type { Directions, Metric } from './metric.ts';

/** Which metric is wanted; `auto` is the rule above. */
export type MetricChoice = 'auto' | 'diagonal' | 'dense';

/** A direction counts from this ratio of its variance to 1 on. */
const threshold = 2;
/** Up to so many coordinates all directions are looked at; beyond, the leading ones of draws and of gradients. */
const mostWhole = 24;
const leading = 4;
/** Draws for a coordinate looked at, below which only scales are learned. */
const drawsEach = 2;
/** Draws below which leading directions are not looked for. */
const leastForLeading = 50;
/** Keeps a direction without any spread from dividing by zero. */
const ridge = 1e-8;

/** The metric of these draws and gradients: at least two of each. */
export function learnMetric(
  positions: readonly Float64Array[],
  gradients: readonly Float64Array[],
  choice: MetricChoice = 'auto',
): Metric {
  const centre = moments(positions);
  const slope = moments(gradients);
  const variance = centre.variance.map((v, i) => scaleOf(v, slope.variance[i]!)); // (d,)
  const metric = { variance };
  const d = variance.length;
  if (choice === 'diagonal' || d === 1) return metric;
  const scale = variance.map(Math.sqrt);
  const draws = positions.map((q) => centred(q, centre.mean, scale, -1)); // (n, d)
  const slopes = gradients.map((g) => centred(g, slope.mean, scale, 1)); // (n, d)
  const basis = basisOf(draws, slopes, d, choice);
  if (basis === undefined) return metric;
  const projectedDraws = project(draws, basis, d);
  const projectedSlopes = project(slopes, basis, d);
  const half = Math.floor(draws.length / 2);
  const rank = projectedDraws[0]!.length;
  const first = geometricMean(projectedDraws.slice(0, half), projectedSlopes.slice(0, half), rank);
  const later = { draws: projectedDraws.slice(half), slopes: projectedSlopes.slice(half) };
  const confirmed = first.values.some((value, k) => {
    return unusual(value) && agrees(value, first.vectors.subarray(k * rank, (k + 1) * rank), later);
  });
  if (!confirmed && choice !== 'dense') return metric;
  const whole = geometricMean(projectedDraws, projectedSlopes, rank);
  const keep = Array.from(whole.values.keys()).filter((k) => {
    const value = whole.values[k]!;
    return (
      choice === 'dense' || (unusual(value) && agrees(value, whole.vectors.subarray(k * rank, (k + 1) * rank), later))
    );
  });
  return keep.length === 0 ? metric : { variance, directions: lifted(whole, keep, basis, rank, d) };
}

/** (x − mean) times scale^exponent. */
function centred(x: Float64Array, mean: Float64Array, scale: Float64Array, exponent: 1 | -1): Float64Array {
  const result = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const off = x[i]! - mean[i]!;
    result[i] = exponent === 1 ? off * scale[i]! : off / scale[i]!;
  }
  return result;
}

/** √(var x / var ∂): both have the units of the posterior's variance. */
function scaleOf(ofDraws: number, ofGradients: number): number {
  const scale = Math.sqrt(ofDraws / ofGradients);
  return scale > 1e-20 && scale < 1e20 ? scale : 1;
}

const unusual = (value: number) => value > threshold || value < 1 / threshold;

/** Whether other draws say the same of a direction: √(variance of draws / variance of gradients) along it. */
function agrees(
  value: number,
  direction: Float64Array,
  { draws, slopes }: { draws: readonly Float64Array[]; slopes: readonly Float64Array[] },
): boolean {
  const again = Math.sqrt(along(draws, direction) / along(slopes, direction));
  return value > 1 ? again > threshold : again < 1 / threshold;
}

function along(rows: readonly Float64Array[], direction: Float64Array): number {
  let mean = 0;
  let squares = 0;
  rows.forEach((row, i) => {
    let x = 0;
    for (let j = 0; j < direction.length; j++) x += row[j]! * direction[j]!;
    const before = x - mean;
    mean += before / (i + 1);
    squares += before * (x - mean);
  });
  return squares / rows.length;
}

/** Mean and variance of each coordinate (Welford 1962). */
function moments(rows: readonly Float64Array[]): { mean: Float64Array; variance: Float64Array } {
  const d = rows[0]!.length;
  const mean = new Float64Array(d);
  const variance = new Float64Array(d);
  rows.forEach((row, n) => {
    for (let i = 0; i < d; i++) {
      const before = row[i]! - mean[i]!;
      mean[i] = mean[i]! + before / (n + 1);
      variance[i] = variance[i]! + before * (row[i]! - mean[i]!);
    }
  });
  for (let i = 0; i < d; i++) variance[i] = variance[i]! / Math.max(1, rows.length - 1);
  return { mean, variance };
}

/** Rows of an orthonormal basis of the directions to look at; 'whole' where that is all; undefined for too few draws. */
function basisOf(
  draws: readonly Float64Array[],
  slopes: readonly Float64Array[],
  d: number,
  choice: MetricChoice,
): Float64Array | 'whole' | undefined {
  if (d <= mostWhole || choice === 'dense') return draws.length >= drawsEach * (d + 1) ? 'whole' : undefined;
  if (draws.length < leastForLeading) return undefined;
  return leadingDirections([draws, slopes], leading, d);
}

/** Coordinates in a basis. // (n, rank) */
function project(rows: readonly Float64Array[], basis: Float64Array | 'whole', d: number): readonly Float64Array[] {
  if (basis === 'whole') return rows;
  const rank = basis.length / d;
  return rows.map((row) => {
    const result = new Float64Array(rank);
    for (let k = 0; k < rank; k++) {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += basis[k * d + i]! * row[i]!;
      result[k] = sum;
    }
    return result;
  });
}

/**
 * Eigenvalues and eigenvectors (as rows) of the geometric mean S of A, the covariance of draws, and B⁻¹, B that of
 * gradients: S B S = A, so S = B^−½ (B^½ A B^½)^½ B^−½ (Bhatia 2007, Positive Definite Matrices, eq. 4.10).
 */
function geometricMean(
  draws: readonly Float64Array[],
  slopes: readonly Float64Array[],
  n: number,
): { values: Float64Array; vectors: Float64Array } {
  const root = symmetricEigen(covariance(slopes, n), n);
  const up = power(root, 0.5, n);
  const down = power(root, -0.5, n);
  const middle = multiply(multiply(up, covariance(draws, n), n), up, n);
  const s = multiply(multiply(down, power(symmetricEigen(middle, n), 0.5, n), n), down, n);
  const { values, vectors } = symmetricEigen(s, n);
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) rows[k * n + i] = vectors[i * n + k]!;
  return { values, vectors: rows };
}

/** Covariance of rows, with a little added to its diagonal. // (n, n) */
function covariance(rows: readonly Float64Array[], n: number): Float64Array {
  const { mean } = moments(rows);
  const result = new Float64Array(n * n);
  for (const row of rows) {
    for (let i = 0; i < n; i++) {
      const x = row[i]! - mean[i]!;
      for (let j = 0; j <= i; j++) result[i * n + j] = result[i * n + j]! + x * (row[j]! - mean[j]!);
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = result[i * n + j]! / rows.length + (i === j ? ridge : 0);
      result[i * n + j] = value;
      result[j * n + i] = value;
    }
  }
  return result;
}

/** V diag(values^exponent) Vᵀ for an exponent of ±½. // (n, n) */
function power({ values, vectors }: { values: Float64Array; vectors: Float64Array }, exponent: 0.5 | -0.5, n: number) {
  const result = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const root = Math.sqrt(Math.max(values[k]!, ridge));
    const factor = exponent > 0 ? root : 1 / root;
    for (let i = 0; i < n; i++) {
      const x = factor * vectors[i * n + k]!;
      for (let j = 0; j < n; j++) result[i * n + j] = result[i * n + j]! + x * vectors[j * n + k]!;
    }
  }
  return result;
}

function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const x = a[i * n + k]!;
      for (let j = 0; j < n; j++) result[i * n + j] = result[i * n + j]! + x * b[k * n + j]!;
    }
  }
  return result;
}

/** The kept directions in all coordinates. */
function lifted(
  { values, vectors }: { values: Float64Array; vectors: Float64Array },
  keep: readonly number[],
  basis: Float64Array | 'whole',
  rank: number,
  d: number,
): Directions {
  const rows = new Float64Array(keep.length * d);
  keep.forEach((k, to) => {
    const small = vectors.subarray(k * rank, (k + 1) * rank);
    if (basis === 'whole') {
      rows.set(small, to * d);
      return;
    }
    for (let j = 0; j < rank; j++) {
      for (let i = 0; i < d; i++) rows[to * d + i] = rows[to * d + i]! + small[j]! * basis[j * d + i]!;
    }
  });
  return { vectors: rows, values: Float64Array.from(keep, (k) => values[k]!) };
}
