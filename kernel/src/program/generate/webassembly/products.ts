/**
 * Products of a row-major matrix and a vector as WebAssembly: tiles of rows or columns stay in registers, so that each
 * element of the matrix is read once and no sum waits for the one before. The order of every sum is that of
 * `operations/products.ts`.
 */
import type { ProductForm } from '../../operations/products.ts';
import type { Assembler } from './assembler.ts';
import { type Address, Code, type Vector } from './code.ts';

/** Products of fewer elements cost more to call than they gain. */
const SHORT_PRODUCT = 64;
/** Rows of a tile: four sums and the vector's elements fit the sixteen registers. */
const ROW_TILE = 4;
/** Vectors of two columns in a tile: as many sums, and two registers to work with. */
const COLUMN_TILE = 13;
/** Vectors of a row written out one after the other; longer rows are a loop. */
const WRITTEN_OUT = 16;

/** True when a product is worth a call: a rule of its sizes alone. */
export function isLongProduct({ rows, columns }: ProductForm): boolean {
  return rows * columns >= SHORT_PRODUCT;
}

/** Print a product. @returns its name, or undefined where some of the memory is not the module's */
export function printProduct(
  assembler: Assembler,
  form: ProductForm,
  output: Float64Array,
  inputs: readonly Float64Array[],
): string | undefined {
  const [first, second] = form.matrixFirst ? inputs : [inputs[1]!, inputs[0]!];
  const matrix = assembler.addressOf(first!);
  const vector = assembler.addressOf(second!);
  const result = assembler.addressOf(output);
  if (matrix === undefined || vector === undefined || result === undefined) return undefined;
  const code = new Code([]);
  if (form.kind === 'matrixVector') printMatrixVector(code, form, matrix, vector, result);
  else printVectorMatrix(code, form, matrix, vector, result);
  return assembler.define(code);
}

/** Each element of the result is the inner product of a row: even and odd positions apart, added up at the end. */
function printMatrixVector(code: Code, { rows, columns }: ProductForm, matrix: number, vector: number, result: number) {
  const stride = 8 * columns;
  const whole = rows - (rows % ROW_TILE);
  const row = code.counter(); // bytes into the matrix
  const out = code.counter(); // bytes into the result
  const tile = (count: number) => {
    const sums = rowSums(code, row, stride, count, matrix, vector, columns);
    for (let i = 0; i + 1 < count; i += 2) {
      const [a, b] = [sums[i]!, sums[i + 1]!];
      const both = code.binary('add', code.shuffle(a, b, 0, 2), code.shuffle(a, b, 1, 3));
      code.store({ base: out, bytes: result + 8 * i }, both);
    }
    if (count % 2 === 1) {
      const a = sums[count - 1]!;
      const total = code.binary('add', a, code.shuffle(a, a, 1, 1));
      code.storeLane({ base: out, bytes: result + 8 * (count - 1) }, total, 0);
    }
  };
  code.loop(out, 8 * whole, 8 * ROW_TILE, () => {
    tile(ROW_TILE);
    code.advance(row, ROW_TILE * stride);
  });
  if (rows > whole) tile(rows - whole);
}

/** Sums of even and odd positions, for some rows at once. */
function rowSums(
  code: Code,
  row: number,
  stride: number,
  count: number,
  matrix: number,
  vector: number,
  columns: number,
): Vector[] {
  const sums = Array.from({ length: count }, () => code.variable());
  const pairs = Math.floor(columns / 2);
  const step = (element: Address, rowAt: (i: number) => Address, lanes: 1 | 2) => {
    const x = code.load(element, lanes);
    sums.forEach((sum, i) => {
      code.assign(sum, code.binary('add', sum, code.binary('mul', code.load(rowAt(i), lanes), x)));
    });
  };
  const fixed = (bytes: number, lanes: 1 | 2) =>
    step({ bytes: vector + bytes }, (i) => ({ base: row, bytes: matrix + i * stride + bytes }), lanes);
  if (pairs <= WRITTEN_OUT) for (let p = 0; p < pairs; p++) fixed(16 * p, 2);
  else {
    const along = code.counter();
    const both = code.counter();
    code.loop(along, 16 * pairs, 16, () => {
      code.get(row);
      code.get(along);
      code.raw(0x6a);
      code.set(both);
      step({ base: along, bytes: vector }, (i) => ({ base: both, bytes: matrix + i * stride }), 2);
    });
  }
  if (columns % 2 === 1) fixed(8 * (columns - 1), 1);
  return sums;
}

/** Rows are added up one after the other, a tile of columns at a time. */
function printVectorMatrix(code: Code, { rows, columns }: ProductForm, matrix: number, vector: number, result: number) {
  const stride = 8 * columns;
  const vectors = Math.ceil(columns / 2);
  const tiles = Math.ceil(vectors / COLUMN_TILE);
  const width = Math.ceil(vectors / tiles);
  for (let start = 0; start < vectors; start += width) {
    const many = Math.min(width, vectors - start);
    const lanesOf = (p: number) => (2 * (start + p) + 1 < columns ? 2 : 1);
    const sums = Array.from({ length: many }, () => code.variable());
    const row = code.counter();
    const along = code.counter();
    code.loop(along, 8 * rows, 8, () => {
      const x = code.loadSpread({ base: along, bytes: vector });
      sums.forEach((sum, p) => {
        const element = code.load({ base: row, bytes: matrix + 16 * (start + p) }, lanesOf(p));
        code.assign(sum, code.binary('add', sum, code.binary('mul', element, x)));
      });
      code.advance(row, stride);
    });
    sums.forEach((sum, p) => {
      const to = { bytes: result + 16 * (start + p) };
      if (lanesOf(p) === 2) code.store(to, sum);
      else code.storeLane(to, sum, 0);
    });
  }
}
