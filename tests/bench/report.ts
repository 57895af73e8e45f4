/**
 * A bench's results against its bars: one row a case, one line at the end, and whether a bar was missed.
 */
import { geometricMean, median, type Pair, type Ratio, ratioOf } from './statistics.ts';

/** The pairs of one case. */
export interface Measurement {
  readonly name: string;
  readonly pairs: readonly Pair[];
}

/** Bars of one bench: the lower end of the ratio's interval must reach them. `geometric mean` is over all cases. */
export type Bars = Readonly<Record<string, number>>;

/** How a case stands with its bar. */
export type Ending = 'reached' | 'missed' | 'no bar';

export interface Row {
  readonly name: string;
  readonly us: number;
  readonly peer: number;
  readonly ratio: Ratio;
  readonly bar: number | undefined;
  readonly ending: Ending;
}

export interface Report {
  readonly rows: readonly Row[];
  readonly text: string;
  readonly missed: readonly string[];
}

/** Judge measurements by bars. The overall bar is met by the geometric mean of the medians. */
export function report(bench: string, peer: string, measurements: readonly Measurement[], bars: Bars): Report {
  const rows = measurements.map(({ name, pairs }): Row => {
    const ratio = ratioOf(pairs);
    const bar = Object.hasOwn(bars, name) ? bars[name] : undefined;
    const ending = bar === undefined ? 'no bar' : ratio.lower >= bar ? 'reached' : 'missed';
    return { name, us: median(pairs.map(({ us }) => us)), peer: median(pairs.map((p) => p.peer)), ratio, bar, ending };
  });
  const overall = geometricMean(rows.map(({ ratio }) => ratio.median));
  const overallBar = Object.hasOwn(bars, 'geometric mean') ? bars['geometric mean'] : undefined;
  const overallMissed = overallBar !== undefined && !(overall >= overallBar);
  const missed = [
    ...rows.filter(({ ending }) => ending === 'missed').map(({ name }) => name),
    ...(overallMissed ? ['geometric mean'] : []),
  ];
  const head = [
    'case'.padEnd(12),
    'µs, us'.padStart(10),
    `µs, ${peer}`.padStart(12),
    'ratio [95 %]'.padStart(22),
    'bar'.padStart(7),
  ];
  const lines = rows.map(({ name, us, peer: theirs, ratio, bar, ending }) =>
    [
      name.padEnd(12),
      digits(us).padStart(10),
      digits(theirs).padStart(12),
      `${digits(ratio.median)} [${digits(ratio.lower)}, ${digits(ratio.upper)}]`.padStart(22),
      (bar === undefined ? '–' : digits(bar)).padStart(7),
      ending === 'missed' ? '  missed' : '',
    ].join(' '),
  );
  const verdict = missed.length === 0 ? 'every bar reached' : `missed: ${missed.join(', ')}`;
  const summary = `${bench}: ${rows.length} cases, geometric mean of peer / us ${digits(overall)}; ${verdict}`;
  return { rows, missed, text: [head.join(' '), ...lines, summary].map((line) => line.trimEnd()).join('\n') };
}

/** Three digits that matter. */
function digits(x: number): string {
  return x >= 100 ? x.toFixed(0) : x.toPrecision(3);
}
