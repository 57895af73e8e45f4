/**
 * Dropout as a layer. The function of the compute core of the same name is called with an expression.
 */
import type { Arg, Expr } from '../../program/index.ts';
import * as program from '../../program/index.ts';
import type { Layer } from '../types.ts';
import { defineLayer } from './layer.ts';

/**
 * x with a random part set to 0 in training, and the rest scaled by 1 / (1 − rate) so that the mean stays (Srivastava et
 * al. 2014), as torch.nn.Dropout. What is dropped depends on the net's seed and the number of the step alone.
 *
 * @param rate probability of 0, from 0 to below 1; default 0.5
 * @throws RangeError for another rate
 * @example sequential(linear(64, 128), relu(), dropout(0.2), linear(128, 10));
 */
export function dropout(rate?: number): Layer;
export function dropout(x: Arg, rate: number, key: Arg, stream: number): Expr;
export function dropout(first: Arg = 0.5, second?: number, key?: Arg, stream?: number): Layer | Expr {
  if (second !== undefined) return program.dropout(first, second, key!, stream!);
  const rate = first as number;
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: expected a rate from 0 to below 1, got ${rate}`);
  return defineLayer({ kind: 'dropout', options: { rate }, apply: (scope, x: Expr): Expr => scope.dropout(x, rate) });
}
