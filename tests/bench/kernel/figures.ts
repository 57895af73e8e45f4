/**
 * What the samples say: medians and pass counts, and how ours stand with the bars. Pure.
 */
import type { Bars } from '../report.ts';
import { median } from '../statistics.ts';

/** One line of client.py: milliseconds or megabytes, null where nothing came in time. */
export interface Sample {
  readonly row: string;
  readonly kernel: string;
  readonly value: number | null;
  /** Whether all that was expected came, and came before idle. */
  readonly passed: boolean;
}

export interface Figure {
  readonly median: number | undefined;
  readonly passed: number;
  readonly of: number;
}

/**
 * A bar: the most that our figure may be. Its key in bars.json is the row, and after ` / ` the peer whose median it is
 * a multiple of.
 */
export interface Verdict {
  readonly bar: string;
  readonly limit: number;
  /** Our median, or its ratio to the peer's; undefined where there is none to compare. */
  readonly reached: number | undefined;
  readonly met: boolean;
}

export interface KernelReport {
  readonly verdicts: readonly Verdict[];
  readonly text: string;
  readonly missed: readonly string[];
}

const ours = 'estimand';

/** Median of all times, and how many samples passed. A lost sample has no time and did not pass. */
export function figureOf(samples: readonly Sample[], row: string, kernel: string): Figure {
  const found = samples.filter((sample) => sample.row === row && sample.kernel === kernel);
  const values = found.map(({ value }) => value).filter((value) => value !== null);
  return {
    median: values.length > 0 ? median(values) : undefined,
    passed: found.filter(({ passed }) => passed).length,
    of: found.length,
  };
}

/** Judge one bar. NaN, a lost sample of ours and a peer without a figure meet none. */
export function judge(samples: readonly Sample[], bar: string, limit: number): Verdict {
  const [row = '', peer] = bar.split(' / ');
  const us = figureOf(samples, row, ours);
  const base = peer === undefined ? 1 : figureOf(samples, row, peer).median;
  const reached = us.median === undefined || base === undefined ? undefined : us.median / base;
  const whole = us.of > 0 && us.passed === us.of;
  return { bar, limit, reached, met: whole && reached !== undefined && reached <= limit };
}

/**
 * Judge all bars, and every row of ours by its pass count: a row that lost something is missed, bar or not.
 *
 * @param load what the machine was doing meanwhile, for the summary line
 */
export function kernelReport(samples: readonly Sample[], bars: Bars, load: string): KernelReport {
  const rows = [...new Set(samples.map(({ row }) => row))];
  const kernels = [...new Set(samples.map(({ kernel }) => kernel))];
  kernels.sort((a, b) => Number(b === ours) - Number(a === ours));
  const verdicts = Object.entries(bars).map(([bar, limit]) => judge(samples, bar, limit));
  const missed = verdicts.filter(({ met }) => !met).map(({ bar }) => bar);
  for (const row of rows) {
    const { passed, of } = figureOf(samples, row, ours);
    if (passed < of && !missed.some((bar) => bar === row || bar.startsWith(`${row} / `))) missed.push(row);
  }
  const table = rows.map((row) => [
    row.padEnd(16),
    ...kernels.map((kernel) => cell(figureOf(samples, row, kernel)).padStart(20)),
  ]);
  const head = ['median'.padEnd(16), ...kernels.map((kernel) => kernel.padStart(20))];
  const judged = verdicts.map(({ bar, limit, reached, met }) =>
    [
      bar.padEnd(26),
      (reached === undefined ? '–' : digits(reached)).padStart(8),
      `at most ${digits(limit)}`.padStart(14),
      met ? '' : '  missed',
    ].join(' '),
  );
  const verdict = missed.length === 0 ? 'every bar reached' : `missed: ${missed.join(', ')}`;
  const summary = `kernel: ${verdicts.length - verdicts.filter(({ met }) => !met).length} of ${verdicts.length} bars; ${load}; ${verdict}`;
  const lines = [head.join(' '), ...table.map((line) => line.join(' ')), ...judged, summary];
  return { verdicts, missed, text: lines.map((line) => line.trimEnd()).join('\n') };
}

/** The median, and the pass count where something was lost. */
function cell({ median, passed, of }: Figure): string {
  if (of === 0) return '–';
  const count = passed === of ? '' : ` (${passed} of ${of})`;
  return `${median === undefined ? 'lost' : digits(median)}${count}`;
}

/** Three digits that matter. */
function digits(x: number): string {
  return x >= 100 ? x.toFixed(0) : x.toPrecision(3);
}
