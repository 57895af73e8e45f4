/**
 * What may stand where an expression is expected: numbers, booleans, arrays, and expressions themselves.
 */
import { constantNode } from './build.ts';
import type { Node } from './node.ts';
import { formatShape, sizeOf } from './shape.ts';
import type { Arg, Expr } from './types.ts';

/** Marks expressions across two copies of the library. */
export const mark: unique symbol = Symbol.for('estimand.expression') as never;

/** Anything with a graph behind it. */
interface Traced {
  readonly node: Node;
}

/** True for a traced expression (also one of another copy of the library). */
export function isExpression(x: unknown): x is Expr {
  return typeof x === 'object' && x !== null && (x as { [mark]?: boolean })[mark] === true;
}

/** The node behind an argument: numbers and arrays become constants. */
export function nodeOf(arg: Arg | Traced): Node {
  if (isExpression(arg)) return (arg as unknown as Traced).node;
  if (typeof arg === 'number' || typeof arg === 'boolean') return constantNode(Float64Array.of(Number(arg)), []);
  if (ArrayBuffer.isView(arg) && 'length' in arg)
    return constantNode(Float64Array.from(arg as ArrayLike<number>), [arg.length]);
  if (Array.isArray(arg)) {
    const sizes: number[] = [];
    for (let level: unknown = arg; Array.isArray(level); level = level[0]) sizes.push(level.length);
    const value = new Float64Array(sizeOf(sizes));
    flatten(arg, sizes, 0, value, 0);
    return constantNode(value, sizes);
  }
  throw new TypeError(
    `expected a number, an array of numbers or an expression, got ${arg === null ? 'null' : typeof arg}; ` +
      'check the name, and that the data column holds numbers',
  );
}

function flatten(arg: unknown, sizes: readonly number[], depth: number, value: Float64Array, at: number): number {
  if (depth === sizes.length) {
    if (typeof arg !== 'number' && typeof arg !== 'boolean') {
      throw new TypeError(
        `expected a number at element ${at} of an array of shape ${formatShape(sizes)}, got ` +
          `${Array.isArray(arg) ? 'an array' : typeof arg}; give numbers only, in rows of equal length`,
      );
    }
    value[at] = Number(arg);
    return at + 1;
  }
  const length = (arg as { length?: unknown } | null | undefined)?.length;
  if (length !== sizes[depth] || typeof arg === 'string') {
    throw new RangeError(
      `the rows of a nested array must have the same length: one has ${String(length ?? 'none (a number)')} where the ` +
        `first has ${sizes[depth]}; pad the short rows or split the array`,
    );
  }
  let next = at;
  for (const inner of arg as Iterable<unknown>) next = flatten(inner, sizes, depth + 1, value, next);
  return next;
}
