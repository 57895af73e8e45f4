import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RegressionFit } from '#kernel/regression/fit';
import { type FamilyName, glm } from '#kernel/regression/glm';
import { lm } from '#kernel/regression/lm';
import { columnsOf, expectClose, type Json } from './reference.ts';

// R 4.2.2: dffits, dfbetas, rstudent, rstandard and predict(type = "terms"); Rscript fixtures/r-more.R
interface Parts {
  readonly formula: string;
  readonly terms: readonly number[]; // (3, terms)
  readonly names: readonly string[];
  readonly constant: number;
}
interface Linear extends Parts {
  readonly weights: string | null;
  readonly dffits: readonly number[];
  readonly dfbetas: readonly number[];
}
interface General extends Parts {
  readonly family: FamilyName;
  readonly studentised: readonly number[];
  readonly pearson: readonly number[];
}
const reference = JSON.parse(readFileSync(new URL('./fixtures/r-more.json', import.meta.url), 'utf8')) as {
  data: Record<string, Record<string, Json>>;
  linear: Linear[];
  general: General[];
};
const cars = columnsOf(reference.data.mtcars!).columns;
const chosen = Object.fromEntries(
  Object.entries(cars).map(([name, column]) => [
    name,
    Float64Array.from([2, 8, 19], (row) => (column as Float64Array)[row]!),
  ]),
);

function expectParts(fit: RegressionFit, want: Parts): void {
  const { constant, terms } = fit.contributions(chosen);
  expect(Object.keys(terms)).toEqual(want.names);
  expectClose([constant], [want.constant], 1e-8, 'constant');
  const rows = [0, 1, 2].flatMap((row) => Object.values(terms).map((part) => part[row]!));
  expectClose(rows, want.terms, 1e-8, 'terms');
}

describe('influence', () => {
  it.each(reference.linear)('on $formula, weights $weights', (want) => {
    const fit = lm(want.formula, cars, want.weights ? { weights: want.weights } : {});
    expectClose(fit.dffits, want.dffits, 1e-8, 'dffits');
    expectClose(fit.dfbetas, want.dfbetas, 1e-8, 'dfbetas');
    expectParts(fit, want);
  });

  it.each(reference.general)('on $formula, family $family', (want) => {
    const fit = glm(want.formula, cars, { family: want.family });
    expectClose(fit.studentisedResiduals, want.studentised, 1e-8, 'studentised');
    expectClose(fit.standardisedPearsonResiduals, want.pearson, 1e-8, 'standardised');
    expectParts(fit, want);
  });

  it('is that of leaving the row out', () => {
    const fit = lm('mpg ~ wt + hp', cars);
    const weights = new Float64Array(32).fill(1);
    weights[16] = 0; // R's Chrysler Imperial
    const without = lm('mpg ~ wt + hp', cars, { weights });
    const unit = without.sigma / fit.sigma;
    fit.names.forEach((name, j) => {
      const moved = (fit.values[j]! - without.values[j]!) / (fit.standardErrors[name]! * unit);
      expect(fit.dfbetas[16 * 3 + j]).toBeCloseTo(moved, 10);
    });
  });

  it('is not there for columns left out', () => {
    const fit = lm('mpg ~ wt + I(2 * wt) + hp', cars, { collinear: 'drop' });
    const plain = lm('mpg ~ wt + hp', cars);
    expect(fit.dfbetas[2]).toBeNaN();
    expectClose(
      [0, 1, 3].map((j) => fit.dfbetas[j]!),
      [...plain.dfbetas.slice(0, 3)],
      1e-10,
    );
  });
});

describe('contributions of terms', () => {
  it('add up to the predictor, offsets beside', () => {
    const fit = glm('carb ~ wt * factor(am) + offset(log(qsec))', cars, { family: 'poisson' });
    const { constant, terms } = fit.contributions();
    fit.predictors.forEach((eta, i) => {
      const offset = Math.log((cars.qsec as Float64Array)[i]!);
      const sum = Object.values(terms).reduce((all, part) => all + part[i]!, constant + offset);
      expect(sum).toBeCloseTo(eta, 10);
    });
  });

  it('are not those of a fit without terms', () => {
    expect(() => lm('mpg ~ 1', cars).contributions()).toThrow(/no terms whose parts add up/);
  });
});
