/** Dense linear algebra on row-major Float64Arrays. */
export { cholesky, choleskyLogDeterminant, choleskySolve, symmetricInverse } from './cholesky.ts';
export { type SymmetricEigen, symmetricEigen } from './eigen.ts';
export { leastSquares, type Qr, qr } from './qr.ts';
export { solveTriangular, type TriangularOptions } from './triangular.ts';
