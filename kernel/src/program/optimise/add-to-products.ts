/**
 * Sums with a matrix product as one operation (`matmulAdd`): a bias, a residual or another product is added to each
 * element before it is written, and no pass over memory is made for it. The bits are those of the sums one by one.
 */
import type { Graph, GraphNode } from '../node.ts';
import { isRow } from '../operations/matmul-add.ts';
import { sameShape } from '../shape.ts';
import { prune } from './prune.ts';

/** The graph with sums in its products, and in those of the bodies of its scans. */
export function addToProducts(graph: Graph): Graph {
  const nodes: GraphNode[] = [];
  const moved: number[] = [];
  const uses = usesOf(graph);
  const push = (node: GraphNode): number => nodes.push(node) - 1;
  /** Sums that products have taken in. */
  const sums = new Map<number, Sum>();
  graph.nodes.forEach((node, at) => {
    const { body } = node.attributes;
    const attributes = body ? { ...node.attributes, body: addToProducts(body) } : node.attributes;
    const found = node.operation === 'add' ? sumOf(graph, at, uses, sums) : undefined;
    if (found === undefined) {
      moved.push(push({ ...node, attributes, inputs: node.inputs.map((input) => moved[input]!) }));
      return;
    }
    sums.set(at, found);
    const product = nodes[producerOf(nodes, moved[found.product]!)]!;
    const addend = push(reshaped(moved[found.addend]!, found.shape));
    const sum = push({
      operation: 'matmulAdd',
      inputs: [...product.inputs, addend],
      attributes: product.attributes,
      shape: product.shape,
    });
    moved.push(push(reshaped(sum, node.shape)));
  });
  return prune({
    nodes,
    inputs: graph.inputs.map((input) => ({ ...input, node: moved[input.node]! })),
    outputs: graph.outputs.map((output) => moved[output]!),
  });
}

function reshaped(input: number, shape: readonly number[]): GraphNode {
  return { operation: 'reshape', inputs: [input], attributes: { sizes: shape }, shape: [...shape] };
}

/** How often each node is read; outputs are read once more. */
function usesOf({ nodes, outputs }: Graph): number[] {
  const uses = nodes.map(() => 0);
  for (const { inputs } of nodes) for (const input of inputs) uses[input]!++;
  for (const output of outputs) uses[output]!++;
  return uses;
}

/** The node a reshape is of. */
function producerOf(nodes: readonly GraphNode[], at: number): number {
  const { operation, inputs } = nodes[at]!;
  return operation === 'reshape' ? producerOf(nodes, inputs[0]!) : at;
}

/** A sum one side of which is a product. */
interface Sum {
  /** As the graph has it. */
  readonly product: number;
  readonly addend: number;
  /** The addend as the product takes it. */
  readonly shape: readonly number[];
}

/**
 * The product in a sum, the later one of two. The gradient of a weight (a transposed left matrix) stays a product: its
 * sums with momenta are written in place.
 */
function sumOf(graph: Graph, at: number, uses: readonly number[], sums: ReadonlyMap<number, Sum>): Sum | undefined {
  const { inputs, shape } = graph.nodes[at]!;
  const [a, b] = inputs as [number, number];
  if (a === b) return undefined;
  for (const product of [Math.max(a, b), Math.min(a, b)]) {
    const addend = product === a ? b : a;
    const result = productShape(graph, product, uses, sums);
    if (result === undefined || !sameShape(shape, graph.nodes[product]!.shape)) continue;
    const own = graph.nodes[addend]!.shape;
    if (sameShape(own, shape)) return { product, addend, shape: result };
    const width = result[1]!;
    if (isRow(own, width) && shape[shape.length - 1] === width) return { product, addend, shape: [width] };
  }
  return undefined;
}

/** The shape of a product of two matrices that nothing else reads, through reshapes and sums that it has taken in. */
function productShape(
  { nodes }: Graph,
  from: number,
  uses: readonly number[],
  sums: ReadonlyMap<number, Sum>,
): readonly number[] | undefined {
  let at = from;
  for (;;) {
    const { operation, inputs, shape, attributes } = nodes[at]!;
    if (uses[at] !== 1) return undefined;
    if (operation === 'matmul') {
      const matrices = inputs.every((input) => nodes[input]!.shape.length === 2);
      return matrices && attributes.transposeLeft !== true ? shape : undefined;
    }
    const next = operation === 'reshape' ? inputs[0] : sums.get(at)?.product;
    if (next === undefined) return undefined;
    at = next;
  }
}
