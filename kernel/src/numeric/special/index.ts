/** Special functions on plain numbers, one family a file. */
export { logBeta, logChoose } from './beta.ts';
export { erf, erfc, erfcx } from './errorFunction.ts';
export { digamma, lgamma, trigamma } from './gamma.ts';
export { normalCdf, normalLogCdf, normalQuantile } from './normal.ts';
