/**
 * Operations written as a whole, one kernel each. What is not here is the interpreter's kernel, called from outside.
 */
import type { KernelWriter } from '../site.ts';
import * as causal from './causal.ts';
import * as convolutions from './convolution.ts';
import { convolutionFilter } from './convolution-filter.ts';
import * as moves from './moves.ts';
import * as pooling from './pooling.ts';
import { batchMatmul, matmul, matmulAdd } from './product.ts';
import { random } from './random.ts';
import { logSoftmax, softmax } from './rows.ts';

const writers: Readonly<Record<string, KernelWriter>> = {
  ...moves,
  ...convolutions,
  convolutionFilter,
  ...causal,
  ...pooling,
  matmul,
  matmulAdd,
  batchMatmul,
  softmax,
  logSoftmax,
  random,
};

/** The writer of an operation; undefined where there is none. */
export function writerOf(operation: string): KernelWriter | undefined {
  return Object.hasOwn(writers, operation) ? writers[operation] : undefined;
}
