/**
 * One run for two scans over the same inputs and the same step, of which one emits more: reverse mode asks the forward
 * run for intermediate values in this way.
 */
import type { Graph, GraphNode } from '../node.ts';
import { sizeOf } from '../shape.ts';
import { prune } from './prune.ts';

/** True when `wide` computes all that `narrow` does, in the same places, and perhaps more after it and of it. */
function covers(wide: GraphNode, narrow: GraphNode): boolean {
  const [a, b] = [wide.attributes, narrow.attributes];
  return (
    b.body!.nodes.length <= a.body!.nodes.length &&
    b.body!.nodes.every((node, i) => node === a.body!.nodes[i]) &&
    a.carries === b.carries &&
    a.length === b.length &&
    a.reverse === b.reverse &&
    b.body!.outputs.every((output, i) => output === a.body!.outputs[i]) &&
    narrow.inputs.every((input, i) => input === wide.inputs[i])
  );
}

/** The graph with narrow scans as parts of wide ones; the graph itself where there are none. */
export function mergeScans(graph: Graph): Graph {
  const scans = graph.nodes.flatMap((node, at) => (node.operation === 'scan' ? [at] : []));
  /** For each scan the widest that covers it. */
  const widest = new Map(
    scans.map((at) => {
      const all = scans.filter((other) => covers(graph.nodes[other]!, graph.nodes[at]!));
      const size = (other: number) => sizeOf(graph.nodes[other]!.shape);
      return [at, all.reduce((best, other) => (size(other) > size(best) ? other : best), at)];
    }),
  );
  if (scans.every((at) => widest.get(at) === at)) return graph;
  const nodes: GraphNode[] = [];
  const moved: number[] = [];
  const placed = new Map<number, number>();
  graph.nodes.forEach((node, at) => {
    const wide = widest.get(at);
    if (wide === undefined) {
      moved.push(nodes.push({ ...node, inputs: node.inputs.map((input) => moved[input]!) }) - 1);
      return;
    }
    // The wide run stands where the first of its parts stood: they have the same inputs.
    let run = placed.get(wide);
    if (run === undefined) {
      const whole = graph.nodes[wide]!;
      run = nodes.push({ ...whole, inputs: whole.inputs.map((input) => moved[input]!) }) - 1;
      placed.set(wide, run);
    }
    const part: GraphNode = {
      operation: 'slice',
      inputs: [run],
      attributes: { start: 0, end: sizeOf(node.shape) },
      shape: node.shape,
    };
    moved.push(wide === at ? run : nodes.push(part) - 1);
  });
  return prune({
    nodes,
    inputs: graph.inputs.map((input) => ({ ...input, node: moved[input.node]! })),
    outputs: graph.outputs.map((output) => moved[output]!),
  });
}
