/**
 * Training that goes on: a run in parts has the bits of an unbroken one.
 */
import { describe, expect, it } from 'vitest';
import { adam } from '#kernel/nets/index';
import { plateau } from '#kernel/nets/schedules';
import {
  accuracy,
  type Callback,
  earlyStopping,
  type StepEvent,
  type TrainOptions,
  train,
} from '#kernel/nets/train/index';
import { data, options, small, weights } from './clusters.ts';

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
