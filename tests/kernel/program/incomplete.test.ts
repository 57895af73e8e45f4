/**
 * Incomplete functions, their inverses and the special methods of expressions: against scipy, and undoing each other.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { grad } from '#kernel/program/gradient';
import {
  betaLower,
  betaLowerInverse,
  gammaLower,
  gammaLowerInverse,
  gammaUpper,
  gammaUpperInverse,
} from '#kernel/program/incomplete';
import { hessian } from '#kernel/program/second-derivatives';
import type { Expr } from '#kernel/program/types';

fc.configureGlobal({ seed: 20261122 });

/** The value of an expression of three numbers given when it runs. */
function run(build: (x: Expr) => Expr, ...at: number[]): number[] {
  const x = variable('x', [at.length]);
  const program = compile({ inputs: [{ name: 'x', shape: [at.length] }], outputs: [build(x)] });
  return Array.from(program.run({ x: Float64Array.from(at) })[0]!);
}

const close = (found: number, expected: number, tolerance: number) =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));

describe('against scipy', () => {
  // scipy 1.17.1, scipy.special: gammainc(2.5, 3.1), gammaincc(2.5, 3.1), gammaincinv(2.5, .3), gammainccinv(2.5, 1e-20),
  // betainc(2, 3.5, .4), betaincinv(2, 3.5, .9), ndtri(.975), betaln(3, .5), polygamma(4, 2.2), i0(3), i1(3), i0e(300),
  // i1e(300)
  const figures: readonly [string, (x: Expr) => Expr, readonly number[], number][] = [
    ['gammaLower', (x) => gammaLower(x.at(0), x.at(1)), [2.5, 3.1], 0.7127583165744391],
    ['gammaUpper', (x) => gammaUpper(x.at(0), x.at(1)), [2.5, 3.1], 0.28724168342556083],
    ['gammaLowerInverse', (x) => gammaLowerInverse(x.at(0), x.at(1)), [2.5, 0.3], 1.4999540663799533],
    ['gammaUpperInverse', (x) => gammaUpperInverse(x.at(0), x.at(1)), [2.5, 1e-20], 51.714488618878974],
    ['betaLower', (x) => betaLower(x.at(0), x.at(1), x.at(2)), [2, 3.5, 0.4], 0.5984490866652151],
    ['betaLowerInverse', (x) => betaLowerInverse(x.at(0), x.at(1), x.at(2)), [2, 3.5, 0.9], 0.6284922331450695],
    ['normalQuantile', (x) => x.normalQuantile(), [0.975], 1.959963984540054],
    ['logBeta', (x) => x.at(0).logBeta(x.at(1)), [3, 0.5], 0.06453852113757116],
    ['polygamma', (x) => x.polygamma(4), [2.2], -0.5674362442651495],
    ['besselI0', (x) => x.besselI0(), [3], 4.880792585865024],
    ['besselI1', (x) => x.besselI1(), [3], 3.9533702174026093],
    ['besselI0Scaled', (x) => x.besselI0Scaled(), [300], 0.02304255841508546],
    ['besselI1Scaled', (x) => x.besselI1Scaled(), [300], 0.02300412204026895],
  ];
  it.each(figures)('%s', (_, build, at, expected) => {
    close(run(build, ...at)[0]!, expected, 2e-14);
  });
});

describe('inverses', () => {
  const shape = fc.double({ min: 0.2, max: 200, noNaN: true });
  const probability = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
  it('of the gamma distribution function undo it, and its derivatives', () => {
    const there = variable('x', [2]);
    const p = gammaLower(there.at(0), gammaLowerInverse(there.at(0), there.at(1)));
    const q = gammaUpper(there.at(0), gammaUpperInverse(there.at(0), there.at(1)));
    const program = compile({
      inputs: [{ name: 'x', shape: [2] }],
      outputs: [p, q, ...grad(p, [there]), ...grad(q, [there])],
    });
    fc.assert(
      fc.property(shape, probability, (a, u) => {
        const [forward, upper, slopes, upperSlopes] = program.run({ x: Float64Array.of(a, u) });
        close(forward![0]!, u, 1e-11);
        close(upper![0]!, u, 1e-11);
        // P(a, P⁻¹(a, u)) = u: slope 0 in a, 1 in u
        for (const [byShape, byProbability] of [slopes!, upperSlopes!]) {
          expect(Math.abs(byShape!)).toBeLessThan(1e-10);
          close(byProbability!, 1, 1e-10);
        }
      }),
      { numRuns: 60 },
    );
  });
  it('of the beta distribution function undo it, and its derivatives', () => {
    const there = variable('x', [3]);
    const [a, b, u] = [there.at(0), there.at(1), there.at(2)];
    const p = betaLower(a, b, betaLowerInverse(a, b, u));
    const program = compile({ inputs: [{ name: 'x', shape: [3] }], outputs: [p, ...grad(p, [there])] });
    const size = fc.double({ min: 0.5, max: 60, noNaN: true });
    const inner = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(size, size, inner, (...at) => {
        const [forward, slopes] = program.run({ x: Float64Array.from(at) });
        close(forward![0]!, at[2], 1e-11);
        expect(Math.abs(slopes![0]!)).toBeLessThan(1e-9);
        expect(Math.abs(slopes![1]!)).toBeLessThan(1e-9);
        close(slopes![2]!, 1, 1e-9);
      }),
      { numRuns: 60 },
    );
  });
});

describe('second derivatives in every parameter', () => {
  /** Central differences of the gradient. */
  function differences(f: (x: Expr) => Expr, at: readonly number[]): number[] {
    return at.flatMap((_, j) => {
      const h = 1e-5 * at[j]!;
      const [up, down] = [h, -h].map((step) =>
        run((x) => grad(f(x), [x])[0]!, ...at.map((value, i) => (i === j ? value + step : value))),
      );
      return up!.map((value, i) => (value - down![i]!) / (2 * h));
    });
  }
  const cases: readonly [string, (x: Expr) => Expr, readonly number[]][] = [
    ['P(a, x) below its mean', (x) => gammaLower(x.at(0), x.at(1)), [4.2, 2.5]],
    ['P(a, x) above its mean', (x) => gammaLower(x.at(0), x.at(1)), [4.2, 7.5]],
    ['log Q(a, x) far out', (x) => gammaUpper(x.at(0), x.at(1)).log(), [3, 40]],
    ['I_x(a, b)', (x) => betaLower(x.at(0), x.at(1), x.at(2)), [2.5, 4, 0.3]],
    ['I_x(a, b) above its mean', (x) => betaLower(x.at(0), x.at(1), x.at(2)), [2.5, 4, 0.8]],
    ['the gamma quantile', (x) => gammaLowerInverse(x.at(0), x.at(1)), [2.5, 0.7]],
    ['the beta quantile', (x) => betaLowerInverse(x.at(0), x.at(1), x.at(2)), [2.5, 4, 0.3]],
  ];
  it.each(cases)('%s: the Hessian follows differences', (_, f, at) => {
    const found = run((x) => hessian(f(x), x).reshape(-1), ...at);
    const expected = differences(f, at);
    const scale = Math.max(...expected.map(Math.abs));
    found.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-7 * scale);
    });
  });
  it('stay finite where the density has vanished', () => {
    const slopes = run((x) => hessian(gammaLower(x.at(0), x.at(1)), x).reshape(-1), 3, 2000);
    expect(slopes.map(Math.abs)).toEqual([0, 0, 0, 0]);
    const ends = run((x) => hessian(betaLower(x.at(0), x.at(1), x.at(2)), x).reshape(-1), 30, 3, 1e-200);
    expect(ends.every((value) => Math.abs(value) === 0)).toBe(true);
  });
});

describe('methods', () => {
  it('polygamma refuses orders that are not whole', () => {
    expect(() => constant(2).polygamma(0.5)).toThrow(
      /polygamma: the order must be a whole number from 0 to 100, got 0.5/,
    );
    expect(() => constant(2).polygamma(-1)).toThrow(/got -1/);
  });
  it('logBeta and atan2 broadcast', () => {
    expect(constant([1, 2, 3]).logBeta([[1], [2]]).shape).toEqual([2, 3]);
    expect(constant([1, 2, 3]).atan2(2).shape).toEqual([3]);
  });
  it('cbrt has the sign of its argument, and slope ∞ at 0', () => {
    expect(run((x) => x.cbrt(), -8, 27)).toEqual([-2, 3]);
    expect(run((x) => grad(x.cbrt().sum(), [x])[0]!, 0)).toEqual([Infinity]);
  });
});
