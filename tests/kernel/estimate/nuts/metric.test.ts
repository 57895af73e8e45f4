import { describe, expect, it } from 'vitest';
import { runChain } from '#kernel/estimate/nuts/chain';
import { leadingDirections } from '#kernel/estimate/nuts/leading-directions';
import { learnMetric } from '#kernel/estimate/nuts/learn-metric';
import { type Metric, MetricProducts, metricKind } from '#kernel/estimate/nuts/metric';
import { nuts } from '#kernel/estimate/nuts/nuts';
import { finish } from '#kernel/estimate/samplers/run';
import { cholesky, symmetricInverse } from '#kernel/numeric/linalg/index';
import { foldIn, key, Stream } from '#kernel/numeric/random';
import { chains, correlated, density, expectMoments, run } from './densities.ts';

/** Σ of size d with these eigenvalues, in directions of no special kind. */
function covarianceOf(values: readonly number[]): Float64Array {
  const d = values.length;
  const stream = new Stream(key(d));
  const basis = leadingDirections([Array.from({ length: 4 * d }, () => normalVector(stream, d))], d, d);
  const sigma = new Float64Array(d * d);
  for (let k = 0; k < d; k++) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) sigma[i * d + j]! += values[k]! * basis[k * d + i]! * basis[k * d + j]!;
    }
  }
  return sigma;
}

const normalVector = (stream: Stream, d: number) => Float64Array.from({ length: d }, () => stream.normal());

/** n draws of normal(0, Σ), and the gradients −Σ⁻¹ x at them. */
function drawsOf(sigma: Float64Array, d: number, n: number, seed = 1) {
  const l = cholesky(sigma, d);
  const inverse = symmetricInverse(sigma, d);
  const stream = new Stream(key(seed));
  const positions = Array.from({ length: n }, () => times(l, normalVector(stream, d), d));
  return { positions, gradients: positions.map((x) => times(inverse, x, d).map((g) => -g)) };
}

function times(a: Float64Array, x: Float64Array, d: number): Float64Array {
  return Float64Array.from({ length: d }, (_, i) => x.reduce((sum, xj, j) => sum + a[i * d + j]! * xj, 0));
}

/** The whole of M⁻¹. */
function inverseMass(metric: Metric): Float64Array {
  const d = metric.variance.length;
  const products = new MetricProducts(metric);
  const whole = new Float64Array(d * d);
  const column = new Float64Array(d);
  for (let j = 0; j < d; j++) {
    const unit = new Float64Array(d);
    unit[j] = 1;
    products.inverseMass(unit, column);
    for (let i = 0; i < d; i++) whole[i * d + j] = column[i]!;
  }
  return whole;
}

const worst = (a: Float64Array, b: Float64Array) => a.reduce((m, x, i) => Math.max(m, Math.abs(x - b[i]!)), 0);

describe('a learned metric', () => {
  it('is the covariance of a normal, exactly, from few draws, however correlated', () => {
    const sigma = covarianceOf([1e-3, 0.1, 1, 40, 2000]);
    const { positions, gradients } = drawsOf(sigma, 5, 16);
    const metric = learnMetric(positions, gradients);
    expect(metricKind(metric)).toBe('dense');
    const exact = learnMetric(positions, gradients, 'dense');
    expect(worst(inverseMass(exact), sigma)).toBeLessThan(0.02 * 2000);
    const products = new MetricProducts(exact);
    // In the short directions too: M⁻¹ Σ⁻¹ is the identity.
    const inverse = symmetricInverse(sigma, 5);
    const out = new Float64Array(5);
    for (let j = 0; j < 5; j++) {
      products.inverseMass(inverse.slice(5 * j, 5 * j + 5), out);
      out.forEach((x, i) => {
        expect(Math.abs(x - (i === j ? 1 : 0))).toBeLessThan(0.05);
      });
    }
  });

  it('is diagonal on independent coordinates, whatever their scales', () => {
    const sigma = new Float64Array(36);
    [1e-6, 1, 50, 1e4, 3, 0.2].forEach((v, i) => {
      sigma[7 * i] = v;
    });
    const { positions, gradients } = drawsOf(sigma, 6, 40);
    const metric = learnMetric(positions, gradients);
    expect(metricKind(metric)).toBe('diagonal');
    [1e-6, 1, 50, 1e4, 3, 0.2].forEach((v, i) => {
      expect(metric.variance[i]! / v).toBeCloseTo(1, 6);
    });
  });

  it('finds the few directions that stand out among many coordinates', () => {
    const d = 60;
    const sigma = covarianceOf([...new Array(d - 2).fill(1), 300, 0.004]);
    const { positions, gradients } = drawsOf(sigma, d, 200);
    const metric = learnMetric(positions, gradients);
    expect(metricKind(metric)).toBe('low-rank');
    expect(metric.directions!.values.length).toBeLessThan(d / 4);
    // What is left to correct: eigenvalues of M⁻¹ Σ⁻¹ lie close to 1 along the two directions.
    const inverse = symmetricInverse(sigma, d);
    const trace = times(inverseMass(metric), inverse.slice(0, d), d)[0]!;
    expect(trace).toBeGreaterThan(0.3);
    expect(trace).toBeLessThan(3);
  });

  it('does not take noise for a direction: a curved density whose halves say different things', () => {
    const stream = new Stream(key(5));
    // Gradients that have nothing to do with the draws: no direction is confirmed by both halves.
    const positions = Array.from({ length: 60 }, () => normalVector(stream, 8));
    const gradients = Array.from({ length: 60 }, () => normalVector(stream, 8));
    expect(metricKind(learnMetric(positions, gradients))).toBe('diagonal');
  });

  it('is what was asked for', () => {
    const sigma = covarianceOf([0.01, 1, 100]);
    const { positions, gradients } = drawsOf(sigma, 3, 40);
    expect(metricKind(learnMetric(positions, gradients, 'diagonal'))).toBe('diagonal');
    expect(learnMetric(positions, gradients, 'dense').directions!.values).toHaveLength(3);
  });

  it('keeps a scale of 1 where nothing has moved', () => {
    const still = Array.from({ length: 20 }, () => Float64Array.of(1, 2));
    expect([...learnMetric(still, still).variance]).toEqual([1, 1]);
  });
});

describe('products with a metric', () => {
  const sigma = covarianceOf([0.2, 1, 7, 30]);
  const { positions, gradients } = drawsOf(sigma, 4, 40);
  const dense = learnMetric(positions, gradients, 'dense');

  it('of momenta have the covariance M: their velocities vary as M⁻¹', () => {
    const products = new MetricProducts(dense);
    const whole = inverseMass(dense);
    const stream = new Stream(key(3));
    const n = 20_000;
    const p = new Float64Array(4);
    const v = new Float64Array(4);
    const sums = new Float64Array(16);
    for (let k = 0; k < n; k++) {
      products.drawMomentum(stream, p);
      products.inverseMass(p, v);
      for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) sums[4 * i + j]! += v[i]! * v[j]!;
    }
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        const expected = whole[4 * i + j]!;
        // Standard error of a sample covariance: √((v_ii v_jj + v_ij²) / n).
        const error = Math.sqrt((whole[5 * i]! * whole[5 * j]! + expected ** 2) / n);
        expect(Math.abs(sums[4 * i + j]! / n - expected)).toBeLessThan(4.5 * error);
      }
    }
  });

  it('are the same stored whole and direction by direction', () => {
    const d = 7;
    const wide = covarianceOf([50, 1, 1, 1, 1, 1, 1]);
    const drawn = drawsOf(wide, d, 60);
    const metric = learnMetric(drawn.positions, drawn.gradients, 'dense');
    const one: Metric = {
      variance: metric.variance,
      directions: {
        vectors: metric.directions!.vectors.slice(6 * d),
        values: metric.directions!.values.slice(6),
      },
    };
    expect(metricKind(one)).toBe('low-rank');
    const whole = inverseMass(one);
    const u = one.directions!.vectors;
    const scale = one.variance.map(Math.sqrt);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        const expected =
          (i === j ? one.variance[i]! : 0) + (one.directions!.values[0]! - 1) * u[i]! * scale[i]! * u[j]! * scale[j]!;
        expect(whole[i * d + j]).toBeCloseTo(expected, 10);
      }
    }
  });
});

describe('NUTS with a metric that is not diagonal', () => {
  it('leaves the target as it is, whether the metric fits or not', () => {
    const target = correlated(0.9);
    const { positions, gradients } = drawsOf(covarianceOf([0.3, 1.5]), 2, 30);
    const sampler = nuts(target);
    const metric = learnMetric(positions, gradients, 'dense');
    const draws = [0, 1, 2, 3].map((chain) => {
      let state = sampler.init(Float64Array.of(0, 0));
      return Float64Array.from({ length: 1500 }, (_, i) => {
        [state] = sampler.step(foldIn(foldIn(key(4), chain), i), state, { stepSize: 0.3, ...metric });
        return (state.position[0]! + state.position[1]!) / Math.SQRT2;
      });
    });
    expectMoments(draws, { mean: 0, sd: Math.sqrt(1.9) });
  });

  const d = 30;
  const sigma = covarianceOf([...new Array(d - 2).fill(1), 400, 0.01]);
  const inverse = symmetricInverse(sigma, d);
  const target = density(d, (q, g) => {
    let value = 0;
    times(inverse, q, d).forEach((x, i) => {
      g[i] = -x;
      value -= 0.5 * x * q[i]!;
    });
    return value;
  });

  it('samples a strongly correlated normal in few leapfrogs, where the diagonal one takes many', () => {
    const cost = (metric: 'auto' | 'diagonal') => run(target, 6, { metric, warmup: 400, draws: 200 }).gradients;
    expect(cost('auto') * 3).toBeLessThan(cost('diagonal'));
  });

  it('gives the moments of that normal', () => {
    const { of, results } = chains(target, 7, { warmup: 400, draws: 500 });
    expect(results.every(({ warmup }) => metricKind(warmup.metric) !== 'diagonal')).toBe(true);
    expectMoments(
      of((q) => q[0]!),
      { mean: 0, sd: Math.sqrt(sigma[0]!) },
    );
  });

  it('adapts the same with the same key, and says which metric it took', () => {
    const options = { warmup: 100, draws: 20, targetAcceptance: 0.8, maxTreeDepth: 10 };
    const a = finish(runChain(target, key(1), options));
    const b = finish(runChain(target, key(1), options));
    expect(b).toEqual(a);
    expect(metricKind({ variance: Float64Array.of(1, 1) })).toBe('diagonal');
  });
});
