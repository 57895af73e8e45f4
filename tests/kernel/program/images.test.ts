/**
 * Convolution and pooling: against PyTorch 2.13.0 on the CPU in single precision, and WebAssembly against the
 * interpreter bit for bit over every kind of step.
 */
import { describe, expect, it } from 'vitest';
import { variable } from '#kernel/program/expression';
import { grad } from '#kernel/program/gradient';
import {
  averagePool1d,
  averagePool2d,
  type ConvolutionOptions,
  conv1d,
  conv2d,
  maxPool1d,
  maxPool2d,
} from '#kernel/program/images';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
const wave = (shape: readonly number[], phase = 0) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1.3 * i + phase));

interface Figure {
  readonly shape: readonly number[];
  readonly value: readonly number[];
  readonly image: readonly number[];
  readonly filter: readonly number[];
}

/**
 * The first six values, and gradients of Σ y sin(1.3 i + 0.5), with x = sin(1.3 i) and w = sin(1.3 i + 1):
 * torch.nn.functional.conv2d(x, w, stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2) and so on, as in `made`.
 */
const figures: Readonly<Record<string, Figure>> = {
  conv2d: {
    shape: [2, 6, 3, 9],
    value: [0.47824714, -1.4756038, 0.31623125, 1.8142332, 0.65437943, -1.4641418],
    image: [-1.9774884, -0.99762714, 1.4437603, 1.7700355, -0.49679554, -2.03582],
    filter: [0.9321146, -6.0308952, -7.7352266, 13.2972, 11.347499, -14.719011],
  },
  conv1d: {
    shape: [2, 4, 5],
    value: [1.0334576, -0.37667319, -0.32687432, 0.93686301, -1.1647815, 1.3340504],
    image: [1.1711981, 1.3610985, 1.8556162, 2.0565553, -0.17844768, -0.26084644],
    filter: [0.026609838, 0.11783613, -0.68336117, -0.47015715, 0.23927213, -0.7866286],
  },
  maxPool2d: {
    shape: [1, 2, 4, 5],
    value: [0.9635582, 0.98677194, 0.21511999, 0.99854332, 0.92879522, 0.42016703],
    image: [0.0, 0.47942555, 0.0, 0.0, 0.0, 0.041580662],
    filter: [],
  },
  averagePool2d: {
    shape: [1, 2, 4, 5],
    value: [0.16059303, 0.13188224, -0.22601682, 0.25546029, -0.084788017, -0.29134881],
    image: [0.079904258, 0.24221219, 0.16230793, 0.16923805, 0.0069301105, -0.15167023],
    filter: [],
  },
  maxPool1d: {
    shape: [2, 2, 4],
    value: [0.9635582, 0.51550138, 0.21511999, 0.99854332, 0.42016703, 0.98677194],
    image: [0.0, 0.47942555, 0.97384763, 0.0, 0.0, 0.041580662],
    filter: [],
  },
  averagePool1d: {
    shape: [2, 2, 7],
    value: [0.49301985, 0.26376447, -0.35190645, -0.45203364, 0.11006954, 0.51092058],
    image: [0.15980852, 0.48442438, 0.49828461, 0.021275401, -0.4869023, -0.28176701],
    filter: [],
  },
};

type Make = (x: Expr, w: Expr) => Expr;
const made: Readonly<Record<string, readonly [Make, readonly number[], readonly number[]]>> = {
  conv2d: [
    (x, w) => conv2d(x, w, { stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 2 }),
    [2, 4, 6, 7],
    [6, 2, 3, 2],
  ],
  conv1d: [(x, w) => conv1d(x, w, { stride: 2, padding: 1 }), [2, 3, 9], [4, 3, 3]],
  maxPool2d: [(x) => maxPool2d(x, 3, { stride: 2, padding: 1 }), [1, 2, 7, 9], []],
  averagePool2d: [(x) => averagePool2d(x, [2, 3], { stride: 2, padding: 1 }), [1, 2, 7, 9], []],
  maxPool1d: [(x) => maxPool1d(x, 2), [2, 2, 9], []],
  averagePool1d: [(x) => averagePool1d(x, 3, { stride: 1 }), [2, 2, 9], []],
};

/** Value and both gradients, in single precision. */
function run([make, image, filter]: readonly [Make, readonly number[], readonly number[]], options: object = {}) {
  const x = variable('x', image);
  const w = variable('w', filter);
  const y = make(x, w);
  const weighted = y
    .reshape(y.size)
    .mul(Float64Array.from(wave([y.size], 0.5)))
    .sum();
  const slopes = grad(weighted, [x, w]);
  const step = compileStep({ inputs: [x, w], outputs: [y, ...slopes], ...options });
  return { shape: y.shape, found: step.run({ x: wave(image), w: wave(filter, 1) }).map((each) => Array.from(each)) };
}

describe('values and gradients are those of PyTorch', () => {
  it.each(Object.keys(figures))('%s', (name) => {
    const { shape, found } = run(made[name]!);
    const figure = figures[name]!;
    expect(shape).toEqual(figure.shape);
    [figure.value, figure.image, figure.filter].forEach((expected, k) => {
      expected.forEach((value, i) => {
        expect(Math.abs(found[k]![i]! - value)).toBeLessThan(3e-6 * (1 + Math.abs(value)));
      });
    });
  });
});

describe('a convolution has the bits of the interpreter', () => {
  const cases: readonly [string, readonly number[], readonly number[], ConvolutionOptions][] = [
    ['of rows longer than what is written out', [1, 2, 5, 43], [5, 2, 3, 3], {}],
    ['of an odd number of rows and vectors', [2, 1, 7, 12], [3, 1, 3, 3], {}],
    ['of many outputs', [1, 3, 6, 9], [11, 3, 2, 5], { padding: 2 }],
    ['with steps of three', [2, 2, 11, 31], [6, 2, 3, 4], { stride: 3, padding: 1 }],
    ['with steps along rows alone', [1, 2, 6, 50], [4, 2, 3, 3], { stride: [1, 4] }],
    ['dilated', [1, 2, 9, 17], [4, 2, 3, 3], { dilation: [2, 3] }],
    ['dilated and in steps', [1, 2, 9, 29], [4, 2, 2, 3], { dilation: [3, 2], stride: [2, 3], padding: [0, 3] }],
    ['in groups', [2, 6, 5, 6], [9, 2, 2, 3], { groups: 3, padding: 1 }],
    ['of each channel by itself', [2, 5, 6, 6], [5, 1, 3, 3], { groups: 5, padding: 1, stride: 2 }],
    ['by filters as large as the image', [3, 2, 4, 4], [5, 2, 4, 4], {}],
    ['by filters of one pixel', [2, 5, 3, 7], [6, 5, 1, 1], {}],
    ['by filters of one pixel in steps', [2, 3, 5, 9], [4, 3, 1, 1], { stride: 2 }],
  ];
  it.each(cases)('%s', (_, image, filter, options) => {
    const make: Make = (x, w) => conv2d(x, w, options);
    const { found } = run([make, image, filter]);
    expect(found).toEqual(run([make, image, filter], { interpret: true }).found);
    const double = run([make, image, filter], { precision: 'double' }).found;
    found.forEach((values, k) => {
      values.forEach((value, i) => {
        expect(Math.abs(value - double[k]![i]!)).toBeLessThan(1e-4 * (1 + Math.abs(value)));
      });
    });
  });
  it('and fused, the value within rounding', () => {
    const all = [(x: Expr, w: Expr) => conv2d(x, w, { padding: 1 }), [2, 3, 8, 9], [4, 3, 3, 3]] as const;
    const exact = run(all).found;
    run(all, { reproducible: false }).found.forEach((values, k) => {
      values.forEach((value, i) => {
        expect(Math.abs(value - exact[k]![i]!)).toBeLessThan(1e-4 * (1 + Math.abs(value)));
      });
    });
  });
});

describe('a pooling has the bits of the interpreter', () => {
  const windows: readonly (readonly [number, number, number])[] = [
    [2, 2, 0],
    [3, 1, 0],
    [3, 2, 1],
    [2, 3, 0],
    [1, 2, 0],
  ];
  for (const [window, stride, padding] of windows) {
    for (const width of [9, 41]) {
      it(`windows of ${window}, ${stride} apart, padded by ${padding}, in rows of ${width}`, () => {
        for (const make of [maxPool2d, averagePool2d]) {
          const all = [(x: Expr) => make(x, window, { stride, padding }), [2, 3, 7, width], []] as const;
          expect(run(all).found).toEqual(run(all, { interpret: true }).found);
        }
      });
    }
  }
  it('of equal elements sends the gradient to the first, and of NaN nowhere', () => {
    const x = variable('x', [1, 1, 2, 4]);
    const [slope] = grad(maxPool2d(x, 2).sum(), [x]) as [Expr];
    const pooled = maxPool2d(x, 2);
    for (const interpret of [false, true]) {
      const step = compileStep({ inputs: [x], outputs: [slope, pooled], interpret });
      const [derived, value] = step.run({ x: [1, 1, 0, Number.NaN, 1, 1, 0, 0] });
      expect(Array.from(derived!)).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
      expect(Array.from(value!)).toEqual([1, Number.NaN]);
    }
  });
});

describe('what does not fit is said', () => {
  const x = variable('x', [2, 4, 5, 5]);
  it.each<[string, () => unknown, RegExp]>([
    [
      'an image without channels',
      () => conv2d(variable('y', [5, 5]), x),
      /conv2d: expected \(batch, channels, height, width\), got shape \[5, 5\]/,
    ],
    ['filters of other channels', () => conv2d(x, variable('w', [2, 3, 2, 2])), /4 channels, 2 outputs and 1 groups/],
    [
      'outputs that do not fall into groups',
      () => conv2d(x, variable('w', [3, 2, 2, 2]), { groups: 2 }),
      /multiple of groups/,
    ],
    [
      'filters larger than the image',
      () => conv2d(x, variable('w', [1, 4, 6, 2])),
      /do not fit into images of 5 × 5; use padding/,
    ],
    [
      'a stride of nothing',
      () => conv2d(x, variable('w', [1, 4, 2, 2]), { stride: 0 }),
      /stride: expected a whole number of 1 or more/,
    ],
    ['padding below zero', () => conv2d(x, variable('w', [1, 4, 2, 2]), { padding: [-1, 0] }), /padding: expected/],
    ['windows larger than the image', () => maxPool2d(x, 6), /windows of 6 × 6 do not fit/],
    ['padding of more than half a window', () => maxPool2d(x, 2, { padding: 2 }), /more than half of the window 2 × 2/],
    [
      'a sequence that is an image',
      () => conv1d(x, variable('w', [1, 4, 2])),
      /conv1d: expected \(batch, channels, length\)/,
    ],
    [
      'filters of a sequence that are flat',
      () => conv1d(variable('s', [1, 4, 9]), variable('w', [4, 2])),
      /conv1d: expected filters/,
    ],
    ['a pooled scalar', () => averagePool1d(variable('s', []), 2), /averagePool1d: expected/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
