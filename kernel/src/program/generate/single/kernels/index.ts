/**
 * Operations written as a whole, one kernel each. What is not here is the interpreter's kernel, called from outside.
 */
import type { KernelWriter } from '../site.ts';
import { matmul } from './product.ts';

const writers: Readonly<Record<string, KernelWriter>> = {
  matmul,
};

/** The writer of an operation; undefined where there is none. */
export function writerOf(operation: string): KernelWriter | undefined {
  return Object.hasOwn(writers, operation) ? writers[operation] : undefined;
}
