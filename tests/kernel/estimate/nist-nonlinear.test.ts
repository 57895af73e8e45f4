/** All 27 nonlinear sets of NIST's Statistical Reference Datasets, from both starts. */
import { describe, expect, it } from 'vitest';
import { flat, halfNormal, normal } from '#kernel/distributions/index';
import { mle, nls } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import type { Expr } from '#kernel/program/index';
import nist from './fixtures/nist-nonlinear.json' with { type: 'json' };

/** Digits to which a and b agree: −log₁₀ of the relative error, as NIST counts them. */
const digits = (a: number, b: number) => (a === b ? 16 : -Math.log10(Math.abs(a / b - 1)));

type Name = keyof typeof nist.sets;
type Mean = (b: readonly Expr[], x: Expr, x2: Expr) => Expr;
const decay = (height: Expr, rate: Expr, x: Expr) => height.mul(rate.mul(x).neg().exp());
const bump = (height: Expr, centre: Expr, width: Expr, x: Expr) =>
  height.mul(x.sub(centre).div(width).square().neg().exp());
/** Σ cₖ xᵏ. */
const polynomial = (x: Expr, ...c: (Expr | 1)[]) =>
  c.slice(1).reduce(
    (sum: Expr, v, k) =>
      x
        .pow(k + 1)
        .mul(v)
        .add(sum) as Expr,
    x.mul(0).add(c[0]!) as Expr,
  );

const saturation: Mean = ([b1, b2], x) => b1!.mul(b2!.mul(x).neg().exp().neg().add(1));
const lanczos: Mean = ([b1, b2, b3, b4, b5, b6], x) =>
  decay(b1!, b2!, x)
    .add(decay(b3!, b4!, x))
    .add(decay(b5!, b6!, x));
const gauss: Mean = ([b1, b2, b3, b4, b5, b6, b7, b8], x) =>
  decay(b1!, b2!, x)
    .add(bump(b3!, b4!, b5!, x))
    .add(bump(b6!, b7!, b8!, x));
const chwirut: Mean = ([b1, b2, b3], x) =>
  b1!
    .mul(x)
    .neg()
    .exp()
    .div(b2!.add(b3!.mul(x)));
const cubics: Mean = ([b1, b2, b3, b4, b5, b6, b7], x) =>
  polynomial(x, b1!, b2!, b3!, b4!).div(polynomial(x, 1, b5!, b6!, b7!));
const wave = (cosine: Expr, sine: Expr, period: Expr | 12, x: Expr) => {
  const angle = x.mul(2 * Math.PI).div(period);
  return cosine.mul(angle.cos()).add(sine.mul(angle.sin()));
};

/** The formulas of the sets, as printed with each. */
const means: Record<Name, Mean> = {
  Misra1a: saturation,
  Misra1b: ([b1, b2], x) => b1!.mul(b2!.mul(x).div(2).add(1).pow(-2).neg().add(1)),
  Misra1c: ([b1, b2], x) => b1!.mul(b2!.mul(x).mul(2).add(1).pow(-0.5).neg().add(1)),
  Misra1d: ([b1, b2], x) => b1!.mul(b2!).mul(x).div(b2!.mul(x).add(1)),
  Chwirut1: chwirut,
  Chwirut2: chwirut,
  Lanczos1: lanczos,
  Lanczos2: lanczos,
  Lanczos3: lanczos,
  Gauss1: gauss,
  Gauss2: gauss,
  Gauss3: gauss,
  DanWood: ([b1, b2], x) => b1!.mul(x.pow(b2!)),
  Kirby2: ([b1, b2, b3, b4, b5], x) => polynomial(x, b1!, b2!, b3!).div(polynomial(x, 1, b4!, b5!)),
  Hahn1: cubics,
  Nelson: ([b1, b2, b3], x1, x2) => b1!.sub(b2!.mul(x1).mul(b3!.mul(x2).neg().exp())),
  MGH09: ([b1, b2, b3, b4], x) => b1!.mul(x.square().add(x.mul(b2!))).div(x.square().add(x.mul(b3!)).add(b4!)),
  MGH10: ([b1, b2, b3], x) => b1!.mul(b2!.div(x.add(b3!)).exp()),
  MGH17: ([b1, b2, b3, b4, b5], x) => b1!.add(decay(b2!, b4!, x)).add(decay(b3!, b5!, x)),
  Rat42: ([b1, b2, b3], x) => b1!.div(b2!.sub(b3!.mul(x)).exp().add(1)),
  Rat43: ([b1, b2, b3, b4], x) => b1!.div(b2!.sub(b3!.mul(x)).exp().add(1).pow(b4!.pow(-1))),
  Roszman1: ([b1, b2, b3, b4], x) => b1!.sub(b2!.mul(x)).sub(b3!.div(x.sub(b4!)).atan().div(Math.PI)),
  ENSO: ([b1, b2, b3, b4, b5, b6, b7, b8, b9], x) =>
    b1!
      .add(wave(b2!, b3!, 12, x))
      .add(wave(b5!, b6!, b4!, x))
      .add(wave(b8!, b9!, b7!, x)),
  Thurber: cubics,
  BoxBOD: saturation,
  Bennett5: ([b1, b2, b3], x) => b1!.mul(b2!.add(x).pow(b3!.pow(-1).neg())),
  Eckerle4: ([b1, b2, b3], x) => b1!.div(b2!).mul(x.sub(b3!).div(b2!).square().mul(-0.5).exp()),
};

function told(name: Name) {
  const { data, cols, cert } = nist.sets[name];
  const column = (k: number) => data.map((row) => row[k]!);
  return model()
    .data({ y: name === 'Nelson' ? column(0).map(Math.log) : column(0), x: column(1), x2: column(cols.length - 1) })
    .parameters({ b: flat().size(cert.length), sigma: halfNormal(0, 1) })
    .observe(({ b, sigma, x, x2 }) => {
      const each = cert.map((_, k) => b.at(k) as Expr);
      return { y: normal(means[name](each, x, x2), sigma) };
    });
}

const names = Object.keys(nist.sets) as Name[];
const cases = names.flatMap((name) => (['start1', 'start2'] as const).map((start) => ({ name, start })));

/**
 * Lanczos1's residuals are the rounding of its data to 13 digits, about 1e-13, where doubles near 2.5 lie 4e-16 apart:
 * neither the data nor the fit can be told from each other to more than three digits of that.
 */
const ofResiduals = (name: Name) => (name === 'Lanczos1' ? 2 : name.startsWith('Lanczos') ? 9 : 10);

describe('NIST StRD nonlinear regression', () => {
  it('is here whole', () => expect(names).toHaveLength(27));

  it.each(cases)('$name from $start: ten digits of parameters, seven of standard errors', async ({ name, start }) => {
    const { cert, se, rss, rsd, data, [start]: b } = nist.sets[name];
    const fit = await nls(told(name), { init: { b } });
    expect(fit.ending).toBe('converged');
    expect(fit.warnings).toEqual([]);
    cert.forEach((certified, k) => {
      expect(digits(fit.values[k]!, certified), `b${k + 1} = ${fit.values[k]}`).toBeGreaterThan(10);
      expect(digits(fit.standardErrors[k]!, se[k]!), `se of b${k + 1}`).toBeGreaterThan(name === 'Lanczos1' ? 2 : 10);
    });
    expect(digits(fit.residualSumOfSquares, rss)).toBeGreaterThan(ofResiduals(name));
    expect(digits(fit.residualStandardError, rsd)).toBeGreaterThan(ofResiduals(name));
    expect(fit.degreesOfFreedom).toBe(data.length - cert.length);
  });

  // The likelihood of a general model, climbed from the nearer start.
  it.each(names.filter((name) => !/Lanczos|Bennett5/.test(name)))(
    '%s by maximum likelihood: the same parameters, σ̂² the residual sum over n',
    async (name) => {
      const { cert, rss, data, start2: b } = nist.sets[name];
      const fit = await mle(told(name), { init: { b }, starts: 1 });
      expect(fit.ending).toBe('converged');
      cert.forEach((certified, k) => {
        expect(digits(fit.estimates.b[k]!, certified), `b${k + 1} = ${fit.estimates.b[k]}`).toBeGreaterThan(9.5);
      });
      expect(digits(fit.estimates.sigma ** 2, rss / data.length)).toBeGreaterThan(9.5);
    },
  );
});
