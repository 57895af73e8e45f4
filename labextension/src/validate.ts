/**
 * Version 1 of each figure's JSON, checked before it is drawn. The types are the kernel's (`estimand/figure/types`).
 */
import type { ComparisonFigure, HistoryFigure, LandscapeFigure, PosteriorFigure } from 'estimand/figure/types';
import type { Validated } from './renderer.ts';
import {
  type Check,
  count,
  list,
  literal,
  nullable,
  number,
  optional,
  packed,
  packedLength,
  record,
  text,
  withinBounds,
} from './schema.ts';

const name = text(200);
const figure = nullable(number);
const common = { version: literal(1), title: text(1000), description: text(20_000) };

/** The packed array holds a whole number of rows of this length. */
const rowsOf =
  (points: string): Check =>
  (value, where) => {
    const { [points]: length, values } = value as { [key: string]: number } & {
      values: Parameters<typeof packedLength>[0];
    };
    const rows = packedLength(values as never) / length!;
    return Number.isInteger(rows) && rows >= 1 ? undefined : `${where}.values should hold rows of ${length} numbers`;
  };

const curves = record({
  density: (value, where) =>
    record({ start: number, end: number, points: count, outside: count, values: packed })(value, where) ??
    rowsOf('points')(value, where),
  trace: (value, where) => record({ points: count, values: packed })(value, where) ?? rowsOf('points')(value, where),
  ranks: record({ bins: count, counts: list(list(count, 1000), 1000) }),
});

const summary = record(
  Object.fromEntries(
    ['mean', 'sd', 'q5', 'q25', 'median', 'q75', 'q95', 'mcseMean', 'mcseSd', 'essBulk', 'essTail', 'rHat'].map(
      (key) => [key, figure],
    ),
  ),
);

const posterior = record({
  ...common,
  kind: literal('posterior'),
  chains: count,
  draws: count,
  parameters: list(record({ name, summary, curves: optional(curves) }), 1000),
  omitted: count,
  divergences: count,
  warnings: list(text(2000), 100),
});

const axis = record({ name, min: number, max: number, points: count });

const landscapeFields = record({
  ...common,
  kind: literal('landscape'),
  of: literal('likelihood', 'posterior'),
  others: literal('none', 'fixed', 'profiled'),
  fixed: list(record({ name, value: number }), 1000),
  x: axis,
  y: axis,
  highest: number,
  drop: packed,
  bands: list(number, 50),
  levels: list(record({ probability: number, drop: number, lines: list(record({ x: packed, y: packed }), 200) }), 20),
  marks: list(record({ kind: literal('mle', 'map', 'estimate'), label: name, x: number, y: number }), 100),
  draws: optional(record({ x: packed, y: packed, total: count })),
  paths: optional(list(record({ label: name, x: packed, y: packed }), 20)),
});

const landscape: Check = (value, where) => {
  const problem = landscapeFields(value, where);
  if (problem) return problem;
  const { x, y, drop, bands } = value as LandscapeFigure;
  if (packedLength(drop) !== x.points * y.points) return 'drop should hold x.points × y.points numbers';
  if (x.points < 2 || y.points < 2) return 'a landscape should have at least 2 × 2 points';
  return bands.every((edge, i) => edge > (bands[i - 1] ?? 0)) ? undefined : 'bands should ascend from above 0';
};

const comparisonRow = record({ label: name, estimate: figure, spread: figure, lower: figure, upper: figure });
const comparison = record({
  ...common,
  kind: literal('comparison'),
  level: number,
  parameters: list(record({ name, rows: list(comparisonRow, 100) }), 1000),
  omitted: count,
});

const historyFields = record({
  ...common,
  kind: literal('history'),
  total: count,
  epochs: packed,
  panels: list(record({ name, curves: list(record({ label: name, values: packed }), 10) }), 100),
});

const history: Check = (value, where) => {
  const problem = historyFields(value, where);
  if (problem) return problem;
  const { epochs, panels } = value as HistoryFigure;
  const points = packedLength(epochs);
  return panels.every(({ curves }) => curves.every(({ values }) => packedLength(values) === points))
    ? undefined
    : 'every curve should have a value for each of the epochs';
};

const against =
  <Data>(check: Check) =>
  (json: unknown): Validated<Data> => {
    const problem = withinBounds(json) ?? check(json, '');
    return problem ? { problem } : { data: json as Data };
  };

export const validatePosterior = against<PosteriorFigure>(posterior);
export const validateLandscape = against<LandscapeFigure>(landscape);
export const validateComparison = against<ComparisonFigure>(comparison);
export const validateHistory = against<HistoryFigure>(history);
