/** Von Mises distribution of angles. */
import { atan, cos, exp, log } from '../numeric/elementary.ts';
import { integrate } from '../numeric/quadrature.ts';
import type { Stream } from '../numeric/random.ts';
import { besselRatio, logBesselI0 } from '../numeric/special/index.ts';
import { apply } from '../program/expression.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { nonNegative, real } from './constraints.ts';
import { continuousQuantile } from './continuous-quantile.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const LOG_TWO_PI = 1.8378770664093453;

/** P(−π ≤ A ≤ angle) for an angle of −π … 0, by quadrature; positive throughout, so the tail keeps its digits. */
function lowerHalf(angle: number, concentration: number): number {
  if (angle <= -Math.PI) return 0;
  const logScale = logBesselI0(concentration) + LOG_TWO_PI;
  return integrate((t) => exp(concentration * cos(t) - logScale), -Math.PI, angle);
}

/** P(A ≤ angle) around the location. */
function centredCdf(angle: number, concentration: number): number {
  if (Number.isNaN(angle)) return angle;
  return angle <= 0 ? lowerHalf(angle, concentration) : 1 - lowerHalf(-angle, concentration);
}

/**
 * Best & Fisher (1979, Applied Statistics 28, 152–157): rejection from a wrapped Cauchy. An angle of −π … π.
 */
function variate(stream: Stream, concentration: number): number {
  if (concentration < 1e-8) return Math.PI * (2 * stream.uniform() - 1);
  const tau = 1 + Math.sqrt(1 + 4 * concentration ** 2);
  const rho = (tau - Math.sqrt(2 * tau)) / (2 * concentration);
  // r − 1, which is small for large concentrations: (1 − ρ)² / (2ρ)
  const excess = concentration > 1e5 ? 1 / (2 * concentration) : (1 - rho) ** 2 / (2 * rho);
  for (;;) {
    const z = cos(Math.PI * stream.uniform());
    // 1 − f, f = (1 + r z) / (r + z)
    const gap = (excess * (1 - z)) / (1 + excess + z);
    const c = concentration * (excess + gap);
    const u = stream.uniform();
    if (!(c * (2 - c) > u) && !(log(c / u) + 1 >= c)) continue;
    const angle = 2 * atan(Math.sqrt(gap / (2 - gap))); // cos(angle) = 1 − gap
    return stream.uniform() < 0.5 ? -angle : angle;
  }
}

const family = defineDistribution({
  name: 'vonMises',
  summary: 'von Mises: angles around a direction',
  kind: 'real',
  parameters: { location: real, concentration: nonNegative },
  support: {},
  logDensity: (x, { location, concentration }) =>
    concentration
      .mul(x.sub(location).cos())
      .sub(apply('logBesselI0', [concentration]))
      .sub(LOG_TWO_PI),
  cdf: (x, { location, concentration }) => centredCdf(x - location, concentration),
  upperCdf: (x, { location, concentration }) => centredCdf(location - x, concentration),
  quantile: (p, { location, concentration }) => {
    const angle = continuousQuantile(p, {
      cdf: (a) => centredCdf(a, concentration),
      upperCdf: (a) => centredCdf(-a, concentration),
      start: 0,
      scale: Math.min(1, 1 / Math.sqrt(concentration)),
      lower: -Math.PI,
      upper: Math.PI,
    });
    return location + angle;
  },
  mean: ({ location }) => location,
  variance: ({ concentration }) => 1 - besselRatio(concentration),
  sample: (stream, { location, concentration }) => location + variate(stream, concentration),
});

/**
 * Von Mises with density e^(κ cos(x − μ)) / (2π I₀(κ)), periodic in x: a normal around the circle. The distribution
 * function counts from μ − π; mean and variance are the circular ones, μ and 1 − I₁(κ) / I₀(κ). As the prior of a
 * parameter it needs one turn of the circle: `.bounded({ lower: -Math.PI, upper: Math.PI })`.
 *
 * @param location μ, the mean direction in radians: scalar or array, broadcast with `concentration`
 * @param concentration κ ≥ 0: 0 is uniform, large κ a normal of variance 1 / κ
 * @throws RangeError when `concentration` is known at definition and negative, or the lengths do not fit
 * @example model().data({ wind }).parameters({ mu: normal(0, 1), kappa: gamma(2, 1) }).observe(({ mu, kappa }) => ({ wind: vonMises(mu, kappa) }))
 */
export function vonMises<A extends Arg, B extends Arg>(
  location: A,
  concentration: B,
): Distribution<Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>, 'real'> {
  return family.of(location, concentration);
}
