/**
 * Posterior draws → figure data: per chain a density, a decimated trace and a rank histogram, and the summary
 * table, in at most `figureBytes` whatever the number of draws, parameters and chains.
 */

import { sortedQuantile } from '../numeric/quantile.ts';
import { decimateExtremes } from './decimate.ts';
import { type Bounds, density, densityGrid } from './density.ts';
import { packU16 } from './pack.ts';
import { rankHistogram } from './ranks.ts';
import { formatNumber } from './ticks.ts';
import {
  figureBytes,
  type PosteriorCurves,
  type PosteriorFigure,
  type PosteriorParameter,
  type SummaryFigures,
} from './types.ts';

/** What a posterior must have to be drawn. */
export interface DrawnPosterior {
  /** name → draws of shape (chains, draws, …sizes of the parameter), row-major. */
  readonly draws: Readonly<Record<string, { readonly values: Float64Array; readonly shape: readonly number[] }>>;
  readonly statistics?: { readonly divergent: ArrayLike<number | boolean> };
  readonly warnings?: readonly string[];
  summary(): { readonly rows: readonly SummaryRow[] };
}
export type SummaryRow = { readonly name: string } & Readonly<Partial<Record<Figure, number>>>;
type Figure = Exclude<keyof SummaryFigures, 'q25' | 'q75'>;

/** One scalar's draws (chains, draws). */
interface Scalar {
  readonly name: string;
  readonly values: Float64Array;
}

const shownChains = 16;
const namedLength = 80;

/** Every scalar of the posterior: `theta` of size 8 becomes `theta[0]` … `theta[7]`. */
export function scalarsOf(posterior: Pick<DrawnPosterior, 'draws'>): Scalar[] {
  return Object.entries(posterior.draws).flatMap(([name, { values, shape }]) => {
    const [chains = 0, draws = 0, ...sizes] = shape;
    const size = sizes.reduce((product, n) => product * n, 1);
    return Array.from({ length: size }, (_, k) => ({
      name: sizes.length === 0 ? name : `${name}[${subscripts(k, sizes).join(',')}]`,
      values: Float64Array.from({ length: chains * draws }, (_, i) => values[i * size + k]!),
    }));
  });
}

/** Subscripts of the k-th element, row-major: k = 5 of (2, 3) → [1, 2]. */
function subscripts(k: number, sizes: readonly number[]): number[] {
  const result: number[] = [];
  let rest = k;
  for (const size of sizes.toReversed()) {
    result.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return result;
}

const finiteOrNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? Number(value.toPrecision(7)) : null;

function summaryFigures(row: SummaryRow | undefined, sorted: Float64Array): SummaryFigures {
  const q = (probability: number) => finiteOrNull(sortedQuantile(sorted, probability));
  return {
    mean: finiteOrNull(row?.mean),
    sd: finiteOrNull(row?.sd),
    q5: q(0.05),
    q25: q(0.25),
    median: q(0.5),
    q75: q(0.75),
    q95: q(0.95),
    mcseMean: finiteOrNull(row?.mcseMean),
    mcseSd: finiteOrNull(row?.mcseSd),
    essBulk: finiteOrNull(row?.essBulk),
    essTail: finiteOrNull(row?.essTail),
    rHat: finiteOrNull(row?.rHat),
  };
}

/** Curves of one scalar, coarser the more chains there are; undefined when no draw is finite. */
function curvesOf(
  { values }: Scalar,
  sorted: Float64Array,
  chains: number,
  bounds: Bounds,
): PosteriorCurves | undefined {
  if (sorted.length === 0) return undefined;
  const draws = values.length / chains;
  const shown = Math.min(chains, shownChains);
  const detail = Math.min(1, 4 / shown);
  const grid = densityGrid(sorted, Math.max(64, Math.round(128 * detail)), bounds);
  const tracePoints = Math.min(draws, 2 * Math.round(Math.max(40, 120 * detail)));
  const bins = Math.min(20, draws);
  const perChain = Array.from({ length: shown }, (_, chain) => values.subarray(chain * draws, (chain + 1) * draws));
  const densities = perChain.flatMap((chain) => [
    ...density(chain.filter(Number.isFinite).sort(), grid, bounds), // (points,)
  ]);
  const traces = perChain.flatMap((chain) => [...decimateExtremes(chain, tracePoints)]);
  return {
    density: {
      ...grid,
      values: packU16(densities),
      outside: sorted.reduce((count, x) => count + Number(x < grid.start || x > grid.end), 0),
    },
    trace: { points: traces.length / shown, values: packU16(traces) },
    ranks: { bins, counts: rankHistogram(values, chains, bins).slice(0, shown) },
  };
}

/**
 * The figure of a posterior.
 *
 * @param posterior draws of at least one parameter, one chain and one draw
 * @param bounds hard bounds by scalar name, so that densities stop there
 * @returns data of at most `figureBytes` bytes as JSON: parameters beyond the room keep their summary row, and
 *   beyond that are counted in `omitted`
 * @example
 * const data = posteriorFigure(await sample(schools, { seed: 1 }));
 */
export function posteriorFigure(
  posterior: DrawnPosterior,
  bounds: Readonly<Record<string, Bounds>> = {},
): PosteriorFigure {
  const rows = new Map(posterior.summary().rows.map((row) => [row.name, row]));
  const [chains = 1, draws = 0] = Object.values(posterior.draws)[0]?.shape ?? [];
  const scalars = scalarsOf(posterior);
  const divergences = Array.from(posterior.statistics?.divergent ?? [], Number).reduce((sum, d) => sum + d, 0);
  const warnings = (posterior.warnings ?? []).slice(0, 20).map((warning) => warning.slice(0, 500));

  const kept = scalars.slice(0, 200);
  const sorted = kept.map(({ values }) => values.filter(Number.isFinite).sort());
  const summaries: PosteriorParameter[] = kept.map(({ name }, i) => ({
    name: name.slice(0, namedLength),
    summary: summaryFigures(rows.get(name), sorted[i]!),
  }));
  // Every parameter keeps its row of figures; curves get what is left, in order.
  let room = figureBytes - bytesOf([summaries, warnings]) - 4000;
  const parameters = kept.map((scalar, i): PosteriorParameter => {
    if (room <= 0) return summaries[i]!;
    const curves = curvesOf(scalar, sorted[i]!, chains, bounds[scalar.name] ?? {});
    room -= bytesOf(curves ?? {});
    return curves && room > 0 ? { ...summaries[i]!, curves } : summaries[i]!;
  });
  const omitted = scalars.length - kept.length;
  return {
    kind: 'posterior',
    version: 1,
    title: `Posterior of ${listed(
      parameters.map((parameter) => parameter.name),
      omitted,
    )}`,
    description: describe(parameters, chains, draws, divergences),
    chains,
    draws,
    parameters,
    omitted,
    divergences,
    warnings,
  };
}

const bytesOf = (data: unknown): number => new TextEncoder().encode(JSON.stringify(data)).length + 12;

/** "mu, tau and 8 more". */
export function listed(names: readonly string[], omitted = 0): string {
  const shown = names.length <= 4 ? names : names.slice(0, 3);
  const more = names.length - shown.length + omitted;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : shown.join('');
}

function describe(
  parameters: readonly PosteriorParameter[],
  chains: number,
  draws: number,
  divergences: number,
): string {
  const figures = parameters.slice(0, 4).map(({ name, summary: { mean, q5, q95 } }) => {
    return `${name}: mean ${formatNumber(mean)}, 90 % interval ${formatNumber(q5)} to ${formatNumber(q95)}`;
  });
  const trouble = divergences > 0 ? ` ${divergences} divergent transitions.` : '';
  return `${chains} ${chains === 1 ? 'chain' : 'chains'} of ${draws} draws. ${figures.join('; ')}.${trouble}`;
}
