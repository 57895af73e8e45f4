/**
 * What a generalised linear model needs to know of the distribution of its response (McCullagh & Nelder 1989, chapter
 * 2); one file a family.
 */
import type { Link, LinkName } from './links.ts';

export interface Family {
  readonly name: string;
  readonly link: Link;
  /** Links that suit the family; the first is the default. */
  readonly links: readonly LinkName[];
  /** Whether responses are proportions, of as many trials as the weight says. */
  readonly proportions?: true;
  /** Whether the dispersion is 1, or estimated from the residuals. */
  readonly dispersion: 'one' | 'estimated';
  /** Variance at a mean, over the dispersion. */
  variance(mean: number): number;
  /** Contribution of one observation of weight 1 to the deviance, ≥ 0. */
  unitDeviance(y: number, mean: number): number;
  /** A mean to start from. */
  start(y: number, weight: number): number;
  isMean(mean: number): boolean;
  /** What the response must be, in words, or undefined where it is. */
  objection(y: number): string | undefined;
  /** Of all observations, with all constants; NaN where the family has a variance alone, and no likelihood; of families with a dispersion, at its R convention of deviance / n. */
  logLikelihood(y: Float64Array, mean: Float64Array, weights: Float64Array, deviance: number): number;
}

/** y log(y / μ), 0 at y = 0. */
export function logRatio(y: number, mean: number, log: (x: number) => number): number {
  return y === 0 ? 0 : y * log(y / mean);
}

export function sumOver(n: number, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += term(i);
  return sum;
}
