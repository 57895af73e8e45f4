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
import { type Generated, type Make, type Template, templateOf } from './template.ts';
import { type Assembler, functionsOf } from './webassembly/assembler.ts';
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
export function generate(graph: Graph, assembler?: Assembler): Generated {
  const writer = new Writer((inner) => generatePlan(inner).plan, assembler);
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

/** A plan that runs generated JavaScript, and its template where it has one; with an assembler, its long loops are WebAssembly. */
export function generatePlan(graph: Graph, assembler?: Assembler): { plan: Plan; template: Template | undefined } {
  const generated = generate(graph, assembler);
  const { text, constants, inputs, outputs } = generated;
  const assembled = assembler?.finish();
  const names = [...constants.keys(), ...(assembled?.functions ?? [])];
  const make = new Function(...names, `'use strict';\nreturn function run() {\n${text}\n};`) as Make;
  const functions = assembled ? functionsOf(assembled, assembler!.memory) : [];
  return {
    plan: { inputs, outputs, run: make(...constants.values(), ...functions) },
    template: templateOf(graph, generated, make, assembler && { assembler, assembled: assembled! }),
  };
}
