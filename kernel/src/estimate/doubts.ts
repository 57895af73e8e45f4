/**
 * What a reader must know before using an estimate, in sentences: what is wrong, and what to try.
 */
import type { CompiledModel } from '../model/index.ts';
import type { Climb } from './climb.ts';
import type { Optimum } from './estimate.ts';
import type { Information } from './information.ts';
import { bounded, coordinateNames, escapedParameters, type Infinite, type Runaway } from './runaway.ts';
import { unreachable } from './step.ts';
import { formatNumber } from './table.ts';

/** The best climb of an estimate, and what surrounds it. */
export interface Found {
  readonly compiled: CompiledModel;
  readonly best: Climb;
  readonly ending: Climb['ending'];
  readonly information: Information | undefined;
  /** Bounded parameters at the edge of their support. */
  readonly edges: Runaway;
  /** Unbounded parameters that went to infinity. */
  readonly infinite: Infinite | undefined;
  /** Whether the density jumps to 0 uphill of the estimate. */
  readonly jumps: boolean;
  readonly optima: readonly Optimum[];
}

/** All doubts about an estimate; empty where there are none. */
export function doubts(found: Found): string[] {
  const { compiled, best, ending, information, edges, infinite, jumps, optima } = found;
  const { position } = best;
  if (ending === 'interrupted') return ['Interrupted: the estimate is the best point so far, without standard errors.'];
  if (ending !== 'converged') {
    if (jumps) return [jump];
    const escaped = escapedParameters(compiled, position);
    return [notConverged(ending, best, escaped.length > 0), ...escaped];
  }
  if (infinite) return [...edges.messages, infinite.message];
  if (!information) return ['No standard errors: the log density is not smooth at the estimate.'];

  const { messages, coordinates } = edges;
  const elsewhere = (direction: Float64Array) => !within(direction, coordinates);
  const upward = information.upwardDirections.filter(elsewhere);
  const open = information.openDirections.filter((d) => elsewhere(d) && !information.upwardDirections.includes(d));
  const warnings = [...messages];
  if (upward.length > 0) {
    warnings.push('The estimate is not a maximum: the log density curves upwards there. Try other starts.');
  }
  warnings.push(...open.map((direction) => describeOpenDirection(compiled, direction, information.units)));
  const [first, second] = optima;
  if (first && second) warnings.push(several(compiled, optima.length, first, second));
  return warnings;
}

const jump =
  'The estimate lies where the density ends while it is still rising, as the largest value does for uniform(0, upper): it is ' +
  'the maximum, but there is no curvature to take standard errors from. Use sample, or a bootstrap.';

/** The second-best optimum, and how far below the best it is. */
function several(compiled: CompiledModel, count: number, first: Optimum, second: Optimum): string {
  const lower = first.logDensity - second.logDensity;
  const where =
    second.values.length <= 4
      ? ` (${compiled.names.map((name, i) => `${name} ${formatNumber(second.values[i]!, 3)}`).join(', ')})`
      : '';
  if (lower <= 1e-9 * Math.max(1, Math.abs(first.logDensity))) {
    return (
      `${count} optima were found, and the second${where} is as high as the best: the density does not tell them apart, as ` +
      'where components of a mixture trade places. See optima; order the parameters, or give them priors.'
    );
  }
  return (
    `${count} optima were found; the second${where} has a log density lower by ${formatNumber(lower, 3)}. ` +
    'See optima, and try more starts.'
  );
}

function notConverged(
  ending: 'iterations' | 'line search failed' | 'not finite',
  { gradientNorm }: Climb,
  escaped: boolean,
): string {
  const where = `the largest component of the gradient is ${formatNumber(gradientNorm, 2)}`;
  switch (ending) {
    case 'iterations':
      return escaped
        ? `Not converged: the iterations ran out, ${where}.`
        : `Not converged: the iterations ran out, ${where}. Allow more iterations, or rescale the data.`;
    case 'line search failed':
      return `Not converged: no better point was found, though ${where}. Try other starts, or rescale the data.`;
    case 'not finite':
      return 'Not converged: the log density is not finite around the estimate; it may grow without bound there.';
    default:
      return unreachable(ending);
  }
}

/** The coordinates a direction moves, measured in units (d,) of theirs. */
function movedBy(direction: Float64Array, units?: Float64Array): { v: number; i: number }[] {
  const size = (v: number, i: number) => Math.abs(v) / (units?.[i] ?? 1);
  const most = direction.reduce((m, v, i) => Math.max(m, size(v, i)), 0);
  return Array.from(direction, (v, i) => ({ v, i })).filter(({ v, i }) => size(v, i) > 1e-3 * most);
}

/** True where a direction moves these coordinates alone. */
export function within(direction: Float64Array, coordinates: ReadonlySet<number>): boolean {
  return movedBy(direction).every(({ i }) => coordinates.has(i));
}

/** The sentence for a direction the data leave open. */
export function describeOpenDirection(compiled: CompiledModel, direction: Float64Array, units?: Float64Array): string {
  const names = coordinateNames(compiled);
  const involved = movedBy(direction, units);
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
  const isBounded = ({ i }: { i: number }) =>
    compiled.parameters.some((p) => {
      return bounded(p) && i >= p.unconstrainedOffset && i < p.unconstrainedOffset + p.unconstrainedSize;
    });
  const free = involved.some(isBounded) ? ' (on the unconstrained scale)' : '';
  return (
    `Not identified: along ${text}${more}${free} the density does not change, so these parameters cannot be told ` +
    'apart and have no standard errors. Drop one of them, or give one a prior.'
  );
}
