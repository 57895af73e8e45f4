/**
 * The graph: a node is one operation on earlier nodes (static single assignment), its shape known when traced.
 *
 * `Node` is the form that grows while a model is traced; `Graph` is the closed form: a list in an order of
 * evaluation, plain data that can be structured-cloned, stored, and run elsewhere.
 */
import type { Shape } from './types.ts';

/** What an operation needs besides its inputs. Plain data only. */
export interface Attributes {
  /** constant: the elements, row-major. */
  readonly value?: Float64Array;
  /** input: the name it is given by when the program runs. */
  readonly name?: string;
  /** input: whole numbers (labels, positions), kept as 32-bit integers in single precision. */
  readonly integer?: boolean;
  /** reductions: the axes that go, ascending. */
  readonly axes?: readonly number[];
  /** reshape, broadcastTo: the new shape. */
  readonly sizes?: readonly number[];
  /** transpose: dimension i of the result is dimension permutation[i] of the input. */
  readonly permutation?: readonly number[];
  /** sliceAxis, padAxis, concatenateAxis and what works along one dimension: which. */
  readonly axis?: number;
  /** slice: first row; pad: rows of zeros before. */
  readonly start?: number;
  /** slice: row after the last. */
  readonly end?: number;
  /** pad, scatterAdd: rows of the result. */
  readonly rows?: number;
  /** cumsum, scan: from the last to the first. */
  readonly reverse?: boolean;
  /** triangularSolve: with the transposed factor. */
  readonly transposed?: boolean;
  /** matmul: read the left or right matrix as its transpose. */
  readonly transposeLeft?: boolean;
  readonly transposeRight?: boolean;
  /** causalMatmul: which matrix holds weights of steps, of which the lower triangle is there. */
  readonly lower?: 'result' | 'left';
  /** convolution, pooling: rows and columns from one place to the next, between parts of a filter, of a window. */
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly windows?: readonly number[];
  /** convolution: channels and outputs fall into so many groups. */
  readonly groups?: number;
  /** random: which of the independent streams of the key. */
  readonly stream?: number;
  /** scan: one step as a closed graph; how many of its inputs and outputs are carried, how many are sequences. */
  readonly body?: Graph;
  readonly carries?: number;
  readonly sequences?: number;
  readonly length?: number;
  /** odeSolve: the integrator, its relative and absolute tolerance, and how many components decide the steps. */
  readonly method?: string;
  readonly tolerances?: readonly number[];
  readonly maximumSteps?: number;
  readonly controlled?: number;
}

/** One traced operation. Immutable. */
export interface Node {
  readonly operation: string;
  readonly inputs: readonly Node[];
  readonly attributes: Attributes;
  readonly shape: Shape;
  /** What the user calls this value, where known; for messages only. */
  readonly name?: string | undefined;
}

/** A node of a closed graph: inputs are positions of earlier nodes. */
export interface GraphNode {
  readonly operation: string;
  readonly inputs: readonly number[];
  readonly attributes: Attributes;
  readonly shape: Shape;
  readonly name?: string | undefined;
}

/** A closed graph: nodes in an order of evaluation. Structured-cloneable. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly { readonly name: string; readonly shape: Shape; readonly node: number }[];
  readonly outputs: readonly number[];
}

/** True for a node whose value is known when traced. */
export function isConstant(node: Node): boolean {
  return node.operation === 'constant';
}

/** The value of a constant whose elements are all the same number, else undefined. */
export function uniformValue(node: Node): number | undefined {
  if (node.operation === 'broadcastTo') return uniformValue(node.inputs[0]!);
  const value = node.attributes.value;
  if (value === undefined || value.length === 0) return undefined;
  const first = value[0]!;
  if (value.length > 1 && !value.every((x) => Object.is(x, first))) return undefined;
  return first;
}

/**
 * Every node the outputs need, inputs before users; nothing beyond the nodes of `ends`. Iterative: a graph may be
 * deeper than the call stack.
 */
export function topologicalOrder(outputs: readonly Node[], ends: ReadonlySet<Node> = new Set()): Node[] {
  const order: Node[] = [];
  const state = new Map<Node, 'open' | 'done'>();
  const stack = [...outputs].reverse();
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    const seen = state.get(node);
    if (seen === undefined) {
      state.set(node, 'open');
      for (let i = ends.has(node) ? -1 : node.inputs.length - 1; i >= 0; i--) {
        if (!state.has(node.inputs[i]!)) stack.push(node.inputs[i]!);
      }
      continue;
    }
    stack.pop();
    if (seen === 'open') {
      state.set(node, 'done');
      order.push(node);
    }
  }
  return order;
}
