/** The tests of a first course. */
export { type Adjustment, adjustP } from './adjust.ts';
export {
  analysisOfVariance,
  type PairRow,
  PairwiseDifferences,
  tukeyHonestDifferences,
} from './analysis-of-variance.ts';
export { type EstimationOptions, estimateDifference } from './bayes/best.ts';
export { type BayesianTableOptions, bayesianTableTest } from './bayes/contingency.ts';
export { type BayesianCorrelationOptions, bayesianCorrelationTest } from './bayes/correlation.ts';
export { bayesFactorOfRegression, bayesianAnalysisOfVariance } from './bayes/linear.ts';
export { type BayesianPoissonOptions, bayesianPoissonTest } from './bayes/poisson.ts';
export { type BayesianProportionOptions, bayesianProportionTest } from './bayes/proportion.ts';
export { BayesianTest } from './bayes/result.ts';
export { type BayesianTOptions, bayesianTTest } from './bayes/t.ts';
export { binomialTest } from './binomial.ts';
export { ChiSquaredTest, chiSquaredTest, goodnessOfFitTest, mcNemarTest } from './chi-squared.ts';
export { cohensD, type EffectSizeRow } from './cohens-d.ts';
export { type CorrelationOptions, correlationTest } from './correlation.ts';
export type { CumulativeHazard } from './cox/baseline.ts';
export { CoxFit, type PredictedSurvival } from './cox/fit.ts';
export type { ProportionalRow, TimeScale } from './cox/proportional.ts';
export { type CoxOptions, coxRegression } from './cox/regression.ts';
export type { SchoenfeldResiduals } from './cox/residuals.ts';
export { type DunnRow, dunnTest } from './dunn.ts';
export { fisherExactTest } from './fisher.ts';
export type { Groups } from './groups.ts';
export { type KolmogorovSmirnovOptions, kolmogorovSmirnovTest } from './kolmogorov-smirnov.ts';
export { friedmanTest, kruskalWallisTest } from './kruskal-wallis.ts';
export { type LogRankOptions, logRankTest } from './log-rank.ts';
export { mantelHaenszelTest } from './mantel-haenszel.ts';
export { type MarginalMeanRow, MarginalMeans, marginalMeans } from './marginal-means.ts';
export { type PermutationOptions, permutationTest } from './permutation.ts';
export { poissonTest } from './poisson.ts';
export { powerOfAnalysisOfVariance, powerOfProportionTest, powerOfTTest } from './power.ts';
export { powerOfChiSquaredTest, powerOfCorrelationTest } from './power-association.ts';
export { proportionTest } from './proportion.ts';
export { oddsAndRisks, type RatioRow } from './ratios.ts';
export { shapiroWilkTest } from './shapiro-wilk.ts';
export { powerBySimulation, type SimulatedPower, type SimulatedPowerOptions } from './simulated-power.ts';
export { kaplanMeier, SurvivalCurve, type SurvivalOptions } from './survival.ts';
export { type TOptions, tTest } from './t.ts';
export type { Counts } from './table.ts';
export { type Alternative, HypothesisTest, type TestOptions } from './test.ts';
export { bartlettTest, flignerTest, leveneTest, varianceTest } from './variance.ts';
export { type WilcoxonOptions, wilcoxonTest } from './wilcoxon.ts';
