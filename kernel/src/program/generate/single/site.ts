/**
 * Where a kernel stands: what it reads, where it writes, and what it may use meanwhile.
 */
import type { GraphNode } from '../../node.ts';
import type { Shape } from '../../types.ts';
import type { Code } from './code.ts';
import type { ModuleBuilder } from './module-builder.ts';

/** A value in memory. */
export interface Operand {
  /** In bytes. */
  readonly address: number;
  readonly shape: Shape;
  /** 32-bit integers instead of numbers. */
  readonly integer: boolean;
  /** Bytes further with each step of the recurrence around, whose number is the first parameter; 0 elsewhere. */
  readonly step: number;
  /** The same at every step of the recurrence around. */
  readonly fixed: boolean;
}

/** Put the address of a value on the stack. */
export function pushAddress(code: Code, { address, step }: Operand): void {
  code.integer(address);
  if (step === 0) return;
  code.get(0);
  code.integer(step);
  code.raw(0x6c, 0x6a);
}

/** What is done once, before the steps of a recurrence. */
export interface Before {
  readonly code: Code;
  /** An address that nothing else uses; the same for the same key, with `make` called the first time. */
  take(key: string, bytes: number, make: (address: number) => void): number;
}

export interface Site {
  readonly module: ModuleBuilder;
  /** The function being written, for this node alone. */
  readonly code: Code;
  readonly node: GraphNode;
  readonly inputs: readonly Operand[];
  readonly output: Operand;
  /** Memory of as many bytes as `scratch` asked for, shared with every other kernel. */
  readonly scratch: number;
  /** Products may be added without being rounded. */
  readonly fused: boolean;
  /** Only in the body of a recurrence. */
  readonly before?: Before | undefined;
}

/** How an operation is written as a whole. */
export interface KernelWriter {
  /** Bytes needed beside the result. */
  scratch?(node: GraphNode, inputs: readonly Shape[]): number;
  write(site: Site): void;
  /** True where there is no form for these operands: the interpreter's kernel is called. */
  unsuited?(inputs: readonly Operand[]): boolean;
}
