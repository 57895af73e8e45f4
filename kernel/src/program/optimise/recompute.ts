/**
 * In single precision: values that cost a few additions and multiplications are computed again where a later loop reads
 * them, from one array that is in memory anyway, instead of being written there and read again. A step of training is
 * bound by memory where it is not bound by products: what reverse mode reads of a GELU is x and its tanh, not the
 * polynomials around them (a third of the loops' time).
 */
import { type Schedule, schedule } from '../generate/schedule.ts';
import type { Graph, GraphNode } from '../node.ts';
import { sizeOf } from '../shape.ts';
import { prune } from './prune.ts';

/** What takes a cycle or less on four numbers. */
const CHEAP: ReadonlySet<string> = new Set(['add', 'sub', 'mul', 'neg', 'square', 'abs', 'maximum', 'minimum']);
/** At most so many operations instead of a load. */
const MOST = 4;
/** They read their input in another order than a loop that computes it would. */
const REORDERING: ReadonlySet<string> = new Set(['transpose', 'sliceAxis', 'broadcastTo']);

/** The graph with cheap values computed where they are read. Each has the bits it had. */
export function recompute(graph: Graph): Graph {
  const plan = schedule(graph, 'single');
  const groups = groupsOf(graph, plan);
  const chosen = choose(graph, plan, groups);
  if (chosen.size === 0) return graph;
  const nodes: GraphNode[] = [];
  const moved: number[] = [];
  const copies = new Map<string, number>();
  /** A value as a group reads it: where it is, or computed there. */
  const within = (at: number, group: number): number => {
    if (groups[at] === group || !isRecomputed(at, graph, plan, chosen)) return moved[at]!;
    const key = `${at} ${group}`;
    let copy = copies.get(key);
    if (copy === undefined) {
      const node = graph.nodes[at]!;
      copy = nodes.push({ ...node, inputs: node.inputs.map((input) => within(input, group)) }) - 1;
      copies.set(key, copy);
    }
    return copy;
  };
  graph.nodes.forEach((node, at) => {
    const inputs = node.inputs.map((input) => (chosen.has(input) ? within(input, groups[at]!) : moved[input]!));
    moved.push(nodes.push({ ...node, inputs }) - 1);
  });
  return prune({
    nodes,
    inputs: graph.inputs.map((input) => ({ ...input, node: moved[input.node]! })),
    outputs: graph.outputs.map((output) => moved[output]!),
  });
}

/** The group of each node; −1 where it is in none. */
function groupsOf({ nodes }: Graph, { groups }: Schedule): number[] {
  const found = nodes.map(() => -1);
  groups.forEach((group, g) => {
    for (const at of group.nodes) found[at] = g;
  });
  return found;
}

/** Part of a loop and in no memory: chosen, or never stored. Single numbers are in memory. */
function isRecomputed(
  at: number,
  { nodes }: Graph,
  { places, stored }: Schedule,
  chosen: ReadonlySet<number>,
): boolean {
  return places[at] === 'loop' && sizeOf(nodes[at]!.shape) > 1 && (chosen.has(at) || !stored.has(at));
}

/** Values whose every reader in another loop can compute them instead. */
function choose(graph: Graph, plan: Schedule, groups: readonly number[]): Set<number> {
  const { nodes } = graph;
  const { places, roots, stored } = plan;
  const kept = new Set(graph.outputs.map((output) => roots[output]!.node));
  const readers: number[][] = nodes.map(() => []);
  nodes.forEach(({ inputs }, at) => {
    for (const input of inputs) readers[input]!.push(at);
  });
  const chosen = new Set<number>();
  for (const at of [...stored].sort((a, b) => a - b)) {
    if (places[at] !== 'loop' || kept.has(at)) continue;
    const joins = readers[at]!.every((reader) => groups[reader] === groups[at] || mayJoin(graph, plan, reader, at));
    const cone = joins ? coneOf(graph, plan, chosen, at) : undefined;
    if (cone && cone.operations.size <= MOST && cone.arrays.size === 1) chosen.add(at);
  }
  return chosen;
}

/** True where a reader goes over the same elements in the same order. */
function mayJoin({ nodes }: Graph, { places }: Schedule, reader: number, at: number): boolean {
  const { operation, shape } = nodes[reader]!;
  if (REORDERING.has(operation)) return false;
  if (places[reader] === 'ending') return operation === 'sum';
  return places[reader] === 'loop' && sizeOf(shape) === sizeOf(nodes[at]!.shape);
}

interface Cone {
  readonly operations: Set<number>;
  /** What it is computed from: arrays in memory that a loop over it reads in order. */
  readonly arrays: Set<number>;
}

/** What computing a value takes; undefined where it is not cheap, or is made of what is not there any more. */
function coneOf(graph: Graph, plan: Schedule, chosen: ReadonlySet<number>, at: number): Cone | undefined {
  const { nodes } = graph;
  const { places, roots } = plan;
  const cone: Cone = { operations: new Set(), arrays: new Set() };
  const open = [at];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { operation, inputs, shape } = nodes[next]!;
    cone.operations.add(next);
    if (!CHEAP.has(operation) || cone.operations.size > MOST) return undefined;
    for (const input of inputs) {
      const size = sizeOf(nodes[input]!.shape);
      const root = roots[input]!;
      if (isRecomputed(input, graph, plan, chosen)) open.push(input);
      else if (size === 1 && places[root.node] === 'given' && nodes[root.node]!.operation === 'constant') continue;
      // An input may be overwritten by its update before a later loop reads it.
      else if (size !== sizeOf(shape) || places[root.node] === 'given') return undefined;
      else if (places[root.node] === 'loop' && (root.node !== input || isRecomputed(root.node, graph, plan, chosen))) {
        return undefined;
      } else cone.arrays.add(input);
    }
  }
  return cone;
}
