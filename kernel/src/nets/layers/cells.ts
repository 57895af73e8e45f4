/**
 * One step of each recurrent layer, from what the input gives and what the state gives.
 */
import type { Expr } from '../../program/index.ts';
import { relu, sigmoidGate, splitAlong } from '../../program/index.ts';

export type CellKind = 'rnn' | 'gru' | 'lstm';

/** What is carried from step to step. // (batch, hidden) each */
export type CellState = { readonly hidden: Expr; readonly cell?: Expr };

/** The state after a step, from the one before and what the input gives. */
type CellStep = (before: CellState, given: Expr) => CellState;

interface Cell {
  /** Rows of the weights, in units of the hidden size. */
  readonly gates: number;
  /** It has a memory cell beside its output. */
  readonly hasCell: boolean;
  /** What input and state give is added up before anything else is done with it, and their biases with it. */
  readonly sumsBiases: boolean;
  /** @param recur what the state gives: h W_hhᵀ + b_hh // (batch, gates · hidden) */
  step(recur: (h: Expr) => Expr, nonlinearity: 'tanh' | 'relu'): CellStep;
}

export const cells: Readonly<Record<CellKind, Cell>> = {
  rnn: {
    gates: 1,
    hasCell: false,
    sumsBiases: true,
    step:
      (recur, nonlinearity) =>
      ({ hidden }, given) => {
        const sum = given.add(recur(hidden)) as Expr;
        return { hidden: nonlinearity === 'tanh' ? sum.tanh() : relu(sum) };
      },
  },
  gru: {
    gates: 3,
    hasCell: false,
    sumsBiases: false,
    step:
      (recur) =>
      ({ hidden }, given) => {
        const [xr, xz, xn] = splitAlong(given, 3, 1) as [Expr, Expr, Expr];
        const [hr, hz, hn] = splitAlong(recur(hidden), 3, 1) as [Expr, Expr, Expr];
        const update = sigmoidGate(xz.add(hz));
        const fresh = xn.add(sigmoidGate(xr.add(hr)).mul(hn)).tanh();
        return { hidden: update.neg().add(1).mul(fresh).add(update.mul(hidden)) as Expr };
      },
  },
  lstm: {
    gates: 4,
    hasCell: true,
    sumsBiases: true,
    step:
      (recur) =>
      ({ hidden, cell }, given) => {
        const sum = given.add(recur(hidden)) as Expr;
        const [input, forget, fresh, output] = splitAlong(sum, 4, 1) as [Expr, Expr, Expr, Expr];
        const kept = sigmoidGate(forget).mul(cell!);
        const after = kept.add(sigmoidGate(input).mul(fresh.tanh())) as Expr;
        return { hidden: sigmoidGate(output).mul(after.tanh()) as Expr, cell: after };
      },
  },
};
