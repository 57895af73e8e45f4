/**
 * The loss and the outputs of a net on examples, without training: batches of a fixed size and a shorter last one.
 */
import { Pace } from '../../estimate/pause.ts';
import type { Expr } from '../../program/index.ts';
import { compileStep, isExpression, variable } from '../../program/index.ts';
import { sizeOf } from '../../program/shape.ts';
import type { Network } from '../net.ts';
import type { Loss, Value } from '../types.ts';
import type { Examples } from './examples.ts';
import type { Predictions } from './metrics/metric.ts';
import type { TrainOptions } from './options.ts';
import { bySize, feed } from './steps.ts';

/** What a net makes of examples. */
interface Evaluation {
  /** Mean loss over the examples. */
  readonly loss: number;
  /** Absent where it was not asked for, or the net's output is not one array. */
  readonly predictions: Predictions | undefined;
}

/** Evaluates a net as its parameters stand. */
export type Evaluator = (examples: Examples, options: { readonly outputs: boolean }) => Promise<Evaluation>;

const BATCH = 256;

/** @returns an evaluator that keeps its programs */
export function evaluator<Out extends Value>(net: Network<Out>, loss: Loss<Out>, reproducible: boolean): Evaluator {
  const compiled = bySize((batchSize) => {
    const { variables, output } = net.trace({ batchSize });
    const spec = loss.target(output);
    const target = variable('@y', [...spec.shape], spec.integer ? 'integer' : 'real') as Expr;
    const outputs = [loss.compute(output, target).reshape() as Expr, ...(isExpression(output) ? [output as Expr] : [])];
    const inputs = [...variables, target];
    return {
      shape: isExpression(output) ? output.shape.slice(1) : undefined,
      step: compileStep({ state: net.state, inputs, outputs, reproducible }),
    };
  });
  return async (examples, { outputs }) => {
    const pace = new Pace();
    const order = Int32Array.from({ length: examples.rows }, (_, i) => i);
    let sum = 0;
    let gathered: Float32Array | Float64Array | undefined;
    let shape: readonly number[] | undefined;
    for (let from = 0; from < examples.rows; from += BATCH) {
      const to = Math.min(from + BATCH, examples.rows);
      const { step, shape: own } = compiled(to - from);
      feed(step, examples, order, from, to);
      step.execute();
      sum += step.output(0)[0]! * (to - from);
      if (outputs && own) {
        shape = own;
        const size = sizeOf(own);
        gathered ??= new (net.precision === 'single' ? Float32Array : Float64Array)(examples.rows * size);
        gathered.set(step.output(1), from * size);
      }
      if (pace.due()) await pace.pause();
    }
    const predictions =
      gathered && shape
        ? { outputs: gathered, shape: [examples.rows, ...shape], targets: examples.target.values }
        : undefined;
    return { loss: sum / examples.rows, predictions };
  };
}

/** The figures of an epoch by name: the validation loss, and the metrics on what they are measured on. */
export async function measureEpoch<Out extends Value>(
  { metrics = [], measure }: Pick<TrainOptions<Out>, 'metrics' | 'measure'>,
  evaluate: Evaluator,
  examples: Examples,
  held: Examples | undefined,
): Promise<Record<string, number>> {
  const on = measure ?? (held ? 'validation' : 'training');
  const values: Record<string, number> = {};
  const enter = (label: string, { predictions }: Evaluation) => {
    if (!predictions) throw new RangeError('train: metrics need a net whose output is one array; this one has several');
    for (const metric of metrics) values[`${label}${metric.name}`] = metric.compute(predictions);
  };
  if (metrics.length > 0 && on !== 'validation') enter('', await evaluate(examples, { outputs: true }));
  if (held) {
    const wanted = metrics.length > 0 && on !== 'training';
    const found = await evaluate(held, { outputs: wanted });
    values['validation loss'] = found.loss;
    if (wanted) enter('validation ', found);
  }
  return values;
}
