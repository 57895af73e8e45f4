/**
 * Operations on a few elements, each element a value of its own: the order of every sum is that of the interpreter.
 * Written once, over what an element is: a variable of JavaScript (`text-elements.ts`) or a lane of a WebAssembly vector
 * (`webassembly/lanes.ts`).
 */
import type { GraphNode } from '../node.ts';
import { productFormOf, productLayout } from '../operations/linear.ts';
import { targets } from '../operations/reduction.ts';
import { broadcastStrides, indexMap, sizeOf, stridesOf } from '../shape.ts';
import type { Shape } from '../types.ts';

/** How elements are computed. */
export interface Elements<E> {
  constant(x: number): E;
  /** An elementwise operation at each position of its operands, which are equally many. */
  apply(operation: string, operands: readonly (readonly E[])[]): E[];
  /** start ∘ first ∘ second ∘ …, from the left, for each list. */
  fold(operation: Fold, start: number, lists: readonly (readonly E[])[]): E[];
}

export type Fold = 'add' | 'mul' | 'maximum' | 'minimum';

/** An operand: its shape, and any of its elements. */
export interface SmallOperand<E> {
  readonly shape: Shape;
  readonly value: Float64Array | undefined;
  element(at: number): E;
}

/** Write a small node. @returns its elements */
export function writeSmall<E>(to: Elements<E>, node: GraphNode, operands: readonly SmallOperand<E>[]): E[] {
  const { operation, shape, attributes } = node;
  const size = sizeOf(shape);
  const [x, y] = operands;
  const each = (make: (at: number) => E) => Array.from({ length: size }, (_, at) => make(at));
  switch (operation) {
    case 'reshape':
      return each((at) => x!.element(at));
    case 'slice': {
      const start = attributes.start! * sizeOf(shape.slice(1));
      return each((at) => x!.element(start + at));
    }
    case 'pad': {
      const start = attributes.start! * sizeOf(shape.slice(1));
      const count = sizeOf(x!.shape);
      return each((at) => (at >= start && at < start + count ? x!.element(at - start) : to.constant(0)));
    }
    case 'concatenate':
      return operands.flatMap((part) => Array.from({ length: sizeOf(part.shape) }, (_, at) => part.element(at)));
    case 'broadcastTo': {
      const map = indexMap(shape, broadcastStrides(x!.shape, shape));
      return each((at) => x!.element(map[at]!));
    }
    case 'transpose': {
      const strides = stridesOf(x!.shape);
      const map = indexMap(
        shape,
        attributes.permutation!.map((axis) => strides[axis]!),
      );
      return each((at) => x!.element(map[at]!));
    }
    case 'gather':
      return y!.value ? each((at) => x!.element(y!.value![at]!)) : writeChoice(to, node, x!, y!);
    case 'scatterAdd': {
      if (!y!.value) return writeChosenSums(to, node, x!, y!);
      const terms: E[][] = Array.from({ length: size }, () => []);
      y!.value!.forEach((row, at) => {
        terms[row]?.push(x!.element(at));
      });
      return to.fold('add', 0, terms);
    }
    case 'sum':
      return to.fold('add', 0, grouped(node, x!));
    case 'prod':
      return to.fold('mul', 1, grouped(node, x!));
    case 'max':
      return to.fold('maximum', -Infinity, grouped(node, x!));
    case 'min':
      return to.fold('minimum', Infinity, grouped(node, x!));
    case 'logSumExp':
      return writeLogSumExp(to, grouped(node, x!));
    case 'cumsum':
      return writeCumsum(to, node, x!);
    case 'matmul':
      return writeMatmul(to, node, x!, y!);
    default: {
      const maps = operands.map((operand) => indexMap(shape, broadcastStrides(operand.shape, shape)));
      return to.apply(
        operation,
        operands.map((operand, k) => each((at) => operand.element(maps[k]![at]!))),
      );
    }
  }
}

/** True for a gather or its transpose among so few elements that each may be compared with its code. */
export function isShortChoice({ operation, shape }: GraphNode, from: Shape): boolean {
  const [rows, elements] = operation === 'gather' ? [from[0] ?? 1, sizeOf(shape)] : [shape[0] ?? 1, sizeOf(from)];
  return rows * elements <= MOST_CHOICES;
}

const MOST_CHOICES = 64;

/** Where the code of each element is that of each row: a mask a row and code. */
function writeMasks<E>(to: Elements<E>, rows: number, codes: SmallOperand<E>): E[][] {
  const list = Array.from({ length: sizeOf(codes.shape) }, (_, i) => codes.element(i));
  return Array.from({ length: rows }, (_, row) => to.apply('eq', [list, list.map(() => to.constant(row))]));
}

/** Rows at codes that are known only when it runs: each row where it is the one, NaN where none is. */
function writeChoice<E>(to: Elements<E>, { shape }: GraphNode, x: SmallOperand<E>, codes: SmallOperand<E>): E[] {
  const rows = x.shape[0]!;
  const width = sizeOf(x.shape.slice(1));
  const masks = writeMasks(to, rows, codes);
  let chosen = Array.from({ length: sizeOf(shape) }, () => to.constant(Number.NaN));
  masks.forEach((mask, row) => {
    const where = chosen.map((_, at) => mask[Math.floor(at / width)]!);
    const values = chosen.map((_, at) => x.element(row * width + (at % width)));
    chosen = to.apply('where', [where, values, chosen]);
  });
  return chosen;
}

/** Rows added up at codes that are known only when it runs; what belongs elsewhere adds 0, which changes no sum from 0. */
function writeChosenSums<E>(to: Elements<E>, { shape }: GraphNode, x: SmallOperand<E>, codes: SmallOperand<E>): E[] {
  const rows = shape[0]!;
  const width = sizeOf(shape.slice(1));
  const count = sizeOf(codes.shape);
  const terms = writeMasks(to, rows, codes).flatMap((mask) =>
    Array.from({ length: width }, (_, j) => {
      const values = Array.from({ length: count }, (__, i) => x.element(i * width + j));
      return to.apply('where', [mask, values, values.map(() => to.constant(0))]);
    }),
  );
  return to.fold('add', 0, terms);
}

/** The elements that go into each element of a reduction, in row-major order. */
function grouped<E>({ attributes, shape }: GraphNode, x: SmallOperand<E>): E[][] {
  const lists: E[][] = Array.from({ length: sizeOf(shape) }, () => []);
  targets(x.shape, attributes.axes!).forEach((target, at) => {
    lists[target]!.push(x.element(at));
  });
  return lists;
}

/** An infinite maximum is its own result. */
function writeLogSumExp<E>(to: Elements<E>, lists: readonly (readonly E[])[]): E[] {
  const top = to.fold('maximum', -Infinity, lists);
  const tops = lists.flatMap((list, i) => list.map(() => top[i]!));
  const terms = to.apply('exp', [to.apply('sub', [lists.flat(), tops])]);
  let next = 0;
  const sums = to.fold(
    'add',
    0,
    lists.map(({ length }) => {
      next += length;
      return terms.slice(next - length, next);
    }),
  );
  const all = (x: number) => lists.map(() => to.constant(x));
  const finite = to.apply('lt', [to.apply('abs', [top]), all(Infinity)]);
  return to.apply('where', [finite, to.apply('add', [top, to.apply('log', [sums])]), top]);
}

function writeCumsum<E>(to: Elements<E>, { attributes, shape }: GraphNode, x: SmallOperand<E>): E[] {
  const rows = shape[0] ?? 1;
  const width = sizeOf(shape) / Math.max(1, rows);
  const elements = new Array<E>(sizeOf(shape));
  let totals = Array.from({ length: width }, () => to.constant(0));
  for (let k = 0; k < rows; k++) {
    const row = (attributes.reverse ? rows - 1 - k : k) * width;
    totals = to.apply('add', [totals, totals.map((_, j) => x.element(row + j))]);
    totals.forEach((total, j) => {
      elements[row + j] = total;
    });
  }
  return elements;
}

function writeMatmul<E>(to: Elements<E>, { attributes }: GraphNode, a: SmallOperand<E>, b: SmallOperand<E>): E[] {
  const layout = productLayout(a.shape, b.shape, attributes);
  const { m, k, n, left, right } = layout;
  const apart = productFormOf(layout)?.kind === 'matrixVector'; // even and odd positions
  const places = Array.from({ length: m * n }, (_, at) => [Math.floor(at / n), at % n] as const);
  const factors = (of: (i: number, j: number, q: number) => E) =>
    places.flatMap(([i, j]) => Array.from({ length: k }, (_, q) => of(i, j, q)));
  const terms = to.apply('mul', [
    factors((i, _, q) => a.element(i * left[0] + q * left[1])),
    factors((_, j, q) => b.element(q * right[0] + j * right[1])),
  ]);
  const total = (keep: (q: number) => boolean) =>
    to.fold(
      'add',
      0,
      places.map((_, at) => terms.slice(at * k, (at + 1) * k).filter((__, q) => keep(q))),
    );
  if (!apart) return total(() => true);
  return to.apply('add', [total((q) => q % 2 === 0), total((q) => q % 2 === 1)]);
}
