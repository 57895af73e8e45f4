/**
 * Which rows of data are the same: of an expression that is a function, element by element, of constants and of elements
 * chosen by constant codes (`gather`), two elements are the same where all of these are.
 */
import { constantNode, createNode } from '../build.ts';
import type { Node } from '../node.ts';
import { isConstant } from '../node.ts';
import { markObserved } from '../observed.ts';
import { operationOf } from '../operations/registry.ts';
import { sizeOf } from '../shape.ts';
import { FEWEST } from './addends.ts';

/** At least so many rows for each different one, or there is little to gain. */
const REPEATS = 4;
/** And at most so many: longer tables gain less, and data that do not repeat are soon found out. */
const MOST_ROWS = 4096;

const mostRows = (size: number) => Math.min(MOST_ROWS, Math.floor(size / REPEATS));

/** Terms of more operations are not looked through. */
export const MOST_NODES = 200;

/** The different elements of an expression. */
export interface Table {
  /** One of each, some of them twice. // (rows,) */
  readonly values: Node;
  /** How often it stands for an element. // (rows,) */
  readonly counts: Float64Array;
  /** Which one each element is. // (size,) */
  readonly codes: Float64Array;
}

/** An expression as a table; undefined where it is not made of data that repeat. */
export function tableOf(node: Node): Table | undefined {
  const size = sizeOf(node.shape);
  const leaves = size < FEWEST || isConstant(node) ? undefined : leavesOf(node, size);
  if (leaves === undefined || leaves.length === 0) return undefined;
  const rows = differentRows(leaves.map(dataOf), size);
  return rows && { values: again(node, size, rows.places), counts: rows.counts, codes: rows.codes };
}

/** The numbers by which an element of a leaf is found. */
function dataOf(leaf: Node): Float64Array {
  return (leaf.operation === 'gather' ? leaf.inputs[1]! : leaf).attributes.value!;
}

/** Constants and gathers that terms are made of, number by number; undefined where there is anything else. */
function leavesOf(terms: Node, size: number): Node[] | undefined {
  const leaves = new Set<Node>();
  const seen = new Set<Node>();
  const open = [terms];
  while (open.length > 0) {
    const node = open.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    if (seen.size > MOST_NODES) return undefined;
    if (sizeOf(node.shape) === 1) continue;
    if (sizeOf(node.shape) !== size) return undefined;
    if (isConstant(node) || isPlainGather(node)) leaves.add(node);
    else if (passesOn(node)) open.push(...node.inputs);
    else return undefined;
  }
  return [...leaves];
}

/** Elements of a vector at known places. */
function isPlainGather({ operation, inputs }: Node): boolean {
  return operation === 'gather' && inputs[0]!.shape.length === 1 && isConstant(inputs[1]!);
}

/** Each element is made of those at the same place. */
function passesOn({ operation, inputs }: Node): boolean {
  if (operation === 'input') return false;
  if (operation === 'reshape') return true;
  if (operation === 'broadcastTo') return sizeOf(inputs[0]!.shape) === 1;
  return operationOf(operation).elementwise !== undefined;
}

/** Where each row of a table is found, how often it is there, and which one each element is. */
interface Rows extends Omit<Table, 'values'> {
  readonly places: Int32Array;
}

/** What was found for lists of columns that begin with this one: the same are asked for with each part of an expression. */
const knownRows = new WeakMap<Float64Array, { readonly data: readonly Float64Array[]; readonly rows?: Rows }[]>();

/** The different rows, in the order of their data; undefined where they repeat too little. */
function differentRows(data: readonly Float64Array[], size: number): Rows | undefined {
  let known = knownRows.get(data[0]!);
  if (known === undefined) {
    known = [];
    knownRows.set(data[0]!, known);
  }
  const same = known.find((each) => each.data.length === data.length && each.data.every((x, i) => x === data[i]));
  if (same) return same.rows;
  const rows = rowsOf(data, size);
  known.push(rows ? { data, rows } : { data });
  return rows;
}

function rowsOf(data: readonly Float64Array[], size: number): Rows | undefined {
  const most = mostRows(size);
  const owns = data.map(ranksOf);
  if (owns.some(({ count }) => count > most)) return undefined;
  let rowOf = new Int32Array(size);
  let count = 1;
  for (const own of owns) {
    const known = new Map<number, number>();
    const next = new Int32Array(size);
    for (let i = 0; i < size; i++) {
      const key = rowOf[i]! * own.count + own.rank[i]!;
      let row = known.get(key);
      if (row === undefined) {
        row = known.size;
        if (row === most) return undefined;
        known.set(key, row);
      }
      next[i] = row;
    }
    rowOf = next;
    count = known.size;
  }
  const first = new Int32Array(count).fill(-1);
  rowOf.forEach((row, i) => {
    if (first[row]! < 0) first[row] = i;
  });
  const places = inOrder(first, data);
  const position = new Int32Array(count);
  places.forEach((place, at) => {
    position[rowOf[place]!] = at;
  });
  return padded(
    places,
    rowOf.map((row) => position[row]!),
  );
}

/** The same order whatever the order of the data, so that other data of the same rows are the same structure. */
function inOrder(first: Int32Array, data: readonly Float64Array[]): Int32Array {
  return first.toSorted((a, b) => {
    for (const values of data) if (values[a] !== values[b]) return values[a]! < values[b]! ? -1 : 1;
    return a - b;
  });
}

/** Which of its different values each number is, and how many there are: of those that repeat too little too many. */
interface Ranks {
  readonly rank: Int32Array;
  readonly count: number;
}

const knownRanks = new WeakMap<Float64Array, Ranks>();

function ranksOf(values: Float64Array): Ranks {
  let ranks = knownRanks.get(values);
  if (ranks === undefined) {
    ranks = rank(values);
    knownRanks.set(values, ranks);
  }
  return ranks;
}

/** −0 is not 0. */
function rank(values: Float64Array): Ranks {
  const known = new Map<number | string, number>();
  const most = mostRows(values.length);
  const found = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    const key = Object.is(x, -0) ? '-0' : x;
    let at = known.get(key);
    if (at === undefined) {
      if (known.size === most) return { rank: new Int32Array(0), count: Infinity };
      at = known.size;
      known.set(key, at);
    }
    found[i] = at;
  }
  return { rank: found, count: known.size };
}

/** Tables of so few rows are written out with their codes: other rows are another structure anyway. */
const SHORT_TABLE = 16;

/**
 * As many rows as the next of 24, 32, 48, 64 …, so that data in which a rare row is missing have the same structure: the
 * first rows are there twice, each for half of its elements.
 */
function padded(places: Int32Array, codes: Int32Array): Rows {
  let wanted = SHORT_TABLE;
  while (wanted < places.length) wanted = wanted % 3 === 0 ? (wanted / 3) * 4 : (wanted / 2) * 3;
  const all = Array.from(places);
  const counts = new Array<number>(places.length).fill(0);
  for (const code of codes) counts[code]!++;
  const twice = new Map<number, number>();
  if (places.length > SHORT_TABLE) {
    for (let row = 0; row < places.length && all.length < wanted; row++) {
      if (counts[row]! < 2) continue;
      twice.set(row, all.length);
      all.push(all[row]!);
      counts.push(0);
    }
  }
  codes.forEach((code, i) => {
    const other = twice.get(code);
    if (other === undefined || counts[code]! <= counts[other]!) return;
    codes[i] = other;
    counts[code]!--;
    counts[other]!++;
  });
  return {
    places: Int32Array.from(all),
    counts: markObserved(Float64Array.from(counts)),
    codes: markObserved(Float64Array.from(codes)),
  };
}

/** The terms at some of their places. // (size,) → (rows,) */
function again(terms: Node, size: number, places: Int32Array): Node {
  const made = new Map<Node, Node>();
  const chosen = (value: Float64Array) => markObserved(Float64Array.from(places, (place) => value[place]!));
  const rows = [places.length];
  const of = (node: Node): Node => {
    let known = made.get(node);
    if (known === undefined) {
      known = withName(node, fresh(node));
      made.set(node, known);
    }
    return known;
  };
  const fresh = (node: Node): Node => {
    if (sizeOf(node.shape) !== size) return createNode('reshape', [node], { sizes: [] });
    if (isConstant(node)) return constantNode(chosen(node.attributes.value!), rows);
    if (isPlainGather(node)) {
      return createNode('gather', [node.inputs[0]!, constantNode(chosen(dataOf(node)), rows)]);
    }
    if (node.operation === 'reshape') return of(node.inputs[0]!);
    if (node.operation === 'broadcastTo') return createNode('broadcastTo', [of(node.inputs[0]!)], { sizes: rows });
    return createNode(node.operation, node.inputs.map(of), node.attributes);
  };
  const value = of(terms);
  return sizeOf(value.shape) === 1 ? createNode('broadcastTo', [value], { sizes: rows }) : value;
}

function withName(before: Node, after: Node): Node {
  return before.name === undefined || after.name !== undefined ? after : { ...after, name: before.name };
}
