/**
 * log Σ e^x of many elements in what loops are made of: m + log Σ e^(x − m), m the largest. So its exponentials run on
 * two lanes, and in one loop with what x is computed from.
 */
import { constantNode, createNode } from '../build.ts';
import type { Node } from '../node.ts';
import { topologicalOrder } from '../node.ts';
import { sizeOf } from '../shape.ts';

/** Fewer elements are written out one by one. */
const FEWEST = 32;

/** The same values; a long sum into one number is added up in four parts, as every such sum is. */
export function spellOutLogSumExp(outputs: readonly Node[]): Node[] {
  const made = new Map<Node, Node>();
  for (const node of topologicalOrder(outputs)) {
    const inputs = node.inputs.map((input) => made.get(input)!);
    const changed = inputs.some((input, i) => input !== node.inputs[i]);
    const moved = changed ? { ...node, inputs } : node;
    const long = node.operation === 'logSumExp' && sizeOf(inputs[0]!.shape) >= FEWEST;
    made.set(node, long ? spelt(moved) : moved);
  }
  return outputs.map((output) => made.get(output)!);
}

function spelt({ inputs, attributes, name }: Node): Node {
  const x = inputs[0]!;
  const { axes = [] } = attributes;
  const top = createNode('max', [x], { axes });
  const along = createNode('reshape', [top], { sizes: x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n)) });
  const sum = createNode('sum', [createNode('exp', [createNode('sub', [x, along])])], { axes });
  // An infinite maximum is its own result: ∞ − ∞ would be NaN.
  const infinity = constantNode(Float64Array.of(Infinity), []);
  const finite = createNode('lt', [createNode('abs', [top]), infinity]);
  const value = createNode('where', [finite, createNode('add', [top, createNode('log', [sum])]), top]);
  return name === undefined ? value : { ...value, name };
}
