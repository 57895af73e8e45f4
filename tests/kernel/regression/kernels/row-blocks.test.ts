import { describe, expect, it } from 'vitest';
import { key, Stream } from '#kernel/numeric/random';
import { RowBlocks } from '#kernel/regression/kernels/row-blocks';

const normals = (n: number, seed: number) => {
  const stream = new Stream(key(seed));
  return Float64Array.from({ length: n }, () => stream.normal());
};
const design = (n: number, p: number) => Array.from({ length: p }, (_, j) => normals(n, j + 1));

/** Rows that fill no block, one, and several; columns with and without a rest of a tile. */
const sizes = [
  [1, 1],
  [3, 2],
  [255, 4],
  [256, 5],
  [257, 7],
  [1000, 21],
  [600, 8],
] as const;

describe('RowBlocks', () => {
  for (const [n, p] of sizes) {
    it(`multiplies as plain loops do: ${n} rows, ${p} columns`, () => {
      const columns = design(n, p);
      const blocks = RowBlocks.open(columns)!;
      const [b, v, w, offset] = [normals(p, 90), normals(n, 91), normals(n, 92), normals(n, 93)];
      blocks.offset.set(offset);
      blocks.predict(b);
      for (let i = 0; i < n; i++) {
        const expected = columns.reduce((sum, column, j) => sum + b[j]! * column[i]!, offset[i]!);
        expect(blocks.eta[i]).toBeCloseTo(expected, 12);
      }
      blocks.pull.set(v);
      const pulled = blocks.transposeTimesPull();
      blocks.curvature.set(w);
      const [weighted, plain] = [blocks.gram(true), blocks.gram(false)];
      for (let j = 0; j < p; j++) {
        expect(pulled[j]).toBeCloseTo(
          columns[j]!.reduce((sum, x, i) => sum + x * v[i]!, 0),
          10,
        );
        for (let k = 0; k < p; k++) {
          const pairs = columns[j]!.map((x, i) => x * columns[k]![i]!);
          expect(plain[j * p + k]).toBeCloseTo(
            pairs.reduce((sum, x) => sum + x, 0),
            10,
          );
          expect(weighted[j * p + k]).toBeCloseTo(
            pairs.reduce((sum, x, i) => sum + x * w[i]!, 0),
            10,
          );
        }
      }
    });
  }

  it('takes one row in so many', () => {
    const columns = design(1000, 3);
    const blocks = RowBlocks.open(columns, 7)!;
    expect(blocks.rows).toBe(142);
    blocks.offset.fill(0);
    blocks.predict([1, 0, 0]);
    expect([...blocks.eta]).toEqual(Array.from({ length: 142 }, (_, i) => columns[0]![7 * i]!));
  });

  it('leaves no trace of a larger design that stood there before', () => {
    const small = design(300, 5);
    const gram = RowBlocks.open(small)!.gram(false);
    RowBlocks.open(design(3000, 20))!.gram(false);
    expect(RowBlocks.open(small)!.gram(false)).toEqual(gram);
  });

  it('says that what is too wide, too long or empty is not for it', () => {
    expect(RowBlocks.open(design(2, 513))).toBeUndefined();
    expect(RowBlocks.open([])).toBeUndefined();
    expect(RowBlocks.open([new Float64Array(0)])).toBeUndefined();
  });

  for (const [kind, mean, curvature] of [
    ['logistic', (eta: number) => 1 / (1 + Math.exp(-eta)), (mu: number) => mu * (1 - mu)],
    ['poisson', Math.exp, (mu: number) => mu],
  ] as const) {
    it(`computes means, curvatures, pulls and the gradient: ${kind}`, () => {
      const n = 517;
      const columns = design(n, 6);
      const blocks = RowBlocks.open(columns)!;
      const y = normals(n, 40).map((x) => (kind === 'logistic' ? Number(x > 0) : Math.round(3 * Math.abs(x))));
      const weights = normals(n, 41).map(Math.abs);
      blocks.y.set(y);
      blocks.weights.set(weights);
      blocks.offset.fill(0.1);
      const b = normals(6, 42);
      const found = blocks.gradient(kind, b);
      const expected = new Float64Array(6);
      for (let i = 0; i < n; i++) {
        const mu = mean(columns.reduce((sum, column, j) => sum + b[j]! * column[i]!, 0.1));
        expect(Math.abs(blocks.mean[i]! - mu)).toBeLessThan(1e-13 * (1 + mu));
        expect(Math.abs(blocks.curvature[i]! - weights[i]! * curvature(mu))).toBeLessThan(1e-12 * (1 + mu));
        for (let j = 0; j < 6; j++) expected[j]! += weights[i]! * (y[i]! - mu) * columns[j]![i]!;
      }
      for (let j = 0; j < 6; j++) expect(found[j]).toBeCloseTo(expected[j]!, 8);
      let deviance = 0;
      for (let i = 0; i < n; i++) {
        const mu = blocks.mean[i]!;
        const part = (a: number, c: number) => (a === 0 ? 0 : a * Math.log(a / c));
        const unit = kind === 'logistic' ? part(y[i]!, mu) + part(1 - y[i]!, 1 - mu) : part(y[i]!, mu) - (y[i]! - mu);
        deviance += 2 * weights[i]! * unit;
      }
      expect(Math.abs(blocks.deviance(kind) - deviance)).toBeLessThan(1e-12 * deviance);
    });
  }

  it('keeps means inside of the family where predictors are far out, as the links do', () => {
    const blocks = RowBlocks.open([Float64Array.of(1000, -1000, 0, 800)])!;
    blocks.y.set([1, 0, 1, 1]);
    blocks.weights.fill(1);
    blocks.offset.fill(0);
    blocks.gradient('logistic', [1]);
    expect([...blocks.mean]).toEqual([1 - Number.EPSILON, Number.EPSILON, 0.5, 1 - Number.EPSILON]);
    expect(blocks.curvature.every(Number.isFinite)).toBe(true);
  });
});
