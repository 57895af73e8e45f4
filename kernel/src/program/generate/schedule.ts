/**
 * Which nodes of a graph run together: the plan that generated code follows.
 *
 * Every node gets a place and a level. Nodes of one level and one loop domain share a loop, forward and backward
 * sweep alike; a loop ends where something needs its whole result. Values of a few elements are single variables
 * in straight-line code. What is left is one call of the interpreter's kernel each.
 */
import type { Graph, GraphNode } from '../node.ts';
import { isObserved } from '../observed.ts';
import { operationOf } from '../operations/registry.ts';
import { sameShape, sizeOf } from '../shape.ts';
import type { Shape } from '../types.ts';
import { isShortChoice } from './small.ts';

/**
 * given: constants and inputs; alias: the same memory as an earlier node; small: a variable an element;
 * loop: one element at a time in a loop; ending: what a loop adds up; kernel: a call; scan: a loop over a body.
 */
export type Place = 'given' | 'alias' | 'small' | 'loop' | 'ending' | 'kernel' | 'scan';

/** Where the memory of a node really is. */
export interface Root {
  readonly node: number;
  /** Elements into that memory. */
  readonly offset: number;
  /** Read element by element in the same order, so that a loop may use the value it has just computed. */
  readonly aligned: boolean;
}

export interface Schedule {
  /** At most so many elements are variables. */
  readonly limit: number;
  readonly places: readonly Place[];
  readonly roots: readonly Root[];
  /** In order of execution: nodes that run together. */
  readonly groups: readonly Group[];
  /** Loop values that something outside their loop reads. */
  readonly stored: ReadonlySet<number>;
}

export interface Group {
  readonly place: 'small' | 'loop' | 'kernel' | 'scan';
  /** Sizes of the loop's dimensions, without those of size 1. */
  readonly domain: readonly number[];
  readonly nodes: readonly number[];
}

/** At most so many elements live as variables. A larger program keeps to scalars, or its code would not be compiled. */
export const SMALL = 16;
const LARGE_PROGRAM = 1500;

/** True for a constant whose numbers stand in the code; others are read from memory. */
export function isWrittenOut(value: Float64Array): boolean {
  return !isObserved(value);
}

/** Operations that need no code on variables, or that are written out in full. */
const writtenOut = new Set([
  'sum',
  'max',
  'min',
  'prod',
  'logSumExp',
  'cumsum',
  'reshape',
  'broadcastTo',
  'transpose',
  'slice',
  'pad',
  'concatenate',
  'gather',
  'scatterAdd',
  'matmul',
]);

/** Where single precision differs: indices may be inputs, and nothing is written out. */
const placesOfSingle: ReadonlyMap<string, Place> = new Map([
  ['gather', 'kernel'],
  ['scatterAdd', 'kernel'],
  ['transpose', 'loop'],
  ['sliceAxis', 'loop'],
  ['sumLog1p', 'kernel'],
]);

/** Dimensions of size 1 do not change the order of elements. */
function squeeze(shape: Shape): number[] {
  return shape.filter((n) => n !== 1);
}

/** Operations that read their input in another order: in single precision a load of a loop like any other. */
const reordering: ReadonlySet<string> = new Set(['transpose', 'sliceAxis']);

/**
 * Schedule a graph.
 *
 * @param precision in single precision nothing is a variable, and what is read in another order is part of a loop
 */
export function schedule(graph: Graph, precision: 'single' | 'double' = 'double'): Schedule {
  if (precision === 'single') return made(graph, true);
  let known = schedules.get(graph);
  if (known === undefined) {
    known = made(graph, false);
    schedules.set(graph, known);
  }
  return known;
}

/** In double precision: the need for memory, the rule of the back end and the code all ask for it. */
const schedules = new WeakMap<Graph, Schedule>();

function made(graph: Graph, single: boolean): Schedule {
  const limit = single ? -1 : smallLimit(graph);
  const places: Place[] = [];
  const roots: Root[] = [];
  graph.nodes.forEach((node, at) => {
    const place = (single ? placesOfSingle.get(node.operation) : undefined) ?? placeOf(graph, node, limit);
    places.push(place);
    roots.push(place === 'alias' ? aliasRoot(graph, node, roots) : { node: at, offset: 0, aligned: true });
  });
  const levels = levelsOf(graph, places, roots);
  sink(graph, places, roots, levels);
  return {
    limit,
    places,
    roots,
    groups: groupsOf(graph, places, levels),
    stored: storedOf(graph, places, roots, levels),
  };
}

function smallLimit(graph: Graph): number {
  const elements = graph.nodes.reduce((total, { shape, inputs }) => {
    const size = sizeOf(shape);
    return total + (inputs.length > 0 && size <= SMALL ? size : 0);
  }, 0);
  return elements > LARGE_PROGRAM ? 1 : SMALL;
}

/** Rows are single elements, found at constant integers that are all inside. */
export function isSimpleIndex(graph: Graph, node: GraphNode): boolean {
  const values = node.operation === 'gather' ? graph.nodes[node.inputs[0]!]!.shape : node.shape;
  const codes = graph.nodes[node.inputs[1]!]!.attributes.value;
  if (codes === undefined || sizeOf(values.slice(1)) !== 1) return false;
  return codes.every((code) => Number.isInteger(code) && code >= 0 && code < values[0]!);
}

/** A few rows, at codes that are known only when it runs. */
function isFewAtCodes(graph: Graph, node: GraphNode): boolean {
  const [from, codes] = node.inputs.map((input) => graph.nodes[input]!);
  return codes!.attributes.value === undefined && isShortChoice(node, from!.shape);
}

function placeOf(graph: Graph, node: GraphNode, limit: number): Place {
  const { operation, inputs, shape } = node;
  if (inputs.length === 0 && operation !== 'scan') return 'given';
  if (operation === 'scan') return 'scan';
  const size = sizeOf(shape);
  const largestInput = Math.max(...inputs.map((input) => sizeOf(graph.nodes[input]!.shape)));
  const elementwise = operationOf(operation).elementwise !== undefined;
  if (size <= limit) {
    if (elementwise || operation === 'slice' || operation === 'broadcastTo') return 'small';
    if (operation === 'gather' && isSimpleIndex(graph, node)) return 'small';
    const indexed = operation === 'gather' || operation === 'scatterAdd';
    const fixed = !indexed || isSimpleIndex(graph, node) || isFewAtCodes(graph, node);
    if (largestInput <= limit && writtenOut.has(operation) && fixed) return 'small';
  }
  if (operation === 'reshape') return 'alias';
  if (operation === 'slice') return 'alias';
  if (elementwise || operation === 'broadcastTo') return 'loop';
  if (operation === 'gather') return isSimpleIndex(graph, node) ? 'loop' : 'kernel';
  if (operation === 'sum' || operation === 'sumLog1p') return 'ending';
  if (operation === 'scatterAdd') return isSimpleIndex(graph, node) ? 'ending' : 'kernel';
  return 'kernel';
}

function aliasRoot(graph: Graph, node: GraphNode, roots: readonly Root[]): Root {
  const source = node.inputs[0]!;
  const { node: root, offset, aligned } = roots[source]!;
  if (node.operation === 'reshape') {
    const same = sameShape(squeeze(node.shape), squeeze(graph.nodes[source]!.shape));
    return { node: root, offset, aligned: aligned && same };
  }
  const start = node.attributes.start! * sizeOf(node.shape.slice(1));
  return { node: root, offset: offset + start, aligned: false };
}

/** The loop a node belongs to: its own shape, or for an ending that of what it adds up. */
function domainOf(graph: Graph, place: Place, node: GraphNode): number[] {
  return squeeze(place === 'ending' ? graph.nodes[node.inputs[0]!]!.shape : node.shape);
}

/** True when `user` can read the value of `root` inside the loop (or straight-line code) that computes it. */
function together(
  graph: Graph,
  places: readonly Place[],
  user: GraphNode,
  userPlace: Place,
  operand: number,
  { node: root, aligned }: Root,
): boolean {
  const place = places[root]!;
  if (userPlace === 'small') return place === 'small';
  if ((userPlace !== 'loop' && userPlace !== 'ending') || place !== 'loop' || !aligned) return false;
  if (reordering.has(user.operation)) return false;
  if (user.operation === 'gather' || (user.operation === 'scatterAdd' && operand !== user.inputs[0])) return false;
  return sameShape(domainOf(graph, userPlace, user), squeeze(graph.nodes[root]!.shape));
}

/** Earliest level of each node: one more than what must be complete before. */
function levelsOf(graph: Graph, places: readonly Place[], roots: readonly Root[]): number[] {
  const levels: number[] = [];
  graph.nodes.forEach((node, at) => {
    let level = places[at] === 'given' ? -1 : 0;
    for (const input of node.inputs) {
      const root = roots[input]!;
      const joined = places[at] === 'alias' || together(graph, places, node, places[at]!, input, root);
      level = Math.max(level, levels[root.node]! + (joined ? 0 : 1));
    }
    levels.push(level);
  });
  return levels;
}

/** A loop value used only in one later loop of its domain moves there, unless that would store two for one. */
function sink(graph: Graph, places: readonly Place[], roots: readonly Root[], levels: number[]): void {
  const users = usersOf(graph, places, roots);
  const outputs = new Set(graph.outputs.map((output) => roots[output]!.node));
  for (let at = graph.nodes.length - 1; at >= 0; at--) {
    if (places[at] !== 'loop' || outputs.has(at) || users[at]!.length === 0) continue;
    let latest = Infinity;
    for (const { user, operand } of users[at]!) {
      const node = graph.nodes[user]!;
      const joined = together(graph, places, node, places[user]!, operand, roots[operand]!);
      latest = Math.min(latest, joined ? levels[user]! : -1);
    }
    if (!(latest > levels[at]!)) continue;
    const fromLoops = new Set(graph.nodes[at]!.inputs.map((input) => roots[input]!.node));
    const left = [...fromLoops].filter((root) => places[root] === 'loop' && levels[root] === levels[at]);
    if (left.length <= 1) levels[at] = latest;
  }
}

/** Who reads the memory of each node, through aliases; `operand` is the input as the user names it. */
function usersOf(graph: Graph, places: readonly Place[], roots: readonly Root[]) {
  const users: { readonly user: number; readonly operand: number }[][] = graph.nodes.map(() => []);
  graph.nodes.forEach((node, user) => {
    if (places[user] === 'alias') return;
    for (const operand of node.inputs) users[roots[operand]!.node]!.push({ user, operand });
  });
  return users;
}

function storedOf(
  graph: Graph,
  places: readonly Place[],
  roots: readonly Root[],
  levels: readonly number[],
): Set<number> {
  const stored = new Set<number>();
  usersOf(graph, places, roots).forEach((users, at) => {
    if (places[at] !== 'loop') return;
    for (const { user, operand } of users) {
      const node = graph.nodes[user]!;
      const joined = together(graph, places, node, places[user]!, operand, roots[operand]!);
      if (!joined || levels[user] !== levels[at]) stored.add(at);
    }
  });
  for (const output of graph.outputs) stored.add(roots[output]!.node);
  return stored;
}

function groupsOf(graph: Graph, places: readonly Place[], levels: readonly number[]): Group[] {
  const byLevel = new Map<number, Map<string, { place: Group['place']; domain: number[]; nodes: number[] }>>();
  graph.nodes.forEach((node, at) => {
    const place = places[at]!;
    if (place === 'given' || place === 'alias') return;
    const level = levels[at]!;
    let groups = byLevel.get(level);
    if (groups === undefined) {
      groups = new Map();
      byLevel.set(level, groups);
    }
    const looped = place === 'loop' || place === 'ending';
    const domain = looped ? domainOf(graph, place, node) : [];
    const key = looped ? `loop ${domain.join()}` : place === 'small' ? place : `${place} ${at}`;
    const group = groups.get(key);
    if (group) group.nodes.push(at);
    else groups.set(key, { place: looped ? 'loop' : (place as Group['place']), domain, nodes: [at] });
  });
  return [...byLevel.keys()].sort((a, b) => a - b).flatMap((level) => [...byLevel.get(level)!.values()]);
}
