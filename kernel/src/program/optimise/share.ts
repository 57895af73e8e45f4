/**
 * One exponential for the logistic family: softplus(x), sigmoid(x), both at −x, e^−|x| itself, and log(e^a + e^b) with
 * x = a − b all need e^−|x| and little else. Where two of them meet on one x, as in every Bernoulli likelihood and its
 * gradient, they are written out and share it. The bits are those of the functions in `numeric`.
 */
import type { Graph, GraphNode } from '../node.ts';
import type { Shape } from '../types.ts';
import { prune } from './prune.ts';

/** What a member of the family is a function of: x or −x, x being a node or a difference of two. */
interface Argument {
  readonly key: string;
  readonly negative: boolean;
  readonly of: readonly [number] | readonly [number, number];
}

/** The graph with shared exponentials; the graph itself where there is nothing to share. Bodies of scans too. */
export function shareExponentials(graph: Graph): Graph {
  if (!graph.nodes.some(({ attributes }) => attributes.body)) return shareHere(graph);
  const nodes = graph.nodes.map((node) => {
    const { body } = node.attributes;
    return body ? { ...node, attributes: { ...node.attributes, body: shareExponentials(body) } } : node;
  });
  return shareHere({ ...graph, nodes });
}

function shareHere(graph: Graph): Graph {
  const found = graph.nodes.map((node) => argumentOf(graph, node));
  const uses = new Map<string, number>();
  for (const argument of found) if (argument) uses.set(argument.key, (uses.get(argument.key) ?? 0) + 1);
  if (![...uses.values()].some((count) => count > 1)) return graph;

  const moved: number[] = [];
  const builder = new Builder();
  const pieces = new Map<string, Pieces>();
  graph.nodes.forEach((node, at) => {
    const argument = found[at];
    const inputs = node.inputs.map((input) => moved[input]!);
    if (argument === undefined || uses.get(argument.key)! < 2) {
      moved.push(builder.append({ ...node, inputs }));
      return;
    }
    let shared = pieces.get(argument.key);
    if (shared === undefined) {
      const [a, b] = argument.of.map((operand) => moved[operand]!);
      shared = new Pieces(builder, b === undefined ? a! : builder.add('sub', [a!, b], node.shape), node.shape);
      pieces.set(argument.key, shared);
    }
    moved.push(write(builder, node, inputs, shared, argument.negative));
  });
  return prune({
    nodes: builder.nodes,
    inputs: graph.inputs.map((input) => ({ ...input, node: moved[input.node]! })),
    outputs: graph.outputs.map((output) => moved[output]!),
  });
}

function argumentOf(graph: Graph, node: GraphNode): Argument | undefined {
  switch (node.operation) {
    case 'logAddExp':
      return difference(node.inputs[0]!, node.inputs[1]!);
    case 'softplus':
    case 'sigmoid':
    case 'exp': {
      const given = node.operation === 'exp' ? underMinusSize(graph, node) : node.inputs[0]!;
      if (given === undefined) return undefined;
      const turned = graph.nodes[given]!.operation === 'neg';
      const at = turned ? graph.nodes[given]!.inputs[0]! : given;
      const { operation, inputs } = graph.nodes[at]!;
      if (operation !== 'sub') return { key: `${at}`, negative: turned, of: [at] };
      return turned ? difference(inputs[1]!, inputs[0]!) : difference(inputs[0]!, inputs[1]!);
    }
    default:
      return undefined;
  }
}

/** x of e^−|x|. */
function underMinusSize({ nodes }: Graph, { inputs }: GraphNode): number | undefined {
  const minus = nodes[inputs[0]!]!;
  const size = minus.operation === 'neg' ? nodes[minus.inputs[0]!]! : undefined;
  return size?.operation === 'abs' ? size.inputs[0] : undefined;
}

/** a − b and b − a are one x up to its sign. */
function difference(a: number, b: number): Argument {
  const [low, high] = a < b ? [a, b] : [b, a];
  return { key: `${low} ${high}`, negative: a > b, of: [low, high] };
}

/** Appends nodes to a graph in the making; the same operation on the same inputs is there once. */
class Builder {
  readonly nodes: GraphNode[] = [];
  readonly #known = new Map<string, number>();

  add(operation: string, inputs: readonly number[], shape: Shape): number {
    return this.append({ operation, inputs, attributes: {}, shape });
  }

  append(node: GraphNode): number {
    if (Object.keys(node.attributes).length > 0) return this.nodes.push(node) - 1;
    return this.#once(`${node.operation} ${node.inputs.join()}`, node);
  }

  constant(value: number): number {
    const attributes = { value: Float64Array.of(value) };
    return this.#once(`${value}`, { operation: 'constant', inputs: [], attributes, shape: [] });
  }

  #once(key: string, node: GraphNode): number {
    let at = this.#known.get(key);
    if (at === undefined) {
      at = this.nodes.push(node) - 1;
      this.#known.set(key, at);
    }
    return at;
  }
}

/** e^−|x|, log(1 + e^−|x|) and 1 + e^−|x|, each made when first asked for. */
class Pieces {
  readonly x: number;
  readonly e: number;
  readonly #builder: Builder;
  readonly #shape: Shape;
  #log: number | undefined;
  #total: number | undefined;

  constructor(builder: Builder, x: number, shape: Shape) {
    this.x = x;
    this.#builder = builder;
    this.#shape = shape;
    this.e = builder.add('exp', [builder.add('neg', [builder.add('abs', [x], shape)], shape)], shape);
  }

  get log(): number {
    this.#log ??= this.#builder.add('log1p', [this.e], this.#shape);
    return this.#log;
  }

  get total(): number {
    this.#total ??= this.#builder.add('add', [this.e, this.#builder.constant(1)], this.#shape);
    return this.#total;
  }
}

function write(
  builder: Builder,
  { operation, shape }: GraphNode,
  inputs: readonly number[],
  pieces: Pieces,
  negative: boolean,
): number {
  const { x, e } = pieces;
  switch (operation) {
    case 'sigmoid': {
      const positive = builder.add(negative ? 'le' : 'ge', [x, builder.constant(0)], shape);
      const numerator = builder.add('where', [positive, builder.constant(1), e], shape);
      return builder.add('div', [numerator, pieces.total], shape);
    }
    case 'exp':
      return e;
    case 'softplus': {
      const own = negative ? builder.add('neg', [x], shape) : x;
      return builder.add('add', [builder.add('maximum', [own, builder.constant(0)], shape), pieces.log], shape);
    }
    default: {
      // logAddExp; equal infinities would give ∞ − ∞.
      const [a, b] = inputs;
      const sum = builder.add('add', [builder.add('maximum', [a!, b!], shape), pieces.log], shape);
      const tied = builder.add('add', [a!, builder.constant(Math.LN2)], shape);
      return builder.add('where', [builder.add('eq', [a!, b!], shape), tied, sum], shape);
    }
  }
}
