/**
 * Random changes of images, alone and in training.
 */
import { describe, expect, it } from 'vitest';
import { type Augmentation, augmentation } from '#kernel/nets/data/index';
import {
  adam,
  crossEntropy,
  embedding,
  flatten,
  linear,
  network,
  sequential,
  type TrainOptions,
  train,
} from '#kernel/nets/index';
import { key, Stream } from '#kernel/numeric/random';

const image = () => Float64Array.from({ length: 2 * 3 * 4 }, (_, i) => i + 1);
const shape = [2, 3, 4];
const changed = (change: Augmentation, seed: number, values = image(), sizes = shape) => {
  change.apply(values, sizes, new Stream(key(seed)));
  return [...values];
};

describe('shift', () => {
  it('moves whole pixels within its bound, in all channels alike, with zeros behind', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const values = changed(augmentation.shift(1), seed);
      const at = (k: number, row: number, column: number) => values[12 * k + 4 * row + column]!;
      // Where did the middle (1, 1), 6 in the first channel, go?
      const found = values.indexOf(6);
      const [down, right] = [Math.floor(found / 4) - 1, (found % 4) - 1];
      seen.add(`${down} ${right}`);
      for (let k = 0; k < 2; k++) {
        for (let row = 0; row < 3; row++) {
          for (let column = 0; column < 4; column++) {
            const [r, c] = [row - down, column - right];
            const inside = r >= 0 && r < 3 && c >= 0 && c < 4;
            expect(at(k, row, column)).toBe(inside ? 12 * k + 4 * r + c + 1 : 0);
          }
        }
      }
    }
    expect(seen.size).toBe(9);
  });
  it('by 0 changes nothing', () => {
    expect(changed(augmentation.shift(0), 1)).toEqual([...image()]);
  });
});

describe('flip', () => {
  it('mirrors one time in two', () => {
    let mirrored = 0;
    for (let seed = 0; seed < 400; seed++) if (changed(augmentation.flip(), seed)[0] === 4) mirrored++;
    expect(Math.abs(mirrored - 200)).toBeLessThan(4 * 10); // binomial, sd 10
    const both = [1, 2, 3, 4, 5].map((seed) => changed(augmentation.flip(), seed)).find(([first]) => first === 4)!;
    expect(both.slice(0, 8)).toEqual([4, 3, 2, 1, 8, 7, 6, 5]);
  });
  it('top and bottom where told', () => {
    const found = [1, 2, 3, 4, 5]
      .map((seed) => changed(augmentation.flip('vertical'), seed))
      .find(([first]) => first === 9)!;
    expect(found.slice(0, 4)).toEqual([9, 10, 11, 12]);
  });
});

describe('rotate', () => {
  it('by nothing changes nothing, and keeps the middle', () => {
    expect(changed(augmentation.rotate(0), 1)).toEqual([...image()]);
    const square = Float64Array.from({ length: 25 }, (_, i) => (i === 12 ? 1 : 0));
    for (let seed = 0; seed < 20; seed++) {
      expect(changed(augmentation.rotate(180), seed, square.slice(), [5, 5])[12]).toBeCloseTo(1, 12);
    }
  });
  it('turns what is right of the middle up or down', () => {
    // A quarter turn takes the right end of a cross to the top or the bottom; in between linear.
    const point = () => Float64Array.from({ length: 25 }, (_, i) => (i === 14 ? 1 : 0)); // row 2, column 4
    const up = Array.from({ length: 60 }, (_, seed) => changed(augmentation.rotate(90), seed, point(), [5, 5]));
    expect(up.some((values) => values[4]! + values[3]! > 0.3)).toBe(true);
    expect(up.some((values) => values[24]! + values[23]! > 0.3)).toBe(true);
    for (const values of up) expect(values[10]).toBeCloseTo(0, 12); // never on the other side
  });
});

describe('noise', () => {
  it('has its standard deviation, for any shape', () => {
    const values = changed(augmentation.noise(0.5), 7, new Float64Array(10_000), [10_000]);
    const sd = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / 10_000);
    expect(Math.abs(sd - 0.5)).toBeLessThan((4 * 0.5) / Math.sqrt(20_000));
  });
});

describe('what cannot be', () => {
  it.each([
    [() => augmentation.shift(-1), 'augmentation.shift: pixels must be a whole number ≥ 0, got -1'],
    [() => augmentation.rotate(200), 'augmentation.rotate: degrees must lie in [0, 180], got 200'],
    [() => augmentation.noise(Number.NaN), 'standard deviation must be a number ≥ 0, got NaN'],
    [
      () => changed(augmentation.flip(), 4, new Float64Array(8), [8]),
      'flip is of images, shape [channels, height, width] or [height, width]; the net takes [8]',
    ],
  ])('%#', (make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});

describe('in training', () => {
  const data = {
    x: Array.from({ length: 24 }, (_, i) => Array.from({ length: 16 }, (_, j) => Math.sin(i * j))),
    y: Array.from({ length: 24 }, (_, i) => i % 3),
  };
  const net = () => network(sequential(flatten(), linear(16, 3)), { input: [1, 4, 4], seed: 1 });
  const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
    loss: crossEntropy(),
    optimiser: adam({ rate: 0.05 }),
    epochs: 3,
    batchSize: 8,
    augment: [augmentation.shift(1), augmentation.noise(0.1)],
    ...more,
  });
  const flat = { x: data.x.flat(), y: data.y };
  it('changes examples anew each time, and not the data', async () => {
    const before = flat.x.slice();
    const history = await train(net(), flat, options({ optimiser: adam({ rate: 1e-30 }), shuffle: false }));
    const plain = await train(net(), flat, options({ optimiser: adam({ rate: 1e-30 }), shuffle: false, augment: [] }));
    expect(history.stepLosses[0]).not.toBe(history.stepLosses[3]);
    expect(plain.stepLosses[0]).toBe(plain.stepLosses[3]);
    expect(flat.x).toEqual(before);
  });
  it('goes on bit for bit after a stop', async () => {
    const [whole, part] = [net(), net()];
    await train(whole, flat, options());
    const { epochs: _, ...rest } = options();
    const first = await train(part, flat, { ...rest, steps: 4 });
    await train(part, flat, { ...options(), resume: first });
    expect(part.get('1.weight')).toEqual(whole.get('1.weight'));
  });
  it('takes one change alone, and accumulated batches', async () => {
    const history = await train(net(), flat, options({ augment: augmentation.flip(), accumulate: 2, batchSize: 4 }));
    expect(history.run.step).toBe(9);
  });
  it('is for numbers', async () => {
    const words = network(sequential(embedding(3, 2), flatten(), linear(4, 3)), {
      input: { shape: [2], integer: true },
    });
    const tokens = { x: data.y.map((y) => [y, 0]), y: data.y };
    await expect(train(words, tokens, options())).rejects.toThrow(
      'train: augment is for nets with one input of numbers',
    );
  });
});
