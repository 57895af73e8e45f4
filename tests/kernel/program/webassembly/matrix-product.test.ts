/**
 * Products of matrices as WebAssembly: the bits of the plain triple loop, for sizes around every edge of the tiles.
 */
import { describe, expect, it } from 'vitest';
import { Code } from '#kernel/program/generate/single/code';
import { hasRelaxedProducts } from '#kernel/program/generate/single/relaxed';
import { encodeModule, I32 } from '#kernel/program/generate/webassembly/encoder';
import { type Precision, scratchSize, writeMatrixProduct } from '#kernel/program/generate/webassembly/matrix-product';

const memory = new WebAssembly.Memory({ initial: 64 });
const SCRATCH = 64;

function multiply(
  [m, k, n]: readonly [number, number, number],
  transposeLeft: boolean,
  transposeRight: boolean,
  precision: Precision,
  fused = false,
) {
  const left = transposeLeft ? ([1, m] as const) : ([k, 1] as const);
  const right = transposeRight ? ([1, k] as const) : ([n, 1] as const);
  const size = { m, k, n, left, right, precision };
  const code = new Code([I32, I32, I32]);
  writeMatrixProduct(code, { ...size, fused, scratch: SCRATCH });
  const bytes = encodeModule([], [{ name: 'f', signature: code.signature, ...code.finish() }]);
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
  const array = precision === 'single' ? Float32Array : Float64Array;
  let next = SCRATCH + 64 * Math.ceil(scratchSize(size) / 64);
  const take = (count: number) => {
    const made = new array(memory.buffer, next, count);
    next += 64 * Math.ceil(made.byteLength / 64) + 64;
    return made;
  };
  const [a, b, c, guard] = [take(m * k), take(k * n), take(m * n), take(4)];
  a.forEach((_, i) => {
    a[i] = Math.sin(1.3 * i + 0.1);
  });
  b.forEach((_, i) => {
    b[i] = Math.cos(0.7 * i - 0.2);
  });
  c.fill(Number.NaN);
  guard.fill(7);
  (f as (...addresses: number[]) => void)(a.byteOffset, b.byteOffset, c.byteOffset);
  const round = precision === 'single' ? Math.fround : (x: number) => x;
  const expected = c.map((_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let q = 0; q < k; q++)
      sum = round(sum + round(a[i * left[0] + q * left[1]]! * b[q * right[0] + j * right[1]]!));
    return sum;
  });
  return { found: c.slice(), expected, guard: Array.from(guard) };
}

const sizes: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [1, 5, 1],
  [4, 4, 8],
  [5, 3, 9],
  [3, 2, 2],
  [8, 7, 4],
  [9, 6, 3],
  [2, 13, 17],
  [25, 70, 31],
  [30, 130, 40],
  [7, 515, 6],
  [26, 1030, 5],
  [40, 512, 33],
  [3, 0, 4],
  [37, 300, 11],
  [26, 259, 13],
  [40, 513, 1],
  [33, 260, 70],
  [12, 20, 1040],
  [20, 260, 40],
  [65, 258, 36],
];

describe.each(['single', 'double'] as const)('a product of matrices in %s precision', (precision) => {
  describe.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('left transposed %s, right transposed %s', (left, right) => {
    it.each(sizes)('%i × %i × %i has the bits of three loops, and writes nothing beside them', (...size) => {
      const { found, expected, guard } = multiply(size, left, right, precision);
      expect(found).toEqual(expected);
      expect(guard).toEqual([7, 7, 7, 7]);
    });
  });
  it.runIf(hasRelaxedProducts()).each(sizes)(
    'fused, %i × %i × %i agrees within the rounding of products',
    (...size) => {
      const unit = precision === 'single' ? 2 ** -24 : 2 ** -53;
      for (const [left, right] of [
        [false, false],
        [true, false],
        [true, true],
      ] as const) {
        const { found, expected, guard } = multiply(size, left, right, precision, true);
        const apart = Math.max(0, ...found.map((x, i) => Math.abs(x - expected[i]!)));
        expect(apart).toBeLessThanOrEqual(size[1] * size[1] * unit);
        expect(guard).toEqual([7, 7, 7, 7]);
      }
    },
  );
});
