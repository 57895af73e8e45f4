/**
 * Drops the nodes of a closed graph that no output needs. Inputs stay, read or not.
 */
import type { Graph } from '../node.ts';

/** The same graph without dead nodes. */
export function prune(graph: Graph): Graph {
  const live = new Set([...graph.outputs, ...graph.inputs.map(({ node }) => node)]);
  for (let at = graph.nodes.length - 1; at >= 0; at--) {
    if (live.has(at)) for (const input of graph.nodes[at]!.inputs) live.add(input);
  }
  if (live.size === graph.nodes.length) return graph;
  const moved = new Map<number, number>();
  const nodes = graph.nodes.filter((_, at) => {
    if (live.has(at)) moved.set(at, moved.size);
    return live.has(at);
  });
  return {
    nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map((input) => moved.get(input)!) })),
    inputs: graph.inputs.map((input) => ({ ...input, node: moved.get(input.node)! })),
    outputs: graph.outputs.map((output) => moved.get(output)!),
  };
}
