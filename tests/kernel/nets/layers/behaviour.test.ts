/**
 * What layers do that no table of figures shows: experts, recurrences, embeddings, normalisation, composition.
 */
import { describe, expect, it } from 'vitest';
import { relu } from '#kernel/nets/layers/activations';
import { layer, residual } from '#kernel/nets/layers/compose';
import { conv1d, conv2d, maxPool2d } from '#kernel/nets/layers/convolution';
import { embedding } from '#kernel/nets/layers/embedding';
import { mixtureOfExperts } from '#kernel/nets/layers/experts';
import { linear } from '#kernel/nets/layers/linear';
import { batchNorm, groupNorm, layerNorm, rmsNorm } from '#kernel/nets/layers/normalisation';
import { gru, lstm, rnn } from '#kernel/nets/layers/recurrent';
import { sequential } from '#kernel/nets/layers/sequential';
import { flatten, identity, reshape } from '#kernel/nets/layers/shape';
import { crossEntropy } from '#kernel/nets/losses/cross-entropy';
import { network } from '#kernel/nets/net';
import { sgd } from '#kernel/nets/optimisers/sgd';
import type { Layer } from '#kernel/nets/types';

const wave = (count: number, phase = 0) => Float64Array.from({ length: count }, (_, i) => Math.sin(1.3 * i + phase));
const double = { precision: 'double', seed: 1 } as const;

describe('experts', () => {
  /** Expert i multiplies by i + 1; the router's scores are the inputs themselves. */
  const built = (topK: number) => {
    const net = network(
      mixtureOfExperts(3, { experts: 3, topK, expert: () => linear(3, 3, { bias: false }), balance: 0 }),
      { input: [3], ...double },
    );
    net.set('gate.weight', [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    [0, 1, 2].forEach((i) => {
      net.set(`experts.${i}.weight`, [i + 1, 0, 0, 0, i + 1, 0, 0, 0, i + 1]);
    });
    return net;
  };

  it('one of them: the best alone', () => {
    expect([...built(1).predict([0.1, 0.5, 0.3]).values]).toEqual([0.2, 1, 0.6]);
  });

  it('two of them: weighed by the softmax over their two scores', () => {
    const [a, b] = [Math.exp(0.5), Math.exp(0.3)];
    const factor = (2 * a + 3 * b) / (a + b);
    built(2)
      .predict([0.1, 0.5, 0.3])
      .values.forEach((value, i) => {
        expect(value).toBeCloseTo(factor * [0.1, 0.5, 0.3][i]!, 12);
      });
  });

  it('equal scores: the first, and no more than k', () => {
    expect([...built(1).predict([1, 1, 1]).values]).toEqual([1, 1, 1]);
    expect(built(2).predict([1, 1, 1]).values[0]).toBeCloseTo(1.5, 12);
  });

  it('route each position of a sequence by itself', () => {
    const net = network(mixtureOfExperts(3, { experts: 3, topK: 1, expert: () => linear(3, 3, { bias: false }) }), {
      input: [2, 3],
      ...double,
    });
    net.set('gate.weight', [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    [0, 1, 2].forEach((i) => {
      net.set(`experts.${i}.weight`, [i + 1, 0, 0, 0, i + 1, 0, 0, 0, i + 1]);
    });
    expect([
      ...net.predict([
        [
          [1, 0, 0],
          [0, 0, 1],
        ],
      ]).values,
    ]).toEqual([1, 0, 0, 0, 0, 3]);
  });
});

describe('recurrent layers', () => {
  const [time, size, hidden] = [5, 2, 3];
  const x = wave(time * size);

  it.each([
    ['rnn', rnn, rnn(size, hidden, { returns: 'output' }), rnn(size, hidden, { returns: 'last' })],
    ['gru', gru, gru(size, hidden, { returns: 'output' }), gru(size, hidden, { returns: 'last' })],
    ['lstm', lstm, lstm(size, hidden, { returns: 'output' }), lstm(size, hidden, { returns: 'last' })],
  ] as const)('%s: outputs, last state and all of it are one run', (_, make, output, last) => {
    const options = { input: [time, size], ...double };
    const all = network(make(size, hidden) as Layer<{ output: never; hidden: never }>, options).predict(
      x,
    ) as unknown as Record<'output' | 'hidden', { values: Float64Array; shape: number[] }>;
    expect(network(output, options).predict(x).values).toEqual(all.output.values);
    expect(network(last, options).predict(x).values).toEqual(all.hidden.values);
    expect(all.output.values.slice(-hidden)).toEqual(all.hidden.values);
  });

  it('both ways: the backward half is the forward one on the reversed sequence', () => {
    const both = network(lstm(size, hidden, { bidirectional: true, returns: 'output' }), {
      input: [time, size],
      ...double,
    });
    const one = network(lstm(size, hidden, { returns: 'output' }), { input: [time, size], ...double });
    for (const path of one.trainable) one.set(path, both.get(`${path}_reverse`).values);
    const reversed = Array.from({ length: time }, (_, t) => [...x.slice((time - 1 - t) * size, (time - t) * size)]);
    const found = both.predict(x).values;
    const expected = one.predict([reversed]).values;
    for (let t = 0; t < time; t++) {
      for (let i = 0; i < hidden; i++) {
        expect(found[t * 2 * hidden + hidden + i]).toBeCloseTo(expected[(time - 1 - t) * hidden + i]!, 12);
      }
    }
  });

  it('both ways, the last: that of each direction, side by side', () => {
    const layers = (returns: 'last' | 'output') => gru(size, hidden, { bidirectional: true, returns });
    const [last, output] = (['last', 'output'] as const).map((returns) =>
      network(layers(returns), { input: [time, size], ...double }).predict(x),
    );
    expect(last!.shape).toEqual([2 * hidden]);
    expect(last!.values.slice(0, hidden)).toEqual(
      output!.values.slice((time - 1) * 2 * hidden, (time - 1) * 2 * hidden + hidden),
    );
    expect(last!.values.slice(hidden)).toEqual(output!.values.slice(hidden, 2 * hidden));
  });

  it('a second layer takes what the first gives', () => {
    const two = network(rnn(size, hidden, { numLayers: 2, returns: 'output' }), { input: [time, size], ...double });
    const below = network(rnn(size, hidden, { returns: 'output' }), { input: [time, size], ...double });
    const above = network(rnn(hidden, hidden, { returns: 'output' }), { input: [time, hidden], ...double });
    for (const path of below.trainable) {
      below.set(path, two.get(path).values);
      above.set(path, two.get(path.replace('l0', 'l1')).values);
    }
    expect(above.predict(below.predict(x).values).values).toEqual(two.predict(x).values);
  });

  it('dropout between layers acts in training alone, and not after the last layer', () => {
    const net = network(lstm(size, hidden, { numLayers: 1, dropout: 0.5, returns: 'last' }), { input: [time, size] });
    expect(net.trace({ batchSize: 2, training: true }).key).toBeUndefined();
    const deep = network(lstm(size, hidden, { numLayers: 2, dropout: 0.5, returns: 'last' }), { input: [time, size] });
    expect(deep.trace({ batchSize: 2, training: true }).key).toBeDefined();
    expect(deep.trace({ batchSize: 2 }).key).toBeUndefined();
  });
});

describe('embeddings', () => {
  it('are rows of the table', () => {
    const net = network(embedding(4, 2), { input: [3], ...double });
    const table = net.get('weight').values;
    expect([...net.predict([2, 0, 2]).values]).toEqual([
      ...table.slice(4, 6),
      ...table.slice(0, 2),
      ...table.slice(4, 6),
    ]);
  });

  it('a token that is not there is NaN, not another row', () => {
    const net = network(embedding(4, 2), { input: [2] });
    expect([...net.predict([4, -1]).values]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('padding is zeros, and stays so in training', () => {
    const net = network(sequential(embedding(4, 2, { paddingIndex: 1 }), flatten(), linear(4, 2)), { input: [2] });
    expect([...net.get('0.weight').values.slice(2, 4)]).toEqual([0, 0]);
    const step = net.trainingStep({ loss: crossEntropy(), optimiser: sgd({ rate: 0.5 }), batchSize: 2 });
    for (let i = 1; i <= 5; i++) step.run({ x: [1, 2, 0, 1], y: [0, 1] }, { step: i });
    expect([...net.get('0.weight').values.slice(2, 4)]).toEqual([0, 0]);
  });
});

describe('normalisation', () => {
  const momentsOf = (values: ArrayLike<number>) => {
    const list = Array.from(values);
    const mean = list.reduce((a, b) => a + b) / list.length;
    return { mean, variance: list.reduce((sum, v) => sum + (v - mean) ** 2, 0) / list.length };
  };

  it('by layer: each example; by group: each group of each example', () => {
    const x = wave(24).map((v) => 3 * v + 5);
    const layered = network(layerNorm(6, { eps: 0 }), { input: [2, 6], ...double }).predict(x).values;
    for (let row = 0; row < 4; row++) {
      const { mean, variance } = momentsOf(layered.slice(6 * row, 6 * row + 6));
      expect(mean).toBeCloseTo(0, 12);
      expect(variance).toBeCloseTo(1, 12);
    }
    const groups = network(groupNorm(2, 4, { eps: 0 }), { input: [4, 3], ...double }).predict(x).values;
    for (let group = 0; group < 4; group++) {
      const { mean, variance } = momentsOf(groups.slice(6 * group, 6 * group + 6));
      expect(mean).toBeCloseTo(0, 12);
      expect(variance).toBeCloseTo(1, 12);
    }
  });

  it('by root mean square: the mean of squares is 1, the mean is not taken off', () => {
    const values = network(rmsNorm(4, { eps: 0 }), { input: [4], ...double }).predict([1, 2, 3, 4]).values;
    expect(Array.from(values).reduce((sum, v) => sum + v * v, 0) / 4).toBeCloseTo(1, 12);
    expect(values[3]! / values[0]!).toBeCloseTo(4, 12);
  });

  it('scales and shifts are left out where they are not wanted', () => {
    expect(network(layerNorm(4, { elementwiseAffine: false }), { input: [4] }).count()).toBe(0);
    expect(network(layerNorm(4, { bias: false }), { input: [4] }).trainable).toEqual(['weight']);
    expect(network(groupNorm(2, 4, { affine: false }), { input: [4, 3] }).count()).toBe(0);
    expect(network(rmsNorm(4, { elementwiseAffine: false }), { input: [4] }).count()).toBe(0);
  });

  it('running statistics of a batch norm used twice are kept once, and in training alone', () => {
    const shared = batchNorm(2);
    const net = network(sequential(shared, shared), { input: [2] });
    const { updates } = net.trace({ batchSize: 4, training: true });
    expect(Object.keys(updates).toSorted()).toEqual(['0.running_mean', '0.running_var']);
    expect(net.trace({ batchSize: 4 }).updates).toEqual({});
  });
});

describe('shapes and composition', () => {
  it('sizes of convolutions and pools are those of PyTorch’s formula', () => {
    const sizeOf = (made: Layer, input: readonly number[]) =>
      network(made, { input: [...input] })
        .trace({ batchSize: 1 })
        .output.shape.slice(1);
    expect(sizeOf(conv2d(1, 2, 3, { stride: 2, padding: 1 }), [1, 8, 9])).toEqual([2, 4, 5]);
    expect(sizeOf(conv2d(1, 2, [3, 1], { dilation: [2, 1] }), [1, 8, 8])).toEqual([2, 4, 8]);
    expect(sizeOf(conv1d(3, 4, 5, { padding: 2 }), [3, 10])).toEqual([4, 10]);
    expect(sizeOf(maxPool2d(3, { stride: 2, padding: 1 }), [2, 8, 8])).toEqual([2, 4, 4]);
    expect(sizeOf(maxPool2d([1, 2]), [2, 8, 8])).toEqual([2, 8, 4]);
  });

  it('reshape and flatten keep the elements in their order', () => {
    const net = network(sequential(reshape(2, 3), identity(), flatten()), { input: [6], ...double });
    expect([...net.predict([1, 2, 3, 4, 5, 6]).values]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('a residual adds its input, or a projection of it', () => {
    const plain = network(residual(linear(2, 2)), { input: [2], ...double });
    plain.initialise(0, 'body');
    expect([...plain.predict([3, 4]).values]).toEqual([3, 4]);
    const projected = network(residual(linear(2, 3), { projection: linear(2, 3) }), { input: [2] });
    expect(projected.trainable).toEqual(['body.weight', 'body.bias', 'projection.weight', 'projection.bias']);
  });

  it('names of a sequence may be chosen; a child may be called twice, with its parameters shared', () => {
    const net = network(
      layer({ step: linear(2, 2) }, ({ step }, x) => relu(step(relu(step(x)))), { kind: 'twice' }),
      { input: [2] },
    );
    expect(net.trainable).toEqual(['step.weight', 'step.bias']);
    expect(net.summary().rows.map(({ name, count }) => [name, count])).toEqual([
      ['step', 6],
      ['step', 0],
    ]);
    expect(net.count()).toBe(6);
  });

  it('options are kept as data, so that a net can be looked at', () => {
    expect(linear(2, 3, { bias: false }).options).toEqual({ inFeatures: 2, outFeatures: 3, bias: false });
    expect(conv2d(1, 2, 3, { padding: 1 }).options).toMatchObject({ kernelSize: [3, 3], padding: 1, bias: true });
    expect(lstm(2, 3, { returns: 'last' }).options).toMatchObject({ hiddenSize: 3, returns: 'last' });
    expect(relu().options).toEqual({});
  });
});
