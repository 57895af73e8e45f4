/** Dense linear algebra on row-major Float64Arrays. */
export { cholesky, choleskyLogDeterminant, choleskySolve, symmetricInverse } from './cholesky.ts';
export { type SymmetricEigen, symmetricEigen } from './eigen.ts';
export { type Lu, lu, luSolve } from './lu.ts';
export { matrixExponential } from './matrix-exponential.ts';
export { leastSquares, type Qr, qr } from './qr.ts';
export { type Svd, svd } from './svd.ts';
export { solveTriangular, type TriangularOptions } from './triangular.ts';
