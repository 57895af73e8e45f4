/**
 * Every function of numbers against mpmath at random arguments over the whole range of doubles, subnormal ones among
 * them: those a log density is made of within two units in the last place, all others within 1e-13, relative, or absolute
 * near a zero. And at the ends of the range.
 */
import { describe, expect, it } from 'vitest';
import * as elementary from '#kernel/numeric/elementary';
import * as special from '#kernel/numeric/special/index';
import fixture from './fixtures/range.json' with { type: 'json' };

type Name = keyof typeof fixture.functions;
type Row = readonly (number | string)[];

/** What the issue asks of exp, log, log1p, expm1, tanh and pow. */
const twoUlp: ReadonlySet<string> = new Set(['exp', 'log', 'log1p', 'expm1', 'tanh', 'pow']);

const named: Record<string, (...x: number[]) => number> = {
  gammaP: (a, x) => special.gammaRegularisedLower(a!, x!),
  gammaQ: (a, x) => special.gammaRegularisedUpper(a!, x!),
  gammaPa: (a, x) => special.gammaRegularisedShapeDerivative(a!, x!),
  gammaPaa: (a, x) => special.gammaRegularisedShapeSecond(a!, x!),
  betaI: (a, b, x) => special.betaRegularised(a!, b!, x!),
  betaIa: (a, b, x) => special.betaRegularisedDerivatives(a!, b!, x!)[0],
  betaIb: (a, b, x) => special.betaRegularisedDerivatives(a!, b!, x!)[1],
};

const library = { ...elementary, ...special } as unknown as typeof named;
const functionOf = (name: string) => named[name] ?? library[name]!;

/** Distance of a double to the next one up. */
function ulpOf(x: number): number {
  const size = Math.abs(x);
  return size < 2 ** -1022 ? 2 ** -1074 : 2 ** (Math.floor(Math.log2(size)) - 52);
}

const SMALLEST = 2 ** -1074;

describe.each(Object.keys(fixture.functions) as Name[])('%s over the whole range', (name) => {
  const rows = fixture.functions[name] as unknown as readonly Row[];
  const allowed = (expected: number) =>
    twoUlp.has(name) ? 2 * ulpOf(expected) : Math.max(1e-13 * Math.abs(expected), Math.min(1e-13, 2 * SMALLEST));
  const nearZero = new Set<string>(['lgamma', 'digamma', 'logBeta', 'polygamma', 'gammaPaa']);

  it(twoUlp.has(name) ? 'is within 2 units in the last place' : 'is within 1e-13', () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const numbers = row.map(Number);
      const [given, expected] = [numbers.slice(0, -1), numbers.at(-1)!];
      const found = functionOf(name)(...given);
      if (found === expected) continue; // also infinite where a double is
      const error = Math.abs(found - expected);
      if (nearZero.has(name) && error <= 1e-13) continue;
      expect(error, `${name}(${given.join(', ')}) = ${found}, expected ${row.at(-1)}`).toBeLessThanOrEqual(
        allowed(expected),
      );
    }
  });

  it('gives NaN for NaN', () => {
    const arity = rows[0]!.length - 1;
    for (let k = 0; k < arity; k++) {
      const given = Array.from({ length: arity }, (_, i) => (i === k ? Number.NaN : 0.5));
      expect(functionOf(name)(...given)).toBeNaN();
    }
  });
});

describe('the ends of the range', () => {
  const [inf, nan] = [Infinity, Number.NaN];
  const largest = Number.MAX_VALUE;
  const { exp, log, log1p, expm1, tanh, pow, sin, cos, tan, atan, sigmoid, softplus } = elementary;
  const { lgamma, digamma, trigamma, erf, erfc, normalCdf, normalLogCdf, normalQuantile, besselI0, besselI1 } = special;
  /** Function, argument, value. */
  const ends: readonly (readonly [string, (x: number) => number, number, number])[] = [
    ['exp', exp, inf, inf],
    ['exp', exp, -inf, 0],
    ['exp', exp, SMALLEST, 1],
    ['exp', exp, largest, inf],
    ['log', log, 0, -inf],
    ['log', log, -0, -inf],
    ['log', log, inf, inf],
    ['log', log, -SMALLEST, nan],
    ['log', log, SMALLEST, -744.4400719213812],
    ['log1p', log1p, -1, -inf],
    ['log1p', log1p, inf, inf],
    ['log1p', log1p, -0, -0],
    ['log1p', log1p, SMALLEST, SMALLEST],
    ['expm1', expm1, -inf, -1],
    ['expm1', expm1, inf, inf],
    ['expm1', expm1, -0, -0],
    ['expm1', expm1, -SMALLEST, -SMALLEST],
    ['tanh', tanh, inf, 1],
    ['tanh', tanh, -inf, -1],
    ['tanh', tanh, -SMALLEST, -SMALLEST],
    ['x^½', (x) => pow(x, 0.5), SMALLEST, 2.2227587494850775e-162],
    ['x^−1', (x) => pow(x, -1), SMALLEST, inf],
    ['x^−1', (x) => pow(x, -1), -0, -inf],
    ['x^3', (x) => pow(x, 3), -inf, -inf],
    ['x^0', (x) => pow(x, 0), nan, 1],
    ['2^x', (x) => pow(2, x), -1074, SMALLEST],
    ['2^x', (x) => pow(2, x), -1075.5, 0],
    ['2^x', (x) => pow(2, x), 1024, inf],
    ['sin', sin, inf, nan],
    ['cos', cos, -inf, nan],
    ['tan', tan, inf, nan],
    ['sin', sin, SMALLEST, SMALLEST],
    ['atan', atan, inf, Math.PI / 2],
    ['atan', atan, -0, -0],
    ['sigmoid', sigmoid, -inf, 0],
    ['sigmoid', sigmoid, inf, 1],
    ['softplus', softplus, -inf, 0],
    ['softplus', softplus, inf, inf],
    ['lgamma', lgamma, inf, inf],
    ['lgamma', lgamma, 0, inf],
    ['lgamma', lgamma, -3, inf],
    ['lgamma', lgamma, SMALLEST, 744.4400719213812],
    ['digamma', digamma, inf, inf],
    ['digamma', digamma, 0, -inf],
    ['digamma', digamma, -2, nan],
    ['trigamma', trigamma, inf, 0],
    ['trigamma', trigamma, SMALLEST, inf],
    ['erf', erf, inf, 1],
    ['erf', erf, -inf, -1],
    ['erf', erf, SMALLEST, SMALLEST],
    ['erfc', erfc, inf, 0],
    ['erfc', erfc, -inf, 2],
    ['Φ', normalCdf, -inf, 0],
    ['Φ', normalCdf, inf, 1],
    ['Φ', normalCdf, -39, 0],
    ['log Φ', normalLogCdf, -inf, -inf],
    ['log Φ', normalLogCdf, -1e200, -inf],
    ['Φ⁻¹', normalQuantile, 0, -inf],
    ['Φ⁻¹', normalQuantile, 1, inf],
    ['Φ⁻¹', normalQuantile, SMALLEST, -38.46740561714434],
    ['Φ⁻¹', normalQuantile, -SMALLEST, nan],
    ['I₀', besselI0, inf, inf],
    ['I₁', besselI1, -inf, -inf],
    ['I₁', besselI1, SMALLEST, 0],
  ];
  it.each(ends)('%s at %3$d', (what, f, x, expected) => {
    expect(f(x), `${what}(${x})`).toBe(expected);
  });
});

describe('incomplete functions at the ends of their parameters', () => {
  const [inf, nan, tiny] = [Infinity, Number.NaN, SMALLEST];
  const {
    betaRegularised,
    betaRegularisedUpper,
    betaQuantile,
    gammaRegularisedLower,
    gammaRegularisedUpper,
    gammaQuantile,
    gammaUpperQuantile,
    gammaRegularisedShapeDerivative,
    betaRegularisedDerivatives,
  } = special;
  const figures: readonly (readonly [string, found: number, expected: number])[] = [
    ['P(2, 0)', gammaRegularisedLower(2, 0), 0],
    ['P(2, ∞)', gammaRegularisedLower(2, inf), 1],
    ['P(∞, 1)', gammaRegularisedLower(inf, 1), 0],
    ['P(smallest, 1)', gammaRegularisedLower(tiny, 1), 1],
    ['P(2, −1)', gammaRegularisedLower(2, -1), nan],
    ['Q(∞, 1)', gammaRegularisedUpper(inf, 1), 1],
    ['Q(2, ∞)', gammaRegularisedUpper(2, inf), 0],
    ['∂P/∂a (2, 0)', gammaRegularisedShapeDerivative(2, 0), 0],
    ['∂P/∂a (2, ∞)', gammaRegularisedShapeDerivative(2, inf), 0],
    ['∂P/∂a (2, −1)', gammaRegularisedShapeDerivative(2, -1), nan],
    ['x of P(2, x) = 0', gammaQuantile(0, 2), 0],
    ['x of P(2, x) = 1', gammaQuantile(1, 2), inf],
    ['x of P(∞, x) = ½', gammaQuantile(0.5, inf), inf],
    ['x of P(∞, x) = 0', gammaQuantile(0, inf), 0],
    ['x of Q(∞, x) = ½', gammaUpperQuantile(0.5, inf), inf],
    ['x of Q(∞, x) = 1', gammaUpperQuantile(1, inf), 0],
    ['x of P(1e−5, x) = ½, which underflows', gammaQuantile(0.5, 1e-5), 0],
    ['I_0(2, 3)', betaRegularised(2, 3, 0), 0],
    ['I_1(2, 3)', betaRegularised(2, 3, 1), 1],
    ['I_½(∞, 2): all at 1', betaRegularised(inf, 2, 0.5), 0],
    ['I_½(2, ∞): all at 0', betaRegularised(2, inf, 0.5), 1],
    ['I_½(∞, ∞)', betaRegularised(inf, inf, 0.5), nan],
    ['1 − I_½(∞, 2)', betaRegularisedUpper(inf, 2, 0.5), 1],
    ['1 − I_½(2, ∞)', betaRegularisedUpper(2, inf, 0.5), 0],
    ['I beyond 1', betaRegularised(2, 3, 1.1), nan],
    ['I of a negative parameter', betaRegularised(-1, 2, 0.5), nan],
    ['x of I_x(2, 3) = 0', betaQuantile(0, 2, 3), 0],
    ['x of I_x(2, 3) = 1', betaQuantile(1, 2, 3), 1],
    ['x of I_x(2, 3) = −0.1', betaQuantile(-0.1, 2, 3), nan],
  ];
  it.each(figures)('%s', (what, found, expected) => {
    expect(found, what).toBe(expected);
  });
  it('derivatives of I in its parameters are 0 where I is 0 or 1, NaN outside', () => {
    for (const x of [0, 1]) expect(betaRegularisedDerivatives(2, 3, x)).toEqual([0, 0]);
    expect(betaRegularisedDerivatives(2, 3, 1.1)).toEqual([nan, nan]);
    const [byFirst, bySecond] = betaRegularisedDerivatives(1, 1, 1 - 2 ** -53); // x log x, −(1 − x) log(1 − x)
    expect(Math.abs(byFirst! / -(2 ** -53) - 1)).toBeLessThan(1e-13);
    expect(Math.abs(bySecond! / (2 ** -53 * 53 * Math.LN2) - 1)).toBeLessThan(1e-13);
  });
});
