/**
 * The metric of Hamiltonian samplers: an estimate of the posterior's covariance, the inverse of the mass matrix,
 *
 *     M⁻¹ = D (I + Σₖ (λₖ − 1) uₖ uₖᵀ) D,   D = diag(√variance),
 *
 * diagonal where there is no uₖ, low-rank where there are few, dense where there are as many as coordinates
 * (the low-rank form of Seyboldt, Carlson & Carpenter, "Preconditioning Hamiltonian Monte Carlo by minimizing Fisher
 * divergence", and of nutpie).
 */
import type { Stream } from '../../numeric/random.ts';

/** Directions in which the scaled posterior is longer or shorter than its neighbours. */
export interface Directions {
  /** Orthonormal, one row a direction, in units of √variance. */
  readonly vectors: Float64Array; // (rank, d)
  /** Variances along them, > 0. */
  readonly values: Float64Array; // (rank,)
}

export interface Metric {
  /** Variances of the coordinates, all > 0. */
  readonly variance: Float64Array; // (d,)
  /** None: diagonal. */
  readonly directions?: Directions;
}

/** What a metric is called: by how many directions it has. */
export type MetricKind = 'diagonal' | 'low-rank' | 'dense';

export function metricKind({ variance, directions }: Metric): MetricKind {
  const rank = directions?.values.length ?? 0;
  if (rank === 0) return 'diagonal';
  return 2 * rank < variance.length ? 'low-rank' : 'dense';
}

const prepared = new WeakMap<
  Float64Array,
  { readonly directions: Directions | undefined; readonly products: MetricProducts }
>();

/** The products of a metric; prepared once. */
export function productsOf({ variance, directions }: Metric): MetricProducts {
  const known = prepared.get(variance);
  if (known && known.directions === directions) return known.products;
  const products = new MetricProducts(directions ? { variance, directions } : { variance });
  prepared.set(variance, { directions, products });
  return products;
}

/** A metric, prepared for products. Its memory is set aside once. */
export class MetricProducts {
  private readonly d: number;
  private readonly rank: number;
  private readonly values: Float64Array; // (rank,)
  private readonly vectors: Float64Array; // (rank, d), orthonormal
  private readonly scale: Float64Array; // (d,) √variance
  private readonly variance: Float64Array; // (d,)
  /** Rows D uₖ √|λₖ − 1|, and the signs of λₖ − 1; or the whole of M⁻¹ where that takes fewer multiplications. */
  private readonly scaled: Float64Array; // (rank, d) or (d, d)
  private readonly dense: boolean;

  constructor({ variance, directions }: Metric) {
    const { vectors, values } = directions ?? { vectors: new Float64Array(0), values: new Float64Array(0) };
    const d = variance.length;
    const rank = values.length;
    this.d = d;
    this.rank = rank;
    this.values = values;
    this.vectors = vectors;
    this.variance = variance;
    this.scale = variance.map(Math.sqrt);
    this.dense = 2 * rank >= d;
    const rows = vectors.map((u, at) => u * this.scale[at % d]!); // (rank, d)
    if (!this.dense) {
      this.scaled = rows;
      return;
    }
    this.scaled = new Float64Array(d * d);
    for (let i = 0; i < d; i++) this.scaled[i * d + i] = variance[i]!;
    for (let k = 0; k < rank; k++) {
      const excess = values[k]! - 1;
      for (let i = 0; i < d; i++) {
        const factor = excess * rows[k * d + i]!;
        for (let j = 0; j < d; j++) this.scaled[i * d + j] = this.scaled[i * d + j]! + factor * rows[k * d + j]!;
      }
    }
  }

  /** M⁻¹ x into `out`, which must not be `x`. // (d,) */
  inverseMass(x: Float64Array, out: Float64Array): void {
    const { d, scaled, values, variance, rank } = this;
    if (this.dense) {
      for (let i = 0, at = 0; i < d; i++) {
        let sum = 0;
        for (let j = 0; j < d; j++) sum += scaled[at++]! * x[j]!;
        out[i] = sum;
      }
      return;
    }
    for (let i = 0; i < d; i++) out[i] = variance[i]! * x[i]!;
    for (let k = 0; k < rank; k++) {
      const row = k * d;
      let along = 0;
      for (let i = 0; i < d; i++) along += scaled[row + i]! * x[i]!;
      along *= values[k]! - 1;
      for (let i = 0; i < d; i++) out[i] = out[i]! + along * scaled[row + i]!;
    }
  }

  /** A momentum of normal(0, M) into `out`: D⁻¹ (I + Σ (λₖ^−½ − 1) uₖ uₖᵀ) z. // (d,) */
  drawMomentum(stream: Stream, out: Float64Array): void {
    const { d, vectors, values, scale, rank } = this;
    stream.normals(out);
    for (let k = 0; k < rank; k++) {
      const row = k * d;
      let along = 0;
      for (let i = 0; i < d; i++) along += vectors[row + i]! * out[i]!;
      along *= 1 / Math.sqrt(values[k]!) - 1;
      for (let i = 0; i < d; i++) out[i] = out[i]! + along * vectors[row + i]!; // orthonormal: the order is no matter
    }
    for (let i = 0; i < d; i++) out[i] = out[i]! / scale[i]!;
  }
}
