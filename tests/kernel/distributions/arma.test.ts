import { describe, expect, it } from 'vitest';
import * as d from '#kernel/distributions/index';
import { key, Stream } from '#kernel/numeric/random';
import { compile, variable } from '#kernel/program/index';
import type { Expr } from '#kernel/program/types';
import fixture from './fixtures/series.json' with { type: 'json' };
import { close, numbers, slopes } from './near.ts';

describe('ARMA series', () => {
  const { y: series, mean, sd, cases } = fixture.arma;
  const coefficients = ({ ar, ma }: { ar: number[]; ma: number[] }) => ({
    ...(ar.length > 0 && { ar }),
    ...(ma.length > 0 && { ma }),
  });

  // fixtures/series.json: statsmodels 0.15.0, ARIMA(...).loglike at these parameters, as it says there
  it.each(cases.map((each) => [`ar [${each.ar}], ma [${each.ma}]`, each] as const))(
    '%s: exact density is that of statsmodels',
    (_, each) => {
      const process = d.arma(mean, coefficients(each), sd, series.length);
      close([process.logPdf(series) as unknown as number], [each.logDensity], 1e-10);
      // the Kalman filter and the Durbin–Levinson recursion agree
      const nearly = d.arma(mean, { ar: [...each.ar, 0], ma: [...each.ma, 1e-300] }, sd, series.length);
      close([nearly.logPdf(series) as unknown as number], [each.logDensity], 1e-10);
    },
  );

  it('of first order are autoregressive, and of order none independent', () => {
    const first = d.autoregressive(0.5, 0.7, 1.3, 30).logPdf(series) as unknown as number;
    expect(d.arma(0.5, { ar: 0.7 }, 1.3, 30).logPdf(series)).toBeCloseTo(first, 11);
    const apart = d.normal(0.5, 1.3).size(30).logPdf(series) as Float64Array;
    expect(d.arma(0.5, {}, 1.3, 30).logPdf(series)).toBeCloseTo(
      apart.reduce((sum, v) => sum + v),
      11,
    );
  });

  it('given the values before have the density of their innovations', () => {
    const [phi, theta] = [[0.6, 0.5], [0.4]];
    const before = series.slice(0, 2);
    const rest = series.slice(2, 8);
    const process = d.arma(1.1, { ar: phi, ma: theta }, 0.7, 6, { start: before });
    const all = series.slice(0, 8).map((v) => v - 1.1);
    let shock = 0;
    let expected = 0;
    for (let t = 2; t < 8; t++) {
      const center = phi[0]! * all[t - 1]! + phi[1]! * all[t - 2]! + theta[0]! * shock;
      shock = all[t]! - center;
      expected += d.normal(0, 0.7).logPdf(shock) as number;
    }
    expect(process.logPdf(rest)).toBeCloseTo(expected, 11);
    expect(process.mean()[0]).toBeCloseTo(1.1 + phi[0]! * all[1]! + phi[1]! * all[0]!, 12);
    // an explosive one is allowed, for nothing is stationary here
    expect(Number.isFinite(d.arma(0, { ar: 1.2 }, 1, 5, { start: [1] }).logPdf([1, 2, 3, 4, 5]))).toBe(true);
    close(d.arma(0, { ar: 2 }, 1, 3, { start: [1] }).mean(), [2, 4, 8], 1e-14);
    close(d.arma(0, { ar: 2 }, 1, 3, { start: [1] }).variance(), [1, 5, 21], 1e-14);
  });

  it('shorter than their order have the density of their first values', () => {
    const whole = d.arma(0.2, { ar: [0.5, -0.3, 0.2] }, 1.3, 2);
    const covariance = whole.variance()[0]!;
    // autocorrelation of lag 1 by the Yule–Walker equations of order 3
    const one = d.arma(0.2, { ar: [0.5, -0.3, 0.2] }, 1.3, 1);
    expect(one.logPdf([0.9])).toBeCloseTo(d.normal(0.2, Math.sqrt(covariance)).logPdf(0.9) as number, 12);
    const partial = [0, 1, 2].map((i) => [0.53125, -0.1875, 0.2][i]!);
    expect(numbers(d.autoregressiveCoefficients(partial)).length).toBe(3);
    expect(whole.logPdf([0.9, 0.1])).toBeLessThan(one.logPdf([0.9]) as unknown as number);
  });

  it('have the variances and autocovariances they say when drawn', () => {
    const n = 4000;
    const process = d.arma(1, { ar: [0.5, -0.3], ma: [0.7] }, 1.2, 4);
    const draws = process.size(n).sample(new Stream(key(12)));
    const variance = process.variance()[0]!;
    const products = (lag: number) =>
      Array.from({ length: n }, (_, i) => (draws[4 * i]! - 1) * (draws[4 * i + lag]! - 1)).reduce((s, v) => s + v) / n;
    expect(Math.abs(products(0) / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    // γ₁ by the density: a bivariate normal's slope; γ₁ = γ₀ ρ₁ from ψ-weights 1, 1.2, 0.3, −0.21, …
    const psi = [1, 1.2];
    for (let k = 2; k < 60; k++) psi.push(0.5 * psi[k - 1]! - 0.3 * psi[k - 2]!);
    const gamma = (lag: number) => 1.44 * psi.reduce((sum, v, k) => sum + v * (psi[k + lag] ?? 0), 0);
    expect(variance).toBeCloseTo(gamma(0), 10);
    expect(Math.abs(products(1) - gamma(1))).toBeLessThan(5 * (variance / Math.sqrt(n)) * Math.SQRT2);
    expect(Math.abs(products(3) - gamma(3))).toBeLessThan(5 * (variance / Math.sqrt(n)) * Math.SQRT2);
  });

  it('are −∞ outside the stationary region where that is not known before', () => {
    const phi = variable('phi', [2]);
    const inputs = [{ name: 'phi', shape: [2] }];
    const short = [0.3, 0.1, -0.2];
    const outputs = [
      d.arma(0, { ar: phi as unknown as Expr }, 1, 3).logDensity(short) as unknown as Expr,
      d.arma(0, { ar: phi as unknown as Expr, ma: 0.5 }, 1, 3).logDensity(short) as unknown as Expr,
    ];
    const program = compile({ inputs, outputs });
    for (const [one, two] of [
      [1, 0.2],
      [0.5, 0.5],
      [0, -1],
      [-1.5, 0.2],
    ] as const) {
      expect(program.run({ phi: Float64Array.of(one, two) }).map((v) => v[0])).toEqual([-Infinity, -Infinity]);
    }
    expect(program.run({ phi: Float64Array.of(1.2, -0.5) }).every((v) => Number.isFinite(v[0]))).toBe(true);
  });

  it('are stationary for every vector of partial autocorrelations', () => {
    const stream = new Stream(key(3));
    for (let i = 0; i < 50; i++) {
      const partial = Array.from({ length: 1 + (i % 5) }, () => 2 * stream.uniform() - 1);
      const ar = numbers(d.autoregressiveCoefficients(partial));
      expect(ar.at(-1)).toBeCloseTo(partial.at(-1)!, 14);
      expect(d.arma(0, { ar }, 1, 3).variance()[0]).toBeGreaterThanOrEqual(1);
    }
    slopes(
      (p) => d.arma(0, { ar: d.autoregressiveCoefficients(p) }, 1, 4).logDensity([0.3, 1, -1, 0.4]) as unknown as Expr,
      [0.5, -0.3, 0.8],
    );
    expect(() => d.autoregressiveCoefficients(0.5)).toThrow(/expected a vector, got shape/);
  });

  it.each([
    [
      'coefficients of no stationary series',
      () => d.arma(0, { ar: [0.5, 0.6] }, 1, 5),
      /with ar = 0\.5, 0\.6 no series is stationary/,
    ],
    [
      'a matrix of coefficients',
      () => d.arma(0, { ar: [[0.5]] }, 1, 5),
      /ar is a vector or one number, got shape \[1, 1\]/,
    ],
    ['a mean for each value', () => d.arma([0, 1], { ar: 0.5 }, 1, 5), /mean is one number, got shape \[2\]/],
    [
      'too few values before',
      () => d.arma(0, { ar: [0.5, 0.1] }, 1, 5, { start: [1] }),
      /start gives the 2 values before .* got shape \[1\]/,
    ],
    [
      'another word for the start',
      () => d.arma(0, { ar: 0.5 }, 1, 5, { start: 'random' as 'stationary' }),
      /got 'random'/,
    ],
    ['a length of 0', () => d.arma(0, { ar: 0.5 }, 1, 0), /length of at least 1, got 0/],
    ['a negative sd', () => d.arma(0, { ar: 0.5 }, -1, 3), /sd must be positive, got -1/],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
