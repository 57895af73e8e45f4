/**
 * The training loop: what it does to a net, in which order, and how it ends.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { digits } from '#kernel/data/index';
import { type Host, installHost } from '#kernel/host/host';
import {
  adam,
  crossEntropy,
  dropout,
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
import {
  accuracy,
  type Callback,
  earlyStopping,
  type StepEvent,
  TrainingError,
  type TrainOptions,
  train,
} from '#kernel/nets/train/index';
import { key } from '#kernel/numeric/random';

/** Three clusters in the plane. */
const points = Array.from({ length: 70 }, (_, i) => [
  Math.cos((2 * Math.PI * (i % 3)) / 3) + 0.3 * Math.sin(7.1 * i),
  Math.sin((2 * Math.PI * (i % 3)) / 3) + 0.3 * Math.cos(5.3 * i),
]);
const labels = points.map((_, i) => i % 3);
const data = { x: points, y: labels };

const small = (seed = 1, rate = 0) =>
  network(sequential(linear(2, 8), relu(), dropout(rate), linear(8, 3)), { input: [2], seed });
type Small = ReturnType<typeof small>;
const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  loss: crossEntropy(),
  optimiser: sgd({ rate: 0.1, momentum: 0.9 }),
  ...(more.steps === undefined ? { epochs: 4 } : {}),
  batchSize: 16,
  ...more,
});
const weights = (net: Small) => net.inventory.parameters.map(({ path }) => [...net.get(path).values]);
const events = async (more: Partial<TrainOptions> = {}): Promise<StepEvent[]> => {
  const seen: StepEvent[] = [];
  await train(small(), data, options({ onStep: (event) => seen.push(event), ...more }));
  return seen;
};

afterEach(() => installHost(undefined));

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

describe('going on', () => {
  const whole = async (more: Partial<TrainOptions> = {}, rate = 0.3) => {
    const net = small(1, rate);
    const history = await train(net, data, options({ epochs: 6, ...more }));
    return { net, history };
  };
  it.each([
    ['at the end of an epoch', 10],
    ['in the middle of one', 13],
    ['at the first step', 1],
  ])('%s gives the bits of an unbroken run', async (_, steps) => {
    const validation = { validation: 0.2, metrics: [accuracy()], batchSize: 12 };
    const unbroken = await whole(validation);
    const net = small(1, 0.3);
    const part = await train(net, data, options({ steps, ...validation }));
    const { epochs: _none, ...rest } = options(validation);
    const history = await train(net, data, { ...rest, epochs: 6, resume: part });
    expect(weights(net)).toEqual(weights(unbroken.net));
    expect(history.rows).toEqual(unbroken.history.rows);
  });
  it('also with accumulation, a schedule and early stopping', async () => {
    const more = () => ({
      accumulate: 2,
      schedule: plateau({ patience: 0 }),
      validation: 0.2,
      callbacks: [earlyStopping({ patience: 1 })],
      optimiser: adam({ rate: 0.05 }),
    });
    const unbroken = await whole({ ...more(), epochs: 12 });
    const net = small(1, 0.3);
    const controller = new AbortController();
    const stop = {
      name: 'stop',
      step: (_: unknown, { step }: StepEvent) => step === 5 && controller.abort(),
    } as Callback;
    const settings = more();
    const part = await train(
      net,
      data,
      options({ ...settings, epochs: 12, signal: controller.signal, callbacks: [...settings.callbacks, stop] }),
    );
    expect(part.ending).toBe('interrupted');
    const history = await train(net, data, options({ ...more(), epochs: 12, resume: part }));
    expect(history.rows).toEqual(unbroken.history.rows);
    expect(history.reason).toBe(unbroken.history.reason);
    expect(weights(net)).toEqual(weights(unbroken.net));
  });
  it('a new run on the same net begins with a fresh optimiser', async () => {
    const [used, fresh] = [small(), small()];
    await train(used, data, options());
    for (const { path } of fresh.inventory.parameters) fresh.set(path, used.get(path).values);
    const [a, b] = [await train(used, data, options({ epochs: 2 })), await train(fresh, data, options({ epochs: 2 }))];
    expect([...a.stepLosses]).toEqual([...b.stepLosses]);
  });
  it('cut short within an epoch has a row of its part', async () => {
    const history = await train(small(), data, options({ steps: 7, metrics: [accuracy()] }));
    expect(history.rows.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 5],
      [2, 7],
    ]);
    expect([history.epochs, history.run.rows.length, history.ending]).toEqual([1, 1, 'complete']);
    expect(history.last('loss')).toBeCloseTo((history.stepLosses[5]! + history.stepLosses[6]!) / 2, 6);
  });
  it('of zero epochs does nothing', async () => {
    const net = small();
    const before = weights(net);
    const history = await train(net, data, options({ epochs: 0 }));
    expect([history.ending, history.rows.length]).toEqual(['complete', 0]);
    expect(weights(net)).toEqual(before);
  });
});

describe('early stopping', () => {
  it('stops after its patience and puts the best parameters back', async () => {
    const net = small();
    const kept: number[][][] = [];
    const history = await train(
      net,
      data,
      options({
        epochs: 50,
        validation: data,
        // Rates grow until it gets worse.
        schedule: ({ epoch }) => 0.02 * 3 ** epoch,
        callbacks: [earlyStopping({ patience: 2 }), () => void kept.push(weights(net))],
      }),
    );
    expect(history.ending).toBe('stopped early');
    const { epoch } = history.best('validation loss');
    expect(history.reason).toBe(`validation loss was best after epoch ${epoch}`);
    expect(history.epochs).toBe(epoch + 3);
    expect(weights(net)).toEqual(kept[epoch - 1]);
  });
  it('leaves the last parameters where told, and can watch a metric', async () => {
    const net = small();
    let last: number[][] = [];
    const keep = () => {
      last = weights(net);
    };
    const watching = earlyStopping({
      watch: 'accuracy',
      better: 'larger',
      patience: 0,
      leastGain: 0.5,
      restore: false,
    });
    const history = await train(net, data, options({ metrics: [accuracy()], callbacks: [watching, keep] }));
    expect(history.epochs).toBe(2);
    expect(weights(net)).toEqual(last);
  });
  it('says what there is to watch', async () => {
    await expect(train(small(), data, options({ callbacks: [earlyStopping()] }))).rejects.toThrow(
      "earlyStopping: there is no 'validation loss' to watch; there are loss (give validation: 0.2",
    );
  });
  it('checks its options', () => {
    expect(() => earlyStopping({ patience: -1 })).toThrow('patience must be a whole number ≥ 0, got -1');
    expect(() => earlyStopping({ leastGain: Number.NaN })).toThrow('leastGain must be ≥ 0, got NaN');
  });
});

describe('callbacks', () => {
  it('are called at the beginning, after steps and epochs, and at the end', async () => {
    const calls: string[] = [];
    const own: Callback = {
      name: 'own',
      begin: ({ epoch }) => void calls.push(`begin ${epoch}`),
      step: (_, { step }) => void calls.push(`step ${step}`),
      epoch: async ({ epoch, step, rows }) => void calls.push(`epoch ${epoch} ${step} ${rows.length}`),
      end: ({ ending }) => void calls.push(`end ${ending}`),
    };
    await train(small(), data, options({ epochs: 1, batchSize: 35, callbacks: [own] }));
    expect(calls).toEqual(['begin 0', 'step 1', 'step 2', 'epoch 1 2 1', 'end complete']);
  });
  it('can end the run', async () => {
    const history = await train(small(), data, options({ callbacks: [(run) => run.stop('enough')] }));
    expect([history.epochs, history.ending, history.reason]).toEqual([1, 'stopped early', 'enough']);
  });
  it('hear of the end also when one fails', async () => {
    const ends: string[] = [];
    const failing = () => Promise.reject(new Error('no room'));
    const callbacks = [failing, { name: 'own', end: () => void ends.push('end') }];
    await expect(train(small(), data, options({ callbacks }))).rejects.toThrow('no room');
    expect(ends).toEqual(['end']);
  });
  it('need names of their own', async () => {
    const twice = [earlyStopping(), earlyStopping()];
    await expect(train(small(), data, options({ callbacks: twice }))).rejects.toThrow(
      "train: two callbacks are called 'early stopping'",
    );
  });
});

describe('an interrupt', () => {
  it('keeps what there is', async () => {
    const controller = new AbortController();
    const net = small();
    const history = await train(net, data, {
      ...options({ epochs: 1000, signal: controller.signal }),
      onStep: ({ step }) => step === 12 && controller.abort(),
    } as TrainOptions);
    expect([history.ending, history.run.step, history.epochs]).toEqual(['interrupted', 12, 2]);
    expect(history.stepLosses).toHaveLength(12);
  });
  it('is heard from the notebook, while the event loop turns', async () => {
    const controller = new AbortController();
    installHost({ display: () => ({ update() {} }), signal: () => controller.signal } as Host);
    setTimeout(() => controller.abort(), 30);
    const history = await train(small(), data, options({ epochs: 1e6 }));
    expect(history.ending).toBe('interrupted');
  });
  it('leaves the event loop no longer waiting than 50 ms', async () => {
    let last = performance.now();
    let longest = 0;
    const controller = new AbortController();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const cpu = process.cpuUsage();
    setTimeout(() => controller.abort(), 400);
    last = performance.now();
    await train(small(), data, options({ epochs: 1e6, signal: controller.signal }));
    clearInterval(timer);
    const { user, system } = process.cpuUsage(cpu);
    // On a busy machine others take their share of the wall clock.
    const share = Math.min(1, (user + system) / 4e5);
    expect(longest * share).toBeLessThan(50);
  });
});

describe('progress', () => {
  it('is told with the time left', async () => {
    const shown: string[] = [];
    installHost({
      display: (bundle) => {
        shown.push(String(bundle['text/plain']));
        return { update: (next) => void shown.push(String(next['text/plain'])) };
      },
      signal: () => undefined,
    } as Host);
    const told: number[] = [];
    const slow = {
      name: 'slow',
      step: () => {
        const until = performance.now() + 3;
        while (performance.now() < until);
      },
    };
    const history = await train(
      small(),
      data,
      options({ epochs: 40, callbacks: [slow], onProgress: ({ done }) => told.push(done) }),
    );
    expect(shown.length).toBeGreaterThan(1);
    expect(shown[0]).toMatch(/^training ▓*░* \d+ of 200, .* left; epoch \d+, loss \d/);
    expect(told.at(-1)).toBe(history.run.step);
  });
  it('is silent where the run is short', async () => {
    let shown = 0;
    installHost({
      display: () => {
        shown++;
        return { update() {} };
      },
      signal: () => undefined,
    } as Host);
    await train(small(), data, options({ epochs: 1 }));
    expect(shown).toBe(0);
  });
});

describe('a loss that is not finite', () => {
  const failure = async (net: Small, given: typeof data, more: Partial<TrainOptions> = {}) => {
    const error = await train(net, given, options(more)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TrainingError);
    return error as TrainingError;
  };
  it('stops at once, with the layer, the step, and what to try; the net keeps finite parameters', async () => {
    const net = small();
    const error = await failure(net, data, { optimiser: sgd({ rate: 1e30 }), clip: { norm: 1 } });
    expect(error.message).toMatch(
      /^train: the loss is (NaN|Infinity) at step \d \(epoch 1\): layer '3' \(linear\) gave the first (-?Infinity|NaN)/,
    );
    expect(error.message).toContain('a smaller rate (it was 1.000e+30)');
    expect(error.message).not.toContain('clip: {');
    expect(error).toMatchObject({ epoch: 1, layer: '3' });
    expect(weights(net).flat().every(Number.isFinite)).toBe(true);
  });
  it('in a later epoch is looked for with the parameters of the step before', async () => {
    const net = small(1, 0.2);
    const before = small(1, 0.2);
    const jump = ({ step }: { step: number }) => (step === 12 ? 1e30 : 0.1);
    const error = await failure(net, data, { schedule: jump });
    expect(error.step).toBeGreaterThanOrEqual(14);
    await train(before, data, options({ schedule: jump, steps: error.step - 1 }));
    expect(weights(net)).toEqual(weights(before));
  });
  it('because of the data says which example', async () => {
    const broken = { x: points.map((p, i) => (i === 17 ? [Number.NaN, 0] : p)), y: labels };
    const error = await failure(small(), broken, { shuffle: false });
    expect(error.message).toContain('the data has NaN in x, example 17');
    expect(error.step).toBe(2);
  });
  it('with accumulated batches too', async () => {
    const error = await failure(small(), data, { optimiser: sgd({ rate: 1e30 }), accumulate: 2, batchSize: 8 });
    expect(error.layer).toBe('3');
    expect(error.message).toContain('or clip: { norm: 1 }');
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
