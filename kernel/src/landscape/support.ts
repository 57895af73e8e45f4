/**
 * The support of a model's scalars: which values have a position, and which bounds are numbers.
 */
import type { CompiledModel } from '../model/index.ts';
import type { Expr, Expression } from '../program/index.ts';
import { uniformValue } from '../program/node.ts';

export interface ConstantBounds {
  readonly lower: number | undefined;
  readonly upper: number | undefined;
}

/** Bounds of the scalar at this place among the model's scalars. */
export function constantBounds({ parameters }: CompiledModel, index: number): ConstantBounds {
  const { distribution } = parameters.find(({ offset, size }) => index >= offset && index < offset + size)!;
  const { structure, lower, upper } = distribution.support;
  const least = structure === 'simplex' || structure === 'positive ordered' ? 0 : undefined;
  return { lower: constantOf(lower) ?? least, upper: constantOf(upper) ?? (structure === 'simplex' ? 1 : undefined) };
}

function constantOf(bound: Expr | undefined): number | undefined {
  const value = bound === undefined ? undefined : uniformValue((bound as unknown as Expression).node);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** The unconstrained position, or undefined outside the support. */
export function positionOf(compiled: CompiledModel, scalars: Float64Array): Float64Array | undefined {
  try {
    const position = compiled.unconstrain(scalars);
    return position.every(Number.isFinite) ? position : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
