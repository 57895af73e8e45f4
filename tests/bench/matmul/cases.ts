/**
 * Dense linear algebra as programs run it, each case beside the same work by numpy. A row more is an entry more here,
 * and a kind in `../peers/numpy/algebra.py`.
 */
import { variable } from '#kernel/program/expression';
import { matmul } from '#kernel/program/functions';
import { compileStep, type Precision } from '#kernel/program/index';
import { cholesky } from '#kernel/program/matrices';

/** One case: what ours does, and what numpy is told to do. */
export interface Case {
  /** A name of KINDS in the peer's program, and what it is given. */
  readonly kind: string;
  readonly data: object;
  /** Once more; the result is then in `result()`. */
  work(): void;
  result(): ArrayLike<number>;
  /** Largest difference of the checksums, relative to the number of elements. */
  readonly tolerance: number;
}

function product(precision: Precision, m: number, k: number, n: number, reproducible = true): () => Case {
  return () => {
    const [a, b] = [variable('a', [m, k]), variable('b', [k, n])];
    const step = compileStep({ inputs: [a, b], outputs: [matmul(a, b)], precision, reproducible });
    step.input('a').set(Float64Array.from({ length: m * k }, (_, i) => Math.sin(1.3 * i + 0.1)));
    step.input('b').set(Float64Array.from({ length: k * n }, (_, i) => Math.cos(0.7 * i - 0.2)));
    return {
      kind: precision,
      data: { m, k, n },
      work: () => step.execute(),
      result: () => step.output(0),
      tolerance: precision === 'single' ? 1e-5 : 1e-12,
    };
  };
}

/** Of a covariance: e^(−|i − j| / 10), and 0.1 more on the diagonal. */
function factor(n: number): () => Case {
  return () => {
    const covariance = variable('a', [n, n]);
    const step = compileStep({ inputs: [covariance], outputs: [cholesky(covariance)], precision: 'double' });
    step.input('a').set(
      Float64Array.from({ length: n * n }, (_, at) => {
        const gap = Math.abs(Math.floor(at / n) - (at % n));
        return Math.exp(-gap / 10) + (gap === 0 ? 0.1 : 0);
      }),
    );
    return {
      kind: 'cholesky',
      data: { n },
      work: () => step.execute(),
      result: () => step.output(0),
      tolerance: 1e-12,
    };
  };
}

export const cases: Readonly<Record<string, () => Case>> = {
  'single 256': product('single', 256, 256, 256),
  'single 256 fused': product('single', 256, 256, 256, false),
  'single 32x64x128': product('single', 32, 64, 128),
  'double 256': product('double', 256, 256, 256),
  'double 512': product('double', 512, 512, 512),
  'cholesky 128': factor(128),
  'cholesky 512': factor(512),
};

/** What the peer's program adds up too: Σ cᵢ cos(0.37 i). */
export function checksum(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * Math.cos(0.37 * i);
  return sum;
}
