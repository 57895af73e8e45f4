/**
 * The training loop: what it does to a net in batches, updates and epochs, and how it validates.
 */
import { describe, expect, it } from 'vitest';
import { digits } from '#kernel/data/index';
import {
  adam,
  crossEntropy,
  lbfgs,
  linear,
  meanSquaredError,
  network,
  relu,
  sequential,
  sgd,
} from '#kernel/nets/index';
import { plateau, stepDecay } from '#kernel/nets/schedules';
import { permutation } from '#kernel/nets/train/examples';
import { accuracy, type StepEvent, type TrainOptions, train } from '#kernel/nets/train/index';
import { key } from '#kernel/numeric/random';
import { data, labels, options, points, small, weights } from './clusters.ts';

const events = async (more: Partial<TrainOptions> = {}): Promise<StepEvent[]> => {
  const seen: StepEvent[] = [];
  await train(small(), data, options({ onStep: (event) => seen.push(event), ...more }));
  return seen;
};

describe('batches', () => {
  it('go over every example in each epoch, the last one shorter', async () => {
    const seen = await events({ epochs: 2 });
    expect(seen.map(({ epoch, batch, step }) => [epoch, batch, step])).toEqual([
      ...[1, 2, 3, 4, 5].map((batch) => [1, batch, batch]),
      ...[1, 2, 3, 4, 5].map((batch) => [2, batch, batch + 5]),
    ]);
  });
  it('leave the last one out where told', async () => {
    expect(await events({ epochs: 1, dropLast: true })).toHaveLength(4);
  });
  it('of all examples, in a loop of plain gradient descent, are gradient descent', async () => {
    const net = network(linear(2, 1), { input: [2], precision: 'double' });
    const [w0, b0] = [net.get('weight').values.slice(), net.get('bias').values.slice()];
    const y = points.map(([a, b]) => 2 * a! - b! + 0.5);
    await train(
      net,
      { x: points, y },
      { loss: meanSquaredError(), optimiser: sgd({ rate: 0.1 }), epochs: 3, batchSize: 1000 },
    );
    const w = [w0[0]!, w0[1]!];
    let [b] = b0 as unknown as [number];
    for (let t = 0; t < 3; t++) {
      const r = points.map((p, i) => w[0]! * p[0]! + w[1]! * p[1]! + b - y[i]!);
      const slope = (of: (i: number) => number) => (2 * r.reduce((sum, e, i) => sum + e * of(i), 0)) / 70;
      const g = [slope((i) => points[i]![0]!), slope((i) => points[i]![1]!), slope(() => 1)];
      w[0]! -= 0.1 * g[0]!;
      w[1]! -= 0.1 * g[1]!;
      b -= 0.1 * g[2]!;
    }
    expect(net.get('weight').values[0]).toBeCloseTo(w[0]!, 12);
    expect(net.get('weight').values[1]).toBeCloseTo(w[1]!, 12);
    expect(net.get('bias').values[0]).toBeCloseTo(b, 12);
  });
  it('come in another order each epoch, the same for the same seed', async () => {
    const orders: number[][] = [];
    const follow = (seed: number) => train(small(), data, options({ seed, epochs: 1 }));
    const [one, again, other] = [await follow(5), await follow(5), await follow(6)];
    expect([...again.stepLosses]).toEqual([...one.stepLosses]);
    expect([...other.stepLosses]).not.toEqual([...one.stepLosses]);
    for (const epoch of [0, 1]) orders.push([...permutation([epoch, 0, 0, 0], 70)]);
    expect(orders[0]).not.toEqual(orders[1]);
    for (const order of orders) expect([...order].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
  });
  it('come in the order of the data, or in one given', async () => {
    const plain = await train(small(), data, options({ shuffle: false, epochs: 1 }));
    const given = await train(
      small(),
      data,
      options({ shuffle: (_, n) => Array.from({ length: n }, (_, i) => i), epochs: 1 }),
    );
    const back = await train(
      small(),
      data,
      options({ shuffle: (_, n) => Array.from({ length: n }, (_, i) => n - 1 - i), epochs: 1 }),
    );
    expect([...given.stepLosses]).toEqual([...plain.stepLosses]);
    expect([...back.stepLosses]).not.toEqual([...plain.stepLosses]);
  });
  it('each place of a random order is as likely as any other', () => {
    const counts = new Float64Array(16); // (position, value)
    for (let i = 0; i < 4000; i++)
      for (const [at, value] of permutation(key(i), 4).entries()) counts[4 * at + value]!++;
    // Binomial with standard deviation 27.4: 4.5 of them, false alarm 1e-4 over the 16.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4.5 * 27.4);
  });
});

describe('training makes the loss small', () => {
  it('of clusters in the plane', async () => {
    const history = await train(small(), data, options({ epochs: 40, metrics: [accuracy()] }));
    expect(history.last('accuracy')).toBeGreaterThan(0.95);
    expect(history.last('loss')).toBeLessThan(0.2 * history.rows[0]!.values.loss!);
  });
  it('of digits, given as they ship', async () => {
    const { pixels, digit } = digits();
    const net = network(sequential(linear(64, 32), relu(), linear(32, 10)), { input: [64], seed: 3 });
    const history = await train(
      net,
      { x: pixels.map((ink) => ink / 16), y: digit },
      { loss: crossEntropy(), optimiser: adam({ rate: 3e-3 }), epochs: 5, validation: 0.25, metrics: [accuracy()] },
    );
    expect(history.last('validation accuracy')).toBeGreaterThan(0.9);
  }, 60_000);
});

describe('several batches an update', () => {
  it('are one batch of as many examples', async () => {
    for (const clip of [undefined, { norm: 0.1 }]) {
      const [one, four] = [small(), small()];
      await train(one, data, options({ batchSize: 32, ...(clip && { clip }) }));
      await train(four, data, options({ batchSize: 8, accumulate: 4, ...(clip && { clip }) }));
      // Each last update has what is left: 70 = 32 + 32 + 6.
      weights(one).forEach((values, i) => {
        values.forEach((value, j) => {
          expect(weights(four)[i]![j]!).toBeCloseTo(value, 5);
        });
      });
    }
  });
  it('count as one step', async () => {
    expect((await events({ epochs: 1, batchSize: 8, accumulate: 4 })).map(({ step }) => step)).toEqual([1, 2, 3]);
  });
  it('drop something else each', async () => {
    const net = small(1, 0.5);
    const run = await train(
      net,
      data,
      options({ batchSize: 35, accumulate: 2, steps: 1, shuffle: () => Array.from({ length: 70 }, (_, i) => i % 35) }),
    );
    const once = await train(
      small(1, 0.5),
      data,
      options({ batchSize: 35, steps: 1, shuffle: () => Array.from({ length: 70 }, (_, i) => i % 35) }),
    );
    expect(run.stepLosses[0]).not.toBe(once.stepLosses[0]);
  });
});

describe('the rate', () => {
  it('follows a schedule by epochs', async () => {
    const rates = (await events({ epochs: 3, schedule: stepDecay({ every: 1, factor: 0.5 }) })).map(({ rate }) => rate);
    expect([rates[0], rates[5], rates[10]]).toEqual([0.1, 0.05, 0.025]);
  });
  it('follows a schedule by steps, and a function', async () => {
    const stepwise = await events({ epochs: 1, schedule: stepDecay({ every: 2, factor: 0.5, per: 'step' }) });
    expect(stepwise.map(({ rate }) => rate)).toEqual([0.1, 0.1, 0.05, 0.05, 0.025]);
    const own = await events({ epochs: 1, schedule: ({ step, base }) => base / (1 + step) });
    expect(own.map(({ rate }) => rate)[4]).toBeCloseTo(0.02, 12);
  });
  it('falls on a plateau of the loss', async () => {
    const history = await train(
      small(),
      data,
      options({ epochs: 6, schedule: plateau({ patience: 0, threshold: 0.9 }) }),
    );
    expect(history.rows.map(({ rate }) => rate)[5]).toBeLessThan(0.1);
  });
  it('may not be negative', async () => {
    await expect(train(small(), data, options({ schedule: () => -1 }))).rejects.toThrow(
      'the schedule gave the rate -1',
    );
  });
});

describe('validation', () => {
  it('puts a share aside: nothing of it is trained on', async () => {
    let rows = 0;
    const seen = await events({ epochs: 1, validation: 0.3, onStep: () => rows++ });
    expect([seen.length, rows]).toEqual([0, 4]); // 49 examples
  });
  it('gives loss and metrics of the data given', async () => {
    const net = small();
    const history = await train(
      net,
      data,
      options({ validation: data, metrics: [accuracy()], measure: 'both', epochs: 3 }),
    );
    expect(history.columns).toEqual(['loss', 'accuracy', 'validation loss', 'validation accuracy']);
    expect(history.last('accuracy')).toBe(history.last('validation accuracy'));
  });
  it('is on the whole: batches of evaluation do not show', async () => {
    const many = {
      x: Array.from({ length: 600 }, (_, i) => points[i % 70]!),
      y: Array.from({ length: 600 }, (_, i) => (i % 70) % 3),
    };
    const net = network(linear(2, 3), { input: [2], precision: 'double' });
    const history = await train(net, many, options({ epochs: 1, validation: many }));
    const { values: w } = net.get('weight');
    const { values: b } = net.get('bias');
    let sum = 0;
    many.x.forEach(([p, q], i) => {
      const scores = [0, 1, 2].map((k) => w[2 * k]! * p! + w[2 * k + 1]! * q! + b[k]!);
      sum += Math.log(scores.reduce((s, z) => s + Math.exp(z), 0)) - scores[many.y[i]!]!;
    });
    expect(history.last('validation loss')).toBeCloseTo(sum / 600, 12);
  });
  it('refuses shares that leave nothing', async () => {
    await expect(train(small(), data, options({ validation: 1.5 }))).rejects.toThrow('a share between 0 and 1');
    await expect(train(small(), data, options({ validation: 0.001 }))).rejects.toThrow('leaves one side empty');
  });
});

describe('L-BFGS', () => {
  const convex = () => network(linear(2, 3), { input: [2], precision: 'double' });
  it('finds the optimum of a convex loss, an iteration an epoch', async () => {
    const net = convex();
    const decay = { x: points, y: labels.map((y, i) => (i % 10 === 0 ? (y + 1) % 3 : y)) }; // not separable
    const history = await train(net, decay, { loss: crossEntropy(), optimiser: lbfgs(), epochs: 200 });
    expect([history.ending, history.reason]).toEqual(['stopped early', 'converged']);
    const [, slower] = [net, convex()];
    await train(slower, decay, { loss: crossEntropy(), optimiser: sgd({ rate: 2 }), epochs: 4000, batchSize: 70 });
    const loss = history.last('loss');
    const other = await train(slower, decay, { loss: crossEntropy(), optimiser: lbfgs(), epochs: 1 });
    expect(Math.abs(loss - other.last('loss'))).toBeLessThan(1e-9);
  }, 60_000);
  it.each([
    [{ clip: { norm: 1 } }, 'takes no clip'],
    [{ accumulate: 2 }, 'takes no accumulate'],
    [{ schedule: plateau() }, 'takes no schedule'],
  ])('%o is refused', async (more, message) => {
    const { epochs = 1 } = {};
    await expect(
      train(convex(), data, { loss: crossEntropy(), optimiser: lbfgs(), epochs, ...more } as TrainOptions),
    ).rejects.toThrow(message);
  });
  it('refuses a net that draws random numbers', async () => {
    await expect(train(small(1, 0.5), data, options({ optimiser: lbfgs() }))).rejects.toThrow('draws random numbers');
  });
});

describe('what is frozen', () => {
  it('stays, and has no state of the optimiser', async () => {
    const net = small();
    net.freeze('0');
    const before = net.get('0.weight').values;
    await train(net, data, options());
    expect(net.get('0.weight').values).toEqual(before);
    expect(net.state.names.filter((name) => name.startsWith('@'))).toEqual(['@momentum:3.weight', '@momentum:3.bias']);
  });
  it('altogether leaves nothing to train', async () => {
    const net = small();
    net.freeze('*');
    await expect(train(net, data, options())).rejects.toThrow('every parameter of the net is frozen');
  });
});

describe('data and options that do not fit', () => {
  it.each([
    [
      { x: points, y: labels.slice(1) },
      {},
      'train: y should have one number an example for crossEntropy, 70 for 70 examples; got 69',
    ],
    [{ x: points, y: labels.map(() => 3) }, {}, 'label 3 at position 0 is not one of the classes 0 … 2'],
    [{ x: points.map(() => [1, 2, 3]), y: labels }, {}, 'train: x'],
    [{ x: [], y: [] }, {}, 'train: x has no examples'],
    [data, { validation: { x: points, y: labels.map(() => -1) } }, 'label -1 at position 0'],
    [data, { batchSize: 0 }, 'train: batchSize must be a whole number from 1'],
    [data, { accumulate: 1.5 }, 'train: accumulate must be a whole number from 1'],
    [data, { epochs: -1 }, 'train: epochs must be a whole number from 0'],
    [data, { epochs: undefined }, 'train: give either epochs or steps'],
    [data, { steps: 3, epochs: 2 }, 'train: give either epochs or steps'],
    [data, { batchSize: 100, dropLast: true }, '70 examples are less than one batch of 100'],
    [data, { optimizer: 1 }, "train: no option called 'optimizer'; there are: loss, optimiser"],
    [data, { seed: -1 }, 'train: seed must be a whole number'],
  ] as const)('%#', async (given, more, message) => {
    await expect(train(small(), given as never, { ...options(), ...more } as never)).rejects.toThrow(message);
  });
});
