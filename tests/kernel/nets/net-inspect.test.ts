/**
 * Reading examples, choosing parameters, and the figures of activations and gradients.
 */
import { describe, expect, it } from 'vitest';
import { type Numbers, readRows } from '#kernel/nets/arrays';
import { relu, tanh } from '#kernel/nets/layers/activations';
import { tie } from '#kernel/nets/layers/compose';
import { conv2d } from '#kernel/nets/layers/convolution';
import { dropout } from '#kernel/nets/layers/dropout';
import { embedding } from '#kernel/nets/layers/embedding';
import { linear } from '#kernel/nets/layers/linear';
import { batchNorm } from '#kernel/nets/layers/normalisation';
import { lstm } from '#kernel/nets/layers/recurrent';
import { sequential } from '#kernel/nets/layers/sequential';
import { flatten } from '#kernel/nets/layers/shape';
import { crossEntropy } from '#kernel/nets/losses/cross-entropy';
import { meanSquaredError } from '#kernel/nets/losses/regression';
import { network } from '#kernel/nets/net';
import { type Selector, select, takeInventory } from '#kernel/nets/paths';
import type { AnyLayer } from '#kernel/nets/types';

describe('examples', () => {
  it.each<readonly [string, Numbers, readonly number[], number, boolean]>([
    ['one row, flat', [1, 2, 3], [3], 1, true],
    ['one row in a row', [[1, 2, 3]], [3], 1, false],
    ['two rows, flat', [1, 2, 3, 4, 5, 6], [3], 2, false],
    [
      'two rows',
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [3],
      2,
      false,
    ],
    ['typed rows', [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)], [3], 2, false],
    [
      'an image',
      [
        [1, 2],
        [3, 4],
      ],
      [2, 2],
      1,
      true,
    ],
    ['an image, flat', [1, 2, 3, 4], [2, 2], 1, true],
    [
      'two images',
      [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
      [2, 2],
      2,
      false,
    ],
    ['with a shape', { values: Float32Array.of(1, 2, 3, 4), shape: [2, 2] }, [2], 2, false],
    ['numbers alone', [1, 2, 3], [], 3, false],
    ['none', [], [3], 0, false],
  ])('%s', (_, given, shape, rows, single) => {
    expect(readRows(given, shape, 'x')).toMatchObject({ rows, single });
  });

  it('are read row by row', () => {
    expect([
      ...Array.from(
        readRows(
          [
            [
              [1, 2],
              [3, 4],
            ],
            [
              [5, 6],
              [7, 8],
            ],
          ],
          [2, 2],
          'x',
        ).values,
      ),
    ]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it.each<readonly [string, Numbers, readonly number[], RegExp]>([
    ['half an example', [1, 2, 3, 4], [3], /x: expected examples of shape \[3\], 3 numbers each, got 4 numbers/],
    [
      'another shape',
      [[1, 2, 3, 4]],
      [2, 2],
      /expected examples of shape \[2, 2\], or many of them in rows, got shape \[1, 4\]/,
    ],
    ['rows of several lengths', [[1, 2], [3]], [2], /row 1 has 1 numbers where the first has 2/],
  ])('%s is refused', (_, given, shape, message) => {
    expect(() => readRows(given, shape, 'x')).toThrow(message);
  });
});

describe('choosing parameters', () => {
  const inventory = takeInventory(
    tie(
      sequential({ encoder: sequential(linear(2, 2), linear(2, 2)), head: linear(2, 2) }),
      'head.weight',
      'encoder.1.weight',
    ) as AnyLayer,
  );
  it.each<readonly [string, Selector, readonly string[]]>([
    ['a path', 'head.bias', ['head.bias']],
    ['an alias', 'head.weight', ['encoder.1.weight']],
    ['a layer', 'encoder.0', ['encoder.0.weight', 'encoder.0.bias']],
    ['a layer of layers', 'encoder', ['encoder.0.weight', 'encoder.0.bias', 'encoder.1.weight', 'encoder.1.bias']],
    ['a pattern at the end', '*.bias', ['encoder.0.bias', 'encoder.1.bias', 'head.bias']],
    ['a pattern in the middle', 'encoder.*.weight', ['encoder.0.weight', 'encoder.1.weight']],
    ['everything', '*', ['encoder.0.weight', 'encoder.0.bias', 'encoder.1.weight', 'encoder.1.bias', 'head.bias']],
    [
      'several, in the order of the net',
      ['head', 'encoder.0.bias'],
      ['encoder.0.bias', 'encoder.1.weight', 'head.bias'],
    ],
    ['a function, of any of its paths', (path) => path.startsWith('head'), ['encoder.1.weight', 'head.bias']],
    ['a function that wants none', () => false, []],
  ])('%s', (_, selector, expected) => {
    expect(select(inventory, selector, 'freeze')).toEqual(expected);
  });

  it('a point in a pattern is a point', () => {
    expect(() => select(inventory, 'encoder?0*', 'freeze')).toThrow(/there is no 'encoder\?0\*'/);
  });
});

describe('activations', () => {
  const x = [
    [1, -2],
    [3, 4],
  ];

  it('are those of each layer, computed in double precision', () => {
    const net = network(sequential(linear(2, 2), relu()), { input: [2] });
    net.set('0.weight', [1, 0, 0, 1]);
    net.set('0.bias', [0, 0]);
    const { rows } = net.activations(x);
    expect(rows.map(({ name, kind }) => [name, kind])).toEqual([
      ['input', 'input'],
      ['0', 'linear'],
      ['1', 'relu'],
    ]);
    expect(rows[1]).toMatchObject({ mean: 1.5, zeros: 0, sd: Math.sqrt(5.25), acrossUnits: 1 });
    expect(rows[2]).toMatchObject({ mean: 2, zeros: 0.25, sd: Math.sqrt(2.5), acrossUnits: 0.5 });
    expect(String(net.activations(x))).toMatch(/layer +mean +sd +zeros +sd among units/);
  });

  it('of several outputs, and of tokens, which are no activations', () => {
    const names = (net: { activations(x: never): { rows: readonly { name: string }[] } }, given: unknown) =>
      net.activations(given as never).rows.map(({ name }) => name);
    expect(names(network(lstm(1, 2), { input: [3, 1] }), [1, 2, 3])).toEqual(['input', 'output', 'hidden', 'cell']);
    expect(names(network(sequential(embedding(3, 2), flatten(), linear(4, 1)), { input: [2] }), [0, 1])).toEqual([
      '0',
      '1',
      '2',
    ]);
  });

  it('are those of prediction: dropout and running statistics', () => {
    const net = network(sequential(dropout(0.9), batchNorm(2)), { input: [2] });
    const { rows } = net.activations(x);
    expect(rows[1]!.mean).toBe(1.5);
    expect(rows[2]!.mean).toBeCloseTo(1.5, 4);
  });

  it('channels are the units of images', () => {
    const net = network(conv2d(1, 3, 1, { bias: false }), { input: [1, 2, 2] });
    net.set('weight', [1, 1, 1]);
    const same = net.activations([1, 2, 3, 4]);
    expect(same.rows.at(-1)!.acrossUnits).toBe(0);
    expect(same.notes.join()).toMatch(/all units are alike in conv2d/);
    net.set('weight', [1, 2, 3]);
    expect(net.activations([1, 2, 3, 4]).rows.at(-1)!.acrossUnits).toBeGreaterThan(1);
  });
});

describe('gradients', () => {
  it('are those of the loss by each layer and each trainable parameter', () => {
    const net = network(sequential(linear(1, 1), tanh(), linear(1, 1)), { input: [1], precision: 'double' });
    net.set('0.weight', [0.5]);
    net.set('0.bias', [0]);
    net.set('2.weight', [2]);
    net.set('2.bias', [0]);
    const h = Math.tanh(0.5);
    const slope = 2 * (2 * h - 3); // of (2 h − 3)² by the output
    const table = () =>
      Object.fromEntries(net.gradients([1], [3], meanSquaredError()).rows.map(({ name, mean }) => [name, mean]));
    const found = table();
    const expected = {
      '2': slope,
      '1': 2 * slope,
      '0': 2 * slope * (1 - h * h),
      '0.weight': 2 * slope * (1 - h * h),
      '2.weight': slope * h,
      '2.bias': slope,
    };
    for (const [name, value] of Object.entries(expected)) expect(found[name]).toBeCloseTo(value, 12);
    net.freeze('0');
    expect(Object.keys(table())).toEqual(['0', '1', '2', '2.weight', '2.bias']);
  });

  it('want as many targets as examples, and labels among the classes', () => {
    const net = network(linear(2, 3), { input: [2] });
    expect(() =>
      net.gradients(
        [
          [1, 2],
          [3, 4],
        ],
        [0],
        crossEntropy(),
      ),
    ).toThrow(/gradients: 2 examples want 2 targets, got 1/);
    expect(() => net.gradients([[1, 2]], [3], crossEntropy())).toThrow(/label 3 at position 0/);
    expect(net.gradients([[1, 2]], Int32Array.of(2), crossEntropy()).rows.length).toBe(3);
  });
});
