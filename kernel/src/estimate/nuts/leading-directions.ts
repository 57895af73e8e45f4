/**
 * The longest directions of clouds of points, without their covariance matrices: block power iteration (Golub & Van
 * Loan 2013, section 8.2.4) on XᵀX, one pass over the points a round.
 */
import { key, Stream } from '../../numeric/random.ts';

/** Rounds of the iteration: a direction whose variance stands out by a factor of two is found to a few percent. */
const rounds = 4;

/**
 * An orthonormal basis of what the `count` longest directions of each cloud span, as rows.
 *
 * @param clouds sets of points (n, d), each centred at 0
 * @returns (rank, d), rank ≤ clouds × count
 */
export function leadingDirections(
  clouds: readonly (readonly Float64Array[])[],
  count: number,
  d: number,
): Float64Array {
  const found: Float64Array[] = [];
  for (const points of clouds) {
    const stream = new Stream(key(points.length)); // any start that is no special direction
    let block: Float64Array[] = Array.from({ length: Math.min(count, d) }, () =>
      Float64Array.from({ length: d }, () => stream.normal()),
    );
    for (let round = 0; round < rounds; round++) block = orthonormal(spread(points, block));
    found.push(...block);
  }
  const basis = orthonormal(found);
  const result = new Float64Array(basis.length * d);
  basis.forEach((row, k) => {
    result.set(row, k * d);
  });
  return result;
}

/** Σ x (xᵀ v) over the points, for each v of a block. // (block, d) */
function spread(points: readonly Float64Array[], block: readonly Float64Array[]): Float64Array[] {
  const result = block.map((v) => new Float64Array(v.length));
  for (const x of points) {
    for (let k = 0; k < block.length; k++) addProjection(x, block[k]!, result[k]!);
  }
  return result;
}

/** out += x (xᵀ v). */
function addProjection(x: Float64Array, v: Float64Array, out: Float64Array): void {
  const d = x.length;
  let along = 0;
  for (let i = 0; i < d; i++) along += x[i]! * v[i]!;
  for (let i = 0; i < d; i++) out[i] = out[i]! + along * x[i]!;
}

/** Gram–Schmidt, twice for accuracy; vectors that add no direction are left out. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const kept: Float64Array[] = [];
  for (const vector of vectors) {
    const v = vector.slice();
    const before = norm(v);
    for (let pass = 0; pass < 2; pass++) {
      for (const u of kept) {
        let along = 0;
        for (let i = 0; i < v.length; i++) along += u[i]! * v[i]!;
        for (let i = 0; i < v.length; i++) v[i] = v[i]! - along * u[i]!;
      }
    }
    const length = norm(v);
    if (!(length > 1e-6 * before && length > 0)) continue;
    kept.push(v.map((x) => x / length));
  }
  return kept;
}

function norm(v: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i]! * v[i]!;
  return Math.sqrt(sum);
}
