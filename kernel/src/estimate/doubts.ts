/**
 * What a reader must know before using an estimate, in sentences: what is wrong, and what to try.
 */
import type { CompiledModel } from '../model/index.ts';
import type { LogDensity } from '../program/types.ts';
import type { Climb } from './climb.ts';
import type { Optimum } from './estimate.ts';
import type { Information } from './information.ts';
import { atInfinity, bounded, coordinateNames, escapedParameters, type Runaway } from './runaway.ts';
import { unreachable } from './step.ts';
import { formatNumber } from './table.ts';

/** The best climb of an estimate, and what surrounds it. */
export interface Found {
  readonly compiled: CompiledModel;
  readonly density: LogDensity;
  readonly best: Climb;
  readonly ending: Climb['ending'];
  readonly information: Information | undefined;
  /** Bounded parameters at the edge of their support. */
  readonly edges: Runaway;
  readonly optima: readonly Optimum[];
}

/** All doubts about an estimate; empty where there are none. */
export function doubts(found: Found): string[] {
  const { compiled, density, best, ending, information, edges, optima } = found;
  const { position, logDensity } = best;
  if (ending === 'interrupted') return ['Interrupted: the estimate is the best point so far, without standard errors.'];
  if (ending !== 'converged') {
    return [notConverged(ending, best), ...escapedParameters(compiled, position)];
  }
  if (!information) return ['No standard errors: the log density is not smooth at the estimate.'];

  const { messages, coordinates } = edges;
  const elsewhere = (direction: Float64Array) => !within(direction, coordinates);
  const upward = information.upwardDirections.filter(elsewhere);
  const open = information.openDirections.filter((d) => elsewhere(d) && !information.upwardDirections.includes(d));
  const warnings = [...messages];
  if (upward.length > 0) {
    warnings.push('The estimate is not a maximum: the log density curves upwards there. Try other starts.');
  }
  warnings.push(...open.map((direction) => describeOpenDirection(compiled, direction)));
  if (warnings.length === 0) {
    const infinite = atInfinity(compiled, density, position, logDensity);
    if (infinite !== undefined) return [infinite];
  }
  const [first, second] = optima;
  if (first && second) {
    const lower = formatNumber(first.logDensity - second.logDensity, 3);
    warnings.push(
      `${optima.length} optima were found; the second has a log density lower by ${lower}. See optima, and try more starts.`,
    );
  }
  return warnings;
}

function notConverged(ending: 'iterations' | 'line search failed' | 'not finite', { gradientNorm }: Climb): string {
  const where = `the largest component of the gradient is ${formatNumber(gradientNorm, 2)}`;
  switch (ending) {
    case 'iterations':
      return `Not converged: the iterations ran out, ${where}. Allow more iterations, or rescale the data.`;
    case 'line search failed':
      return `Not converged: no better point was found, though ${where}. Try other starts, or rescale the data.`;
    case 'not finite':
      return 'Not converged: the log density is not finite around the estimate; it may grow without bound there.';
    default:
      return unreachable(ending);
  }
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
