/**
 * What attention sees and does not see, and what its forms have in common.
 */
import { describe, expect, it } from 'vitest';
import { multiHeadAttention } from '#kernel/nets/layers/attention';
import { layer } from '#kernel/nets/layers/compose';
import { learnedPositions, sinusoidalPositions } from '#kernel/nets/layers/embedding';
import { transformerDecoderLayer, transformerEncoder, transformerEncoderLayer } from '#kernel/nets/layers/transformer';
import { type Network, network } from '#kernel/nets/net';
import type { AnyLayer, Layer } from '#kernel/nets/types';
import type { Expr } from '#kernel/program/types';

const wave = (count: number, phase = 0) => Float64Array.from({ length: count }, (_, i) => Math.sin(1.3 * i + phase));
const double = { precision: 'double', seed: 1 } as const;
const attention = (options: object, time = 5, size = 8, heads = 2) =>
  network(multiHeadAttention(size, heads, options) as Layer, { input: [time, size], ...double });
const rowsOf = (values: ArrayLike<number>, size: number) =>
  Array.from({ length: values.length / size }, (_, t) => Array.from(values).slice(t * size, (t + 1) * size));

/** Largest change of each position's output when one input position is changed. */
function seenFrom(net: Network, time: number, size: number, changed: number): number[] {
  const x = wave(time * size);
  const other = x.slice();
  for (let i = 0; i < size; i++) other[changed * size + i]! += 1;
  const [a, b] = [x, other].map((each) => rowsOf(net.predict(each).values, size));
  return a!.map((row, t) => Math.max(...row.map((value, i) => Math.abs(value - b![t]![i]!))));
}

describe('causal attention', () => {
  it('changes nothing before what was changed, and everything from there on', () => {
    const seen = seenFrom(attention({ causal: true }), 5, 8, 2);
    expect(seen.slice(0, 2)).toEqual([0, 0]);
    expect(seen.slice(2).every((change) => change > 1e-6)).toBe(true);
  });

  it('without it every position sees every other', () => {
    expect(seenFrom(attention({}), 5, 8, 4).every((change) => change > 1e-6)).toBe(true);
  });

  it('holds through blocks, and in a decoder by itself', () => {
    const blocks = network(transformerEncoder(8, 2, 2, { feedForward: 8, causal: true }) as Layer, {
      input: [5, 8],
      ...double,
    });
    expect(seenFrom(blocks, 5, 8, 3).slice(0, 3)).toEqual([0, 0, 0]);
    const decoder = network(
      layer({ block: transformerDecoderLayer(8, 2, { feedForward: 8 }) }, ({ block }, x) =>
        block(x, x.mul(0).add(1) as Expr),
      ),
      { input: [5, 8], ...double },
    );
    expect(seenFrom(decoder, 5, 8, 3).slice(0, 3)).toEqual([0, 0, 0]);
  });

  it('the first position attends to itself alone: its output is its own value, projected', () => {
    const net = attention({ causal: true });
    const { values: all } = net.get('in_proj_weight');
    const out = net.get('out_proj.weight').values;
    const x = wave(40);
    const value = Array.from({ length: 8 }, (_, i) =>
      Array.from({ length: 8 }, (_unused, j) => all[(16 + i) * 8 + j]! * x[j]!).reduce((a, b) => a + b),
    );
    const expected = Array.from({ length: 8 }, (_, i) => value.reduce((sum, v, j) => sum + out[8 * i + j]! * v, 0));
    const found = net.predict(x).values;
    expected.forEach((v, i) => {
      expect(found[i]).toBeCloseTo(v, 12);
    });
  });
});

describe('without positions', () => {
  it('attention does not know the order: a permuted sequence gives the permuted output', () => {
    const net = attention({});
    const rows = rowsOf(wave(40), 8);
    const order = [3, 0, 4, 1, 2];
    const plain = rowsOf(net.predict([rows]).values, 8);
    const permuted = rowsOf(net.predict([order.map((t) => rows[t]!)]).values, 8);
    order.forEach((t, at) => {
      plain[t]!.forEach((value, i) => {
        expect(permuted[at]![i]).toBeCloseTo(value, 12);
      });
    });
  });

  it('rotary positions make it know', () => {
    const net = attention({ rotary: true });
    const rows = rowsOf(wave(40), 8);
    const [a, b] = [rows, rows.toReversed()].map((each) => rowsOf(net.predict([each]).values, 8));
    expect(Math.abs(a![0]![0]! - b![4]![0]!)).toBeGreaterThan(1e-4);
  });

  it('but only the distance: two steps see each other alike wherever they stand', () => {
    const made = layer(
      { a: multiHeadAttention(8, 1, { rotary: true }) },
      ({ a }, x: { readonly steps: Expr; readonly ignored: Expr }) => a(x.steps, x.steps, x.steps, x.ignored),
    );
    const net = network(made, { input: { steps: [6, 8], ignored: [6] }, ...double });
    const outputAt = (first: number, second: number) => {
      const steps = wave(48, 5);
      steps.set(wave(8), first * 8);
      steps.set(wave(8, 1), second * 8);
      const ignored = [0, 1, 2, 3, 4, 5].map((t) => Number(t !== first && t !== second));
      return rowsOf(net.predict({ steps, ignored }).values, 8)[second]!;
    };
    const expected = outputAt(0, 2);
    for (const [first, second] of [
      [1, 3],
      [3, 5],
    ] as const) {
      outputAt(first, second).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 12);
      });
    }
    expect(Math.abs(outputAt(0, 5)[0]! - expected[0]!)).toBeGreaterThan(1e-6);
  });
});

describe('heads that share keys and values', () => {
  it('are full attention whose keys and values repeat', () => {
    const [size, heads, groups, each] = [8, 4, 2, 2];
    const shared = attention({ keyValueHeads: groups, bias: false }, 5, size, heads);
    const full = attention({ bias: false }, 5, size, heads);
    const from = shared.get('in_proj_weight').values; // (8 + 4 + 4, 8)
    const to = new Float64Array(24 * size);
    to.set(from.subarray(0, 8 * size));
    for (let head = 0; head < heads; head++) {
      const group = Math.floor((head * groups) / heads);
      for (const [part, start] of [
        [8, 8],
        [16, 12],
      ] as const) {
        to.set(
          from.subarray((start + group * each) * size, (start + (group + 1) * each) * size),
          (part + head * each) * size,
        );
      }
    }
    full.set('in_proj_weight', to);
    full.set('out_proj.weight', shared.get('out_proj.weight').values);
    const [a, b] = [shared, full].map((net) => net.predict(wave(40)).values);
    a!.forEach((value, i) => {
      expect(value).toBeCloseTo(b![i]!, 12);
    });
    expect(full.count() - shared.count()).toBe(2 * 4 * size);
  });

  it('heads may have another size than the model divided by their number', () => {
    const net = attention({ headDim: 3 }, 5, 8, 4);
    expect(net.get('in_proj_weight').shape).toEqual([36, 8]);
    expect(net.get('out_proj.weight').shape).toEqual([8, 12]);
    expect(net.predict(wave(40)).shape).toEqual([5, 8]);
  });
});

describe('what is ignored', () => {
  it('has no influence, whatever stands there', () => {
    const made = layer({ a: multiHeadAttention(8, 2) }, ({ a }, x: { readonly steps: Expr; readonly ignored: Expr }) =>
      a(x.steps, x.steps, x.steps, x.ignored),
    );
    const net = network(made, { input: { steps: [3, 8], ignored: [3] }, ...double });
    const steps = wave(24);
    const other = steps.slice().fill(5, 16);
    const [a, b] = [steps, other].map((each) => net.predict({ steps: each, ignored: [0, 0, 1] }).values.slice(0, 16));
    expect(a).toEqual(b);
    const all = net.predict({ steps, ignored: [0, 0, 0] }).values.slice(0, 16);
    expect(all).not.toEqual(a);
  });
});

describe('positions', () => {
  it('sines and cosines are those of the paper', () => {
    const net = network(sinusoidalPositions(4), { input: [3, 4], ...double });
    const found = rowsOf(net.predict(new Float64Array(12)).values, 4);
    found.forEach((row, t) => {
      [Math.sin(t), Math.cos(t), Math.sin(t / 100), Math.cos(t / 100)].forEach((value, i) => {
        expect(row[i]).toBeCloseTo(value, 14);
      });
    });
  });

  it('learned ones are added, the first of them where the sequence is shorter', () => {
    const net = network(learnedPositions(5, 4), { input: [2, 4], ...double });
    const table = net.get('weight').values;
    expect(net.predict(new Float64Array(8)).values).toEqual(table.slice(0, 8));
  });

  it('heads of an odd size cannot be turned', () => {
    expect(() => attention({ rotary: true }, 5, 6, 2)).toThrow(/rotary positions need heads of an even size, got 3/);
  });
});

describe('blocks', () => {
  it('normalise last as the paper, or first; a stack that normalises first ends with a norm', () => {
    const pathsOf = (options: object) =>
      network(transformerEncoder(8, 2, 1, { feedForward: 4, ...options }) as Layer, { input: [3, 8] }).trainable;
    expect(pathsOf({}).some((path) => path.startsWith('norm.'))).toBe(false);
    expect(pathsOf({ normFirst: true }).filter((path) => path.startsWith('norm.'))).toEqual([
      'norm.weight',
      'norm.bias',
    ]);
    expect(pathsOf({ finalNorm: true }).at(-1)).toBe('norm.bias');
    expect(pathsOf({ bias: false }).filter((path) => path.includes('bias'))).toEqual([]);
  });

  it('that normalise last give rows of mean 0 and variance 1', () => {
    const net = network(transformerEncoderLayer(8, 2, { feedForward: 4 }) as Layer, { input: [3, 8], ...double });
    for (const row of rowsOf(net.predict(wave(24)).values, 8)) {
      const mean = row.reduce((a, b) => a + b) / 8;
      expect(mean).toBeCloseTo(0, 12);
      expect(row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 8).toBeCloseTo(1, 4);
    }
  });

  it('have first values of their own, where PyTorch copies the first block', () => {
    const net = network(transformerEncoder(8, 2, 2, { feedForward: 4 }) as Layer, { input: [3, 8] });
    expect(net.get('layers.0.linear1.weight').values).not.toEqual(net.get('layers.1.linear1.weight').values);
  });

  it('with biases of 0 in attention and weights of 0 behind it pass their input on when they normalise first', () => {
    const net = network(transformerEncoderLayer(8, 2, { feedForward: 4, normFirst: true }) as Layer, {
      input: [3, 8],
      ...double,
    });
    net.initialise(0, ['self_attn.out_proj', 'linear2']);
    expect(net.predict(wave(24)).values).toEqual(wave(24));
  });

  it('are layers of PyTorch by name', () => {
    const net = network(
      layer({ d: transformerDecoderLayer(8, 2, { feedForward: 4 }) as AnyLayer }, ({ d }, x) =>
        (d as (...all: Expr[]) => Expr)(x, x),
      ),
      { input: [3, 8] },
    );
    expect(net.trainable.map((path) => path.slice(2)).toSorted()).toEqual(
      [
        ...['self_attn', 'multihead_attn'].flatMap((part) =>
          ['in_proj_bias', 'in_proj_weight', 'out_proj.bias', 'out_proj.weight'].map((name) => `${part}.${name}`),
        ),
        ...['linear1', 'linear2', 'norm1', 'norm2', 'norm3'].flatMap((part) => [`${part}.bias`, `${part}.weight`]),
      ].toSorted(),
    );
  });
});
