/**
 * Multi-head attention (Vaswani et al. 2017, section 3.2), with masks, fewer heads for keys and values (Ainslie et al.
 * 2023), and rotary positions (Su et al. 2021).
 */
import type { Expr } from '../../program/index.ts';
import {
  asExpression,
  causalMix,
  causalScores,
  causalSoftmax,
  concatenateAlong,
  constant,
  matmul,
  sliceAlong,
  softmax,
  transpose,
  where,
} from '../../program/index.ts';
import { formatShape } from '../../program/shape.ts';
import { xavierUniform, zeros } from '../initialise/defaults.ts';
import type { Layer, ParameterSpec, Scope } from '../types.ts';
import { requireSequence } from './embedding.ts';
import { defineLayer, requireWhole } from './layer.ts';
import { linear } from './linear.ts';

/** Choices of attention. */
export interface AttentionOptions {
  /** No step sees later ones; default false. */
  readonly causal?: boolean;
  /** Heads of keys and values, each shared by several of the queries; a divisor of the heads, default as many. */
  readonly keyValueHeads?: number;
  /** Numbers a head; default embedDim / heads. */
  readonly headDim?: number;
  /** Weights dropped in training; default 0. */
  readonly dropout?: number;
  /** Biases of all projections; default true. */
  readonly bias?: boolean;
  /** Turn queries and keys by their positions: true, or the base of the wavelengths; default false, base 10000. */
  readonly rotary?: boolean | number;
  /** Sizes of keys and values where they are others; default embedDim. */
  readonly keyDim?: number;
  readonly valueDim?: number;
}

/** What attention is given: queries; keys and values where they come from elsewhere; and who is not looked at. */
export type AttentionInputs = [query: Expr, key?: Expr, value?: Expr, ignored?: Expr];

/**
 * Multi-head attention, as torch.nn.MultiheadAttention with the batch first; 4 d² + 4 d parameters. Called with queries
 * alone it is self-attention; with a key (and a value) it looks there.
 *
 * The projections stand in one matrix `in_proj_weight`, rows for queries, keys, values, or in three where keys or values
 * have another size.
 *
 * @param embedDim d, numbers a position
 * @param heads a divisor of d unless headDim is given
 * @throws RangeError for sizes that do not divide
 * @example multiHeadAttention(64, 4, { causal: true });
 */
export function multiHeadAttention(
  embedDim: number,
  heads: number,
  options: AttentionOptions = {},
): Layer<Expr, AttentionInputs> {
  const sizes = sizesOf(embedDim, heads, options);
  const { queries, shared, headDim, keyDim, valueDim } = sizes;
  const { causal = false, dropout = 0, bias = true, rotary = false } = options;
  const joint = keyDim === embedDim && valueDim === embedDim;
  const parameters: Record<string, ParameterSpec> = {};
  const weight = (shape: readonly number[]): ParameterSpec => ({ shape, initialise: xavierUniform });
  if (joint) parameters.in_proj_weight = weight([queries + 2 * shared, embedDim]);
  else {
    parameters.q_proj_weight = weight([queries, embedDim]);
    parameters.k_proj_weight = weight([shared, keyDim]);
    parameters.v_proj_weight = weight([shared, valueDim]);
  }
  if (bias) parameters.in_proj_bias = { shape: [queries + 2 * shared], initialise: zeros };
  const outer = linear(queries, embedDim, { bias });
  const outerParameters = bias
    ? { ...outer.parameters, bias: { ...outer.parameters.bias!, initialise: zeros } }
    : outer.parameters;
  const base = rotary === true ? 10000 : rotary;
  return defineLayer<Expr, AttentionInputs>({
    kind: 'multiHeadAttention',
    options: { embedDim, heads, ...options },
    parameters,
    children: { out_proj: { ...outer, parameters: outerParameters } },
    apply(scope, query, key = query, value = key, ignored = undefined) {
      requireSequence(query, embedDim);
      requireSequence(key, keyDim);
      requireSequence(value, valueDim);
      requireEqualTimes(key, value);
      const [q, k, v] = project(scope, query, key, value, joint, queries, shared, bias);
      const turn = (x: Expr): Expr => (base === false ? x : rotate(x, base));
      const split = (x: Expr): Expr => byHead(x, headDim);
      const made = attend(turn(split(q)), turn(split(k)), split(v), {
        causal,
        ignored,
        drop: (w) => scope.dropout(w, dropout),
      });
      return scope.call('out_proj', made);
    },
  });
}

function sizesOf(embedDim: number, heads: number, options: AttentionOptions) {
  const { keyValueHeads = heads, headDim = embedDim / heads, keyDim = embedDim, valueDim = embedDim } = options;
  for (const [name, size] of Object.entries({ embedDim, heads, keyValueHeads, keyDim, valueDim })) {
    requireWhole('multiHeadAttention', name, size);
  }
  if (!Number.isInteger(headDim)) {
    throw new RangeError(
      `multiHeadAttention: ${embedDim} numbers cannot be cut into ${heads} heads of equal size; choose a divisor, or give headDim`,
    );
  }
  if (heads % keyValueHeads !== 0) {
    throw new RangeError(
      `multiHeadAttention: ${heads} heads cannot share ${keyValueHeads} keyValueHeads equally; choose a divisor`,
    );
  }
  return { queries: heads * headDim, shared: keyValueHeads * headDim, headDim, keyDim, valueDim };
}

function requireEqualTimes(key: Expr, value: Expr): void {
  if (key.shape[1] === value.shape[1]) return;
  throw new RangeError(
    `each key needs one value: got keys of shape ${formatShape(key.shape)} and values of shape ${formatShape(value.shape)}`,
  );
}

/** Queries, keys and values side by side. // (batch, time, heads · headDim) each */
function project(
  scope: Scope,
  query: Expr,
  key: Expr,
  value: Expr,
  joint: boolean,
  queries: number,
  shared: number,
  bias: boolean,
): readonly [Expr, Expr, Expr] {
  const cuts = [0, queries, queries + shared, queries + 2 * shared];
  const all = joint ? scope.parameter('in_proj_weight') : undefined;
  const shift = bias ? scope.parameter('in_proj_bias') : undefined;
  const cut = (x: Expr, axis: number, from: number, to = from + 1): Expr => sliceAlong(x, axis, cuts[from]!, cuts[to]!);
  const applied = (x: Expr, weight: Expr, bias?: Expr): Expr => {
    const product = matmul(x, transpose(weight));
    return (bias === undefined ? product : product.add(bias)) as Expr;
  };
  if (all !== undefined && query === key && key === value) {
    const together = applied(query, all, shift); // one product for all three
    return [cut(together, -1, 0), cut(together, -1, 1), cut(together, -1, 2)];
  }
  const names = ['q_proj_weight', 'k_proj_weight', 'v_proj_weight'];
  const parts = [query, key, value].map((x, i) => {
    const weight = all === undefined ? scope.parameter(names[i]!) : cut(all, 0, i);
    return applied(x, weight, shift === undefined ? undefined : cut(shift, 0, i));
  });
  return parts as unknown as readonly [Expr, Expr, Expr];
}

/** // (batch, time, heads · d) → (batch, heads, time, d) */
function byHead(x: Expr, headDim: number): Expr {
  const [batch, time, width] = x.shape as readonly [number, number, number];
  return transpose(x.reshape(batch, time, width / headDim, headDim), [0, 2, 1, 3]);
}

/**
 * Pairs of numbers turned by an angle that grows with the position: element i of the first half with element i of the
 * second, at wavelength base^(2i/d) (Su et al. 2021, equation 34, in the order of halves of GPT-NeoX and Llama).
 *
 * @param x // (batch, heads, time, d)
 */
function rotate(x: Expr, base: number): Expr {
  const [time, size] = x.shape.slice(-2) as [number, number];
  if (size % 2 !== 0) throw new RangeError(`rotary positions need heads of an even size, got ${size}`);
  const half = size / 2;
  const angles = Array.from({ length: time * half }, (_, at) => Math.floor(at / half) / base ** ((at % half) / half));
  const table = (f: (angle: number) => number): Expr =>
    asExpression(constant(Float64Array.from(angles, f))).reshape(time, half) as unknown as Expr;
  const [cos, sin] = [table(Math.cos), table(Math.sin)];
  const [a, b] = [sliceAlong(x, -1, 0, half), sliceAlong(x, -1, half)];
  return concatenateAlong([a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))], -1);
}

interface Attending {
  readonly causal: boolean;
  readonly ignored: Expr | undefined;
  readonly drop: (weights: Expr) => Expr;
}

/** softmax(q kᵀ / √d) v. // (batch, heads, time, d) → (batch, time, heads · d) */
function attend(q: Expr, k: Expr, v: Expr, { causal, ignored, drop }: Attending): Expr {
  const [batch, heads, time, size] = q.shape as readonly [number, number, number, number];
  const [, shared, seen] = k.shape as readonly [number, number, number];
  const perKey = heads / shared;
  // Queries that share a key stand below each other: one product for all of them.
  const grouped = q.reshape(batch, shared, perKey * time, size);
  // Of weights that never look ahead, the triangle that is there is computed alone.
  if (causal && perKey === 1 && seen === time) {
    const ahead = causalScores(q.mul(1 / Math.sqrt(size)) as Expr, k); // (batch, heads, time, time)
    const masked = ignored === undefined ? ahead : where(ignored.reshape(batch, 1, 1, seen), -Infinity, ahead);
    return joined(causalMix(drop(causalSoftmax(masked)), v));
  }
  let scores = matmul(grouped, transpose(k, [0, 1, 3, 2])).mul(1 / Math.sqrt(size)) as Expr; // (batch, shared, perKey · time, seen)
  if (causal) {
    const later = Float64Array.from({ length: perKey * time * seen }, (_, at) =>
      at % seen > (Math.floor(at / seen) % time) + (seen - time) ? 1 : 0,
    );
    scores = where(asExpression(constant(later)).reshape(perKey * time, seen), -Infinity, scores) as Expr;
  }
  if (ignored !== undefined) scores = where(ignored.reshape(batch, 1, 1, seen), -Infinity, scores) as Expr;
  const weights = drop(softmax(scores));
  const made = matmul(weights, v).reshape(batch, heads, time, size);
  return joined(made);
}

/** // (batch, heads, time, d) → (batch, time, heads · d) */
function joined(x: Expr): Expr {
  const [batch, heads, time, size] = x.shape as readonly [number, number, number, number];
  return transpose(x, [0, 2, 1, 3]).reshape(batch, time, heads * size);
}
