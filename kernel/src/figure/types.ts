/**
 * The JSON of each figure, typed once: the kernel writes it, the JupyterLab extension reads it.
 *
 * The version stands in the MIME type, `application/vnd.estimand.<kind>.v1+json`, and is a promise: a notebook
 * saved today must still draw in ten years. Fields may be added to a version, never changed or removed; what
 * cannot be said that way becomes v2, and the extension keeps drawing v1.
 *
 * A figure carries binned or decimated data, at most `figureBytes` however many draws there were. JSON has no
 * NaN or ±∞: a number that may be missing is `number | null`.
 */

/** Upper bound of a figure's JSON, in bytes. */
export const figureBytes = 200_000;

export const mimeTypes = {
  posterior: 'application/vnd.estimand.posterior.v1+json',
  landscape: 'application/vnd.estimand.landscape.v1+json',
  comparison: 'application/vnd.estimand.comparison.v1+json',
  history: 'application/vnd.estimand.history.v1+json',
} as const;

/**
 * An array as base64 of little-endian numbers. `u16` maps min … max linearly onto 0 … 65534, and 65535 says
 * missing; `f32` is the values themselves. Two dimensions are row-major.
 */
export type PackedArray =
  | { readonly type: 'u16'; readonly min: number; readonly max: number; readonly data: string }
  | { readonly type: 'f32'; readonly data: string };

/** What every figure has. Labels (titles, names) are text, never markup. */
interface Common<Kind extends string> {
  readonly kind: Kind;
  readonly version: 1;
  readonly title: string;
  /** One or two sentences that say in words what the picture shows: its alternative text. */
  readonly description: string;
}

/** One row of the summary table; `null` where a figure cannot be computed (a constant, a single draw). */
export interface SummaryFigures {
  readonly mean: number | null;
  readonly sd: number | null;
  readonly q5: number | null;
  readonly q25: number | null;
  readonly median: number | null;
  readonly q75: number | null;
  readonly q95: number | null;
  readonly mcseMean: number | null;
  readonly mcseSd: number | null;
  readonly essBulk: number | null;
  readonly essTail: number | null;
  readonly rHat: number | null;
}

/** Curves of one scalar parameter, one row per chain. */
export interface PosteriorCurves {
  /** Kernel density estimates (chains, points) on an even grid from `start` to `end`, in 1 / unit of the parameter. */
  readonly density: {
    readonly start: number;
    readonly end: number;
    readonly points: number;
    readonly values: PackedArray;
    /** Draws beyond the grid, of all chains: far tails are counted, not drawn. */
    readonly outside: number;
  };
  /** Lowest and highest draw of each stretch of the chain, in the order they came (chains, points). */
  readonly trace: { readonly points: number; readonly values: PackedArray };
  /** How often each chain's draws fall into each bin of the ranks of all draws (chains, bins). */
  readonly ranks: { readonly bins: number; readonly counts: readonly (readonly number[])[] };
}

export interface PosteriorParameter {
  readonly name: string;
  readonly summary: SummaryFigures;
  /** Absent where the figure's size leaves no room, or no draw is finite. */
  readonly curves?: PosteriorCurves;
}

export interface PosteriorFigure extends Common<'posterior'> {
  readonly chains: number;
  /** Draws per chain, warm-up excluded. */
  readonly draws: number;
  readonly parameters: readonly PosteriorParameter[];
  /** Scalars left out altogether to keep the size. */
  readonly omitted: number;
  /** Divergent transitions after warm-up, all chains. */
  readonly divergences: number;
  readonly warnings: readonly string[];
}

/** One axis of a landscape, on the parameter's natural scale. */
export interface LandscapeAxis {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly points: number;
}

/** A line of equal log density: x and y along it. */
export interface LevelLine {
  readonly x: PackedArray;
  readonly y: PackedArray;
}

export interface LandscapeLevel {
  /** Share of the region inside: the level at which −2 Δ log density reaches this quantile of χ² with 2 degrees. */
  readonly probability: number;
  /** How far below the highest point the line lies, in units of log density. */
  readonly drop: number;
  readonly lines: readonly LevelLine[];
}

export interface LandscapeMark {
  readonly kind: 'mle' | 'map' | 'estimate';
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

export interface LandscapeFigure extends Common<'landscape'> {
  readonly of: 'likelihood' | 'posterior';
  readonly others: 'none' | 'fixed' | 'profiled';
  /** Values of the parameters held fixed. */
  readonly fixed: readonly { readonly name: string; readonly value: number }[];
  readonly x: LandscapeAxis;
  readonly y: LandscapeAxis;
  /** The highest log density known: of the grid or of a mark. */
  readonly highest: number;
  /** How far each point lies below `highest` (y.points, x.points); +∞ outside the support, NaN where it failed. */
  readonly drop: PackedArray;
  /** Drops at which the shade changes, ascending from just above 0. */
  readonly bands: readonly number[];
  readonly levels: readonly LandscapeLevel[];
  readonly marks: readonly LandscapeMark[];
  readonly draws?: { readonly x: PackedArray; readonly y: PackedArray; readonly total: number };
  /** Ways over the ground, points in order (added in version 1; absent in older figures). */
  readonly paths?: readonly { readonly label: string; readonly x: PackedArray; readonly y: PackedArray }[];
}

export interface ComparisonFigureRow {
  readonly label: string;
  readonly estimate: number | null;
  /** Standard error, or posterior standard deviation. */
  readonly spread: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

export interface ComparisonFigure extends Common<'comparison'> {
  /** Share of the intervals, e.g. 0.9. */
  readonly level: number;
  readonly parameters: readonly { readonly name: string; readonly rows: readonly ComparisonFigureRow[] }[];
  readonly omitted: number;
}

/** Curves of one quantity over the epochs: of training, of validation, or both. */
export interface HistoryPanel {
  readonly name: string;
  readonly curves: readonly { readonly label: string; readonly values: PackedArray }[];
}

/** The history of a training run. */
export interface HistoryFigure extends Common<'history'> {
  /** Epochs in all; more than some hundreds are thinned. */
  readonly total: number;
  /** Epoch of each point of every curve. */
  readonly epochs: PackedArray;
  readonly panels: readonly HistoryPanel[];
}

export type FigureData = PosteriorFigure | LandscapeFigure | ComparisonFigure | HistoryFigure;
