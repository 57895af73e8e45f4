/** Formulas, linear and generalised linear models. */
export type { Contrast } from './formula/contrasts.ts';
export { type Design, type DesignOptions, design } from './formula/design.ts';
export { FormulaError } from './formula/syntax.ts';
