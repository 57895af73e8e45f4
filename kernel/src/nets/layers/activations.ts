/**
 * Activations: functions of each element, without parameters. Called without an expression they are layers, called with
 * one they are the functions of the compute core.
 */

import type { Arg, Expr } from '../../program/index.ts';
import * as program from '../../program/index.ts';
import type { Layer } from '../types.ts';
import { defineLayer } from './layer.ts';

/** A layer that is a function of each element. */
function pointwise(kind: string, f: (x: Expr) => Expr, options: Readonly<Record<string, unknown>> = {}): Layer {
  return defineLayer({ kind, options, apply: (_, x: Expr): Expr => f(x) });
}

/** max(x, 0), as a layer; given an expression, of that. @example sequential(linear(2, 8), relu(), linear(8, 1)); */
export function relu(): Layer;
export function relu(x: Arg): Expr;
export function relu(x?: Arg): Layer | Expr {
  return x === undefined ? pointwise('relu', program.relu) : program.relu(x);
}
