import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type PenalisedOptions, penalised } from '#kernel/regression/penalised';

// R 4.2.2, glmnet 4.1 with thresh 1e-20: Rscript fixtures/r-glmnet.R
interface Case {
  readonly family: 'gaussian' | 'binomial' | 'poisson';
  readonly mix: number;
  readonly weighted: boolean;
  readonly standardise: boolean;
  readonly lambda: readonly number[];
  /** One row a penalty, the intercept first. */
  readonly coefficients: readonly (readonly number[])[];
  /** The first penalties glmnet chooses itself. */
  readonly path: readonly number[];
}
const { data, cases } = JSON.parse(readFileSync(new URL('./fixtures/r-glmnet.json', import.meta.url), 'utf8')) as {
  data: Record<string, number[]>;
  cases: Case[];
};

const terms = 'x0 + x1 + x2 + x3 + x4 + x5';

/** Standard deviation of the response with n in the denominator. */
function deviation(y: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const mean = y.reduce((sum, value, i) => sum + weights[i]! * value, 0) / total;
  return Math.sqrt(y.reduce((sum, value, i) => sum + weights[i]! * (value - mean) ** 2, 0) / total);
}

/**
 * glmnet divides a Gaussian response by its standard deviation s, penalises, and multiplies back: what it calls λ and α is
 * λ α ‖β‖₁ + λ (1 − α) / (2 s) ‖β‖² in units of the response. The lasso is the same, its ridge is ours at λ / s.
 */
function translated({ family, mix, weighted }: Case, lambda: number): { mix: number; lambda: number } {
  const y = data[family]!;
  const s = family === 'gaussian' ? deviation(y, weighted ? data.w! : y.map(() => 1)) : 1;
  const [corner, round] = [lambda * mix, (lambda * (1 - mix)) / s];
  return { mix: corner / (corner + round), lambda: corner + round };
}

describe('penalised fits of glmnet', () => {
  it.each(cases)('$family, mix $mix, weighted $weighted, standardise $standardise', (want) => {
    const options: PenalisedOptions = {
      family: want.family,
      standardise: want.standardise,
      ...(want.weighted && { weights: 'w' }),
    };
    want.lambda.forEach((given, k) => {
      const { mix, lambda } = translated(want, given);
      const [got] = penalised(`${want.family} ~ ${terms}`, data, { ...options, mix, lambda: [lambda] }).coefficients;
      want.coefficients[k]!.forEach((b, j) => {
        expect(Math.abs(got![j]! - b)).toBeLessThan(1e-9);
        if (b === 0) expect(got![j]).toBe(0);
      });
    });
    const path = penalised(`${want.family} ~ ${terms}`, data, { ...options, mix: want.mix }).lambda;
    want.path.forEach((lambda, k) => {
      expect(path[k]! / lambda).toBeCloseTo(1, 13);
    });
  });
});
