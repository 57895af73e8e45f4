/**
 * The interpreter in single precision: every value is rounded to the nearest number of 32 bits as it is made. It is the
 * oracle of the WebAssembly back end, and what runs where there is no WebAssembly. Integers given from outside stay
 * whole.
 */
import type { Plan } from '../interpret.ts';
import type { Graph } from '../node.ts';
import type { Kernel } from '../operations/operation.ts';
import { sizeOf } from '../shape.ts';
import { kernelOf } from './kernels.ts';

/** Prepare the interpreter for a graph; its buffers are doubles that hold rounded numbers. */
export function planSingle(graph: Graph): Plan {
  const buffers: Float64Array[] = [];
  const steps: { readonly kernel: Kernel; readonly output: Float64Array; readonly inputs: readonly Float64Array[] }[] =
    [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => buffers[input]!);
    if (node.operation === 'constant') buffers.push(node.attributes.value!.map(Math.fround));
    else if (node.operation === 'input') buffers.push(new Float64Array(sizeOf(node.shape)));
    else if (node.operation === 'reshape') buffers.push(inputs[0]!);
    else {
      const output = new Float64Array(sizeOf(node.shape));
      const kernel = kernelOf(node.operation, {
        shape: node.shape,
        inputShapes: node.inputs.map((input) => graph.nodes[input]!.shape),
        attributes: node.attributes,
        plan: planSingle,
      });
      steps.push({ kernel, output, inputs });
      buffers.push(output);
    }
  }
  const given = graph.inputs
    .filter(({ node }) => !graph.nodes[node]!.attributes.integer)
    .map(({ node }) => buffers[node]!);
  return {
    inputs: graph.inputs.map(({ node }) => buffers[node]!),
    outputs: graph.outputs.map((output) => buffers[output]!),
    run() {
      for (const buffer of given) for (let i = 0; i < buffer.length; i++) buffer[i] = Math.fround(buffer[i]!);
      for (const { kernel, output, inputs } of steps) kernel(output, inputs);
    },
  };
}
