/**
 * A loss that is not finite: where it came from, and what is left of the net.
 */
import { describe, expect, it } from 'vitest';
import { sgd } from '#kernel/nets/index';
import { TrainingError, type TrainOptions, train } from '#kernel/nets/train/index';
import { data, labels, options, points, type Small, small, weights } from './clusters.ts';

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
