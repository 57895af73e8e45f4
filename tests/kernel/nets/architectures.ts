/**
 * Known architectures written in this library's layers, to be counted without being built. Widths and depths are those of
 * the papers and of torchvision; what a count does not see (where a residual branch joins, how often) is left out.
 */
import { relu } from '#kernel/nets/layers/activations';
import { multiHeadAttention } from '#kernel/nets/layers/attention';
import { residual, tie } from '#kernel/nets/layers/compose';
import { conv2d } from '#kernel/nets/layers/convolution';
import { embedding, learnedPositions } from '#kernel/nets/layers/embedding';
import { gatedFeedForward, mixtureOfExperts } from '#kernel/nets/layers/experts';
import { linear } from '#kernel/nets/layers/linear';
import { batchNorm, layerNorm, rmsNorm } from '#kernel/nets/layers/normalisation';
import { sequential } from '#kernel/nets/layers/sequential';
import { transformerEncoder } from '#kernel/nets/layers/transformer';
import type { AnyLayer, Layer } from '#kernel/nets/types';

const chain = (...layers: readonly unknown[]): Layer => sequential(...(layers as AnyLayer[])) as Layer;
const repeat = (count: number, make: (i: number) => unknown) => Array.from({ length: count }, (_, i) => make(i));

export const leNet5 = () =>
  chain(conv2d(1, 6, 5), conv2d(6, 16, 5), linear(400, 120), relu(), linear(120, 84), linear(84, 10));

export const alexNet = () =>
  chain(
    conv2d(3, 64, 11),
    conv2d(64, 192, 5),
    conv2d(192, 384, 3),
    conv2d(384, 256, 3),
    conv2d(256, 256, 3),
    linear(256 * 36, 4096),
    linear(4096, 4096),
    linear(4096, 1000),
  );

export function vgg16() {
  const widths = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512];
  const filters = widths.slice(1).map((width, i) => conv2d(widths[i]!, width, 3));
  return chain(...filters, linear(512 * 49, 4096), linear(4096, 4096), linear(4096, 1000));
}

const convNorm = (from: number, to: number, size: number) => [conv2d(from, to, size, { bias: false }), batchNorm(to)];

/** Blocks of two 3 × 3 convolutions, or of three with a narrow middle. */
export function resNet(depths: readonly number[], bottleneck: boolean) {
  const blocks: Layer[] = [];
  let from = 64;
  depths.forEach((depth, stage) => {
    const inner = 64 * 2 ** stage;
    const to = bottleneck ? 4 * inner : inner;
    for (let i = 0; i < depth; i++) {
      const body = bottleneck
        ? chain(...convNorm(from, inner, 1), ...convNorm(inner, inner, 3), ...convNorm(inner, to, 1))
        : chain(...convNorm(from, inner, 3), ...convNorm(inner, to, 3));
      blocks.push(residual(body, from === to ? {} : { projection: chain(...convNorm(from, to, 1)) }));
      from = to;
    }
  });
  return chain(...convNorm(3, 64, 7), ...blocks, linear(from, 1000));
}

export function denseNet121() {
  const layers: unknown[] = [...convNorm(3, 64, 7)];
  let width = 64;
  [6, 12, 24, 16].forEach((depth, stage) => {
    for (let i = 0; i < depth; i++) {
      layers.push(batchNorm(width), ...convNorm(width, 128, 1), conv2d(128, 32, 3, { bias: false }));
      width += 32;
    }
    layers.push(batchNorm(width));
    if (stage === 3) return;
    layers.push(conv2d(width, width / 2, 1, { bias: false }));
    width /= 2;
  });
  return chain(...layers, linear(width, 1000));
}

export const visionTransformer = () =>
  chain(
    conv2d(3, 768, 16),
    learnedPositions(197, 768),
    learnedPositions(1, 768), // the class token
    transformerEncoder(768, 12, 12, { feedForward: 3072, normFirst: true, finalNorm: true }),
    linear(768, 1000),
  );

/** The encoder with its embeddings and its pooling layer. */
export const bert = (size: number, blocks: number) =>
  chain(
    embedding(30522, size),
    learnedPositions(512, size),
    embedding(2, size), // which of two texts
    layerNorm(size),
    transformerEncoder(size, size / 64, blocks, { feedForward: 4 * size, activation: 'gelu' }),
    linear(size, size),
  );

/** The head uses the table of the embedding. */
export const gpt = (size: number, blocks: number, context = 1024) =>
  tie(
    sequential({
      tokens: embedding(50257, size),
      positions: learnedPositions(context, size),
      body: transformerEncoder(size, 1, blocks, { feedForward: 4 * size, normFirst: true, causal: true }) as AnyLayer,
      head: linear(size, 50257, { bias: false }),
    }),
    'head.weight',
    'tokens.weight',
  );

interface LlamaSizes {
  readonly vocabulary: number;
  readonly size: number;
  readonly hidden: number;
  readonly blocks: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  /** Of which two are used; one where nothing is said. */
  readonly experts?: number;
}

/** Norms by the root mean square, queries in groups, gated feed-forward layers, no biases, a head of its own. */
export const llama = ({ vocabulary, size, hidden, blocks, heads, keyValueHeads, experts }: LlamaSizes) =>
  chain(
    embedding(vocabulary, size),
    ...repeat(blocks, () =>
      chain(
        rmsNorm(size),
        multiHeadAttention(size, heads, { keyValueHeads, bias: false, rotary: 500000, causal: true }),
        rmsNorm(size),
        experts === undefined ? gatedFeedForward(size, hidden) : mixtureOfExperts(size, { experts, topK: 2, hidden }),
      ),
    ),
    rmsNorm(size),
    linear(size, vocabulary, { bias: false }),
  );
