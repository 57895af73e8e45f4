/**
 * Products of two matrices in a program of doubles: when they are worth a call, and the memory they need.
 */
import type { ProductLayout } from '../../operations/linear.ts';
import type { Assembler } from './assembler.ts';
import { Code } from './code.ts';
import { I32 } from './encoder.ts';
import { scratchSize, writeMatrixProduct } from './matrix-product.ts';

/** Products of fewer multiplications cost more to call than they gain. */
const SHORT_PRODUCT = 64;

/** True when a product of matrices is worth a call: a rule of its sizes alone. */
export function isLargeProduct({ m, k, n }: ProductLayout): boolean {
  return m * k * n >= SHORT_PRODUCT;
}

/** Doubles of memory a product needs beside its operands. */
export function panelSize(layout: ProductLayout): number {
  return scratchSize({ ...layout, precision: 'double' }) / 8;
}

/** Print a product. @returns its call, or undefined where some of the memory is not the module's */
export function printMatrices(
  assembler: Assembler,
  layout: ProductLayout,
  output: Float64Array,
  inputs: readonly Float64Array[],
): string | undefined {
  const addresses = [...inputs, output].map((array) => assembler.addressOf(array));
  const scratch = assembler.addressOf(assembler.allocate(panelSize(layout)));
  if (scratch === undefined || addresses.includes(undefined)) return undefined;
  const code = new Code([I32, I32, I32]);
  writeMatrixProduct(code, { ...layout, precision: 'double', fused: false, scratch });
  return `${assembler.define(code)}(${addresses.join(', ')})`;
}
