import { describe, expect, it } from 'vitest';
import { colour } from '#kernel/figure/colours';
import { crossValidationPlot, pathPlot } from '#kernel/figure/penalised-plot';
import { jupyterDisplay, metadataOf } from '#kernel/host/display';
import { crossValidate, penalised } from '#kernel/regression/index';
import { circles, lines, words } from './marks-of-plot.ts';
import { normals } from './sample.ts';
import { isWellFormed } from './xml.ts';

const normalAt = normals(5);
const column = () => Float64Array.from({ length: 80 }, () => normalAt());
const [a, b, c] = [column(), column(), column()];
const data = { a, b, c, y: a.map((v, i) => 2 * v - b[i]! + 0.5 * normalAt()) };
const path = penalised('y ~ a + b + c', data);
const chosen = crossValidate('y ~ a + b + c', data);

describe('the picture of a path of penalties', () => {
  it('has a curve for every slope, from 0 at the strongest penalty, and no intercept', () => {
    const svg = pathPlot(path).svg();
    expect(isWellFormed(svg)).toBe(true);
    const curves = [0, 1, 2].map((i) => lines(svg, colour(i)).find((points) => points.length > 4)!);
    for (const curve of curves) {
      expect(curve).toHaveLength(path.lambda.length);
      expect(curve[0]!.y).toBe(curves[0]![0]!.y); // all 0
      expect(curve[0]!.x).toBeGreaterThan(curve.at(-1)!.x);
    }
    // Drawn to one scale: coefficients of a and b at the weakest penalty.
    const { a: atA, b: atB } = path.at(path.lambda.at(-1)!);
    const zero = curves[0]![0]!.y;
    expect((curves[0]!.at(-1)!.y - zero) / (curves[1]!.at(-1)!.y - zero)).toBeCloseTo(atA! / atB!, 1);
    for (const label of ['a', 'b', 'c', 'coefficient', 'log₁₀ λ']) expect(words(svg)).toContain(label);
    expect(words(svg)).not.toContain('(Intercept)');
  });

  it('says how many slopes are not 0 at the ends', () => {
    expect(String(pathPlot(path))).toMatch(
      /^3 coefficients over 100 penalties \(mix 1\): 0 are not 0 at λ = .*, 3 at λ/,
    );
  });

  it('leaves out a penalty of 0, and refuses a path without two others', () => {
    expect(String(pathPlot(penalised('y ~ a + b', data, { lambda: [1, 0.1, 0] })))).toContain('over 2 penalties');
    const one = penalised('y ~ a + b', data, { lambda: [1, 0] });
    expect(() => pathPlot(one)).toThrow(/two penalties above 0 at least, got 1/);
  });
});

describe('the picture of a cross-validation', () => {
  it('has a point a penalty, and marks the least and the simplest', () => {
    const svg = crossValidationPlot(chosen).svg();
    expect(isWellFormed(svg)).toBe(true);
    const points = circles(svg);
    expect(points).toHaveLength(chosen.path.lambda.length);
    const best = points[chosen.path.lambda.indexOf(chosen.best)]!;
    expect(best.y).toBe(Math.max(...points.map(({ y }) => y)));
    const at = (i: number) => lines(svg, colour(i)).find(([from, to]) => from!.y !== to!.y)![0]!.x;
    expect(at(1)).toBeCloseTo(best.x, 1);
    expect(at(2)).toBeCloseTo(points[chosen.path.lambda.indexOf(chosen.simplest)]!.x, 1);
    expect(words(svg)).toContain('deviance of rows left out');
  });

  it('shows itself as a picture and words', async () => {
    const plot = crossValidationPlot(chosen);
    const bundle = await plot[jupyterDisplay]();
    expect(Object.keys(bundle)).toEqual(['image/png', 'text/plain']);
    expect(metadataOf(bundle)?.['image/png']).toEqual({ width: 580, height: 380, alt: String(plot) });
    expect(String(plot)).toMatch(/^Deviance of rows left out over 100 penalties: least, /);
  });
});
