/**
 * Kaplan and Meier's (1958) curves as stairs, with the bands of their pointwise intervals, and a tick where a unit was
 * censored.
 */
import { checkNames } from '../estimate/options.ts';
import type { SurvivalCurve } from '../hypothesis/index.ts';
import { colour } from './colours.ts';
import { axes, type Panel, pixelX, pixelY } from './panel.ts';
import { curve, legendHeight, legendOf, Plot, plotSize, reference } from './plot.ts';
import { coordinate, element } from './svg.ts';
import { formatNumber, formatShort } from './ticks.ts';

const { width, height } = plotSize;

export interface SurvivalPlotOptions {
  /** Names of the axes, with the unit of time (default 'time' and 'share without the event'). */
  readonly xLabel?: string;
  readonly yLabel?: string;
}

/**
 * Draw survival curves: the share that has not had the event yet, over time.
 *
 * Bands are the curves' own pointwise intervals (`kaplanMeier`'s `level` and `interval`), and end where none is known.
 * Upright ticks are times at which units were censored.
 *
 * @param curves one curve, or up to seven by name
 * @throws RangeError for no curve, or more than seven
 * @example survivalPlot({ treated: kaplanMeier(time, event), control: kaplanMeier(otherTime, otherEvent) }, { xLabel: 'time (weeks)' });
 */
export function survivalPlot(
  curves: SurvivalCurve | Readonly<Record<string, SurvivalCurve>>,
  options: SurvivalPlotOptions = {},
): Plot {
  checkNames('survivalPlot', options, ['xLabel', 'yLabel']);
  const { xLabel = 'time', yLabel = 'share without the event' } = options;
  const named: [string, SurvivalCurve][] = isCurve(curves) ? [['', curves]] : Object.entries(curves);
  if (named.length === 0 || named.length > 7) {
    throw new RangeError(`survivalPlot: expected one to seven curves, got ${named.length}`);
  }
  const last = Math.max(...named.map(([, { time }]) => time.at(-1)!));
  const signs = named
    .filter(([name]) => name !== '')
    .map(([name], i) => ({ label: name, stroke: colour(i), width: 2.2 }));
  const top = 66 + legendHeight(signs);
  const panel: Panel = {
    left: 76,
    top,
    width: width - 76 - 24,
    height: height - top - 54,
    x: [0, 1.02 * last || 1],
    y: [0, 1.02],
  };
  const levels = [...new Set(named.map(([, { level }]) => `${formatShort(100 * level)} %`))];
  const shown = named.map(([, survival], i) => drawn(panel, survival, colour(i)));
  const title = `Survival, with ${levels.join(', ')} bands; ticks: censored`;
  const body = [
    legendOf(signs),
    axes(panel, { xTicks: 6, xLabel, yLabel, yLabelOffset: 50 }),
    curve(panel, panel.x, [0.5, 0.5], reference),
    ...shown.map(({ band }) => band),
    ...shown.map(({ line }) => line),
  ];
  return new Plot({ title, words: named.map(inWords).join(' '), width, height, body });
}

function isCurve(value: SurvivalCurve | Readonly<Record<string, SurvivalCurve>>): value is SurvivalCurve {
  return value.kind === 'survival-curve';
}

function drawn(panel: Panel, { time, survival, lower, upper, censored }: SurvivalCurve, fill: string) {
  const stairs = stepsOf(time, survival);
  const [low, high] = [stepsOf(time, lower), stepsOf(time, upper)];
  // The interval of a curve that has come to 0 is not known: the band ends there.
  const known = high.ys.findIndex((y, i) => Number.isNaN(y) || Number.isNaN(low.ys[i]!));
  const end = known < 0 ? high.xs.length : known;
  const along = [
    ...Array.from({ length: end }, (_, i) => [high.xs[i]!, high.ys[i]!] as const),
    ...Array.from({ length: end }, (_, i) => [low.xs[end - 1 - i]!, low.ys[end - 1 - i]!] as const),
  ];
  const d = along.map(([x, y]) => `${coordinate(pixelX(panel, x))} ${coordinate(pixelY(panel, y))}`).join('L');
  const ticks = Array.from(time.keys())
    .filter((k) => censored[k]! > 0)
    .map((k) => {
      const [x, y] = [pixelX(panel, time[k]!), pixelY(panel, survival[k]!)];
      return `M${coordinate(x)} ${coordinate(y - 6)}v12`;
    });
  return {
    band: element('path', { d: `M${d}Z`, fill, 'fill-opacity': '0.15' }),
    line:
      curve(panel, stairs.xs, stairs.ys, { stroke: fill, width: 2.2 }) +
      (ticks.length > 0 ? element('path', { d: ticks.join(''), stroke: fill, 'stroke-width': 1.5 }) : ''),
  };
}

/** Corners of the stairs from (0, 1). */
function stepsOf(time: Float64Array, values: Float64Array): { readonly xs: number[]; readonly ys: number[] } {
  const xs = [0];
  const ys = [1];
  time.forEach((t, k) => {
    xs.push(t, t);
    ys.push(ys.at(-1)!, values[k]!);
  });
  return { xs, ys };
}

function inWords([name, survival]: readonly [string, SurvivalCurve]): string {
  const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
  const { time, lower, upper } = survival.quantile();
  const median = Number.isNaN(time)
    ? 'median not reached'
    : `median ${formatShort(time)} (${formatShort(100 * survival.level)} % interval ${open(lower)} to ${open(upper)})`;
  return (
    `${name === '' ? '' : `${name}: `}${survival.atRisk[0]} units, ${sum(survival.events)} events, ` +
    `${sum(survival.censored)} censored; ${median}, survival ${formatNumber(survival.survival.at(-1)!, 3)} at ` +
    `${formatShort(survival.time.at(-1)!)}.`
  );
}

/** An end that the curve's bound never comes to. */
function open(value: number): string {
  return Number.isNaN(value) ? 'open' : formatShort(value);
}
