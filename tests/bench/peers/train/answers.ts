/**
 * What the sides of tfjs and jax-js have in common: batches of a task, and answering questions on standard input.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { Arrays, type Numbers } from '../../train/arrays.ts';

/** Steps of the transformer's run. */
const TRANSFORMER_STEPS = 60;
/** Batches that timed steps go round; made beforehand. */
const TIMED = 4;

const recurrent = { x: 'sequence', y: 'total', epochs: 4, size: 32, shuffled: false };
const kinds = {
  mlp: { x: 'digits', y: 'label', epochs: 20, size: 32, shuffled: true },
  lenet: { x: 'image', y: 'label', epochs: 5, size: 64, shuffled: true },
  rnn: recurrent,
  gru: recurrent,
  lstm: recurrent,
  transformer: { x: 'token', y: 'next', epochs: 1, size: 16, shuffled: false },
};

/** A task's batches, first weights and rule of descent. */
export class Course {
  readonly arrays: Arrays;
  readonly kind: keyof typeof kinds;
  readonly rule: { readonly name: 'momentum' | 'adam'; readonly rate: number; readonly decay: number };
  readonly #x: Numbers;
  readonly #y: Numbers;
  readonly #rows: number;
  readonly #size: number;

  constructor(task: string, folder: string) {
    this.arrays = new Arrays(folder);
    const [kind = '', optimiser, size] = task.split(' ');
    this.kind = kind as keyof typeof kinds;
    const { x, y } = kinds[this.kind];
    this.#x = this.arrays.read(x);
    this.#y = this.arrays.read(y);
    this.#rows = this.arrays.shape(x)[0]!;
    this.#size = size === undefined ? kinds[this.kind].size : Number(size);
    const momentum = optimiser === 'sgd' || kind === 'lenet';
    const rate = momentum ? (kind === 'lenet' ? 0.02 : 0.05) : kind === 'mlp' || kind === 'transformer' ? 1e-3 : 2e-3;
    this.rule = { name: momentum ? 'momentum' : 'adam', rate, decay: kind === 'transformer' ? 0.01 : 0 };
  }

  /** First weights, by their names without the kind. */
  *weights(): Iterable<{ readonly name: string; readonly values: Float32Array; readonly shape: readonly number[] }> {
    for (const name of this.arrays.names(`${this.kind}.`)) {
      const values = Float32Array.from(this.arrays.read(name));
      yield { name: name.slice(this.kind.length + 1), values, shape: this.arrays.shape(name) };
    }
  }

  /** Rows of the examples, in this order. */
  #gather(order: Int32Array): { x: Numbers; y: Numbers; rows: number } {
    const pick = (all: Numbers) => {
      const width = all.length / this.#rows;
      const found =
        all instanceof Int32Array ? new Int32Array(order.length * width) : new Float32Array(order.length * width);
      for (const [i, row] of order.entries()) found.set(all.subarray(row * width, (row + 1) * width), i * width);
      return found;
    };
    return { x: pick(this.#x), y: pick(this.#y), rows: order.length };
  }

  /** All batches of the run whose losses are compared, in order. */
  *batches(): Iterable<{ x: Numbers; y: Numbers; rows: number }> {
    const { epochs, shuffled } = kinds[this.kind];
    const whole = Math.floor(this.#rows / this.#size);
    const count = this.kind === 'transformer' ? Math.min(whole, TRANSFORMER_STEPS) : whole;
    const orders = shuffled ? this.arrays.read('order') : Int32Array.from({ length: this.#rows }, (_, i) => i);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const from = shuffled ? epoch * this.#rows : 0;
      for (let i = 0; i < count; i++) {
        const start = from + i * this.#size;
        yield this.#gather(Int32Array.from(orders.subarray(start, start + this.#size)));
      }
    }
  }

  /** The first few batches, for steps that are timed. */
  timed(): { x: Numbers; y: Numbers; rows: number }[] {
    const found = [];
    for (const batch of this.batches()) {
      found.push(batch);
      if (found.length === TIMED) break;
    }
    return found;
  }

  /** All examples. */
  all(): { x: Numbers; y: Numbers; rows: number } {
    return this.#gather(Int32Array.from({ length: this.#rows }, (_, i) => i));
  }
}

/** Class i as a row of zeros with a one. */
export function oneHot(labels: Numbers, classes: number): Float32Array {
  const found = new Float32Array(labels.length * classes); // (labels, classes)
  labels.forEach((label, i) => {
    found[i * classes + label] = 1;
  });
  return found;
}

/** (rows, time, width) → (time, rows, width): recurrent nets read one time after another. */
export function timeFirst(values: Numbers, rows: number, time: number, width: number): Float32Array {
  return Float32Array.from({ length: values.length }, (_, i) => {
    const [t, row, k] = [Math.floor(i / (rows * width)), Math.floor(i / width) % rows, i % width];
    return values[(row * time + t) * width + k]!;
  });
}

/** A peer's ways to train a task. */
export interface Sides {
  /** Train as the reference did. @returns the loss of the first step, and the loss at the end */
  train(): Promise<readonly [first: number, last: number]>;
  /** Take so many steps. */
  steps(count: number): Promise<void>;
}

/** From the file that this process was given: the task, and what loads the bench's own packages of npm. */
export function given(): { readonly course: Course; readonly load: (name: string) => unknown } {
  const { task, folder, modules } = JSON.parse(readFileSync(process.argv[2]!, 'utf8'));
  return { course: new Course(task, folder), load: createRequire(modules) };
}

/** Answer questions until there are none. */
export async function answer({ train, steps }: Sides): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const [question, count] = line.split(' ');
    let reply: unknown;
    if (question === 'value') {
      const [first, last] = await train();
      reply = [{ value: last, gradient: [first] }];
    } else {
      const started = process.cpuUsage();
      await steps(Number(count));
      const { user, system } = process.cpuUsage(started);
      reply = { us: (user + system) / Number(count) };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}
