/**
 * The history of a training run → figure data: a panel a quantity, training and validation in one.
 */
import { evenIndices } from './decimate.ts';
import { packF32 } from './pack.ts';
import { formatNumber } from './ticks.ts';
import type { HistoryFigure } from './types.ts';

/** What a history must have to be drawn. */
export interface DrawnHistory {
  readonly title: string;
  readonly ending: string;
  readonly rows: readonly {
    readonly epoch: number;
    readonly rate: number;
    readonly values: Readonly<Record<string, number>>;
  }[];
}

/** Points a curve; more epochs are thinned evenly, the last one kept. */
const mostPoints = 600;
const mostPanels = 12;
const VALIDATION = 'validation ';

/** Validation is the second colour and dashed, so that colour is not the only sign. */
const styles = {
  training: { index: 0, dash: undefined },
  validation: { index: 1, dash: '6 3' },
} as const;

/** Style of a curve by its label. */
export function seriesOf(label: string): { readonly index: number; readonly dash: string | undefined } {
  return label === 'validation' ? styles.validation : styles.training;
}

/**
 * The figure of a history: the loss first, then metrics as they come, then the rate where it changes.
 *
 * @example const data = historyFigure(await train(net, data, { ...options, validation: 0.2 }));
 */
export function historyFigure({ title, ending, rows }: DrawnHistory): HistoryFigure {
  const chosen = thinned(rows.length);
  const names = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const bases = [...new Set(names.map(baseOf))].slice(0, mostPanels);
  const curve = (label: string, pick: (row: DrawnHistory['rows'][number]) => number | undefined) => ({
    label,
    values: packF32(chosen.map((i) => pick(rows[i]!) ?? Number.NaN)),
  });
  const panels = bases.map((base) => ({
    name: base.slice(0, 80),
    curves: [
      ...(names.includes(base) ? [curve('training', ({ values }) => values[base])] : []),
      ...(names.includes(VALIDATION + base) ? [curve('validation', ({ values }) => values[VALIDATION + base])] : []),
    ],
  }));
  const changes = rows.some(({ rate }) => rate !== rows[0]!.rate);
  if (changes) panels.push({ name: 'learning rate', curves: [curve('training', ({ rate }) => rate)] });
  const last = rows.at(-1);
  const figures = last ? names.slice(0, 6).map((name) => `${name} ${formatNumber(last.values[name])}`) : [];
  const words = `${rows.length} ${rows.length === 1 ? 'epoch' : 'epochs'}, ${ending}`;
  return {
    kind: 'history',
    version: 1,
    title: `Training: ${title}`.slice(0, 200),
    description: last ? `Curves over ${words}. At the end: ${figures.join(', ')}.` : `No epoch is over: ${ending}.`,
    total: rows.length,
    epochs: packF32(chosen.map((i) => rows[i]!.epoch)),
    panels,
  };
}

function baseOf(name: string): string {
  return name.startsWith(VALIDATION) ? name.slice(VALIDATION.length) : name;
}

function thinned(n: number): number[] {
  if (n <= mostPoints) return Array.from({ length: n }, (_, i) => i);
  return [...evenIndices(n - 1, mostPoints - 1), n - 1];
}
