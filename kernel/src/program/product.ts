/**
 * The matrix product of arrays of any number of dimensions, with NumPy's rule: the last two are matrices, the ones
 * before broadcast.
 */
import { createNode } from './build.ts';
import type { Node } from './node.ts';
import { broadcastShapes, sizeOf } from './shape.ts';

/** The node of a product. @throws RangeError for scalars, and where sizes do not meet */
export function productOf(a: Node, b: Node): Node {
  const [rankA, rankB] = [a.shape.length, b.shape.length];
  if (rankA <= 2 && rankB <= 2) return createNode('matmul', [a, b]);
  if (rankB === 0 || rankA === 0) return createNode('matmul', [a, b]); // which says what is wrong
  if (rankB <= 2) {
    // One matrix for all: the rows of the left one, as of one large matrix.
    const lead = a.shape.slice(0, -1);
    const flat = createNode('reshape', [a], { sizes: [sizeOf(lead), a.shape[rankA - 1]!] });
    const product = createNode('matmul', [flat, b]);
    return createNode('reshape', [product], { sizes: [...lead, ...b.shape.slice(1)] });
  }
  if (rankA === 1) {
    const row = createNode('reshape', [a], { sizes: [1, a.shape[0]!] });
    const product = productOf(row, b);
    return createNode('reshape', [product], { sizes: [...product.shape.slice(0, -2), product.shape[rankB - 1]!] });
  }
  const lead = broadcastShapes('matmul', [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const [left, right] = [a, b].map((node) => turned(spread(node, lead)));
  return createNode('batchMatmul', [left!.node, right!.node], {
    transposeLeft: left!.transposed,
    transposeRight: right!.transposed,
  });
}

/** Repeated over the leading dimensions. */
function spread(node: Node, lead: readonly number[]): Node {
  const sizes = [...lead, ...node.shape.slice(-2)];
  return createNode('broadcastTo', [node], { sizes });
}

/** A transposition of the last two dimensions is left to the product. */
function turned(node: Node) {
  const last = node.shape.length - 1;
  const swaps =
    node.operation === 'transpose' &&
    node.attributes.permutation!.every((axis, i) => axis === (i === last ? last - 1 : i === last - 1 ? last : i));
  return { node: swaps ? node.inputs[0]! : node, transposed: swaps };
}
