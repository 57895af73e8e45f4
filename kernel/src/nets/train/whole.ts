/**
 * Training by an optimiser of the estimators' interface: L-BFGS on the loss of all data at once, an iteration an epoch.
 */
import { lbfgs, type State } from '../../estimate/optimise/lbfgs.ts';
import type { Ending, Objective } from '../../estimate/optimise/objective.ts';
import type { Expr } from '../../program/index.ts';
import { compileStep } from '../../program/index.ts';
import { sizeOf } from '../../program/shape.ts';
import type { Network } from '../net.ts';
import type { WholeOptimiser } from '../optimisers/lbfgs.ts';
import type { Loss, Value } from '../types.ts';
import type { Examples } from './examples.ts';
import { feed } from './steps.ts';

/** Iterates; the net has the parameters of the last iterate. */
export interface WholeRun {
  /** @returns the loss after the iteration, and whether there is anything left to do */
  iterate(): { readonly loss: number; readonly ending: Ending };
}

/** The loss of all examples as a function of the trainable parameters, one after another, and its gradient. */
function objectiveOf<Out extends Value>(
  net: Network<Out>,
  loss: Loss<Out>,
  examples: Examples,
  reproducible: boolean,
): Objective & { read(): Float64Array; write(position: Float64Array): void } {
  const found = net.differentiate({ loss, batchSize: examples.rows });
  if (found.key !== undefined) {
    throw new RangeError(
      'train: lbfgs needs a loss that stays the same, and this net draws random numbers (dropout); use adam',
    );
  }
  const outputs = [found.loss, ...found.gradients.map(({ gradient }) => gradient)];
  const inputs: Expr[] = [...found.variables, found.target];
  const program = compileStep({ state: net.state, inputs, outputs, updates: found.updates, reproducible });
  const order = Int32Array.from({ length: examples.rows }, (_, i) => i);
  feed(program, examples, order, 0, examples.rows);
  const parts = found.gradients.map(({ path }) => ({ path, size: sizeOf(net.state.variable(path).shape) }));
  const dimension = parts.reduce((sum, { size }) => sum + size, 0);
  const each = (visit: (path: string, from: number, to: number, index: number) => void) => {
    let from = 0;
    parts.forEach(({ path, size }, i) => {
      visit(path, from, from + size, i);
      from += size;
    });
  };
  const write = (position: Float64Array) =>
    each((path, from, to) => net.state.array(path).set(position.subarray(from, to)));
  const valueAndGradient = (position: Float64Array, gradient: Float64Array): number => {
    write(position);
    program.execute();
    each((_, from, _to, i) => gradient.set(program.output(i + 1), from));
    return program.output(0)[0]!;
  };
  return {
    dimension,
    value: (position) => valueAndGradient(position, new Float64Array(dimension)),
    valueAndGradient,
    read() {
      const position = new Float64Array(dimension);
      each((path, from) => position.set(net.state.array(path), from));
      return position;
    },
    write,
  };
}

/** @throws RangeError for a net that draws random numbers */
export function wholeRun<Out extends Value>(
  net: Network<Out>,
  loss: Loss<Out>,
  examples: Examples,
  { options }: WholeOptimiser,
  reproducible: boolean,
): WholeRun {
  const objective = objectiveOf(net, loss, examples, reproducible);
  const optimiser = lbfgs(objective, options);
  let state: State | undefined;
  return {
    iterate() {
      state ??= optimiser.init(objective.read());
      const [next, { ending }] = optimiser.step(state);
      state = next;
      objective.write(state.position);
      return { loss: state.value, ending };
    },
  };
}
