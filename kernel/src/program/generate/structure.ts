/**
 * The structure of a graph as text: all that generated code depends on, and nothing of its data. Two graphs of one
 * structure share their code (`template.ts`).
 */
import type { Graph } from '../node.ts';
import { comesInRuns } from './loop-form.ts';
import { isSimpleIndex, isWrittenOut, SMALL } from './schedule.ts';

/** Operations whose second input is codes. */
const indexed = new Set(['gather', 'scatterAdd']);

/** Equal for graphs whose generated code is the same up to the numbers of their longer constants. */
export function structureOf(graph: Graph): string {
  const indices = new Set(graph.nodes.flatMap(({ operation, inputs }) => (indexed.has(operation) ? [inputs[1]!] : [])));
  const nodes = graph.nodes.map((node, at) => {
    const { operation, inputs, shape, attributes } = node;
    const { value, body, ...plain } = attributes;
    // A few codes decide which variable is read. Of other constants that are not written out it is enough to know
    // whether they are codes.
    const inCode = value && (isWrittenOut(value) || (indices.has(at) && value.length <= SMALL));
    const numbers = inCode ? bits(value) : value && '…';
    const inner = body && whole(body);
    const simple = indexed.has(operation) && isSimpleIndex(graph, node);
    const runs = simple && comesInRuns(graph.nodes[inputs[1]!]!.attributes.value!);
    return `${operation}(${inputs.join()})[${shape.join()}]${JSON.stringify(plain, exact)}${numbers ?? ''}${inner ?? ''}${simple}${runs}`;
  });
  const inputs = graph.inputs.map(({ name, node }) => `${name}=${node}`);
  return `${nodes.join('\n')}\n${inputs.join()}\n${graph.outputs.join()}`;
}

/** A graph inside another: with all of its numbers, which are few. */
function whole(graph: Graph): string {
  const nodes = graph.nodes.map(({ operation, inputs, shape, attributes: { value, body, ...plain } }) =>
    [operation, inputs, shape, JSON.stringify(plain, exact), value ? bits(value) : '', body ? whole(body) : ''].join(
      ' ',
    ),
  );
  return `{${nodes.join('\n')}\n${graph.inputs.map(({ node }) => node).join()}\n${graph.outputs.join()}}`;
}

function bits(value: Float64Array): string {
  return Array.from(value, (x) => (Object.is(x, -0) ? '-0' : String(x))).join();
}

/** JSON has no −0, NaN or ∞. */
function exact(_: string, value: unknown): unknown {
  return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
    ? `${1 / value} ${value}`
    : value;
}
