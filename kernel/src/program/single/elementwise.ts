/**
 * Elementwise operations in single precision. What has no form here is the double precision function, its result
 * rounded once.
 */
import { operationOf } from '../operations/registry.ts';
import * as functions from './functions.ts';
import { type Lanes, scalarLanes } from './lanes.ts';

/** An operation written in lanes. */
export type Form = <V>(l: Lanes<V>, a: V, b: V, c: V) => V;

function comparison(name: 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne'): Form {
  return (l, a, b) => l.select(l[name](a, b), l.constant(1), l.constant(0));
}

const forms: Readonly<Record<string, Form>> = {
  add: (l, a, b) => l.add(a, b),
  sub: (l, a, b) => l.sub(a, b),
  mul: (l, a, b) => l.mul(a, b),
  div: (l, a, b) => l.div(a, b),
  minimum: (l, a, b) => l.min(a, b),
  maximum: (l, a, b) => l.max(a, b),
  neg: (l, a) => l.neg(a),
  abs: (l, a) => l.abs(a),
  sqrt: (l, a) => l.sqrt(a),
  floor: (l, a) => l.floor(a),
  ceil: (l, a) => l.ceil(a),
  trunc: (l, a) => l.trunc(a),
  round: (l, a) => l.nearest(a),
  square: (l, a) => l.mul(a, a),
  reciprocal: (l, a) => l.div(l.constant(1), a),
  sign: (l, a) => {
    const negative = l.select(l.lt(a, l.constant(0)), l.constant(-1), a);
    return l.select(l.gt(a, l.constant(0)), l.constant(1), negative);
  },
  chain: (l, g, d) => l.select(l.eq(g, l.constant(0)), l.constant(0), l.mul(g, d)),
  lt: comparison('lt'),
  le: comparison('le'),
  gt: comparison('gt'),
  ge: comparison('ge'),
  eq: comparison('eq'),
  ne: comparison('ne'),
  where: (l, condition, a, b) => l.select(l.ne(condition, l.constant(0)), a, b),
  relu: (l, a) => l.greater(a, l.constant(0)),
  exp: functions.exp,
  expm1: functions.expm1,
  log: functions.log,
  log1p: functions.log1p,
  sigmoid: functions.sigmoid,
  logistic: functions.sigmoid,
  softplus: functions.softplus,
  logAddExp: functions.logAddExp,
  tanh: functions.tanh,
  erf: functions.erf,
};

/** How an operation is written in lanes; undefined where it has no such form. */
export function formOf(operation: string): Form | undefined {
  return Object.hasOwn(forms, operation) ? forms[operation] : undefined;
}

const scalars = new Map<string, (a: number, b: number, c: number) => number>();

/** The function of numbers behind an elementwise operation, in single precision. */
export function scalarOf(operation: string): (a: number, b: number, c: number) => number {
  let known = scalars.get(operation);
  if (known === undefined) {
    const form = formOf(operation);
    const { scalar } = operationOf(operation).elementwise!;
    known = form ? (a, b, c) => form(scalarLanes, a, b, c) : (a, b, c) => Math.fround(scalar(a, b, c));
    scalars.set(operation, known);
  }
  return known;
}
