import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Course, oneHot, timeFirst } from './answers.ts';

const folder = mkdtempSync(join(tmpdir(), 'estimand-answers-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** 70 digits of two numbers each (the row, and its half), labelled by the row; the epochs go backwards. */
function write(name: string, values: Float32Array | Int32Array, shape: readonly number[]) {
  writeFileSync(join(folder, `${name}.bin`), new Uint8Array(values.buffer));
  return [name, { shape, dtype: values instanceof Int32Array ? 'int32' : 'float32' }];
}
const rows = Array.from({ length: 70 }, (_, i) => i);
const backwards = Array.from({ length: 20 }, (_, epoch) => rows.map((i) => (69 - i + epoch) % 70)).flat();
const meta = [
  write('digits', Float32Array.from(rows.flatMap((i) => [i, i / 2])), [70, 2]),
  write('label', Int32Array.from(rows), [70]),
  write('order', Int32Array.from(backwards), [20, 70]),
  write('mlp.w1', Float32Array.of(1, 2, 3, 4), [2, 2]),
  write('mlp.b1', Float32Array.of(5, 6), [2]),
  write('rnn.wi', Float32Array.of(7), [1, 1]),
];
writeFileSync(join(folder, 'meta.json'), JSON.stringify(Object.fromEntries(meta)));
const course = new Course('mlp sgd 32', folder);

describe('the batches of tfjs and jax-js', () => {
  it('go through each epoch in its order, and leave out what does not fill a batch', () => {
    const batches = [...course.batches()];
    expect(batches).toHaveLength(40); // 20 epochs of 2
    expect([...batches[0]!.y]).toEqual(backwards.slice(0, 32));
    expect([...batches[1]!.y]).toEqual(backwards.slice(32, 64));
    expect([...batches[2]!.y]).toEqual(backwards.slice(70, 102));
  });
  it('have the examples of their labels', () => {
    const { x, y } = course.timed()[0]!;
    expect([...x]).toEqual([...y].flatMap((row) => [row, row / 2]));
  });
  it('are the first four where steps are timed', () => {
    expect(course.timed().map(({ y }) => y)).toEqual([...course.batches()].slice(0, 4).map(({ y }) => y));
  });
  it('come with all examples, in the order of the data', () => {
    expect([...course.all().y]).toEqual(rows);
    expect(course.all().rows).toBe(70);
  });
  it('come with the weights of their own kind', () => {
    expect([...course.weights()]).toEqual([
      { name: 'w1', values: Float32Array.of(1, 2, 3, 4), shape: [2, 2] },
      { name: 'b1', values: Float32Array.of(5, 6), shape: [2] },
    ]);
  });
  it('are as many rows as the name of the task says', () => {
    expect([...new Course('mlp adam 64', folder).batches()][0]!.rows).toBe(64);
  });
});

describe('arrays as tfjs and jax-js want them', () => {
  it('classes are rows of zeros with a one', () => {
    expect([...oneHot(Int32Array.of(2, 0), 3)]).toEqual([0, 0, 1, 1, 0, 0]);
  });
  it('time comes before rows', () => {
    const given = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12); // 2 rows, 3 times, 2 numbers
    expect([...timeFirst(given, 2, 3, 2)]).toEqual([1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12]);
  });
});
