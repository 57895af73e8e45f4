/**
 * Linear mixed models by restricted or plain maximum likelihood (Bates, Mächler, Bolker & Walker 2015).
 */

import { bfgs } from '../../estimate/optimise/bfgs.ts';
import { newton } from '../../estimate/optimise/newton.ts';
import type { Objective } from '../../estimate/optimise/objective.ts';
import { minimise } from '../../estimate/optimise/shared.ts';
import { checkNames } from '../../estimate/options.ts';
import { PivotedQr } from '../../numeric/linalg/pivoted-qr.ts';
import type { DesignOptions } from '../formula/design.ts';
import { FormulaError, print } from '../formula/syntax.ts';
import { refuseDependent } from '../lm.ts';
import { type FittedTerm, MixedFit } from './fit.ts';
import { groupedDesign } from './grouped-design.ts';
import { factorOf, PenalisedLeastSquares, type TermData, thetaSize } from './penalised-least-squares.ts';

export interface MixedOptions extends Pick<DesignOptions, 'contrasts'> {
  /** Restricted maximum likelihood (default), whose variances do not pretend that the fixed effects are known. */
  readonly reml?: boolean;
}

/** A relative standard deviation below this is at the edge: lme4's tolerance for a singular fit. */
const singular = 1e-4;
/** Half width of the differences that make the gradient: truncation h⁴ and rounding 1e-13/h are then both near 1e-10. */
const differenceStep = 1e-3;

/** The criterion with its gradient by differences of fourth order. */
function objectiveOf(problem: PenalisedLeastSquares, dimension: number): Objective {
  const value = (theta: Float64Array) => problem.criterion(theta);
  return {
    dimension,
    value,
    valueAndGradient(theta, gradient) {
      for (let i = 0; i < dimension; i++) {
        const at = (steps: number) => value(theta.with(i, theta[i]! + steps * differenceStep));
        gradient[i] = (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / (12 * differenceStep);
      }
      return value(theta);
    },
  };
}

/** Signs so that standard deviations come out positive: the criterion does not know the sign of a column. */
function upright(theta: Float64Array, terms: readonly TermData[]): Float64Array {
  const result = theta.slice();
  let offset = 0;
  for (const { width } of terms) {
    for (let j = 0; j < width; j++) {
      const length = width - j;
      if (result[offset]! < 0) for (let i = 0; i < length; i++) result[offset + i] = -result[offset + i]!;
      offset += length;
    }
  }
  return result;
}

function doubts(theta: Float64Array, terms: readonly FittedTerm[], converged: boolean): string[] {
  const warnings: string[] = [];
  let offset = 0;
  for (const { data, grouping } of terms) {
    const { width } = data;
    const factor = factorOf(theta, offset, width);
    offset += (width * (width + 1)) / 2;
    if (factor.some((value, at) => at % (width + 1) === 0 && Math.abs(value) < singular)) {
      warnings.push(
        `singular fit: a variance of '${grouping.label}' is estimated as 0, or a correlation as ±1. Leave out a random coefficient, or give priors with model() and sample`,
      );
    }
  }
  if (!converged) warnings.push('the criterion did not converge: rescale the predictors, or leave out a random term');
  return warnings;
}

/**
 * Fit a linear mixed model: coefficients that vary from group to group, normally distributed around the fixed ones.
 *
 * The criterion is profiled over the fixed effects and the residual variance and minimised over the relative
 * covariance factors, as lme4 does. Compare fits that differ in fixed effects with `reml: false` alone.
 *
 * @param formula such as `'Reaction ~ Days + (Days | Subject)'`; `(1 | a/b)` groups by a and by b within a,
 *   `(x || g)` lets intercept and slope vary without correlation, `(1 | a) + (1 | b)` crosses two factors
 * @param data columns of one length; rows with a missing value are dropped, and counted in `design.note`
 * @throws FormulaError without a grouped term; RangeError for columns that depend on others, a factor with one group,
 *   or as many random coefficients as observations
 * @example
 * const fit = lmer('Reaction ~ Days + (Days | Subject)', sleep);
 * fit.variances; // standard deviations and correlations
 */
export function lmer(formula: string, data: object, options: MixedOptions = {}): MixedFit {
  checkNames('lmer', options, ['contrasts', 'reml']);
  const { reml = true, contrasts } = options;
  const { fixed: made, terms: grouped } = groupedDesign('lmer', formula, data, contrasts ? { contrasts } : {});
  if (grouped.length === 0) {
    throw new FormulaError(
      formula,
      formula.length,
      'expected a grouped term such as (1 | g); without one use lm or glm',
    );
  }
  if (made.response?.value.kind !== 'numbers') {
    const what = made.response ? `'${made.response.label}' is a ${made.response.value.kind}` : 'the formula has none';
    throw new TypeError(`lmer: a numeric response expected, as in 'y ~ x + (1 | g)'; ${what}`);
  }
  const y = made.response.value.values.map((value, i) => value - (made.offset?.[i] ?? 0));
  const n = y.length;
  const p = made.columns.length;
  const terms = grouped.map((each): FittedTerm => {
    const { term, design, grouping } = each;
    const [levels, width] = [grouping.levels.length, design.columns.length];
    if (levels * width >= n) {
      throw new RangeError(
        `lmer: (${print(term.terms)} | ${grouping.label}) has ${levels * width} coefficients for ${n} observations; leave out a coefficient or the term`,
      );
    }
    return { ...each, data: { width, levels, matrix: design.matrix, codes: grouping.codes } };
  });
  if (p > 0) refuseDependent('lmer', new PivotedQr(made.byColumn, n), made.columns);

  const blocks = terms.map((term) => term.data);
  const problem = new PenalisedLeastSquares(blocks, made.matrix, y, reml);
  const dimension = thetaSize(blocks);
  const objective = objectiveOf(problem, dimension);
  const start = new Float64Array(dimension); // standard deviations as large as the residual one
  let offset = 0;
  for (const { width } of blocks) {
    for (let j = 0; j < width; j++) {
      start[offset] = 1;
      offset += width - j;
    }
  }
  const near = minimise(bfgs(objective, { tolerance: 1e-9 }), start, 200);
  const there = minimise(newton(objective, { tolerance: 1e-14 }), near.state.position, 50);
  const converged = near.ending === 'converged' || there.ending === 'converged';
  const theta = upright(there.state.position, blocks);
  return new MixedFit({
    formula,
    design: made,
    response: made.response.value.values,
    terms,
    problem,
    theta,
    restricted: reml,
    warnings: doubts(theta, terms, converged),
  });
}
