/**
 * The figures of the sampling bench: effective draws a second of each sampler on each model, our ratio to the best of
 * the others, and the table.
 */
import type { Bars } from '../report.ts';
import { geometricMean, median } from '../statistics.ts';

/** One run of one sampler. */
export interface RunFigure {
  readonly sampler: string;
  readonly model: string;
  readonly seed: number;
  /** Wall and CPU seconds of warm-up and sampling, without what compiles. */
  readonly seconds: number;
  readonly cpu: number;
  /** Seconds from the model's text to where sampling could begin. */
  readonly build: number;
  /** Smallest effective sample size. */
  readonly ess: number;
  readonly rhat: number;
  readonly leapfrogs: number;
  /** Largest distance of a mean or sd from ours, in combined standard errors. */
  readonly apart: number;
}

export interface SamplerFigure {
  readonly sampler: string;
  readonly perSecond: number;
  readonly perCpuSecond: number;
  /** Seconds from the model's text to 400 effective draws. */
  readonly toFourHundred: number;
  readonly ess: number;
  readonly rhat: number;
  readonly apart: number;
}

export interface ModelFigure {
  readonly model: string;
  readonly samplers: readonly SamplerFigure[];
  /** Ours over the best other: effective draws a second, wall and CPU; and the others' time to 400 over ours. */
  readonly ratio: number;
  readonly cpuRatio: number;
  readonly toFourHundred: number;
}

export const us = 'us';

/** Medians over seeds, model by model. */
export function summarise(runs: readonly RunFigure[]): ModelFigure[] {
  const models = [...new Set(runs.map(({ model }) => model))];
  return models.map((model) => {
    const here = runs.filter((run) => run.model === model);
    const samplers = [...new Set(here.map(({ sampler }) => sampler))].map((sampler): SamplerFigure => {
      const own = here.filter((run) => run.sampler === sampler);
      const of = (f: (run: RunFigure) => number) => median(own.map(f));
      return {
        sampler,
        perSecond: of(({ ess, seconds }) => ess / seconds),
        perCpuSecond: of(({ ess, cpu }) => ess / cpu),
        toFourHundred: of(({ ess, seconds, build }) => build + (seconds * 400) / ess),
        ess: of(({ ess }) => ess),
        rhat: Math.max(...own.map(({ rhat }) => rhat)),
        apart: Math.max(...own.map(({ apart }) => apart)),
      };
    });
    const ours = samplers.find(({ sampler }) => sampler === us)!;
    const others = samplers.filter(({ sampler }) => !sampler.startsWith(us));
    const best = (f: (s: SamplerFigure) => number) => Math.max(...others.map(f));
    return {
      model,
      samplers,
      ratio: ours.perSecond / best(({ perSecond }) => perSecond),
      cpuRatio: ours.perCpuSecond / best(({ perCpuSecond }) => perCpuSecond),
      toFourHundred: Math.min(...others.map((s) => s.toFourHundred)) / ours.toFourHundred,
    };
  });
}

/** The table, the bars that were missed, and a line at the end. A bar's name is a model, or one of the overall ones. */
export function samplingReport(figures: readonly ModelFigure[], bars: Bars): { text: string; missed: string[] } {
  const head = ['model', 'sampler', 'ESS/s', 'ESS/CPU s', 'to 400, s', 'ESS', 'R-hat', 'apart'];
  const rows = figures.flatMap(({ model, samplers }) =>
    samplers.map((s) => [
      model,
      s.sampler,
      digits(s.perSecond),
      digits(s.perCpuSecond),
      digits(s.toFourHundred),
      digits(s.ess),
      s.rhat.toFixed(3),
      digits(s.apart),
    ]),
  );
  const ratios = figures.map(({ ratio }) => ratio);
  const overall: Readonly<Record<string, number>> = {
    'models won': ratios.filter((ratio) => ratio >= 1).length,
    'least ratio': Math.min(...ratios),
    'geometric mean': geometricMean(ratios),
    'least to 400': Math.min(...figures.map(({ toFourHundred }) => toFourHundred)),
    'geometric mean to 400': geometricMean(figures.map(({ toFourHundred }) => toFourHundred)),
  };
  const missed = Object.entries(bars).flatMap(([name, bar]) => {
    const value = Object.hasOwn(overall, name) ? overall[name] : figures.find(({ model }) => model === name)?.ratio;
    return value === undefined || value >= bar ? [] : [`${name} (${digits(value)}, bar ${digits(bar)})`];
  });
  const compared = figures.map(({ model, ratio, cpuRatio, toFourHundred }) => {
    return `${model.padEnd(8)} us / best other: ${digits(ratio)} a second, ${digits(cpuRatio)} a CPU second; to 400: ${digits(toFourHundred)}`;
  });
  const lines = [head, ...rows].map((row) =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(18) : cell.padStart(11))).join(''),
  );
  const sums = Object.entries(overall).map(([name, value]) => `${name} ${digits(value)}`);
  const verdict = missed.length === 0 ? 'every bar reached' : `missed: ${missed.join(', ')}`;
  const last = `sampling: ${figures.length} models; ${sums.join(', ')}; ${verdict}`;
  return { text: [...lines, ...compared, last].map((line) => line.trimEnd()).join('\n'), missed };
}

function digits(x: number): string {
  return Math.abs(x) >= 100 ? x.toFixed(0) : x.toPrecision(3);
}
