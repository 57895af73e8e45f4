/** The checks of a distribution's arguments: those that are known are in range, and all lengths fit. */
import { asExpression, type Expression, isExpression } from '../program/index.ts';
import { broadcastShapes, formatShape, sizeOf } from '../program/shape.ts';
import type { Arg, Expr, Shape } from '../program/types.ts';
import { satisfies } from './constraints.ts';
import { knownValues, stretch } from './known.ts';
import type { Family } from './types.ts';

/** Where an element stands, as a message says it: '' for a scalar, ' at [3]', ' at [1,2]'. */
export function placeOf(index: number, shape: Shape): string {
  if (shape.length === 0) return '';
  const position: number[] = [];
  for (let d = shape.length - 1, rest = index; d >= 0; d--) {
    position.unshift(rest % shape[d]!);
    rest = Math.floor(rest / shape[d]!);
  }
  return ` at [${position.join(',')}]`;
}

/** `sd has 3 elements`. */
function sizeOfArgument(name: string, { shape }: { readonly shape: Shape }): string {
  if (shape.length === 0) return `${name} is a scalar`;
  return shape.length === 1 ? `${name} has ${shape[0]} elements` : `${name} has shape ${formatShape(shape)}`;
}

function asParameter(family: string, name: string, arg: Arg): Expression {
  try {
    return asExpression(arg);
  } catch (error) {
    if (error instanceof RangeError) throw new RangeError(`${family}: ${name}: ${error.message}`);
    if (error instanceof TypeError) throw new TypeError(`${family}: ${name}: ${error.message}`);
    throw error;
  }
}

function checkRange(family: Family, name: string, argument: Expression): void {
  const values = knownValues(argument as unknown as Arg);
  if (values === undefined) return;
  const constraint = family.parameters[name]!;
  for (let i = 0; i < values.length; i++) {
    if (satisfies(values[i]!, constraint)) continue;
    const advice = Number.isNaN(values[i]!)
      ? 'drop missing values first, or look where the NaN comes from'
      : constraint.advice;
    throw new RangeError(
      `${family.name}: ${name} must be ${constraint.name}, got ${values[i]}${placeOf(i, argument.shape)}; ${advice}`,
    );
  }
}

function checkTogether(family: Family, parameters: Readonly<Record<string, Expression>>, batch: Shape): void {
  if (family.validate === undefined && family.validateEvent === undefined) return;
  if (Object.values(parameters).some((argument) => knownValues(argument as unknown as Arg) === undefined)) return;
  const columns = Object.entries(parameters).map(
    ([name, argument]) =>
      [name, blocksOf(knownValues(argument as unknown as Arg)!, argument.shape, rankOf(family, name), batch)] as const,
  );
  for (let i = 0; i < sizeOf(batch); i++) {
    const blocks = Object.fromEntries(columns.map(([name, block]) => [name, block(i)]));
    const numbers = Object.fromEntries(Object.entries(blocks).map(([name, block]) => [name, block[0]!]));
    const complaint = family.validateEvent?.(blocks) ?? family.validate?.(numbers);
    if (complaint !== undefined) throw new RangeError(`${family.name}: ${complaint}${placeOf(i, batch)}`);
  }
}

const kinds = ['a number', 'a vector', 'a matrix'] as const;

/** How many trailing dimensions one variate takes of a parameter. */
export const rankOf = (family: Family, name: string): number => family.ranks?.[name] ?? 0;

/** The dimensions of a parameter before those that one variate takes. @throws RangeError when there are too few */
function batchOf(family: Family, name: string, { shape }: { readonly shape: Shape }): Shape {
  const rank = rankOf(family, name);
  if (shape.length < rank || (rank === 2 && shape.length > 2)) {
    const got = shape.length < 3 ? kinds[shape.length] : `an array of shape ${formatShape(shape)}`;
    throw new RangeError(`${family.name}: ${name} must be ${kinds[rank]}, got ${got}; give it one`);
  }
  return shape.slice(0, shape.length - rank);
}

/** The values of a parameter for variate i of the batch: a view of what that variate takes. */
export function blocksOf(values: Float64Array, shape: Shape, rank: number, batch: Shape): (i: number) => Float64Array {
  const own = shape.slice(0, shape.length - rank);
  const size = sizeOf(shape.slice(shape.length - rank));
  const places = stretch(
    Float64Array.from({ length: sizeOf(own) }, (_, i) => i),
    own,
    batch,
  );
  return (i) => values.subarray(places[i]! * size, (places[i]! + 1) * size);
}

/**
 * The arguments as expressions by name, and the shape of the whole: what they broadcast to, then that of one variate.
 *
 * @throws TypeError for missing arguments and what is no number; RangeError for known values out of range and lengths
 * that do not fit
 */
export function checkArguments(
  family: Family,
  args: readonly Arg[],
): { parameters: Record<string, Expression>; shape: Shape } {
  const names = Object.keys(family.parameters);
  const given = args.filter((arg) => arg !== undefined).length;
  if (given !== names.length) {
    throw new TypeError(
      `${family.name}: expected ${names.length} arguments (${names.join(', ')}), got ${given}; ` +
        `write ${family.name}(${names.join(', ')})`,
    );
  }
  const parameters: Record<string, Expression> = {};
  names.forEach((name, i) => {
    const argument = asParameter(family.name, name, args[i]!);
    checkRange(family, name, argument);
    parameters[name] = argument;
  });
  const batches = names.map((name) => [name, { shape: batchOf(family, name, parameters[name]!) }] as const);
  const batch = commonShape(family.name, Object.fromEntries(batches));
  const trailing = names.map((name, i) => [name, parameters[name]!.shape.slice(batches[i]![1].shape.length)] as const);
  const event = family.eventShape?.(Object.fromEntries(trailing)) ?? [];
  if (typeof event === 'string') throw new RangeError(`${family.name}: ${event}`);
  checkTogether(family, parameters, batch);
  return { parameters, shape: [...batch, ...event] };
}

/** A size given to `.size`: a whole number, or data of the model. @throws RangeError for anything else */
export function knownSize(family: string, size: number | Expr<[]>): number {
  const value = isExpression(size) ? knownValues(size)?.[0] : size;
  if (value === undefined) {
    throw new RangeError(
      `${family}.size: a size must be known when the model is defined; take it from the data, not from a parameter`,
    );
  }
  if (!(Number.isInteger(value) && value >= 1)) {
    throw new RangeError(`${family}.size: expected whole numbers of at least 1, got ${value}`);
  }
  return value;
}

/** What arguments broadcast to. @throws RangeError naming each argument and its length */
export function commonShape(family: string, parts: Readonly<Record<string, { readonly shape: Shape }>>): Shape {
  const shapes = Object.values(parts).map((part) => part.shape);
  try {
    return broadcastShapes(family, shapes);
  } catch {
    const sizes = Object.entries(parts).map(([name, part]) => sizeOfArgument(name, part));
    throw new RangeError(`${family}: ${sizes.join(', ')}; give arguments of equal length, or scalars`);
  }
}
