import { describe, expect, it } from 'vitest';
import { byScale, comparisonFigure, labelsOf } from '#kernel/figure/comparison';
import { comparisonPicture } from '#kernel/figure/comparison-picture';
import { sampleComparison } from './sample.ts';

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
const row = (parameter: string, label: string) => ({ parameter, label, estimate: 1, spread: 0.5, lower: 0, upper: 2 });

describe('figure data of a comparison', () => {
  it('keeps parameters and labels in the order they come', () => {
    const figure = comparisonFigure({ level: 0.8, rows: [row('b', 'x'), row('a', 'x'), row('b', 'y')] });
    expect(figure.parameters.map(({ name, rows }) => [name, rows.map(({ label }) => label)])).toEqual([
      ['b', ['x', 'y']],
      ['a', ['x']],
    ]);
    expect(labelsOf(figure.parameters)).toEqual(['x', 'y']);
    expect(figure.description).toContain('80 % intervals');
  });

  it('counts the parameters it leaves out', () => {
    const rows = Array.from({ length: 100 }, (_, i) => row(`theta[${i}]`, 'x'));
    const figure = comparisonFigure({ level: 0.9, rows });
    expect(figure.parameters.length + figure.omitted).toBe(100);
    expect(JSON.stringify(figure).length).toBeLessThan(50_000);
  });
});

describe('what one scale shows', () => {
  it('is the elements of one array, or one parameter', () => {
    const { parameters } = comparisonFigure({
      level: 0.9,
      rows: ['mu', 'theta[0]', 'tau', 'theta[1]', 'b[0,1]'].map((name) => row(name, 'x')),
    });
    expect(byScale(parameters).map((group) => group.map(({ name }) => name))).toEqual([
      ['mu'],
      ['theta[0]', 'theta[1]'],
      ['tau'],
      ['b[0,1]'],
    ]);
  });
});

describe('the picture of a comparison', () => {
  it('names every label beside its row, with its figures', () => {
    const words = texts(comparisonPicture(comparisonFigure(sampleComparison())));
    for (const text of ['alpha', 'beta', 'sigma', 'MLE', 'MAP, N(0, 10)', 'posterior', '1.000 ± 0.200'])
      expect(words).toContain(text);
    expect(words.filter((text) => text === 'MLE')).toHaveLength(3);
  });

  it('puts the elements of an array on one scale with a legend', () => {
    const rows = [0, 1, 2].flatMap((i) => [row(`theta[${i}]`, 'alone'), row(`theta[${i}]`, 'pooled')]);
    const words = texts(comparisonPicture(comparisonFigure({ level: 0.9, rows })));
    expect(words.filter((text) => text === 'alone')).toHaveLength(1);
    expect(words.filter((text) => text.startsWith('theta['))).toEqual(['theta[0]', 'theta[1]', 'theta[2]']);
  });

  it('stops before it grows too tall, and says what it leaves out', () => {
    const rows = Array.from({ length: 50 }, (_, i) => ['u', 'v', 'w', 'x'].map((label) => row(`p${i}`, label))).flat();
    const svg = comparisonPicture(comparisonFigure({ level: 0.9, rows }));
    expect(texts(svg).at(-1)).toBe('10 more parameters are not in this picture.');
  });
});
