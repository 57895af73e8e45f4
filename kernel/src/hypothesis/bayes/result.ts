/**
 * The result of a Bayesian test: how much better the alternative predicted the data than the null hypothesis did, and
 * what is believed of the parameter under the alternative.
 */
import { formatTable } from '../../data/table.ts';
import { Displayable } from '../../host/display.ts';
import { exp } from '../../numeric/elementary.ts';
import { formatFigure } from '../../regression/format.ts';

export interface BayesianParts {
  readonly method: string;
  /** What the null hypothesis says. */
  readonly hypothesis: string;
  /** What the alternative holds plausible, in words. */
  readonly prior: string;
  /** log of the Bayes factor of the alternative over the null hypothesis. */
  readonly logBayesFactor: number;
  /** Name of the parameter. */
  readonly parameter?: string;
  /** Moments and probabilities under the posterior of the alternative. */
  readonly posterior?: Readonly<Record<string, number>>;
  /** Central interval of the posterior. */
  readonly interval?: readonly [lower: number, upper: number];
  readonly level?: number;
}

/** Words for a Bayes factor (Jeffreys 1961, appendix B). */
function strength(size: number): string {
  if (size < 3) return 'hardly worth a mention';
  if (size < 10) return 'substantial';
  if (size < 30) return 'strong';
  return size < 100 ? 'very strong' : 'decisive';
}

/** A Bayes factor with the posterior beside it. */
export class BayesianTest extends Displayable {
  override readonly kind = 'bayesian-test';
  readonly method: string;
  readonly hypothesis: string;
  readonly prior: string;
  readonly logBayesFactor: number;
  readonly parameter: string | undefined;
  readonly posterior: Readonly<Record<string, number>>;
  readonly interval: readonly [lower: number, upper: number] | undefined;
  readonly level: number;

  constructor(parts: BayesianParts) {
    super();
    this.method = parts.method;
    this.hypothesis = parts.hypothesis;
    this.prior = parts.prior;
    this.logBayesFactor = parts.logBayesFactor;
    this.parameter = parts.parameter;
    this.posterior = parts.posterior ?? {};
    this.interval = parts.interval;
    this.level = parts.level ?? 0.95;
  }

  /** How many times more probable the data are under the alternative than under the null hypothesis. */
  get bayesFactor(): number {
    return exp(this.logBayesFactor);
  }

  /**
   * Probability of the alternative.
   *
   * @param prior its probability before the data, in (0, 1), default ½
   */
  probability(prior = 0.5): number {
    if (!(prior > 0 && prior < 1)) throw new RangeError(`probability: prior must lie in (0, 1), got ${prior}`);
    const odds = (prior / (1 - prior)) * this.bayesFactor;
    return odds === Number.POSITIVE_INFINITY ? 1 : odds / (1 + odds);
  }

  override toString(): string {
    const factor = this.bayesFactor;
    const side = factor >= 1 ? 'the alternative' : 'the null hypothesis';
    const rows = [
      ['Bayes factor, alternative over null', formatFigure(factor)],
      ...Object.entries(this.posterior).map(([name, value]) => [name, formatFigure(value)]),
      ...(this.interval
        ? [
            [
              `${100 * this.level} % interval of ${this.parameter ?? 'the parameter'}`,
              this.interval.map((end) => formatFigure(end)).join(' to '),
            ],
          ]
        : []),
    ];
    return [
      `${this.method}\nNull hypothesis: ${this.hypothesis}. Alternative: ${this.prior}`,
      formatTable(['', ''], rows).trimStart(),
      `Evidence for ${side}: ${strength(Math.max(factor, 1 / factor))}`,
    ].join('\n');
  }
}
