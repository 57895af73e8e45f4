/**
 * Operators for rewritten code that runs before the library is imported: no expression can exist then, so each is
 * plain JavaScript. program/operators.ts takes their place when it is imported; until then a kernel need not load the
 * compute core to run `'use expression'` functions on numbers.
 */
import type { Operators } from '../types.ts';

/** To the type checker any two operands; to JavaScript whatever they are. */
type Operand = number;

/** Each operation as JavaScript has it. */
export const plainOperators: Operators = {
  add: (a, b) => (a as Operand) + (b as Operand),
  sub: (a, b) => (a as Operand) - (b as Operand),
  mul: (a, b) => (a as Operand) * (b as Operand),
  div: (a, b) => (a as Operand) / (b as Operand),
  mod: (a, b) => (a as Operand) % (b as Operand),
  pow: (a, b) => (a as Operand) ** (b as Operand),
  neg: (a) => -(a as Operand),
  plus: (a) => +(a as Operand),
  lt: (a, b) => (a as Operand) < (b as Operand),
  le: (a, b) => (a as Operand) <= (b as Operand),
  gt: (a, b) => (a as Operand) > (b as Operand),
  ge: (a, b) => (a as Operand) >= (b as Operand),
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  // biome-ignore lint/suspicious/noDoubleEquals: this function is what `==` in the user's code becomes
  looseEq: (a, b) => a == b,
  // biome-ignore lint/suspicious/noDoubleEquals: this function is what `!=` in the user's code becomes
  looseNe: (a, b) => a != b,
  not: (a) => !a,
  test: (condition) => condition,
  math: Math as unknown as Operators['math'],
};

(globalThis as Record<symbol, unknown>)[Symbol.for('estimand.operators')] ??= plainOperators;
