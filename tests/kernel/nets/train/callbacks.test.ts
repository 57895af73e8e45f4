/**
 * Work beside training, how a run ends early, and what is shown of it meanwhile.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { type Host, installHost } from '#kernel/host/host';
import {
  accuracy,
  type Callback,
  earlyStopping,
  type StepEvent,
  type TrainingRun,
  type TrainOptions,
  train,
} from '#kernel/nets/train/index';
import { data, options, small, weights } from './clusters.ts';

afterEach(() => installHost(undefined));

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
    await train(small(), data, options({ epochs: 1 })); // what compiles a step is warm then, and takes some milliseconds
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
  /** What a notebook would show, line after line. */
  const watched = (): string[] => {
    const shown: string[] = [];
    installHost({
      display: (bundle) => {
        shown.push(String(bundle['text/plain']));
        return { update: (next) => void shown.push(String(next['text/plain'])) };
      },
      signal: () => undefined,
    } as Host);
    return shown;
  };
  const slow = {
    name: 'slow',
    step: () => {
      const until = performance.now() + 3;
      while (performance.now() < until);
    },
  };
  it('is shown with the time left', async () => {
    const shown = watched();
    await train(small(), data, options({ epochs: 40, callbacks: [slow] }));
    expect(shown.length).toBeGreaterThan(1);
    expect(shown[0]).toMatch(/^training ▓*░* \d+ of 200, .* left; epoch \d+, loss \d/);
    expect(shown.at(-1)).toMatch(/^training ▓{20} 200 of 200, /);
  });
  it('is told to onProgress instead, the end included: nothing is shown then', async () => {
    const shown = watched();
    const told: number[] = [];
    const onProgress = ({ done }: { readonly done: number }) => told.push(done);
    const history = await train(small(), data, options({ epochs: 40, callbacks: [slow], onProgress }));
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toBe(history.run.step);
    expect(shown).toEqual([]);
  });
  it('ends with a full line that says why a run stopped early', async () => {
    const shown = watched();
    const enough = {
      name: 'enough',
      epoch: (run: TrainingRun) => run.epoch === 30 && run.stop('it was enough'),
    } as Callback;
    await train(small(), data, options({ epochs: 1000, callbacks: [slow, enough] }));
    expect(shown[0]).toMatch(/ of 5000, /);
    expect(shown.at(-1)).toMatch(/^training ▓{20} 150 of 150, [^;]*; stopped early after epoch 30: it was enough$/);
  });
  it('keeps the bar of a run that was interrupted as far as it came', async () => {
    const shown = watched();
    const controller = new AbortController();
    const stop = {
      name: 'stop',
      step: (_: unknown, { step }: StepEvent) => step === 150 && controller.abort(),
    } as Callback;
    await train(small(), data, options({ epochs: 1000, callbacks: [slow, stop], signal: controller.signal }));
    expect(shown.at(-1)).toMatch(/^training ░{20} 150 of 5000, .* left; epoch 31, loss \d/);
  });
  it('is silent where the run is short', async () => {
    const shown = watched();
    await train(small(), data, options({ epochs: 1 }));
    expect(shown).toEqual([]);
  });
});
