/**
 * From a graph to a plan, by the rule of the graph or on the back end asked for. Code is kept by structure: a program
 * of the same structure on other data (`model.with(data)`: bootstrap, cross-validation, calibration) is not generated
 * again, and starts on code that is warm.
 */
import { describe } from '../describe.ts';
import { type Plan, planGraph } from '../interpret.ts';
import type { Graph, GraphNode } from '../node.ts';
import { formatShape, sizeOf } from '../shape.ts';
import { canGenerate, generatePlan } from './javascript.ts';
import { structureOf } from './structure.ts';
import { instantiate, type Template } from './template.ts';
import { gainsFromWebAssembly, planWebAssembly } from './webassembly/plan.ts';

/**
 * Generated code, its long loops as WebAssembly or all of it JavaScript, or the interpreter where code may not be
 * generated. All give the same bits.
 */
export type BackEnd = 'webassembly' | 'javascript' | 'interpreter';

export interface Planned {
  readonly plan: Plan;
  readonly backEnd: BackEnd;
}

/** At most so many structures are remembered; the one not used for longest goes. */
const MOST_KEPT = 64;

const kept = new Map<string, { readonly template: Template; readonly backEnd: BackEnd }>();
let generated = 0;
let reused = 0;

/** How many programs were generated, and how many started on code that was there: for tests that count work. */
export function generations(): { readonly generated: number; readonly reused: number } {
  return { generated, reused };
}

/** A plan. JavaScript runs where there is no WebAssembly, or not enough memory for it. */
export function planOf(graph: Graph, wanted?: BackEnd): Planned {
  try {
    if (wanted === 'interpreter' || !canGenerate()) return { plan: planGraph(graph), backEnd: 'interpreter' };
    const key = `${wanted ?? 'by rule'}\n${structureOf(graph)}`;
    return fromKept(key, graph) ?? fresh(key, graph, wanted);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${tooLarge(graph)} (${error.message})`, { cause: error });
  }
}

/** A sentence about the arrays of a program that could not be made. */
function tooLarge({ nodes }: Graph): string {
  const bytes = nodes.reduce((total, { shape }) => total + 8 * sizeOf(shape), 0);
  const inputsOf = ({ inputs }: GraphNode) => inputs.map((input) => nodes[input]!);
  const largest = nodes.reduce((a, b) => (sizeOf(b.shape) > sizeOf(a.shape) ? b : a));
  return (
    `program: no memory for its arrays, ${(bytes / 2 ** 30).toPrecision(3)} GiB in all, the largest of shape ` +
    `${formatShape(largest.shape)} (${describe(largest, inputsOf)}); sum the terms of the likelihood in smaller ` +
    'pieces, or use fewer rows'
  );
}

function fromKept(key: string, graph: Graph): Planned | undefined {
  const known = kept.get(key);
  if (known === undefined) return undefined;
  kept.delete(key);
  kept.set(key, known);
  try {
    const plan = instantiate(known.template, graph);
    reused++;
    return { plan, backEnd: known.backEnd };
  } catch (error) {
    if (error instanceof RangeError) return undefined; // no memory now
    throw error;
  }
}

function fresh(key: string, graph: Graph, wanted: BackEnd | undefined): Planned {
  const assembled =
    (wanted === 'webassembly' || (wanted === undefined && gainsFromWebAssembly(graph))) && planWebAssembly(graph);
  const { plan, template } = assembled || generatePlan(graph);
  const backEnd = assembled ? 'webassembly' : 'javascript';
  generated++;
  if (template) {
    kept.set(key, { template, backEnd });
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
  }
  return { plan, backEnd };
}
