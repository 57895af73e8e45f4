/**
 * Steps of ours, as the training loop takes them.
 */
import { readExamples } from '#kernel/nets/train/examples';
import { stepper } from '#kernel/nets/train/steps';
import type { Arrays } from './arrays.ts';
import type { Task } from './tasks.ts';

/** The numbers of a task. */
export function dataOf({ x, y }: Task, arrays: Arrays) {
  return { x: arrays.read(x), y: arrays.read(y) };
}

/** One step after another, on batches in the order of the data. */
export function ourSteps(task: Task, arrays: Arrays): () => void {
  const net = task.build(arrays);
  const { loss, optimiser, batchSize } = task;
  const examples = readExamples(net, loss, dataOf(task, arrays), 'bench');
  const steps = stepper({ net, loss, optimiser, clip: undefined, accumulate: 1, reproducible: false });
  const order = Int32Array.from({ length: examples.rows }, (_, i) => i);
  const batches = Math.floor(examples.rows / batchSize);
  let step = 0;
  return () => {
    const from = (step % batches) * batchSize;
    step++;
    steps.batch(examples, order, from, from + batchSize, { step });
  };
}
