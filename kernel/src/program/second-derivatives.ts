/**
 * Second derivatives of a scalar: Hessian–vector products, and whole Hessians of few variables.
 *
 * A product is the gradient of the gradient's product with a fixed vector: H v = ∇(∇f · v), reverse mode over reverse
 * mode (Griewank & Walther 2008, Evaluating Derivatives, section 5.1). It costs a few gradients, whatever the dimension.
 */
import { asExpression } from './expression.ts';
import { stack } from './functions.ts';
import { grad } from './gradient.ts';
import { formatShape, sameShape } from './shape.ts';
import type { Arg, Expr } from './types.ts';

/**
 * H v: the matrix of second derivatives of a scalar, times a vector, without the matrix.
 *
 * @param expression a scalar
 * @param x the variable it is differentiated by, or any expression it was built from
 * @param vector of the shape of `x`; not to depend on `x`
 * @returns of the shape of `x`
 * @throws RangeError when `expression` is not a scalar, or the shapes differ
 * @example const x = variable('x', [3]); hessianVectorProduct(x.pow(3).sum(), x, [1, 0, 0]); // 6 x v
 */
export function hessianVectorProduct(expression: Expr, x: Expr, vector: Arg): Expr {
  const v = asExpression(vector);
  if (!sameShape(v.shape, x.shape)) {
    throw new RangeError(
      `hessianVectorProduct: the vector has shape ${formatShape(v.shape)} and the variable ${formatShape(x.shape)}; they must be equal`,
    );
  }
  const [slope] = grad(expression, [x]);
  return grad(slope!.mul(v as unknown as Expr).sum(), [x])[0]!;
}

/**
 * All second derivatives of a scalar, for few variables: the expression grows with their number.
 *
 * @param expression a scalar
 * @param x a vector it depends on // (d,)
 * @returns (d, d)
 * @throws RangeError when `expression` is not a scalar or `x` not a vector
 * @example const x = variable('x', [2]); hessian(x.at(0).square().mul(x.at(1)), x); // [[2 x₁, 2 x₀], [2 x₀, 0]]
 */
export function hessian(expression: Expr, x: Expr): Expr {
  if (x.shape.length !== 1) {
    throw new RangeError(
      `hessian: expected a vector to differentiate by, got shape ${formatShape(x.shape)}; .reshape(…) it`,
    );
  }
  const [slope] = grad(expression, [x]);
  return stack(Array.from({ length: x.size }, (_, i) => grad(slope!.at(i), [x])[0]!));
}
