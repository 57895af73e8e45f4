/**
 * What a reverse sweep asks of the forward run beyond what that computes anyway: factors such as σ(a − b) that need no
 * cotangent and are costly. Computed in the forward run, they share their exponentials with it.
 */
import type { Graph, GraphNode, Node } from '../node.ts';
import { isConstant, topologicalOrder } from '../node.ts';

/** Cheaper to compute twice than to store: everything else is kept from the forward run. */
const cheap = new Set([
  ...['input', 'constant', 'add', 'sub', 'mul', 'div', 'neg', 'abs', 'sign', 'square', 'reciprocal', 'sqrt', 'chain'],
  ...['minimum', 'maximum', 'floor', 'ceil', 'round', 'trunc', 'lt', 'le', 'gt', 'ge', 'eq', 'ne', 'where'],
  ...[
    'reshape',
    'broadcastTo',
    'transpose',
    'slice',
    'sliceAxis',
    'pad',
    'concatenate',
    'gather',
    'sum',
    'max',
    'min',
    'cumsum',
  ],
]);

/** True for an operation that is cheaper to compute twice than to store. */
export function isCheap(operation: string): boolean {
  return cheap.has(operation);
}

/** The forward body, and what is added to it. */
export class ForwardBody {
  readonly nodes: GraphNode[];
  readonly #places: Map<Node, number>;

  constructor(body: Graph, inlined: readonly Node[]) {
    this.nodes = [...body.nodes];
    this.#places = new Map(inlined.map((node, i) => [node, i]));
  }

  /** The largest such values: each is read by something that depends on a cotangent, or is a result itself. */
  frontier(results: readonly Node[], cotangents: ReadonlySet<Node>): Node[] {
    const later = new Set<Node>();
    const costly = new Set<Node>();
    const found = new Set<Node>();
    const order = topologicalOrder(results, new Set([...cotangents, ...this.#places.keys()]));
    for (const node of order) {
      if (this.#places.has(node) || isConstant(node)) continue;
      if (cotangents.has(node) || node.inputs.some((input) => later.has(input))) {
        later.add(node);
        for (const input of node.inputs) if (costly.has(input)) found.add(input);
      } else if (!cheap.has(node.operation) || node.inputs.some((input) => costly.has(input))) costly.add(node);
    }
    for (const result of results) if (costly.has(result)) found.add(result);
    return [...found];
  }

  /** Where a value stands in the extended body; added where it is not there yet. */
  indexOf(value: Node): number {
    for (const node of topologicalOrder([value], new Set(this.#places.keys()))) {
      if (this.#places.has(node)) continue;
      const { operation, attributes, shape } = node;
      const inputs = node.inputs.map((input) => this.#places.get(input)!);
      this.#places.set(node, this.nodes.push({ operation, inputs, attributes, shape }) - 1);
    }
    return this.#places.get(value)!;
  }
}
