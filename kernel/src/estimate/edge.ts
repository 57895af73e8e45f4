/**
 * Optima at the edge of a support: on the unconstrained scale they lie at infinity, where no optimiser arrives.
 *
 * Near such an edge a log density nears its limit like c e^(−2|u|) (a standard deviation at 0) or c e^(−|u|): Newton's
 * steps are of one length there, for ever. So a coordinate along which the density only rises is carried outwards until
 * what is gained is rounding, held there, and the others are climbed by themselves.
 */
import type { LogDensity } from '../program/types.ts';

/** What is gained by a step outwards is nothing below this share of the log density. */
const rounding = 1e-13;
/** Most steps outwards, each by 1: e^−60 is 1e-26. */
const mostSteps = 60;
/** Steps beyond the one that gained nothing: each brings the others nearer to where they are at the edge. */
const stepsBeyond = 2;
/** Somewhere back inside the density must have fallen, or the coordinate is one that the data say nothing of. */
const backwards = [6, 12, 24, 48, 96];

/** A coordinate found to run to an edge, and where it is held. */
export interface Edge {
  readonly coordinate: number;
  readonly held: number;
}

/**
 * The coordinates, of those given, that run to an edge from a position near the optimum.
 *
 * @param bounded coordinates of bounded parameters
 */
export function edgesFrom(density: LogDensity, position: Float64Array, bounded: Iterable<number>): Edge[] {
  const edges: Edge[] = [];
  const at = position.slice(); // (d,)
  for (const i of bounded) {
    const held = outwards(density, at, i);
    if (held === undefined) continue;
    at[i] = held;
    edges.push({ coordinate: i, held });
  }
  return edges;
}

/** Where the coordinate gains nothing any more by going on; undefined where it is at no edge. */
function outwards(density: LogDensity, position: Float64Array, i: number): number | undefined {
  const from = position[i]!;
  const valueAt = (u: number) => density.value(position.with(i, u));
  const start = valueAt(from);
  const slack = rounding * Math.max(1, Math.abs(start));
  for (const side of [-1, 1] as const) {
    if (!(valueAt(from + side) >= start - slack)) continue;
    // Only a side from which the density falls behind is an edge; a density that keeps rising has none.
    if (!backwards.some((back) => valueAt(from - side * back) < start - 1e3 * slack)) continue;
    let current = start;
    for (let k = 1; k <= mostSteps; k++) {
      const next = valueAt(from + side * k);
      if (!(next >= current - slack)) break;
      if (next - current <= slack) {
        const beyond = from + side * (k + stepsBeyond);
        return Math.abs(valueAt(beyond) - next) <= 10 * slack ? beyond : from + side * k;
      }
      current = next;
    }
  }
  return undefined;
}

/** The density as one of the other coordinates, those of `edges` held. */
export function withHeld(density: LogDensity, edges: readonly Edge[]) {
  const held = new Map(edges.map(({ coordinate, held: at }) => [coordinate, at]));
  const free = Array.from({ length: density.dimension }, (_, i) => i).filter((i) => !held.has(i));
  const full = new Float64Array(density.dimension); // (d,)
  const whole = (others: Float64Array): Float64Array => {
    const position = new Float64Array(density.dimension); // (d,)
    for (const [i, at] of held) position[i] = at;
    free.forEach((i, k) => {
      position[i] = others[k]!;
    });
    return position;
  };
  const restricted: LogDensity = {
    dimension: free.length,
    value: (others) => density.value(whole(others)),
    valueAndGradient(others, gradient) {
      const value = density.valueAndGradient(whole(others), full);
      free.forEach((i, k) => {
        gradient[k] = full[i]!;
      });
      return value;
    },
  };
  return { restricted, whole, others: (position: Float64Array) => Float64Array.from(free, (i) => position[i]!) };
}
