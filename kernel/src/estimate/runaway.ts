/**
 * Optima that are none: parameters that ran to the edge of their support, and densities that rise without end.
 */
import type { CompiledModel, CompiledParameter } from '../model/index.ts';
import { elementNames } from '../model/names.ts';
import type { LogDensity } from '../program/types.ts';
import { formatNumber } from './table.ts';

/** How far a coordinate of a bounded parameter is pushed to see whether it ran away: e⁶ is 400 times nearer the bound. */
const pushes = [6, 12, 24, 48, 96, 192];
/** A log density that falls by less than this under the push has its supremum at the edge. */
const negligible = 1e-3;
/** Only coordinates with less curvature than this can have run away: an interior optimum on a log scale has more. */
const littleCurvature = 1e-2;

/** A coordinate at which every transform has its bound to the last bit: e^−800 is 0. */
const infinite = 800;

/** Only coordinates this far out can be on their way to infinity. */
const farOut = 5;
/** A bounded coordinate beyond this has left every scale of interest: e^−20 is 2e-9. */
const escaped = 20;

/** Names of the unconstrained coordinates; a simplex or ordered vector has only the name of the whole. */
export function coordinateNames(compiled: CompiledModel): string[] {
  return compiled.parameters.flatMap((p) =>
    p.unconstrainedSize === p.size
      ? elementNames(p.name, p.shape)
      : new Array<string>(p.unconstrainedSize).fill(p.name),
  );
}

export function bounded({ distribution: { support } }: CompiledParameter): boolean {
  return support.structure === 'real' && (support.lower !== undefined || support.upper !== undefined);
}

function coordinatesOf({ unconstrainedOffset, unconstrainedSize }: CompiledParameter): number[] {
  return Array.from({ length: unconstrainedSize }, (_, k) => unconstrainedOffset + k);
}

/** The coordinates of all bounded parameters. */
export function boundedCoordinates(compiled: CompiledModel): number[] {
  return compiled.parameters.filter(bounded).flatMap(coordinatesOf);
}

/** Whether a bounded parameter hardly bends the density: it may be on its way to the edge, where all places are alike. */
export function mayRunAway(compiled: CompiledModel, curvature: Float64Array): boolean {
  const d = compiled.dimension;
  return compiled.parameters
    .filter(bounded)
    .some((p) => coordinatesOf(p).some((i) => !(curvature[i * d + i]! >= littleCurvature)));
}

/** Sentences on bounded parameters at the edge of their support, and which coordinates they are. */
export interface Runaway {
  readonly messages: readonly string[];
  readonly coordinates: ReadonlySet<number>;
}

/** Bounded parameters whose likelihood is best at the edge itself; `coordinates` are theirs. */
export function runawayParameters(
  compiled: CompiledModel,
  density: LogDensity,
  position: Float64Array,
  best: number,
  curvature: Float64Array | undefined,
): Runaway {
  const d = compiled.dimension;
  const messages: string[] = [];
  const coordinates = new Set<number>();
  const names = coordinateNames(compiled);
  const values = compiled.constrain(position);
  const falls = (i: number, sign: 1 | -1) =>
    pushes.some((push) => {
      const moved = position.slice(); // (d,)
      moved[i]! += sign * push;
      return !(density.value(moved) >= best - negligible);
    });
  for (const p of compiled.parameters.filter(bounded)) {
    for (let k = 0; k < p.unconstrainedSize; k++) {
      const i = p.unconstrainedOffset + k;
      if (!((curvature?.[i * d + i] ?? 0) < littleCurvature)) continue;
      // Flat on both sides is not a boundary but a parameter the data say nothing of.
      const back = falls(i, -1);
      if (falls(i, 1) === back) continue;
      coordinates.add(i);
      const edge = compiled.constrain(position.with(i, back ? infinite : -infinite))[p.offset + k]!;
      const where = Number.isFinite(edge) ? String(edge) : edge > 0 ? '∞' : '−∞';
      messages.push(
        `Boundary optimum: ${names[i]} = ${where}; ${names[i]} is at the edge of its support ` +
          `(${formatNumber(values[p.offset + k]!, 3)} was reached), for the density has no maximum inside. It has no Wald ` +
          'interval, and the others are those given this value. Use map with a prior that keeps away from the edge, or sample.',
      );
    }
  }
  return { messages, coordinates };
}

/** Where a climb did not converge: bounded parameters that it carried to the edge of their support. */
export function escapedParameters(compiled: CompiledModel, position: Float64Array): string[] {
  const names = coordinateNames(compiled);
  const values = compiled.constrain(position);
  return compiled.parameters.filter(bounded).flatMap((p) =>
    Array.from({ length: p.unconstrainedSize }, (_, k) => ({ i: p.unconstrainedOffset + k, at: values[p.offset + k]! }))
      .filter(({ i }) => Math.abs(position[i]!) > escaped)
      .map(
        ({ i, at }) =>
          `The log density keeps rising as ${names[i]} goes to the edge of its support (${formatNumber(at, 3)}), so it ` +
          `has no maximum. Give ${names[i]} a prior that keeps it away, or sample.`,
      ),
  );
}

/** Unbounded coordinates that went to infinity, and the sentence on them. */
export interface Infinite {
  readonly coordinates: ReadonlySet<number>;
  readonly message: string;
}

/**
 * A maximum at infinity: going on from the position (one coordinate, several, along an open direction, all) the density
 * does not fall, and going back it does.
 *
 * @param open directions (d,) without curvature
 */
export function atInfinity(
  compiled: CompiledModel,
  density: LogDensity,
  position: Float64Array,
  best: number,
  open: readonly Float64Array[] = [],
): Infinite | undefined {
  const edges = new Set(boundedCoordinates(compiled));
  const far = [...position.keys()].filter((i) => Math.abs(position[i]!) > farOut && !edges.has(i));
  if (far.length === 0) return undefined;
  const beyond = (move: Float64Array) =>
    density.value(position.map((u, i) => u + move[i]!)) >= best - negligible &&
    density.value(position.map((u, i) => u - move[i]!)) < best - negligible;
  const only = (kept: readonly number[]) => position.map((u, i) => (kept.includes(i) ? u : 0)); // (d,)
  const reach = far.reduce((most, i) => Math.max(most, Math.abs(position[i]!)), 0);
  const along = open.map((direction) => {
    const size = far.reduce((most, i) => Math.max(most, Math.abs(direction[i]!)), 0);
    const lead = far.find((i) => Math.abs(direction[i]!) === size)!;
    const sign = Math.sign(direction[lead]!) === Math.sign(position[lead]!) ? 1 : -1;
    return direction.map((v) => (size > 0 ? (sign * reach * v) / size : 0));
  });
  const alone = far.filter((i) => beyond(only([i])));
  const moves = [only(alone), ...along, only(far), position.map((u, i) => (edges.has(i) ? 0 : u)), position];
  const move = moves.find(beyond);
  if (!move) return undefined;
  const most = move.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  const coordinates = new Set(far.filter((i) => Math.abs(move[i]!) > 1e-3 * most));
  if (coordinates.size === 0) return undefined;
  const names = coordinateNames(compiled);
  const which = best > -1e-6 ? 'complete separation' : 'quasi-complete separation';
  return {
    coordinates,
    message:
      `The log density does not fall however far one goes on from here: its maximum lies at infinity ` +
      `(${[...coordinates].map((i) => names[i]).join(', ')}). With a response of 0 and 1 this is ${which}: some predictors ` +
      `separate the two perfectly${best > -1e-6 ? '' : ', in a part of the data'}. The figures mean nothing; use map with ` +
      'priors, such as normal(0, 2.5) on slopes, or sample.',
  };
}

/** True where the density, still rising, ends: a step uphill of next to nothing leads out of the domain. */
export function atJump(density: LogDensity, position: Float64Array): boolean {
  const gradient = new Float64Array(position.length); // (d,)
  density.valueAndGradient(position, gradient);
  const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
  if (!(norm > negligible)) return false;
  return [1e-12, 1e-10, 1e-8].some((share) => {
    const moved = position.map((u, i) => u + (share * Math.max(1, Math.abs(u)) * gradient[i]!) / norm);
    return !Number.isFinite(density.value(moved));
  });
}
