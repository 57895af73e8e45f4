/**
 * Static pictures of results: the ground of each (a title, a legend, words), and the marks that they share.
 *
 * PNG and words, as `scatter` is; the picture brings its light background with it, so it reads on dark pages too.
 */
import { Displayable, jupyterDisplay } from '../host/display.ts';
import type { MimeBundle } from '../host/host.ts';
import { colour, paper } from './colours.ts';
import { type Panel, pixelX, pixelY } from './panel.ts';
import { pictureBundle } from './static-picture.ts';
import { coordinate, document, element, fitText, path, text, textWidth } from './svg.ts';

/** Size of a picture with one panel, px: its text can be read where a phone shows it 360 px wide. */
export const plotSize = { width: 580, height: 380 } as const;

interface PlotParts {
  readonly title: string;
  /** What the picture shows, in words. */
  readonly words: string;
  readonly width: number;
  readonly height: number;
  /** SVG below the title. */
  readonly body: readonly string[];
}

/** A picture of a result; displays itself. */
export class Plot extends Displayable {
  override readonly kind = 'plot';
  readonly title: string;
  readonly #parts: PlotParts;

  constructor(parts: PlotParts) {
    super();
    this.title = parts.title;
    this.#parts = parts;
  }

  /** The picture as one SVG document. */
  svg(): string {
    const { title, words, width, height, body } = this.#parts;
    const heading = text(16, 26, fitText(title, width - 32, 16), { size: 16 });
    return document(width, height, title, words, [heading, ...body].join(''));
  }

  /** What the picture shows, in words. */
  override toString(): string {
    return this.#parts.words;
  }

  override [jupyterDisplay](): Promise<MimeBundle> {
    return pictureBundle(this.svg(), this.toString());
  }
}

/** How a line is drawn; solid and of the first colour where nothing is said. */
export interface Stroke {
  readonly stroke?: string;
  readonly width?: number;
  readonly dash?: string | undefined;
}

/** Points of the panel; those that are not finite or lie outside are not drawn. */
export function dots(
  panel: Panel,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  { fill = colour(0), r = 3 }: { readonly fill?: string; readonly r?: number } = {},
): string {
  const crowd = xs.length > 1000;
  const drawn: string[] = [];
  for (let i = 0; i < xs.length; i++) {
    if (!inside(xs[i]!, panel.x) || !inside(ys[i]!, panel.y)) continue;
    const at = { cx: pixelX(panel, xs[i]!), cy: pixelY(panel, ys[i]!) };
    drawn.push(element('circle', { ...at, r: crowd ? 2 : r, fill, 'fill-opacity': crowd ? '0.4' : '0.6' }));
  }
  return drawn.join('');
}

/** A line through points; it is broken where they are not finite or lie outside the panel. */
export function curve(
  panel: Panel,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  { stroke = colour(0), width = 2, dash }: Stroke = {},
): string {
  const shown = Array.from(xs, (x, i) => inside(x, panel.x) && inside(ys[i]!, panel.y));
  const d = path(
    shown.map((is, i) => (is ? pixelX(panel, xs[i]!) : Number.NaN)),
    shown.map((is, i) => (is ? pixelY(panel, ys[i]!) : Number.NaN)),
  );
  return element('path', {
    d,
    fill: 'none',
    stroke,
    'stroke-width': width,
    'stroke-dasharray': dash,
    'stroke-linejoin': 'round',
  });
}

/** The part inside the panel of the line y = intercept + slope · x. */
export function straight(panel: Panel, intercept: number, slope: number, style: Stroke): string {
  const ends = [panel.x[0], panel.x[1]];
  if (slope !== 0) ends.push((panel.y[0] - intercept) / slope, (panel.y[1] - intercept) / slope);
  const on = (x: number) => (x - panel.x[0]) / (panel.x[1] - panel.x[0]);
  const slack = 1e-9 * (panel.y[1] - panel.y[0]);
  const xs = ends
    .filter((x) => on(x) >= 0 && on(x) <= 1)
    .filter((x) => inside(intercept + slope * x, [panel.y[0] - slack, panel.y[1] + slack]))
    .sort((a, b) => a - b);
  const [from, to] = [xs[0], xs.at(-1)];
  if (from === undefined || to === undefined) return '';
  const clamp = (y: number) => Math.min(panel.y[1], Math.max(panel.y[0], y));
  return curve(panel, [from, to], [clamp(intercept + slope * from), clamp(intercept + slope * to)], style);
}

/** A line up the panel at x; nothing outside it. */
export function upright(panel: Panel, x: number, style: Stroke = {}): string {
  return curve(panel, [x, x], panel.y, style);
}

export interface LegendEntry extends Stroke {
  readonly label: string;
  /** The sign is a dot in place of a line. */
  readonly dot?: boolean;
}

/** Names beside their signs, below the title, in as many rows as they need. */
export function legendOf(entries: readonly LegendEntry[], width: number = plotSize.width): string {
  return places(entries, width)
    .map(({ x, row, label, stroke = colour(0), width: thick = 2, dash, dot }) => {
      const y = 48 + legendRow * row;
      if (dot) return element('circle', { cx: x + 13, cy: y - 4, r: 4, fill: stroke }) + text(x + 26, y, label);
      const line = { d: `M${coordinate(x)} ${y - 4}h26`, stroke, 'stroke-width': thick, 'stroke-dasharray': dash };
      return element('path', line) + text(x + 34, y, label);
    })
    .join('');
}

/** Height of the rows of a legend after its first, px: how far down it moves the panel. */
export function legendHeight(entries: readonly LegendEntry[], width: number = plotSize.width): number {
  return legendRow * (places(entries, width).at(-1)?.row ?? 0);
}

const legendRow = 18;

/** Where each entry stands; a label that fills a row alone is cut. */
function places(entries: readonly LegendEntry[], width: number) {
  const left = 16;
  let [x, row] = [left, 0];
  return entries.map((entry) => {
    const sign = entry.dot ? 26 : 34;
    const label = fitText(entry.label, width - 2 * left - sign);
    const wide = sign + textWidth(label);
    if (x > left && x + wide > width - left) [x, row] = [left, row + 1];
    const place = { ...entry, label, x, row };
    x += wide + 18;
    return place;
  });
}

/** Least and greatest of the finite values, with a margin; `include` are values that are always within. */
export function reach(values: ArrayLike<number>, include: readonly number[] = [], margin = 0.05): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of [...include, ...Array.from(values)]) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const pad = margin * (high - low) || Math.max(1e-6, margin * Math.abs(low));
  return [low - pad, high + pad];
}

/** Soft grey, for what data are held against. */
export const reference: Stroke = { stroke: paper.frame, width: 1.4, dash: '5 3' };

function inside(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}
