/** Special functions on plain numbers, one family a file. */
export {
  besselI0,
  besselI0Scaled,
  besselI1,
  besselI1Scaled,
  besselRatio,
  logBesselI0,
  logBesselI1,
} from './bessel.ts';
export {
  betaDensity,
  betaQuantile,
  betaQuantilePair,
  betaRegularised,
  betaRegularisedUpper,
  betaTails,
} from './beta.ts';
export { erf, erfc, erfcx } from './error-function.ts';
export { digamma, lgamma, trigamma } from './gamma.ts';
export { gammaQuantile, gammaUpperQuantile } from './gamma-quantile.ts';
export { betaRegularisedDerivatives } from './incomplete-beta-derivative.ts';
export { gammaDensity, gammaRegularisedLower, gammaRegularisedUpper } from './incomplete-gamma.ts';
export { gammaRegularisedShapeDerivative } from './incomplete-gamma-derivative.ts';
export { betaRegularisedSecond, gammaRegularisedShapeSecond } from './incomplete-second.ts';
export { logBeta, logChoose, logRising } from './log-beta.ts';
export { multivariateLgamma } from './multivariate-gamma.ts';
export { normalCdf, normalLogCdf, normalQuantile, normalQuantileAbsolute } from './normal.ts';
export { polygamma } from './polygamma.ts';
export { studentTCdf, studentTQuantile, studentTQuantileAbsolute, studentTTwoSided } from './student-t.ts';
