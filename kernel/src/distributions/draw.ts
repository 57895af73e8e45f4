/** Draws of arrays from a family's scalar sampler: bounds by inversion or by drawing again, order by sorting. */
import type { Stream } from '../numeric/random.ts';
import type { Family, Structure } from './types.ts';

/** How often a draw that falls outside is drawn again before giving up. */
const MAXIMUM_ATTEMPTS = 100_000;

/** What to draw; everything one number an element. */
export interface Request {
  readonly family: Family;
  readonly structure: Structure;
  readonly size: number;
  /** Length of the last dimension: what is ordered together. */
  readonly last: number;
  /** Number of elements of one variate. */
  readonly event: number;
  /** For variates of one number with parameters of one number. */
  readonly parameters: Readonly<Record<string, Float64Array>>;
  /** For the others: the parameters of variate i. */
  blocks(i: number): Readonly<Record<string, Float64Array>>;
  readonly lower?: Float64Array;
  readonly upper?: Float64Array;
}

function giveUp({ family }: Request, what: string): never {
  throw new Error(
    `${family.name}: no draw ${what} in ${MAXIMUM_ATTEMPTS} attempts; widen the bounds, or give a start by hand`,
  );
}

/** One scalar variate between the element's bounds; `p` is written over, so that nothing is allocated an element. */
function drawElement(stream: Stream, request: Request, i: number, p: Record<string, number>): number {
  const { family } = request;
  const lower = request.lower?.[i] ?? -Infinity;
  const upper = request.upper?.[i] ?? Infinity;
  for (const name in request.parameters) p[name] = request.parameters[name]![i]!;
  if (family.sample === undefined) {
    if (Number.isFinite(upper - lower)) return lower + (upper - lower) * stream.uniform();
    throw new Error(
      `${family.name} is improper: there is no way to draw from it. Give the parameter a proper prior, or bounds on both sides`,
    );
  }
  if (lower === -Infinity && upper === Infinity) return family.sample(stream, p);
  if (family.kind === 'real' && family.cdf !== undefined && family.quantile !== undefined) {
    const below = family.cdf(lower, p);
    const width = family.cdf(upper, p) - below;
    if (width > 1e-9 && below < 1 - 1e-9) {
      const x = family.quantile(below + width * stream.uniform(), p);
      return Math.min(Math.max(x, lower), upper);
    }
  }
  for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) {
    const x = family.sample(stream, p);
    if (x >= lower && x <= upper) return x;
  }
  return giveUp(request, `between ${lower} and ${upper}`);
}

/** Whether the elements from `start` are drawn from one and the same distribution. */
function exchangeable({ parameters, lower, upper }: Request, start: number, end: number): boolean {
  const columns = [...Object.values(parameters), lower, upper];
  return columns.every(
    (column) => column === undefined || column.subarray(start, end).every((v) => v === column[start]),
  );
}

function isOrdered(values: Float64Array): boolean {
  return values.every((v, i) => i === 0 || v > values[i - 1]!);
}

/** Draw elements start … end so that they rise. */
function drawOrdered(stream: Stream, request: Request, out: Float64Array, start: number, end: number): void {
  const sortable = exchangeable(request, start, end); // then sorting is exact
  const part = out.subarray(start, end);
  const p: Record<string, number> = {};
  for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) {
    for (let i = start; i < end; i++) out[i] = drawElement(stream, request, i, p);
    if (sortable) part.sort();
    if (isOrdered(part)) return;
  }
  giveUp(request, 'with rising elements');
}

/** One draw of the whole array, row-major. */
export function draw(stream: Stream, request: Request): Float64Array<ArrayBuffer> {
  const out = new Float64Array(request.size);
  const { family, structure, last, event } = request;
  if (family.sampleEvent !== undefined) {
    for (let i = 0; i * event < out.length; i++) {
      family.sampleEvent(stream, out.subarray(i * event, (i + 1) * event), request.blocks(i));
    }
    return out;
  }
  const p: Record<string, number> = {};
  for (let start = 0; start < out.length; start += last) {
    const end = start + last;
    if (structure === 'ordered' || structure === 'positive ordered') drawOrdered(stream, request, out, start, end);
    else for (let i = start; i < end; i++) out[i] = drawElement(stream, request, i, p);
  }
  return out;
}
