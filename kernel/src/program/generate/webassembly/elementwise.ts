/**
 * Elementwise operations on two lanes. What has no form here is called lane by lane, as the function of numbers the
 * interpreter uses.
 */
import type { Code, Vector } from './code.ts';
import { exp, expm1, sigmoid, tanh } from './exponential.ts';
import { log, log1p, logAddExp, softplus } from './logarithm.ts';

type Form = (code: Code, a: Vector, b: Vector, c: Vector) => Vector;

function comparison(name: 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne'): Form {
  return (code, a, b) => code.binary('and', code.binary(name, a, b), code.constant(1));
}

function direct(name: 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max'): Form {
  return (code, a, b) => code.binary(name, a, b);
}

function rounding(name: 'floor' | 'ceil' | 'trunc' | 'abs' | 'neg' | 'sqrt'): Form {
  return (code, a) => code.unary(name, a);
}

const forms: Readonly<Record<string, Form>> = {
  add: direct('add'),
  sub: direct('sub'),
  mul: direct('mul'),
  div: direct('div'),
  minimum: direct('min'),
  maximum: direct('max'),
  neg: rounding('neg'),
  abs: rounding('abs'),
  sqrt: rounding('sqrt'),
  floor: rounding('floor'),
  ceil: rounding('ceil'),
  trunc: rounding('trunc'),
  square: (code, a) => code.binary('mul', a, a),
  reciprocal: (code, a) => code.binary('div', code.constant(1), a),
  sign: (code, a) => {
    const zero = code.constant(0);
    const negative = code.select(code.binary('lt', a, zero), code.constant(-1), a);
    return code.select(code.binary('gt', a, zero), code.constant(1), negative);
  },
  chain: (code, g, d) => {
    const zero = code.constant(0);
    return code.select(code.binary('eq', g, zero), zero, code.binary('mul', g, d));
  },
  lt: comparison('lt'),
  le: comparison('le'),
  gt: comparison('gt'),
  ge: comparison('ge'),
  eq: comparison('eq'),
  ne: comparison('ne'),
  where: (code, condition, a, b) => code.select(code.binary('ne', condition, code.constant(0)), a, b),
  exp,
  expm1,
  log,
  log1p,
  sigmoid,
  softplus,
  tanh,
  logAddExp,
};

/** How an operation is written on two lanes; undefined where it has no such form. */
export function formOf(operation: string): Form | undefined {
  return Object.hasOwn(forms, operation) ? forms[operation] : undefined;
}

/**
 * The larger or the smaller of x and a fixed number: far fewer instructions than of two vectors, where the order of −0
 * and 0 and NaN on either side must be looked after. Undefined for −0 and NaN.
 */
export function bounded(code: Code, operation: string, x: Vector, bound: number): Vector | undefined {
  if (Number.isNaN(bound) || Object.is(bound, -0)) return undefined;
  if (operation === 'minimum') return code.binary('lesser', x, code.constant(bound));
  if (operation !== 'maximum') return undefined;
  const larger = code.binary('greater', x, code.constant(bound));
  return bound === 0 ? code.binary('add', larger, code.constant(0)) : larger; // −0 becomes 0
}
