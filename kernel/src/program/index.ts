/**
 * The compute core: traced arrays → graph → gradient → something that runs.
 */
export { isExpression } from './arguments.ts';
export { compile, compileLogDensity, noRewrites, Program, type ProgramDescription, type Rewrites } from './compile.ts';
export { explainNonFinite, type NonFinite } from './explain.ts';
export {
  asExpression,
  constant,
  Expression,
  indexExpression,
  named,
  variable,
} from './expression.ts';
export {
  broadcastTo,
  concatenate,
  dot,
  logMix,
  logSumExp,
  matmul,
  outer,
  scan,
  segmentSum,
  stack,
  transpose,
  where,
} from './functions.ts';
export { grad } from './gradient.ts';
export {
  averagePool1d,
  averagePool2d,
  type ConvolutionOptions,
  conv1d,
  conv2d,
  maxPool1d,
  maxPool2d,
  type PoolingOptions,
} from './images.ts';
export {
  betaLower,
  betaLowerInverse,
  gammaLower,
  gammaLowerInverse,
  gammaUpper,
  gammaUpperInverse,
} from './incomplete.ts';
export { maskedLogSumExp, maskedSoftmax } from './masked.ts';
export {
  cholesky,
  choleskySolve,
  diagonal,
  diagonalMatrix,
  eigenSymmetric,
  inverse,
  inversePositiveDefinite,
  kronecker,
  logAbsDeterminant,
  logDeterminant,
  lowerTriangle,
  matrixExponential,
  qrFactors,
  solve,
  svd,
  type TriangularSystem,
  trace,
  triangularSolve,
  upperTriangle,
} from './matrices.ts';
export {
  argmax,
  causalMix,
  causalScores,
  causalSoftmax,
  concatenateAlong,
  dropout,
  elu,
  gelu,
  leakyRelu,
  logSoftmax,
  moments,
  oneHot,
  randomUniform,
  relu,
  sigmoidGate,
  silu,
  sliceAlong,
  softmax,
  splitAlong,
  takeRows,
} from './neural.ts';
export { type OdeOptions, type OdeState, odeSolve } from './ode.ts';
export { operators } from './operators.ts';
export {
  all,
  any,
  argsort,
  clip,
  cumulativeLogSumExp,
  cumulativeMaximum,
  cumulativeMinimum,
  cumulativeProduct,
  cumulativeSum,
  difference,
  type SortOptions,
  segmentMean,
  sort,
  takeAlong,
  topK,
} from './ordering.ts';
export { hessian, hessianVectorProduct } from './second-derivatives.ts';
export { deserialise, serialise } from './serialise.ts';
export { type Precision, ProgramState, type StateEntry } from './state.ts';
export { compileStep, type Step, type StepDescription } from './step.ts';
export type { Arg, Broadcast, Expr, Index, LogDensity, Methods, Operators, Shape, ShapeOfArg } from './types.ts';
