/** Formulas, linear and generalised linear models. */
export { type AnovaOptions, type AnovaRow, AnovaTable, anova, type DropRow, dropTerms } from './anova.ts';
export {
  type DevianceOptions,
  type DevianceRow,
  DevianceTable,
  type DropDevianceRow,
  devianceTable,
  dropDeviance,
} from './deviance-table.ts';
export type { LinkName } from './families/links.ts';
export { type CoefficientRow, RegressionFit } from './fit.ts';
export type { Contrast } from './formula/contrasts.ts';
export { type Design, type DesignOptions, design } from './formula/design.ts';
export { FormulaError } from './formula/syntax.ts';
export type { LinkOfModel, ModelFamilyName } from './formula-families.ts';
export { type FormulaModel, type FormulaModelOptions, formulaModel } from './formula-model.ts';
export { GeneralisedFit, type ResidualKind } from './generalised-fit.ts';
export { type FamilyName, type GeneralisedOptions, glm, type MultinomialOptions } from './glm.ts';
export { type LikelihoodFamily, LikelihoodFit, type LikelihoodOptions } from './likelihood-fit.ts';
export { LinearFit, type LinearOptions, lm, type Prediction } from './lm.ts';
export {
  contrast,
  type EffectOptions,
  type MarginalEffectRow,
  marginalEffects,
} from './marginal-effects.ts';
export { MixedFit } from './mixed/fit.ts';
export type { MixedFamilyName } from './mixed/generalised-integral.ts';
export { GeneralisedMixedFit } from './mixed/generalised-mixed-fit.ts';
export { type GeneralisedMixedOptions, glmer } from './mixed/glmer.ts';
export { type EffectRow, GroupedFit, type GroupOptions, type VarianceRow } from './mixed/grouped-fit.ts';
export { lmer, type MixedOptions } from './mixed/lmer.ts';
export type { MixedBootstrapOptions } from './mixed/parametric-bootstrap.ts';
export { MultinomialFit, multinomialRegression } from './multinomial.ts';
export { type NestedFit, type NestedRow, NestedTable } from './nested-models.ts';
export {
  type CrossValidation,
  crossValidate,
  type PenalisedOptions,
  PenalisedPath,
  penalised,
} from './penalised.ts';
export type { FormulaPriors, OwnPriors } from './priors.ts';
export { type Psi, RobustFit, type RobustOptions, rlm } from './rlm.ts';
export { type RobustCovariance, type RobustKind, robustCovariance } from './robust.ts';
export type { SumsOfSquares } from './term-comparisons.ts';
