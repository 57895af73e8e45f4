/**
 * The replicates of a bootstrapped estimate: their histogram (bins after Freedman & Diaconis 1981), the estimate on the
 * data, and an interval.
 */
import type { Bootstrap } from '../estimate/index.ts';
import { checkNames } from '../estimate/options.ts';
import { sortedQuantile } from '../numeric/quantile.ts';
import { colour, paper } from './colours.ts';
import { axes, type Panel, pixelX, pixelY } from './panel.ts';
import { legendOf, Plot, plotSize, reach, upright } from './plot.ts';
import { element } from './svg.ts';
import { formatNumber, formatShort } from './ticks.ts';

const { width, height } = plotSize;
const mostBins = 100;

export interface BootstrapPlotOptions {
  /** Nominal coverage of the interval, in (0, 1), default 0.95. */
  readonly level?: number;
  /** Which interval (default 'bca' where there is a jackknife, else 'percentile'). */
  readonly kind?: 'percentile' | 'basic' | 'bca';
  /** Name of the axis, with its unit (default the scalar's name). */
  readonly xLabel?: string;
}

/**
 * Draw the replicates of one scalar of a bootstrap: a histogram, the estimate, and the interval.
 *
 * @param name of a scalar: `slope`, `beta[1]`
 * @throws RangeError for a name that is not there, a level outside (0, 1), or replicates that are all missing
 * @example bootstrapPlot(await bootstrap(line, { seed: 1 }), 'slope')
 */
export function bootstrapPlot(boot: Bootstrap, name: string, options: BootstrapPlotOptions = {}): Plot {
  checkNames('bootstrapPlot', options, ['level', 'kind', 'xLabel']);
  const { level = 0.95, kind = boot.jackknife ? 'bca' : 'percentile', xLabel = name } = options;
  const all = boot.of(name);
  const sorted = all.filter(Number.isFinite).sort();
  if (sorted.length === 0) throw new RangeError(`bootstrapPlot: '${name}' has no finite replicate`);
  const at = boot.names.indexOf(name);
  const estimate = boot.values[at]!;
  const { lower, upper } = boot.interval(level, kind)[at]!;
  const { edges, counts } = histogram(sorted);
  const panel: Panel = {
    left: 76,
    top: 66,
    width: width - 76 - 24,
    height: height - 66 - 54,
    x: reach(edges, [estimate, lower, upper], 0.03),
    y: [0, 1.05 * Math.max(...counts)],
  };
  const bars = counts.map((count, i) => {
    const [from, to, top] = [pixelX(panel, edges[i]!), pixelX(panel, edges[i + 1]!), pixelY(panel, count)];
    const size = { x: from, y: top, width: Math.max(0.5, to - from - 0.5), height: panel.top + panel.height - top };
    return element('rect', { ...size, fill: colour(0), 'fill-opacity': '0.55' });
  });
  const share = `${formatShort(100 * level)} %`;
  const ends = { stroke: colour(1), width: 2, dash: '6 3' };
  const centre = { stroke: paper.ink, width: 2 };
  const interval = `${share} ${kind === 'bca' ? 'BCa' : kind} interval ${formatShort(lower)} to ${formatShort(upper)}`;
  const body = [
    legendOf([
      { ...centre, label: `estimate ${formatShort(estimate)}` },
      { ...ends, label: interval },
    ]),
    axes(panel, { xTicks: 6, xLabel, yLabel: 'replicates', yLabelOffset: 50 }),
    ...bars,
    upright(panel, lower, ends),
    upright(panel, upper, ends),
    upright(panel, estimate, centre),
  ];
  const left = all.length - sorted.length;
  const words =
    `${sorted.length} replicates of ${name} (${boot.method}): estimate ${formatShort(estimate)}, ` +
    `standard error ${formatNumber(boot.standardErrors[at]!, 3)}, bias ${formatNumber(boot.bias[at]!, 3)}, ${interval}.` +
    (left > 0 ? ` ${left} that are not finite are not shown.` : '');
  return new Plot({ title: `Bootstrap of ${name}`, words, width, height, body });
}

/** Counts between equally spaced edges; width 2 · IQR · n^(−1/3), at most a hundred bins. */
function histogram(sorted: Float64Array): { readonly edges: number[]; readonly counts: number[] } {
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const range = high - low;
  if (range === 0) {
    const half = Math.abs(low) * 1e-3 || 1e-3;
    return { edges: [low - half, low + half], counts: [sorted.length] };
  }
  const spread = sortedQuantile(sorted, 0.75) - sortedQuantile(sorted, 0.25);
  const rule = range / (2 * spread * sorted.length ** (-1 / 3));
  const bins = Math.min(mostBins, Math.max(1, Number.isFinite(rule) ? Math.ceil(rule) : mostBins));
  const counts = new Array<number>(bins).fill(0);
  for (const value of sorted) counts[Math.min(bins - 1, Math.floor(((value - low) / range) * bins))]!++;
  return { edges: Array.from({ length: bins + 1 }, (_, i) => low + (range * i) / bins), counts };
}
