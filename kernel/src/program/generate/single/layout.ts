/**
 * Where every value of a graph is in memory, and for how long: what nothing reads any more makes room for others.
 *
 * A value that is to take the place of an input after the run (a parameter after its step) is written there at once
 * where everything that reads the old one comes before it; else it is copied at the end.
 */
import type { Graph } from '../../node.ts';
import { sizeOf } from '../../shape.ts';
import type { Schedule } from '../schedule.ts';
import type { Arena } from './arena.ts';

/** After the run, the input has the value of the node. */
export interface Update {
  readonly input: number;
  readonly node: number;
}

/** An update by a copy; by way of other memory where its value may be overwritten by another update. */
export interface CopiedUpdate extends Update {
  readonly by?: number;
}

export interface LayoutOptions {
  /** Address of an input that has its place already. */
  given(input: number): number | undefined;
  /** Address of a node that is computed where it belongs. */
  placed(node: number): number | undefined;
  /** Nodes that are read after the run. */
  readonly kept: readonly number[];
  readonly updates: readonly Update[];
  /** Called when the memory of a group is laid out, for what needs more meanwhile. */
  during(group: number, addresses: ReadonlyMap<number, number>): void;
}

export interface Layout {
  /** Bytes, by node; only of what has memory of its own. */
  readonly addresses: ReadonlyMap<number, number>;
  /** Nodes that take the place of an input. */
  readonly inPlace: ReadonlySet<number>;
  /** Updates that are to be copied at the end. */
  readonly copied: readonly CopiedUpdate[];
  /** Memory that is in use after the run. */
  readonly held: readonly { readonly address: number; readonly bytes: number }[];
}

/** Lay out a graph. */
export function layOut(graph: Graph, schedule: Schedule, arena: Arena, options: LayoutOptions): Layout {
  const { groups, roots } = schedule;
  const addresses = new Map<number, number>();
  const held: { address: number; bytes: number }[] = [];
  const bytesOf = (at: number) => 4 * sizeOf(graph.nodes[at]!.shape);
  const hold = (at: number) => {
    const bytes = bytesOf(at);
    const address = arena.take(bytes);
    addresses.set(at, address);
    held.push({ address, bytes });
  };
  const lastRead = lastReads(graph, schedule, options.kept);
  const inPlace = new Map<number, number>();
  const copied: Update[] = [];
  const copy = (update: Update) => {
    copied.push(update);
    lastRead.set(roots[update.node]!.node, Infinity);
  };
  // What is given is read at the very end, so it stays as it is until then.
  const isGiven = ({ node }: Update) => schedule.places[roots[node]!.node] === 'given';
  options.updates.filter(isGiven).forEach(copy);
  for (const update of options.updates.filter((each) => !isGiven(each))) {
    const root = rootInPlace(graph, schedule, update, lastRead, options.kept);
    const free = root !== undefined && !inPlace.has(root) && options.placed(root) === undefined;
    if (free) inPlace.set(root, update.input);
    else copy(update);
  }
  graph.inputs.forEach(({ node }, input) => {
    const address = options.given(input);
    if (address === undefined) hold(node);
    else addresses.set(node, address);
  });
  groups.forEach((group, g) => {
    for (const at of group.nodes) {
      if (group.place === 'loop' && schedule.places[at] === 'loop' && !schedule.stored.has(at)) continue;
      const placed = options.placed(at);
      const input = inPlace.get(at);
      if (placed !== undefined) addresses.set(at, placed);
      else if (input !== undefined) addresses.set(at, addresses.get(graph.inputs[input]!.node)!);
      else if (lastRead.get(at) === Infinity) hold(at);
      else addresses.set(at, arena.take(bytesOf(at)));
    }
    options.during(g, addresses);
    for (const [at, address] of addresses) {
      if (
        lastRead.get(at) !== g ||
        inPlace.has(at) ||
        options.placed(at) !== undefined ||
        graph.nodes[at]!.operation === 'input'
      )
        continue;
      arena.give(address, bytesOf(at));
      lastRead.set(at, -1);
    }
  });
  const moved = copied.map((update): CopiedUpdate => {
    if (!isGiven(update)) return update;
    const bytes = bytesOf(update.node);
    const by = arena.take(bytes);
    held.push({ address: by, bytes });
    return { ...update, by };
  });
  return { addresses, inPlace: new Set(inPlace.keys()), copied: moved, held };
}

/** The last group that reads the memory of each node; never, for what is read after the run. */
function lastReads(graph: Graph, { groups, roots }: Schedule, kept: readonly number[]): Map<number, number> {
  const last = new Map<number, number>();
  groups.forEach(({ nodes }, g) => {
    for (const at of nodes) {
      if (!last.has(at)) last.set(at, g);
      for (const input of graph.nodes[at]!.inputs) last.set(roots[input]!.node, g);
    }
  });
  for (const at of kept) last.set(roots[at]!.node, Infinity);
  return last;
}

/** The node whose memory may be that of the input it updates; undefined where the old value is still read. */
function rootInPlace(
  graph: Graph,
  { groups, roots, places }: Schedule,
  { input, node }: Update,
  lastRead: ReadonlyMap<number, number>,
  kept: readonly number[],
): number | undefined {
  const { node: root, offset } = roots[node]!;
  const old = graph.inputs[input]!.node;
  const place = places[root];
  const sameSize = sizeOf(graph.nodes[root]!.shape) === sizeOf(graph.nodes[old]!.shape);
  if (place === 'given' || offset !== 0 || !sameSize || kept.some((at) => roots[at]!.node === old)) return undefined;
  const group = groups.findIndex(({ nodes }) => nodes.includes(root));
  const last = lastRead.get(old) ?? -1;
  if (last < group) return root;
  if (last > group || place !== 'loop') return undefined;
  // In the same loop each element is read before it is written, if it is read in order.
  const inOrder = groups[group]!.nodes.every((at) => {
    const { operation, inputs } = graph.nodes[at]!;
    return inputs.every((operand) => {
      if (roots[operand]!.node !== old) return true;
      const whole = sizeOf(graph.nodes[operand]!.shape) === sizeOf(graph.nodes[at]!.shape);
      return roots[operand]!.aligned && whole && places[at] === 'loop' && operation !== 'transpose';
    });
  });
  return inOrder ? root : undefined;
}
