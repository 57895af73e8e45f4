/**
 * How much memory a program's loops share: an upper bound, from the schedule alone.
 */
import type { Graph, GraphNode } from '../../node.ts';
import { productFormOf, productLayout } from '../../operations/linear.ts';
import { sizeOf } from '../../shape.ts';
import { schedule } from '../schedule.ts';
import { isLongProduct } from './products.ts';

/** Bytes a loop needs for its totals and the rounding up of addresses. */
const EACH_NODE = 48;

/** Bytes, and whether there is any loop or product long enough to be worth it. */
export function memoryNeeded(graph: Graph, shortLoop: number): { readonly bytes: number; readonly worth: boolean } {
  const { places, stored, groups } = schedule(graph);
  let bytes = 0;
  let worth = groups.some(
    ({ place, domain }) => place === 'loop' && domain.reduce((product, n) => product * n, 1) >= shortLoop,
  );
  graph.nodes.forEach((node, at) => {
    const place = places[at]!;
    const size = 8 * sizeOf(node.shape);
    bytes += EACH_NODE;
    // Codes are kept as integers of half the size beside the numbers.
    if (place === 'given') bytes += 1.5 * size;
    else if (place !== 'alias' && (place !== 'loop' || stored.has(at))) bytes += size;
    worth ||= place === 'kernel' && hasLongProduct(graph, node);
    const { body } = node.attributes;
    if (body) {
      const inner = memoryNeeded(body, shortLoop);
      bytes += inner.bytes;
      worth ||= inner.worth;
    }
  });
  return { bytes, worth };
}

function hasLongProduct(graph: Graph, { operation, inputs, attributes }: GraphNode): boolean {
  if (operation !== 'matmul') return false;
  const [a, b] = inputs.map((input) => graph.nodes[input]!.shape);
  const form = productFormOf(productLayout(a!, b!, attributes));
  return form !== undefined && isLongProduct(form);
}
