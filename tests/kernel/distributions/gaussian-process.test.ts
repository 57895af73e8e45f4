import { describe, expect, it } from 'vitest';
import * as d from '#kernel/distributions/index';
import { compileModel, model } from '#kernel/model/index';
import { key, Stream } from '#kernel/numeric/random';
import { diagonal, stack } from '#kernel/program/index';
import type { Arg, Expr } from '#kernel/program/types';
import fixture from './fixtures/series.json' with { type: 'json' };
import { close, numbers, slopes } from './near.ts';

const { kernels } = d;

const x = [0, 0.3, 1, 1.2, 2.5, 4];
const y = [0.1, 0.5, -0.2, -0.4, 1, 0.3];
const plane = [
  [0, 1],
  [0.3, -0.5],
  [1, 0.2],
  [1.2, 2],
  [2.5, 1.1],
  [4, 0],
];
const at = [0.5, 2, 10];
const planeAt = [
  [0.5, 0],
  [2, 1],
  [10, 3],
];
const noise = 0.2;

// The kernels of series_figures.py.
const processes: Readonly<Record<keyof typeof fixture.gaussianProcesses, [d.Kernel, Arg, Arg]>> = {
  squaredExponential: [kernels.squaredExponential(1.3, 0.7), x, at],
  'squaredExponential, tight': [kernels.squaredExponential(0.1, 20), x, at],
  exponential: [kernels.exponential(1.3, 0.7), x, at],
  matern32: [kernels.matern32(1.3, 0.7), x, at],
  matern52: [kernels.matern52(1.3, 0.7), x, at],
  rationalQuadratic: [kernels.rationalQuadratic(1.3, 0.7, 0.4), x, at],
  periodic: [kernels.periodic(1.3, 0.7, 1.7), x, at],
  linear: [kernels.linear(1.3), x, at],
  constant: [kernels.constant(1.3), x, at],
  whiteNoise: [kernels.squaredExponential(1.3, 0.7).add(kernels.whiteNoise(0.3)), x, at],
  'sum of product': [
    kernels
      .squaredExponential(1.3, 0.7)
      .mul(kernels.periodic(1, 1.1, 1.7))
      .add(kernels.matern32(0.4, 2)),
    x,
    at,
  ],
  'two coordinates': [kernels.squaredExponential(1.3, [0.7, 2]), plane, planeAt],
  'two coordinates, matern52': [kernels.matern52(1.3, [0.7, 2]), plane, planeAt],
};

describe('Gaussian processes', () => {
  // fixtures/series.json: scikit-learn 1.9.1, as it says there; jitter: 0, for scikit-learn was given none
  it.each(Object.entries(processes))(
    '%s: density and predictions are those of scikit-learn',
    (name, [kernel, points, there]) => {
      const expected = fixture.gaussianProcesses[name as keyof typeof processes];
      const process = d.gaussianProcess(points, kernel, { noise, jitter: 0 });
      close([process.logPdf(y) as unknown as number], [expected.logDensity], 1e-10);
      const prediction = d.predictGaussianProcess(there, { x: points, y, kernel, noise, jitter: 0, newNoise: 1e-4 });
      close(prediction.mean(), expected.mean, 1e-10);
      const covariance = numbers(prediction.parameters.covariance as unknown as Expr);
      expected.covariance.flat().forEach((each, i) => {
        expect(Math.abs(covariance[i]! - each - (i % 4 === 0 ? 1e-8 : 0))).toBeLessThan(1e-10);
      });
      close(
        prediction.variance(),
        [0, 4, 8].map((i) => covariance[i]!),
        0,
      );
    },
  );

  it('have a mean function, one number or one a point', () => {
    const kernel = kernels.matern32(1.3, 0.7);
    const shifted = d.gaussianProcess(x, kernel, { noise, mean: 2 }).logPdf(y.map((v) => v + 2)) as unknown as number;
    expect(shifted).toBeCloseTo(d.gaussianProcess(x, kernel, { noise }).logPdf(y) as unknown as number, 12);
    expect(d.gaussianProcess(x, kernel, { mean: x }).mean()).toEqual(Float64Array.from(x));
    const seen = { x, y: y.map((v, i) => v + 3 * x[i]!), kernel, noise, mean: x.map((v) => 3 * v) };
    const plain = d.predictGaussianProcess(at, { x, y, kernel, noise }).mean();
    const lifted = d.predictGaussianProcess(at, { ...seen, meanAt: at.map((v) => 3 * v) }).mean();
    close(
      lifted,
      plain.map((v, i) => v + 3 * at[i]!),
      1e-12,
    );
    expect(() => d.predictGaussianProcess(at, seen)).toThrow(
      /meanAt is one number, or one a point \(3\); got shape \[6\]/,
    );
  });

  it('pass through what is seen without noise, and return to the prior far away', () => {
    const kernel = kernels.squaredExponential(1.3, 0.7);
    const there = d.predictGaussianProcess([...x, 100], { x, y, kernel });
    close(there.mean(), [...y, 0], 1e-6);
    close(there.variance(), [0, 0, 0, 0, 0, 0, 1.69], 1e-6);
  });

  it('add a jitter of 1e-9 of the mean variance, another share, or none', () => {
    const kernel = kernels.squaredExponential(3, 0.7);
    const diagonal = (jitter?: number) =>
      d.gaussianProcess([0, 1], kernel, jitter === undefined ? {} : { jitter }).variance()[0]!;
    expect(diagonal()).toBe(9 + 9e-9);
    expect(diagonal(0.5)).toBe(13.5);
    expect(diagonal(0)).toBe(9);
    expect(d.gaussianProcess([0, 1e-12], kernel).variance()[0]).toBe(9 + 9e-9);
    expect(() => d.gaussianProcess([0, 0], kernel, { jitter: 0 })).toThrow(
      /not positive definite: .* add noise, or give/,
    );
    expect(() => d.gaussianProcess([0, 1], kernel, { jitter: -1 })).toThrow(/at least 0, got -1/);
  });

  it('draw functions with the covariance of their kernel', () => {
    const process = d.gaussianProcess([0, 0.5, 2], kernels.matern52(2, 1), { mean: 1 });
    const n = 5000;
    const draws = process.size(n).sample(new Stream(key(4)));
    const covariance = numbers(kernels.matern52(2, 1).covariance([0, 0.5, 2]));
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j <= i; j++) {
        const products = Array.from({ length: n }, (_, k) => (draws[3 * k + i]! - 1) * (draws[3 * k + j]! - 1));
        const mean = products.reduce((sum, v) => sum + v) / n;
        const spread = Math.sqrt(products.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n / n);
        expect(Math.abs(mean - covariance[3 * i + j]!)).toBeLessThan(5 * spread); // once in 1.7 million
      }
    }
  });

  it('have the same law in their non-centred form', () => {
    const kernel = kernels.squaredExponential(1.3, 0.7);
    const factor = numbers(kernel.factor(x));
    const covariance = numbers(kernel.covariance(x));
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < 6; j++) {
        let sum = 0;
        for (let k = 0; k < 6; k++) sum += factor[6 * i + k]! * factor[6 * j + k]!;
        expect(sum).toBeCloseTo(covariance[6 * i + j]! + (i === j ? 1.69e-9 : 0), 11);
      }
    }
  });

  it.each(Object.entries(processes).filter(([name]) => !name.includes('tight')))(
    '%s: slopes agree with differences where points meet',
    (name, [, points]) => {
      const twice = (points as number[][]).map((_, i, all) => all[i === 1 ? 0 : i]!) as unknown as Arg;
      const of = (p: Expr): d.Kernel => {
        const [a, b, c] = [p.at(0), p.at(1), p.at(2)];
        if (name.startsWith('two')) {
          const lengths = stack([b, c]);
          return name.endsWith('52') ? kernels.matern52(a, lengths) : kernels.squaredExponential(a, lengths);
        }
        if (name === 'rationalQuadratic') return kernels.rationalQuadratic(a, b, c);
        if (name === 'periodic') return kernels.periodic(a, b, c);
        if (name === 'linear') return kernels.linear(a, b).add(kernels.constant(c));
        if (name === 'constant') return kernels.constant(a).add(kernels.exponential(b, c));
        if (name === 'whiteNoise') return kernels.squaredExponential(a, b).add(kernels.whiteNoise(c));
        if (name === 'sum of product') return kernels.matern32(a, b).mul(kernels.periodic(1, c, 1.7));
        return kernels[name as 'matern32'](a, b).add(kernels.constant(c));
      };
      slopes(
        (p) => d.gaussianProcess(twice, of(p), { noise: p.at(3) }).logDensity(y) as unknown as Expr,
        [1.3, 0.7, 0.9, 0.4],
      );
    },
  );

  it('are a likelihood and a prediction inside a model', () => {
    const smooth = model()
      .data({ x, y })
      .parameters({ alpha: d.halfNormal(0, 1), rho: d.inverseGamma(5, 5), sigma: d.halfNormal(0, 1) })
      .derived(({ x, y, alpha, rho, sigma }) => {
        const there = d.predictGaussianProcess(at, {
          x,
          y,
          kernel: kernels.squaredExponential(alpha, rho),
          noise: sigma,
        });
        return { there: there.parameters.mean, sd: diagonal(there.parameters.covariance).sqrt() };
      })
      .observe(({ x, alpha, rho, sigma }) => ({
        y: d.gaussianProcess(x, kernels.squaredExponential(alpha, rho), { noise: sigma }),
      }));
    const compiled = compileModel(smooth);
    const position = compiled.unconstrain(Float64Array.of(1.3, 0.7, 0.2));
    const { value } = compiled.terms(position).find(({ kind }) => kind === 'likelihood')!;
    expect(value).toBeCloseTo(fixture.gaussianProcesses.squaredExponential.logDensity, 6);
    const { mean, covariance } = fixture.gaussianProcesses.squaredExponential;
    const sds = covariance.map((row, i) => Math.sqrt(row[i]!));
    close(compiled.evaluateDerived(position), [...mean, ...sds], 1e-6);
    const replicated = compiled.predictive(position, new Stream(key(1))).y!;
    expect(replicated.length).toBe(6);
    expect(replicated.every(Number.isFinite)).toBe(true);
  });

  it('may be latent, with another likelihood on top', () => {
    const counts = model()
      .data({ x, counts: [1, 3, 0, 0, 4, 1] })
      .parameters({ alpha: d.halfNormal(0, 1), rho: d.inverseGamma(5, 5) })
      .parameters(({ x, alpha, rho }) => ({ f: d.gaussianProcess(x, kernels.squaredExponential(alpha, rho)) }))
      .observe(({ f }) => ({ counts: d.poissonLog(f) }));
    const compiled = compileModel(counts);
    expect(compiled.names).toEqual(['alpha', 'rho', 'f[0]', 'f[1]', 'f[2]', 'f[3]', 'f[4]', 'f[5]']);
    const density = compiled.density({ prior: true, jacobian: true });
    const gradient = new Float64Array(8);
    const start = compiled.unconstrain(Float64Array.of(1, 0.7, ...y));
    expect(Number.isFinite(density.valueAndGradient(start, gradient))).toBe(true);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  it.each([
    [
      'y of another length',
      () => d.gaussianProcess(x, kernels.constant(1), { noise }).logDensity([1, 2]),
      /has 2 elements/,
    ],
    [
      'a negative noise',
      () => d.gaussianProcess(x, kernels.constant(1), { noise: -1 }),
      /noise must be at least 0, got -1/,
    ],
    [
      'no kernel',
      () => d.gaussianProcess(x, 3 as unknown as d.Kernel),
      /expected a kernel, e.g. kernels\.squaredExponential/,
    ],
    ['a scale of 0', () => kernels.matern32(0, 1), /kernels\.matern32: scale must be positive, got 0/],
    ['a length scale of NaN', () => kernels.periodic(1, Number.NaN, 1), /lengthScale must be positive, got NaN/],
    [
      'too many length scales',
      () => kernels.matern32(1, [1, 2, 3]).covariance(plane),
      /one a coordinate of the points \(2\)/,
    ],
    [
      'points of other coordinates',
      () => kernels.matern32(1, 1).covariance(x, plane),
      /points of 1 and of 2 coordinates/,
    ],
    ['a scalar as points', () => kernels.matern32(1, 1).covariance(3), /points are a vector, or a matrix/],
    [
      'a number added to a kernel',
      () => kernels.constant(1).add(2 as never),
      /expected another kernel, got number; a factor is/,
    ],
    ['+ between kernels', () => +(kernels.constant(1) as unknown as number), /write a\.add\(b\) for their sum/],
    [
      'a sum written with the operator',
      () => (kernels.constant(1) as unknown as number) + (kernels.linear(1) as unknown as number),
      /write a\.add\(b\) for their sum and a\.mul\(b\) for their product/,
    ],
    [
      'y of another length in a prediction',
      () => d.predictGaussianProcess(at, { x, y: [1], kernel: kernels.constant(1) }),
      /y has one value a point of x \(6\), got shape \[1\]/,
    ],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  it('say how they were made', () => {
    const sum = kernels.linear(1).add(kernels.constant(2));
    expect(`${sum.mul(kernels.periodic(1, 1, 1))}`).toBe('(linear + constant) · periodic');
    expect(numbers(sum.variance(x))).toEqual(x.map((v) => v * v + 4));
    expect(numbers(sum.mul(sum).variance([2]))).toEqual([64]);
  });
});
