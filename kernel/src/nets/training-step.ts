/**
 * A step of training as one compiled program: forward, backward, and the optimiser's update of what is trainable.
 */
import { foldIn, key as keyOf } from '../numeric/random.ts';
import type { Expr, Step } from '../program/index.ts';
import { compileStep, variable } from '../program/index.ts';
import { sizeOf } from '../program/shape.ts';
import type { Network } from './net.ts';
import { KEY } from './trace.ts';
import type { Loss, Optimiser, Value } from './types.ts';

export interface TrainingStepOptions<Out extends Value = Expr> {
  readonly loss: Loss<Out>;
  readonly optimiser: Optimiser;
  readonly batchSize: number;
  /** The same bits on every machine; default false: products are added unrounded where the engine can, which is faster. */
  readonly reproducible?: boolean;
  /** What is done to the gradients before the update: clipping. */
  readonly prepare?: (gradients: readonly Expr[]) => readonly Expr[];
}

/** Where training stands, for one step. */
export interface StepProgress {
  /** The number of the step, from 1: it decides what dropout drops, and the optimiser's corrections. */
  readonly step: number;
  /** Learning rate; default the optimiser's. */
  readonly rate?: number;
}

/** The examples of a step, flat, row-major. Several inputs by name. */
export interface StepBatch {
  readonly x: ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;
  readonly y: ArrayLike<number>;
}

/** A compiled step of training; made by `net.trainingStep`. */
export interface TrainingStep {
  readonly batchSize: number;
  /** The step itself: inputs `@x` (or `@x.name`), `@y`, `@rate`, `@step`, `@key`; output 0 is the loss. */
  readonly step: Step;
  /** Copy the batch in and train on it. @returns the mean loss before the update */
  run(batch: StepBatch, progress: StepProgress): number;
  /** Train on what stands in the inputs. @returns the mean loss before the update */
  execute(progress: StepProgress): number;
}

/** The name of an optimiser's array in the state. */
export function slotName(slot: string, path: string): string {
  return `@${slot}:${path}`;
}

/** Compile a step. The optimiser's arrays are added to the net's state, one for each trainable parameter. */
export function compileTrainingStep<Out extends Value>(
  net: Network<Out>,
  { loss, optimiser, batchSize, reproducible = false, prepare = (gradients) => gradients }: TrainingStepOptions<Out>,
): TrainingStep {
  const { state, seed } = net;
  const found = net.differentiate({ loss, batchSize });
  const names = Object.keys(optimiser.slots);
  holdSlots(net, optimiser);
  const rate = variable('@rate', []) as Expr;
  const count = variable('@step', []) as Expr;
  const scalars = Object.fromEntries((optimiser.scalars ?? []).map((name) => [name, variable(`@${name}`, []) as Expr]));
  const updates: Record<string, Expr> = { ...found.updates };
  const gradients = prepare(found.gradients.map(({ gradient }) => gradient));
  for (const [i, { path, parameter }] of found.gradients.entries()) {
    const gradient = gradients[i]!;
    const slots = Object.fromEntries(names.map((name) => [name, state.variable(slotName(name, path))]));
    const after = optimiser.update({ path, parameter, gradient, slots, rate, step: count, scalars });
    updates[path] = after.parameter;
    for (const name of names) updates[slotName(name, path)] = after.slots[name]!;
  }
  const inputs = [
    ...found.variables,
    found.target,
    rate,
    count,
    ...Object.values(scalars),
    ...(found.key === undefined ? [] : [found.key]),
  ];
  const step = compileStep({ state, inputs, outputs: [found.loss], updates, reproducible });
  const root = foldIn(keyOf(seed), 'training');
  const execute = ({ step: at, rate: given = optimiser.rate }: StepProgress): number => {
    step.input('@rate')[0] = given;
    step.input('@step')[0] = at;
    if (found.key !== undefined) step.input(KEY).set(foldIn(root, at));
    if (optimiser.scalarsAt !== undefined) {
      for (const [name, value] of Object.entries(optimiser.scalarsAt({ step: at, rate: given }))) {
        step.input(`@${name}`)[0] = value;
      }
    }
    step.execute();
    return step.output(0)[0]!;
  };
  return {
    batchSize,
    step,
    execute,
    run({ x, y }, progress) {
      loss.check?.(y, found.output);
      for (const { name, key } of net.inputs) {
        const values = key === '' ? x : (x as Readonly<Record<string, ArrayLike<number>>>)[key];
        fill(step, name, values as ArrayLike<number> | undefined);
      }
      fill(step, '@y', y);
      return execute(progress);
    },
  };
}

/** Add an optimiser's arrays to the state where they are not there yet. */
export function holdSlots<Out extends Value>(net: Network<Out>, optimiser: Optimiser): void {
  const { state } = net;
  const known = new Set(state.names);
  for (const path of net.trainable) {
    for (const [slot, { initial = 0, scalar = false }] of Object.entries(optimiser.slots)) {
      const name = slotName(slot, path);
      if (known.has(name)) continue;
      const shape = scalar ? [] : state.variable(path).shape;
      state.add({
        [name]: { shape, ...(initial === 0 ? {} : { values: new Float64Array(sizeOf(shape)).fill(initial) }) },
      });
    }
  }
}

function fill(step: Step, name: string, values: ArrayLike<number> | undefined): void {
  const to = step.input(name);
  if (values === undefined || values.length !== to.length) {
    throw new RangeError(
      `trainingStep: ${name.slice(1)} takes ${to.length} numbers a batch, got ${values === undefined ? 'nothing' : values.length}`,
    );
  }
  to.set(values);
}
