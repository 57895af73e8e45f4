/**
 * Autoregressive moving-average series as one variate: exact from a stationary start, or given the values before it.
 *
 * xₜ − μ = Σ φⱼ (xₜ₋ⱼ − μ) + εₜ + Σ θⱼ εₜ₋ⱼ, ε independent normal(0, sd). Without θ the exact density comes from the
 * Durbin–Levinson recursion (Brockwell & Davis 1991, section 8.6); with θ from the Kalman filter of Harvey's (1989,
 * section 3.3) state space form, begun in its stationary distribution.
 */
import type { Stream } from '../numeric/random.ts';
import { asExpression, concatenate, scan, stack, where } from '../program/index.ts';
import { formatShape } from '../program/shape.ts';
import type { Arg, Expr } from '../program/types.ts';
import { autoregressiveOrders, stationaryCovariance, transitionOf } from './arma-start.ts';
import { positive, real } from './constraints.ts';
import { FamilyDistribution } from './distribution.ts';
import { HALF_LOG_TWO_PI } from './formulas.ts';
import { knownValues, settled } from './known.ts';
import { defineDistribution } from './registry.ts';
import type { Blocks, Distribution, Family, Parameters } from './types.ts';

/** Coefficients one by one; none where they are known to be 0. */
function coefficients(vector: Expr): Expr[] {
  if (knownValues(vector)?.every((v) => v === 0)) return [];
  return Array.from({ length: vector.size }, (_, j) => vector.at(j) as Expr);
}

/** Σ of terms, of at least one. */
const total = (terms: readonly Expr[]): Expr => terms.reduce((sum, term) => sum.add(term) as Expr);

/** Residuals xₜ − Σ φⱼ xₜ₋ⱼ from t = p on. // (n,) → (n − p,) */
function filtered(deviations: Expr, phi: readonly Expr[]): Expr {
  const [n, p] = [deviations.size, phi.length];
  return phi.reduce<Expr>(
    (rest, each, j) => rest.sub(each.mul(deviations.slice(p - 1 - j, n - 1 - j))),
    deviations.slice(p, n),
  );
}

/** Innovations εₜ given those before the series, which are taken as 0. // (n,) → (n,) */
function shocks(residuals: Expr, theta: readonly Expr[]): Expr {
  if (theta.length === 0) return residuals;
  const q = theta.length;
  const none = new Array<number>(q).fill(0);
  const states = scan(
    (before: Expr, residual: Expr) => {
      const now = theta.reduce<Expr>((rest, each, j) => rest.sub(each.mul(before.at(j))), residual);
      return q === 1 ? now.reshape(1) : concatenate([now.reshape(1), before.slice(0, q - 1)]);
    },
    asExpression(none) as unknown as Expr,
    residuals,
  ); // (n, q)
  return states.transpose().at(0) as Expr;
}

/** −½ Σ squares / sd² − ½ Σ log of the variances in units of sd² − n log sd − n/2 log 2π. */
function gaussian(squares: Expr, logVariances: Expr | number, sd: Expr, n: number): Expr {
  return squares
    .div(sd.square())
    .add(logVariances)
    .mul(-0.5)
    .sub(sd.log().mul(n))
    .sub(n * HALF_LOG_TWO_PI);
}

/** Exact, without moving average: each of the first p values given those before it. */
function exactAutoregression(x: Expr, phi: readonly Expr[], sd: Expr): Expr {
  const { orders, shares } = autoregressiveOrders(phi);
  const [n, p] = [x.size, phi.length];
  const squares: Expr[] = n > p ? [filtered(x, phi).square().sum() as Expr] : [];
  const logs: Expr[] = [];
  let share: Expr | undefined; // 1 / the variance of value t given those before, in units of sd²
  const weights = shares.map((_, t) => {
    share = share === undefined ? shares[p - 1 - t]! : (share.mul(shares[p - 1 - t]!) as Expr);
    return share;
  }); // for t = p − 1, …, 0
  for (let t = 0; t < Math.min(p, n); t++) {
    const error = orders[t]!.reduce<Expr>((rest, a, j) => rest.sub(a.mul(x.at(t - 1 - j))) as Expr, x.at(t) as Expr);
    const weight = weights[p - 1 - t]!;
    squares.push(error.square().mul(weight) as Expr);
    logs.push(weight.log().neg() as Expr);
  }
  const density = gaussian(total(squares), total(logs), sd, n);
  return shares.reduce<Expr>((value, each) => where(each.gt(0), value, -Infinity) as Expr, density);
}

/** Exact, by the Kalman filter in units of sd. */
function exactMovingAverage(x: Expr, phi: readonly Expr[], theta: readonly Expr[], sd: Expr): Expr {
  const { transition, shock, r } = transitionOf(phi, theta);
  const noise = shock.reshape(r, 1).mul(shock.reshape(1, r)) as Expr; // (r, r)
  const start = {
    state: asExpression(new Array<number>(r).fill(0)) as unknown as Expr,
    spread: stationaryCovariance(transition, noise, r),
    error: 0,
    variance: 1,
  };
  const { error, variance } = scan(
    ({ state, spread }, value: Expr) => {
      const surprise = value.sub(state.at(0)) as Expr;
      const first = spread.at(0) as Expr; // (r,)
      const scale = first.at(0) as Expr;
      const gain = transition.matmul(first).div(scale) as Expr; // (r,)
      const ahead = transition.matmul(spread).matmul(transition.transpose()).add(noise);
      return {
        state: transition.matmul(state).add(gain.mul(surprise)) as Expr,
        spread: ahead.sub(gain.reshape(r, 1).mul(gain.reshape(1, r)).mul(scale)) as Expr,
        error: surprise,
        variance: scale,
      };
    },
    start as unknown as { state: Expr; spread: Expr; error: Expr; variance: Expr },
    x,
  );
  const density = gaussian(error.square().div(variance).sum() as Expr, variance.log().sum() as Expr, sd, x.size);
  const { shares } = autoregressiveOrders(phi);
  return shares.reduce<Expr>((value, each) => where(each.gt(0), value, -Infinity) as Expr, density);
}

type Given = Readonly<Record<'mean' | 'ar' | 'ma' | 'sd', Expr>> & { readonly before?: Expr };

/** Log density of one series. // (n,) → () */
function ofSeries(x: Expr, { mean, ar, ma, sd, before }: Given): Expr {
  const [phi, theta] = [coefficients(ar), coefficients(ma)];
  const deviations = x.sub(mean) as Expr;
  if (before !== undefined || phi.length + theta.length === 0) {
    const known = before !== undefined && phi.length > 0 ? before.sub(mean) : undefined;
    const all = known === undefined ? deviations : concatenate([known, deviations]);
    return gaussian(shocks(filtered(all, phi), theta).square().sum() as Expr, 0, sd, x.size);
  }
  return theta.length === 0 ? exactAutoregression(deviations, phi, sd) : exactMovingAverage(deviations, phi, theta, sd);
}

/** One series a row. // (…, n) → (…) */
function logDensity(x: Expr, given: Given): Expr {
  if (x.shape.length === 1) return ofSeries(x, given);
  const batch = x.shape.slice(0, -1);
  const count = batch.reduce((product, each) => product * each, 1);
  const rows = x.reshape(count, x.shape.at(-1)!);
  return stack(Array.from({ length: count }, (_, i) => ofSeries(rows.at(i) as Expr, given))).reshape(...batch);
}

/** Each value's mean and standard deviation given those before, as a Kalman filter tells them; the value is asked for. */
function walk(
  n: number,
  { mean, ar, ma, sd, before }: Readonly<Record<string, Float64Array>>,
  next: (t: number, mean: number, sd: number) => number,
): void {
  const [mu, sigma] = [mean![0]!, sd![0]!];
  const r = Math.max(ar!.length, ma!.length + 1);
  const phi = (i: number): number => ar![i] ?? 0;
  const psi = (i: number): number => (i === 0 ? 1 : (ma![i - 1] ?? 0));
  let state = new Float64Array(r);
  let spread = before === undefined ? startingSpread(ar!, ma!) : new Float64Array(r * r);
  if (before !== undefined) {
    // Given the past exactly, and no shock before it: state i holds what it adds to the value i steps on.
    for (let i = 0; i < r; i++) {
      for (let j = i; j < ar!.length; j++) state[i]! += phi(j) * (before[before.length - 1 - (j - i)]! - mu);
    }
    for (let i = 0; i < r; i++) for (let j = 0; j < r; j++) spread[i * r + j] = psi(i) * psi(j);
  }
  const shifted = (v: (i: number) => number, i: number): number => phi(i) * v(0) + (i + 1 < r ? v(i + 1) : 0);
  for (let t = 0; t < n; t++) {
    const scale = spread[0]!;
    const surprise = next(t, mu + state[0]!, sigma * Math.sqrt(scale)) - mu - state[0]!;
    const [old, wide] = [state, spread];
    const gain = Float64Array.from({ length: r }, (_, i) => shifted((k) => wide[k * r]!, i) / scale);
    state = old.map((_, i) => shifted((k) => old[k]!, i) + gain[i]! * surprise);
    spread = wide.map((_, at) => {
      const [i, j] = [Math.floor(at / r), at % r];
      const turned = shifted((k) => shifted((l) => wide[l * r + k]!, i), j);
      return turned + psi(i) * psi(j) - gain[i]! * gain[j]! * scale;
    });
  }
}

/** The stationary spread of the state in units of sd². // (r · r,) */
function startingSpread(ar: Float64Array, ma: Float64Array): Float64Array<ArrayBuffer> {
  const one = (v: Float64Array): Expr[] => Array.from(v, (each) => asExpression(each) as unknown as Expr);
  const { transition, shock, r } = transitionOf(one(ar), one(ma));
  const noise = shock.reshape(r, 1).mul(shock.reshape(1, r)) as Expr;
  const stationary = autoregressiveOrders(one(ar)).shares.every((share) => knownValues(share)![0]! > 0);
  if (!stationary) return new Float64Array(r * r).fill(Number.NaN);
  return Float64Array.from(knownValues(settled(stationaryCovariance(transition, noise, r)))!);
}

/** Variances of the values given what is known before the series: sd² (1 + ψ₁² + … + ψₜ²), or the stationary one. */
function variances(out: Float64Array, { ar, ma, sd, before }: Readonly<Record<string, Float64Array>>): void {
  if (before === undefined) {
    out.fill(sd![0]! ** 2 * startingSpread(ar!, ma!)[0]!);
    return;
  }
  const psi = new Float64Array(out.length);
  let sum = 0;
  for (let t = 0; t < out.length; t++) {
    psi[t] = t === 0 ? 1 : (ma![t - 1] ?? 0);
    for (let j = 0; j < Math.min(ar!.length, t); j++) psi[t]! += ar![j]! * psi[t - 1 - j]!;
    sum += psi[t]! ** 2;
    out[t] = sd![0]! ** 2 * sum;
  }
}

const family = defineDistribution({
  name: 'arma',
  summary: 'autoregressive moving-average series, AR(p) among them',
  signature: 'arma(mean, { ar, ma }, sd, length)',
  kind: 'real',
  parameters: { mean: real, ar: real, ma: real, sd: positive },
  ranks: { ar: 1, ma: 1 },
  support: {},
  eventRank: 1,
  logDensity,
  sampleEvent: (stream: Stream, out: Float64Array, parameters: Blocks<Parameters>) => {
    walk(out.length, parameters, (t, mean, sd) => {
      out[t] = mean + sd * stream.normal();
      return out[t]!;
    });
  },
  meanEvent: (out: Float64Array, parameters: Blocks<Parameters>) => {
    walk(out.length, parameters, (t, mean) => {
      out[t] = mean;
      return mean;
    });
  },
  varianceEvent: variances,
});

/** The same given the values before the series. */
const givenPast: Family = {
  ...(family as unknown as Family),
  parameters: { ...family.parameters, before: real },
  ranks: { ar: 1, ma: 1, before: 1 },
};

/** Coefficients of `arma`. */
export interface ArmaCoefficients {
  /** φ₁ … φₚ of the values before: a vector, or one number. Default none. */
  readonly ar?: Arg;
  /** θ₁ … θ_q of the innovations before. Default none. */
  readonly ma?: Arg;
}

/** How the series begins. */
export interface ArmaOptions {
  /**
   * `'stationary'` (default): in its stationary distribution, which is exact; the density is −∞ where φ has none. Or
   * the p values that came just before, in order: then everything is given them (and no innovation before), as Stan's
   * user's guide does it, and φ is free.
   */
  readonly start?: 'stationary' | Arg;
}

function vectorOf(name: string, value: Arg | undefined): Expr {
  if (value === undefined) return asExpression([0]) as unknown as Expr;
  const vector = asExpression(value) as unknown as Expr;
  if (vector.shape.length === 0) return vector.reshape(1) as Expr;
  if (vector.shape.length === 1) return vector;
  throw new RangeError(`arma: ${name} is a vector or one number, got shape ${formatShape(vector.shape)}`);
}

/**
 * A series of an ARMA process: autoregression of order p (`{ ar }`), moving average of order q (`{ ma }`), or both. The
 * log density is one number a series: exact from the stationary start, or conditional on given values (`start`).
 *
 * Stationary coefficients that are estimated are best told by partial autocorrelations in (−1, 1):
 * `autoregressiveCoefficients`.
 *
 * @param mean μ of the series
 * @param coefficients φ and θ, `{ ar: [0.5, -0.2] }`
 * @param sd standard deviation of an innovation, > 0
 * @param length number of values, at least 1
 * @throws RangeError when an argument known at definition is out of range, or lengths do not fit
 * @example
 * const second = model()
 *   .data({ y: [0.3, 1.1, 0.7, -0.2, -0.5, 0.1] })
 *   .parameters({ partial: uniform(-1, 1).size(2), sigma: halfNormal(0, 1) })
 *   .observe(({ partial, sigma }) => ({ y: arma(0, { ar: autoregressiveCoefficients(partial) }, sigma, 6) }));
 */
export function arma<const N extends number>(
  mean: Arg,
  { ar, ma }: ArmaCoefficients,
  sd: Arg,
  length: N,
  { start = 'stationary' }: ArmaOptions = {},
): Distribution<[N], 'real'> {
  if (!(Number.isInteger(length) && length >= 1)) {
    throw new RangeError(`arma: expected a length of at least 1, got ${length}`);
  }
  if (typeof start === 'string' && start !== 'stationary') {
    throw new RangeError(`arma: start is 'stationary' or the values before the series, got '${start}'`);
  }
  for (const [name, value] of [['mean', mean] as const, ['sd', sd] as const]) {
    const { shape } = asExpression(value);
    if (shape.length > 0) {
      throw new RangeError(
        `arma: ${name} is one number, got shape ${formatShape(shape)}; write one series a model term`,
      );
    }
  }
  const phi = vectorOf('ar', ar);
  const stationary = start === 'stationary';
  if (stationary) {
    const known = autoregressiveOrders(coefficients(phi)).shares.map((share) => knownValues(share)?.[0]);
    if (known.some((share) => share !== undefined && !(share > 0))) {
      throw new RangeError(
        `arma: with ar = ${Array.from(knownValues(phi)!).join(', ')} no series is stationary; give other coefficients, or the values before it as start`,
      );
    }
  }
  const before = stationary ? undefined : (asExpression(start as Arg) as unknown as Expr);
  if (before !== undefined && (before.shape.length !== 1 || before.size !== phi.size)) {
    throw new RangeError(
      `arma: start gives the ${phi.size} values before the series, one a coefficient of ar; got shape ${formatShape(before.shape)}`,
    );
  }
  const args = [mean, phi, vectorOf('ma', ma), sd, ...(before === undefined ? [] : [before])];
  const chosen = before === undefined ? (family as unknown as Family) : givenPast;
  return FamilyDistribution.of(chosen, args, [length]) as unknown as Distribution<[N], 'real'>;
}
