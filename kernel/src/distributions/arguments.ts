/** The checks of a distribution's arguments: those that are known are in range, and all lengths fit. */
import { asExpression, type Expression } from '../program/index.ts';
import { broadcastShapes, formatShape } from '../program/shape.ts';
import type { Arg, Shape } from '../program/types.ts';
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
function sizeOfArgument(name: string, { shape }: Expression): string {
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

function checkTogether(family: Family, parameters: Readonly<Record<string, Expression>>, shape: Shape): void {
  if (family.validate === undefined) return;
  const columns: [string, Float64Array][] = [];
  for (const [name, argument] of Object.entries(parameters)) {
    const values = knownValues(argument as unknown as Arg);
    if (values === undefined) return;
    columns.push([name, stretch(values, argument.shape, shape)]);
  }
  const size = columns[0]?.[1].length ?? 0;
  for (let i = 0; i < size; i++) {
    const complaint = family.validate(Object.fromEntries(columns.map(([name, column]) => [name, column[i]!])));
    if (complaint !== undefined) throw new RangeError(`${family.name}: ${complaint}${placeOf(i, shape)}`);
  }
}

/**
 * The arguments as expressions by name, and the shape they broadcast to.
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
  const shape = commonShape(family.name, parameters);
  checkTogether(family, parameters, shape);
  return { parameters, shape };
}

/** What arguments broadcast to. @throws RangeError naming each argument and its length */
export function commonShape(family: string, parts: Readonly<Record<string, Expression>>): Shape {
  const shapes = Object.values(parts).map((part) => part.shape);
  try {
    return broadcastShapes(family, shapes);
  } catch {
    const sizes = Object.entries(parts).map(([name, part]) => sizeOfArgument(name, part));
    throw new RangeError(`${family}: ${sizes.join(', ')}; give arguments of equal length, or scalars`);
  }
}
