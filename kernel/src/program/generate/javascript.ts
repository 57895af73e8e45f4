/**
 * The back end that runs: a graph as one JavaScript function over preallocated memory.
 *
 * The text is made from the graph alone, never from anything a user wrote. Where a policy forbids generated code
 * (`new Function`), the interpreter runs instead, with the same bits.
 */
import type { Plan } from '../interpret.ts';
import type { Graph } from '../node.ts';
import { sizeOf } from '../shape.ts';
import { Emitter } from './emit.ts';
import type { Assembler } from './webassembly/assembler.ts';
import { Writer } from './writer.ts';

let allowed: boolean | undefined;

/** Whether this place lets us make functions from text. Asked once. */
export function canGenerate(): boolean {
  if (allowed === undefined) {
    try {
      allowed = new Function('return 1')() === 1;
    } catch {
      allowed = false;
    }
  }
  return allowed;
}

/** The text of a graph's function, and what it closes over. For tests and for curiosity. */
export function generate(
  graph: Graph,
  assembler?: Assembler,
): {
  readonly text: string;
  readonly constants: ReadonlyMap<string, unknown>;
  readonly inputs: Float64Array[];
  readonly outputs: Float64Array[];
} {
  const writer = new Writer((inner) => generatePlan(inner), assembler);
  const emitter = new Emitter(writer, graph);
  const inputs = graph.inputs.map(({ shape }, i) => {
    const array = writer.allocate(sizeOf(shape));
    emitter.give(i, { kind: 'buffer', name: writer.refer('b', array), offset: '', array });
    return array;
  });
  emitter.write();
  const outputs = graph.outputs.map((output) => emitter.arrayOf(output));
  return { text: writer.lines.join('\n'), constants: writer.constants, inputs, outputs };
}

/** A plan that runs generated JavaScript; with an assembler, its long loops are WebAssembly. */
export function generatePlan(graph: Graph, assembler?: Assembler): Plan {
  const { text, constants, inputs, outputs } = generate(graph, assembler);
  const values = new Map([...constants, ...(assembler?.finish() ?? [])]);
  const make = new Function(...values.keys(), `'use strict';\nreturn function run() {\n${text}\n};`);
  return { inputs, outputs, run: make(...values.values()) as () => void };
}
