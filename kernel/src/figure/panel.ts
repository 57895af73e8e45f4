/**
 * A rectangle with two linear scales, its grid, frame, ticks and axis names: the ground every picture stands on.
 */
import { paper } from './colours.ts';
import { element, text } from './svg.ts';
import { tickLabels, ticks } from './ticks.ts';

export interface Panel {
  /** Left, top, width and height of the drawing area in px. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Data at the left and right, and at the bottom and top. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Pixel of a data value; a scale of no width maps to its middle. */
export function pixelX(panel: Panel, value: number): number {
  const [from, to] = panel.x;
  return panel.left + panel.width * (to !== from ? (value - from) / (to - from) : 0.5);
}

export function pixelY(panel: Panel, value: number): number {
  const [from, to] = panel.y;
  return panel.top + panel.height * (1 - (to !== from ? (value - from) / (to - from) : 0.5));
}

export interface AxisOptions {
  readonly xTicks?: number;
  readonly yTicks?: number;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Distance of the y label from the panel's left edge, px. */
  readonly yLabelOffset?: number;
}

/** Grid, ticks and labels; 0 ticks leaves an axis bare. Drawn below the data. */
export function axes(
  panel: Panel,
  { xTicks = 5, yTicks = 5, xLabel, yLabel, yLabelOffset = 46 }: AxisOptions = {},
): string {
  const { left, top, width, height } = panel;
  const bottom = top + height;
  const parts: string[] = [];
  const line = (x1: number, y1: number, x2: number, y2: number) =>
    parts.push(element('line', { x1, y1, x2, y2, stroke: paper.grid }));
  if (xTicks > 0) {
    const values = ticks(...panel.x, xTicks);
    const labels = tickLabels(values);
    values.forEach((value, i) => {
      const x = pixelX(panel, value);
      line(x, top, x, bottom);
      parts.push(text(x, bottom + 15, labels[i]!, { size: 11, fill: paper.soft, anchor: 'middle' }));
    });
  }
  if (yTicks > 0) {
    const values = ticks(...panel.y, yTicks);
    const labels = tickLabels(values);
    values.forEach((value, i) => {
      const y = pixelY(panel, value);
      line(left, y, left + width, y);
      parts.push(text(left - 6, y + 4, labels[i]!, { size: 11, fill: paper.soft, anchor: 'end' }));
    });
  }
  parts.push(element('path', { d: `M${left} ${bottom}H${left + width}`, stroke: paper.frame, fill: 'none' }));
  if (xLabel) parts.push(text(left + width / 2, bottom + 34, xLabel, { anchor: 'middle' }));
  if (yLabel) parts.push(text(left - yLabelOffset, top + height / 2, yLabel, { anchor: 'middle', rotate: -90 }));
  return parts.join('');
}
