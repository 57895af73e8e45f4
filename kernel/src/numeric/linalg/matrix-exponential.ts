/**
 * e^A by scaling and squaring with a Padé approximant of degree 13 (Higham 2005, SIAM J. Matrix Anal. Appl. 26, 1179:
 * algorithm 2.3 without its lower degrees). Matrices are row-major.
 */
import { checkSize } from './check.ts';
import { lu, luSolve } from './lu.ts';

/** Coefficients of the approximant; equation (2.1) of the paper. */
const B = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
  670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
];
/** Up to this norm the approximant has full accuracy: θ₁₃ of table 2.3. */
const THETA = 5.371920351148152;

function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array<ArrayBuffer> {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const x = a[i * n + k]!;
      for (let j = 0; j < n; j++) c[i * n + j]! += x * b[k * n + j]!;
    }
  }
  return c;
}

/** The largest column sum of absolute values. */
function norm(a: Float64Array, n: number): number {
  let most = 0;
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.abs(a[i * n + j]!);
    if (!(sum <= most)) most = sum; // NaN is kept
  }
  return most;
}

/**
 * The matrix exponential; NaN where an element is not finite.
 *
 * @param a (n, n)
 * @returns (n, n)
 * @example matrixExponential(Float64Array.of(0, 1, 0, 0), 2) // 1, 1, 0, 1
 */
export function matrixExponential(a: Float64Array, n: number): Float64Array<ArrayBuffer> {
  checkSize('matrixExponential', a, n, n);
  const size = norm(a, n);
  if (!(size < Infinity)) return new Float64Array(n * n).fill(Number.NaN);
  let squarings = 0;
  let factor = 1;
  while (size * factor > THETA) {
    factor /= 2;
    squarings++;
  }
  const x = a.map((value) => factor * value);
  const x2 = multiply(x, x, n);
  const x4 = multiply(x2, x2, n);
  const x6 = multiply(x4, x2, n);
  /** c6 x⁶ + c4 x⁴ + c2 x² + c0 */
  const combine = (c6: number, c4: number, c2: number, c0: number) =>
    x6.map((value, i) => c6 * value + c4 * x4[i]! + c2 * x2[i]! + (i % (n + 1) === 0 ? c0 : 0));
  const [u6, v6] = [combine(B[13]!, B[11]!, B[9]!, 0), combine(B[12]!, B[10]!, B[8]!, 0)];
  const [low, even] = [combine(B[7]!, B[5]!, B[3]!, B[1]!), combine(B[6]!, B[4]!, B[2]!, B[0]!)];
  const odd = multiply(
    x,
    multiply(x6, u6, n).map((value, i) => value + low[i]!),
    n,
  );
  const sum = multiply(x6, v6, n).map((value, i) => value + even[i]!);
  let result = luSolve(
    lu(
      sum.map((value, i) => value - odd[i]!),
      n,
    ),
    n,
    sum.map((value, i) => value + odd[i]!),
    { columns: n },
  );
  for (; squarings > 0; squarings--) result = multiply(result, result, n);
  return result;
}
