import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { comparisonFigure } from '#kernel/figure/comparison';
import { landscapeFigure } from '#kernel/figure/landscape';
import { packF32, packU16 } from '#kernel/figure/pack';
import { posteriorFigure } from '#kernel/figure/posterior';
import { mimeTypes } from '#kernel/figure/types';
import {
  count,
  list,
  literal,
  nullable,
  number,
  optional,
  packed,
  packedLength,
  record,
  text,
  withinBounds,
} from '#labextension/schema';
import { validateComparison, validateLandscape, validatePosterior } from '#labextension/validate';
import { sampleComparison, sampleLandscape, samplePosterior } from '../kernel/figure/sample.ts';

const problem = (validated: object): string => ('problem' in validated ? String(validated.problem) : '');
const posterior = posteriorFigure(samplePosterior(2, 50, 2));
const landscape = landscapeFigure(sampleLandscape(12));
const comparison = comparisonFigure(sampleComparison());
const saved = <T>(figure: T): T => JSON.parse(JSON.stringify(figure));

describe('what the kernel writes', () => {
  it('is valid after it has been saved', () => {
    expect(problem(validatePosterior(saved(posterior)))).toBe('');
    expect(problem(validateLandscape(saved(landscape)))).toBe('');
    expect(problem(validateComparison(saved(comparison)))).toBe('');
  });

  it('is valid at its largest, with NaN, and with a single draw', () => {
    expect(problem(validatePosterior(saved(posteriorFigure(samplePosterior(4, 50, 1000)))))).toBe('');
    expect(problem(validatePosterior(saved(posteriorFigure(samplePosterior(100, 10, 50)))))).toBe('');
    expect(problem(validatePosterior(saved(posteriorFigure(samplePosterior(1, 1, 1)))))).toBe('');
    const x = Float64Array.from({ length: 5000 }, (_, i) => i);
    const paths = Array.from({ length: 20 }, (_, i) => ({ label: `way ${i}`, x, y: x }));
    expect(problem(validateLandscape(saved(landscapeFigure({ ...sampleLandscape(128), paths }))))).toBe('');
    const broken = sampleLandscape(128);
    broken.values.fill(Number.NaN, 0, 1000);
    expect(problem(validateLandscape(saved(landscapeFigure(broken))))).toBe('');
  });

  it('may have more fields, which a later writer of the same version has added', () => {
    expect(problem(validatePosterior({ ...posterior, later: { anything: [1] } }))).toBe('');
  });
});

describe('what was saved before', () => {
  it('is valid still: version 1', () => {
    const file = new URL('fixtures/figures-v1.ipynb', import.meta.url);
    const { cells } = JSON.parse(readFileSync(file, 'utf8')) as {
      cells: { outputs: { data: Record<string, unknown> }[] }[];
    };
    const [one, two, three] = cells.map(({ outputs }) => outputs[0]!.data);
    expect(problem(validatePosterior(one![mimeTypes.posterior]))).toBe('');
    expect(problem(validateLandscape(two![mimeTypes.landscape]))).toBe('');
    expect(problem(validateComparison(three![mimeTypes.comparison]))).toBe('');
  });
});

describe('what is refused', () => {
  it.each([
    [{ ...landscape, bands: [0.1, 0.1] }, 'bands should ascend'],
    [{ ...landscape, x: { ...landscape.x, points: 13 } }, 'drop should hold x.points × y.points'],
    [{ ...landscape, x: { ...landscape.x, points: 144 }, y: { ...landscape.y, points: 1 } }, 'at least 2 × 2'],
    [{ ...landscape, x: { ...landscape.x, min: null } }, 'x.min should be a finite number'],
    [{ ...landscape, paths: [{ label: 'a', x: landscape.drop }] }, 'paths[0].y should be an object'],
    [{ ...landscape, paths: Array.from({ length: 21 }, () => 1) }, 'paths should have at most 20'],
    [{ ...landscape, of: 'evidence' }, 'of should be likelihood or posterior'],
    [{ ...landscape, marks: [{ kind: 'mle', label: 'a', x: 1 }] }, 'marks[0].y should be a finite number'],
    [{ ...landscape, levels: Array.from({ length: 21 }, () => landscape.levels[0]) }, 'levels should have at most 20'],
  ])('a landscape with %o', (figure, message) => {
    expect(problem(validateLandscape(figure))).toContain(message);
  });

  it('rows that do not fit the points they claim', () => {
    const [first] = posterior.parameters;
    const curves = { ...first!.curves!, density: { ...first!.curves!.density, points: 63 } };
    expect(problem(validatePosterior({ ...posterior, parameters: [{ ...first, curves }] }))).toContain(
      'rows of 63 numbers',
    );
  });

  it('names that objects inherit', () => {
    expect(problem(validateComparison(Object.create(comparison)))).toContain('should be');
    expect(problem(validateComparison(JSON.parse('{"__proto__": {"version": 1}}')))).toContain('version should be 1');
  });

  it('what is nested too deeply, too long or too large', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 20_000; i++) deep = [deep];
    expect(withinBounds(deep)).toContain('nested too deeply');
    expect(withinBounds(new Array(100_000).fill(0))).toContain('too many values');
    expect(withinBounds(['x'.repeat(2_000_000)])).toContain('too large');
  });
});

describe('checks', () => {
  it('say what should have been there, and where', () => {
    const check = record({ a: list(record({ b: optional(nullable(count)) }), 2), c: literal('x', 'y') });
    expect(check({ a: [{}, { b: null }], c: 'x' }, '')).toBeUndefined();
    expect(check({ a: [{ b: -1 }], c: 'x' }, '')).toBe('a[0].b should be a count');
    expect(check({ a: [{}, {}, {}], c: 'x' }, '')).toBe('a should have at most 2 entries');
    expect(check({ a: {}, c: 'x' }, '')).toBe('a should be a list');
    expect(check({ a: [], c: 'z' }, '')).toBe('c should be x or y');
    expect(check([], 'it')).toBe('it should be an object');
    expect(number(Number.NaN, 'n')).toBe('n should be a finite number');
    expect(text(2)('abc', 't')).toBe('t should be text up to 2 characters');
  });

  it('know packed arrays and how many numbers they hold', () => {
    for (const n of [0, 1, 2, 3, 4, 5]) {
      const values = Float64Array.from({ length: n }, (_, i) => i);
      expect(packedLength(packU16(values))).toBe(n);
      expect(packedLength(packF32(values))).toBe(n);
      expect(packed(packU16(values), 'p')).toBeUndefined();
    }
    expect(packed({ type: 'u16', min: 0, max: 1, data: 'AAA=' }, 'p')).toBeUndefined();
    expect(packed({ type: 'u16', min: 0, max: 1, data: 'AA==' }, 'p')).toContain('base64 of numbers');
    expect(packed({ type: 'u16', data: 'AAA=' }, 'p')).toContain('p.min');
    expect(packed({ type: 'i8', data: '' }, 'p')).toContain('u16 or f32');
  });
});
