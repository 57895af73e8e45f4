/**
 * Factors and systems in tiles: the bits of the plain loops, at every size around a tile and above.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tiles } from '#kernel/program/generate/webassembly/tiles';
import { choleskyInTiles, solveInTiles } from '#kernel/program/operations/dense';

fc.configureGlobal({ seed: 20261122 });

/** As the sums are said to run: ascending, one product after the other. */
function plainCholesky(a: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(rest) : rest / l[j * n + j]!;
    }
  }
  return l;
}

function plainSolve(l: Float64Array, b: Float64Array, n: number, width: number, transposed: boolean): Float64Array {
  const x = new Float64Array(n * width);
  const order = Array.from({ length: n }, (_, i) => (transposed ? n - 1 - i : i));
  for (let j = 0; j < width; j++) {
    order.forEach((i, step) => {
      let rest = b[i * width + j]!;
      for (const k of order.slice(0, step)) rest -= l[transposed ? k * n + i : i * n + k]! * x[k * width + j]!;
      x[i * width + j] = rest / l[i * n + i]!;
    });
  }
  return x;
}

const numbers = (count: number, phase: number) =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + phase));

/** A covariance with a little noise; the part above the diagonal is NaN, for it is not to be read. */
function covariance(n: number, phase = 0): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    if (j > i) return Number.NaN;
    return Math.exp(-Math.abs(i - j) / 9) * (1 + 0.01 * Math.sin(i + j + phase)) + (i === j ? 0.3 : 0);
  });
}

const sizes = [48, 49, 50, 51, 52, 63, 64, 65, 97, 130];

describe('a Cholesky factor in tiles', () => {
  it('is there on this engine: nothing below is tested by chance', () => {
    expect(tiles()).toBeDefined();
  });
  for (const n of sizes) {
    it(`of ${n} × ${n} has the bits of the plain loops, zeros above, and reads the lower triangle alone`, () => {
      const found = new Float64Array(n * n).fill(7);
      expect(choleskyInTiles(found, covariance(n), n)).toBe(true);
      expect(found).toEqual(plainCholesky(covariance(n), n));
    });
  }
  it('of any size from 48 to 90, any numbers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 48, max: 90 }), fc.double({ min: -9, max: 9, noNaN: true }), (n, phase) => {
        const found = new Float64Array(n * n);
        choleskyInTiles(found, covariance(n, phase), n);
        expect(found).toEqual(plainCholesky(covariance(n, phase), n));
      }),
      { numRuns: 30 },
    );
  });
  it('is NaN everywhere when any pivot is not positive, in any place of a tile', () => {
    const n = 66;
    for (const bad of [0, 1, 30, 47, 63, 64, 65]) {
      const a = covariance(n);
      a[bad * n + bad] = -1;
      const found = new Float64Array(n * n);
      expect(choleskyInTiles(found, a, n)).toBe(true);
      expect(found.every(Number.isNaN), `pivot ${bad}`).toBe(true);
    }
    const a = covariance(n);
    a[50 * n + 3] = Number.NaN;
    const found = new Float64Array(n * n);
    choleskyInTiles(found, a, n);
    expect(found.every(Number.isNaN)).toBe(true);
  });
  it('is left to the plain loops when small', () => {
    expect(choleskyInTiles(new Float64Array(4), Float64Array.of(1, 0, 0, 1), 2)).toBe(false);
  });
});

describe('a triangular system in tiles', () => {
  for (const n of sizes) {
    for (const width of [4, 5, 7, 8, 33]) {
      it(`of ${n} × ${n} with ${width} right-hand sides has the bits of the plain loops`, () => {
        const l = plainCholesky(covariance(n), n);
        const b = numbers(n * width, n);
        for (const transposed of [false, true]) {
          const found = new Float64Array(n * width);
          expect(solveInTiles(found, l, b, n, width, transposed)).toBe(true);
          expect(found).toEqual(plainSolve(l, b, n, width, transposed));
        }
      });
    }
  }
  it('takes ∞ and NaN through, and a zero on the diagonal to ∞', () => {
    const n = 48;
    const l = plainCholesky(covariance(n), n);
    l[20 * n + 20] = 0;
    const b = numbers(n * 4, 1);
    b[5] = Infinity;
    b[6] = Number.NaN;
    const found = new Float64Array(n * 4);
    solveInTiles(found, l, b, n, 4, false);
    expect(found).toEqual(plainSolve(l, b, n, 4, false));
    expect(found[80]).toBe(Math.sign(found[80]!) * Infinity);
  });
  it('reads the lower triangle alone', () => {
    const n = 50;
    const l = plainCholesky(covariance(n), n);
    const spoilt = l.map((x, at) => (at % n > Math.floor(at / n) ? Number.NaN : x));
    const b = numbers(n * 6, 2);
    const found = new Float64Array(n * 6);
    solveInTiles(found, spoilt, b, n, 6, true);
    expect(found).toEqual(plainSolve(l, b, n, 6, true));
  });
  it('of one right-hand side is left to the plain loops', () => {
    expect(solveInTiles(new Float64Array(60), covariance(60), new Float64Array(60), 60, 1, false)).toBe(false);
  });
});
