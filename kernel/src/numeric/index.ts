/**
 * What a user sees of the numerical core: random keys and streams, special functions on plain numbers, and dense
 * linear algebra on row-major arrays. (Expressions have the same functions as methods.)
 */

export { type SymmetricEigen, symmetricEigen } from './linalg/eigen.ts';
export { leastSquares, type Qr, qr } from './linalg/qr.ts';
export { type Lowess, type LowessOptions, lowess } from './lowess.ts';
export { foldIn, type Key, key, normalVector, Stream, type StreamState, split, uniformVector } from './random.ts';
export {
  besselI0,
  besselI1,
  besselRatio,
  betaQuantile,
  betaRegularised,
  betaRegularisedDerivatives,
  betaRegularisedUpper,
  digamma,
  erf,
  erfc,
  erfcx,
  gammaQuantile,
  gammaRegularisedLower,
  gammaRegularisedShapeDerivative,
  gammaRegularisedUpper,
  gammaUpperQuantile,
  lgamma,
  logBesselI0,
  logBesselI1,
  logBeta,
  logChoose,
  multivariateLgamma,
  normalCdf,
  normalLogCdf,
  normalQuantile,
  studentTCdf,
  studentTQuantile,
  trigamma,
} from './special/index.ts';
