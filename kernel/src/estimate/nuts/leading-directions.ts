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

/** Σ x (xᵀ v) over the points, for each v of a block, four at a time. // (block, d) */
function spread(points: readonly Float64Array[], block: readonly Float64Array[]): Float64Array[] {
  const result: Float64Array[] = [];
  for (let k = 0; k < block.length; k += 4) result.push(...spreadFour(points, block.slice(k, k + 4)));
  return result;
}

/** One pass over the points; each sum has its terms in their order, whatever stands beside it. */
function spreadFour(points: readonly Float64Array[], given: readonly Float64Array[]): Float64Array[] {
  const d = given[0]!.length;
  const nothing = new Float64Array(d);
  const [v0, v1 = nothing, v2 = nothing, v3 = nothing] = given as readonly [Float64Array, ...Float64Array[]];
  const sums = Array.from({ length: 4 }, () => new Float64Array(d));
  const [out0, out1, out2, out3] = sums as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (const x of points) {
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    for (let i = 0; i < d; i++) {
      const xi = x[i]!;
      a0 += xi * v0[i]!;
      a1 += xi * v1[i]!;
      a2 += xi * v2[i]!;
      a3 += xi * v3[i]!;
    }
    for (let i = 0; i < d; i++) {
      const xi = x[i]!;
      out0[i] = out0[i]! + a0 * xi;
      out1[i] = out1[i]! + a1 * xi;
      out2[i] = out2[i]! + a2 * xi;
      out3[i] = out3[i]! + a3 * xi;
    }
  }
  return sums.slice(0, given.length);
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
