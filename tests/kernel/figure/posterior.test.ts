import { describe, expect, it } from 'vitest';
import { unpack } from '#kernel/figure/pack';
import { type DrawnPosterior, listed, posteriorFigure, scalarsOf } from '#kernel/figure/posterior';
import { posteriorPicture } from '#kernel/figure/posterior-picture';
import { samplePosterior } from './sample.ts';

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);

describe('scalars of a posterior', () => {
  it('are named by subscripts and read row by row', () => {
    const values = Float64Array.from({ length: 2 * 3 * 2 * 2 }, (_, i) => i); // (2 chains, 3 draws, 2, 2)
    const scalars = scalarsOf({ draws: { a: { values, shape: [2, 3, 2, 2] } } });
    expect(scalars.map(({ name }) => name)).toEqual(['a[0,0]', 'a[0,1]', 'a[1,0]', 'a[1,1]']);
    expect([...scalars[1]!.values]).toEqual([1, 5, 9, 13, 17, 21]);
  });

  it('keep their order, and nothing is drawn of a parameter without elements', () => {
    const draws = {
      b: { values: new Float64Array(2), shape: [1, 2] },
      none: { values: new Float64Array(0), shape: [1, 2, 0] },
    };
    expect(scalarsOf({ draws }).map(({ name }) => name)).toEqual(['b']);
  });
});

describe('figure data of a posterior', () => {
  const figure = posteriorFigure(samplePosterior(4, 500, 3), { tau: { lower: 0 } });
  const [mu, tau] = figure.parameters;

  it('takes figures from the summary and quantiles from the draws', () => {
    expect(mu!.summary).toMatchObject({ mean: 4.4, sd: 3.3, essBulk: 2100, rHat: 1.001 });
    // Draws are normal(4.4, 3.3): the 5 % quantile is 4.4 − 1.645 · 3.3 = −1.03, its standard error 0.16.
    expect(Math.abs(mu!.summary.q5! + 1.03)).toBeLessThan(0.6);
    expect(mu!.summary.q25!).toBeLessThan(mu!.summary.median!);
  });

  it('says null where a figure is missing', () => {
    expect(tau!.summary.rHat).toBeNull();
    expect(figure.parameters[2]!.summary.mean).toBeNull();
  });

  it('has curves of every chain: densities that hold one unit of mass, traces, ranks of all draws', () => {
    const { density, trace, ranks } = mu!.curves!;
    const values = unpack(density.values); // (chains, points)
    const step = (density.end - density.start) / (density.points - 1);
    for (let chain = 0; chain < 4; chain++) {
      const row = values.subarray(chain * density.points, (chain + 1) * density.points);
      expect(row.reduce((sum, y) => sum + y * step, 0)).toBeCloseTo(1, 1);
    }
    expect(unpack(trace.values)).toHaveLength(4 * trace.points);
    expect(ranks.counts.map((row) => row.reduce((a, b) => a + b, 0))).toEqual([500, 500, 500, 500]);
  });

  it('starts a density at the bound of its parameter', () => {
    expect(tau!.curves!.density.start).toBe(0);
    expect(unpack(tau!.curves!.density.values)[0]!).toBeGreaterThan(0.1);
  });

  it('counts divergences and repeats warnings', () => {
    expect(figure.divergences).toBe(2);
    expect(figure.warnings).toEqual(['2 divergent transitions']);
    expect(figure.description).toMatch(
      /^4 chains of 500 draws\. mu: mean 4\.400, 90 % interval .* 2 divergent transitions\.$/,
    );
  });

  it('shows at most sixteen chains, and says how many there are', () => {
    const many = posteriorFigure(samplePosterior(40, 10, 1));
    expect(many.chains).toBe(40);
    expect(many.parameters[0]!.curves!.ranks.counts).toHaveLength(16);
  });

  it('does not depend on a name being harmless', () => {
    const posterior = samplePosterior(1, 10, 1);
    const draws: DrawnPosterior['draws'] = Object.fromEntries([
      ['__proto__', posterior.draws.mu!],
      ['constructor', posterior.draws.tau!],
    ]);
    expect(posteriorFigure({ ...posterior, draws }).parameters.map(({ name }) => name)).toEqual([
      '__proto__',
      'constructor',
    ]);
  });
});

describe('lists of names', () => {
  it.each([
    [['a'], 0, 'a'],
    [['a', 'b'], 0, 'a and b'],
    [['a', 'b', 'c', 'd'], 0, 'a, b, c and d'],
    [['a', 'b', 'c', 'd', 'e'], 0, 'a, b, c and 2 more'],
    [['a', 'b'], 7, 'a, b and 7 more'],
    [[], 0, ''],
  ])('%j and %i more are written "%s"', (names, omitted, text) => {
    expect(listed(names, omitted)).toBe(text);
  });
});

describe('the picture of a posterior', () => {
  it('gives scalars a row each and the elements of a vector one plot', () => {
    const words = texts(posteriorPicture(posteriorFigure(samplePosterior(2, 50, 3))));
    for (const text of ['mu', 'tau', 'theta[0]', 'theta[2]', 'chain 0', 'chain 1', 'Trace', 'Ranks', 'bulk ESS 2100']) {
      expect(words).toContain(text);
    }
    expect(words.filter((text) => text.startsWith('Median'))).toHaveLength(1);
    expect(words.some((text) => text.includes('not in this picture'))).toBe(false);
  });

  it('counts what finds no place', () => {
    const words = texts(posteriorPicture(posteriorFigure(samplePosterior(2, 50, 40))));
    expect(words).toContain('16 more parameters are not in this picture.');
  });

  it('draws each chain in the density and the trace', () => {
    const svg = posteriorPicture(posteriorFigure(samplePosterior(3, 50, 1)));
    // three scalars, three chains: a curve in the density and one in the trace
    expect(svg.match(/<path [^>]*stroke-width="1.6"/g)).toHaveLength(9);
    expect(svg.match(/<path [^>]*stroke-opacity="0.75"/g)).toHaveLength(9);
  });
});
