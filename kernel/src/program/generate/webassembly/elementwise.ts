/**
 * Elementwise operations on two lanes. What has no form here is called lane by lane, as the function of numbers the
 * interpreter uses, and so are the rare arguments a form is not written for.
 */
import type { Assembler } from './assembler.ts';
import type { Code, Vector } from './code.ts';
import { erf, erfc, normalCdf, normalLogCdf } from './error-function.ts';
import { exp, expm1, sigmoid, tanh } from './exponential.ts';
import { digamma, lgamma, trigamma } from './gamma.ts';
import { acosh, asinh, atanh, cosh, logit, sinh } from './hyperbolic.ts';
import { log, log1p, logAddExp, softplus } from './logarithm.ts';
import { cbrt, pow } from './power.ts';
import type { Rare } from './rare.ts';
import { acos, asin, atan, atan2, cos, sin, tan } from './trigonometric.ts';

type Form = (code: Code, a: Vector, b: Vector, c: Vector, rare: Rare) => Vector;

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
  relu: (code, a) => code.select(code.binary('lt', a, code.constant(0)), code.constant(0), a),
  logistic: sigmoid,
  round: (code, a) => {
    // The nearest even instruction keeps −0 for −0.3; the function of numbers gives 0.
    const zero = code.constant(0);
    return code.select(code.binary('eq', a, zero), a, code.binary('add', code.unary('nearest', a), zero));
  },
  pow: (code, x, y, _, rare) => pow(code, x, y, rare),
  cbrt: (code, x, _b, _c, rare) => cbrt(code, x, rare),
  sin: (code, x, _b, _c, rare) => sin(code, x, rare),
  cos: (code, x, _b, _c, rare) => cos(code, x, rare),
  tan: (code, x, _b, _c, rare) => tan(code, x, rare),
  asin,
  acos,
  atan,
  atan2: (code, y, x, _, rare) => atan2(code, y, x, rare),
  sinh,
  cosh,
  asinh: (code, x, _b, _c, rare) => asinh(code, x, rare),
  acosh: (code, x, _b, _c, rare) => acosh(code, x, rare),
  atanh,
  logit,
  erf,
  erfc,
  normalCdf,
  normalLogCdf,
  lgamma: (code, x, _b, _c, rare) => lgamma(code, x, rare),
  digamma: (code, x, _b, _c, rare) => digamma(code, x, rare),
  trigamma: (code, x, _b, _c, rare) => trigamma(code, x, rare),
};

/** How an operation is written on two lanes; undefined where it has no such form. */
export function formOf(operation: string): Form | undefined {
  return Object.hasOwn(forms, operation) ? forms[operation] : undefined;
}

/** Write an operation, of which `lanes` lanes count. @returns its values */
export function writeElementwise(
  code: Code,
  assembler: Assembler,
  operation: string,
  operands: readonly Vector[],
  lanes: 1 | 2,
): Vector {
  const each = () => code.callEach(assembler.import(operation, operands.length), operands, lanes);
  const [a, b = a, c = a] = operands;
  return formOf(operation)?.(code, a!, b!, c!, each) ?? each();
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
