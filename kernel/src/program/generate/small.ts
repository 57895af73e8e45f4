/**
 * Operations on a few elements, each element a variable: the order of every sum is that of the interpreter.
 */
import type { GraphNode } from '../node.ts';
import { productFormOf, productLayout } from '../operations/linear.ts';
import { targets } from '../operations/reduction.ts';
import { broadcastStrides, indexMap, sizeOf, stridesOf } from '../shape.ts';
import type { Shape } from '../types.ts';
import type { Writer } from './writer.ts';

/** An operand: its shape, and the text of any of its elements. */
export interface SmallOperand {
  readonly shape: Shape;
  readonly value: Float64Array | undefined;
  element(at: number): string;
}

/** Write a small node. @returns the text of each of its elements: a name or a literal */
export function writeSmall(writer: Writer, node: GraphNode, operands: readonly SmallOperand[]): string[] {
  const { operation, shape, attributes } = node;
  const size = sizeOf(shape);
  const [x, y] = operands;
  const each = (make: (at: number) => string) => Array.from({ length: size }, (_, at) => make(at));
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
      return each((at) => (at >= start && at < start + count ? x!.element(at - start) : '0'));
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
      return each((at) => x!.element(y!.value![at]!));
    case 'scatterAdd': {
      const terms: string[][] = each(() => '').map(() => []);
      y!.value!.forEach((row, at) => {
        terms[row]?.push(x!.element(at));
      });
      return terms.map((list) => (list.length === 0 ? '0' : writer.bind(['0', ...list].join(' + '))));
    }
    case 'sum':
      return grouped(node, x!).map((list) => writer.bind(['0', ...list].join(' + ')));
    case 'prod':
      return grouped(node, x!).map((list) => writer.bind(['1', ...list].join(' * ')));
    case 'max':
      return grouped(node, x!).map((list) => writer.bind(`Math.max(${list.join(', ')})`));
    case 'min':
      return grouped(node, x!).map((list) => writer.bind(`Math.min(${list.join(', ')})`));
    case 'logSumExp':
      return grouped(node, x!).map((list) => writeLogSumExp(writer, list));
    case 'cumsum':
      return writeCumsum(writer, node, x!);
    case 'matmul':
      return writeMatmul(writer, node, x!, y!);
    default: {
      const maps = operands.map((operand) => indexMap(shape, broadcastStrides(operand.shape, shape)));
      return each((at) =>
        writer.bind(
          writer.apply(
            operation,
            operands.map((operand, k) => operand.element(maps[k]![at]!)),
          ),
        ),
      );
    }
  }
}

/** The elements that go into each element of a reduction, in row-major order. */
function grouped({ attributes, shape }: GraphNode, x: SmallOperand): string[][] {
  const lists: string[][] = Array.from({ length: sizeOf(shape) }, () => []);
  targets(x.shape, attributes.axes!).forEach((to, at) => {
    lists[to]!.push(x.element(at));
  });
  return lists;
}

function writeLogSumExp(writer: Writer, list: readonly string[]): string {
  const top = writer.bind(`Math.max(${list.join(', ')})`);
  const terms = list.map((x) => writer.apply('exp', [`${x} - ${top}`]));
  const log = writer.apply('log', [['0', ...terms].join(' + ')]);
  return writer.bind(`Number.isFinite(${top}) ? ${top} + ${log} : ${top}`);
}

function writeCumsum(writer: Writer, { attributes, shape }: GraphNode, x: SmallOperand): string[] {
  const rows = shape[0] ?? 1;
  const width = sizeOf(shape) / Math.max(1, rows);
  const texts = new Array<string>(sizeOf(shape));
  for (let j = 0; j < width; j++) {
    let total = '0';
    for (let k = 0; k < rows; k++) {
      const at = (attributes.reverse ? rows - 1 - k : k) * width + j;
      total = writer.bind(`${total} + ${x.element(at)}`);
      texts[at] = total;
    }
  }
  return texts;
}

function writeMatmul(writer: Writer, { attributes }: GraphNode, a: SmallOperand, b: SmallOperand): string[] {
  const layout = productLayout(a.shape, b.shape, attributes);
  const { m, k, n, left, right } = layout;
  const apart = productFormOf(layout)?.kind === 'matrixVector'; // even and odd positions
  const texts: string[] = [];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const terms = Array.from(
        { length: k },
        (_, q) => `${a.element(i * left[0] + q * left[1])} * ${b.element(q * right[0] + j * right[1])}`,
      );
      const total = (list: readonly string[]) => ['0', ...list].join(' + ');
      const [even, odd] = [0, 1].map((rest) => total(terms.filter((_, q) => q % 2 === rest)));
      texts.push(writer.bind(apart ? `${even} + (${odd})` : total(terms)));
    }
  }
  return texts;
}
