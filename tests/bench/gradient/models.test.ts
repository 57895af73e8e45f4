import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileModel } from '#kernel/model/index';
import { models } from './models.ts';

describe('every model of the gradient bench', () => {
  for (const [name, make] of Object.entries(models)) {
    it(`${name} has a finite gradient, and its peer's program beside it`, () => {
      const { model } = make();
      const density = compileModel(model).density({ prior: true, jacobian: true });
      const gradient = new Float64Array(density.dimension);
      const value = density.valueAndGradient(new Float64Array(density.dimension).fill(0.1), gradient);
      expect(Number.isFinite(value) && gradient.every(Number.isFinite)).toBe(true);
      expect(existsSync(new URL(`../peers/stan/${name}.stan`, import.meta.url))).toBe(true);
    });
  }
});
