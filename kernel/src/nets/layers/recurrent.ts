/**
 * Recurrent layers: Elman's, gated recurrent units (Cho et al. 2014) and long short-term memory (Hochreiter &
 * Schmidhuber 1997), with PyTorch's equations, gate order, two biases and names. The same weights are used at every step,
 * so their number does not depend on the length.
 */
import type { Expr } from '../../program/index.ts';
import { broadcastTo, concatenateAlong, matmul, scan, stack, transpose } from '../../program/index.ts';
import { formatShape } from '../../program/shape.ts';
import { elementwise } from '../initialise/initialiser.ts';
import type { Layer, ParameterSpec, Scope, Value } from '../types.ts';
import { type CellKind, type CellState, cells } from './cells.ts';
import { defineLayer, requireWhole } from './layer.ts';

/** Choices of a recurrent layer. */
export interface RecurrentOptions {
  /** Layers on top of each other; default 1. */
  readonly numLayers?: number;
  /** Both bias vectors; default true. */
  readonly bias?: boolean;
  /** Dropped between layers in training; default 0. */
  readonly dropout?: number;
  /** Also from the end to the beginning, outputs side by side; default false. */
  readonly bidirectional?: boolean;
}

/** Choices of an Elman layer. */
export interface RnnOptions extends RecurrentOptions {
  /** Default 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu';
}

/** What a recurrent layer gives: outputs of the top layer, and the last state of each layer and direction. */
export type RecurrentOutput = {
  /** // (batch, time, hidden · directions) */
  readonly output: Expr;
  /** // (layers · directions, batch, hidden) */
  readonly hidden: Expr;
};

/** The same with the memory cells of an LSTM. */
export type LstmOutput = RecurrentOutput & {
  /** // (layers · directions, batch, hidden) */
  readonly cell: Expr;
};

/** 'all': outputs and last states by name; 'output': outputs alone; 'last': the top layer's last hidden state. */
export type Returns = 'all' | 'output' | 'last';

/** Uniform on ±1/√hidden, as torch starts every weight and bias. */
function hiddenUniform(hidden: number) {
  const bound = 1 / Math.sqrt(hidden);
  return elementwise('uniform', { bound }, () => (stream) => bound * (2 * stream.uniform() - 1));
}

/** One layer in one direction over (time, batch, features). */
function runDirection(
  scope: Scope,
  kind: CellKind,
  steps: Expr,
  suffix: string,
  hidden: number,
  options: RnnOptions,
  reverse: boolean,
): { readonly outputs: Expr; readonly last: CellState } {
  const batch = steps.shape[1]!;
  const weight = transpose(scope.parameter(`weight_hh_${suffix}`)); // (hidden, gates)
  const input = transpose(scope.parameter(`weight_ih_${suffix}`)); // (features, gates)
  const { bias = true } = options;
  // What the inputs give at all steps is one product; the recurrence adds what the state gives. Where both biases are
  // added to the same sum they are added up first: they have one gradient.
  const projected = matmul(steps, input); // (time, batch, gates)
  const ofInput = bias ? scope.parameter(`bias_ih_${suffix}`) : undefined;
  const ofState = bias ? scope.parameter(`bias_hh_${suffix}`) : undefined;
  const together = cells[kind].sumsBiases ? ofInput?.add(ofState!) : ofInput;
  const given = together === undefined ? projected : (projected.add(together) as Expr);
  const own = cells[kind].sumsBiases ? undefined : ofState;
  const recur = (h: Expr): Expr => {
    const product = matmul(h, weight);
    return own === undefined ? product : (product.add(own) as Expr);
  };
  const zero = broadcastTo(0, [batch, hidden]) as Expr;
  const step = cells[kind].step(recur, options.nonlinearity ?? 'tanh');
  const ordered = reverse ? reversed(given) : given;
  const start: CellState = cells[kind].hasCell ? { hidden: zero, cell: zero } : { hidden: zero };
  const states = scan(step as never, start as never, ordered) as unknown as CellState;
  const outputs = reverse ? reversed(states.hidden) : states.hidden; // (time, batch, hidden)
  const lastOf = (all: Expr): Expr => all.at(-1) as Expr;
  return {
    outputs,
    last: { hidden: lastOf(states.hidden), ...(states.cell === undefined ? {} : { cell: lastOf(states.cell) }) },
  };
}

/** The first dimension from the last to the first. */
function reversed(x: Expr): Expr {
  const length = x.shape[0]!;
  return x.at(Int32Array.from({ length }, (_, i) => length - 1 - i)) as Expr;
}

function recurrent(
  kind: CellKind,
  inputSize: number,
  hiddenSize: number,
  options: RnnOptions,
  returns: Returns,
): Layer<Value> {
  requireWhole(kind, 'inputSize', inputSize);
  requireWhole(kind, 'hiddenSize', hiddenSize);
  const { numLayers = 1, bias = true, dropout = 0, bidirectional = false } = options;
  requireWhole(kind, 'numLayers', numLayers);
  if (!(dropout >= 0 && dropout < 1))
    throw new RangeError(`${kind}: expected a dropout from 0 to below 1, got ${dropout}`);
  const directions = bidirectional ? 2 : 1;
  const gates = cells[kind].gates * hiddenSize;
  const initialise = hiddenUniform(hiddenSize);
  const parameters: Record<string, ParameterSpec> = {};
  const suffixes = Array.from({ length: numLayers }, (_, level) =>
    ['', '_reverse'].slice(0, directions).map((direction) => `l${level}${direction}`),
  );
  suffixes.forEach((each, level) => {
    const features = level === 0 ? inputSize : hiddenSize * directions;
    for (const suffix of each) {
      parameters[`weight_ih_${suffix}`] = { shape: [gates, features], initialise };
      parameters[`weight_hh_${suffix}`] = { shape: [gates, hiddenSize], initialise };
      if (!bias) continue;
      parameters[`bias_ih_${suffix}`] = { shape: [gates], initialise, fans: [hiddenSize, gates] };
      parameters[`bias_hh_${suffix}`] = { shape: [gates], initialise, fans: [hiddenSize, gates] };
    }
  });
  return defineLayer<Value, [x: Expr]>({
    kind,
    options: { inputSize, hiddenSize, ...options, returns },
    parameters,
    apply(scope, x) {
      if (x.shape.length !== 3 || x.shape[2] !== inputSize) {
        throw new RangeError(`expected (batch, time, ${inputSize} features), got shape ${formatShape(x.shape)}`);
      }
      let steps = transpose(x, [1, 0, 2]); // (time, batch, features)
      const last: CellState[] = [];
      suffixes.forEach((each, level) => {
        if (level > 0) steps = scope.dropout(steps, dropout);
        const runs = each.map((suffix, d) => runDirection(scope, kind, steps, suffix, hiddenSize, options, d === 1));
        steps =
          runs.length === 1
            ? runs[0]!.outputs
            : concatenateAlong(
                runs.map(({ outputs }) => outputs),
                -1,
              );
        last.push(...runs.map((run) => run.last));
      });
      if (returns === 'last') {
        const top = last.slice(-directions).map(({ hidden }) => hidden);
        return top.length === 1 ? top[0]! : concatenateAlong(top, -1); // (batch, hidden · directions)
      }
      const output = transpose(steps, [1, 0, 2]); // (batch, time, hidden · directions)
      if (returns === 'output') return output;
      const hidden = stack(last.map((state) => state.hidden));
      if (!cells[kind].hasCell) return { output, hidden };
      return { output, hidden, cell: stack(last.map((state) => state.cell!)) };
    },
  });
}

type WithReturns<O, R extends Returns> = O & { readonly returns: R };

/**
 * An Elman layer, as torch.nn.RNN with the batch first: h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh).
 *
 * @param returns 'all' (default): `{ output, hidden }`; 'output': (batch, time, hidden); 'last': (batch, hidden)
 * @example network(sequential(rnn(2, 64, { returns: 'last' }), linear(64, 1)), { input: [50, 2] });
 */
export function rnn(inputSize: number, hiddenSize: number, options: WithReturns<RnnOptions, 'output' | 'last'>): Layer;
export function rnn(
  inputSize: number,
  hiddenSize: number,
  options?: RnnOptions & { readonly returns?: 'all' },
): Layer<RecurrentOutput>;
export function rnn(
  inputSize: number,
  hiddenSize: number,
  { returns = 'all', ...options }: RnnOptions & { readonly returns?: Returns } = {},
): Layer<Value> {
  return recurrent('rnn', inputSize, hiddenSize, options, returns);
}

/**
 * A gated recurrent unit, as torch.nn.GRU with the batch first; gates in the order reset, update, new.
 *
 * @param returns as in `rnn`
 * @example network(sequential(gru(2, 64, { returns: 'last' }), linear(64, 1)), { input: [50, 2] });
 */
export function gru(
  inputSize: number,
  hiddenSize: number,
  options: WithReturns<RecurrentOptions, 'output' | 'last'>,
): Layer;
export function gru(
  inputSize: number,
  hiddenSize: number,
  options?: RecurrentOptions & { readonly returns?: 'all' },
): Layer<RecurrentOutput>;
export function gru(
  inputSize: number,
  hiddenSize: number,
  { returns = 'all', ...options }: RecurrentOptions & { readonly returns?: Returns } = {},
): Layer<Value> {
  return recurrent('gru', inputSize, hiddenSize, options, returns);
}

/**
 * Long short-term memory, as torch.nn.LSTM with the batch first; gates in the order input, forget, cell, output.
 *
 * @param returns 'all' (default): `{ output, hidden, cell }`; otherwise as in `rnn`
 * @example network(sequential(lstm(2, 64, { returns: 'last' }), linear(64, 1)), { input: [50, 2] });
 */
export function lstm(
  inputSize: number,
  hiddenSize: number,
  options: WithReturns<RecurrentOptions, 'output' | 'last'>,
): Layer;
export function lstm(
  inputSize: number,
  hiddenSize: number,
  options?: RecurrentOptions & { readonly returns?: 'all' },
): Layer<LstmOutput>;
export function lstm(
  inputSize: number,
  hiddenSize: number,
  { returns = 'all', ...options }: RecurrentOptions & { readonly returns?: Returns } = {},
): Layer<Value> {
  return recurrent('lstm', inputSize, hiddenSize, options, returns);
}
