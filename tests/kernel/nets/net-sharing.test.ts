/**
 * Parameters that are shared, and parameters that are frozen.
 */
import { describe, expect, it } from 'vitest';
import { relu, tanh } from '#kernel/nets/layers/activations';
import { tie } from '#kernel/nets/layers/compose';
import { conv2d } from '#kernel/nets/layers/convolution';
import { embedding } from '#kernel/nets/layers/embedding';
import { linear } from '#kernel/nets/layers/linear';
import { gru } from '#kernel/nets/layers/recurrent';
import { sequential } from '#kernel/nets/layers/sequential';
import { flatten } from '#kernel/nets/layers/shape';
import { crossEntropy } from '#kernel/nets/losses/cross-entropy';
import { meanSquaredError } from '#kernel/nets/losses/regression';
import { type Network, network } from '#kernel/nets/net';
import { adam } from '#kernel/nets/optimisers/adam';
import { sgd } from '#kernel/nets/optimisers/sgd';
import { key, Stream } from '#kernel/numeric/random';
import { compileStep } from '#kernel/program/step';

const wave = (count: number, phase = 0) => Float64Array.from({ length: count }, (_, i) => Math.sin(1.3 * i + phase));
const slotsOf = (net: Network) => net.state.names.filter((name) => name.startsWith('@'));

/** Gradients of the loss by path. */
function gradients(net: Network, x: ArrayLike<number>, y: ArrayLike<number>, rows: number) {
  const found = net.differentiate({ loss: meanSquaredError(), batchSize: rows });
  const step = compileStep({
    state: net.state,
    inputs: [...found.variables, found.target],
    outputs: found.gradients.map(({ gradient }) => gradient),
  });
  const made = step.run({ '@x': x, '@y': y });
  return Object.fromEntries(found.gradients.map(({ path }, i) => [path, made[i]!]));
}

describe('a convolution', () => {
  /** An image with a small pattern at a place, zeros elsewhere. */
  const imageAt = (row: number, column: number) => {
    const image = new Float64Array(100);
    [0, 1, 2].forEach((i) => {
      [0, 1, 2].forEach((j) => {
        image[(row + i) * 10 + column + j] = Math.sin(3 * i + j + 1);
      });
    });
    return image;
  };

  it('is equivariant: a shifted image gives the shifted output', () => {
    const net = network(conv2d(1, 2, 3, { padding: 1, bias: false }), { input: [1, 10, 10], seed: 1 });
    const [here, there] = [net.predict(imageAt(2, 2)).values, net.predict(imageAt(4, 5)).values];
    for (let channel = 0; channel < 2; channel++) {
      for (let i = 1; i < 6; i++) {
        for (let j = 1; j < 6; j++) {
          expect(there[channel * 100 + (i + 2) * 10 + j + 3]).toBe(here[channel * 100 + i * 10 + j]);
        }
      }
    }
  });

  it('a dense layer of the same sizes is not, and has 1,111 times the parameters', () => {
    const dense = network(sequential(flatten(), linear(100, 200, { bias: false })), { input: [1, 10, 10], seed: 1 });
    const [here, there] = [dense.predict(imageAt(2, 2)).values, dense.predict(imageAt(4, 5)).values];
    expect(Math.abs(there[4 * 10 + 5]! - here[2 * 10 + 2]!)).toBeGreaterThan(1e-3);
    const filters = network(conv2d(1, 2, 3, { padding: 1, bias: false }), { input: [1, 10, 10] });
    expect(dense.count() / filters.count()).toBeCloseTo(20000 / 18, 6);
  });

  it('has 576 weights in a 3 × 3 filter over 64 channels, used at each position', () => {
    const layer = conv2d(64, 1, 3, { padding: 1, bias: false });
    for (const size of [4, 12]) {
      const net = network(layer, { input: [64, size, size] });
      expect(net.count()).toBe(576);
      expect(net.predict(wave(64 * size * size)).values.length).toBe(size * size);
    }
  });
});

describe('a recurrence', () => {
  it('has the same parameters whatever the length, and the first outputs do not see what comes later', () => {
    const layer = gru(2, 5, { returns: 'output' });
    const [short, long] = [4, 50].map((length) => network(layer, { input: [length, 2], seed: 3 }));
    expect(short!.count()).toBe(long!.count());
    const x = wave(100);
    const [few, many] = [short!.predict(x.slice(0, 8)).values, long!.predict(x).values];
    for (let i = 0; i < 20; i++) expect(many[i]).toBeCloseTo(few[i]!, 6);
  });
});

describe('one parameter in two places', () => {
  const untied = () =>
    sequential({ up: linear(3, 3, { bias: false }), act: tanh(), down: linear(3, 3, { bias: false }) });
  const x = wave(12);
  const y = wave(12, 2);

  it('is counted once, and either path is it', () => {
    const net = network(tie(untied(), 'down.weight', 'up.weight'), { input: [3] });
    expect(net.count()).toBe(9);
    expect(net.trainable).toEqual(['up.weight']);
    net.set('down.weight', wave(9));
    expect(net.get('up.weight').values).toEqual(Float32Array.from(wave(9)));
    expect(String(net.parameters)).toMatch(/up\.weight .* yes +down\.weight/);
  });

  it('has the sum of the gradients of both uses', () => {
    const tied = network(tie(untied(), 'down.weight', 'up.weight'), { input: [3], precision: 'double' });
    const apart = network(untied(), { input: [3], precision: 'double' });
    apart.set('down.weight', apart.get('up.weight').values);
    tied.set('up.weight', apart.get('up.weight').values);
    expect(tied.predict(x).values).toEqual(apart.predict(x).values);
    const both = gradients(apart, x, y, 4);
    const one = gradients(tied, x, y, 4);
    for (let i = 0; i < 9; i++) {
      expect(one['up.weight']![i]).toBeCloseTo(both['up.weight']![i]! + both['down.weight']![i]!, 12);
    }
  });

  it('the same layer object twice is the same', () => {
    const shared = linear(3, 3, { bias: false });
    const net = network(sequential({ up: shared, act: tanh(), down: shared }), { input: [3], precision: 'double' });
    const tied = network(tie(untied(), 'down.weight', 'up.weight'), { input: [3], precision: 'double' });
    expect(gradients(net, x, y, 4)).toEqual(gradients(tied, x, y, 4));
    expect(net.count()).toBe(9);
  });

  it('stays one through training, where two grow apart', () => {
    const train = (net: Network) => {
      const step = net.trainingStep({ loss: meanSquaredError(), optimiser: sgd({ rate: 0.1 }), batchSize: 4 });
      for (let i = 1; i <= 20; i++) step.run({ x, y }, { step: i });
    };
    const tied = network(tie(untied(), 'down.weight', 'up.weight'), { input: [3] });
    const apart = network(untied(), { input: [3] });
    apart.set('down.weight', apart.get('up.weight').values);
    train(tied);
    train(apart);
    expect(tied.get('down.weight').values).toEqual(tied.get('up.weight').values);
    expect(apart.get('down.weight').values).not.toEqual(apart.get('up.weight').values);
  });

  it('a tied table of words learns a small language with fewer parameters, about as well', () => {
    const stream = new Stream(key(2));
    const [words, size, rows] = [12, 8, 240];
    const tokens = Array.from({ length: rows }, () => stream.integer(words));
    const next = tokens.map((token) => (stream.uniform() < 0.9 ? (token * 5 + 1) % words : stream.integer(words)));
    const made = () =>
      sequential({
        embed: embedding(words, size),
        flat: flatten(),
        body: linear(size, size),
        head: linear(size, words, { bias: false }),
      });
    const lossOf = (net: Network) => {
      const step = net.trainingStep({ loss: crossEntropy(), optimiser: adam({ rate: 0.02 }), batchSize: rows });
      let loss = 0;
      for (let i = 1; i <= 300; i++) loss = step.run({ x: tokens, y: next }, { step: i });
      return loss;
    };
    const apart = network(made(), { input: [1], seed: 1 });
    const tied = network(tie(made(), 'head.weight', 'embed.weight'), { input: [1], seed: 1 });
    expect(apart.count() - tied.count()).toBe(words * size);
    const [free, shared] = [lossOf(apart), lossOf(tied)];
    expect(free).toBeLessThan(1);
    expect(shared).toBeLessThan(1);
    expect(shared).toBeGreaterThanOrEqual(free - 0.05); // fewer parameters do not fit the training data better
  });

  it('ties of what is not there, or of another shape, are refused', () => {
    const of = (alias: string, original: string) => () => network(tie(untied(), alias, original), { input: [3] });
    expect(of('down.wieght', 'up.weight')).toThrow(/tie: there is no 'down.wieght'; did you mean 'down.weight'\?/);
    const uneven = sequential({ up: linear(3, 4), down: linear(4, 3) });
    expect(() => network(tie(uneven, 'down.weight', 'up.weight'), { input: [3] })).toThrow(
      /'down.weight' has shape \[3, 4\] and 'up.weight' \[4, 3\]; only parameters of equal shape can be one/,
    );
  });

  it('ties inside a layer hold wherever it stands, several in a row too', () => {
    const chain = tie(
      tie(sequential(...[0, 1, 2].map(() => linear(3, 3))), '1.weight', '0.weight'),
      '2.weight',
      '1.weight',
    );
    const net = network(sequential({ inner: chain }), { input: [3] });
    expect(net.trainable).toEqual(['inner.0.weight', 'inner.0.bias', 'inner.1.bias', 'inner.2.bias']);
    expect(net.parameters.rows[0]!.tied).toEqual(['inner.1.weight', 'inner.2.weight']);
  });
});

describe('frozen parameters', () => {
  const built = () =>
    network(
      sequential({
        backbone: sequential(linear(16, 256), relu(), linear(256, 256), relu(), linear(256, 256), relu()),
        head: linear(256, 3),
      }),
      { input: [16], seed: 1 },
    );
  const x = wave(32 * 16);
  const y = Array.from({ length: 32 }, (_, i) => i % 3);

  it('are chosen by path, by what stands above, by pattern and by function', () => {
    const net = built();
    expect(net.freeze('backbone.0')).toEqual(['backbone.0.weight', 'backbone.0.bias']);
    expect(net.count({ trainable: false })).toBe(17 * 256);
    expect(net.freeze('*.bias')).toEqual(['backbone.0.bias', 'backbone.2.bias', 'backbone.4.bias', 'head.bias']);
    expect(net.unfreeze((path) => path.startsWith('head'))).toEqual(['head.weight', 'head.bias']);
    expect(net.freeze(['backbone.2.weight', 'backbone.4.weight']).length).toBe(2);
    expect(net.trainable).toEqual(['head.weight', 'head.bias']);
    expect(net.count({ trainable: true })).toBe(256 * 3 + 3);
    expect(String(net.parameters)).toMatch(/backbone\.0\.weight .* frozen/);
    expect(net.unfreeze().length).toBe(8);
    expect(net.count({ trainable: false })).toBe(0);
  });

  it('have no gradient, no state of an optimiser, and do not move', () => {
    const net = built();
    net.freeze('backbone');
    expect(net.differentiate({ loss: crossEntropy(), batchSize: 32 }).gradients.map(({ path }) => path)).toEqual([
      'head.weight',
      'head.bias',
    ]);
    const before = net.get('backbone.2.weight').values;
    const head = net.get('head.weight').values;
    const step = net.trainingStep({ loss: crossEntropy(), optimiser: adam({ rate: 0.01 }), batchSize: 32 });
    for (let i = 1; i <= 5; i++) step.run({ x, y }, { step: i });
    expect(net.get('backbone.2.weight').values).toEqual(before);
    expect(net.get('head.weight').values).not.toEqual(head);
    const slots = slotsOf(net);
    expect(slots.length).toBeGreaterThan(0);
    expect(slots.every((name) => name.endsWith(':head.weight') || name.endsWith(':head.bias'))).toBe(true);
  });

  it('cost no work: the step computes no product that only they would need', () => {
    const products = (net: Network) => {
      const step = net.trainingStep({ loss: crossEntropy(), optimiser: sgd(), batchSize: 32 });
      return step.step.graph.nodes.filter(({ operation }) => operation.startsWith('matmul')).length;
    };
    const whole = built();
    const frozen = built();
    frozen.freeze('backbone');
    expect(products(whole)).toBe(4 + 4 + 3); // forward, by weights, by what comes in (the data's is not asked for)
    expect(products(frozen)).toBe(4 + 1);
  });

  it('all frozen: nothing to train, and the loss is still said', () => {
    const net = built();
    net.freeze(() => true);
    const step = net.trainingStep({ loss: crossEntropy(), optimiser: sgd(), batchSize: 32 });
    expect(step.run({ x, y }, { step: 1 })).toBe(step.run({ x, y }, { step: 2 }));
  });

  it('tied parameters are frozen by either path', () => {
    const net = network(tie(sequential({ a: linear(3, 3), b: linear(3, 3) }), 'b.weight', 'a.weight'), { input: [3] });
    expect(net.freeze('b')).toEqual(['a.weight', 'b.bias']);
    expect(net.freeze((path) => path === 'b.weight')).toEqual(['a.weight']);
  });

  it('are predicted with all the same', () => {
    const net = built();
    const before = net.predict(x).values;
    net.freeze('backbone');
    expect(net.predict(x).values).toEqual(before);
  });
});
