/**
 * Inverse and hyperbolic functions, polygamma, scaled Bessel functions, densities, and second derivatives of incomplete
 * functions, against mpmath; ends and identities.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as elementary from '#kernel/numeric/elementary';
import * as special from '#kernel/numeric/special/index';
import fixture from './fixtures/more.json' with { type: 'json' };

fc.configureGlobal({ seed: 20261122 });

const ULP = 2 ** -52;

/** The function, what it may err by relative to its value, and absolutely where it crosses 0. */
const functions: Record<
  keyof typeof fixture.functions,
  [(...x: number[]) => number, relative: number, absolute?: number]
> = {
  asin: [(x) => elementary.asin(x!), 3 * ULP],
  acos: [(x) => elementary.acos(x!), 3 * ULP],
  atanh: [(x) => elementary.atanh(x!), 3 * ULP],
  sinh: [(x) => elementary.sinh(x!), 3 * ULP],
  cosh: [(x) => elementary.cosh(x!), 3 * ULP],
  asinh: [(x) => elementary.asinh(x!), 3 * ULP],
  acosh: [(x) => elementary.acosh(x!), 3 * ULP],
  cbrt: [(x) => elementary.cbrt(x!), ULP],
  polygamma: [(n, x) => special.polygamma(n!, x!), 1e-13],
  bessel_i0_scaled: [(x) => special.besselI0Scaled(x!), 5 * ULP],
  bessel_i1_scaled: [(x) => special.besselI1Scaled(x!), 5 * ULP],
  gamma_density: [(a, x) => special.gammaDensity(a!, x!), 1e-13],
  beta_density: [(a, b, x) => special.betaDensity(a!, b!, x!), 1e-13],
  gamma_p_daa: [(a, x) => special.gammaRegularisedShapeSecond(a!, x!), 1e-13, 1e-15],
  beta_i_daa: [(a, b, x) => special.betaRegularisedSecond(a!, b!, x!)[0], 2e-13, 1e-15],
  beta_i_dab: [(a, b, x) => special.betaRegularisedSecond(a!, b!, x!)[1], 2e-13, 1e-15],
  beta_i_dbb: [(a, b, x) => special.betaRegularisedSecond(a!, b!, x!)[2], 2e-13, 1e-15],
};

describe.each(Object.entries(functions))('%s', (name, [f, relative, absolute = 5e-324]) => {
  it('has the values of mpmath at every point', () => {
    const points = fixture.functions[name as keyof typeof functions];
    expect(points.length).toBeGreaterThan(9);
    for (const point of points) {
      const numbers = point.map(Number);
      const [given, expected] = [numbers.slice(0, -1), numbers.at(-1)!];
      const found = f(...given);
      const error = Math.abs(found - expected);
      const allowed = Math.max(relative * Math.abs(expected), absolute);
      expect(error, `${name}(${given.join(', ')}) = ${found}, expected ${expected}`).toBeLessThanOrEqual(allowed);
    }
  });
  it('is NaN for NaN', () => {
    for (let i = 0; i < f.length; i++) {
      expect(f(...[0.5, 0.5, 0.5].map((x, k) => (k === i ? Number.NaN : x)))).toBeNaN();
    }
  });
});

describe('ends', () => {
  const { asin, acos, atanh, sinh, cosh, asinh, acosh, cbrt } = elementary;
  const figures: readonly [string, number, number][] = [
    ['asin 1', asin(1), Math.PI / 2],
    ['asin −1', asin(-1), -Math.PI / 2],
    ['asin 1.1', asin(1.1), Number.NaN],
    ['asin −0', asin(-0), -0],
    ['acos 1', acos(1), 0],
    ['acos −1', acos(-1), Math.PI],
    ['acos −2', acos(-2), Number.NaN],
    ['atanh 1', atanh(1), Infinity],
    ['atanh −1', atanh(-1), -Infinity],
    ['atanh 2', atanh(2), Number.NaN],
    ['sinh ∞', sinh(Infinity), Infinity],
    ['sinh −∞', sinh(-Infinity), -Infinity],
    ['sinh −0', sinh(-0), -0],
    ['sinh 711', sinh(711), Infinity],
    ['cosh −∞', cosh(-Infinity), Infinity],
    ['cosh 0', cosh(0), 1],
    ['asinh −∞', asinh(-Infinity), -Infinity],
    ['asinh −0', asinh(-0), -0],
    ['acosh 1', acosh(1), 0],
    ['acosh ∞', acosh(Infinity), Infinity],
    ['acosh 0.5', acosh(0.5), Number.NaN],
    ['cbrt −0', cbrt(-0), -0],
    ['cbrt −∞', cbrt(-Infinity), -Infinity],
    ['cbrt of the largest', cbrt(Number.MAX_VALUE), 5.643803094122362e102],
    ['ψ″ at 0', special.polygamma(2, 0), Number.NaN],
    ['ψ‴ at 0', special.polygamma(3, 0), Infinity],
    ['ψ″ at ∞', special.polygamma(2, Infinity), -0],
    ['ψ‴ at −3', special.polygamma(3, -3), Infinity],
    ['ψ″ at −∞', special.polygamma(2, -Infinity), Number.NaN],
    ['an order that is not whole', special.polygamma(1.5, 2), Number.NaN],
    ['an order below 0', special.polygamma(-1, 2), Number.NaN],
    ['order 0 is digamma', special.polygamma(0, 2.5), special.digamma(2.5)],
    ['order 1 is trigamma', special.polygamma(1, 2.5), special.trigamma(2.5)],
    ['e^−x I₀ at ∞', special.besselI0Scaled(Infinity), 0],
    ['e^−x I₁ at −∞', special.besselI1Scaled(-Infinity), -0],
    ['gamma density at 0, a < 1', special.gammaDensity(0.5, 0), Infinity],
    ['gamma density at 0, a = 1', special.gammaDensity(1, 0), 1],
    ['gamma density at 0, a > 1', special.gammaDensity(2, 0), 0],
    ['gamma density at ∞', special.gammaDensity(2, Infinity), 0],
    ['gamma density below 0', special.gammaDensity(2, -1), Number.NaN],
    ['beta density at 0, a = 1', special.betaDensity(1, 3, 0), 3],
    ['beta density at 1, b = 1', special.betaDensity(4, 1, 1), 4],
    ['beta density at 0, a < 1', special.betaDensity(0.5, 1, 0), Infinity],
    ['beta density at 1, b > 1', special.betaDensity(0.5, 2, 1), 0],
    ['beta density outside', special.betaDensity(0.5, 2, 1.5), Number.NaN],
    ['second derivative at x = 0', special.gammaRegularisedShapeSecond(2, 0), 0],
    ['second derivative at x = ∞', special.gammaRegularisedShapeSecond(2, Infinity), 0],
    ['second derivative of a shape below 0', special.gammaRegularisedShapeSecond(-1, 2), Number.NaN],
  ];
  it.each(figures)('%s', (_, found, expected) => {
    expect(found).toBe(expected);
  });
  it('second derivatives of the incomplete beta function at its ends are 0, outside NaN', () => {
    expect(special.betaRegularisedSecond(2, 3, 0)).toEqual([0, 0, 0]);
    expect(special.betaRegularisedSecond(2, 3, 1)).toEqual([0, 0, 0]);
    expect(special.betaRegularisedSecond(2, -3, 0.5)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe('identities', () => {
  const inside = fc.double({ min: -1, max: 1, noNaN: true });
  const anywhere = fc.double({ min: -700, max: 700, noNaN: true });
  const close = (found: number, expected: number, tolerance: number) =>
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(expected)));
  it('functions and their inverses undo each other', () => {
    fc.assert(
      fc.property(inside, anywhere, (u, x) => {
        close(elementary.sin(elementary.asin(u)), u, 4 * ULP);
        close(elementary.cos(elementary.acos(u)), u, 4 * ULP);
        close(elementary.tanh(elementary.atanh(u)), u, 4 * ULP);
        close(elementary.asinh(elementary.sinh(x)), x, 4 * ULP);
        close(elementary.acosh(elementary.cosh(x)), Math.abs(x), Math.abs(x) < 1 ? 1e-7 : 4 * ULP);
        close(elementary.cbrt(x) ** 3, x, 6 * ULP);
      }),
    );
  });
  it('parity', () => {
    fc.assert(
      fc.property(inside, anywhere, (u, x) => {
        expect(elementary.asin(-u)).toBe(-elementary.asin(u));
        expect(elementary.atanh(-u)).toBe(-elementary.atanh(u));
        expect(elementary.sinh(-x)).toBe(-elementary.sinh(x));
        expect(elementary.cosh(-x)).toBe(elementary.cosh(x));
        expect(elementary.asinh(-x)).toBe(-elementary.asinh(x));
        expect(special.besselI0Scaled(-x)).toBe(special.besselI0Scaled(x));
        expect(special.besselI1Scaled(-x)).toBe(-special.besselI1Scaled(x));
      }),
    );
  });
  it('polygamma follows its recurrence', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.double({ min: 0.1, max: 60, noNaN: true }), (n, x) => {
        let factorial = 1;
        for (let k = 2; k <= n; k++) factorial *= k;
        const step = ((n % 2 === 0 ? 1 : -1) * factorial) / x ** (n + 1);
        const [here, next] = [special.polygamma(n, x), special.polygamma(n, x + 1)];
        expect(Math.abs(next - here - step)).toBeLessThanOrEqual(1e-12 * Math.abs(here));
      }),
    );
  });
  it('a beta density and its second derivatives are those of the mirrored variable', () => {
    const size = fc.double({ min: 0.1, max: 50, noNaN: true });
    fc.assert(
      fc.property(size, size, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (a, b, x) => {
        const y = 1 - x;
        fc.pre(1 - y === x);
        close(special.betaDensity(a, b, x), special.betaDensity(b, a, y), 1e-11);
        const [aa, ab, bb] = special.betaRegularisedSecond(a, b, x);
        const [mbb, mab, maa] = special.betaRegularisedSecond(b, a, y);
        close(aa, -maa, 1e-13);
        close(ab, -mab, 1e-13);
        close(bb, -mbb, 1e-13);
      }),
    );
  });
});
