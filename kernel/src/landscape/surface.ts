/**
 * A landscape: the log likelihood or log posterior of a model over two of its parameters.
 */
import { formatTable } from '../data/table.ts';
import { Displayable } from '../host/display.ts';

/** An estimate as a point of the landscape. */
export interface LandscapeMark {
  readonly kind: 'mle' | 'map' | 'estimate';
  readonly label: string;
  readonly x: number;
  readonly y: number;
  /** Log density there, where the mark lies on the landscape (the other parameters being those of the mark). */
  readonly logDensity?: number;
}

/** A way over the landscape, e.g. of a sampler or an optimiser: points joined by straight lines, by name. */
export interface LandscapePath {
  readonly label: string;
  readonly x: Float64Array; // (points,), natural scale
  readonly y: Float64Array; // (points,)
}

export interface LandscapeParts {
  readonly of: 'likelihood' | 'posterior';
  readonly others: 'none' | 'fixed' | 'profiled';
  readonly fixed: readonly { readonly name: string; readonly value: number }[];
  readonly x: { readonly name: string; readonly grid: Float64Array };
  readonly y: { readonly name: string; readonly grid: Float64Array };
  readonly values: Float64Array;
  readonly marks: readonly LandscapeMark[];
  readonly draws?: { readonly x: Float64Array; readonly y: Float64Array };
  readonly paths?: readonly LandscapePath[];
  readonly ending: 'complete' | 'interrupted';
  readonly seconds: number;
}

/**
 * Heights on a grid, natural scale, with the estimates and draws that lie on it.
 *
 * @example
 * const ground = await landscape(line, { parameters: ['alpha', 'beta'] });
 * ground.values[j * ground.x.grid.length + i]; // at (x.grid[i], y.grid[j])
 */
export class Landscape extends Displayable {
  override readonly kind = 'landscape';
  readonly of: 'likelihood' | 'posterior';
  /** What became of the parameters that are not axes. */
  readonly others: 'none' | 'fixed' | 'profiled';
  /** Values of the parameters held fixed. */
  readonly fixed: readonly { readonly name: string; readonly value: number }[];
  readonly x: { readonly name: string; readonly grid: Float64Array }; // (columns,)
  readonly y: { readonly name: string; readonly grid: Float64Array }; // (rows,)
  /** Log density with all constants; −∞ outside the support, NaN where it could not be computed. */
  readonly values: Float64Array; // (rows, columns)
  readonly marks: readonly LandscapeMark[];
  readonly draws?: { readonly x: Float64Array; readonly y: Float64Array };
  readonly paths: readonly LandscapePath[];
  readonly ending: 'complete' | 'interrupted';
  readonly seconds: number;

  constructor(parts: LandscapeParts) {
    super();
    this.of = parts.of;
    this.others = parts.others;
    this.fixed = parts.fixed;
    this.x = parts.x;
    this.y = parts.y;
    this.values = parts.values;
    this.marks = parts.marks;
    if (parts.draws) this.draws = parts.draws;
    this.paths = parts.paths ?? [];
    this.ending = parts.ending;
    this.seconds = parts.seconds;
  }

  /** Where the grid is highest. */
  get top(): { readonly x: number; readonly y: number; readonly logDensity: number } {
    let best = -1;
    this.values.forEach((value, k) => {
      if (Number.isFinite(value) && (best < 0 || value > this.values[best]!)) best = k;
    });
    if (best < 0) return { x: Number.NaN, y: Number.NaN, logDensity: Number.NaN };
    const columns = this.x.grid.length;
    return {
      x: this.x.grid[best % columns]!,
      y: this.y.grid[Math.floor(best / columns)]!,
      logDensity: this.values[best]!,
    };
  }

  /** Title, what the other parameters are, and the points that stand out: what a screen reader reads. */
  override toString(): string {
    const size = `${this.x.grid.length} × ${this.y.grid.length} points`;
    const title = `Log ${this.of} over ${this.x.name} and ${this.y.name}, ${size}${this.ending === 'interrupted' ? ' (interrupted)' : ''}`;
    const others = {
      none: [],
      fixed: [`held fixed: ${this.fixed.map(({ name, value }) => `${name} = ${figureText(value)}`).join(', ')}`],
      profiled: ['the other parameters at their best for each point'],
    }[this.others];
    const top = this.top;
    const ends = this.paths.flatMap(({ label, x, y }) => [
      [`${label}, ${x.length} points, from`, x[0]!, y[0]!, Number.NaN] as const,
      [`${label}, to`, x.at(-1)!, y.at(-1)!, Number.NaN] as const,
    ]);
    const rows = [
      ...this.marks.map(({ label, x, y, logDensity }) => [label, x, y, logDensity ?? Number.NaN] as const),
      ...ends,
      ['highest of the grid', top.x, top.y, top.logDensity] as const,
      ...[0, this.x.grid.length - 1].map((i, k) => {
        const j = k === 0 ? 0 : this.y.grid.length - 1;
        return [k === 0 ? 'lowest values' : 'highest values', this.x.grid[i]!, this.y.grid[j]!, Number.NaN] as const;
      }),
    ];
    const cells = rows.map(([label, ...figures]) => [label, ...figures.map(figureText)]);
    return [title, ...others, formatTable(['', this.x.name, this.y.name, `log ${this.of}`], cells)].join('\n');
  }
}

/** Six significant digits, without trailing zeros; an en dash for NaN. */
function figureText(value: number): string {
  return Number.isNaN(value) ? '–' : String(Number(value.toPrecision(6)));
}
