/**
 * Why a program's value is not finite: the first operation, in the user's names, that made it so.
 */
import type { Program } from './compile.ts';
import { describe as describeNode, shorten } from './describe.ts';
import { planGraph } from './interpret.ts';
import type { Graph, GraphNode } from './node.ts';
import { operationOf } from './operations/registry.ts';
import { broadcastStrides, formatShape, indexMap, sameShape, sizeOf } from './shape.ts';

/** Where a value turned non-finite. */
export interface NonFinite {
  /** The operation that gave it, `'input'` or `'constant'` when it came in that way. */
  readonly operation: string;
  /** The expression in the user's names, e.g. `log(sigma)`. */
  readonly expression: string;
  /** Position of the element in row-major order. */
  readonly element: number;
  /** NaN, ∞ or −∞. */
  readonly value: number;
  /** What went in: expression and value, at that element where the operation is elementwise. */
  readonly operands: readonly { readonly expression: string; readonly value: number }[];
  /** What the operation itself has to say, where it has. */
  readonly reason?: string;
  /** All of it as one sentence. */
  readonly message: string;
}

/**
 * Follow the first non-finite output of a program back to the operation whose operands were all finite.
 *
 * Branches a selection did not take are not followed. Runs the interpreter once, whatever back end the program has.
 *
 * @returns undefined when every output is finite
 * @example explainNonFinite(program, { position })?.message; // "log(sigma) is NaN: sigma = -0.3"
 */
export function explainNonFinite(
  program: Program,
  inputs: Readonly<Record<string, Float64Array>>,
): NonFinite | undefined {
  const { graph } = program;
  const plan = planGraph(graph);
  graph.inputs.forEach(({ name }, i) => {
    plan.inputs[i]!.set(inputs[name]!);
  });
  plan.run();
  for (const output of graph.outputs) {
    const element = plan.buffers[output]!.findIndex((x) => !Number.isFinite(x));
    if (element >= 0) return trace(graph, plan.buffers, output, element);
  }
  return undefined;
}

function trace(graph: Graph, buffers: readonly Float64Array[], start: number, startElement: number): NonFinite {
  let at = start;
  let element = startElement;
  for (;;) {
    const node = graph.nodes[at]!;
    const elements = node.inputs.map((_, i) => operandElement(graph, node, i, element));
    const next = node.inputs.findIndex(
      (input, i) => taken(graph, buffers, node, i, element) && !Number.isFinite(pick(buffers[input]!, elements[i])),
    );
    if (next < 0) return report(graph, buffers, at, element, elements);
    const buffer = buffers[node.inputs[next]!]!;
    element = elements[next] ?? buffer.findIndex((x) => !Number.isFinite(x));
    at = node.inputs[next]!;
  }
}

/** The element of operand `i` that element `element` of the result is made of; undefined where it is many. */
function operandElement(graph: Graph, node: GraphNode, i: number, element: number): number | undefined {
  if (node.operation === 'reshape') return element;
  if (node.operation === 'slice') return element + node.attributes.start! * sizeOf(node.shape.slice(1));
  if (node.operation !== 'broadcastTo' && operationNotElementwise(node)) return undefined;
  const shape = graph.nodes[node.inputs[i]!]!.shape;
  if (sameShape(shape, node.shape)) return element;
  return indexMap(node.shape, broadcastStrides(shape, node.shape))[element]!;
}

function operationNotElementwise(node: GraphNode): boolean {
  return node.inputs.length === 0 || operationOf(node.operation).elementwise === undefined;
}

/** The element, or of many the first that is not finite (the first at all where all are). */
function pick(buffer: Float64Array, element: number | undefined): number {
  if (element !== undefined) return buffer[element]!;
  return buffer.find((x) => !Number.isFinite(x)) ?? buffer[0] ?? 0;
}

/** Whether operand `i` of a `where` is the one that was taken. */
function taken(graph: Graph, buffers: readonly Float64Array[], node: GraphNode, i: number, element: number): boolean {
  if (node.operation !== 'where' || i === 0) return true;
  const condition = buffers[node.inputs[0]!]![operandElement(graph, node, 0, element)!]!;
  return (condition !== 0) === (i === 1);
}

function report(
  graph: Graph,
  buffers: readonly Float64Array[],
  at: number,
  element: number,
  elements: readonly (number | undefined)[],
): NonFinite {
  const node = graph.nodes[at]!;
  const value = buffers[at]![element]!;
  const expression = describe(graph, at);
  const operands = node.inputs.map((input, i) => ({
    expression: describe(graph, input),
    value: pick(buffers[input]!, elements[i]),
  }));
  const where = sizeOf(node.shape) > 1 ? ` at element ${element} of ${formatShape(node.shape)}` : '';
  const shown = operands.filter(({ expression: text }) => Number.isNaN(Number(text)));
  const values = shown.map(({ expression: text, value: x }) => `${text} = ${shorten(x)}`).join(', ');
  const reason = node.inputs.length > 0 ? reasonOf(graph, buffers, node) : undefined;
  const because = [values, reason].filter(Boolean).join('; ');
  return {
    operation: node.operation,
    expression,
    element,
    value,
    operands,
    ...(reason === undefined ? {} : { reason }),
    message: `${expression} is ${value}${where}${because ? `: ${because}` : ''}`,
  };
}

/** What the operation itself has to say about it. */
function reasonOf(graph: Graph, buffers: readonly Float64Array[], node: GraphNode): string | undefined {
  const context = {
    shape: node.shape,
    inputShapes: node.inputs.map((input) => graph.nodes[input]!.shape),
    attributes: node.attributes,
    plan: planGraph,
  };
  return operationOf(node.operation).explain?.(
    context,
    node.inputs.map((input) => buffers[input]!),
  );
}

/** A node in the user's names. */
function describe(graph: Graph, at: number): string {
  return describeNode(graph.nodes[at]!, ({ inputs }) => inputs.map((input) => graph.nodes[input]!));
}
