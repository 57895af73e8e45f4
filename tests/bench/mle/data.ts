/**
 * Data of the fits, from fixed seeds: columns that go with their neighbours, as measured ones do.
 */
import { key, Stream } from '#kernel/numeric/random';
import { poissonVariate } from '#kernel/numeric/variates/poisson';

/** Standard normal columns, each correlated by ½ with the one before it, a response, and what a formula calls them. */
export interface Sample {
  readonly columns: Readonly<Record<string, Float64Array>>; // p of (n,)
  readonly y: Float64Array; // (n,)
  readonly formula: string;
}

export type Kind = 'logistic' | 'poisson' | 'gaussian';

/** So many rows and columns, coefficients normal with deviation `size`. */
export function sample(kind: Kind, rows: number, count: number, size: number, seed: number): Sample {
  const stream = new Stream(key(seed));
  const names = Array.from({ length: count }, (_, j) => `x${j}`);
  const columns: Record<string, Float64Array> = {};
  let before: Float64Array | undefined;
  for (const name of names) {
    const last = before;
    before = Float64Array.from({ length: rows }, (_, i) => {
      const own = stream.normal();
      return last ? 0.5 * last[i]! + Math.sqrt(0.75) * own : own;
    });
    columns[name] = before;
  }
  const beta = names.map(() => size * stream.normal());
  const y = Float64Array.from({ length: rows }, (_, i) => {
    const eta = names.reduce((sum, name, j) => sum + beta[j]! * columns[name]![i]!, 0.2);
    if (kind === 'gaussian') return eta + stream.normal();
    if (kind === 'poisson') return poissonVariate(stream, Math.exp(eta));
    return Number(stream.uniform() < 1 / (1 + Math.exp(-eta)));
  });
  return { columns, y, formula: `y ~ ${names.join(' + ')}` };
}
