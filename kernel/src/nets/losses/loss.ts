/**
 * What losses share: targets of the outputs' shape, and the mean.
 */
import type { Expr } from '../../program/index.ts';
import { formatShape } from '../../program/shape.ts';
import type { Loss } from '../types.ts';

/** A loss that is the mean over all elements of a function of output and target. */
export function meanLoss(
  name: string,
  options: Readonly<Record<string, unknown>>,
  each: (output: Expr, target: Expr) => Expr,
  check?: Loss['check'],
): Loss {
  return {
    name,
    options,
    target: (output) => ({ shape: requireArray(name, output).shape, integer: false }),
    compute: (output, target) => each(output, target).mean() as Expr,
    ...(check === undefined ? {} : { check }),
  };
}

/** @throws RangeError where a net gives several outputs, or something that is not one a row */
function requireArray(name: string, output: Expr): Expr {
  const { shape } = output;
  if (Array.isArray(shape)) return output;
  const names = Object.keys(output as unknown as object).join(', ');
  throw new RangeError(
    `${name}: expected one output, got several (${names}); choose one in a layer of your own, or use negativeLogLikelihood`,
  );
}

/** Targets that must be one of two numbers. @throws RangeError with the first that is not */
export function checkTwo(name: string, two: readonly [number, number]): NonNullable<Loss['check']> {
  return (target) => {
    for (let i = 0; i < target.length; i++) {
      if (target[i] === two[0] || target[i] === two[1]) continue;
      throw new RangeError(`${name}: target ${target[i]} at position ${i} is neither ${two[0]} nor ${two[1]}`);
    }
  };
}

/** Targets that must lie from 0 to 1. */
export function checkShares(name: string): NonNullable<Loss['check']> {
  return (target) => {
    for (let i = 0; i < target.length; i++) {
      const value = target[i]!;
      if (value >= 0 && value <= 1) continue;
      throw new RangeError(
        `${name}: target ${value} at position ${i} is not from 0 to 1; give labels 0 and 1, or probabilities`,
      );
    }
  };
}

/** A scalar option above 0. */
export function requirePositive(loss: string, name: string, value: number): number {
  if (!(value > 0)) throw new RangeError(`${loss}: ${name} must be above 0, got ${value}`);
  return value;
}

/** For errors. */
export function shapeOf(output: Expr): string {
  return formatShape(output.shape);
}
