/**
 * The interpreter: a plan that runs a graph node by node into buffers made once. It is the oracle every other back
 * end must equal bit for bit, and what runs where no code may be generated.
 */
import type { Graph } from './node.ts';
import type { Kernel } from './operations/operation.ts';
import { operationOf } from './operations/registry.ts';
import { sizeOf } from './shape.ts';

/** A graph ready to run: write to `inputs`, call `run`, read `outputs`. Nothing is allocated in a run. */
export interface Plan {
  /** One buffer an input, in the graph's order. */
  readonly inputs: Float64Array[];
  /** One buffer an output; two outputs may share one, and an output may be an input. */
  readonly outputs: Float64Array[];
  run(): void;
}

interface Step {
  readonly kernel: Kernel;
  readonly output: Float64Array;
  readonly inputs: readonly Float64Array[];
}

/** A plan, and the buffer of every node beside it. */
export interface ObservedPlan extends Plan {
  readonly buffers: readonly Float64Array[];
}

/** Prepare the interpreter for a graph. */
export function planGraph(graph: Graph): ObservedPlan {
  const buffers: Float64Array[] = [];
  const steps: Step[] = [];
  for (const node of graph.nodes) {
    if (node.operation === 'constant') {
      buffers.push(node.attributes.value!);
      continue;
    }
    if (node.operation === 'input') {
      buffers.push(new Float64Array(sizeOf(node.shape)));
      continue;
    }
    const inputs = node.inputs.map((input) => buffers[input]!);
    if (node.operation === 'reshape') {
      buffers.push(inputs[0]!); // the same elements: no copy
      continue;
    }
    const output = new Float64Array(sizeOf(node.shape));
    const kernel = operationOf(node.operation).kernel({
      shape: node.shape,
      inputShapes: node.inputs.map((input) => graph.nodes[input]!.shape),
      attributes: node.attributes,
      plan: planGraph,
    });
    steps.push({ kernel, output, inputs });
    buffers.push(output);
  }
  return {
    buffers,
    inputs: graph.inputs.map(({ node }) => buffers[node]!),
    outputs: graph.outputs.map((output) => buffers[output]!),
    run() {
      for (const { kernel, output, inputs } of steps) kernel(output, inputs);
    },
  };
}
