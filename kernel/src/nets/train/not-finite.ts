/**
 * Why a loss is not a finite number: which layer gave the first NaN or infinity, and what to try.
 */
import { formatNumber } from '../../estimate/table.ts';
import { foldIn, key as keyOf } from '../../numeric/random.ts';
import { compileStep } from '../../program/index.ts';
import type { Network } from '../net.ts';
import type { Clipping } from '../optimisers/clip.ts';
import { KEY, leavesOf } from '../trace.ts';
import type { Loss, Value } from '../types.ts';
import type { Examples } from './examples.ts';
import { feed } from './steps.ts';

/** Training met a loss that is not a finite number. The net has the last parameters that were finite. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
  readonly epoch: number; // from 1
  readonly step: number; // from 1
  /** Path of the layer; empty where it is the net itself or the data. */
  readonly layer: string;

  constructor(message: string, { epoch, step, layer }: { epoch: number; step: number; layer: string }) {
    super(message);
    this.epoch = epoch;
    this.step = step;
    this.layer = layer;
  }
}

/** Where a number that is not finite comes from. */
export interface Source {
  readonly layer: string;
  readonly words: string;
}

/** The error of a loss that is not finite, with what to try. */
export function brokenLoss(
  value: number,
  { layer, words }: Source,
  { epoch, step, rate, clip }: { epoch: number; step: number; rate: number; clip: Clipping | undefined },
): TrainingError {
  const advice = [
    `a smaller rate (it was ${formatNumber(rate)})`,
    ...(clip ? [] : ['clip: { norm: 1 }']),
    'inputs of mean 0 and standard deviation 1',
  ];
  return new TrainingError(
    `train: the loss is ${value} at step ${step} (epoch ${epoch}): ${words}. Try ${advice.join(', or ')}. The net has the last parameters that were finite`,
    { epoch, step, layer },
  );
}

const finite = (values: ArrayLike<number>): boolean => {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
};

/** Parameters that hold something that is not finite. */
export function brokenParameters<Out extends Value>(net: Network<Out>): string[] {
  return net.inventory.parameters.map(({ path }) => path).filter((path) => !finite(net.state.array(path)));
}

/** Where the first number that is not finite comes from, with the net's present parameters. */
export function findSource<Out extends Value>(
  net: Network<Out>,
  loss: Loss<Out>,
  examples: Examples,
  rows: ArrayLike<number>,
  step: number,
): Source {
  for (const { name, size, values } of [...examples.inputs, examples.target]) {
    for (let i = 0; i < rows.length; i++) {
      for (let j = 0; j < size; j++) {
        if (Number.isFinite(values[rows[i]! * size + j]!)) continue;
        return {
          layer: '',
          words: `the data has ${values[rows[i]! * size + j]} in ${name.slice(1)}, example ${rows[i]}; remove or fill in what is missing`,
        };
      }
    }
  }
  const { visits, variables, target, loss: total, key } = net.differentiate({ loss, batchSize: rows.length });
  const leaves = visits.flatMap(({ path, layer, output }) =>
    leavesOf(output).map(({ value }) => ({ path, kind: layer.kind, value })),
  );
  const inputs = [...variables, target, ...(key === undefined ? [] : [key])];
  const program = compileStep({ state: net.state, inputs, outputs: [...leaves.map(({ value }) => value), total] });
  feed(program, examples, rows, 0, rows.length);
  if (key !== undefined) program.input(KEY).set(foldIn(foldIn(keyOf(net.seed), 'training'), step));
  program.execute();
  const at = leaves.findIndex((_, i) => !finite(program.output(i)));
  if (at >= 0) {
    const { path, kind } = leaves[at]!;
    const values = program.output(at);
    const wrong = values.find((value) => !Number.isFinite(value))!;
    return { layer: path, words: `layer '${path}' (${kind}) gave the first ${wrong}` };
  }
  return finite(program.output(leaves.length))
    ? { layer: '', words: 'the gradient overflowed in the update before' }
    : { layer: '', words: `every layer's output is finite and the loss (${loss.name}) is not` };
}
