/**
 * Positions at which Stan's figures are kept, and the form they are kept in.
 */

/** Log density (with constants and Jacobian) and ends of the gradient at each position. */
export type StanFigures = readonly {
  readonly value: number;
  readonly first: readonly number[];
  readonly last: readonly number[];
}[];

/** Three positions on the unconstrained scale, the same on every machine. // (3, d) */
export function fixedPositions(dimension: number): Float64Array[] {
  const wave = (t: number) => Math.round(1e6 * 0.3 * Math.sin(t)) / 1e6;
  return [0, 1, 2].map((p) => Float64Array.from({ length: dimension }, (_, i) => wave(1 + i + 2 * p)));
}
