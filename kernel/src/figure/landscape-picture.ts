/**
 * The static picture of a landscape: shaded heights, labelled level lines, the estimates and draws on top.
 */
import { paper, shade } from './colours.ts';
import { contourLines } from './contour.ts';
import { type MarkSymbol, markStyle, pathStyle, placeOnAxis } from './marks.ts';
import { unpack } from './pack.ts';
import { axes, type Panel, pixelX, pixelY } from './panel.ts';
import { document, element, fitText, path, text } from './svg.ts';
import { formatNumber } from './ticks.ts';
import type { LandscapeFigure } from './types.ts';

const width = 820;
const height = 580;

/** Where the log density is not finite. */
const outside = '#c9ccd3';

export function landscapePicture(figure: LandscapeFigure): string {
  const { x, y } = figure;
  const panel: Panel = { left: 84, top: 62, width: 500, height: 456, x: [x.min, x.max], y: [y.min, y.max] };
  const clip = element('clipPath', { id: 'panel' }, rectangle(panel, {}));
  const inside = [heights(figure, panel), lines(figure, panel), cloud(figure, panel), paths(figure, panel)].join('');
  const body = [
    text(16, 28, fitText(figure.title, width - 32, 16), { size: 16 }),
    text(16, 48, fitText(subtitle(figure), width - 32, 12), { size: 12, fill: paper.soft }),
    element('defs', {}, clip),
    element('g', { 'clip-path': 'url(#panel)' }, inside),
    rectangle(panel, { fill: 'none', stroke: paper.frame }),
    axes(panel, { xTicks: 6, yTicks: 6, xLabel: fitText(x.name, 400), yLabel: fitText(y.name, 380), yLabelOffset: 58 })
      // The shades cover the grid; only ticks and names are wanted here.
      .replaceAll(`stroke="${paper.grid}"`, 'stroke="none"'),
    marks(figure, panel),
    key(figure, panel),
  ];
  return document(width, height, figure.title, figure.description, body.join(''));
}

function rectangle({ left, top, width, height }: Panel, attributes: Readonly<Record<string, string>>): string {
  return element('rect', { x: left, y: top, width, height, ...attributes });
}

/** What is done with the parameters that are not axes. */
export function subtitle({ others, fixed }: LandscapeFigure): string {
  if (others === 'profiled') return 'The other parameters are at their best for each point (profile).';
  const values = fixed.map(({ name, value }) => `${name} = ${formatNumber(value)}`).join(', ');
  return values ? `Held fixed: ${values}.` : '';
}

/** Regions above each shade's edge, the lowest painted first. A ring of low ground around the grid closes them. */
function heights(figure: LandscapeFigure, panel: Panel): string {
  const columns = figure.x.points + 2;
  const rows = figure.y.points + 2;
  const drop = unpack(figure.drop);
  const deepest = drop.reduce((low, d) => (Number.isFinite(d) && d > low ? d : low), 1);
  const deep = 1e6 * deepest; // so much lower that edges lie on the last finite points
  const ringed = new Float64Array(columns * rows).fill(deep); // (rows, columns)
  for (let j = 0; j < figure.y.points; j++) {
    for (let i = 0; i < figure.x.points; i++) {
      const value = drop[j * figure.x.points + i]!;
      ringed[(j + 1) * columns + i + 1] = Number.isFinite(value) ? value : deep;
    }
  }
  const bands = figure.bands;
  const region = (edge: number) =>
    contourLines(ringed, columns, rows, edge)
      .map((line) =>
        path(
          line.x.map((at) => panel.left + (panel.width * (at - 1)) / (figure.x.points - 1)),
          line.y.map((at) => panel.top + panel.height * (1 - (at - 1) / (figure.y.points - 1))),
          true,
        ),
      )
      .join('');
  const painted = [rectangle(panel, { fill: outside })];
  painted.push(element('path', { d: region(2 * deepest), fill: shade(1), 'fill-rule': 'evenodd' }));
  for (let k = bands.length - 1; k >= 0; k--) {
    painted.push(element('path', { d: region(bands[k]!), fill: shade(k / bands.length), 'fill-rule': 'evenodd' }));
  }
  return painted.join('');
}

const halo = { stroke: paper.background, 'stroke-width': 3, 'paint-order': 'stroke' } as const;

function lines(figure: LandscapeFigure, panel: Panel): string {
  return figure.levels
    .map(({ probability, lines }) => {
      const drawn = lines.map((line) => {
        const xs = unpack(line.x).map((v) => pixelX(panel, v));
        const ys = unpack(line.y).map((v) => pixelY(panel, v));
        return { xs, ys };
      });
      const paths = drawn.map(({ xs, ys }) =>
        element('path', { d: path(xs, ys), fill: 'none', stroke: paper.ink, 'stroke-width': 1.2 }),
      );
      const place = drawn[0] && highestInside(drawn[0].xs, drawn[0].ys, panel);
      const label = place
        ? text(place.x, place.y + 4, percent(probability), { size: 11, anchor: 'middle', ...halo })
        : '';
      return paths.join('') + label;
    })
    .join('');
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** The topmost point of a line that leaves room for its label. */
function highestInside(xs: Float64Array, ys: Float64Array, panel: Panel): { x: number; y: number } | undefined {
  let best: { x: number; y: number } | undefined;
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i]!;
    const y = ys[i]!;
    const fits = x > panel.left + 20 && x < panel.left + panel.width - 20 && y > panel.top + 10;
    if (fits && (!best || y < best.y)) best = { x, y };
  }
  return best;
}

function cloud({ draws }: LandscapeFigure, panel: Panel): string {
  if (!draws) return '';
  const xs = unpack(draws.x);
  const ys = unpack(draws.y);
  const dots = Array.from(xs, (x, i) => `M${pixelX(panel, x).toFixed(1)} ${pixelY(panel, ys[i]!).toFixed(1)}h0`);
  const style = { stroke: paper.ink, 'stroke-width': 2.6, 'stroke-linecap': 'round', 'stroke-opacity': 0.45 };
  return element('path', { d: dots.join(''), fill: 'none', ...style });
}

/** Each path over a dark edge, its points, and a ring where it begins. */
function paths(figure: LandscapeFigure, panel: Panel): string {
  return (figure.paths ?? [])
    .map(({ x, y }, i) => {
      const { colour, dashed } = pathStyle(i);
      const xs = unpack(x).map((v) => pixelX(panel, v));
      const ys = unpack(y).map((v) => pixelY(panel, v));
      const d = path(xs, ys);
      const line = { fill: 'none', 'stroke-linejoin': 'round' } as const;
      const dots = Array.from(xs, (at, k) => `M${at.toFixed(1)} ${ys[k]!.toFixed(1)}h0`).join('');
      const round = { fill: 'none', 'stroke-linecap': 'round' } as const;
      return [
        element('path', { d, ...line, stroke: paper.ink, 'stroke-width': 3.6 }),
        element('path', {
          d,
          ...line,
          stroke: colour,
          'stroke-width': 2,
          'stroke-dasharray': dashed ? '5 3' : undefined,
        }),
        ...(xs.length <= 200
          ? [
              element('path', { d: dots, ...round, stroke: paper.ink, 'stroke-width': 6.5 }),
              element('path', { d: dots, ...round, stroke: colour, 'stroke-width': 4.5 }),
            ]
          : []),
        element('circle', { cx: xs[0]!, cy: ys[0]!, r: 5, fill: 'none', stroke: paper.ink, 'stroke-width': 3.4 }),
        element('circle', { cx: xs[0]!, cy: ys[0]!, r: 5, fill: 'none', stroke: colour, 'stroke-width': 1.8 }),
      ].join('');
    })
    .join('');
}

/** Corners of a mark of width 2, around (0, 0). */
const corners: Readonly<Record<Exclude<MarkSymbol, 'circle'>, readonly (readonly [number, number])[]>> = {
  diamond: [
    [0, -1.2],
    [1.2, 0],
    [0, 1.2],
    [-1.2, 0],
  ],
  'triangle-up': [
    [0, -1.15],
    [1.1, 0.9],
    [-1.1, 0.9],
  ],
  square: [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  'triangle-down': [
    [0, 1.15],
    [1.1, -0.9],
    [-1.1, -0.9],
  ],
};

function mark(i: number, x: number, y: number, size = markStyle(i).size): string {
  const { colour, symbol } = markStyle(i);
  const style = { fill: colour, stroke: paper.ink, 'stroke-width': 1.5 };
  const r = size / 2;
  if (symbol === 'circle') return element('circle', { cx: x, cy: y, r, ...style });
  const xs = corners[symbol].map(([dx]) => x + r * dx);
  const ys = corners[symbol].map(([, dy]) => y + r * dy);
  return element('path', { d: path(xs, ys, true), ...style });
}

/** From the last, which is the largest, to the first. */
function marks(figure: LandscapeFigure, panel: Panel): string {
  return figure.marks
    .map((one, i) => {
      const x = placeOnAxis(one.x, figure.x);
      const y = placeOnAxis(one.y, figure.y);
      return x === undefined || y === undefined ? '' : mark(i, pixelX(panel, x), pixelY(panel, y));
    })
    .reverse()
    .join('');
}

function key(figure: LandscapeFigure, panel: Panel): string {
  const left = panel.left + panel.width + 26;
  const parts: string[] = [];
  let y = panel.top + 10;
  for (const [i, { label }] of figure.marks.entries()) {
    parts.push(mark(i, left + 8, y, 12), text(left + 24, y + 4, fitText(label, 170)));
    y += 24;
  }
  for (const [i, { label }] of (figure.paths ?? []).entries()) {
    const { colour, dashed } = pathStyle(i);
    const at = { x1: left - 1, x2: left + 18, y1: y, y2: y };
    parts.push(element('line', { ...at, stroke: paper.ink, 'stroke-width': 4.4 }));
    parts.push(
      element('line', { ...at, stroke: colour, 'stroke-width': 2.6, 'stroke-dasharray': dashed ? '5 3' : undefined }),
    );
    parts.push(text(left + 24, y + 4, fitText(label, 170)));
    y += 20;
  }
  if (figure.draws) {
    const dots = [2, 8, 14].map((dx, i) =>
      element('circle', { cx: left + dx, cy: y + [2, -3, 1][i]!, r: 1.4, fill: paper.ink }),
    );
    const shown = unpack(figure.draws.x).length;
    const count = shown < figure.draws.total ? `${shown} of ${figure.draws.total} draws` : `${shown} draws`;
    parts.push(...dots, text(left + 24, y + 4, count));
    y += 24;
  }
  parts.push(element('line', { x1: left, x2: left + 17, y1: y, y2: y, stroke: paper.ink, 'stroke-width': 1.2 }));
  parts.push(text(left + 24, y + 4, 'Regions −2 Δ = χ²₂(p)'));
  y += 34;
  parts.push(text(left, y, `Log ${figure.of} below the top`, { size: 12 }));
  y += 12;
  const step = Math.min(24, (panel.top + panel.height - 26 - y) / (figure.bands.length + 1));
  for (let k = 0; k <= figure.bands.length; k++) {
    const top = y + k * step;
    parts.push(
      element('rect', {
        x: left,
        y: top,
        width: 18,
        height: step,
        fill: shade(k / figure.bands.length),
        stroke: paper.frame,
        'stroke-width': 0.5,
      }),
    );
    if (k < figure.bands.length) parts.push(text(left + 24, top + step + 4, String(figure.bands[k]!), { size: 11 }));
  }
  if (unpack(figure.drop).some((value) => !Number.isFinite(value))) {
    y += (figure.bands.length + 1) * step + 12;
    parts.push(
      element('rect', { x: left, y, width: 18, height: 14, fill: outside, stroke: paper.frame, 'stroke-width': 0.5 }),
    );
    parts.push(text(left + 24, y + 11, 'outside the support', { size: 11 }));
  }
  return parts.join('');
}
