/**
 * Convolutions and pooling around every edge of their tiles: outputs and columns of a filter that are shared out, rows
 * that end within a vector, windows in pairs and not. The bits of the interpreter, gradients too.
 */
import { describe, expect, it } from 'vitest';
import { variable } from '#kernel/program/expression';
import { grad } from '#kernel/program/gradient';
import { averagePool2d, conv2d, maxPool2d } from '#kernel/program/images';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
const wave = (shape: readonly number[], phase: number) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1.3 * i + phase));

/** Value and gradients of a weighted sum of what is built, by name of the input. */
function results(shapes: readonly (readonly number[])[], build: (...inputs: Expr[]) => Expr, options: object) {
  const inputs = shapes.map((shape, i) => variable(`x${i}`, shape));
  const value = build(...inputs);
  const weights = variable('weights', value.shape);
  const slopes = grad(value.mul(weights).sum(), inputs);
  const step = compileStep({ inputs: [...inputs, weights], outputs: [value, ...slopes], ...options });
  const given = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, wave(shape, i)]));
  return step.run({ ...given, weights: wave(value.shape, 3) }).map((each) => Array.from(each));
}

/** Fused sums differ from rounded ones by their rounding. */
function expectNear(found: readonly number[][], exact: readonly number[][]): void {
  found.forEach((values, i) => {
    const scale = Math.max(1, ...exact[i]!.map(Math.abs));
    values.forEach((x, j) => {
      expect(Math.abs(x - exact[i]![j]!)).toBeLessThan(2e-5 * scale);
    });
  });
}

describe('a convolution has the bits of the interpreter', () => {
  it.each([
    [1, 1, [1, 1], 4],
    [2, 5, [3, 3], 9],
    [1, 6, [5, 5], 8],
    [3, 7, [2, 5], 11],
    [2, 11, [3, 7], 14],
    [1, 12, [1, 6], 13],
    [2, 13, [4, 11], 17],
    [2, 16, [3, 4], 6],
  ] as const)('%i channels, %i outputs, a filter of %j, rows of %i', (channels, outputs, kernel, width) => {
    const shapes = [
      [2, channels, 7, width],
      [outputs, channels, ...kernel],
    ];
    const build = (image: Expr, filter: Expr) => conv2d(image, filter, { padding: 1 });
    const exact = results(shapes, build, { interpret: true });
    expect(results(shapes, build, {})).toEqual(exact);
    expectNear(results(shapes, build, { reproducible: false }), exact);
  });
  it('with strides, dilations and groups', () => {
    const shapes = [
      [2, 6, 9, 10],
      [12, 3, 3, 3],
    ];
    const build = (image: Expr, filter: Expr) =>
      conv2d(image, filter, { stride: [2, 1], dilation: [1, 2], padding: 2, groups: 2 });
    expect(results(shapes, build, {})).toEqual(results(shapes, build, { interpret: true }));
  });
});

describe('pooling has the bits of the interpreter', () => {
  const widths = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 16, 17, 28, 70];
  it.each(widths)('windows of two by two side by side, rows of %i', (width) => {
    for (const pool of [maxPool2d, averagePool2d]) {
      const build = (image: Expr) => pool(image, 2);
      expect(results([[3, 2, 5, width]], build, {})).toEqual(results([[3, 2, 5, width]], build, { interpret: true }));
    }
  });
  it.each([
    [
      [2, 2],
      [1, 2],
    ],
    [
      [3, 2],
      [2, 2],
    ],
    [
      [1, 2],
      [2, 2],
    ],
    [
      [2, 3],
      [2, 2],
    ],
    [
      [2, 2],
      [2, 1],
    ],
    [
      [3, 3],
      [3, 3],
    ],
    [
      [2, 4],
      [1, 2],
    ],
  ] as const)('windows of %j every %j', (window, stride) => {
    for (const pool of [maxPool2d, averagePool2d]) {
      const build = (image: Expr) => pool(image, window, { stride });
      expect(results([[2, 2, 7, 13]], build, {})).toEqual(results([[2, 2, 7, 13]], build, { interpret: true }));
    }
  });
  it('takes the first of equal ones, and NaN as the largest', () => {
    const x = variable('x', [1, 1, 2, 8]);
    const [slope] = grad(maxPool2d(x, 2).sum(), [x]);
    const values = Float32Array.of(1, 1, 0, 2, -0, 0, 3, Number.NaN, 1, 1, 2, 2, 0, -0, 4, 5);
    const run = (interpret: boolean) =>
      compileStep({ inputs: [x], outputs: [maxPool2d(x, 2), slope!], interpret })
        .run({ x: values })
        .map((a) => [...a]);
    expect(run(false)).toEqual(run(true));
    expect(run(false)[1]!.slice(0, 4)).toEqual([1, 0, 0, 1]);
  });
});
