/**
 * Made-up results for the figure tests: normal draws from a linear congruential generator, so that the pictures
 * do not depend on the library's own samplers.
 */
import type { DrawnComparison } from '#kernel/figure/comparison';
import type { DrawnLandscape } from '#kernel/figure/landscape';
import type { DrawnPosterior } from '#kernel/figure/posterior';

/** Standard normal draws by Box–Muller over a 32-bit generator (constants of Numerical Recipes). */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

export function samplePosterior(chains = 4, draws = 500, vector = 3): DrawnPosterior {
  const normal = normals(7);
  const fill = (size: number, next: () => number) => ({
    values: Float64Array.from({ length: chains * draws * size }, next),
    shape: size === 1 ? [chains, draws] : [chains, draws, size],
  });
  return {
    draws: {
      mu: fill(1, () => 4.4 + 3.3 * normal()),
      tau: fill(1, () => Math.abs(3 * normal())),
      theta: fill(vector, () => 5 + 4 * normal()),
    },
    statistics: { divergent: new Uint8Array(chains * draws).fill(1, 0, 2) },
    warnings: ['2 divergent transitions'],
    summary: () => ({
      rows: [
        { name: 'mu', mean: 4.4, sd: 3.3, mcseMean: 0.07, mcseSd: 0.05, essBulk: 2100, essTail: 1900, rHat: 1.001 },
        {
          name: 'tau',
          mean: 2.4,
          sd: 1.8,
          mcseMean: 0.04,
          mcseSd: 0.03,
          essBulk: 1800,
          essTail: 1700,
          rHat: Number.NaN,
        },
      ],
    }),
  };
}

/** A quadratic log likelihood, correlation 0.7, around (80, 0.6) with standard errors 2 and 0.1. */
export function sampleLandscape(size = 40): DrawnLandscape {
  const rho = 0.7;
  const grid = (from: number, to: number) =>
    Float64Array.from({ length: size }, (_, i) => from + ((to - from) * i) / (size - 1));
  const x = grid(72, 88);
  const y = grid(0.2, 1);
  const values = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) {
      const a = (x[i]! - 80) / 2;
      const b = (y[j]! - 0.6) / 0.1;
      values[j * size + i] = -123.4 - (a * a - 2 * rho * a * b + b * b) / (2 * (1 - rho * rho));
    }
  }
  const normal = normals(3);
  const u = Float64Array.from({ length: 3000 }, normal);
  const v = u.map((a) => rho * a + Math.sqrt(1 - rho * rho) * normal());
  return {
    of: 'likelihood',
    others: 'fixed',
    fixed: [{ name: 'sigma', value: 18.266 }],
    x: { name: 'alpha', grid: x },
    y: { name: 'beta', grid: y },
    values,
    marks: [
      { kind: 'mle', label: 'MLE', x: 80, y: 0.6, logDensity: -123.4 },
      { kind: 'map', label: 'MAP, prior N(0, 1)', x: 79.2, y: 0.55 },
    ],
    draws: { x: u.map((a) => 80 + 2 * a), y: v.map((b) => 0.6 + 0.1 * b) },
  };
}

export function sampleComparison(): DrawnComparison {
  const labels = ['MLE', 'MAP, N(0, 10)', 'MAP, N(0, 0.1)', 'posterior'];
  return {
    level: 0.9,
    rows: ['alpha', 'beta', 'sigma'].flatMap((parameter, k) =>
      labels.map((label, i) => {
        const estimate = 10 ** k * (1 + 0.1 * i);
        return { label, parameter, estimate, spread: 0.2 * estimate, lower: 0.7 * estimate, upper: 1.3 * estimate };
      }),
    ),
  };
}

/** Numbers cut to three decimals, so that a snapshot says what is drawn and not how the last bit fell. */
export function threeDecimals(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value * 1000) / 1000 + 0;
  if (value instanceof Float64Array) return Array.from(value, threeDecimals);
  if (Array.isArray(value)) return value.map(threeDecimals);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, threeDecimals(inner)]));
}
