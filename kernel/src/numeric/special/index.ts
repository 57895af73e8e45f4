/** Special functions on plain numbers, one family a file. */
export { betaQuantile, betaRegularised, betaRegularisedUpper } from './beta.ts';
export { erf, erfc, erfcx } from './error-function.ts';
export { digamma, lgamma, trigamma } from './gamma.ts';
export { gammaQuantile, gammaUpperQuantile } from './gamma-quantile.ts';
export { gammaRegularisedLower, gammaRegularisedUpper } from './incomplete-gamma.ts';
export { logBeta, logChoose } from './log-beta.ts';
export { normalCdf, normalLogCdf, normalQuantile, normalQuantileAbsolute } from './normal.ts';
export { studentTCdf, studentTQuantile } from './student-t.ts';
