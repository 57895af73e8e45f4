import { describe, expect, it } from 'vitest';
import { flat, halfNormal, normal, poisson } from '#kernel/distributions/index';
import { nls } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import type { Expr } from '#kernel/program/index';
import nist from './fixtures/nist-nonlinear.json' with { type: 'json' };
import r from './fixtures/r-nls.json' with { type: 'json' };

/** Digits to which a and b agree. */
const digits = (a: number, b: number) => (a === b ? 16 : -Math.log10(Math.abs(a / b - 1)));

type Mean = (b: readonly Expr[], x: Expr, x2: Expr) => Expr;
const gauss = (x: Expr, centre: Expr, width: Expr) => x.sub(centre).div(width).square().neg();
/** The formulas of the sets, as printed with each. */
const means: Record<keyof typeof nist.sets, Mean> = {
  Misra1a: ([b1, b2], x) => b1!.mul(b2!.mul(x).neg().exp().neg().add(1)),
  Chwirut2: ([b1, b2, b3], x) =>
    b1!
      .mul(x)
      .neg()
      .exp()
      .div(b2!.add(b3!.mul(x))),
  DanWood: ([b1, b2], x) => b1!.mul(x.pow(b2!)),
  Lanczos3: ([b1, b2, b3, b4, b5, b6], x) =>
    b1!
      .mul(b2!.mul(x).neg().exp())
      .add(b3!.mul(b4!.mul(x).neg().exp()))
      .add(b5!.mul(b6!.mul(x).neg().exp())),
  Gauss1: ([b1, b2, b3, b4, b5, b6, b7, b8], x) =>
    b1!
      .mul(b2!.mul(x).neg().exp())
      .add(b3!.mul(gauss(x, b4!, b5!).exp()))
      .add(b6!.mul(gauss(x, b7!, b8!).exp())),
  Nelson: ([b1, b2, b3], x1, x2) => b1!.sub(b2!.mul(x1).mul(b3!.mul(x2).neg().exp())),
  MGH17: ([b1, b2, b3, b4, b5], x) => b1!.add(b2!.mul(x.mul(b4!).neg().exp())).add(b3!.mul(x.mul(b5!).neg().exp())),
  Hahn1: ([b1, b2, b3, b4, b5, b6, b7], x) => {
    const top = b1!
      .add(b2!.mul(x))
      .add(b3!.mul(x.square()))
      .add(b4!.mul(x.pow(3)));
    return top.div(
      b5!
        .mul(x)
        .add(1)
        .add(b6!.mul(x.square()))
        .add(b7!.mul(x.pow(3))),
    );
  },
  Rat42: ([b1, b2, b3], x) => b1!.div(b2!.sub(b3!.mul(x)).exp().add(1)),
  Eckerle4: ([b1, b2, b3], x) => b1!.div(b2!).mul(gauss(x, b3!, b2!).mul(0.5).exp()),
};

const cases = Object.entries(nist.sets).flatMap(([name, set]) =>
  (['start1', 'start2'] as const).map((start) => ({ name, set, start })),
);

describe('NIST StRD nonlinear regression', () => {
  it.each(cases)(
    '$name from $start: ten digits of parameters, seven of standard errors',
    async ({ name, set, start }) => {
      const column = (k: number) => set.data.map((row) => row[k]!);
      const y = name === 'Nelson' ? column(0).map(Math.log) : column(0);
      const told = model()
        .data({ y, x: column(1), x2: column(Math.min(2, set.cols.length - 1)) })
        .parameters({ b: flat().size(set.cert.length), sigma: halfNormal(0, 1) })
        .observe(({ b, sigma, x, x2 }) => {
          const each = set.cert.map((_, k) => b.at(k) as Expr);
          return { y: normal(means[name as keyof typeof means](each, x, x2), sigma) };
        });
      const fit = await nls(told, { init: { b: set[start] } });
      expect(fit.ending).toBe('converged');
      set.cert.forEach((certified, k) => {
        expect(digits(fit.values[k]!, certified), `b${k + 1} = ${fit.values[k]}`).toBeGreaterThan(10);
        expect(digits(fit.standardErrors[k]!, set.se[k]!), `se of b${k + 1}`).toBeGreaterThan(7);
      });
      expect(digits(fit.residualSumOfSquares, set.rss)).toBeGreaterThan(name === 'Lanczos3' ? 7 : 9.5);
      expect(digits(fit.residualStandardError, set.rsd)).toBeGreaterThan(name === 'Lanczos3' ? 7 : 9.5);
      expect(fit.degreesOfFreedom).toBe(y.length - set.cert.length);
    },
  );
});

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
