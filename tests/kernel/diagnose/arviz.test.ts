import { describe, expect, it } from 'vitest';
import {
  bfmi,
  essBulk,
  essMean,
  essQuantile,
  essTail,
  mcseMean,
  mcseQuantile,
  mcseSd,
  rHat,
} from '#kernel/diagnose/index';
import fixture from './fixtures/arviz.json' with { type: 'json' };

// Figures of ArviZ 0.23.4 on the same draws, made by fixtures/generate.py (versions inside the file).
const cases = fixture.cases.map((c) => ({
  ...c,
  chains: c.chains.map((chain) => Float64Array.from(chain, (x) => x ?? Number.NaN)),
}));

/** ArviZ writes NaN, our fixture null; otherwise equal up to rounding. */
function agrees(value: number, reference: number | null): void {
  if (reference === null) expect(value).toBeNaN();
  else if (!Number.isFinite(reference)) expect(value).toBe(reference);
  else expect(Math.abs(value - reference)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(reference)));
}

describe.each(cases)('diagnostics as ArviZ computes them: $name', (c) => {
  it('rank-normalised split R-hat', () => agrees(rHat(c.chains), c.rHat));
  it('bulk effective sample size', () => agrees(essBulk(c.chains), c.essBulk));
  it('tail effective sample size', () => agrees(essTail(c.chains), c.essTail));
  it('effective sample size of the mean', () => agrees(essMean(c.chains), c.essMean));
  it('effective sample size of a quantile', () => agrees(essQuantile(c.chains, 0.9), c.essQuantile90));
  it('standard error of the mean', () => agrees(mcseMean(c.chains), c.mcseMean));
  it('standard error of the standard deviation', () => agrees(mcseSd(c.chains), c.mcseSd));
  it('standard error of a tail quantile', () => agrees(mcseQuantile(c.chains, 0.05), c.mcseQuantile05));
  it('standard error of the median', () => agrees(mcseQuantile(c.chains, 0.5), c.mcseMedian));
  it('BFMI of each chain', () => {
    c.chains.forEach((chain, i) => {
      agrees(bfmi(chain), c.bfmi[i] ?? null);
    });
  });
});

describe('what a diagnostic refuses', () => {
  const chains = [Float64Array.of(1, 2, 3, 4), Float64Array.of(2, 3, 1, 4)];
  it('a probability outside (0, 1) is an error that says so', () => {
    expect(() => essQuantile(chains, 1)).toThrow('probability must lie between 0 and 1, got 1');
    expect(() => mcseQuantile(chains, Number.NaN)).toThrow('got NaN');
  });
  it('chains of unequal lengths and no chains at all give NaN', () => {
    expect(rHat([Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 2, 3, 4, 5)])).toBeNaN();
    expect(essBulk([])).toBeNaN();
    expect(bfmi(Float64Array.of(1))).toBeNaN();
  });
  it('the draws themselves are not changed', () => {
    const copy = chains.map((c) => c.slice());
    rHat(chains);
    essTail(chains);
    mcseSd(chains);
    expect(chains).toEqual(copy);
  });
});
