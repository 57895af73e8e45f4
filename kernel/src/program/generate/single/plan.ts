/**
 * A program in single precision as one WebAssembly function over memory that may be shared with other programs.
 */
import type { Graph } from '../../node.ts';
import { sizeOf } from '../../shape.ts';
import { Arena } from './arena.ts';
import { Code } from './code.ts';
import { Constants } from './constants.ts';
import { Emitter } from './emit.ts';
import { writerOf } from './kernels/index.ts';
import type { Update } from './layout.ts';
import { ModuleBuilder } from './module-builder.ts';
import { hasRelaxedProducts } from './relaxed.ts';

const PAGE = 65536;
/** Addresses stay within a signed 32-bit integer. */
const LARGEST_MEMORY = 2 ** 31 - PAGE;
/** Loads may go beyond the end of what they want. */
const SLACK = 64;

/** A program ready to run, and where it reads and writes, in bytes. */
export interface AssembledProgram {
  run(): void;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** One after the last byte in use. */
  readonly end: number;
}

export interface AssembleOptions {
  readonly memory: WebAssembly.Memory;
  /** First byte that may be used. */
  readonly start: number;
  /** Where an input is, if it has its place already. */
  given(input: number): number | undefined;
  /** The last outputs of the graph become the values of these inputs, in order. */
  readonly updates: readonly number[];
  /** Only instructions that have one result on every machine. */
  readonly reproducible: boolean;
}

/** Assemble a program. @throws RangeError where memory cannot grow that far */
export function assemble(graph: Graph, options: AssembleOptions): AssembledProgram {
  const { memory, start, given, updates, reproducible } = options;
  const arena = new Arena(start);
  const module = new ModuleBuilder();
  const constants = new Constants(graph, arena);
  const scratch = arena.take(scratchOf(graph));
  const outputs = graph.outputs.slice(0, graph.outputs.length - updates.length);
  const updated = graph.outputs.slice(outputs.length).map((node, i): Update => ({ input: updates[i]!, node }));
  // An output that is an input as it was: a copy of its own.
  const copies = new Map<number, { address: number; bytes: number }>();
  const shop = { module, arena, constants, scratch, fused: !reproducible && hasRelaxedProducts() };
  const emitter = new Emitter(shop, graph, { given, kept: outputs, updates: updated });
  requireRoom(arena.end);
  for (const output of outputs) {
    if (graph.nodes[emitter.root(output).node]!.operation !== 'input' || copies.has(output)) continue;
    const bytes = 4 * sizeOf(graph.nodes[output]!.shape);
    copies.set(output, { address: arena.take(bytes), bytes });
  }
  const main = new Code();
  emitter.write(main);
  for (const [output, { address, bytes }] of copies) {
    main.copyMemory({ bytes: address }, { bytes: emitter.address(output) }, bytes);
  }
  emitter.writeUpdates(main);
  const end = arena.end;
  grow(memory, end + SLACK);
  constants.write(memory.buffer);
  return {
    run: module.finish(memory, module.define(main)),
    inputs: graph.inputs.map(({ node }) => emitter.address(node)),
    outputs: outputs.map((output) => copies.get(output)?.address ?? emitter.address(output)),
    end,
  };
}

/** @throws RangeError where a program needs more than there can be */
function requireRoom(bytes: number): void {
  if (bytes <= LARGEST_MEMORY) return;
  throw new RangeError(
    `this program needs ${Math.ceil(bytes / 2 ** 20)} MB of memory, and one program can have 2048; take smaller batches, or fewer and smaller layers`,
  );
}

/** Make sure that the memory has this many bytes. @throws RangeError where there is not as much */
export function grow(memory: WebAssembly.Memory, bytes: number): void {
  requireRoom(bytes);
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (error) {
    const needed = Math.ceil(bytes / 2 ** 20);
    const message = `this program needs ${needed} MB of memory, and there is not as much; take smaller batches, or close other work`;
    throw new RangeError(message, { cause: error });
  }
}

/** The most that any one kernel needs beside its result, in bytes. */
function scratchOf({ nodes }: Graph): number {
  return Math.max(
    0,
    ...nodes.map((node) => {
      const { body } = node.attributes;
      const shapes = node.inputs.map((input) => nodes[input]!.shape);
      return Math.max(body ? scratchOf(body) : 0, writerOf(node.operation)?.scratch?.(node, shapes) ?? 0);
    }),
  );
}
