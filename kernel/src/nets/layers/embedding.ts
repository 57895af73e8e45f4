/**
 * Embeddings: a row of a table for each token, and positions added to them.
 */
import type { Expr } from '../../program/index.ts';
import { asExpression, constant, sliceAlong, takeRows, where } from '../../program/index.ts';
import { formatShape } from '../../program/shape.ts';
import { elementwise } from '../initialise/initialiser.ts';
import type { Initialiser, Layer } from '../types.ts';
import { defineLayer, requireLast, requireWhole } from './layer.ts';

/** Choices of an embedding. */
export interface EmbeddingOptions {
  /** This token is a row of zeros that stays so. */
  readonly paddingIndex?: number;
}

const standardNormal = elementwise('normal', { mean: 0, sd: 1 }, () => (stream) => stream.normal());

/**
 * A row of a table for each token, as torch.nn.Embedding: V · d parameters, drawn from a standard normal distribution.
 *
 * @param count V, how many tokens there are: 0 … count − 1; another one gives NaN
 * @param size d, numbers a row
 * @example network(sequential(embedding(27, 16), flatten(), linear(128, 27)), { input: { shape: [8], integer: true } });
 */
export function embedding(count: number, size: number, { paddingIndex }: EmbeddingOptions = {}): Layer {
  requireWhole('embedding', 'count', count);
  requireWhole('embedding', 'size', size);
  if (paddingIndex !== undefined && !(Number.isInteger(paddingIndex) && paddingIndex >= 0 && paddingIndex < count)) {
    throw new RangeError(`embedding: paddingIndex must be a token from 0 to ${count - 1}, got ${paddingIndex}`);
  }
  const initialise: Initialiser =
    paddingIndex === undefined
      ? standardNormal
      : {
          ...standardNormal,
          values: (request) => standardNormal.values(request).fill(0, paddingIndex * size, (paddingIndex + 1) * size),
        };
  return defineLayer({
    kind: 'embedding',
    options: { count, size, paddingIndex },
    parameters: { weight: { shape: [count, size], initialise } },
    integerInput: true,
    apply(scope, tokens: Expr): Expr {
      const rows = takeRows(scope.parameter('weight'), tokens); // (…, size)
      if (paddingIndex === undefined) return rows;
      return where(tokens.ne(paddingIndex).reshape(...tokens.shape, 1), rows, 0) as Expr;
    },
  });
}

const smallNormal = elementwise('normal', { mean: 0, sd: 0.02 }, () => (stream) => 0.02 * stream.normal());

/**
 * A learned vector for each position, added to what stands there: length · d parameters, drawn with standard deviation
 * 0.02 (Radford et al. 2019).
 *
 * @param length the longest sequence
 * @example sequential(embedding(27, 16), learnedPositions(32, 16), transformerEncoder(16, 4, 2));
 */
export function learnedPositions(length: number, size: number): Layer {
  requireWhole('learnedPositions', 'length', length);
  requireWhole('learnedPositions', 'size', size);
  return defineLayer({
    kind: 'learnedPositions',
    options: { length, size },
    parameters: { weight: { shape: [length, size], initialise: smallNormal } },
    apply(scope, x: Expr): Expr {
      requireSequence(x, size);
      const steps = x.shape[1]!;
      if (steps > length) {
        throw new RangeError(
          `the sequence has ${steps} positions and there are vectors for ${length}; give a larger length`,
        );
      }
      return x.add(sliceAlong(scope.parameter('weight'), 0, 0, steps));
    },
  });
}

/**
 * sin and cos of the position at wavelengths from 2π to 10000 · 2π, added to what stands there (Vaswani et al. 2017,
 * section 3.5); no parameters, any length.
 *
 * @param size an even number
 * @example sequential(embedding(27, 16), sinusoidalPositions(16), transformerEncoder(16, 4, 2));
 */
export function sinusoidalPositions(size: number): Layer {
  requireWhole('sinusoidalPositions', 'size', size);
  if (size % 2 !== 0)
    throw new RangeError(`sinusoidalPositions: size must be even (a sine and a cosine each), got ${size}`);
  return defineLayer({
    kind: 'sinusoidalPositions',
    options: { size },
    apply(_, x: Expr): Expr {
      requireSequence(x, size);
      const table = Float64Array.from({ length: x.shape[1]! * size }, (_unused, at) => {
        const [position, i] = [Math.floor(at / size), at % size];
        const angle = position / 10000 ** ((i - (i % 2)) / size);
        return i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
      });
      return x.add(asExpression(constant(table)).reshape(x.shape[1]!, size)) as Expr;
    },
  });
}

/** (batch, time, size). */
export function requireSequence(x: Expr, size: number): void {
  if (x.shape.length !== 3) {
    throw new RangeError(
      `expected (batch, time, ${size}), got shape ${formatShape(x.shape)}; give one row a time step`,
    );
  }
  requireLast(x, size, 'features');
}
