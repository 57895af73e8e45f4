/**
 * Every layer, as the figures of PyTorch name it, and some that PyTorch does not have.
 */
import {
  elu,
  gelu,
  leakyRelu,
  logSoftmax,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from '#kernel/nets/layers/activations';
import { multiHeadAttention } from '#kernel/nets/layers/attention';
import { layer, residual, tie } from '#kernel/nets/layers/compose';
import { averagePool1d, averagePool2d, conv1d, conv2d, maxPool1d, maxPool2d } from '#kernel/nets/layers/convolution';
import { embedding, learnedPositions, sinusoidalPositions } from '#kernel/nets/layers/embedding';
import { gatedFeedForward, mixtureOfExperts } from '#kernel/nets/layers/experts';
import { linear } from '#kernel/nets/layers/linear';
import { batchNorm, groupNorm, layerNorm, rmsNorm } from '#kernel/nets/layers/normalisation';
import { gru, lstm, rnn } from '#kernel/nets/layers/recurrent';
import { sequential } from '#kernel/nets/layers/sequential';
import { flatten, identity, reshape } from '#kernel/nets/layers/shape';
import {
  transformerDecoder,
  transformerDecoderLayer,
  transformerEncoder,
  transformerEncoderLayer,
} from '#kernel/nets/layers/transformer';
import type { AnyLayer } from '#kernel/nets/types';
import { constant } from '#kernel/program/expression';
import type { Expr } from '#kernel/program/types';

export interface LayerCase {
  readonly layer: AnyLayer;
  /** Sizes with the batch. */
  readonly inputs: readonly (readonly number[])[];
  readonly integer?: number;
  readonly training?: boolean;
  /** Before each path of PyTorch. */
  readonly prefix?: string;
}

type Several = Readonly<Record<string, Expr>>;
const any = (made: unknown) => made as AnyLayer;
const crossed = (made: AnyLayer) =>
  any(layer({ made }, (inside, x: Several) => (inside.made as (...given: unknown[]) => Expr)(...Object.values(x))));
const block = { dropout: 0, feedForward: 6 };

/** What PyTorch has too, under the names of torch_figures.py. */
export const torchCases: Readonly<Record<string, LayerCase>> = {
  linear: { layer: any(linear(3, 4)), inputs: [[2, 3]] },
  'linear without bias over a sequence': { layer: any(linear(3, 2, { bias: false })), inputs: [[2, 3, 3]] },
  embedding: { layer: any(embedding(5, 3)), inputs: [[2, 4]], integer: 5 },
  'embedding with padding': { layer: any(embedding(5, 3, { paddingIndex: 0 })), inputs: [[2, 4]], integer: 5 },
  relu: { layer: any(relu()), inputs: [[2, 5]] },
  leakyRelu: { layer: any(leakyRelu()), inputs: [[2, 5]] },
  elu: { layer: any(elu()), inputs: [[2, 5]] },
  gelu: { layer: any(gelu()), inputs: [[2, 5]] },
  'gelu by tanh': { layer: any(gelu({ approximate: 'tanh' })), inputs: [[2, 5]] },
  silu: { layer: any(silu()), inputs: [[2, 5]] },
  tanh: { layer: any(tanh()), inputs: [[2, 5]] },
  sigmoid: { layer: any(sigmoid()), inputs: [[2, 5]] },
  softplus: { layer: any(softplus()), inputs: [[2, 5]] },
  softmax: { layer: any(softmax()), inputs: [[2, 5]] },
  logSoftmax: { layer: any(logSoftmax()), inputs: [[2, 5]] },
  flatten: { layer: any(flatten()), inputs: [[2, 3, 2]] },
  'batchNorm of rows in training': { layer: any(batchNorm(3)), inputs: [[4, 3]], training: true },
  'batchNorm of images in training': { layer: any(batchNorm(2)), inputs: [[2, 2, 3, 2]], training: true },
  'batchNorm in prediction': { layer: any(batchNorm(3)), inputs: [[4, 3]] },
  layerNorm: { layer: any(layerNorm(4)), inputs: [[2, 3, 4]] },
  'layerNorm over two dimensions': { layer: any(layerNorm([3, 4])), inputs: [[2, 3, 4]] },
  groupNorm: { layer: any(groupNorm(2, 4)), inputs: [[2, 4, 3]] },
  rmsNorm: { layer: any(rmsNorm(4)), inputs: [[2, 3, 4]] },
  conv1d: {
    layer: any(conv1d(4, 6, 3, { stride: 2, padding: 2, dilation: 2, groups: 2 })),
    inputs: [[2, 4, 7]],
  },
  conv2d: { layer: any(conv2d(2, 3, 3, { padding: 1 })), inputs: [[2, 2, 4, 4]] },
  'conv2d with stride and groups': {
    layer: any(conv2d(4, 4, [2, 3], { stride: [2, 1], padding: [1, 0], groups: 4 })),
    inputs: [[2, 4, 4, 5]],
  },
  'conv2d of single pixels': { layer: any(conv2d(3, 2, 1, { bias: false })), inputs: [[2, 3, 2, 2]] },
  maxPool2d: { layer: any(maxPool2d(2)), inputs: [[2, 2, 4, 4]] },
  'maxPool2d with padding': { layer: any(maxPool2d(3, { stride: 2, padding: 1 })), inputs: [[2, 2, 5, 5]] },
  averagePool2d: { layer: any(averagePool2d(2)), inputs: [[2, 2, 4, 4]] },
  maxPool1d: { layer: any(maxPool1d(2)), inputs: [[2, 2, 6]] },
  averagePool1d: { layer: any(averagePool1d(3, { stride: 1 })), inputs: [[2, 2, 6]] },
  rnn: { layer: any(rnn(2, 3)), inputs: [[2, 4, 2]] },
  'rnn with relu': { layer: any(rnn(2, 3, { nonlinearity: 'relu' })), inputs: [[2, 4, 2]] },
  gru: { layer: any(gru(2, 3)), inputs: [[2, 4, 2]] },
  lstm: { layer: any(lstm(2, 3)), inputs: [[2, 4, 2]] },
  'lstm of two layers in both directions': {
    layer: any(lstm(2, 3, { numLayers: 2, bidirectional: true })),
    inputs: [[2, 3, 2]],
  },
  'gru without biases': { layer: any(gru(2, 3, { bias: false, bidirectional: true })), inputs: [[2, 3, 2]] },
  attention: { layer: any(multiHeadAttention(8, 2)), inputs: [[2, 3, 8]] },
  'causal attention': { layer: any(multiHeadAttention(8, 2, { causal: true })), inputs: [[2, 4, 8]] },
  'cross attention': {
    layer: crossed(any(multiHeadAttention(8, 2))),
    inputs: [
      [2, 2, 8],
      [2, 3, 8],
    ],
    prefix: 'made.',
  },
  'cross attention to other sizes': {
    layer: crossed(any(multiHeadAttention(8, 2, { keyDim: 4, valueDim: 6 }))),
    inputs: [
      [2, 2, 8],
      [2, 3, 4],
      [2, 3, 6],
    ],
    prefix: 'made.',
  },
  'attention with padding': {
    layer: any(
      layer({ made: multiHeadAttention(8, 2) }, ({ made }, x) =>
        made(x, x, x, constant([0, 0, 1, 0, 0, 0]).reshape(2, 3) as unknown as Expr),
      ),
    ),
    inputs: [[2, 3, 8]],
    prefix: 'made.',
  },
  'encoder block': { layer: any(transformerEncoderLayer(8, 2, block)), inputs: [[2, 3, 8]] },
  'encoder block, norm first': {
    layer: any(transformerEncoderLayer(8, 2, { ...block, normFirst: true, activation: 'gelu' })),
    inputs: [[2, 3, 8]],
  },
  'decoder block': {
    layer: crossed(any(transformerDecoderLayer(8, 2, block))),
    inputs: [
      [2, 4, 8],
      [2, 3, 8],
    ],
    prefix: 'made.',
  },
  'decoder block, norm first': {
    layer: crossed(any(transformerDecoderLayer(8, 2, { ...block, normFirst: true }))),
    inputs: [
      [2, 4, 8],
      [2, 3, 8],
    ],
    prefix: 'made.',
  },
};

/** What PyTorch has not, or in another form: held to differences alone. */
export const ownCases: Readonly<Record<string, LayerCase>> = {
  'grouped queries': { layer: any(multiHeadAttention(8, 4, { keyValueHeads: 2, causal: true })), inputs: [[2, 3, 8]] },
  'rotary positions': { layer: any(multiHeadAttention(8, 2, { rotary: true })), inputs: [[2, 3, 8]] },
  'learned positions': { layer: any(learnedPositions(5, 4)), inputs: [[2, 3, 4]] },
  'sinusoidal positions': { layer: any(sinusoidalPositions(4)), inputs: [[2, 3, 4]] },
  'gated feed-forward': { layer: any(gatedFeedForward(3, 5)), inputs: [[2, 3]] },
  'mixture of experts': {
    layer: any(mixtureOfExperts(3, { experts: 4, topK: 2, hidden: 2 })),
    inputs: [[4, 3]],
    training: true,
  },
  'mixture of all experts': { layer: any(mixtureOfExperts(3, { experts: 2, topK: 2, hidden: 2 })), inputs: [[4, 3]] },
  residual: { layer: any(residual(sequential(linear(3, 3), tanh()))), inputs: [[2, 3]] },
  'residual with a projection': {
    layer: any(residual(linear(3, 2), { projection: linear(3, 2, { bias: false }) })),
    inputs: [[2, 3]],
  },
  'encoder of two blocks': {
    layer: any(transformerEncoder(4, 2, 2, { ...block, normFirst: true, causal: true })),
    inputs: [[2, 3, 4]],
  },
  'decoder of two blocks': {
    layer: crossed(any(transformerDecoder(4, 2, 2, block))),
    inputs: [
      [2, 3, 4],
      [2, 2, 4],
    ],
  },
  'reshape and identity': { layer: any(sequential(reshape(2, 3), identity())), inputs: [[2, 6]] },
  'tied weights': {
    layer: any(tie(sequential({ up: linear(3, 3), down: linear(3, 3) }), 'down.weight', 'up.weight')),
    inputs: [[2, 3]],
  },
  'the last state of a recurrence': {
    layer: any(lstm(2, 3, { returns: 'last', bidirectional: true })),
    inputs: [[2, 4, 2]],
  },
};
