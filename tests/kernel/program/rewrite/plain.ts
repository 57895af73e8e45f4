/**
 * Operators that are plain JavaScript: a rewritten text run with these must do what the original does.
 */
import type { Operators } from '#kernel/program/types';

type Value = number;
const names = Object.getOwnPropertyNames(Math) as (keyof typeof Math)[];

/** Every operation as written in JavaScript; `test` gives its value back. */
export const plainOperators: Operators = {
  add: (a, b) => (a as Value) + (b as Value),
  sub: (a, b) => (a as Value) - (b as Value),
  mul: (a, b) => (a as Value) * (b as Value),
  div: (a, b) => (a as Value) / (b as Value),
  mod: (a, b) => (a as Value) % (b as Value),
  pow: (a, b) => (a as Value) ** (b as Value),
  neg: (a) => -(a as Value),
  plus: (a) => +(a as Value),
  lt: (a, b) => (a as Value) < (b as Value),
  le: (a, b) => (a as Value) <= (b as Value),
  gt: (a, b) => (a as Value) > (b as Value),
  ge: (a, b) => (a as Value) >= (b as Value),
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  // biome-ignore lint/suspicious/noDoubleEquals: this is what the operation stands for
  looseEq: (a, b) => a == b,
  // biome-ignore lint/suspicious/noDoubleEquals: this is what the operation stands for
  looseNe: (a, b) => a != b,
  not: (a) => !a,
  test: (condition) => condition,
  math: Object.fromEntries(names.map((name) => [name, Math[name] as () => number])),
};
