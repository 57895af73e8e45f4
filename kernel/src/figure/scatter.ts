/**
 * Data as points in the plane, with curves of a model through them: the picture one looks at before any estimate.
 *
 * It is a static picture (PNG and words): what is plotted is data one already has, so there is nothing to choose.
 */
import { Displayable, jupyterDisplay } from '../host/display.ts';
import type { MimeBundle } from '../host/host.ts';
import { colour, dash, palette, paper } from './colours.ts';
import { axes, type Panel, pixelX, pixelY } from './panel.ts';
import { legendHeight, legendOf, plotSize } from './plot.ts';
import { pictureBundle } from './static-picture.ts';
import { document, element, fitText, path, text } from './svg.ts';
import { formatNumber, formatShort } from './ticks.ts';

/** Options of `scatter`; all may be left out. */
export interface ScatterOptions {
  /** Names of the axes, with units. Default 'x' and 'y'. */
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly title?: string;
  /** A factor: points of one level have one colour. */
  readonly by?: { readonly codes: ArrayLike<number>; readonly levels: readonly string[] };
  /** Ends of the axes. Default: the points' range with a margin. What lies outside is not drawn, but counted. */
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  /** Curves by name: y as a function of x, drawn over the whole axis. */
  readonly lines?: Readonly<Record<string, (x: number) => number>>;
}

const { width, height } = plotSize;
const steps = 120;

/** Points and curves; displays itself. */
export class Scatter extends Displayable {
  override readonly kind = 'scatter';
  readonly x: Float64Array; // (n,)
  readonly y: Float64Array; // (n,)
  readonly #options: ScatterOptions;

  constructor(x: ArrayLike<number>, y: ArrayLike<number>, options: ScatterOptions = {}) {
    super();
    if (x.length !== y.length) {
      throw new RangeError(`scatter: x and y are equally long; got ${x.length} and ${y.length} values`);
    }
    for (const range of [options.xRange, options.yRange]) {
      if (range && !(range[0] < range[1])) {
        throw new RangeError(`scatter: a range is [lower, upper], lower first; got [${range.join(', ')}]`);
      }
    }
    if (options.by && options.by.codes.length !== x.length) {
      throw new RangeError(
        `scatter: 'by' has a level for each of the ${x.length} points; got ${options.by.codes.length}`,
      );
    }
    this.x = Float64Array.from(x);
    this.y = Float64Array.from(y);
    this.#options = options;
  }

  /** The picture as one SVG document. */
  svg(): string {
    const { title = this.#title(), xLabel = 'x', yLabel = 'y', by, lines = {} } = this.#options;
    const shown = this.#shown();
    const crowd = shown.length > 1000;
    const styles = Object.keys(lines).map((label, i) => ({
      label,
      stroke: by ? [paper.ink, paper.soft, paper.frame][i % 3]! : colour(i + 1),
      dash: dash(palette.length * i), // so that two curves that coincide are both seen
    }));
    const signs = [...(by?.levels ?? []).map((label, i) => ({ label, stroke: colour(i), dot: true })), ...styles];
    const top = 62 + legendHeight(signs);
    const panel: Panel = {
      left: 76,
      top,
      width: width - 76 - 24,
      height: height - top - 54,
      x: this.#options.xRange ?? extent(shown.map((i) => this.x[i]!)),
      y: this.#options.yRange ?? extent(shown.map((i) => this.y[i]!)),
    };
    // What is rare is what one looks for: drawn on top, larger and solid where it would drown in a crowd.
    const sizes = shown.reduce(
      (counts, i) => counts.set(by?.codes[i] ?? 0, (counts.get(by?.codes[i] ?? 0) ?? 0) + 1),
      new Map<number, number>(),
    );
    const rare = (i: number) => crowd && sizes.get(by?.codes[i] ?? 0)! < shown.length / 20;
    const order = by
      ? shown.toSorted((i, j) => Number(rare(i)) - Number(rare(j)) || by.codes[i]! - by.codes[j]! || i - j)
      : shown;
    const points = order.map((i) => {
      const fill = by ? levelColour(by.codes[i]!) : colour(0);
      return element('circle', {
        cx: pixelX(panel, this.x[i]!),
        cy: pixelY(panel, this.y[i]!),
        r: rare(i) ? 4 : crowd ? 2.2 : 3.2,
        fill,
        'fill-opacity': rare(i) ? '0.9' : crowd ? '0.4' : '0.55',
      });
    });
    const curves = Object.values(lines).map((curve, i) => {
      const { stroke, dash } = styles[i]!;
      const d = path(...curveThrough(curve, panel));
      return element('path', { d, fill: 'none', stroke, 'stroke-width': 2, 'stroke-dasharray': dash });
    });
    const body = [
      text(16, 26, fitText(title, width - 32, 16), { size: 16 }),
      legendOf(signs),
      axes(panel, { xTicks: 6, yTicks: 6, xLabel, yLabel, yLabelOffset: 54 }),
      ...points,
      ...curves,
    ];
    return document(width, height, title, this.toString(), body.join(''));
  }

  /** What the picture shows, in words. */
  override toString(): string {
    const { xLabel = 'x', yLabel = 'y', by, lines = {} } = this.#options;
    const shown = this.#shown();
    const [xs, ys] = [shown.map((i) => this.x[i]!), shown.map((i) => this.y[i]!)];
    const [left, right] = range(xs);
    const [bottom, top] = range(ys);
    const missing = this.x.reduce(
      (count, x, i) => count + (Number.isFinite(x) && Number.isFinite(this.y[i]) ? 0 : 1),
      0,
    );
    const outside = this.x.length - shown.length - missing;
    return [
      `${shown.length} points: ${yLabel} from ${formatShort(bottom)} to ${formatShort(top)}`,
      ` against ${xLabel} from ${formatShort(left)} to ${formatShort(right)}`,
      `; correlation ${formatNumber(correlation(xs, ys), 3)}`,
      missing > 0 ? `; ${missing} with a missing value not shown` : '',
      outside > 0 ? `; ${outside} outside the axes not shown` : '',
      by ? `; coloured by ${by.levels.join(', ')}` : '',
      Object.keys(lines).length > 0 ? `; curves: ${Object.keys(lines).join(', ')}` : '',
      '.',
    ].join('');
  }

  override [jupyterDisplay](): Promise<MimeBundle> {
    return pictureBundle(this.svg(), this.toString());
  }

  #title(): string {
    const { xLabel = 'x', yLabel = 'y' } = this.#options;
    return `${yLabel} against ${xLabel}`;
  }

  /** Rows with both values, and inside the ranges asked for. */
  #shown(): number[] {
    const { xRange, yRange } = this.#options;
    const inside = (value: number, range: readonly [number, number] | undefined) =>
      Number.isFinite(value) && (range === undefined || (value >= range[0] && value <= range[1]));
    return Array.from(this.x.keys()).filter((i) => inside(this.x[i]!, xRange) && inside(this.y[i]!, yRange));
  }
}

/**
 * Draw points, and curves through them.
 *
 * @param x, y the points' coordinates, equally long; a point with a missing value is left out and counted
 * @throws RangeError when lengths differ
 * @example
 * scatter(flipper, mass, { xLabel: 'flipper (mm)', yLabel: 'mass (g)', lines: { MLE: (x) => a + b * x } });
 */
export function scatter(x: ArrayLike<number>, y: ArrayLike<number>, options: ScatterOptions = {}): Scatter {
  return new Scatter(x, y, options);
}

/** A level's colour; a missing level is grey. */
function levelColour(code: number): string {
  return code < 0 ? paper.frame : colour(code);
}

/** Pixels of a curve over the panel's width; what lies above or below the panel is not drawn. */
function curveThrough(curve: (x: number) => number, panel: Panel): [number[], number[]] {
  const [from, to] = panel.x;
  const [low, high] = panel.y;
  const xs = Array.from({ length: steps + 1 }, (_, i) => from + ((to - from) * i) / steps);
  const ys = xs.map(curve).map((y) => (y >= low && y <= high ? pixelY(panel, y) : Number.NaN));
  return [xs.map((x) => pixelX(panel, x)), ys];
}

function range(values: readonly number[]): [number, number] {
  if (values.length === 0) return [Number.NaN, Number.NaN];
  return values.reduce<[number, number]>(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
}

/** Smallest and largest, with a margin of 4 %. */
function extent(values: readonly number[]): [number, number] {
  const [low, high] = range(values);
  if (!Number.isFinite(low)) return [0, 1];
  const margin = 0.04 * (high - low) || Math.max(1e-6, 0.04 * Math.abs(low));
  return [low - margin, high + margin];
}

/** Pearson's r; NaN where a coordinate does not vary. */
function correlation(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < xs.length; i++) {
    const [dx, dy] = [xs[i]! - mx, ys[i]! - my];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xy / Math.sqrt(xx * yy);
}
