/** Xᵀ W X in tiles, against plain sums. */
import { describe, expect, it } from 'vitest';
import { key, Stream } from '#kernel/numeric/random';
import { gathered, tilesOf } from '#kernel/program/generate/webassembly/column-tiles';
import { WeightedGram } from '#kernel/program/generate/webassembly/weighted-gram';

const stream = new Stream(key(11));
const normals = (n: number) => Float64Array.from({ length: n }, () => stream.normal());

function plain(matrix: Float64Array, weights: Float64Array, p: number): Float64Array {
  const result = new Float64Array(p * p);
  weights.forEach((w, r) => {
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < p; j++) result[i * p + j]! += w * matrix[r * p + i]! * matrix[r * p + j]!;
    }
  });
  return result;
}

describe('the product of a design with its weighted self', () => {
  // Rows that fill no block, one, and several; columns that leave tiles of every size.
  for (const [rows, columns] of [
    [1, 1],
    [70, 2],
    [255, 3],
    [256, 4],
    [257, 5],
    [1000, 7],
    [513, 22],
  ] as const) {
    it(`is the sum over rows, and exactly symmetric: ${rows} × ${columns}`, () => {
      const matrix = normals(rows * columns);
      const gram = WeightedGram.of(matrix, rows, columns)!;
      for (const weights of [normals(rows), new Float64Array(rows), normals(rows).map(Math.abs)]) {
        const found = gram.product(weights);
        const wanted = plain(matrix, weights, columns);
        const size = plain(matrix.map(Math.abs), weights.map(Math.abs), columns);
        found.forEach((v, k) => {
          expect(Math.abs(v - wanted[k]!)).toBeLessThanOrEqual(1e-14 * size[k]!);
          expect(v).toBe(found[(k % columns) * columns + Math.floor(k / columns)]);
        });
      }
    });
  }

  it('has the same bits again, and beside another design', () => {
    const [a, b] = [normals(300 * 6), normals(280 * 9)];
    const [first, second] = [WeightedGram.of(a, 300, 6)!, WeightedGram.of(b, 280, 9)!];
    const weights = normals(300);
    const once = first.product(weights);
    second.product(normals(280));
    expect(first.product(weights)).toEqual(once);
  });

  it('carries what is not finite', () => {
    const gram = WeightedGram.of(normals(100 * 3), 100, 3)!;
    expect(gram.product(new Float64Array(100).fill(Number.NaN)).every(Number.isNaN)).toBe(true);
  });

  it('is left to others where the design is too large for the memory', () => {
    expect(WeightedGram.of(new Float64Array(0), 2 ** 27, 1)).toBeUndefined();
    expect(WeightedGram.of(new Float64Array(600), 1, 600)).toBeUndefined();
  });
});

describe('tiles of the lower triangle', () => {
  it('cover each pair of columns, and no place twice', () => {
    for (let p = 1; p <= 13; p++) {
      const none = () => undefined;
      const tiles = tilesOf({ tile42: none, tile14: none, tile11: none }, p, 10);
      const places = new Set<number>();
      const memory = new Float64Array(10 + 2 * (p + 4) ** 2);
      for (const { i, j, height, width, place } of tiles) {
        for (let k = 0; k < height * width; k++) {
          expect(places.has(place + 2 * k)).toBe(false);
          places.add(place + 2 * k);
          memory[place + 2 * k] = 100 * (i + Math.floor(k / width));
          memory[place + 2 * k + 1] = j + (k % width);
        }
      }
      expect(Math.max(...places) + 2).toBeLessThanOrEqual(memory.length);
      const square = gathered(tiles, memory, p);
      for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) expect(square[i * p + j]).toBe(100 * i + j);
    }
  });
});
