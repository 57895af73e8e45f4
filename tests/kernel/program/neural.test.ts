/**
 * Functions of neural networks against PyTorch 2.13.0 on the CPU, in single precision.
 */
import { describe, expect, it } from 'vitest';
import { key } from '#kernel/numeric/random';
import { variable } from '#kernel/program/expression';
import { matmul, transpose, where } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import {
  argmax,
  concatenateAlong,
  dropout,
  elu,
  gelu,
  leakyRelu,
  logSoftmax,
  moments,
  oneHot,
  randomUniform,
  relu,
  silu,
  sliceAlong,
  softmax,
  splitAlong,
  takeRows,
} from '#kernel/program/neural';
import { ProgramState } from '#kernel/program/state';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';

const at = [-6, -2.5, -1, -0.3, 0, 0.2, 1.1, 3, 7.5];
const weights = at.map((_, i) => (i + 1) / 9);

/**
 * Values and gradients of Σ w f(x):
 * x = torch.tensor([-6., -2.5, -1., -0.3, 0., 0.2, 1.1, 3., 7.5], requires_grad=True);
 * v = f(x); (v * torch.arange(1, 10) / 9).sum().backward(); print(v, x.grad)
 */
const figures: Readonly<Record<string, readonly [(x: Expr) => Expr, readonly number[], readonly number[]]>> = {
  relu: [relu, [0, 0, 0, 0, 0, 0.2, 1.1, 3, 7.5], [0, 0, 0, 0, 0, 0.666666687, 0.777777791, 0.888888896, 1]],
  leakyRelu: [
    (x) => leakyRelu(x),
    [-0.0599999987, -0.0249999985, -0.00999999978, -0.00300000003, 0, 0.200000003, 1.10000002, 3, 7.5],
    [
      ...[0.00111111114, 0.00222222228, 0.00333333341, 0.00444444455, 0.00555555569],
      ...[0.666666687, 0.777777791, 0.888888896, 1],
    ],
  ],
  elu: [
    (x) => elu(x),
    [-0.997521222, -0.917914987, -0.63212055, -0.259181798, 0, 0.200000003, 1.10000002, 3, 7.5],
    [
      ...[0.000275416911, 0.0182411112, 0.122626483, 0.329252541, 0.555555582],
      ...[0.666666687, 0.777777791, 0.888888896, 1],
    ],
  ],
  silu: [
    silu,
    [-0.0148357386, -0.189645454, -0.268941432, -0.127667248, 0, 0.1099668, 0.82528615, 2.85772252, 7.4958539],
    [
      ...[-0.00136960344, -0.0220891349, 0.0241098292, 0.156542227, 0.277777791],
      ...[0.399558187, 0.743840992, 0.967203617, 1.00359106],
    ],
  ],
  gelu: [
    (x) => gelu(x),
    [0, -0.0155241787, -0.158655256, -0.114626579, 0, 0.115851939, 0.950767398, 2.99594975, 7.5],
    [
      ...[-3.31136918e-9, -0.00835801475, -0.0277718119, 0.118965454, 0.277777791],
      ...[0.438312232, 0.858644307, 0.899507225, 1],
    ],
  ],
  'gelu by tanh': [
    (x) => gelu(x, { approximate: 'tanh' }),
    [0, -0.0150842965, -0.158807993, -0.114629082, 0, 0.115851425, 0.950581074, 2.99636269, 7.5],
    [0, -0.00843370054, -0.0276546981, 0.118979797, 0.277777791, 0.438305438, 0.858401835, 0.899186015, 1],
  ],
  softplus: [
    (x) => x.softplus(),
    [0.00247568521, 0.078889735, 0.313261688, 0.554355264, 0.693147182, 0.798138857, 1.3873353, 3.04858732, 7.50055313],
    [
      ...[0.00027473591, 0.0168573726, 0.0896471441, 0.189136654, 0.277777791],
      ...[0.366556019, 0.583535612, 0.846732616, 0.999447227],
    ],
  ],
  softmax: [
    (x) => softmax(x),
    [
      ...[1.35115238e-6, 4.47440216e-5, 0.000200528782, 0.000403815298, 0.000545093731],
      ...[0.000665778876, 0.00163755193, 0.0109485006, 0.985552609],
    ],
    [
      ...[-1.19772938e-6, -3.46917914e-5, -0.000133196823, -0.00022335707, -0.000240934562],
      ...[-0.000220302667, -0.000359906961, -0.00118980033, 0.00240343204],
    ],
  ],
  logSoftmax: [
    (x) => logSoftmax(x),
    [
      ...[-13.5145531, -10.0145531, -8.51455307, -7.81455278, -7.51455259],
      ...[-7.31455278, -6.41455269, -4.51455259, -0.014552759],
    ],
    [
      ...[0.111104354, 0.221998498, 0.332330704, 0.44242537, 0.5528301],
      ...[0.663337767, 0.76959002, 0.83414638, -3.92776299],
    ],
  ],
};

describe('an activation has the value and the gradient of PyTorch', () => {
  it.each(Object.entries(figures))('%s', (_, [f, values, slopes]) => {
    const x = variable('x', [9]);
    const value = f(x);
    const [slope] = grad(value.mul(weights).sum(), [x]) as [Expr];
    const [found, derived] = compileStep({ inputs: [x], outputs: [value, slope] }).run({ x: at });
    found!.forEach((v, i) => {
      expect(Math.abs(v - values[i]!)).toBeLessThan(2e-6 * (1 + Math.abs(values[i]!)));
      expect(Math.abs(derived![i]! - slopes[i]!)).toBeLessThan(2e-6 * (1 + Math.abs(slopes[i]!)));
    });
  });
});

/** Values in both precisions, and interpreted: equal but for rounding, the first two to the bit. */
function everywhere(inputs: readonly Expr[], output: Expr, given: Readonly<Record<string, ArrayLike<number>>>) {
  const run = (precision: 'single' | 'double', interpret: boolean) =>
    Array.from(compileStep({ inputs, outputs: [output], precision, interpret }).run(given)[0]!);
  const found = run('single', false);
  expect(found).toEqual(run('single', true));
  const double = run('double', false);
  for (const [i, x] of double.entries()) expect(Math.abs(found[i]! - x)).toBeLessThan(1e-5 * (1 + Math.abs(x)));
  return found;
}

const wave = (size: number) => Float64Array.from({ length: size }, (_, i) => Math.sin(1.9 * i));

describe('labels', () => {
  it('become ones at their class; what is no class has none', () => {
    const label = variable('label', [2, 2], 'integer');
    const found = everywhere([label], oneHot(label, 3), { label: [0, 2, -1, 3] });
    expect(found).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  });
  it('choose rows of a table, whose gradient adds up', () => {
    const token = variable('token', [2, 3], 'integer');
    const table = variable('table', [4, 5]);
    const rows = takeRows(table, token);
    expect(rows.shape).toEqual([2, 3, 5]);
    const [slope] = grad(rows.sum(), [table]) as [Expr];
    const given = { token: [3, 0, 3, 1, 3, 0], table: wave(20) };
    const found = everywhere([token, table], rows, given);
    expect(found.slice(5, 10)).toEqual(Array.from(wave(20).slice(0, 5), Math.fround));
    expect(everywhere([token, table], slope, given)).toEqual(
      [2, 1, 0, 3].flatMap((count) => new Array<number>(5).fill(count)),
    );
  });
  it('outside a table are NaN in the value and nothing in the gradient', () => {
    const token = variable('token', [3], 'integer');
    const table = variable('table', [2, 5]);
    const rows = takeRows(table, token);
    const [slope] = grad(rows.sum(), [table]) as [Expr];
    for (const interpret of [false, true]) {
      const step = compileStep({ inputs: [token, table], outputs: [rows, slope], interpret });
      const [value, derived] = step.run({ token: [1, 2, -1], table: wave(10) });
      expect(Array.from(value!.slice(5)).every(Number.isNaN)).toBe(true);
      expect(Array.from(derived!)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    }
  });
});

describe('along a dimension', () => {
  const x = variable('x', [3, 4, 5]);
  const given = { x: wave(60) };
  it('the position of the largest', () => {
    const found = everywhere([x], argmax(x), given);
    expect(found).toEqual(
      Array.from({ length: 12 }, (_, row) => {
        const values = Array.from(wave(60).slice(5 * row, 5 * row + 5));
        return values.indexOf(Math.max(...values));
      }),
    );
  });
  it('parts and what they are put together to', () => {
    const [a, b] = splitAlong(x, 2, 1) as [Expr, Expr];
    expect(a.shape).toEqual([3, 2, 5]);
    expect(everywhere([x], concatenateAlong([a, b], 1), given)).toEqual(Array.from(wave(60), Math.fround));
    expect(everywhere([x], sliceAlong(x, 2, -2), given).slice(0, 2)).toEqual(
      [wave(60)[3]!, wave(60)[4]!].map(Math.fround),
    );
    expect(compileStep({ inputs: [x], outputs: [sliceAlong(x, 1, 0)] }).graph.nodes.length).toBe(1);
  });
  it('softmax over the middle one sums to one there', () => {
    const found = everywhere([x], softmax(x, 1).sum(1), given);
    for (const total of found) expect(Math.abs(total - 1)).toBeLessThan(1e-6);
  });
  it('mean and variance broadcast over what they are of', () => {
    const { mean, variance } = moments(x, 1);
    expect(mean.shape).toEqual([3, 1, 5]);
    const normal = x.sub(mean).div(variance.sqrt());
    for (const value of everywhere([x], normal.square().mean(1), given)) expect(Math.abs(value - 1)).toBeLessThan(1e-5);
  });
  it('says what does not fit', () => {
    expect(() => splitAlong(x, 3, 1)).toThrow(/dimension 1 of \[3, 4, 5\] cannot be cut into 3/);
    expect(() => sliceAlong(x, 1, 2, 9)).toThrow(/dimension 1 of \[3, 4, 5\] has 4 elements/);
    expect(() => concatenateAlong([x, variable('y', [3, 4, 4])], 1)).toThrow(/differ beyond dimension 1/);
    expect(() => concatenateAlong([], 1)).toThrow(/at least one expression/);
    expect(() => softmax(variable('s', []))).toThrow(/softmax/);
    expect(() => softmax(x, 3)).toThrow(/softmax/);
  });
});

describe('products of many matrices', () => {
  const a = variable('a', [2, 3, 4, 5]);
  const b = variable('b', [2, 3, 6, 5]);
  const given = { a: wave(120), b: wave(180) };
  it('are those of each pair, the transposition left to the product', () => {
    const product = matmul(a, transpose(b, [0, 1, 3, 2]));
    expect(product.shape).toEqual([2, 3, 4, 6]);
    const found = everywhere([a, b], product, given);
    const [pair, i, j] = [4, 2, 3];
    let sum = 0;
    for (let q = 0; q < 5; q++) sum += given.a[pair * 20 + i * 5 + q]! * given.b[pair * 30 + j * 5 + q]!;
    expect(Math.abs(found[pair * 24 + i * 6 + j]! - sum)).toBeLessThan(1e-5);
    const graph = compileStep({ inputs: [a, b], outputs: [product] }).graph;
    expect(graph.nodes.map(({ operation }) => operation)).toEqual(['input', 'input', 'batchMatmul']);
  });
  it('with one matrix are one large product', () => {
    const w = variable('w', [5, 2]);
    const product = a.matmul(w);
    expect(product.shape).toEqual([2, 3, 4, 2]);
    const [slope] = grad(product.sum(), [w]) as [Expr];
    expect(slope.shape).toEqual([5, 2]);
    everywhere([a, w], product, { a: given.a, w: wave(10) });
  });
  it('say which sizes differ', () => {
    expect(() => matmul(a, variable('c', [2, 3, 4, 5]))).toThrow(/inner sizes 5 and 4 differ/);
    expect(() => matmul(a, variable('c', [4, 3, 5, 2]))).toThrow(/do not broadcast/);
  });
});

describe('random numbers', () => {
  const seed = variable('key', [4], 'integer');
  it('are the same in both precisions and interpreted, between 0 and 1, with the mean and the variance they should have', () => {
    const u = randomUniform(seed, [100, 103], 3);
    const words = key(2n ** 63n + 7n);
    const found = everywhere([seed], u, { key: words });
    const double = compileStep({ inputs: [seed], outputs: [u], precision: 'double' }).run({ key: words })[0]!;
    expect(found).toEqual(Array.from(double));
    const mean = found.reduce((sum, x) => sum + x, 0) / found.length;
    const variance = found.reduce((sum, x) => sum + (x - mean) ** 2, 0) / found.length;
    // Five standard errors: 1 / √(12 n), and √(1/180 / n) for the variance.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 / Math.sqrt(12 * found.length));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / found.length));
    expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...found)).toBeLessThan(1);
  });
  it('differ between streams and keys, and are shared where both are the same', () => {
    const streams = [1, 2, 1].map((stream) => randomUniform(seed, [50], stream));
    const step = compileStep({ inputs: [seed], outputs: streams });
    const [a, b, again] = step.run({ key: key(1) });
    expect(a).toEqual(again);
    expect(a).not.toEqual(b);
    expect(step.run({ key: key(2) })[0]).not.toEqual(a);
  });
  it('drop values: the mean stays, and the gradient goes where the value went', () => {
    const x = variable('x', [4000]);
    const dropped = dropout(x, 0.25, seed, 5);
    const [slope] = grad(dropped.sum(), [x]) as [Expr];
    const step = compileStep({ inputs: [x, seed], outputs: [dropped, slope] });
    const [value, derived] = step.run({ x: new Float32Array(4000).fill(3), key: key(4) });
    expect(new Set(value)).toEqual(new Set([0, 4]));
    expect(new Set(derived)).toEqual(new Set([0, Math.fround(4 / 3)]));
    const share = value!.filter((v) => v === 0).length / 4000;
    expect(Math.abs(share - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 4000));
    expect(compileStep({ inputs: [x], outputs: [dropout(x, 0, seed, 5)] }).graph.nodes.length).toBe(1);
  });
  it('say what is wrong', () => {
    expect(() => randomUniform(seed, [2], -1)).toThrow(/stream number/);
    expect(() => randomUniform(variable('k', [2]), [2], 1)).toThrow(/key of four integers/);
    expect(() => dropout(seed, 1, seed, 0)).toThrow(/rate from 0 to below 1/);
  });
});

const attention = {
  output: [
    0.909297407, -0.687766135, -0.0179882739, 0.443371832, 0.267377317, -0.561145127, 0.740375876, 0.396740586,
    -0.548284948, 0.286286145, 0.473051548, -0.0117061939,
  ],
  slope: [
    0.0, 0.0, -0.437768847, 0.0394500308, 0.340089351, -0.0710899755, 0.0, 0.0, -0.0756241828, -0.41114819, 0.141263187,
    0.208915889,
  ],
};
const norm = {
  output: [0.0865261555, 1.60111129, -0.892772973, -0.794864535, 1.1054287, -0.323073775, -1.47918856, 0.69683367],
  slope: [-5.06584787, 1.95049381, 2.12428379, 0.991071701, 2.70718813, -4.20428085, 2.47894621, -0.981853485],
};

describe('attention', () => {
  it('has the value and gradients of PyTorch', () => {
    // torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True), all (1, 2, 3, 2) of sin(1.9 i),
    // sin(1.9 i + 1), sin(1.9 i + 2); the gradient of Σ o² by q.
    const shape = [1, 2, 3, 2];
    const [q, k, v] = [variable('q', shape), variable('k', shape), variable('v', shape)];
    const causal = [
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
    ];
    const scores = matmul(q, transpose(k, [0, 1, 3, 2])).div(Math.sqrt(2));
    const masked = where(causal, scores, -Infinity);
    const o = matmul(softmax(masked), v);
    const [slope] = grad(o.square().sum(), [q]) as [Expr];
    const shifted = (phase: number) => Float32Array.from({ length: 12 }, (_, i) => Math.sin(1.9 * i + phase));
    const [found, derived] = compileStep({ inputs: [q, k, v], outputs: [o, slope] }).run({
      q: shifted(0),
      k: shifted(1),
      v: shifted(2),
    });
    for (const [i, x] of found!.entries()) expect(Math.abs(x - attention.output[i]!)).toBeLessThan(2e-6);
    for (const [i, x] of derived!.entries()) expect(Math.abs(x - attention.slope[i]!)).toBeLessThan(2e-6);
  });
});

describe('a normalised layer', () => {
  it('has the value and gradient of PyTorch', () => {
    // torch.nn.functional.layer_norm(x, (4,)), x (2, 4) of sin(1.9 i); the gradient of Σ y³ by x.
    const state = new ProgramState({ x: { shape: [2, 4], values: wave(8) } });
    const x = state.variable('x');
    const { mean, variance } = moments(x, -1);
    const y = x.sub(mean).div(variance.add(1e-5).sqrt());
    const [slope] = grad(y.mul(y).mul(y).sum(), [x]) as [Expr];
    const [found, derived] = compileStep({ state, outputs: [y, slope] }).run();
    for (const [i, value] of found!.entries()) expect(Math.abs(value - norm.output[i]!)).toBeLessThan(3e-6);
    for (const [i, value] of derived!.entries()) expect(Math.abs(value - norm.slope[i]!)).toBeLessThan(2e-5);
  });
});
