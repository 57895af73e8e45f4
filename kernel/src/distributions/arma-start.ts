/** Where stationary series begin: partial autocorrelations, and the stationary state of an ARMA process. */
import { asExpression, kronecker, solve, stack } from '../program/index.ts';
import { formatShape } from '../program/shape.ts';
import type { Arg, Expr } from '../program/types.ts';

/**
 * The best linear predictors of orders 0 … p − 1 of an autoregression of order p, by the Durbin–Levinson recursion run
 * down (Brockwell & Davis 1991, section 5.2), and the shares 1 − rₖ² of variance left by each order. All shares are
 * positive if and only if the process is stationary.
 */
export function autoregressiveOrders(phi: readonly Expr[]): { orders: Expr[][]; shares: Expr[] } {
  const orders: Expr[][] = [];
  const shares: Expr[] = [];
  let current = [...phi];
  for (let k = phi.length; k >= 1; k--) {
    const r = current[k - 1]!;
    const share = r.square().neg().add(1) as Expr;
    const lower = current.slice(0, k - 1).map((a, j) => a.add(r.mul(current[k - 2 - j]!)).div(share) as Expr);
    shares[k - 1] = share;
    orders[k - 1] = lower;
    current = lower;
  }
  return { orders, shares };
}

/**
 * Coefficients φ of a stationary autoregression from its partial autocorrelations, each in (−1, 1): every such vector
 * gives a stationary one, and every stationary one has such a vector (Barndorff-Nielsen & Schou 1973; Monahan 1984).
 *
 * @param partial partial autocorrelations of lags 1 … p // (p,)
 * @returns φ // (p,)
 * @throws RangeError for anything but a vector
 * @example autoregressiveCoefficients([0.5, -0.3]) // [0.65, -0.3]
 */
export function autoregressiveCoefficients(partial: Arg): Expr {
  const given = asExpression(partial) as unknown as Expr;
  if (given.shape.length !== 1) {
    throw new RangeError(`autoregressiveCoefficients: expected a vector, got shape ${formatShape(given.shape)}`);
  }
  let phi: Expr[] = [];
  for (let k = 0; k < given.size; k++) {
    const r = given.at(k) as Expr;
    const before = phi;
    phi = [...before.map((a, j) => a.sub(r.mul(before[k - 1 - j]!)) as Expr), r];
  }
  return stack(phi);
}

/** Harvey's state space form: αₜ₊₁ = T αₜ + R εₜ₊₁, the value being α₀ (Harvey 1989, equation 3.3.3). */
export function transitionOf(
  phi: readonly Expr[],
  theta: readonly Expr[],
): { transition: Expr; shock: Expr; r: number } {
  const r = Math.max(phi.length, theta.length + 1);
  const zero = asExpression(0) as unknown as Expr;
  const one = asExpression(1) as unknown as Expr;
  const cells = Array.from({ length: r * r }, (_, at) => {
    const [i, j] = [Math.floor(at / r), at % r];
    if (j === 0) return phi[i] ?? zero;
    return j === i + 1 ? one : zero;
  });
  const shock = stack(Array.from({ length: r }, (_, i) => (i === 0 ? one : (theta[i - 1] ?? zero))));
  return { transition: stack(cells).reshape(r, r) as Expr, shock, r };
}

/** P with P = T P Tᵀ + Q, by its r² linear equations. // (r, r) */
export function stationaryCovariance(transition: Expr, noise: Expr, r: number): Expr {
  const identity = Float64Array.from({ length: r ** 4 }, (_, at) => (at % (r * r + 1) === 0 ? 1 : 0));
  const equations = (asExpression(identity) as unknown as Expr)
    .reshape(r * r, r * r)
    .sub(kronecker(transition, transition));
  return solve(equations, noise.reshape(r * r)).reshape(r, r) as Expr;
}
