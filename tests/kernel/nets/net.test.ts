/**
 * Building a net, looking into it, predicting, and what the errors say.
 */
import { describe, expect, it } from 'vitest';
import '#kernel/figure/register';
import { jupyterDisplay } from '#kernel/host/display';
import { relu } from '#kernel/nets/layers/activations';
import { multiHeadAttention } from '#kernel/nets/layers/attention';
import { layer, residual } from '#kernel/nets/layers/compose';
import { conv1d, conv2d, maxPool2d } from '#kernel/nets/layers/convolution';
import { dropout } from '#kernel/nets/layers/dropout';
import { embedding, learnedPositions, sinusoidalPositions } from '#kernel/nets/layers/embedding';
import { mixtureOfExperts } from '#kernel/nets/layers/experts';
import { linear } from '#kernel/nets/layers/linear';
import { batchNorm, groupNorm, layerNorm } from '#kernel/nets/layers/normalisation';
import { gru, lstm } from '#kernel/nets/layers/recurrent';
import { sequential } from '#kernel/nets/layers/sequential';
import { flatten, identity, reshape } from '#kernel/nets/layers/shape';
import { transformerEncoderLayer } from '#kernel/nets/layers/transformer';
import { crossEntropy } from '#kernel/nets/losses/cross-entropy';
import { meanSquaredError } from '#kernel/nets/losses/regression';
import { network } from '#kernel/nets/net';
import { sgd } from '#kernel/nets/optimisers/sgd';
import type { AnyLayer, Layer } from '#kernel/nets/types';
import { splitAlong } from '#kernel/program/neural';
import type { Expr } from '#kernel/program/types';

const wave = (count: number, phase = 0) => Float64Array.from({ length: count }, (_, i) => Math.sin(1.3 * i + phase));
const rowsOf = (count: number, size: number) => Array.from({ length: count }, (_, r) => [...wave(size, r)]);
const small = () =>
  network(sequential({ body: linear(3, 4), act: relu(), head: linear(4, 2) }), { input: [3], seed: 1 });

describe('building', () => {
  it('gives paths, shapes and counts', () => {
    const net = small();
    expect(net.trainable).toEqual(['body.weight', 'body.bias', 'head.weight', 'head.bias']);
    expect(net.count()).toBe(26);
    expect(net.get('body.weight').shape).toEqual([4, 3]);
    expect(net.summary().rows).toEqual([
      { name: 'body', layer: 'linear', output: 'batch × 4', count: 16, trainable: 16 },
      { name: 'act', layer: 'relu', output: 'batch × 4', count: 0, trainable: 0 },
      { name: 'head', layer: 'linear', output: 'batch × 2', count: 10, trainable: 10 },
    ]);
    expect(String(net.parameters)).toMatch(/body\.weight +4 × 3 +12 +yes/);
    expect(String(net.parameters)).toMatch(/26 parameters, 26 trainable, 0 frozen/);
  });

  it('is shown as a table of its layers, in a notebook too', async () => {
    const net = network(
      sequential({ body: lstm(2, 3), pick: layer({}, (_, all: { output: Expr }) => all.output) } as never),
      {
        input: [5, 2],
      },
    );
    net.freeze('*.bias_ih_l0');
    const expected =
      /body +lstm +output batch × 5 × 3, hidden 1 × batch × 3, cell 1 × batch × 3 +84 partly frozen\npick +layer +batch × 5 × 3/;
    expect(String(net)).toMatch(expected);
    net.freeze('body');
    expect(String(net)).toMatch(/84 frozen/);
    expect(String(net)).toMatch(/84 parameters, 0 trainable, 84 frozen/);
    const bundle = await net[jupyterDisplay]();
    expect(bundle['text/markdown']).toMatch(/\| body \| lstm \|/);
    expect(bundle['text/plain']).toBe(String(net));
  });

  it('the same seed gives the same net, another another', () => {
    expect(small().get('head.weight').values).toEqual(small().get('head.weight').values);
    const other = network(sequential({ body: linear(3, 4), act: relu(), head: linear(4, 2) }), { input: [3], seed: 2 });
    expect(other.get('head.weight').values).not.toEqual(small().get('head.weight').values);
  });

  it('double precision holds numbers of 64 bits, of which single holds the first 24', () => {
    const [single, double] = (['single', 'double'] as const).map((precision) =>
      network(linear(3, 2), { input: [3], seed: 4, precision }),
    );
    expect(double!.get('weight').values).toBeInstanceOf(Float64Array);
    expect(Array.from(double!.get('weight').values, Math.fround)).toEqual([...single!.get('weight').values]);
  });

  it('takes tokens where the first layer does, and where it is told', () => {
    expect(network(sequential(embedding(5, 2), flatten()), { input: [3] }).inputs[0]!.integer).toBe(true);
    const own = layer({ table: embedding(5, 2) }, ({ table }, x) => table(x));
    expect(network(own, { input: { shape: [3], integer: true } }).inputs[0]!.integer).toBe(true);
    expect(
      network(
        layer({ table: embedding(5, 2) }, ({ table }, x) => table(x), { integerInput: true }),
        { input: [3] },
      ).inputs[0]!.integer,
    ).toBe(true);
  });
});

describe('what does not fit is said with the layer and the way out', () => {
  const build = (made: unknown, input: readonly number[]) => () => network(made as Layer, { input: [...input] });
  it.each<readonly [string, () => unknown, RegExp]>([
    [
      'features',
      build(sequential({ encoder: sequential(linear(4, 8), relu()), head: linear(9, 2) }), [4]),
      /layer 'head' \(linear\): expected features of size 9 in the last dimension, got shape \[2, 8\]; make the layer for 8 instead of 9/,
    ],
    [
      'deep inside',
      build(sequential({ encoder: sequential(linear(4, 8), relu(), linear(7, 2)) }), [4]),
      /layer 'encoder\.2' \(linear\): expected features of size 7/,
    ],
    ['the only layer', build(linear(4, 2), [3]), /the net \(linear\): expected features of size 4/],
    [
      'channels',
      build(sequential(conv2d(3, 4, 3)), [1, 8, 8]),
      /layer '0' \(conv2d\): expected \(batch, 3 channels, height, width\), got shape \[2, 1, 8, 8\]/,
    ],
    ['a filter larger than its image', build(sequential(conv2d(1, 4, 5)), [1, 3, 3]), /layer '0' \(conv2d\): /],
    [
      'sequences',
      build(sequential(conv1d(3, 4, 3)), [8]),
      /layer '0' \(conv1d\): expected \(batch, 3 channels, length\)/,
    ],
    [
      'pooling',
      build(sequential(maxPool2d(2)), [4, 4]),
      /layer '0' \(maxPool2d\): .*expected \(batch, channels, height, width\)/,
    ],
    [
      'batch normalisation',
      build(sequential(batchNorm(3)), [4]),
      /layer '0' \(batchNorm\): expected \(batch, 3 features, …\), got shape \[2, 4\]/,
    ],
    [
      'layer normalisation',
      build(sequential(layerNorm(3)), [4]),
      /layer '0' \(layerNorm\): expected the last dimensions to be \[3\]/,
    ],
    [
      'group normalisation',
      build(sequential(groupNorm(2, 4)), [3]),
      /layer '0' \(groupNorm\): expected \(batch, 4 channels, …\)/,
    ],
    [
      'a recurrence',
      build(sequential(lstm(3, 4, { returns: 'last' })), [5, 2]),
      /layer '0' \(lstm\): expected \(batch, time, 3 features\), got shape \[2, 5, 2\]/,
    ],
    ['attention', build(multiHeadAttention(8, 2), [5]), /the net \(multiHeadAttention\): expected \(batch, time, 8\)/],
    [
      'a long sequence',
      build(sequential(learnedPositions(3, 4)), [5, 4]),
      /layer '0' \(learnedPositions\): the sequence has 5 positions and there are vectors for 3/,
    ],
    [
      'reshaping',
      build(sequential(reshape(2, 3)), [5]),
      /layer '0' \(reshape\): each example has 5 elements .*\[2, 3\] holds 6/,
    ],
    [
      'a residual',
      build(residual(linear(3, 4)), [3]),
      /the net \(residual\): the layer inside gives shape \[2, 4\] and is added to \[2, 3\]/,
    ],
    [
      'routing',
      build(sequential(mixtureOfExperts(3)), [4]),
      /layer '0' \(mixtureOfExperts\): expected features of size 3/,
    ],
    [
      'a block',
      build(sequential({ block: transformerEncoderLayer(8, 2) as AnyLayer }), [5, 6]),
      /layer 'block\.self_attn' \(multiHeadAttention\)/,
    ],
    [
      'a function of one’s own',
      build(
        layer({ a: linear(2, 3), b: linear(2, 3) }, ({ a, b }, x) => b(a(x))),
        [2],
      ),
      /layer 'b' \(linear\): expected features of size 2/,
    ],
    ['input sizes', build(linear(2, 2), [0]), /input sizes must be whole numbers of 1 or more/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  it.each<readonly [string, () => unknown, RegExp]>([
    ['no layer', () => sequential(), /expected at least one layer/],
    ['no layer there', () => sequential(linear(2, 2), 3 as never), /'1' is no layer; give layers such as linear/],
    ['sizes', () => linear(2.5, 1), /linear: inFeatures must be a whole number of 1 or more, got 2\.5/],
    ['NaN', () => conv2d(1, Number.NaN, 3), /outChannels must be a whole number of 1 or more, got NaN/],
    ['groups', () => conv2d(3, 4, 3, { groups: 2 }), /3 channels in and 4 out cannot be cut into 2 groups/],
    ['groups of a norm', () => groupNorm(2, 5), /5 channels cannot be cut into 2 groups/],
    ['heads', () => multiHeadAttention(10, 3), /10 numbers cannot be cut into 3 heads/],
    ['shared heads', () => multiHeadAttention(8, 4, { keyValueHeads: 3 }), /4 heads cannot share 3 keyValueHeads/],
    ['a rate', () => dropout(1), /dropout: expected a rate from 0 to below 1, got 1/],
    [
      'a rate between layers',
      () => gru(2, 2, { dropout: Number.NaN }),
      /gru: expected a dropout from 0 to below 1, got NaN/,
    ],
    ['experts', () => mixtureOfExperts(4, { experts: 2, topK: 3 }), /topK is 3 and there are 2 experts/],
    ['an odd size', () => sinusoidalPositions(3), /size must be even/],
    ['padding', () => embedding(3, 2, { paddingIndex: 3 }), /paddingIndex must be a token from 0 to 2, got 3/],
    [
      'an activation',
      () => transformerEncoderLayer(8, 2, { activation: 'selu' as never }),
      /there is no activation 'selu'; there are relu/,
    ],
    [
      'a reserved name',
      () => layer({ scope: identity() } as never, () => 0 as never),
      /'scope' is the name of the scope itself/,
    ],
    ['momentum', () => batchNorm(2, { momentum: 2 }), /momentum must be from 0 to 1, got 2/],
    ['eps', () => layerNorm(2, { eps: Number.NaN }), /eps must be 0 or more, got NaN/],
  ])('a constructor refuses %s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  it('an unknown path, with the nearest', () => {
    const net = small();
    expect(() => net.get('head.wieght')).toThrow(/get: there is no 'head.wieght'; did you mean 'head.weight'\?/);
    expect(() => net.set('nothing', [])).toThrow(/set: there is no 'nothing'; .*There are: body.weight/);
    expect(() => net.set('head.bias', [1])).toThrow(/'head.bias' has shape \[2\], 2 numbers, got 1/);
    expect(() => net.freeze('haed')).toThrow(/freeze: there is no 'haed'; did you mean 'head'\?/);
    expect(() => net.freeze('act')).toThrow(/'act' has no parameters/);
    expect(() => net.unfreeze('tail.*')).toThrow(/unfreeze: there is no 'tail\.\*'/);
  });
});

describe('predictions', () => {
  const net = small();
  const by = (x: readonly number[]) => {
    const [w, b, v, c] = ['body.weight', 'body.bias', 'head.weight', 'head.bias'].map((path) => net.get(path).values);
    const hidden = Array.from(b!, (bias, j) =>
      Math.max(0, bias + x.reduce((sum, value, i) => sum + value * w![3 * j + i]!, 0)),
    );
    return Array.from(c!, (bias, k) => bias + hidden.reduce((sum, value, j) => sum + value * v![4 * k + j]!, 0));
  };

  it('of one example, without a dimension for the batch', () => {
    const { values, shape } = net.predict([0.1, 0.2, 0.3]);
    expect(shape).toEqual([2]);
    by([0.1, 0.2, 0.3]).forEach((value, i) => {
      expect(values[i]).toBeCloseTo(value, 6);
    });
  });

  it.each([1, 2, 5, 255, 256, 257, 700])('of %d in rows: each as if it were alone', (count) => {
    const x = rowsOf(count, 3);
    const { values, shape } = net.predict(x);
    expect(shape).toEqual([count, 2]);
    for (const at of [0, Math.floor(count / 2), count - 1]) {
      by(x[at]!).forEach((value, k) => {
        expect(values[2 * at + k]).toBeCloseTo(value, 5);
      });
    }
  });

  it('flat, typed, nested, or with a shape: the same', () => {
    const x = rowsOf(4, 3);
    const expected = net.predict(x).values;
    expect(net.predict(x.flat()).values).toEqual(expected);
    expect(net.predict(Float32Array.from(x.flat())).values).toEqual(expected);
    expect(net.predict(x.map((row) => Float64Array.from(row))).values).toEqual(expected);
    expect(net.predict({ values: x.flat(), shape: [4, 3] }).values).toEqual(expected);
  });

  it('follow the parameters as they are now', () => {
    const own = small();
    const before = own.predict([1, 2, 3]).values;
    own.set('head.bias', [5, 5]);
    expect(own.predict([1, 2, 3]).values[0]).toBeCloseTo(before[0]! - small().get('head.bias').values[0]! + 5, 5);
  });

  it('of several inputs and outputs, by name; the dimension of the batch is found where it is', () => {
    const both = network(
      layer({ a: lstm(2, 3), b: linear(4, 3) }, ({ a, b }, x: { readonly steps: Expr; readonly extra: Expr }) => {
        const { output, hidden } = a(x.steps);
        return { output, hidden, extra: b(x.extra) };
      }),
      { input: { steps: [5, 2], extra: [4] }, seed: 3 },
    );
    const steps = rowsOf(300, 10);
    const extra = rowsOf(300, 4);
    const made = both.predict({
      steps: steps.map((row) => [0, 1, 2, 3, 4].map((t) => row.slice(2 * t, 2 * t + 2))),
      extra,
    });
    expect([made.output.shape, made.hidden.shape, made.extra.shape]).toEqual([
      [300, 5, 3],
      [1, 300, 3],
      [300, 3],
    ]);
    const last = both.predict({ steps: steps[299]!, extra: extra[299]! });
    expect(made.hidden.values.slice(-3)).toEqual(last.hidden.values);
    expect(made.output.values.slice(-15)).toEqual(last.output.values);
    expect(() => both.predict({ steps: steps.flat(), extra: extra[0]! })).toThrow(
      /300 examples of 'steps' and 1 of 'extra'/,
    );
    expect(() => both.predict({ steps: steps.flat() } as never)).toThrow(/expected examples of 'extra', got none/);
  });

  it('refuse numbers that make no whole examples', () => {
    expect(() => net.predict([1, 2])).toThrow(
      /predict: x: expected examples of shape \[3\], 3 numbers each, got 2 numbers/,
    );
    expect(() => net.predict([[1, 2, 3, 4, 5, 6]])).toThrow(/got shape \[1, 6\]/);
    expect(() => net.predict([[1, 2, 3], [1]])).toThrow(/row 1 has 1 numbers where the first has 3/);
  });
});

describe('training steps', () => {
  const x = rowsOf(8, 3);
  const y = [0, 1, 1, 0, 1, 0, 0, 1];

  it('make the loss smaller, and say the loss before the update', () => {
    const net = small();
    const step = net.trainingStep({ loss: crossEntropy(), optimiser: sgd({ rate: 0.5 }), batchSize: 8 });
    const losses = Array.from({ length: 60 }, (_, i) => step.run({ x: x.flat(), y }, { step: i + 1 }));
    expect(losses[59]).toBeLessThan(0.5 * losses[0]!);
  });

  it('dropout drops in training alone, others at each step, the same for the same seed and step', () => {
    const make = (seed: number) => {
      const net = network(sequential(dropout(0.5), linear(3, 1)), { input: [3], seed });
      return { net, step: net.trainingStep({ loss: meanSquaredError(), optimiser: sgd(), batchSize: 8 }) };
    };
    const targets = wave(8);
    const lossesOf = (seed: number) => {
      const { step } = make(seed);
      return [1, 2, 3].map((at) => step.run({ x: x.flat(), y: targets }, { step: at, rate: 0 }));
    };
    const [first, second, third] = lossesOf(1);
    expect(new Set([first, second, third]).size).toBe(3);
    expect(lossesOf(1)).toEqual([first, second, third]);
    expect(lossesOf(2)).not.toEqual([first, second, third]);
    const { net } = make(1);
    expect(net.predict(x).values).toEqual(net.predict(x).values);
  });

  it('dropout keeps the mean (5 standard errors)', () => {
    const net = network(dropout(0.3), { input: [4000] });
    const { output, variables, key } = net.trace({ batchSize: 1, training: true });
    expect([output.shape, variables.length, key?.shape]).toEqual([[1, 4000], 1, [4]]);
    const step = net.trainingStep({ loss: meanSquaredError(), optimiser: sgd(), batchSize: 1 });
    // of ones against 0: the mean of squares is 1 / 0.7
    const found = step.run({ x: new Float32Array(4000).fill(1), y: new Float32Array(4000) }, { step: 1 });
    expect(Math.abs(found - 1 / 0.7)).toBeLessThan((5 * Math.sqrt((0.7 * 0.3) / 4000)) / 0.49);
  });

  it('running statistics move in training, and predictions use them', () => {
    const net = network(batchNorm(3), { input: [3] });
    expect(net.predict([1, 2, 3]).values[2]).toBeCloseTo(3, 4);
    const step = net.trainingStep({ loss: meanSquaredError(), optimiser: sgd(), batchSize: 8 });
    for (let i = 1; i <= 200; i++) step.run({ x: x.flat(), y: new Float32Array(24) }, { step: i, rate: 0 });
    const mean = [0, 1, 2].map((k) => x.reduce((sum, row) => sum + row[k]! / 8, 0));
    const variance = [0, 1, 2].map((k) => x.reduce((sum, row) => sum + (row[k]! - mean[k]!) ** 2 / 7, 0));
    mean.forEach((value, k) => {
      expect(net.get('running_mean').values[k]).toBeCloseTo(value, 5);
      expect(net.get('running_var').values[k]).toBeCloseTo(variance[k]!, 4);
    });
    expect(net.predict(mean).values.every((value) => Math.abs(value) < 1e-4)).toBe(true);
    expect(net.count()).toBe(6); // buffers are no parameters
    expect(() => net.trainingStep({ loss: meanSquaredError(), optimiser: sgd(), batchSize: 1 })).toThrow(
      /the net \(batchNorm\): training needs two values or more a channel/,
    );
  });

  it('a layer can add to the loss: experts are balanced, in training alone', () => {
    const net = network(mixtureOfExperts(3, { experts: 4, topK: 1, hidden: 2, balance: 1 }), { input: [3], seed: 1 });
    net.set('experts.0.down_proj.weight', new Float32Array(6));
    const trace = net.trace({ batchSize: 8, training: true });
    expect(trace.losses.map(({ name }) => name)).toEqual(['balance']);
    expect(net.trace({ batchSize: 8 }).losses).toEqual([]);
    // A router that sends every example to one expert: f = 1 and P nearly 1 there, so that the term is nearly 4.
    net.set('gate.weight', [10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const step = net.trainingStep({ loss: meanSquaredError(), optimiser: sgd(), batchSize: 2 });
    expect(step.run({ x: [1, 0, 0, 1, 0, 0], y: new Float32Array(6) }, { step: 1, rate: 0 })).toBeCloseTo(4, 2);
    net.set('gate.weight', new Float32Array(12)); // all alike: the mean probability is 1/4
    expect(step.run({ x: [1, 0, 0, 1, 0, 0], y: new Float32Array(6) }, { step: 1, rate: 0 })).toBeCloseTo(1, 2);
  });

  it('a net with two outputs is trained through a layer of one’s own', () => {
    const net = network(
      layer({ body: linear(3, 2) }, ({ body }, x) => {
        const [mean, scale] = splitAlong(body(x), 2, -1) as [Expr, Expr];
        return { mean, sd: scale.softplus() as Expr };
      }),
      { input: [3] },
    );
    expect(net.predict(x).sd.shape).toEqual([8, 1]);
    expect(net.predict(x).sd.values.every((sd) => sd > 0)).toBe(true);
  });

  it('parameters of one’s own', () => {
    const scaled = layer({}, ({ scope }, value) => value.mul(scope.parameter('gain')) as Expr, {
      kind: 'scaled',
      parameters: {
        gain: { shape: [3], initialise: { name: 'twos', options: {}, values: () => Float64Array.of(2, 2, 2) } },
      },
    });
    const net = network(scaled, { input: [3] });
    expect([...net.predict([1, 2, 3]).values]).toEqual([2, 4, 6]);
    expect(net.parameters.rows.map(({ name, count }) => [name, count])).toEqual([['gain', 3]]);
  });

  it('a layer that asks for what it has not says so', () => {
    const asking =
      (
        ask: (scope: {
          parameter(name: string): Expr;
          update(name: string, value: Expr): void;
          call(name: string): Expr;
        }) => Expr,
      ) =>
      () =>
        network(
          layer({}, ({ scope }) => ask(scope)),
          { input: [3] },
        );
    expect(asking((scope) => scope.parameter('gain'))).toThrow(/the layer has no 'gain'; declare it in its parameters/);
    expect(asking((scope) => scope.call('head'))).toThrow(/there is no child 'head'; it has none/);
    expect(
      asking((scope) => {
        scope.update('mean', 0 as unknown as Expr);
        return 0 as unknown as Expr;
      }),
    ).toThrow(/the layer has no buffer 'mean'/);
  });
});
