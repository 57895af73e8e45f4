/**
 * Every family of layers in training: the loss falls, runs are reproducible, both precisions agree, and what batches of
 * several lengths share stays shared.
 */
import { describe, expect, it } from 'vitest';
import { gelu, relu, tanh } from '#kernel/nets/layers/activations';
import { layer, residual } from '#kernel/nets/layers/compose';
import { averagePool2d, conv1d, conv2d, maxPool1d, maxPool2d } from '#kernel/nets/layers/convolution';
import { dropout } from '#kernel/nets/layers/dropout';
import { embedding, learnedPositions, sinusoidalPositions } from '#kernel/nets/layers/embedding';
import { gatedFeedForward, mixtureOfExperts } from '#kernel/nets/layers/experts';
import { linear } from '#kernel/nets/layers/linear';
import { batchNorm, groupNorm, layerNorm, rmsNorm } from '#kernel/nets/layers/normalisation';
import { gru, lstm, rnn } from '#kernel/nets/layers/recurrent';
import { sequential } from '#kernel/nets/layers/sequential';
import { flatten } from '#kernel/nets/layers/shape';
import { transformerDecoderLayer, transformerEncoder } from '#kernel/nets/layers/transformer';
import { crossEntropy } from '#kernel/nets/losses/cross-entropy';
import { type Network, network } from '#kernel/nets/net';
import { adam } from '#kernel/nets/optimisers/adam';
import { sgd } from '#kernel/nets/optimisers/sgd';
import type { AnyLayer, Layer } from '#kernel/nets/types';
import { sizeOf } from '#kernel/program/shape';
import type { Precision } from '#kernel/program/state';
import type { Expr } from '#kernel/program/types';

const BATCH = 12;
const CLASSES = 3;

interface Kind {
  readonly layer: () => unknown;
  readonly input: readonly number[];
  readonly tokens?: number;
}

const head = (size: number) => linear(size, CLASSES);
const kinds: Readonly<Record<string, Kind>> = {
  dense: { layer: () => sequential(linear(6, 16), relu(), dropout(0.1), head(16)), input: [6] },
  normalised: {
    layer: () => sequential(linear(6, 16), batchNorm(16), gelu(), layerNorm(16), rmsNorm(16), head(16)),
    input: [6],
  },
  residual: { layer: () => sequential(residual(sequential(linear(6, 6), tanh())), head(6)), input: [6] },
  convolutional: {
    layer: () =>
      sequential(
        conv2d(1, 4, 3, { padding: 1 }),
        groupNorm(2, 4),
        relu(),
        maxPool2d(2),
        conv2d(4, 4, 3, { padding: 1 }),
        averagePool2d(2),
        flatten(),
        head(16),
      ),
    input: [1, 8, 8],
  },
  'convolutional over sequences': {
    layer: () => sequential(conv1d(2, 6, 3, { dilation: 2 }), relu(), maxPool1d(2), flatten(), head(24)),
    input: [2, 12],
  },
  Elman: { layer: () => sequential(rnn(2, 8, { returns: 'last' }), head(8)), input: [7, 2] },
  GRU: { layer: () => sequential(gru(2, 8, { returns: 'last', bidirectional: true }), head(16)), input: [7, 2] },
  LSTM: {
    layer: () => sequential(lstm(2, 8, { returns: 'last', numLayers: 2, dropout: 0.1 }), head(8)),
    input: [7, 2],
  },
  transformer: {
    layer: () =>
      sequential(
        embedding(9, 8),
        learnedPositions(5, 8),
        transformerEncoder(8, 2, 1, { feedForward: 16, causal: true, normFirst: true, dropout: 0.1 }) as AnyLayer,
        flatten(),
        head(40),
      ),
    input: [5],
    tokens: 9,
  },
  'encoder and decoder': {
    layer: () =>
      layer(
        {
          embed: embedding(9, 8),
          where: sinusoidalPositions(8),
          decoder: transformerDecoderLayer(8, 2, { feedForward: 8, dropout: 0 }),
          out: flatten(),
          head: head(40),
        },
        ({ embed, where, decoder, out, ...rest }, x: Expr) => {
          const seen = where(embed(x));
          return rest.head(out(decoder(seen, seen)));
        },
        { integerInput: true },
      ),
    input: [5],
    tokens: 9,
  },
  experts: {
    layer: () => sequential(mixtureOfExperts(6, { experts: 3, topK: 2, hidden: 8 }), gatedFeedForward(6, 8), head(6)),
    input: [6],
  },
};

/** Examples whose class can be seen. */
function examples({ input, tokens }: Kind) {
  const size = sizeOf(input);
  const y = Int32Array.from({ length: BATCH }, (_, i) => i % CLASSES);
  const x = Float32Array.from({ length: BATCH * size }, (_, at) => {
    const label = y[Math.floor(at / size)]!;
    const value = Math.sin(1.7 * at + label) + 0.6 * (label - 1);
    return tokens === undefined ? value : Math.min(tokens - 1, Math.floor(((value + 1.6) / 3.2) * tokens));
  });
  return { x: tokens === undefined ? x : x.map((v) => Math.max(0, v)), y };
}

const built = (kind: Kind, precision: Precision = 'single'): Network =>
  network(kind.layer() as Layer, { input: kind.input, seed: 1, precision });

function lossesOf(kind: Kind, count: number, precision?: Precision, reproducible = true): number[] {
  const net = built(kind, precision);
  const step = net.trainingStep({
    loss: crossEntropy(),
    optimiser: adam({ rate: 0.01 }),
    batchSize: BATCH,
    reproducible,
  });
  const batch = examples(kind);
  return Array.from({ length: count }, (_, i) => step.run(batch, { step: i + 1 }));
}

describe.each(Object.entries(kinds))('a net: %s', (_, kind) => {
  it('learns: the loss falls to less than half', () => {
    const losses = lossesOf(kind, 150, 'single', false);
    expect(losses[0]).toBeGreaterThan(0.6);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses[149]).toBeLessThan(0.5 * losses[0]!);
  });

  it('has the same bits in each run, and in double precision nearly the same losses', () => {
    const single = lossesOf(kind, 5);
    expect(lossesOf(kind, 5)).toEqual(single);
    lossesOf(kind, 5, 'double').forEach((loss, i) => {
      expect(Math.abs(loss - single[i]!)).toBeLessThan(2e-4 * (1 + loss));
    });
  });
});

describe('steps of several lengths on one net', () => {
  it('train the same parameters and go on with the same momentum', () => {
    const { x, y } = examples(kinds.dense!);
    const make = () =>
      network(sequential(linear(6, 8), tanh(), linear(8, CLASSES)), { input: [6], precision: 'double' });
    const optimiser = sgd({ rate: 0.1, momentum: 0.9 });
    const options = { loss: crossEntropy(), optimiser };
    // The same batch of 6 twice over is a batch of 12 with the same mean.
    const few = { x: x.slice(0, 36), y: y.slice(0, 6) };
    const twice = { x: [...few.x, ...few.x], y: [...few.y, ...few.y] };
    const mixed = make();
    const [six, twelve] = [6, 12].map((batchSize) => mixed.trainingStep({ ...options, batchSize }));
    const plain = make();
    const alone = plain.trainingStep({ ...options, batchSize: 6 });
    for (let i = 1; i <= 8; i++) {
      const own = i % 2 === 0 ? twelve!.run(twice, { step: i }) : six!.run(few, { step: i });
      expect(own).toBeCloseTo(alone.run(few, { step: i }), 12);
    }
  });

  it('and predictions between them see each update', () => {
    const net = built(kinds.dense!);
    const { x, y } = examples(kinds.dense!);
    const step = net.trainingStep({ loss: crossEntropy(), optimiser: sgd({ rate: 0.5 }), batchSize: BATCH });
    let before = net.predict(x).values;
    for (let i = 1; i <= 3; i++) {
      step.run({ x, y }, { step: i });
      const after = net.predict(x).values;
      expect(after).not.toEqual(before);
      before = after;
    }
  });
});
