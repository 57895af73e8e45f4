import { describe, expect, it } from 'vitest';
import { factor } from '#kernel/data/factor';
import { Scatter, scatter } from '#kernel/figure/scatter';
import { jupyterDisplay, metadataOf } from '#kernel/host/display';

const x = [1, 2, 3, 4];
const y = [2, 4, 5, 9];
const circles = (svg: string) => svg.match(/<circle /g)?.length ?? 0;

describe('a scatter', () => {
  it('draws a point a row and says in words what it shows', () => {
    const picture = scatter(x, y, { xLabel: 'dose (mg)', yLabel: 'response' });
    expect(picture).toBeInstanceOf(Scatter);
    expect(circles(picture.svg())).toBe(4);
    // numpy 2.4.6: numpy.corrcoef([1, 2, 3, 4], [2, 4, 5, 9])[0, 1] = 0.9647638212377322
    expect(String(picture)).toBe('4 points: response from 2 to 9 against dose (mg) from 1 to 4; correlation 0.965.');
    expect(picture.svg()).toContain('>response against dose (mg)</text>');
  });

  it('leaves out points with a missing value and counts them', () => {
    const picture = scatter([1, 2, Number.NaN], [1, Number.NaN, 3]);
    expect(circles(picture.svg())).toBe(1);
    expect(String(picture)).toContain('2 with a missing value not shown');
  });

  it('colours the levels of a factor and names them, missing ones grey', () => {
    const picture = scatter(x, y, { by: factor(['a', 'b', null, 'a']) });
    const fills = [...picture.svg().matchAll(/<circle [^>]*fill="([^"]+)" fill-opacity/g)].map(([, fill]) => fill);
    expect(new Set(fills).size).toBe(3);
    expect(fills[1]).toBe(fills[2]);
    expect(picture.svg()).toContain('>b</text>');
    expect(String(picture)).toContain('coloured by a, b');
  });

  it('draws curves inside the panel and names them, each in its own colour or dash', () => {
    const picture = scatter(x, y, {
      lines: { straight: (v) => 2 * v, steep: (v) => 1000 * v, wild: () => Number.NaN },
    });
    const paths = [...picture.svg().matchAll(/<path d="([^"]*)" fill="none" stroke="([^"]*)"/g)];
    const [straight, steep] = paths.filter(([, d]) => d!.length > 30).map(([, d]) => d!);
    expect(straight!.split('L').length).toBeGreaterThan(80);
    // The line y = 2x goes through the points (1, 2) and (2, 4): their pixels lie on it.
    const [first, second] = [...picture.svg().matchAll(/<circle cx="([^"]+)" cy="([^"]+)"/g)].map((m) => [
      +m[1]!,
      +m[2]!,
    ]);
    const along = straight!
      .slice(1)
      .split('L')
      .map((pair) => pair.split(' ').map(Number));
    const heightAt = (px: number) => along.reduce((a, b) => (Math.abs(b[0]! - px) < Math.abs(a[0]! - px) ? b : a))[1]!;
    for (const [px, py] of [first!, second!]) expect(Math.abs(heightAt(px!) - py!)).toBeLessThan(3);
    expect(steep).toBeUndefined();
    expect(String(picture)).toContain('curves: straight, steep, wild');
  });

  it('breaks a legend that is wider than the picture, and moves the panel down', () => {
    const long = Object.fromEntries(
      ['first', 'second', 'third'].map((name) => [`the ${name} of several curves`, Math.abs]),
    );
    const svg = scatter(x, y, { lines: long, by: factor(['a', 'b', 'a', 'b']) }).svg();
    const at = (label: string) => Number(svg.match(new RegExp(`y="([\\d.]+)"[^>]*>${label}</text>`))![1]);
    expect(at('a')).toBe(48);
    expect(at('the third of several curves')).toBe(66);
    const top = (drawn: string) => Number(drawn.match(/<line x1="[\d.]+" y1="([\d.]+)"/)![1]);
    expect(top(svg) - top(scatter(x, y).svg())).toBe(18);
    const endless = scatter(x, y, { lines: { ['x'.repeat(500)]: Math.abs } }).svg();
    expect(endless).toMatch(/>x{40,90}…<\/text>/);
  });

  it('keeps to the axes asked for, and counts what lies outside', () => {
    const picture = scatter(x, y, { xRange: [0, 10], yRange: [0, 5], lines: { up: (v) => v } });
    expect(circles(picture.svg())).toBe(3);
    expect(String(picture)).toContain('1 outside the axes not shown');
    expect(picture.svg()).toContain('>10</text>');
    expect(() => scatter(x, y, { yRange: [5, 5] })).toThrow('a range is [lower, upper], lower first; got [5, 5]');
  });

  it('draws later levels on top, and many points smaller', () => {
    const fills = (svg: string) =>
      [...svg.matchAll(/<circle [^>]*fill="([^"]+)" fill-opacity/g)].map(([, fill]) => fill);
    const drawn = fills(scatter(x, y, { by: factor(['b', 'a', 'b', 'a']) }).svg());
    expect(drawn[0]).toBe(drawn[1]);
    expect(drawn[2]).toBe(drawn[3]);
    const many = Array.from({ length: 1001 }, (_, i) => i);
    expect(scatter(many, many).svg()).toContain('r="2.2"');
  });

  it('shows labels as text, never as markup', () => {
    const picture = scatter(x, y, { title: '<script>', xLabel: '<b>', by: factor(['<i>', '<i>', '&', '&']) });
    expect(picture.svg()).not.toMatch(/<(script|b|i)>/);
  });

  it('is a PNG and words in a notebook', async () => {
    const bundle = await scatter(x, y)[jupyterDisplay]();
    expect(Object.keys(bundle)).toEqual(['image/png', 'text/plain']);
    expect((bundle['image/png'] as string).startsWith('iVBOR')).toBe(true);
    expect(metadataOf(bundle)['image/png']).toEqual({ width: 580, height: 380, alt: String(scatter(x, y)) });
  });

  it('of nothing, or of points all alike, still draws', () => {
    expect(circles(scatter([], []).svg())).toBe(0);
    expect(circles(scatter([1, 1], [2, 2]).svg())).toBe(2);
  });

  it('refuses columns of different lengths', () => {
    expect(() => scatter([1], [1, 2])).toThrow('x and y are equally long; got 1 and 2 values');
    expect(() => scatter([1], [1], { by: factor(['a', 'b']) })).toThrow(
      "'by' has a level for each of the 1 points; got 2",
    );
  });
});
