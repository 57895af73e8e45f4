/**
 * Log densities and gradients of the bench's models against Stan's: fixtures/stan.json, made by make-figures.ts with
 * Stan 2.35 (httpstan 4.13.0).
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileModel } from '#kernel/model/index';
import { fixedPositions, type StanFigures } from './figures.ts';
import { models } from './models.ts';

const { figures } = JSON.parse(readFileSync(new URL('./fixtures/stan.json', import.meta.url), 'utf8')) as {
  figures: Record<string, StanFigures>;
};

/** What Stan leaves out or we add: the factor 2 of a density restricted to one half, on each half prior. */
const halves: Readonly<Record<string, number>> = {
  eight: 1,
  radon: 3,
  gp: 1,
  mix: 2,
  kid: 1,
  irt: 3,
  regression: 1,
  ar5: 1,
};

describe('the densities of Stan', () => {
  it('are there for every model of the bench', () => expect(Object.keys(figures)).toEqual(Object.keys(models)));

  for (const [name, make] of Object.entries(models)) {
    it(`${name}: log density within 1e-12, gradient within 1e-10 of its size`, () => {
      const density = compileModel(make().model).density({ prior: true, jacobian: true });
      const gradient = new Float64Array(density.dimension);
      const shift = (halves[name] ?? 0) * Math.LN2;
      fixedPositions(density.dimension).forEach((position, p) => {
        const { value, first, last } = figures[name]![p]!;
        const found = density.valueAndGradient(position, gradient);
        expect(Math.abs(found - shift - value)).toBeLessThan(1e-12 * Math.abs(value));
        expect(density.value(position)).toBe(found);
        const scale = Math.max(1, ...first.map(Math.abs), ...last.map(Math.abs));
        first.forEach((slope, i) => {
          expect(Math.abs(gradient[i]! - slope)).toBeLessThan(1e-10 * scale);
        });
        last.forEach((slope, i) => {
          expect(Math.abs(gradient[density.dimension - last.length + i]! - slope)).toBeLessThan(1e-10 * scale);
        });
      });
    });
  }
});
