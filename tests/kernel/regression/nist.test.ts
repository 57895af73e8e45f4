import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anova } from '#kernel/regression/anova';
import { lm } from '#kernel/regression/lm';

// NIST StRD, linear regression. The figures are those of rational arithmetic (fixtures/nist_linear.py), which NIST certifies
// in 15 digits.
interface Certified {
  readonly columns: readonly string[];
  readonly data: readonly (readonly number[])[];
  readonly coefficients: readonly number[];
  readonly standardErrors: readonly number[];
  readonly sigma: number;
  readonly rSquared: number;
  readonly f: number | null;
}
const { sets } = JSON.parse(readFileSync(new URL('./fixtures/nist-linear.json', import.meta.url), 'utf8')) as {
  sets: Record<string, Certified>;
};

/** Correct digits, at most 16. */
const digits = (got: number, want: number) =>
  got === want ? 16 : Math.min(16, -Math.log10(Math.abs(want === 0 ? got : (got - want) / want)));
const least = (got: ArrayLike<number>, want: readonly number[]) =>
  Math.min(...want.map((value, j) => digits(got[j]!, value)));
const powers = (degree: number) =>
  ['y ~ x', ...Array.from({ length: degree - 1 }, (_, k) => `I(x^${k + 2})`)].join(' + ');
const columnsOf = ({ columns, data }: Certified) =>
  Object.fromEntries(columns.map((name, j) => [name, Float64Array.from(data, (row) => row[j]!)]));

describe('linear regression on the sets of NIST', () => {
  it('has all eleven', () => {
    expect(Object.keys(sets)).toHaveLength(11);
  });

  // Digits of coefficients, standard errors, residual standard deviation, R² and F. Asked of this project: Longley 10.5,
  // Pontius and Norris 12, NoInt1 13, Wampler4 7.5, Wampler1 9. Powers of Filip's x are rounded before they come in.
  it.each([
    ['Norris', 'y ~ x', [13.5, 13.5, 13.5, 15, 13]],
    ['Pontius', powers(2), [13, 13, 13, 15, 13]],
    ['NoInt1', 'y ~ x - 1', [15, 15, 15, 15, 15]],
    ['NoInt2', 'y ~ x - 1', [15, 15, 15, 15, 15]],
    ['Filip', powers(10), [7.3, 7.3, 8, 10, 7.5]],
    ['Filip', 'y ~ poly(x, 10, raw = TRUE)', [7.3, 7.3, 8, 10, 7.5]],
    ['Longley', 'y ~ .', [14, 14, 15, 15, 15]],
    ['Wampler3', powers(5), [15, 13, 15, 15, 15]],
    ['Wampler4', powers(5), [15, 13, 15, 15, 15]],
    ['Wampler5', powers(5), [15, 13, 15, 15, 15]],
  ] as const)('%s by %s', (name, formula, [coefficients, errors, deviation, share, overall]) => {
    const want = sets[name]!;
    const fit = lm(formula, columnsOf(want));
    expect(least(fit.values, want.coefficients)).toBeGreaterThan(coefficients);
    expect(least(Object.values(fit.standardErrors), want.standardErrors)).toBeGreaterThan(errors);
    expect(digits(fit.sigma, want.sigma)).toBeGreaterThan(deviation);
    expect(digits(fit.rSquared, want.rSquared)).toBeGreaterThan(share);
    expect(digits(fit.overall!.f, want.f!)).toBeGreaterThan(overall);
  });

  it.each([
    ['Wampler1', 15],
    ['Wampler2', 13],
  ])('%s, which fits perfectly, and says that its errors mean nothing', (name, coefficients) => {
    const want = sets[name]!;
    const fit = lm(powers(5), columnsOf(want));
    expect(least(fit.values, want.coefficients)).toBeGreaterThan(coefficients);
    expect(Math.max(...Object.values(fit.standardErrors))).toBeLessThan(1e-14);
    expect(fit.rSquared).toBe(1);
    expect(fit.warnings[0]).toMatch(/perfect to rounding/);
  });

  it("says of Filip's fitted values more than of its powers' coefficients", () => {
    const columns = columnsOf(sets.Filip!);
    const [raw, orthogonal] = [lm(powers(10), columns), lm('y ~ poly(x, 10)', columns)];
    expect(digits(orthogonal.sigma, sets.Filip!.sigma)).toBeGreaterThan(12);
    raw.fitted.forEach((value, i) => {
      expect(Math.abs(value - orthogonal.fitted[i]!)).toBeLessThan(1e-9);
    });
  });
});

describe('analysis of variance on the sets of NIST', () => {
  // SmLs01 to SmLs09: nine treatments around 1.4, 1.3, 1.5 …, of 21, 201 and 2001 observations that differ from the first
  // by 0.1 down and up in turn, and 0, 1e6 or 1e12 added. F is the number of observations. Digits are those that the
  // responses have once they are doubles: their figures in rational arithmetic are right to 15, 10.2 and 4.2 of F.
  const tenths = [14, 13, 15, 13, 15, 13, 15, 13, 15];
  it.each([
    ['SmLs01', 21, 0, 13.5],
    ['SmLs02', 201, 0, 13],
    ['SmLs03', 2001, 0, 12],
    ['SmLs04', 21, 1_000_000, 10],
    ['SmLs05', 201, 1_000_000, 10],
    ['SmLs06', 2001, 1_000_000, 10],
    ['SmLs07', 21, 1_000_000_000_000, 4],
    ['SmLs08', 201, 1_000_000_000_000, 4],
    ['SmLs09', 2001, 1_000_000_000_000, 4],
  ])('%s: %i a treatment, %i added', (_, count, added, wanted) => {
    const [treatment, y]: [string[], number[]] = [[], []];
    tenths.forEach((centre, k) => {
      for (let row = 0; row < count; row++) {
        const value = centre + (row === 0 ? 0 : row % 2 === 1 ? -1 : 1);
        treatment.push(`t${k}`);
        y.push(Number(`${added + Math.floor(value / 10)}.${value % 10}`));
      }
    });
    const fit = lm('y ~ treatment', { treatment, y });
    const [between, within] = anova(fit).rows;
    expect(digits(between!.f, count)).toBeGreaterThan(wanted);
    expect(digits(between!.sumOfSquares, 0.08 * count)).toBeGreaterThan(wanted - 0.3);
    expect(digits(within!.sumOfSquares, 0.09 * (count - 1))).toBeGreaterThan(wanted);
    expect(digits(fit.overall!.f, count)).toBeGreaterThan(wanted);
    expect(fit.values[0]).toBeCloseTo(added + 1.4, added > 1e9 ? 3 : added > 0 ? 9 : 13);
    const last = fit.predict({ treatment: ['t8'] });
    expect(last.fit[0]).toBeCloseTo(added + 1.5, added > 1e9 ? 3 : added > 0 ? 9 : 13);
  });

  it('counts the sum of squares of an intercept that was taken off first', () => {
    const y = [1e7 + 1, 1e7 + 2, 1e7 + 4, 1e7 + 3];
    const fit = lm('y ~ x', { y, x: [1, 2, 3, 4] });
    expect(fit.sequential[0]! / (4 * (1e7 + 2.5) ** 2)).toBeCloseTo(1, 14);
    const plain = lm('y ~ x', { y: [1, 2, 4, 3], x: [1, 2, 3, 4] });
    expect(fit.sequential[1]).toBeCloseTo(plain.sequential[1]!, 10);
    expect(fit.sigma).toBeCloseTo(plain.sigma, 14);
    expect(fit.rSquared).toBeCloseTo(plain.rSquared, 14);
    expect(fit.overall!.f).toBeCloseTo(plain.overall!.f, 13);
    fit.residuals.forEach((value, i) => {
      expect(value).toBeCloseTo(plain.residuals[i]!, 14);
    });
    expect(fit.values[0]! - 1e7).toBeCloseTo(plain.values[0]!, 7);
  });

  it('takes a far mean off weighted responses and those with an offset too', () => {
    const data = { y: [101, 102, 104, 103], x: [1, 2, 3, 4], w: [1, 2, 1, 3], o: [1, 0, 1, 0] };
    const far = { ...data, y: data.y.map((value) => value + 1e6) };
    const [a, b] = [data, far].map((d) => lm('y ~ x + offset(o)', d, { weights: 'w' })) as [
      ReturnType<typeof lm>,
      ReturnType<typeof lm>,
    ];
    expect(b.sigma).toBeCloseTo(a.sigma, 12);
    expect(b.values[1]).toBeCloseTo(a.values[1]!, 12);
    expect(b.values[0]! - 1e6).toBeCloseTo(a.values[0]!, 8);
    expect(b.rSquared).toBeCloseTo(a.rSquared, 12);
    expect(b.overall!.f).toBeCloseTo(a.overall!.f, 11);
    expect(b.fitted[2]! - 1e6).toBeCloseTo(a.fitted[2]!, 8);
  });
});
