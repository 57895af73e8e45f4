import { describe, expect, it } from 'vitest';
import { flat, halfNormal, normal, poisson } from '#kernel/distributions/index';
import { nls } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import r from './fixtures/r-nls.json' with { type: 'json' };

/** Digits to which a and b agree. */
const digits = (a: number, b: number) => (a === b ? 16 : -Math.log10(Math.abs(a / b - 1)));

describe('R: nls', () => {
  const column = (id: string, name: string): number[] => {
    const values = (r.cases.find((each) => each.id === id)!.data as unknown as Record<string, number[]>)[name]!;
    return values;
  };
  const check = (id: string, fit: Awaited<ReturnType<typeof nls>>) => {
    const reference = r.cases.find((each) => each.id === id)!;
    reference.coefficients.forEach((b, k) => {
      expect(digits(fit.values[k]!, b)).toBeGreaterThan(10);
      expect(digits(fit.standardErrors[k]!, reference.standardErrors[k]!)).toBeGreaterThan(9);
    });
    expect(digits(fit.residualStandardError, reference.sigma)).toBeGreaterThan(10);
  };

  it('Michaelis–Menten on Puromycin, the treated', async () => {
    const id = 'Puromycin-treated';
    const told = model()
      .data({ rate: column(id, 'rate'), conc: column(id, 'conc') })
      .parameters({ Vm: flat(), K: flat(), sigma: halfNormal(0, 1) })
      .observe(({ Vm, K, sigma, conc }) => ({ rate: normal(Vm.mul(conc).div(K.add(conc)), sigma) }));
    const fit = await nls(told, { init: { Vm: 200, K: 0.05 } });
    check(id, fit);
    expect(fit.names).toEqual(['Vm', 'K']);
    expect(String(fit)).toContain('residual standard error 10.934 on 10 degrees of freedom');
    expect(fit.summary().row('K').estimate).toBe(fit.values[1]);
    // t(10) quantile 2.2281388519649385 (scipy 1.17.0: stats.t.ppf(0.975, 10))
    expect(fit.interval()[0]!.upper).toBeCloseTo(fit.values[0]! + 2.2281388519649385 * fit.standardErrors[0]!, 9);
  });

  it('a bounded parameter by the delta method: the same figures', async () => {
    const id = 'Puromycin-treated';
    const told = model()
      .data({ rate: column(id, 'rate'), conc: column(id, 'conc') })
      .parameters({ Vm: flat().bounded({ lower: 0 }), K: flat().bounded({ lower: 0 }), sigma: halfNormal(0, 1) })
      .observe(({ Vm, K, sigma, conc }) => ({ rate: normal(Vm.mul(conc).div(K.add(conc)), sigma) }));
    check(id, await nls(told, { init: { Vm: 200, K: 0.05 } }));
  });

  it('a power law on cars', async () => {
    const id = 'cars-power';
    const told = model()
      .data({ dist: column(id, 'dist'), speed: column(id, 'speed') })
      .parameters({ a: flat(), b: flat(), sigma: halfNormal(0, 1) })
      .observe(({ a, b, sigma, speed }) => ({ dist: normal(a.mul(speed.pow(b)), sigma) }));
    check(id, await nls(told, { init: { a: 0.6, b: 1.4 } }));
  });
});

describe('nls', () => {
  const data = model().data({ x: [0, 1, 2, 3], y: [1.1, 2.9, 5.2, 7.1], s: [1, 2, 1, 2] });

  it('weighs by known standard deviations: weighted least squares', async () => {
    const told = data
      .parameters({ a: flat(), b: flat() })
      .observe(({ a, b, x, s }) => ({ y: normal(a.add(b.mul(x)), s) }));
    const fit = await nls(told, { init: { a: 0, b: 0 } });
    // R's lm(y ~ x, weights = c(1, 1/4, 1, 1/4)) solved by hand: Σw = 2.5, Σwx = 3, Σwx² = 6.5, Σwy = 8.8, Σwxy = 16.45
    const determinant = 2.5 * 6.5 - 9;
    expect(fit.values[0]).toBeCloseTo((8.8 * 6.5 - 3 * 16.45) / determinant, 12);
    expect(fit.values[1]).toBeCloseTo((2.5 * 16.45 - 3 * 8.8) / determinant, 12);
    expect(fit.standardErrors[1]).toBeCloseTo(fit.residualStandardError * Math.sqrt(2.5 / determinant), 12);
  });

  it('says when the parameters cannot be told apart, and when the start is hopeless', async () => {
    const twins = data
      .parameters({ a: flat(), b: flat(), sigma: halfNormal(0, 1) })
      .observe(({ a, b, x, sigma }) => ({ y: normal(a.add(b).mul(x), sigma) }));
    const fit = await nls(twins, { init: { a: 1, b: 1 } });
    expect(fit.warnings.join()).toContain('Not identified');
    expect(fit.standardErrors[0]).toBeNaN();
    const short = await nls(
      data.parameters({ a: flat(), b: flat(), sigma: halfNormal(0, 1) }).observe(({ a, b, x, sigma }) => ({
        y: normal(a.mul(b.mul(x).exp()), sigma),
      })),
      { init: { a: 1, b: 0 }, iterations: 1 },
    );
    expect(short.ending).toBe('iterations');
    expect(short.warnings[0]).toContain('Not converged');
  });

  it('refuses other models, and options out of range', async () => {
    const counts = model()
      .data({ y: [1, 2] })
      .parameters({ m: halfNormal(0, 1) })
      .observe(({ m }) => ({ y: poisson(m) }));
    await expect(nls(counts)).rejects.toThrow('expected one observation with a normal distribution');
    const varying = data.parameters({ a: halfNormal(0, 1) }).observe(({ a, x }) => ({ y: normal(a.mul(x), a) }));
    await expect(nls(varying)).rejects.toThrow('the standard deviation must be known, or one parameter');
    const fine = data.parameters({ a: flat() }).observe(({ a, x, s }) => ({ y: normal(a.mul(x), s) }));
    await expect(nls(fine, { init: { b: 1 } })).rejects.toThrow("init has 'b'");
    await expect(nls(fine, { iterations: 0 })).rejects.toThrow('iterations must be a whole number');
    await expect(nls(fine, { start: {} } as never)).rejects.toThrow("no option called 'start'");
    const controller = new AbortController();
    controller.abort();
    expect((await nls(fine, { init: { a: 100 }, signal: controller.signal })).ending).toBe('interrupted');
  });
});
