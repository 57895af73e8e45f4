/**
 * Options of training that are no options: said before anything is trained.
 */
import { describe, expect, it } from 'vitest';
import { adam, crossEntropy, linear, network, sgd } from '#kernel/nets/index';
import { accuracy, type TrainOptions, train } from '#kernel/nets/train/index';

const net = network(linear(2, 3), { input: [2], seed: 1 });
const data = {
  x: [
    [0, 1],
    [1, 0],
  ],
  y: [0, 2],
};
const whole = { loss: crossEntropy(), optimiser: sgd({ rate: 0.1 }), epochs: 1 };

describe('train says at once, and what to write instead, where', () => {
  it.each([
    [
      'a metric is named by a text',
      { metrics: ['accuracy'] },
      'train: metrics expects what metric functions return, for example [accuracy()], got "accuracy"',
    ],
    ['a metric is not called', { metrics: [accuracy] }, 'got the function accuracy itself; call it'],
    ['one metric is no list', { metrics: accuracy() }, 'train: metrics expects a list, for example [accuracy()]'],
    [
      'a loss is not called',
      { loss: crossEntropy },
      'train: loss expects what a loss function returns, for example crossEntropy(), got the function crossEntropy itself; call it',
    ],
    ['a loss is missing', { loss: undefined }, 'for example crossEntropy(), got nothing'],
    [
      'an optimiser is not called',
      { optimiser: adam },
      'train: optimiser expects what an optimiser function returns, for example adam(), got the function adam itself; call it',
    ],
    ['an optimiser is named by a text', { optimiser: 'adam' }, 'for example adam(), got "adam"'],
    ['an optimiser is missing', { optimiser: undefined }, 'for example adam(), got nothing'],
  ])('%s', async (_, wrong, message) => {
    const before = net.get('weight').values;
    await expect(train(net, data, { ...whole, ...wrong } as unknown as TrainOptions)).rejects.toThrow(message);
    expect(net.get('weight').values).toEqual(before);
  });

  it('takes the same options rightly given', async () => {
    const history = await train(net, data, { ...whole, metrics: [accuracy()] });
    expect(history.ending).toBe('complete');
  });
});
