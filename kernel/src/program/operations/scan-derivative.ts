/**
 * Reverse sweep of a scan: λ runs against the recurrence, λ_{t−1} = (∂ carry_t / ∂ carry_{t−1})ᵀ λ_t + …, and the
 * cotangents of captured values add up along the way (Griewank & Walther 2008, Evaluating Derivatives, ch. 12).
 *
 * The sweep reads the forward run's carried values, and of its intermediate ones those that are costly to compute
 * again. What the forward run does not emit yet, a wider copy of it emits; where the program is closed, the narrow one
 * becomes a part of the wide one (`optimise/merge.ts`).
 */
import type { Attributes, Graph, GraphNode, Node } from '../node.ts';
import type { Expr, Shape } from '../types.ts';
import { isCheap } from './forward-body.ts';
import type { Apply, Chain } from './operation.ts';
import { scanParts } from './scan-layout.ts';

/** A value of the forward run that the sweep reads: its place in the body, and what stands for it in the sweep. */
interface Kept {
  readonly node: number;
  readonly inSweep: Expr;
}

/** Cotangents of a scan's inputs. */
export function scanDerivative(chain: Chain): (Expr | undefined)[] {
  const { cotangent, inputs, needed, attributes, apply, close, inline, placeholder, pullback } = chain;
  const { body, carries = 0, sequences = 0, length = 0, reverse = false } = attributes;
  const cotangents = scanParts(cotangent, attributes, apply);
  if (length === 0) return inputs.map((_, i) => (i < carries ? cotangents[i] : undefined));

  // One step, and its pullback.
  const bodyInputs = body!.inputs.map(({ shape }) => placeholder(shape));
  const nodes = inline(body!, bodyInputs);
  const outputs = body!.outputs.map((output) => nodes[output]!);
  const bars = outputs.map(({ shape }) => placeholder(shape)); // λ, then the cotangents of what was emitted
  const found = pullback(outputs, bars, bodyInputs);
  const lambda = bars.slice(0, carries);
  const wanted = (from: number, to: number) =>
    bodyInputs.flatMap((_, i) => (i >= from && i < to && needed[i] && found[i] ? [i] : []));
  const allCaptured = wanted(carries + sequences, bodyInputs.length);
  // Products of matrices are left out of the sweep: their factors are emitted, and multiplied for all steps at once.
  const late = lateSums(allCaptured, found);
  const capturedAt = allCaptured.filter((i) => !late.has(i));
  const sequenceAt = wanted(carries, carries + sequences);
  const sums = capturedAt.map((i) => placeholder(bodyInputs[i]!.shape));
  const zero = (shape: Shape) => apply('broadcastTo', [0], { sizes: shape });
  const results = [
    ...lambda.map((x, i) => found[i] ?? zero(x.shape)),
    ...capturedAt.map((i, k) => sums[k]!.add(found[i]!)),
    ...sequenceAt.map((i) => found[i]!),
    ...[...late.values()].flatMap(({ factors }) => factors),
  ];

  // The sweep as a closed graph, with what it reads of the forward run.
  const early = chain.earlyValues(body!, nodes, results, [...bars, ...sums]);
  const kept: Kept[] = [
    ...early.kept,
    ...bodyInputs.slice(0, carries).map((inSweep, i) => ({ node: body!.inputs[i]!.node, inSweep })),
    ...body!.nodes.flatMap(({ operation }, node) => (isCheap(operation) ? [] : [{ node, inSweep: nodes[node]! }])),
  ];
  const fixed = [...lambda, ...sums, ...bars.slice(carries), ...bodyInputs.slice(carries, carries + sequences)];
  const read = readInputs(close(results, [...fixed, ...kept.map(({ inSweep }) => inSweep)]).graph);
  const used = kept.filter((_, k) => read.has(fixed.length + k));
  const last = bodyInputs.slice(carries + sequences);
  const closed = close(results, [...fixed, ...used.map(({ inSweep }) => inSweep), ...last]);
  const sweep: Attributes = {
    body: closed.graph,
    carries: carries + sums.length,
    sequences: bars.length - carries + sequences + used.length,
    length,
    reverse: !reverse,
  };
  const swept = apply(
    'scan',
    [
      ...cotangents.slice(0, carries),
      ...sums.map(({ shape }) => zero(shape)),
      ...cotangents.slice(carries),
      ...inputs.slice(carries, carries + sequences),
      ...forwardValues(chain, used, early.nodes),
      ...inputs.slice(carries + sequences),
      ...closed.captured,
    ],
    sweep,
  );
  const parts = scanParts(swept, sweep, apply);
  let next = carries + sums.length + sequenceAt.length;
  const totals = new Map(
    [...late].map(([i, { factors, total }]) => {
      const rows = factors.map(({ shape }, k) => parts[next + k]!.reshape(length * shape[0]!, ...shape.slice(1)));
      next += factors.length;
      return [i, total(rows, apply)];
    }),
  );
  return inputs.map((_, i) => {
    if (i < carries) return parts[i];
    if (totals.has(i)) return totals.get(i);
    const captured = capturedAt.indexOf(i);
    if (captured >= 0) return parts[carries + captured];
    const sequence = sequenceAt.indexOf(i);
    return sequence >= 0 ? parts[carries + sums.length + sequence] : undefined;
  });
}

/** A cotangent that is a sum over rows in each step, and so one over the rows of all steps. */
interface LateSum {
  readonly factors: readonly Expr[];
  readonly total: (rows: readonly Expr[], apply: Apply) => Expr;
}

/** Cotangents of captured values that are products AᵀB of matrices, and with them sums over the rows of a matrix. */
function lateSums(captured: readonly number[], found: readonly (Expr | undefined)[]): Map<number, LateSum> {
  const nodeAt = (i: number) => (found[i] as unknown as { readonly node: Node }).node;
  const isProduct = ({ operation, inputs, attributes }: Node) =>
    operation === 'matmul' &&
    inputs.every(({ shape }) => shape.length === 2 && shape[0]! > 1) &&
    attributes.transposeLeft === true &&
    attributes.transposeRight !== true;
  const late = new Map<number, LateSum>();
  if (!captured.some((i) => isProduct(nodeAt(i)))) return late;
  for (const i of captured) {
    const node = nodeAt(i);
    const { operation, inputs, attributes } = node;
    const expressions = inputs.map((input) => expressionLike(found[i]!, input));
    if (isProduct(node)) {
      late.set(i, {
        factors: expressions,
        total: (rows, apply) => apply('matmul', rows, { transposeLeft: true }),
      });
    }
    if (operation === 'sum' && inputs[0]!.shape.length === 2 && attributes.axes!.join() === '0') {
      late.set(i, { factors: expressions, total: ([rows]) => rows!.sum(0) });
    }
  }
  return late;
}

/** Another node as an expression of the same kind. */
function expressionLike(like: Expr, node: Node): Expr {
  const Kind = (like as unknown as { readonly constructor: new (node: Node) => unknown }).constructor;
  return new Kind(node) as Expr;
}

/** Which inputs of a closed graph are read by a node, or are an output. */
function readInputs(graph: Graph): Set<number> {
  const read = new Set([...graph.outputs, ...graph.nodes.flatMap(({ inputs }) => inputs)]);
  return new Set(graph.inputs.flatMap(({ node }, i) => (read.has(node) ? [i] : [])));
}

/** What the forward run had at each step, stacked: from what it emits where it does, else from a wider run. // (T, …) */
function forwardValues(
  { inputs, output, attributes, apply }: Chain,
  used: readonly Kept[],
  nodes: readonly GraphNode[],
): Expr[] {
  const { body, carries = 0, length = 0, reverse = false } = attributes;
  const emitted = body!.outputs.slice(carries);
  const carriedAt = (node: number) => body!.inputs.findIndex((input, i) => i < carries && input.node === node);
  /** The block that gives a value; for one carried in, the block of the same value carried out, one step later. */
  const blockOf = (node: number): number => {
    const carry = carriedAt(node);
    return carry >= 0 ? emitted.indexOf(body!.outputs[carry]!) : emitted.indexOf(node);
  };
  const missing = [...new Set(used.map(({ node }) => node).filter((node) => blockOf(node) < 0))];
  const wide: Attributes =
    missing.length === 0
      ? attributes
      : { ...attributes, body: { ...body!, nodes, outputs: [...body!.outputs, ...missing] } };
  const parts = scanParts(missing.length === 0 ? output : apply('scan', inputs, wide), wide, apply);
  return used.map(({ node }) => {
    const extra = missing.indexOf(node);
    if (extra >= 0) return parts[body!.outputs.length + extra]!;
    const block = parts[carries + blockOf(node)]!;
    const carry = carriedAt(node);
    if (carry < 0) return block;
    const first = apply('reshape', [inputs[carry]!], { sizes: [1, ...inputs[carry]!.shape] });
    return reverse
      ? apply('concatenate', [apply('slice', [block], { start: 1, end: length }), first])
      : apply('concatenate', [first, apply('slice', [block], { start: 0, end: length - 1 })]);
  });
}
