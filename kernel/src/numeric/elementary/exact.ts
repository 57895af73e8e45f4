/** What rounding left over, exactly: the ground of sums and products in twice the precision. */

const SPLITTER = 134217729; // 2^27 + 1

/** a · b − p for p = a · b rounded (Dekker 1971); |a|, |b| below 1e290 and the product above 1e-290. */
export function productError(a: number, b: number, p: number): number {
  const ta = SPLITTER * a;
  const aHigh = ta - (ta - a);
  const aLow = a - aHigh;
  const tb = SPLITTER * b;
  const bHigh = tb - (tb - b);
  const bLow = b - bHigh;
  return aLow * bLow - (p - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** a + b − s for s = a + b rounded (Knuth's two-sum). */
export function sumError(a: number, b: number, s: number): number {
  const rest = s - a;
  return a - (s - rest) + (b - rest);
}
