/**
 * Making a layer from its parts, and checks the constructors share.
 */
import type { Expr, Shape } from '../../program/index.ts';
import { formatShape } from '../../program/shape.ts';
import type { AnyLayer, BufferSpec, Layer, ParameterSpec, Scope, Value } from '../types.ts';

/** What a constructor says; what is left out is empty. */
export interface LayerDescription<Out extends Value, In extends readonly unknown[]> {
  readonly kind: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly parameters?: Readonly<Record<string, ParameterSpec>>;
  readonly buffers?: Readonly<Record<string, BufferSpec>>;
  readonly children?: Readonly<Record<string, AnyLayer>>;
  readonly activeShares?: Readonly<Record<string, number>>;
  readonly integerInput?: boolean;
  apply(scope: Scope, ...inputs: In): Out;
}

/** A layer from its parts. */
export function defineLayer<Out extends Value, In extends readonly unknown[]>(
  description: LayerDescription<Out, In>,
): Layer<Out, In> {
  return { options: {}, parameters: {}, buffers: {}, children: {}, ...description };
}

/** A whole number of `least` or more. @throws RangeError that names the layer and what came */
export function requireWhole(layer: string, name: string, value: number, least = 1): number {
  if (!(Number.isSafeInteger(value) && value >= least)) {
    throw new RangeError(`${layer}: ${name} must be a whole number of ${least} or more, got ${value}`);
  }
  return value;
}

/** Check the last dimension of an input. */
export function requireLast(x: Expr, size: number, what: string): void {
  const found = x.shape[x.shape.length - 1];
  if (found !== size) {
    throw new RangeError(
      `expected ${what} of size ${size} in the last dimension, got shape ${formatShape(x.shape)}; ${wayOut(x.shape, size)}`,
    );
  }
}

function wayOut(shape: Shape, size: number): string {
  const found = shape[shape.length - 1];
  return found === undefined
    ? 'give each example its own row'
    : `make the layer for ${found} instead of ${size}, or change what comes before it`;
}
