/**
 * Standard errors that hold where the likelihood is only a working one: the sandwich H⁻¹ B H⁻¹ (Huber 1967, White
 * 1982), with B from the scores of the observations, or of clusters of them (Liang & Zeger 1986).
 */
import type { CompiledModel } from '../model/index.ts';
import { concatenate, type Expr } from '../program/index.ts';
import { arrayFunction } from './derivatives.ts';
import type { Information } from './information.ts';

/** A label for each observation: a factor, or codes or numbers of any kind. */
export type Clusters = ArrayLike<number | string> | { readonly codes: ArrayLike<number> };

/**
 * Scores of the observations at `position`: derivatives of their log likelihoods, row-major. // (n, d)
 *
 * Several observed names of the same length are one observation a row; of unequal lengths, one after the other. An
 * observed matrix has one observation a row.
 *
 * @throws Error for a term of one's own that is a single number: it cannot be taken apart
 */
export function scores(compiled: CompiledModel, position: Float64Array): Float64Array {
  const d = compiled.dimension;
  const { position: variable, terms } = compiled.expressions;
  const parts = terms
    .filter(({ kind }) => kind === 'likelihood' || kind === 'term')
    .map(({ elements, label, kind }): Expr => {
      const rows = elements.shape[0];
      if (rows === undefined && kind === 'term') {
        throw new Error(
          `the term ${label} is one number, so the observations have no scores of their own; give .logDensity an ` +
            'array, one element an observation',
        );
      }
      return elements.shape.length <= 1 ? elements.reshape(elements.size) : elements.reshape(rows!, -1).sum(1);
    });
  const equal = parts.every((part) => part.size === parts[0]!.size);
  const all = equal ? parts.reduce((sum, part) => sum.add(part) as Expr) : (concatenate(parts) as Expr);
  const found = arrayFunction(variable, all).jacobian(position);
  return found.subarray(0, all.size * d);
}

/** Σ over clusters of (Σ scores)(Σ scores)ᵀ, (d, d), times G/(G − 1) with G clusters; each row its own where none are given. */
function meat(rows: Float64Array, d: number, clusters?: Clusters): Float64Array {
  const n = rows.length / d;
  const labels = clusters && ('codes' in clusters ? clusters.codes : clusters);
  if (labels && labels.length !== n) {
    throw new RangeError(
      `mle: errors.cluster must have one label for each of the ${n} observations, got ${labels.length}`,
    );
  }
  for (let i = 0; labels && i < n; i++) {
    const label: unknown = labels[i];
    const missing = label === undefined || label === null || Number.isNaN(label);
    if (missing || (clusters && 'codes' in clusters && (label as number) < 0)) {
      throw new RangeError(
        `mle: errors.cluster has no label at [${i}]; leave out such observations: dropMissing(data, […]).columns`,
      );
    }
  }
  const sums = new Map<number | string, Float64Array>();
  for (let i = 0; i < n; i++) {
    const label = labels?.[i] ?? i;
    let sum = sums.get(label);
    if (sum === undefined) {
      sum = new Float64Array(d); // (d,)
      sums.set(label, sum);
    }
    for (let j = 0; j < d; j++) sum[j]! += rows[i * d + j]!;
  }
  if (labels && sums.size < 2) throw new RangeError('mle: errors.cluster must have at least two clusters, got one');
  const correction = labels ? sums.size / (sums.size - 1) : 1; // as sandwich::vcovCL(cadjust = TRUE)
  const result = new Float64Array(d * d); // (d, d)
  for (const s of sums.values()) {
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) result[i * d + j]! += correction * s[i]! * s[j]!;
  }
  return result;
}

/** The information with the sandwich as its covariance. */
export function robust(
  information: Information,
  compiled: CompiledModel,
  position: Float64Array,
  clusters?: Clusters,
): Information {
  const d = compiled.dimension;
  const middle = meat(scores(compiled, position), d, clusters);
  return { ...information, covariance: product(product(information.covariance, middle, d), information.covariance, d) };
}

function product(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const result = new Float64Array(d * d); // (d, d)
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < d; k++) {
      const v = a[i * d + k]!;
      for (let j = 0; j < d; j++) result[i * d + j]! += v * b[k * d + j]!;
    }
  }
  return result;
}
