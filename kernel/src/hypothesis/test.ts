/**
 * The result every test gives: statistic, p-value, estimate, interval and effect size, with a plain-text table.
 */
import { formatTable } from '../data/table.ts';
import { checkShare } from '../estimate/options.ts';
import { Displayable } from '../host/display.ts';
import { formatFigure, formatP } from '../regression/format.ts';

/** What holds when the null hypothesis does not: the parameter differs from it, or lies below or above. */
export type Alternative = 'two-sided' | 'less' | 'greater';

export interface TestParts {
  /** Name of the test. */
  readonly method: string;
  /** What the null hypothesis says. */
  readonly hypothesis: string;
  /** Name and value of the test statistic. */
  readonly statistic?: readonly [name: string, value: number];
  /** Parameters of its null distribution, such as the degrees of freedom. */
  readonly parameters?: Readonly<Record<string, number>>;
  readonly p: number;
  readonly alternative?: Alternative;
  readonly estimates?: Readonly<Record<string, number>>;
  /** Interval of confidence of what is tested. */
  readonly interval?: readonly [lower: number, upper: number];
  readonly level?: number;
  /** Sizes of the effect that do not depend on the unit. */
  readonly effects?: Readonly<Record<string, number>>;
  readonly notes?: readonly string[];
}

/**
 * The result of a test.
 *
 * @example
 * const { p, interval, effects } = tTest(treated, control);
 */
export class HypothesisTest extends Displayable {
  override readonly kind = 'hypothesis-test';
  readonly method: string;
  readonly hypothesis: string;
  /** NaN where a test has no statistic but its p-value. */
  readonly statistic: number;
  readonly statisticName: string | undefined;
  readonly parameters: Readonly<Record<string, number>>;
  /** The probability, under the null hypothesis, of a result at least as far from it. */
  readonly p: number;
  readonly alternative: Alternative;
  readonly estimates: Readonly<Record<string, number>>;
  readonly interval: readonly [lower: number, upper: number] | undefined;
  readonly level: number;
  readonly effects: Readonly<Record<string, number>>;
  readonly notes: readonly string[];

  constructor(parts: TestParts) {
    super();
    this.method = parts.method;
    this.hypothesis = parts.hypothesis;
    this.statistic = parts.statistic?.[1] ?? Number.NaN;
    this.statisticName = parts.statistic?.[0];
    this.parameters = parts.parameters ?? {};
    this.p = Number.isNaN(parts.p) ? parts.p : Math.min(1, Math.max(0, parts.p));
    this.alternative = parts.alternative ?? 'two-sided';
    this.estimates = parts.estimates ?? {};
    this.interval = parts.interval;
    this.level = parts.level ?? 0.95;
    this.effects = parts.effects ?? {};
    this.notes = parts.notes ?? [];
  }

  /** Name and figure of all there is to say, as text. */
  get rows(): (readonly [string, string])[] {
    const row = ([name, value]: readonly [string, number]) => [name, formatFigure(value)] as const;
    return [
      ...(this.statisticName === undefined ? [] : [row([this.statisticName, this.statistic])]),
      ...Object.entries(this.parameters).map(row),
      ['p-value', formatP(this.p)],
      ...Object.entries(this.estimates).map(row),
      ...(this.interval
        ? [[`${100 * this.level} % interval`, `${this.interval.map((end) => formatFigure(end)).join(' to ')}`] as const]
        : []),
      ...Object.entries(this.effects).map(row),
    ];
  }

  /** The null hypothesis, and what else may hold. */
  get null(): string {
    const side = this.alternative === 'two-sided' ? '' : ` (alternative: ${this.alternative})`;
    return `Null hypothesis: ${this.hypothesis}${side}`;
  }

  override toString(): string {
    return [`${this.method}\n${this.null}`, formatTable(['', ''], this.rows).trimStart(), ...this.notes].join('\n');
  }
}

/** Options most tests take. */
export interface TestOptions {
  readonly alternative?: Alternative;
  /** Of the interval, in (0, 1), default 0.95. */
  readonly level?: number;
}

/** The options with their defaults, checked. */
export function commonOptions(caller: string, { alternative = 'two-sided', level = 0.95 }: TestOptions) {
  if (!['two-sided', 'less', 'greater'].includes(alternative)) {
    throw new RangeError(`${caller}: alternative must be 'two-sided', 'less' or 'greater', got '${alternative}'`);
  }
  return { alternative, level: checkShare(caller, 'level', level) };
}

/** The p-value from the two tails of a continuous statistic. */
export function tailP(alternative: Alternative, lower: number, upper: number): number {
  return alternative === 'less' ? lower : alternative === 'greater' ? upper : Math.min(1, 2 * Math.min(lower, upper));
}

/**
 * The values of a sample that are not missing.
 *
 * @throws RangeError when fewer than `least` are left
 */
export function sampleOf(caller: string, name: string, values: ArrayLike<number>, least: number): Float64Array {
  if (typeof values !== 'object' || values === null || !Number.isInteger(values.length)) {
    throw new TypeError(`${caller}: ${name} must be an array of numbers, got ${typeof values}`);
  }
  const sample = Float64Array.from(values).filter((value) => !Number.isNaN(value));
  if (sample.length < least) {
    throw new RangeError(`${caller}: ${name} needs ${least} or more values that are not missing, got ${sample.length}`);
  }
  return sample;
}
