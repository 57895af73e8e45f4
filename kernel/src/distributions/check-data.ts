/** The check of data against a distribution's support, before any density is taken. */
import { asExpression } from '../program/index.ts';
import type { Arg, Shape } from '../program/types.ts';
import { commonShape, placeOf } from './arguments.ts';
import type { Bound } from './bounds.ts';
import { knownValues, stretch } from './known.ts';

/** A distribution, as far as its data are checked. */
interface Checked {
  readonly family: string;
  readonly shape: Shape;
  readonly integer: boolean;
  readonly bounds: readonly Bound[];
}

/** Whether x is on the right side of the bound, where both are known numbers. */
function isInside(x: number, bound: number, { side, open }: Bound): boolean {
  if (open) return side === 'lower' ? x > bound : x < bound;
  return side === 'lower' ? x >= bound : x <= bound;
}

/** Refuse the first value outside the support, where both are known. @throws RangeError naming it and its place */
export function checkData(x: Arg, name: string, { family, shape, integer, bounds }: Checked): void {
  const values = knownValues(x);
  if (values === undefined) return;
  const expression = asExpression(x);
  const whole = commonShape(family, { [name]: expression, distribution: { shape } });
  const data = stretch(values, expression.shape, whole);
  const columns = bounds.flatMap((bound) => {
    const known = knownValues(bound.value);
    return known === undefined ? [] : [{ bound, column: stretch(known, bound.value.shape, whole) }];
  });
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    const refuse = (expected: string, advice: string): never => {
      const where = data.length === values.length ? placeOf(i, whole) : '';
      throw new RangeError(`${family}: ${name} must be ${expected}, got ${value}${where}; ${advice}`);
    };
    if (Number.isNaN(value)) refuse('numbers', 'drop missing values first');
    if (integer && !Number.isInteger(value)) {
      refuse('whole numbers', 'check the column, or use a continuous distribution');
    }
    for (const { bound, column } of columns) {
      if (isInside(value, column[i]!, bound)) continue;
      const than = bound.side === 'lower' ? (bound.open ? 'above' : 'at least') : bound.open ? 'below' : 'at most';
      refuse(`${than} ${column[i]}`, 'check the data, or use another distribution');
    }
  }
}
