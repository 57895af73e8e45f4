/**
 * Which back end a program gets, by a fixed rule of its graph: WebAssembly for its loops where one is long, or a
 * product of matrices is in it, else JavaScript alone. The bits are the same.
 */
import type { Graph } from '../../node.ts';
import { generatePlan } from '../javascript.ts';
import { Assembler } from './assembler.ts';
import { SHORT_LOOP } from './loop.ts';
import { memoryNeeded } from './need.ts';

/** True when a graph has something to gain from WebAssembly. */
export function gainsFromWebAssembly(graph: Graph): boolean {
  return memoryNeeded(graph, SHORT_LOOP).worth;
}

/** A plan whose long loops are WebAssembly; undefined where this place has none, or not enough memory. */
export function planWebAssembly(graph: Graph): ReturnType<typeof generatePlan> | undefined {
  const assembler = Assembler.open(memoryNeeded(graph, SHORT_LOOP).bytes);
  if (assembler === undefined) return undefined;
  try {
    return generatePlan(graph, assembler);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError || error instanceof RangeError) return undefined;
    throw error;
  }
}
