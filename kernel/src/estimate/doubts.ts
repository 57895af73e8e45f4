/**
 * What may be wrong with an optimum: parameters that ran to the edge of their support, and directions along which
 * the log density does not change.
 */
import type { CompiledModel, CompiledParameter } from '../model/index.ts';
import { elementNames } from '../model/names.ts';
import type { LogDensity } from '../program/types.ts';
import { formatNumber } from './table.ts';

/** How far a coordinate of a bounded parameter is pushed to see whether it ran away: e⁶ is 400 times nearer the bound. */
const pushes = [6, 12, 24, 48];
/** A log density that falls by less than this under the push has its supremum at the edge. */
const negligible = 1e-3;
/** Only coordinates with less curvature than this can have run away: an interior optimum on a log scale has more. */
const littleCurvature = 1e-2;

/** Names of the unconstrained coordinates; a simplex or ordered vector has only the name of the whole. */
function coordinateNames(compiled: CompiledModel): string[] {
  return compiled.parameters.flatMap((p) =>
    p.unconstrainedSize === p.size
      ? elementNames(p.name, p.shape)
      : new Array<string>(p.unconstrainedSize).fill(p.name),
  );
}

function bounded({ distribution: { support } }: CompiledParameter): boolean {
  return support.structure === 'real' && (support.lower !== undefined || support.upper !== undefined);
}

/** Bounded parameters whose likelihood is best at the edge itself; `coordinates` are theirs. */
export function runawayParameters(
  compiled: CompiledModel,
  density: LogDensity,
  position: Float64Array,
  best: number,
  curvature: Float64Array | undefined,
): { messages: string[]; coordinates: ReadonlySet<number> } {
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
      if (falls(i, 1) === falls(i, -1)) continue;
      coordinates.add(i);
      messages.push(
        `${names[i]} is at the edge of its support (${formatNumber(values[p.offset + k]!, 3)}): the density has no ` +
          'maximum inside, so it has no Wald interval. Use map with a prior that keeps away from the edge, or sample.',
      );
    }
  }
  return { messages, coordinates };
}

/** The coordinates a direction moves. */
function movedBy(direction: Float64Array): { v: number; i: number }[] {
  const most = direction.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return Array.from(direction, (v, i) => ({ v, i })).filter(({ v }) => Math.abs(v) > 1e-3 * most);
}

/** True where a direction moves these coordinates alone. */
export function within(direction: Float64Array, coordinates: ReadonlySet<number>): boolean {
  return movedBy(direction).every(({ i }) => coordinates.has(i));
}

/** The sentence for a direction the data leave open. */
export function describeOpenDirection(compiled: CompiledModel, direction: Float64Array): string {
  const names = coordinateNames(compiled);
  const involved = movedBy(direction);
  const onlyOne = involved.length === 1;
  if (onlyOne) {
    const name = names[involved[0]!.i]!;
    return `Not identified: ${name} changes nothing in the density. Give it a prior or data, or leave it out; its standard error is missing.`;
  }
  const unit = Math.abs(involved[0]!.v);
  const sign = Math.sign(involved[0]!.v);
  const text = involved
    .slice(0, 6)
    .map(({ v, i }, k) => {
      const c = (v * sign) / unit;
      const size = Math.abs(Math.abs(c) - 1) < 1e-6 ? '' : `${formatNumber(Math.abs(c), 3)} `;
      return `${k === 0 ? '' : c < 0 ? ' − ' : ' + '}${size}${names[i]}`;
    })
    .join('');
  const more = involved.length > 6 ? ' + …' : '';
  const free = compiled.parameters.some(bounded) ? ' (on the unconstrained scale)' : '';
  return (
    `Not identified: along ${text}${more}${free} the density does not change, so these parameters cannot be told ` +
    'apart and have no standard errors. Drop one of them, or give one a prior.'
  );
}
