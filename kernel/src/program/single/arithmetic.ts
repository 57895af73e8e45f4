/**
 * What a kernel computes with: doubles as they are, or numbers of 32 bits, rounded after each operation. A kernel
 * written over it is the interpreter's in both precisions.
 */
import * as numeric from '../../numeric/elementary.ts';
import * as functions from './functions.ts';
import { scalarLanes } from './lanes.ts';

export interface Arithmetic {
  /** The nearest number there is. */
  round(x: number): number;
  /** e^x for x ≤ 0: a term beside one of 1. */
  weight(x: number): number;
  log(x: number): number;
}

export const doubleArithmetic: Arithmetic = { round: (x) => x, weight: numeric.exp, log: numeric.log };

export const singleArithmetic: Arithmetic = {
  round: Math.fround,
  weight: (x) => functions.weight(scalarLanes, x),
  log: (x) => functions.log(scalarLanes, x),
};

/** A sum as four partial sums, element i going to partial i modulo 4, added up as (p0 + p2) + (p1 + p3). */
export function partialSum({ round }: Arithmetic, count: number, element: (i: number) => number): number {
  const partials = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) partials[i % 4] = round(partials[i % 4]! + element(i));
  return round(round(partials[0]! + partials[2]!) + round(partials[1]! + partials[3]!));
}
