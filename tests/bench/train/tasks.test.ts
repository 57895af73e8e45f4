import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Course } from '../peers/train/answers.ts';
import { lackOf } from '../peers/train.ts';
import { Arrays } from './arrays.ts';
import { ourSteps } from './steps.ts';
import { type Task, tasks } from './tasks.ts';

const folder = mkdtempSync(join(tmpdir(), 'estimand-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Arrays of the sizes the peers' program makes, with other numbers: what is built from them must fit. */
function writeArrays(shapes: Readonly<Record<string, readonly number[]>>, labels: readonly string[]): Arrays {
  const meta = Object.entries(shapes).map(([name, shape]) => {
    const size = shape.reduce((product, n) => product * n, 1);
    const whole = labels.includes(name);
    const values = Array.from({ length: size }, (_, i) => (whole ? i % 10 : 0.1 * Math.sin(i + 1)));
    const array = whole ? Int32Array.from(values) : Float32Array.from(values);
    writeFileSync(join(folder, `${name}.bin`), new Uint8Array(array.buffer));
    return [name, { shape, dtype: whole ? 'int32' : 'float32' }];
  });
  writeFileSync(join(folder, 'meta.json'), JSON.stringify(Object.fromEntries(meta)));
  return new Arrays(folder);
}

const gates = { rnn: 1, gru: 3, lstm: 4 };
const recurrent = Object.entries(gates).flatMap(([kind, n]) => [
  [`${kind}.wi`, [n * 64, 2]],
  [`${kind}.wh`, [n * 64, 64]],
  [`${kind}.bi`, [n * 64]],
  [`${kind}.bh`, [n * 64]],
  [`${kind}.wo`, [64, 1]],
  [`${kind}.bo`, [1]],
]);
const blocks = ['0', '1'].flatMap((i) =>
  Object.entries({
    ...{ ln1g: [64], ln1b: [64], qkv: [64, 192], qkvb: [192], proj: [64, 64], projb: [64] },
    ...{ ln2g: [64], ln2b: [64], fc: [64, 256], fcb: [256], fc2: [256, 64], fc2b: [64] },
  }).map(([name, shape]) => [`transformer.${i}.${name}`, shape]),
);
const arrays = writeArrays(
  {
    digits: [300, 64],
    label: [300],
    image: [300, 28, 28],
    order: [20, 300],
    sequence: [40, 50, 2],
    total: [40],
    token: [20, 64],
    next: [20, 64],
    ...{ 'mlp.w1': [64, 128], 'mlp.b1': [128], 'mlp.w2': [128, 10], 'mlp.b2': [10] },
    ...{ 'lenet.c1w': [6, 1, 5, 5], 'lenet.c1b': [6], 'lenet.c2w': [16, 6, 5, 5], 'lenet.c2b': [16] },
    ...{ 'lenet.f1w': [400, 120], 'lenet.f1b': [120], 'lenet.f2w': [120, 84], 'lenet.f2b': [84] },
    ...{ 'lenet.f3w': [84, 10], 'lenet.f3b': [10] },
    ...Object.fromEntries([...recurrent, ...blocks]),
    ...{ 'transformer.wte': [65, 64], 'transformer.wpe': [64, 64], 'transformer.lnfg': [64], 'transformer.lnfb': [64] },
    'transformer.head': [64, 65],
  },
  ['label', 'order', 'token', 'next'],
);
/** Numbers of parameters, by hand: LeNet-5 with a dense C3 has 61,706. */
const counts: Readonly<Record<string, number>> = {
  'mlp sgd 32': 9610,
  'mlp adam 32': 9610,
  'mlp sgd 256': 9610,
  'mlp adam 256': 9610,
  lenet: 156 + 2416 + 400 * 120 + 120 + 120 * 84 + 84 + 84 * 10 + 10,
  rnn: 64 * 2 + 64 * 64 + 128 + 65,
  gru: 3 * (64 * 2 + 64 * 64 + 128) + 65,
  lstm: 4 * (64 * 2 + 64 * 64 + 128) + 65,
  transformer: 112_512,
};

describe('the tasks of the training bench', () => {
  it.each(Object.entries(tasks))(
    '%s: is built from the arrays, and has as many parameters as the peers',
    (name, task) => {
      expect(task.build(arrays).count()).toBe(counts[name]);
    },
  );
  it('the recurrent nets and the transformer take steps one after another, beyond the end of the data', () => {
    for (const name of ['rnn', 'transformer']) {
      const step = ourSteps(tasks[name] as Task, arrays);
      for (let i = 0; i < 3; i++) expect(step).not.toThrow();
    }
  });
  it.each(Object.entries(tasks))('%s: tfjs and jax-js take the same batches by the same rule', (name, task) => {
    const course = new Course(name, folder);
    const whole = Math.floor(arrays.shape(task.x)[0]! / task.batchSize);
    const batches = [...course.batches()];
    expect(batches.map(({ rows }) => rows)).toEqual(Array(task.epochs * whole).fill(task.batchSize));
    expect(batches[0]!.x.length).toBe((task.batchSize * arrays.read(task.x).length) / arrays.shape(task.x)[0]!);
    expect(task.optimiser.options).toMatchObject({
      rate: course.rule.rate,
      ...(course.rule.name === 'momentum' ? { momentum: 0.9 } : {}),
      ...(course.rule.decay === 0 ? {} : { weightDecay: course.rule.decay }),
    });
    const count = [...course.weights()].reduce((sum, { values }) => sum + values.length, 0);
    expect(count).toBe(counts[name]);
  });
  it('turns matrices the other way round', () => {
    const given = arrays.read('mlp.w2'); // (128, 10)
    const turned = arrays.transposed('mlp.w2'); // (10, 128)
    expect([turned[0], turned[1], turned[128]]).toEqual([given[0], given[10], given[1]]);
    expect(turned[9 * 128 + 127]).toBe(given[127 * 10 + 9]);
  });
  it('have a bar against PyTorch each, and against tfjs and jax-js where these can do them', () => {
    const bars = JSON.parse(readFileSync(new URL('../bars.json', import.meta.url), 'utf8'));
    for (const peer of ['tfjs-wasm', 'jax-js'] as const) {
      const can = Object.keys(tasks).filter((name) => lackOf(peer, name) === undefined);
      expect(Object.keys(bars[`train, ${peer}`]).sort()).toEqual(can.sort());
    }
    expect(Object.keys(bars['train, PyTorch']).sort()).toEqual(Object.keys(tasks).sort());
    for (const name of Object.keys(bars['train, JAX'])) expect(tasks).toHaveProperty([name]);
  });
});
