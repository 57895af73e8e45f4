import { describe, expect, it } from 'vitest';
import { registeredFamilies } from '#kernel/distributions/registry';
import type { Distribution } from '#kernel/distributions/types';
import { compile, variable } from '#kernel/program/index';
import { cases } from './families.ts';
import byMpmath from './fixtures/mpmath.json' with { type: 'json' };
import byScipy from './fixtures/scipy.json' with { type: 'json' };

interface Figures {
  readonly parameters: Readonly<Record<string, string | number>>;
  /** [x, log density, P(X ≤ x), P(X > x)] */
  readonly points: readonly (readonly (string | number | null | undefined)[])[];
  readonly quantiles: readonly (readonly (string | number)[])[];
  /** null where the source has no figure, or means another thing by it. */
  readonly mean: string | number | null;
  readonly variance: string | number | null;
}

// mpmath.json: mpmath 1.4.1 to 25 digits. scipy.json: scipy 1.17.1, `python scipy_figures.py`.
const sources: [name: string, families: Readonly<Record<string, readonly Figures[]>>, tolerance: number][] = [
  ['mpmath', byMpmath.families, 1e-13],
  ['scipy', byScipy.families, 1e-9],
];

/** Improper: its tests stand in distributions.test.ts. */
const withoutFigures = new Set(['flat']);

function close(got: number, expected: number, tolerance: number, what: string, absolute = 0) {
  if (!Number.isFinite(expected) || !Number.isFinite(got)) return expect(got, what).toBe(expected);
  expect(Math.abs(got - expected), `${what}: got ${got}, expected ${expected}`).toBeLessThanOrEqual(
    tolerance * Math.abs(expected) + absolute,
  );
}

/** Log densities at xs, through a graph where x is known, and where it is an input. */
function logDensities(distribution: Distribution, xs: readonly number[]): [Float64Array, Float64Array] {
  const known = compile({ inputs: [], outputs: [distribution.logDensity(xs)] }).run({})[0]!;
  const x = variable('x', [xs.length]);
  const program = compile({ inputs: [{ name: 'x', shape: [xs.length] }], outputs: [distribution.logDensity(x)] });
  return [known, program.run({ x: Float64Array.from(xs) })[0]!];
}

/** Families that a source does not have; the other one has them. */
const missing: Readonly<Record<string, ReadonlySet<string>>> = {
  mpmath: new Set(['expModNormal', 'logLogistic', 'negativeBinomialLog']),
  scipy: new Set(['halfStudentT']),
};

it('every registered family has a case and figures of both sources, where both know it', () => {
  for (const { name, sampleEvent } of registeredFamilies()) {
    if (sampleEvent !== undefined) continue; // vectors.test.ts
    expect(Object.keys(cases), name).toContain(name);
    if (withoutFigures.has(name)) continue;
    for (const [source, families] of sources) {
      expect(Object.keys(families).includes(name), `${name} by ${source}`).toBe(!missing[source]!.has(name));
    }
  }
});

describe.each(sources)('against %s', (_, families, tolerance) => {
  describe.each(Object.entries(families))('%s', (name, sets) => {
    it.each(sets.map((figures) => [JSON.stringify(figures.parameters), figures] as const))('%s', (_label, figures) => {
      const [make] = cases[name]!;
      const family = registeredFamilies().find((f) => f.name === name)!;
      const values = Object.keys(family.parameters).map((parameter) => Number(figures.parameters[parameter]));
      const distribution = make(...(values as [number, number, number])) as Distribution<[]>;
      const xs = figures.points.map(([x]) => Number(x));
      // A log density is a sum whose terms may be much larger than itself: the terms' own rounding is allowed for.
      const terms =
        1e-15 * Math.max(...values.map(Math.abs), ...xs.map(Math.abs), 1) ** (family.kind === 'int' ? 1 : 0);
      const [known, traced] = logDensities(distribution, xs);
      // An angle is x − location, rounded: near −π and π that is more than the tail's own error.
      const ofAngle = name === 'vonMises' ? 1e-15 : 0;
      figures.points.forEach(([x, density, below, above], i) => {
        const at = `at ${x}`;
        close(known[i]!, Number(density), tolerance * 10, `log density ${at}`, terms * 20 + largeShape(name, values));
        close(
          traced[i]!,
          Number(density),
          tolerance * 10,
          `traced log density ${at}`,
          terms * 40 + largeShape(name, values),
        );
        if (below != null) close(distribution.cdf(Number(x)), Number(below), tolerance * 3, `cdf ${at}`, ofAngle);
        if (above != null) close(distribution.upperCdf(Number(x)), Number(above), tolerance * 3, `upper cdf ${at}`);
      });
      for (const [p, x] of figures.quantiles) {
        close(distribution.quantile(Number(p)), Number(x), tolerance * 3, `quantile ${p}`, 1e-15);
      }
      if (figures.mean != null) close(distribution.mean(), Number(figures.mean), tolerance * 3, 'mean');
      if (figures.variance != null) {
        close(distribution.variance(), Number(figures.variance), tolerance * 3, 'variance');
      }
    });
  });
});

/** Rounding of the large terms that cancel in a log density of large shape parameters. */
function largeShape(name: string, values: readonly number[]): number {
  if (name === 'gamma' || name === 'chiSquared') return 1e-14 * Math.abs(values[0]!);
  if (name === 'beta' || name === 'fisherF') return 1e-14 * Math.max(...values);
  return 0;
}
