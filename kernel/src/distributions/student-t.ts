/** Student's t distribution with location and scale. */
import { logBeta, studentTCdf, studentTQuantile } from '../numeric/special/index.ts';
import { gammaVariate } from '../numeric/variates/index.ts';
import { constant, where } from '../program/index.ts';
import type { Arg, Broadcast, Expr, ShapeOfArg } from '../program/types.ts';
import { positive, real } from './constraints.ts';
import { betaLower, LOG_PI } from './formulas.ts';
import { ofKnown } from './known.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

/**
 * log Γ((ν + 1) / 2) − log Γ(ν / 2). For large ν by its asymptotic series in a = ν / 2, ½ log a − 1/(8a) + 1/(192a³)
 * − 1/(640a⁵) (from DLMF 5.11.8), where the difference of two large numbers would lose digits.
 */
function logGammaRatio(nu: Expr): Expr {
  const known = ofKnown((v) => LOG_PI / 2 - logBeta(0.5, v! / 2), nu);
  if (known !== undefined) return known;
  const a = nu.mul(0.5);
  const w = a.reciprocal();
  const w2 = w.square();
  const series = a
    .log()
    .mul(0.5)
    .sub(w.mul(w2.mul(w2.mul(1 / 640).sub(1 / 192)).add(1 / 8)));
  return where(nu.gt(200), series, a.add(0.5).lgamma().sub(a.lgamma()));
}

/** Log density of Student's t. */
export function studentTLogDensity(x: Expr, nu: Expr, location: Expr, scale: Expr): Expr {
  const z = x.sub(location).div(scale);
  const power = z.square().div(nu).log1p().mul(nu.add(1)).mul(-0.5);
  return power.add(logGammaRatio(nu)).sub(nu.log().add(LOG_PI).mul(0.5)).sub(scale.log());
}

/** log P(T ≤ t) as an expression, with the lower tail's digits. */
function tracedLogCdf(t: Expr, nu: Expr): Expr {
  const tail = betaLower(nu.mul(0.5), constant(0.5), nu.div(nu.add(t.square()))).mul(0.5); // P(T > |t|)
  return where(t.lt(0), tail.log(), tail.neg().log1p());
}

const family = defineDistribution({
  name: 'studentT',
  summary: "Student's t with degrees of freedom, location and scale",
  kind: 'real',
  parameters: { nu: positive, location: real, scale: positive },
  support: {},
  logDensity: (x, { nu, location, scale }) => studentTLogDensity(x, nu, location, scale),
  cdf: (x, { nu, location, scale }) => studentTCdf((x - location) / scale, nu),
  upperCdf: (x, { nu, location, scale }) => studentTCdf((location - x) / scale, nu),
  tracedLogCdf: (x, { nu, location, scale }) => tracedLogCdf(x.sub(location).div(scale), nu),
  tracedLogUpperCdf: (x, { nu, location, scale }) => tracedLogCdf(location.sub(x).div(scale), nu),
  quantile: (p, { nu, location, scale }) => location + scale * studentTQuantile(p, nu),
  mean: ({ nu, location }) => (nu > 1 ? location : Number.NaN),
  variance: ({ nu, scale }) => {
    if (nu > 2) return (scale ** 2 * nu) / (nu - 2);
    return nu > 1 ? Infinity : Number.NaN;
  },
  sample: (stream, { nu, location, scale }) =>
    location + (scale * stream.normal()) / Math.sqrt(gammaVariate(stream, nu / 2) / (nu / 2)),
});

/**
 * Student's t: a normal with heavier tails, the heavier the smaller ν; ν = 1 is the Cauchy, ν → ∞ the normal.
 *
 * @param nu degrees of freedom ν > 0: scalar or array; all three arguments broadcast
 * @param location the centre (the mean for ν > 1)
 * @param scale > 0, in units of x (not the standard deviation)
 * @throws RangeError when `nu` or `scale` is known at definition and not positive, or the lengths do not fit
 * @example model().data({ y }).parameters({ mu: normal(0, 5) }).observe(({ mu }) => ({ y: studentT(4, mu, 1) }))
 */
export function studentT<A extends Arg, B extends Arg, C extends Arg>(
  nu: A,
  location: B,
  scale: C,
): Distribution<Broadcast<ShapeOfArg<A>, Broadcast<ShapeOfArg<B>, ShapeOfArg<C>>>, 'real'> {
  return family.of(nu, location, scale);
}
