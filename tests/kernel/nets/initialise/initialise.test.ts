/**
 * Initialisers: variances against the papers' within Monte Carlo standard errors, and what each does by depth.
 */
import { describe, expect, it } from 'vitest';
import { normal } from '#kernel/distributions/normal';
import { uniform } from '#kernel/distributions/uniform';
import { asInitialiser, initialisers, type Scheme } from '#kernel/nets/initialise/index';
import { gainOf } from '#kernel/nets/initialise/schemes';
import { relu, tanh } from '#kernel/nets/layers/activations';
import { multiHeadAttention } from '#kernel/nets/layers/attention';
import { conv2d } from '#kernel/nets/layers/convolution';
import { embedding } from '#kernel/nets/layers/embedding';
import { linear } from '#kernel/nets/layers/linear';
import { lstm } from '#kernel/nets/layers/recurrent';
import { sequential } from '#kernel/nets/layers/sequential';
import { crossEntropy } from '#kernel/nets/losses/cross-entropy';
import { meanSquaredError } from '#kernel/nets/losses/regression';
import { network } from '#kernel/nets/net';
import type { AnyLayer, Layer } from '#kernel/nets/types';
import { key, Stream } from '#kernel/numeric/random';
import { normalCdf } from '#kernel/numeric/special/normal';

const { heNormal, heUniform, xavierNormal, xavierUniform, lecunNormal, lecunUniform, truncatedNormal } = initialisers;

/** Mean and variance of elements that are drawn, and the errors these have for such a kurtosis. */
function moments(values: ArrayLike<number>, kurtosis: number) {
  const list = Array.from(values);
  const mean = list.reduce((a, b) => a + b) / list.length;
  const variance = list.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (list.length - 1);
  return {
    mean,
    variance,
    meanError: Math.sqrt(variance / list.length),
    varianceError: variance * Math.sqrt((kurtosis - 1) / list.length),
  };
}

const draw = (scheme: Scheme, shape: readonly number[], fans = [shape[1] ?? 1, shape[0]!] as const) =>
  asInitialiser(scheme).values({ shape, fanIn: fans[0], fanOut: fans[1], stream: new Stream(key(5)) });

const NORMAL = 3;
const UNIFORM = 1.8;
// Of a standard normal between ±2: variance 1 − 4 φ(2) / (2 Φ(2) − 1), and a kurtosis below the normal's.
const within = 2 * normalCdf(2) - 1;
const truncatedVariance = 1 - (4 * (Math.exp(-2) / Math.sqrt(2 * Math.PI))) / within;

describe('variances are those of the papers (5 standard errors: a false alarm in a million)', () => {
  const [outputs, inputs] = [120, 80];
  it.each<readonly [string, Scheme, number, number]>([
    ['xavierUniform: 2 / (n_in + n_out)', xavierUniform(), 2 / 200, UNIFORM],
    ['xavierNormal: 2 / (n_in + n_out)', xavierNormal(), 2 / 200, NORMAL],
    ['xavierNormal with the gain of tanh', xavierNormal({ gain: gainOf('tanh') }), (25 / 9) * (2 / 200), NORMAL],
    ['heUniform: 2 / n_in', heUniform(), 2 / 80, UNIFORM],
    ['heNormal: 2 / n_in', heNormal(), 2 / 80, NORMAL],
    ['heNormal by n_out', heNormal({ mode: 'fanOut' }), 2 / 120, NORMAL],
    ['heNormal for a linear layer: 1 / n_in', heNormal({ nonlinearity: 'linear' }), 1 / 80, NORMAL],
    ['heNormal for a leaky one', heNormal({ nonlinearity: 'leakyRelu', negativeSlope: 1 }), 1 / 80, NORMAL],
    ['lecunUniform: 1 / n_in', lecunUniform(), 1 / 80, UNIFORM],
    ['lecunNormal: 1 / n_in', lecunNormal(), 1 / 80, NORMAL],
    ['orthogonal: 1 / max(n, m)', initialisers.orthogonal(), 1 / 120, NORMAL],
    ['orthogonal with a gain', initialisers.orthogonal({ gain: 2 }), 4 / 120, NORMAL],
    ['truncatedNormal', truncatedNormal(0, 0.5), 0.25 * truncatedVariance, NORMAL],
    ['residualScaled by 1 / √(2 L)', initialisers.residualScaled(initialisers.normal(0, 0.02), 6), 0.0004 / 12, NORMAL],
    ['normal', initialisers.normal(0, 3), 9, NORMAL],
    ['uniform', initialisers.uniform(-2, 2), 16 / 12, UNIFORM],
    ['a distribution', normal(0, 0.1), 0.01, NORMAL],
    ['another distribution', uniform(-1, 1), 1 / 3, UNIFORM],
  ])('%s', (_, scheme, expected, kurtosis) => {
    const { mean, variance, meanError, varianceError } = moments(draw(scheme, [outputs, inputs]), kurtosis);
    expect(Math.abs(mean)).toBeLessThan(5 * meanError);
    expect(Math.abs(variance - expected)).toBeLessThan(5 * varianceError);
  });

  it('filters count the places they see', () => {
    const net = network(conv2d(8, 16, 3), { input: [8, 5, 5], seed: 2 });
    net.initialise(heNormal());
    const { variance, varianceError } = moments(net.get('weight').values, NORMAL);
    expect(Math.abs(variance - 2 / 72)).toBeLessThan(5 * varianceError);
  });
});

describe('exact starts', () => {
  it('zeros, ones, a constant, and a number', () => {
    expect([...draw(initialisers.zeros(), [2, 2])]).toEqual([0, 0, 0, 0]);
    expect([...draw(initialisers.ones(), [2, 2])]).toEqual([1, 1, 1, 1]);
    expect([...draw(initialisers.constant(0.5), [3])]).toEqual([0.5, 0.5, 0.5]);
    expect([...draw(-2, [2])]).toEqual([-2, -2]);
  });

  it('identity has 1 on the diagonal of any matrix', () => {
    expect([...draw(initialisers.identity(), [2, 3])]).toEqual([1, 0, 0, 0, 1, 0]);
    expect([...draw(initialisers.identity({ gain: 3 }), [2, 2])]).toEqual([3, 0, 0, 3]);
  });

  it.each([
    [6, 4],
    [4, 6],
    [5, 5],
  ])('orthogonal %d × %d: the singular values are the gain', (rows, columns) => {
    const q = draw(initialisers.orthogonal({ gain: 2 }), [rows, columns]);
    const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
    for (let i = 0; i < short; i++) {
      for (let j = 0; j < short; j++) {
        let product = 0;
        for (let k = 0; k < long; k++) {
          const at = (line: number) => (rows >= columns ? k * columns + line : line * columns + k);
          product += q[at(i)]! * q[at(j)]!;
        }
        expect(product).toBeCloseTo(i === j ? 4 : 0, 12);
      }
    }
  });

  it('a truncated normal stays within its bounds', () => {
    const values = draw(truncatedNormal(1, 0.5, -1, 2), [5000]);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...values)).toBeLessThanOrEqual(2);
  });

  it('gains are those of torch.nn.init.calculate_gain', () => {
    const gains = (['linear', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'selu'] as const).map((name) => gainOf(name));
    expect(gains).toEqual([1, 1, 5 / 3, Math.SQRT2, Math.sqrt(2 / 1.0001), 0.75]);
  });
});

describe("layers start as PyTorch's do (bounds and standard errors)", () => {
  /** Elements of a parameter of a large layer. */
  const started = (layer: AnyLayer | Layer, path: string) => {
    const net = network(layer as Layer, {
      input: layer.integerInput
        ? { shape: [3], integer: true }
        : layer.kind === 'conv2d'
          ? [4, 6, 6]
          : layer.kind === 'linear'
            ? [50]
            : [3, 50],
      seed: 4,
    });
    return net.get(path).values;
  };
  it.each<readonly [string, AnyLayer | Layer, string, number]>([
    ['linear weights: ±1/√n_in', linear(50, 80), 'weight', 1 / Math.sqrt(50)],
    ['linear biases: ±1/√n_in', linear(50, 800), 'bias', 1 / Math.sqrt(50)],
    ['filters: ±1/√(n_in · places)', conv2d(4, 60, 3), 'weight', 1 / 6],
    ['their biases', conv2d(4, 600, 3), 'bias', 1 / 6],
    ['weights of an LSTM: ±1/√hidden', lstm(50, 20, { returns: 'last' }), 'weight_ih_l0', 1 / Math.sqrt(20)],
    ['projections of attention: Xavier', multiHeadAttention(50, 2) as AnyLayer, 'in_proj_weight', Math.sqrt(6 / 200)],
  ])('%s', (_, layer, path, bound) => {
    const values = started(layer, path);
    const { mean, variance, meanError, varianceError } = moments(values, UNIFORM);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound * (1 + 1e-6));
    expect(Math.abs(mean)).toBeLessThan(5 * meanError);
    expect(Math.abs(variance - bound ** 2 / 3)).toBeLessThan(5 * varianceError);
  });

  it('embeddings: standard normal', () => {
    const { mean, variance, meanError, varianceError } = moments(started(embedding(100, 30), 'weight'), NORMAL);
    expect(Math.abs(mean)).toBeLessThan(5 * meanError);
    expect(Math.abs(variance - 1)).toBeLessThan(5 * varianceError);
  });

  it("attention's biases are 0, and its output projection's", () => {
    const net = network(multiHeadAttention(8, 2) as Layer, { input: [3, 8] });
    expect(net.get('in_proj_bias').values.every((b) => b === 0)).toBe(true);
    expect(net.get('out_proj.bias').values.every((b) => b === 0)).toBe(true);
  });

  it('first values depend on the seed and the path alone, not on what else there is', () => {
    const small = network(sequential({ a: linear(3, 4) }), { input: [3], seed: 7 });
    const large = network(sequential({ a: linear(3, 4), b: linear(4, 2) }), { input: [3], seed: 7 });
    const other = network(sequential({ a: linear(3, 4) }), { input: [3], seed: 8 });
    expect(small.get('a.weight').values).toEqual(large.get('a.weight').values);
    expect(small.get('a.weight').values).not.toEqual(other.get('a.weight').values);
  });
});

describe('sizes by depth', () => {
  const depth = 20;
  const width = 64;
  const deep = (activation: () => Layer) =>
    network(
      sequential(...Array.from({ length: depth }, () => [linear(width, width, { bias: false }), activation()]).flat()),
      {
        input: [width],
        seed: 3,
      },
    );
  const stream = new Stream(key(9));
  const x = Array.from({ length: 64 }, () => Array.from({ length: width }, () => stream.normal()));
  const target = Array.from({ length: 64 * width }, () => stream.normal());
  const shrinkage = (scheme: Scheme, activation: () => Layer) => {
    const net = deep(activation);
    net.initialise(scheme);
    const { rows } = net.activations(x);
    const slopes = net.gradients(x, target, meanSquaredError()).rows.filter(({ kind }) => kind === 'linear');
    return { forward: rows[rows.length - 1]!.sd / rows[0]!.sd, backward: slopes[0]!.sd / slopes[depth - 1]!.sd };
  };

  it('He keeps ReLU nets at their size, forward and backward', () => {
    const { forward, backward } = shrinkage(heNormal(), relu);
    expect(forward).toBeGreaterThan(0.1);
    expect(forward).toBeLessThan(10);
    expect(backward).toBeGreaterThan(0.1);
    expect(backward).toBeLessThan(10);
  });

  it('Xavier lets ReLU nets vanish by about 2^(−depth/2), and keeps tanh nets', () => {
    const { forward } = shrinkage(xavierNormal(), relu);
    expect(Math.log2(forward)).toBeCloseTo(-depth / 2, -1);
    const { forward: kept, backward } = shrinkage(xavierNormal({ gain: gainOf('tanh') }), tanh);
    expect(kept).toBeGreaterThan(0.3);
    expect(backward).toBeGreaterThan(0.03);
  });

  it('small numbers vanish and large ones explode, and the table says so', () => {
    const net = deep(relu);
    net.initialise(initialisers.normal(0, 0.01));
    expect(String(net.activations(x))).toMatch(/the standard deviation shrinks to .*e-/);
    net.initialise(initialisers.normal(0, 1));
    expect(String(net.activations(x))).toMatch(/the standard deviation grows .* times/);
    expect(shrinkage(initialisers.normal(0, 1), relu).backward).toBeGreaterThan(1e6);
    expect(String(net.gradients(x, target, meanSquaredError()))).toMatch(
      /from 39 back to 0 the standard deviation grows/,
    );
  });

  it('orthogonal weights keep a linear net exactly', () => {
    const net = network(sequential(...Array.from({ length: depth }, () => linear(width, width, { bias: false }))), {
      input: [width],
      precision: 'double',
    });
    net.initialise(initialisers.orthogonal());
    const square = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v * v, 0);
    expect(square(net.predict(x).values)).toBeCloseTo(square(x.flat()), 8);
  });

  it('equal weights never become different: the symmetry is seen, and training does not break it', () => {
    const net = network(sequential(linear(4, 5), tanh(), linear(5, 3)), { input: [4], precision: 'double' });
    net.initialise(0.3);
    net.set('0.bias', [0, 0, 0, 0, 0]);
    const few = x.slice(0, 12).map((row) => row.slice(0, 4));
    const labels = few.map((_, i) => i % 3);
    expect(net.activations(few).rows.find(({ name }) => name === '1')!.acrossUnits).toBeLessThan(1e-15);
    expect(net.activations(few).notes.join()).toMatch(/all units are alike in 0, 1/);
    const slopes = net.gradients(few, labels, crossEntropy());
    expect(slopes.rows.find(({ name }) => name === '0.weight')!.acrossUnits).toBeLessThan(1e-15);
    net.initialise(heNormal());
    expect(net.activations(few).notes.join()).not.toMatch(/alike/);
  });

  it('shares of zeros are counted: half of what ReLU gives', () => {
    const net = network(sequential(linear(4, 200), relu()), { input: [4], seed: 2 });
    const row = net.activations(x.map((each) => each.slice(0, 4))).rows.find(({ kind }) => kind === 'relu')!;
    expect(row.zeros).toBeGreaterThan(0.4);
    expect(row.zeros).toBeLessThan(0.6);
  });
});

describe('net.initialise', () => {
  const built = () => network(sequential({ body: linear(4, 5), head: linear(5, 2) }), { input: [4], seed: 1 });

  it('takes weights and leaves biases where nothing is chosen', () => {
    const net = built();
    const bias = net.get('body.bias').values;
    expect(net.initialise(initialisers.zeros())).toEqual(['body.weight', 'head.weight']);
    expect(net.get('body.weight').values.every((w) => w === 0)).toBe(true);
    expect(net.get('body.bias').values).toEqual(bias);
  });

  it('takes what is chosen: paths, patterns, functions; for fans, the matrices among them', () => {
    const net = built();
    expect(net.initialise(0, 'body')).toEqual(['body.weight', 'body.bias']);
    expect(net.initialise(heNormal(), 'body.*')).toEqual(['body.weight']);
    expect(net.initialise(1, (path) => path.endsWith('bias'))).toEqual(['body.bias', 'head.bias']);
    expect(net.initialise(normal(0, 1), ['head.bias', 'body.bias'])).toEqual(['body.bias', 'head.bias']);
  });

  it('has numbers of its own for each seed', () => {
    const net = built();
    net.initialise(heNormal());
    const before = net.get('head.weight').values;
    net.initialise(heNormal(), undefined, { seed: 2 });
    expect(net.get('head.weight').values).not.toEqual(before);
    net.initialise(heNormal(), undefined, { seed: 1 });
    expect(net.get('head.weight').values).toEqual(before);
  });

  it('refuses a vector where a matrix is needed, an unknown path, and what is no scheme', () => {
    const net = built();
    expect(() => net.initialise(heNormal(), 'body.bias')).toThrow(
      /heNormal needs a matrix, and 'body.bias' has shape \[5\]/,
    );
    expect(() => net.initialise(0, 'body.wieght')).toThrow(/there is no 'body.wieght'; did you mean 'body.weight'\?/);
    expect(() => net.initialise('he' as never)).toThrow(/expected an initialiser such as initialisers.heNormal\(\)/);
    expect(() => net.initialise(normal(0, 1).size(3), 'head.bias')).toThrow(/gives 3 numbers where 2 are wanted/);
  });

  it.each([
    [() => initialisers.normal(0, 0), /sd must be above 0, got 0/],
    [() => initialisers.normal(Number.NaN, 1), /mean must be a finite number, got NaN/],
    [() => initialisers.uniform(1, 1), /lower must be below upper/],
    [() => truncatedNormal(0, 1, 2, -2), /lower must be below upper/],
    [() => xavierUniform({ gain: -1 }), /gain must be above 0, got -1/],
    [() => heNormal({ mode: 'fan' as never }), /mode must be 'fanIn' or 'fanOut', got 'fan'/],
    [() => heNormal({ nonlinearity: 'swish' as never }), /there is no 'swish'; there are linear/],
    [() => initialisers.residualScaled(heNormal(), 0), /depth must be above 0/],
    [() => initialisers.constant(Number.POSITIVE_INFINITY), /value must be a finite number/],
  ])('refuses options out of range %#', (make, message) => {
    expect(make).toThrow(message);
  });
});
