/**
 * What rewritten operators call. On plain values each does exactly what JavaScript does; with an expression among
 * the operands it builds an expression.
 *
 * Importing this module puts `operators` on `globalThis[Symbol.for('estimand.operators')]`, where rewritten code
 * finds it.
 */
import { isExpression, nodeOf } from './arguments.ts';
import { apply, expressionOf } from './expression.ts';
import { plainOperators } from './rewrite/plain.ts';
import type { Arg, Expr, Operators } from './types.ts';

/** Either operand is traced. */
function traced(a: unknown, b: unknown): boolean {
  return isExpression(a) || isExpression(b);
}

function build(operation: string, ...operands: unknown[]): Expr {
  return apply(operation, operands as Arg[]);
}

/** `a (operation) b` with JavaScript's own meaning on plain values, BigInt and strings included. */
type Plain = (a: never, b: never) => unknown;

function binary(operation: string, plain: Plain): (a: unknown, b: unknown) => unknown {
  return (a, b) => (traced(a, b) ? build(operation, a, b) : plain(a as never, b as never));
}

/** Loose equality with null or undefined stays a plain question: is there a value at all? */
function equality(operation: 'eq' | 'ne', plain: Plain): (a: unknown, b: unknown) => unknown {
  return (a, b) => {
    if (!traced(a, b)) return plain(a as never, b as never);
    const other = isExpression(a) ? b : a;
    if (other === null || other === undefined || typeof other === 'string') return operation === 'ne';
    return build(operation, a, b);
  };
}

function refuseCondition(): never {
  throw new TypeError(
    'an expression cannot decide a condition (if, while, ? :, &&, ||): its value is not known while the model is traced; ' +
      'use where(condition, a, b), and .mul(…) or .maximum(…) to combine conditions',
  );
}

/** Functions of `Math` that exist on expressions, as what they become. */
const mathOnExpressions: Readonly<Record<string, (...x: Arg[]) => Expr>> = {
  abs: (x) => build('abs', x),
  acos: (x) => build('acos', x),
  acosh: (x) => build('acosh', x),
  asin: (x) => build('asin', x),
  asinh: (x) => build('asinh', x),
  atan: (x) => build('atan', x),
  atan2: (y, x) => build('atan2', y, x),
  atanh: (x) => build('atanh', x),
  cbrt: (x) => build('cbrt', x),
  ceil: (x) => build('ceil', x),
  cos: (x) => build('cos', x),
  cosh: (x) => build('cosh', x),
  exp: (x) => build('exp', x),
  expm1: (x) => build('expm1', x),
  floor: (x) => build('floor', x),
  hypot: (...x) =>
    build(
      'sqrt',
      x.map((each) => build('square', each)).reduce((a, b) => build('add', a, b)),
    ),
  log: (x) => build('log', x),
  log10: (x) => build('log10', x),
  log1p: (x) => build('log1p', x),
  log2: (x) => build('log2', x),
  max: (...x) => x.map((each) => expressionOf(nodeOf(each))).reduce((a, b) => build('maximum', a, b)),
  min: (...x) => x.map((each) => expressionOf(nodeOf(each))).reduce((a, b) => build('minimum', a, b)),
  pow: (x, y) => build('pow', x, y),
  // Math.round takes halves up, which the operation of this name does not.
  round: (x) => build('floor', build('add', x, 0.5)),
  sign: (x) => build('sign', x),
  sin: (x) => build('sin', x),
  sinh: (x) => build('sinh', x),
  sqrt: (x) => build('sqrt', x),
  tan: (x) => build('tan', x),
  tanh: (x) => build('tanh', x),
  trunc: (x) => build('trunc', x),
};

function mathFunction(name: string): (...values: never[]) => unknown {
  const plain = (Math as unknown as Record<string, (...values: unknown[]) => unknown>)[name]!;
  return (...values: unknown[]) => {
    if (!values.some(isExpression)) return plain(...values);
    const symbolic = Object.hasOwn(mathOnExpressions, name) ? mathOnExpressions[name] : undefined;
    if (symbolic === undefined) {
      throw new TypeError(
        `Math.${name} is not defined on expressions; there are ${Object.keys(mathOnExpressions).join(', ')}, and the methods of an expression`,
      );
    }
    return symbolic(...(values as Arg[]));
  };
}

const mathNames = Object.getOwnPropertyNames(Math).filter((name) => typeof Math[name as keyof Math] === 'function');

/** The operators; see `Operators` in types.ts. */
export const operators: Operators = {
  add: binary('add', plainOperators.add),
  sub: binary('sub', plainOperators.sub),
  mul: binary('mul', plainOperators.mul),
  div: binary('div', plainOperators.div),
  mod: binary('mod', plainOperators.mod),
  pow: binary('pow', plainOperators.pow),
  neg: (a) => (isExpression(a) ? a.neg() : plainOperators.neg(a)),
  plus: (a) => (isExpression(a) ? a : plainOperators.plus(a)),
  lt: binary('lt', plainOperators.lt),
  le: binary('le', plainOperators.le),
  gt: binary('gt', plainOperators.gt),
  ge: binary('ge', plainOperators.ge),
  eq: equality('eq', plainOperators.eq),
  ne: equality('ne', plainOperators.ne),
  looseEq: equality('eq', plainOperators.looseEq),
  looseNe: equality('ne', plainOperators.looseNe),
  not: (a) => (isExpression(a) ? build('eq', a, 0) : !a),
  test: (condition) => (isExpression(condition) ? refuseCondition() : condition),
  math: Object.freeze(Object.fromEntries(mathNames.map((name) => [name, mathFunction(name)]))),
};

(globalThis as Record<symbol, unknown>)[Symbol.for('estimand.operators')] = operators;
