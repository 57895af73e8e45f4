/**
 * Fisher scoring by the way that suits: products of the columns where there are many rows and all is well conditioned,
 * factors of the rows otherwise.
 */
import { type Scoring, type ScoringProblem, scoreByFactors } from './irls.ts';
import { isLarge, scoreByProducts } from './irls-products.ts';

/** Climb the likelihood of a generalised linear model. */
export function score(problem: ScoringProblem): Scoring {
  return (isLarge(problem) ? scoreByProducts(problem) : undefined) ?? scoreByFactors(problem);
}
