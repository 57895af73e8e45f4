/**
 * The model matrices of a formula with grouped terms, all on the same complete rows.
 */
import { type Design, type DesignOptions, designOf } from '../formula/design.ts';
import type { Data } from '../formula/evaluate.ts';
import { parseExpression, parseFormula } from '../formula/parse.ts';
import { type Grouping, groupLabels } from './grouping.ts';
import { type RandomTerm, splitFormula } from './random-terms.ts';

/** A grouped term: its columns, and the group of each row. */
export interface GroupedTerm {
  readonly term: RandomTerm;
  readonly design: Design; // (n, k)
  readonly grouping: Grouping;
}

/**
 * Designs of the fixed and of each grouped term.
 *
 * @throws FormulaError for a formula that cannot be read, RangeError for a factor with one group
 */
export function groupedDesign(
  caller: string,
  formula: string,
  data: object,
  options: Pick<DesignOptions, 'contrasts' | 'offset' | 'weights'>,
): { readonly fixed: Design; readonly terms: readonly GroupedTerm[] } {
  const { fixed, random } = splitFormula(parseFormula(formula));
  const parts = random.flatMap(({ terms, group }) => [terms, group]);
  const made = designOf(fixed, data, options, parts);
  const { contrasts, weights, offset } = options;
  const named = [weights, offset].filter((each) => typeof each === 'string').map(parseExpression);
  const response = [...(fixed.response ? [fixed.response] : []), ...named];
  const terms = random.map((term): GroupedTerm => {
    const own = { text: formula, response: undefined, terms: term.terms };
    const design = designOf(own, data, contrasts ? { contrasts } : {}, [...response, fixed.terms, ...parts]);
    const grouping = groupLabels(term.group, formula, data as Data, design.rows);
    if (grouping.levels.length < 2) {
      throw new RangeError(`${caller}: the factor '${grouping.label}' has one group; two or more are expected`);
    }
    return { term, design, grouping };
  });
  return { fixed: made, terms };
}
