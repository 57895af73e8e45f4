/**
 * Counts of parameters: closed forms, the examples of an encyclopedia's article on parameters, and published numbers.
 */
import { describe, expect, it } from 'vitest';
import { multiHeadAttention } from '#kernel/nets/layers/attention';
import { tie } from '#kernel/nets/layers/compose';
import { conv1d, conv2d } from '#kernel/nets/layers/convolution';
import { embedding, learnedPositions, sinusoidalPositions } from '#kernel/nets/layers/embedding';
import { gatedFeedForward, mixtureOfExperts } from '#kernel/nets/layers/experts';
import { linear } from '#kernel/nets/layers/linear';
import { batchNorm, groupNorm, layerNorm, rmsNorm } from '#kernel/nets/layers/normalisation';
import { gru, lstm, rnn } from '#kernel/nets/layers/recurrent';
import { sequential } from '#kernel/nets/layers/sequential';
import { transformerEncoder, transformerEncoderLayer } from '#kernel/nets/layers/transformer';
import { parametersOf } from '#kernel/nets/parameter-table';
import type { AnyLayer } from '#kernel/nets/types';
import { alexNet, bert, denseNet121, gpt, leNet5, llama, resNet, vgg16, visionTransformer } from './architectures.ts';

const count = (layer: unknown) => parametersOf(layer as AnyLayer).count;

describe("the article's examples of counting", () => {
  it.each<readonly [string, unknown, number]>([
    ['dense, 768 to 3072', linear(768, 3072), 2362368],
    ['convolution 3 × 3, 64 to 128', conv2d(64, 128, 3), 73856],
    ['embedding of 50,257 tokens in 768', embedding(50257, 768), 38597376],
    ['layer normalisation of 768', layerNorm(768), 1536],
    ['attention of 768', multiHeadAttention(768, 12), 2362368],
    ['feed-forward 768 to 3072 and back', sequential(linear(768, 3072), linear(3072, 768)), 4722432],
    ['linear regression on 10 features', linear(10, 1), 11],
    ['logistic regression on MNIST', linear(784, 10), 7850],
    ['one 3 × 3 filter over 64 channels', conv2d(64, 1, 3, { bias: false }), 576],
  ])('%s', (_, layer, expected) => {
    expect(count(layer)).toBe(expected);
  });

  it('the rough formula of a transformer: L (4 d² + 2 d d_ff) + V d, without biases and norms', () => {
    const [V, d, hidden, L] = [1000, 64, 256, 3];
    const rough = L * (4 * d * d + 2 * d * hidden) + V * d;
    const exact = count(sequential(embedding(V, d), transformerEncoder(d, 4, L, { feedForward: hidden })));
    expect(exact - rough).toBe(L * (4 * d + d + hidden + 4 * d)); // biases of attention and feed-forward, two norms
  });
});

describe('closed forms', () => {
  it.each<readonly [string, unknown, number]>([
    ['dense without bias', linear(7, 5, { bias: false }), 35],
    ['convolution in groups', conv2d(8, 12, 3, { groups: 4 }), 12 * 2 * 9 + 12],
    ['convolution over sequences', conv1d(4, 6, 5), 4 * 6 * 5 + 6],
    ['batch normalisation', batchNorm(9), 18],
    ['without scale and shift', batchNorm(9, { affine: false }), 0],
    ['group normalisation', groupNorm(3, 9), 18],
    ['root mean square', rmsNorm(9), 9],
    ['Elman: h (n + h + 2)', rnn(2, 64), 64 * (2 + 64 + 2)],
    ['GRU: three times that', gru(2, 64), 13056],
    ['LSTM: four times that', lstm(2, 64), 17408],
    [
      'LSTM of two layers, both ways',
      lstm(3, 4, { numLayers: 2, bidirectional: true }),
      2 * 16 * (3 + 4 + 2) + 2 * 16 * (8 + 4 + 2),
    ],
    ['GRU without biases', gru(3, 4, { bias: false }), 12 * 7],
    [
      'attention with fewer key heads',
      multiHeadAttention(64, 8, { keyValueHeads: 2, bias: false }),
      2 * 64 * 64 + 2 * 64 * 16,
    ],
    ['a transformer block', transformerEncoderLayer(64, 4, { feedForward: 256 }), 49984],
    ['learned positions', learnedPositions(32, 16), 512],
    ['sines have none', sinusoidalPositions(16), 0],
    ['a gated feed-forward layer', gatedFeedForward(8, 20), 480],
    ['experts and their router', mixtureOfExperts(8, { experts: 4, hidden: 20 }), 4 * 480 + 32],
  ])('%s', (_, layer, expected) => {
    expect(count(layer)).toBe(expected);
  });
});

/** Counts of torch 2.13.0, torchvision 0.29.2 and transformers 5.23.0, on the meta device; GPT-3's is a formula. */
describe('published architectures', () => {
  it.each<readonly [string, () => unknown, number]>([
    ['LeNet-5 with a dense C3', leNet5, 61706],
    ['AlexNet', alexNet, 61100840],
    ['VGG-16', vgg16, 138357544],
    ['ResNet-18', () => resNet([2, 2, 2, 2], false), 11689512],
    ['ResNet-50', () => resNet([3, 4, 6, 3], true), 25557032],
    ['DenseNet-121', denseNet121, 7978856],
    ['ViT-B/16', visionTransformer, 86567656],
    ['BERT-base', () => bert(768, 12), 109482240],
    ['BERT-large', () => bert(1024, 24), 335141888],
    ['GPT-2 small', () => gpt(768, 12), 124439808],
    ['GPT-2 medium', () => gpt(1024, 24), 354823168],
    ['GPT-2 XL', () => gpt(1600, 48), 1557611200],
    ['GPT-3 125M', () => gpt(768, 12, 2048), 125226240],
    ['GPT-3 175B', () => gpt(12288, 96, 2048), 174604259328],
    [
      'Llama 3.1 8B',
      () => llama({ vocabulary: 128256, size: 4096, hidden: 14336, blocks: 32, heads: 32, keyValueHeads: 8 }),
      8030261248,
    ],
    [
      'Llama 3.1 405B',
      () => llama({ vocabulary: 128256, size: 16384, hidden: 53248, blocks: 126, heads: 128, keyValueHeads: 8 }),
      405853388800,
    ],
  ])('%s', (_, make, expected) => {
    expect(count(make())).toBe(expected);
  });

  it.each([
    [
      '8x7B',
      { vocabulary: 32000, size: 4096, hidden: 14336, blocks: 32, heads: 32, keyValueHeads: 8 },
      46702792704,
      12879925248,
    ],
    [
      '8x22B',
      { vocabulary: 32000, size: 6144, hidden: 16384, blocks: 56, heads: 48, keyValueHeads: 8 },
      140620634112,
      39152031744,
    ],
  ])('Mixtral %s: of eight experts two are active', (_, sizes, total, active) => {
    const table = parametersOf(llama({ ...sizes, experts: 8 }) as AnyLayer);
    expect(table.count).toBe(total);
    expect(table.active).toBe(active);
    expect(table.notes[0]).toMatch(/active for one example/);
  });

  it('orders of magnitude: from LeNet-5 to the estimate for GPT-4 it is 7.5, from a line 11.2', () => {
    expect(Math.log10(1.8e12 / count(leNet5()))).toBeCloseTo(7.5, 1);
    expect(Math.log10(1.8e12 / count(linear(10, 1)))).toBeCloseTo(11.2, 1);
  });
});

describe('sharing', () => {
  it('the same weights at every step: a recurrence counts the same for any length', () => {
    expect(count(lstm(2, 64))).toBe(17408); // the layer does not know the length
  });

  it('a tied table is counted once', () => {
    const untied = sequential({ embed: embedding(27, 16), head: linear(16, 27, { bias: false }) });
    expect(count(untied)).toBe(2 * 27 * 16);
    const table = parametersOf(tie(untied, 'head.weight', 'embed.weight') as AnyLayer);
    expect(table.count).toBe(27 * 16);
    expect(table.rows).toEqual([
      { name: 'embed.weight', shape: [27, 16], count: 432, trainable: true, tied: ['head.weight'] },
    ]);
  });

  it('so is a layer used twice', () => {
    const shared = linear(4, 4);
    const table = parametersOf(sequential(shared, shared) as AnyLayer);
    expect(table.count).toBe(20);
    expect(table.rows.map(({ name, tied }) => [name, ...tied])).toEqual([
      ['0.weight', '1.weight'],
      ['0.bias', '1.bias'],
    ]);
  });
});
