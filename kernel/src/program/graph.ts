/**
 * Between the growing form of a graph (nodes that point at nodes) and the closed form (a list): common
 * subexpressions are found here, by giving equal operations on equal inputs one number.
 */
import { constantNode, createNode, inputNode } from './build.ts';
import type { Graph, GraphNode, Node } from './node.ts';
import { isConstant, topologicalOrder } from './node.ts';
import { isObserved } from './observed.ts';
import { operationOf } from './operations/registry.ts';
import { formatShape, sameShape, sizeOf } from './shape.ts';
import type { Shape } from './types.ts';

/**
 * The closed graph that computes `outputs` from `inputs`.
 *
 * @throws Error when the outputs read an input that is not declared, or one of another shape
 */
export function closeGraph(
  outputs: readonly Node[],
  inputs: readonly { readonly name: string; readonly shape: Shape; readonly integer?: boolean }[],
): Graph {
  const table = new Interner();
  const declared = inputs.map(({ name, shape, integer }) => ({ name, shape, node: table.input(name, shape, integer) }));
  const position = new Map<Node, number>();
  for (const node of topologicalOrder(outputs)) {
    if (node.operation === 'input') {
      const given = declared.find(({ name }) => name === node.attributes.name);
      if (given === undefined) {
        const names = declared.map(({ name }) => `'${name}'`).join(', ') || 'none';
        throw new Error(
          `an output reads the input '${node.attributes.name}', which is not among the inputs of the program (${names}); add it to inputs`,
        );
      }
      if (!sameShape(given.shape, node.shape)) {
        throw new RangeError(
          `the input '${given.name}' is declared with shape ${formatShape(given.shape)} and used with shape ${formatShape(node.shape)}; declare the shape it is used with`,
        );
      }
      position.set(node, given.node);
      continue;
    }
    position.set(
      node,
      table.add(
        node,
        node.inputs.map((input) => position.get(input)!),
      ),
    );
  }
  return { nodes: table.nodes, inputs: declared, outputs: outputs.map((output) => position.get(output)!) };
}

/** Numbers nodes so that equal ones share a number. */
class Interner {
  readonly nodes: GraphNode[] = [];
  readonly #known = new Map<string, number>();
  readonly #constants = new Map<string, number[]>();

  input(name: string, shape: Shape, integer = false): number {
    const { operation, attributes } = inputNode(name, shape, integer);
    return this.nodes.push({ operation, inputs: [], attributes, shape, name }) - 1;
  }

  add(node: Node, inputs: number[]): number {
    if (isConstant(node)) return this.#constant(node);
    const key = keyOf(node, inputs);
    const known = this.#known.get(key);
    if (known !== undefined) {
      const old = this.nodes[known]!;
      if (old.name === undefined && node.name !== undefined) this.nodes[known] = { ...old, name: node.name };
      return known;
    }
    const { operation, attributes, shape, name } = node;
    const at = this.nodes.push({ operation, inputs, attributes, shape, ...(name === undefined ? {} : { name }) }) - 1;
    this.#known.set(key, at);
    return at;
  }

  #constant(node: Node): number {
    const value = node.attributes.value!;
    const key = `${node.shape.join()} ${hashOf(value)}`;
    const alike = this.#constants.get(key) ?? [];
    for (const at of alike) if (sameBits(this.nodes[at]!.attributes.value!, value)) return at;
    const { operation, attributes, shape, name } = node;
    const at =
      this.nodes.push({ operation, inputs: [], attributes, shape, ...(name === undefined ? {} : { name }) }) - 1;
    this.#constants.set(key, [...alike, at]);
    return at;
  }
}

function sameBits(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((x, i) => Object.is(x, b[i])));
}

const hashes = new WeakMap<Float64Array, number>();

/** At most so many elements are hashed. */
const HASHED = 128;

/** FNV-1a over the 32-bit words of elements spread over the array: sorts constants into buckets, which are then compared. */
function hashOf(value: Float64Array): number {
  let hash = hashes.get(value);
  if (hash === undefined) {
    hash = 0x811c9dc5 ^ value.length;
    const words = new Uint32Array(value.buffer, value.byteOffset, 2 * value.length);
    const step = 2 * Math.max(1, Math.floor(value.length / HASHED));
    for (let i = 0; i < words.length; i += step) {
      hash = Math.imul(hash ^ words[i]!, 0x01000193);
      hash = Math.imul(hash ^ words[i + 1]!, 0x01000193);
      hash ^= hash >>> 15;
    }
    hashes.set(value, hash);
  }
  return hash;
}

function keyOf({ operation, attributes }: Node, inputs: number[]): string {
  const ordered = operationOf(operation).commutes ? [...inputs].sort((a, b) => a - b) : inputs;
  return `${operation} ${ordered.join()} ${JSON.stringify(attributes, exactNumbers)}`;
}

/** JSON has no −0, NaN or ∞; the constants of a body may be any of them. */
function exactNumbers(_: string, value: unknown): unknown {
  return value instanceof Float64Array ? Array.from(value, (x) => (Object.is(x, -0) ? '-0' : String(x))) : value;
}

/**
 * Close what depends on `placeholders`: these become its inputs, whatever they were computed from. Everything else
 * the outputs read is captured: it becomes a further input after them, but for scalar constants, which stay inside.
 */
export function closeOver(
  outputs: readonly Node[],
  placeholders: readonly Node[],
): { readonly graph: Graph; readonly captured: Node[] } {
  const inside = new Set<Node>(placeholders);
  const order = topologicalOrder(outputs, new Set(placeholders));
  for (const node of order) if (node.inputs.some((input) => inside.has(input))) inside.add(node);
  const captured: Node[] = [];
  const copy = new Map<Node, Node>();
  const inputs = placeholders.map((placeholder, i) => ({ name: `${i}`, shape: placeholder.shape }));
  placeholders.forEach((placeholder, i) => {
    copy.set(placeholder, inputNode(`${i}`, placeholder.shape));
  });
  const copyOf = (node: Node): Node => {
    let made = copy.get(node);
    if (made === undefined) {
      // Data may change where the body does not: they stay outside.
      if (isConstant(node) && sizeOf(node.shape) === 1 && !isObserved(node.attributes.value!)) return node;
      made = inputNode(`${inputs.length}`, node.shape);
      inputs.push({ name: `${inputs.length}`, shape: node.shape });
      captured.push(node);
      copy.set(node, made);
    }
    return made;
  };
  for (const node of order) {
    if (!inside.has(node) || copy.has(node)) continue;
    copy.set(node, { ...node, inputs: node.inputs.map(copyOf) });
  }
  return { graph: closeGraph(outputs.map(copyOf), inputs), captured };
}

/** The nodes a closed graph stands for over these inputs, one a node, in the graph's order. */
export function inlineGraph(graph: Graph, inputs: readonly Node[]): Node[] {
  const made: Node[] = [];
  const given = new Map(graph.inputs.map(({ node }, i) => [node, inputs[i]!]));
  graph.nodes.forEach((node, i) => {
    const input = given.get(i);
    if (input !== undefined) made.push(input);
    else if (node.operation === 'constant') made.push(constantNode(node.attributes.value!, node.shape));
    else
      made.push(
        createNode(
          node.operation,
          node.inputs.map((at) => made[at]!),
          node.attributes,
        ),
      );
  });
  return made;
}
