/** Ranks, with the mean rank where values are tied. */

export interface Ranks {
  readonly ranks: Float64Array; // (n,)
  /** Sum over groups of t tied values of t³ − t: what ties take off the variance of rank sums. */
  readonly ties: number;
}

/** @example rank([10, 20, 20]).ranks // 1, 2.5, 2.5 */
export function rank(values: ArrayLike<number>): Ranks {
  const n = values.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(n);
  let ties = 0;
  for (let from = 0; from < n; ) {
    let to = from + 1;
    while (to < n && values[order[to]!] === values[order[from]!]) to++;
    for (let k = from; k < to; k++) ranks[order[k]!] = (from + 1 + to) / 2;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { ranks, ties };
}
