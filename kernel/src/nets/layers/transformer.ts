/**
 * Transformer blocks (Vaswani et al. 2017), normalised after each part as there, or before it (Xiong et al. 2020).
 */
import type { Expr } from '../../program/index.ts';
import type { AnyLayer, Layer } from '../types.ts';
import { type ActivationName, activationOf } from './activations.ts';
import { type AttentionOptions, multiHeadAttention } from './attention.ts';
import { defineLayer, requireWhole } from './layer.ts';
import { linear } from './linear.ts';
import { layerNorm } from './normalisation.ts';

/** Choices of a block. */
export interface TransformerOptions {
  /** Width of the two dense layers; default 2048. */
  readonly feedForward?: number;
  /** Default 0.1. */
  readonly dropout?: number;
  /** Default 'relu'. */
  readonly activation?: ActivationName;
  /** Of the normalisations; default 1e-5. */
  readonly layerNormEps?: number;
  /** Normalise before each part instead of after it; default false. */
  readonly normFirst?: boolean;
  /** Default true. */
  readonly bias?: boolean;
  /** No step sees later ones; default false in encoders, true in decoders. */
  readonly causal?: boolean;
  /** As in attention. */
  readonly keyValueHeads?: number;
  readonly rotary?: boolean | number;
}

/** The parts both blocks have. */
function partsOf(kind: string, modelDim: number, heads: number, options: TransformerOptions, causal: boolean) {
  requireWhole(kind, 'modelDim', modelDim);
  const { feedForward = 2048, dropout = 0.1, layerNormEps = 1e-5, bias = true } = options;
  requireWhole(kind, 'feedForward', feedForward);
  if (!(dropout >= 0 && dropout < 1))
    throw new RangeError(`${kind}: expected a dropout from 0 to below 1, got ${dropout}`);
  const { activation = 'relu', normFirst = false, keyValueHeads = heads, rotary = false } = options;
  const attention = (own: AttentionOptions) =>
    multiHeadAttention(modelDim, heads, { dropout, bias, keyValueHeads, ...own });
  const norm = () => layerNorm(modelDim, { eps: layerNormEps, bias });
  return {
    attention,
    norm,
    dropout,
    normFirst,
    children: {
      self_attn: attention({ causal, rotary }),
      linear1: linear(modelDim, feedForward, { bias }),
      linear2: linear(feedForward, modelDim, { bias }),
      norm1: norm(),
      norm2: norm(),
    } satisfies Record<string, AnyLayer>,
    activation: activationOf(kind, activation),
    options: { modelDim, heads, feedForward, dropout, activation, layerNormEps, normFirst, bias, causal },
  };
}

/**
 * Self-attention and two dense layers, each with a residual connection, as torch.nn.TransformerEncoderLayer with the
 * batch first. A decoder of text alone (GPT) is this with `causal: true`.
 *
 * @example sequential(embedding(27, 64), learnedPositions(32, 64), transformerEncoderLayer(64, 4, { causal: true }));
 */
export function transformerEncoderLayer(
  modelDim: number,
  heads: number,
  options: TransformerOptions = {},
): Layer<Expr, [x: Expr, ignored?: Expr]> {
  const kind = 'transformerEncoderLayer';
  const parts = partsOf(kind, modelDim, heads, options, options.causal ?? false);
  const { dropout, normFirst, activation } = parts;
  return defineLayer<Expr, [x: Expr, ignored?: Expr]>({
    kind,
    options: parts.options,
    children: parts.children,
    apply(scope, x, ignored) {
      const part = (norm: string, value: Expr, f: (x: Expr) => Expr): Expr => {
        const changed = f(normFirst ? scope.call(norm, value) : value);
        const sum = value.add(scope.dropout(changed, dropout)) as Expr;
        return normFirst ? sum : scope.call(norm, sum);
      };
      const seen = part('norm1', x, (value) => scope.call('self_attn', value, value, value, ignored));
      return part('norm2', seen, (value) =>
        scope.call('linear2', scope.dropout(activation(scope.call('linear1', value)), dropout)),
      );
    },
  });
}

/**
 * Self-attention, attention to a memory, and two dense layers, as torch.nn.TransformerDecoderLayer with the batch first.
 * It is called with the sequence and the memory, in a layer of one's own.
 *
 * @example
 * layer({ encoder: transformerEncoderLayer(64, 4), decoder: transformerDecoderLayer(64, 4) },
 *   ({ encoder, decoder }, x: { source: Expr; target: Expr }) => decoder(x.target, encoder(x.source)));
 */
export function transformerDecoderLayer(
  modelDim: number,
  heads: number,
  options: TransformerOptions = {},
): Layer<Expr, [x: Expr, memory: Expr, ignored?: Expr]> {
  const kind = 'transformerDecoderLayer';
  const parts = partsOf(kind, modelDim, heads, options, options.causal ?? true);
  const { dropout, normFirst, activation, children } = parts;
  const { self_attn, linear1, linear2, norm1, norm2 } = children;
  return defineLayer<Expr, [x: Expr, memory: Expr, ignored?: Expr]>({
    kind,
    options: parts.options,
    children: { self_attn, multihead_attn: parts.attention({}), linear1, linear2, norm1, norm2, norm3: parts.norm() },
    apply(scope, x, memory, ignored) {
      const part = (norm: string, value: Expr, f: (x: Expr) => Expr): Expr => {
        const changed = f(normFirst ? scope.call(norm, value) : value);
        const sum = value.add(scope.dropout(changed, dropout)) as Expr;
        return normFirst ? sum : scope.call(norm, sum);
      };
      const own = part('norm1', x, (value) => scope.call('self_attn', value));
      const seen = part('norm2', own, (value) => scope.call('multihead_attn', value, memory, memory, ignored));
      return part('norm3', seen, (value) =>
        scope.call('linear2', scope.dropout(activation(scope.call('linear1', value)), dropout)),
      );
    },
  });
}

/** Blocks one after another: `layers.0`, `layers.1`, …, and a last normalisation where they normalise first. */
function stackOf(kind: string, blocks: readonly AnyLayer[], modelDim: number, options: TransformerOptions) {
  const {
    normFirst = false,
    layerNormEps = 1e-5,
    bias = true,
    finalNorm = normFirst,
  } = options as TransformerStackOptions;
  return {
    finalNorm,
    children: {
      layers: defineLayer<Expr, [x: Expr, ...rest: (Expr | undefined)[]]>({
        kind: `${kind}Layers`,
        children: Object.fromEntries(blocks.map((block, i) => [`${i}`, block])),
        apply: (scope, x, ...rest) => blocks.reduce<Expr>((value, _, i) => scope.call(`${i}`, value, ...rest), x),
      }),
      ...(finalNorm ? { norm: layerNorm(modelDim, { eps: layerNormEps, bias }) } : {}),
    } as Record<string, AnyLayer>,
  };
}

/** Choices of several blocks. */
export interface TransformerStackOptions extends TransformerOptions {
  /** Normalise once more at the end; default where the blocks normalise first. */
  readonly finalNorm?: boolean;
}

/**
 * Encoder blocks one after another, as torch.nn.TransformerEncoder; each has first values of its own.
 *
 * @param count how many blocks
 * @example transformerEncoder(64, 4, 2, { feedForward: 256, causal: true });
 */
export function transformerEncoder(
  modelDim: number,
  heads: number,
  count: number,
  options: TransformerStackOptions = {},
): Layer<Expr, [x: Expr, ignored?: Expr]> {
  const kind = 'transformerEncoder';
  requireWhole(kind, 'count', count);
  const blocks = Array.from({ length: count }, () => transformerEncoderLayer(modelDim, heads, options) as AnyLayer);
  const { children, finalNorm } = stackOf(kind, blocks, modelDim, options);
  return defineLayer<Expr, [x: Expr, ignored?: Expr]>({
    kind,
    options: { modelDim, heads, count, ...options },
    children,
    apply(scope, x, ignored) {
      const made = scope.call('layers', x, ignored);
      return finalNorm ? scope.call('norm', made) : made;
    },
  });
}

/**
 * Decoder blocks one after another, as torch.nn.TransformerDecoder; called with the sequence and the memory.
 *
 * @example transformerDecoder(64, 4, 2, { feedForward: 256 });
 */
export function transformerDecoder(
  modelDim: number,
  heads: number,
  count: number,
  options: TransformerStackOptions = {},
): Layer<Expr, [x: Expr, memory: Expr, ignored?: Expr]> {
  const kind = 'transformerDecoder';
  requireWhole(kind, 'count', count);
  const blocks = Array.from({ length: count }, () => transformerDecoderLayer(modelDim, heads, options) as AnyLayer);
  const { children, finalNorm } = stackOf(kind, blocks, modelDim, options);
  return defineLayer<Expr, [x: Expr, memory: Expr, ignored?: Expr]>({
    kind,
    options: { modelDim, heads, count, ...options },
    children,
    apply(scope, x, memory, ignored) {
      const made = scope.call('layers', x, memory, ignored);
      return finalNorm ? scope.call('norm', made) : made;
    },
  });
}
