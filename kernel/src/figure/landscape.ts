/**
 * A computed landscape → figure data: heights as drops below the top, lines of equal height, marks, draws.
 */
import { contourLines } from './contour.ts';
import { evenIndices } from './decimate.ts';
import { packF32, packU16 } from './pack.ts';
import { formatNumber } from './ticks.ts';
import type { LandscapeFigure, LandscapeLevel, LandscapeMark, LevelLine } from './types.ts';

/** What a landscape must have to be drawn. */
export interface DrawnLandscape {
  readonly of: 'likelihood' | 'posterior';
  readonly others: 'none' | 'fixed' | 'profiled';
  readonly fixed: readonly { readonly name: string; readonly value: number }[];
  /** Names and grids of the two parameters, natural scale, ascending and even. */
  readonly x: { readonly name: string; readonly grid: Float64Array };
  readonly y: { readonly name: string; readonly grid: Float64Array };
  /** Log density (y, x), row-major; −∞ outside the support, NaN where it could not be computed. */
  readonly values: Float64Array;
  readonly marks: readonly (LandscapeMark & { readonly logDensity?: number })[];
  readonly draws?: { readonly x: Float64Array; readonly y: Float64Array };
  readonly paths?: readonly { readonly label: string; readonly x: Float64Array; readonly y: Float64Array }[];
}

const shownDraws = 1000;
const linePoints = 1500;
/** Points of all paths together. */
const pathPoints = 3000;

/**
 * Regions of a quadratic landscape with two parameters: −2 Δ log density is χ² with two degrees of freedom
 * (Wilks 1938), whose quantile is −2 log(1 − p). So the line that encloses p lies −log(1 − p) below the top.
 */
export const levelProbabilities = [0.5, 0.8, 0.95, 0.99] as const;
export const levelDrop = (probability: number): number => -Math.log1p(-probability);

/** Edges 0.1, 0.2, 0.5, 1, 2, 5, … up to the deepest drop; at most fourteen, the foot shares a shade. */
export function shadeBands(deepest: number): number[] {
  const edges = Array.from({ length: 14 }, (_, k) => Number(`${[1, 2, 5][k % 3]!}e${Math.floor(k / 3) - 1}`));
  const last = edges.findIndex((edge) => edge >= deepest);
  return edges.slice(0, last < 0 ? edges.length : Math.max(2, last));
}

/**
 * The figure of a landscape.
 *
 * @param landscape heights on a grid of at most 128 × 128 points
 * @throws RangeError when no height is finite
 * @example
 * const data = landscapeFigure(await landscape(line, { parameters: ['alpha', 'beta'] }));
 */
export function landscapeFigure(landscape: DrawnLandscape): LandscapeFigure {
  const { x, y, values, draws } = landscape;
  const columns = x.grid.length;
  const rows = y.grid.length;
  const heights = [...values, ...landscape.marks.map((mark) => mark.logDensity ?? Number.NaN)];
  const highest = heights.reduce((top, h) => (Number.isFinite(h) && h > top ? h : top), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(highest)) {
    throw new RangeError(
      `landscape: no point of the grid has a finite log density; expected some within the support, look at x ${x.grid[0]} … ${x.grid.at(-1)} and y ${y.grid[0]} … ${y.grid.at(-1)} and give another range`,
    );
  }
  const drop = values.map((height) => highest - height); // (rows, columns)
  const deepest = drop.reduce((low, d) => (Number.isFinite(d) && d > low ? d : low), 0);
  const axis = ({ name, grid }: DrawnLandscape['x']) => ({
    name: name.slice(0, 80),
    min: grid[0]!,
    max: grid.at(-1)!,
    points: grid.length,
  });
  const figure = {
    kind: 'landscape',
    version: 1,
    title: `Log ${landscape.of} over ${x.name.slice(0, 80)} and ${y.name.slice(0, 80)}`,
    of: landscape.of,
    others: landscape.others,
    fixed: landscape.fixed.slice(0, 50).map(({ name, value }) => ({ name: name.slice(0, 80), value })),
    x: axis(x),
    y: axis(y),
    highest,
    drop: packF32(drop),
    bands: shadeBands(deepest),
    levels: levelProbabilities.map((probability): LandscapeLevel => {
      const level = levelDrop(probability);
      return { probability, drop: level, lines: levelLines(drop, columns, rows, level, x.grid, y.grid) };
    }),
    marks: landscape.marks.map(({ kind, label, x, y }) => ({ kind, label: label.slice(0, 80), x, y })),
    ...(draws ? { draws: thinned(draws) } : {}),
    ...(landscape.paths?.length ? { paths: landscape.paths.slice(0, 20).map(pathOf) } : {}),
  } as const;
  return { ...figure, description: describe(figure) };
}

function thinned(draws: { readonly x: Float64Array; readonly y: Float64Array }) {
  const kept = evenIndices(draws.x.length, shownDraws);
  return {
    x: packU16(kept.map((i) => draws.x[i]!)),
    y: packU16(kept.map((i) => draws.y[i]!)),
    total: draws.x.length,
  };
}

/** The path, at most its share of the points; u16 on its own range keeps it to a thousandth of a pixel. */
function pathOf(
  { label, x, y }: NonNullable<DrawnLandscape['paths']>[number],
  _i: number,
  all: readonly unknown[],
): NonNullable<LandscapeFigure['paths']>[number] {
  const count = Math.min(x.length, Math.floor(pathPoints / all.length));
  // Both ends are kept, whatever is left out between.
  const kept = Array.from({ length: count }, (_, k) => Math.round((k * (x.length - 1)) / Math.max(1, count - 1)));
  return { label: label.slice(0, 80), x: packU16(kept.map((i) => x[i]!)), y: packU16(kept.map((i) => y[i]!)) };
}

function levelLines(
  drop: Float64Array,
  columns: number,
  rows: number,
  level: number,
  x: Float64Array,
  y: Float64Array,
): LevelLine[] {
  const along = (grid: Float64Array, at: number) => grid[0]! + (at / (grid.length - 1)) * (grid.at(-1)! - grid[0]!);
  const lines: LevelLine[] = [];
  let room: number = linePoints;
  for (const line of contourLines(drop, columns, rows, level)) {
    room -= line.x.length;
    if (room < 0 || lines.length === 40) break;
    lines.push({ x: packU16(line.x.map((at) => along(x, at))), y: packU16(line.y.map((at) => along(y, at))) });
  }
  return lines;
}

function describe(figure: Omit<LandscapeFigure, 'description'>): string {
  const others = {
    none: '',
    fixed: ` Held fixed: ${figure.fixed.map(({ name, value }) => `${name} = ${formatNumber(value)}`).join(', ')}.`,
    profiled: ' The other parameters are at their best for each point.',
  }[figure.others];
  const marks = figure.marks.map(
    ({ label, x, y }) => ` ${label} at ${figure.x.name} = ${formatNumber(x)}, ${figure.y.name} = ${formatNumber(y)}.`,
  );
  const paths = (figure.paths ?? []).map(({ label }) => label);
  const ways = paths.length > 0 ? ` Paths: ${paths.join(', ')}.` : '';
  const range = ({ name, min, max }: LandscapeFigure['x']) =>
    `${name} from ${formatNumber(min)} to ${formatNumber(max)}`;
  return `Filled contours, ${range(figure.x)} and ${range(figure.y)}; the highest log ${figure.of} is ${formatNumber(figure.highest)}.${others}${marks.join('')}${ways}`;
}
