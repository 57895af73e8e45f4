/**
 * Derivatives of arrays traced from a model, beyond the gradient of its log density.
 */
import { compile, dot, type Expr, grad, variable } from '../program/index.ts';

/** Values (n,) of a traced array at a position (d,), and their Jacobian. */
export interface ArrayFunction {
  readonly dimension: number;
  /** n, the number of elements. */
  readonly count: number;
  value(position: Float64Array): Float64Array;
  /** ∂ values / ∂ position, row-major. // (n, d) */
  jacobian(position: Float64Array): Float64Array;
}

/**
 * A traced array as a function with exact derivatives.
 *
 * Columns of the Jacobian come by forward mode, as the derivative of a reverse sweep in its own weights: (Jᵀw)·v is
 * linear in w, with derivative Jv (Griewank & Walther 2008, §3.3). So d runs give it all, whatever n.
 *
 * @param position the variable of shape (d,) that `values` is computed from
 */
export function arrayFunction(position: Expr, values: Expr): ArrayFunction {
  const dimension = position.size;
  const count = values.size;
  const flat = values.reshape(count);
  const inputs = [{ name: 'position', shape: [dimension] }];
  const plain = compile({ inputs, outputs: [flat] });
  const weights = variable('weights', [count]) as Expr;
  const direction = variable('direction', [dimension]) as Expr;
  const swept = grad(dot(weights, flat), [position])[0]!; // Jᵀw, (d,)
  const column = grad(dot(swept, direction), [weights])[0]!; // Jv, (n,)
  const tangent = compile({ inputs: [...inputs, { name: 'direction', shape: [dimension] }], outputs: [column] });
  return {
    dimension,
    count,
    value: (at) => plain.run({ position: at })[0]!,
    jacobian(at) {
      const result = new Float64Array(count * dimension); // (n, d)
      for (let j = 0; j < dimension; j++) {
        const unit = new Float64Array(dimension); // (d,)
        unit[j] = 1;
        const found = tangent.run({ position: at, direction: unit })[0]!; // (n,)
        for (let i = 0; i < count; i++) result[i * dimension + j] = found[i]!;
      }
      return result;
    },
  };
}
