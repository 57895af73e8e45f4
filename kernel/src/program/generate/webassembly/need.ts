/**
 * How much memory a program's loops share: an upper bound, from the schedule alone.
 */
import type { Graph, GraphNode } from '../../node.ts';
import { productFormOf, productLayout } from '../../operations/linear.ts';
import { sizeOf } from '../../shape.ts';
import { schedule } from '../schedule.ts';
import { isLargeProduct, panelSize } from './matrices.ts';
import { isLongProduct } from './products.ts';
import { isLongScan } from './recurrence.ts';

/** Bytes a loop needs for its totals and the rounding up of addresses. */
const EACH_NODE = 48;

/** Bytes, and whether there is any loop or product long enough to be worth it. */
export function memoryNeeded(graph: Graph, shortLoop: number): { readonly bytes: number; readonly worth: boolean } {
  const { places, stored, groups } = schedule(graph);
  let bytes = 0;
  let worth = groups.some(
    ({ place, domain }) => place === 'loop' && domain.reduce((product, n) => product * n, 1) >= shortLoop,
  );
  for (const { place, domain, nodes } of groups) {
    if (place === 'loop' && domain.length > 1) bytes += positionsNeed(graph, domain, nodes);
  }
  graph.nodes.forEach((node, at) => {
    const place = places[at]!;
    const size = 8 * sizeOf(node.shape);
    bytes += EACH_NODE;
    // Codes are kept as integers of half the size beside the numbers.
    if (place === 'given') bytes += 1.5 * size;
    else if (place !== 'alias' && (place !== 'loop' || stored.has(at))) bytes += size;
    if (place === 'kernel' && node.operation === 'matmul') {
      const product = productNeed(graph, node);
      bytes += product.bytes;
      worth ||= product.worth;
    }
    worth ||= place === 'scan' && isLongScan(node);
    const { body } = node.attributes;
    if (body) {
      const inner = memoryNeeded(body, shortLoop);
      bytes += inner.bytes;
      worth ||= inner.worth;
    }
  });
  return { bytes, worth };
}

/** Positions that a loop over several dimensions may need: four bytes an element for each shape it reads or adds up to. */
function positionsNeed(graph: Graph, domain: readonly number[], nodes: readonly number[]): number {
  const length = domain.reduce((product, n) => product * n, 1);
  const shapes = new Set(
    nodes.flatMap((at) => [at, ...graph.nodes[at]!.inputs]).map((at) => graph.nodes[at]!.shape.join()),
  );
  return shapes.size * (4 * length + 16);
}

/** What a product needs beside its operands, and whether it is long enough. */
function productNeed(graph: Graph, { inputs, attributes }: GraphNode): { bytes: number; worth: boolean } {
  const [a, b] = inputs.map((input) => graph.nodes[input]!.shape);
  const layout = productLayout(a!, b!, attributes);
  const form = productFormOf(layout);
  if (form !== undefined) return { bytes: 0, worth: isLongProduct(form) };
  return { bytes: 8 * panelSize(layout) + 16, worth: isLargeProduct(layout) };
}
