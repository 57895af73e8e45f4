/**
 * Steps of training on rows of examples: one program for each size of batch, on one state.
 *
 * With accumulation a step is two programs: one adds a batch's gradients up, weighted by its examples; the other updates
 * with their mean. So `accumulate: 4` with batches of 8 is a batch of 32.
 */
import { foldIn, key as keyOf } from '../../numeric/random.ts';
import type { Expr, Step } from '../../program/index.ts';
import { compileStep, variable } from '../../program/index.ts';
import type { Network } from '../net.ts';
import { type Clipping, clipGradients } from '../optimisers/clip.ts';
import { KEY } from '../trace.ts';
import { holdSlots, type StepProgress, slotName } from '../training-step.ts';
import type { Loss, Optimiser, Value } from '../types.ts';
import { copyRows, type Examples } from './examples.ts';

/** What the steps of a run share. */
export interface StepOptions<Out extends Value = Expr> {
  readonly net: Network<Out>;
  readonly loss: Loss<Out>;
  readonly optimiser: Optimiser;
  readonly clip: Clipping | undefined;
  /** Batches whose gradients make one update. */
  readonly accumulate: number;
  readonly reproducible: boolean;
  /** Changes the examples of a batch in the step's input, given the step and which batch of it. */
  readonly augment?: (
    inputOf: (name: string) => Float32Array | Float64Array | Int32Array,
    step: number,
    batch: number,
  ) => void;
}

/** Trains on rows of examples. */
export interface Stepper {
  /** Train on rows `from` to `to` of an order. @returns the mean loss before the update */
  batch(examples: Examples, order: ArrayLike<number>, from: number, to: number, progress: StepProgress): number;
  /** Update with the gradients added up so far; nothing where batches update at once. */
  update(progress: StepProgress): void;
}

/** The name of the sum of a parameter's gradients in the state. */
const GATHERED = 'gathered';

/** Put examples where a step reads them. */
export function feed(step: Step, examples: Examples, order: ArrayLike<number>, from: number, to: number): void {
  for (const column of [...examples.inputs, examples.target])
    copyRows(column, order, from, to, step.input(column.name));
}

/** How steps are taken with these options; programs are compiled when a size of batch first comes. */
export function stepper<Out extends Value>(options: StepOptions<Out>): Stepper {
  return options.accumulate > 1 ? accumulating(options) : direct(options);
}

function direct<Out extends Value>({ net, loss, optimiser, clip, reproducible, augment }: StepOptions<Out>): Stepper {
  const prepare = clip && ((gradients: readonly Expr[]) => clipGradients(gradients, clip));
  const compiled = bySize((batchSize) =>
    net.trainingStep({ loss, optimiser, batchSize, reproducible, ...(prepare && { prepare }) }),
  );
  return {
    batch(examples, order, from, to, progress) {
      const training = compiled(to - from);
      feed(training.step, examples, order, from, to);
      augment?.((name) => training.step.input(name), progress.step, 0);
      return training.execute(progress);
    },
    update() {},
  };
}

function accumulating<Out extends Value>({
  net,
  loss,
  optimiser,
  clip,
  reproducible,
  augment,
}: StepOptions<Out>): Stepper {
  const { state } = net;
  const gathered = (path: string) => slotName(GATHERED, path);
  holdSlots(net, optimiser);
  holdSlots(net, { ...optimiser, slots: { [GATHERED]: {} } });
  const root = foldIn(keyOf(net.seed), 'training');
  let batches = 0;
  let rows = 0;

  const gather = bySize((batchSize) => {
    const found = net.differentiate({ loss, batchSize });
    const updates: Record<string, Expr> = { ...found.updates };
    for (const { path, gradient } of found.gradients) {
      updates[gathered(path)] = state.variable(gathered(path)).add(gradient.mul(batchSize));
    }
    const inputs = [...found.variables, found.target, ...(found.key === undefined ? [] : [found.key])];
    return {
      keyed: found.key !== undefined,
      step: compileStep({ state, inputs, outputs: [found.loss], updates, reproducible }),
    };
  });

  let applied: Step | undefined;
  const apply = (): Step => {
    const names = ['@rate', '@step', '@share', ...(optimiser.scalars ?? []).map((name) => `@${name}`)];
    const numbers = Object.fromEntries(names.map((name) => [name, variable(name, []) as Expr]));
    const scalars = Object.fromEntries((optimiser.scalars ?? []).map((name) => [name, numbers[`@${name}`]!]));
    const means = net.trainable.map((path) => state.variable(gathered(path)).mul(numbers['@share']!));
    const gradients = clip ? clipGradients(means, clip) : means;
    const updates: Record<string, Expr> = {};
    for (const [i, path] of net.trainable.entries()) {
      const parameter = state.variable(path);
      const slots = Object.fromEntries(
        Object.keys(optimiser.slots).map((name) => [name, state.variable(slotName(name, path))]),
      );
      const request = { path, parameter, gradient: gradients[i]!, slots, scalars };
      const after = optimiser.update({ ...request, rate: numbers['@rate']!, step: numbers['@step']! });
      updates[path] = after.parameter;
      for (const [name, value] of Object.entries(after.slots)) updates[slotName(name, path)] = value;
      updates[gathered(path)] = state.variable(gathered(path)).mul(0);
    }
    return compileStep({ state, inputs: Object.values(numbers), updates, reproducible });
  };

  return {
    batch(examples, order, from, to, { step }) {
      const { step: program, keyed } = gather(to - from);
      feed(program, examples, order, from, to);
      augment?.((name) => program.input(name), step, batches);
      // Each batch of a step drops something else.
      if (keyed) program.input(KEY).set(foldIn(foldIn(root, step), batches));
      program.execute();
      batches++;
      rows += to - from;
      return program.output(0)[0]!;
    },
    update({ step, rate = optimiser.rate }) {
      applied ??= apply();
      const numbers = { rate, step, share: 1 / rows, ...optimiser.scalarsAt?.({ step, rate }) };
      for (const [name, value] of Object.entries(numbers)) applied.input(`@${name}`)[0] = value;
      applied.execute();
      batches = 0;
      rows = 0;
    },
  };
}

/** Made once for each size of batch. */
export function bySize<T>(make: (batchSize: number) => T): (batchSize: number) => T {
  const made = new Map<number, T>();
  return (batchSize) => {
    let one = made.get(batchSize);
    if (one === undefined) {
      one = make(batchSize);
      made.set(batchSize, one);
    }
    return one;
  };
}
