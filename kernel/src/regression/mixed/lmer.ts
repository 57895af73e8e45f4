/**
 * Linear mixed models by restricted or plain maximum likelihood (Bates, Mächler, Bolker & Walker 2015).
 */

import { checkNames } from '../../estimate/options.ts';
import { PivotedQr } from '../../numeric/linalg/pivoted-qr.ts';
import type { DesignOptions } from '../formula/design.ts';
import { FormulaError, print } from '../formula/syntax.ts';
import { refuseDependent } from '../lm.ts';
import { fitMixed, type MixedFit } from './fit.ts';
import { groupedDesign } from './grouped-design.ts';
import type { FittedTerm } from './grouped-fit.ts';

export interface MixedOptions extends Pick<DesignOptions, 'contrasts' | 'weights' | 'offset'> {
  /** Restricted maximum likelihood (default), whose variances do not pretend that the fixed effects are known. */
  readonly reml?: boolean;
}

/**
 * Fit a linear mixed model: coefficients that vary from group to group, normally distributed around the fixed ones.
 *
 * The criterion is profiled over the fixed effects and the residual variance and minimised over the relative
 * covariance factors, as lme4 does. Likelihoods of fits that differ in fixed effects are compared by maximum likelihood
 * (`reml: false`); `anova` fits them so. `weights` are prior weights: the variance of row i is σ² / wᵢ.
 *
 * @param formula such as `'Reaction ~ Days + (Days | Subject)'`; `(1 | a/b)` groups by a and by b within a,
 *   `(x || g)` lets intercept and slope vary without correlation, `(1 | a) + (1 | b)` crosses two factors
 * @param data columns of one length; rows with a missing value are dropped, and counted in `design.note`
 * @throws FormulaError without a grouped term; RangeError for columns that depend on others, a factor with one group,
 *   or as many random coefficients as observations
 * @example
 * const fit = lmer('Reaction ~ Days + (Days | Subject)', sleep);
 * fit.variances; // standard deviations and correlations
 * fit.effects(); // what each subject deviates by
 * await fit.profileInterval();
 */
export function lmer(formula: string, data: object, options: MixedOptions = {}): MixedFit {
  checkNames('lmer', options, ['contrasts', 'weights', 'offset', 'reml']);
  const { reml = true, ...rest } = options;
  const { fixed: made, terms: grouped } = groupedDesign('lmer', formula, data, rest);
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
  const n = made.rows.length;
  const zero = made.weights?.findIndex((weight) => !(weight > 0)) ?? -1;
  if (zero >= 0) {
    throw new RangeError(
      `lmer: weights above 0 expected, got ${made.weights![zero]} in row ${made.rows[zero]}; leave such rows out`,
    );
  }
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

  return fitMixed({ formula, design: made, response: made.response.value.values, terms, restricted: reml });
}
