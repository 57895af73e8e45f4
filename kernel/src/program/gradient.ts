/**
 * Reverse mode as a transformation of graphs: the cotangents of an expression's inputs are expressions again, so
 * they can be compiled with it, and differentiated once more.
 *
 * Griewank & Walther (2008), Evaluating Derivatives, ch. 3.2; rules for each operation stand in the registry.
 */

import { nodeOf } from './arguments.ts';
import { createNode, inputNode } from './build.ts';
import { apply, expressionOf } from './expression.ts';
import { closeOver, inlineGraph } from './graph.ts';
import type { Node } from './node.ts';
import { topologicalOrder } from './node.ts';
import { ForwardBody } from './operations/forward-body.ts';
import type { Chain } from './operations/operation.ts';
import { operationOf } from './operations/registry.ts';
import { formatShape, sameShape, sizeOf } from './shape.ts';
import type { Expr } from './types.ts';

/**
 * Gradient of a scalar expression with respect to each of `variables`, as expressions of their shapes.
 *
 * At kinks it is the mean of the one-sided derivatives (0 for |x| at 0). Where a selection (`where`, `maximum`, …)
 * does not take a branch, the branch adds exactly 0, also when its value or derivative is NaN or ∞ there: the
 * usual trick of a second `where` inside the branch is not needed.
 *
 * @param expression a scalar
 * @param variables inputs, or any expressions it was built from
 * @throws RangeError when `expression` is not a scalar
 * @example const x = variable('x', [3]); const [slope] = grad(x.square().sum(), [x]); // 2x
 */
export function grad(expression: Expr, variables: readonly Expr[]): Expr[] {
  if (sizeOf(expression.shape) !== 1) {
    throw new RangeError(
      `grad: expected a scalar, got shape ${formatShape(expression.shape)}; sum it first, or take one element`,
    );
  }
  const one = apply('broadcastTo', [1], { sizes: expression.shape });
  const found = pullback([nodeOf(expression)], [nodeOf(one)], variables.map(nodeOf), false, false);
  return variables.map((x, i) => {
    const cotangent = found[i];
    return cotangent ? expressionOf(cotangent) : apply('broadcastTo', [0], { sizes: x.shape });
  });
}

/** What flows into one node: pieces, added up when all are there. `masked`: exact zeros of a selection may be in it. */
interface Flow {
  readonly parts: Node[];
  masked: boolean;
}

/**
 * Cotangents of `sources`, given those of `outputs`. Undefined where nothing flows.
 *
 * @param masked exact zeros of a selection may be among the cotangents
 * @param partial do not look beyond the sources: where one was computed from another, it is held fixed
 */
function pullback(
  outputs: readonly Node[],
  cotangents: readonly Node[],
  sources: readonly Node[],
  masked: boolean,
  partial: boolean,
): (Node | undefined)[] {
  const order = topologicalOrder(outputs, partial ? new Set(sources) : undefined);
  const depends = new Set<Node>(sources);
  for (const node of order) if (node.inputs.some((input) => depends.has(input))) depends.add(node);
  const flows = new Map<Node, Flow>();
  const flow = (to: Node, part: Node, isMasked: boolean): void => {
    const known = flows.get(to);
    if (known === undefined) flows.set(to, { parts: [part], masked: isMasked });
    else {
      known.parts.push(part);
      known.masked ||= isMasked;
    }
  };
  outputs.forEach((output, i) => {
    if (depends.has(output)) flow(output, cotangents[i]!, masked);
  });
  const result = new Map<Node, Node>();
  const wanted = new Set(sources);
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    const arrived = flows.get(node);
    if (arrived === undefined || !depends.has(node)) continue;
    flows.delete(node);
    const cotangent = addUp(arrived.parts, node);
    if (wanted.has(node)) result.set(node, cotangent);
    const end = node.inputs.length === 0 || (partial && wanted.has(node));
    const rule = end ? 'constant' : operationOf(node.operation).derivative;
    if (rule === 'constant') continue;
    const needed = node.inputs.map((input) => depends.has(input));
    if (!needed.includes(true)) continue;
    const below = arrived.masked || operationOf(node.operation).selects === true;
    rule(chainFor(node, cotangent, needed, arrived.masked)).forEach((part, k) => {
      if (part !== undefined && needed[k]) {
        flow(node.inputs[k]!, fitTo(nodeOf(part), node.inputs[k]!), below);
      }
    });
  }
  return sources.map((source) => result.get(source));
}

function chainFor(node: Node, cotangent: Node, needed: readonly boolean[], masked: boolean): Chain {
  return {
    cotangent: expressionOf(cotangent),
    inputs: node.inputs.map(expressionOf),
    output: expressionOf(node),
    attributes: node.attributes,
    needed,
    apply,
    times: (g, d) => (masked ? apply('chain', [g, d]) : g.mul(d)),
    inline: (graph, inputs) => inlineGraph(graph, inputs.map(nodeOf)).map(expressionOf),
    close: (outputs, placeholders) => {
      const { graph, captured } = closeOver(outputs.map(nodeOf), placeholders.map(nodeOf));
      return { graph, captured: captured.map(expressionOf) };
    },
    placeholder: (shape) => expressionOf(inputNode('placeholder', shape)),
    earlyValues: (body, inlined, results, cotangents) => {
      const extended = new ForwardBody(body, inlined.map(nodeOf));
      const early = extended.frontier(results.map(nodeOf), new Set(cotangents.map(nodeOf)));
      const kept = early.map((value) => ({ node: extended.indexOf(value), inSweep: expressionOf(value) }));
      return { nodes: extended.nodes, kept };
    },
    pullback: (outputs, cotangents, sources) =>
      pullback(outputs.map(nodeOf), cotangents.map(nodeOf), sources.map(nodeOf), masked, true).map((found) =>
        found ? expressionOf(found) : undefined,
      ),
  };
}

/** A cotangent in the shape of what it belongs to: summed over what was broadcast, repeated where it is smaller. */
function fitTo(part: Node, target: Node): Node {
  if (sameShape(part.shape, target.shape)) return part;
  const lead = part.shape.length - target.shape.length;
  const axes = part.shape
    .map((n, axis) => (axis < lead || (target.shape[axis - lead] === 1 && n !== 1) ? axis : -1))
    .filter((axis) => axis >= 0);
  const summed = lead >= 0 && axes.length > 0 ? createNode('sum', [part], { axes }) : part;
  if (sizeOf(summed.shape) === sizeOf(target.shape)) {
    return createNode('reshape', [summed], { sizes: target.shape });
  }
  return createNode('broadcastTo', [summed], { sizes: target.shape });
}

/** The sum of what flowed into a node. Pieces of disjoint slices are laid side by side instead of being added. */
function addUp(parts: readonly Node[], target: Node): Node {
  const padded = new Map<number, Node[]>();
  const rest: Node[] = [];
  for (const part of parts) {
    const axis = part.operation === 'pad' ? 0 : part.operation === 'padAxis' ? part.attributes.axis! : undefined;
    if (axis === undefined) rest.push(part);
    else padded.set(axis, [...(padded.get(axis) ?? []), part]);
  }
  for (const [axis, pads] of padded) rest.push(...(pads.length > 1 ? layOut(pads, target, axis) : pads));
  return rest.reduce((total, part) => createNode('add', [total, part]));
}

/** Padded pieces as few concatenations: each takes the pieces that do not overlap, in order, with zeros between. */
function layOut(pads: readonly Node[], target: Node, axis: number): Node[] {
  const sorted = [...pads].sort((a, b) => a.attributes.start! - b.attributes.start!);
  const layers: { end: number; pieces: Node[] }[] = [];
  const rows = target.shape[axis]!;
  const zeros = (count: number): Node =>
    nodeOf(apply('broadcastTo', [0], { sizes: target.shape.map((n, i) => (i === axis ? count : n)) }));
  const join = (pieces: Node[]): Node =>
    axis === 0 ? createNode('concatenate', pieces) : createNode('concatenateAxis', pieces, { axis });
  for (const pad of sorted) {
    const start = pad.attributes.start!;
    const piece = pad.inputs[0]!;
    let layer = layers.find(({ end }) => end <= start);
    if (layer === undefined) {
      layer = { end: 0, pieces: [] };
      layers.push(layer);
    }
    if (start > layer.end) layer.pieces.push(zeros(start - layer.end));
    layer.pieces.push(piece);
    layer.end = start + piece.shape[axis]!;
  }
  return layers.map(({ end, pieces }) => join(end < rows ? [...pieces, zeros(rows - end)] : pieces));
}
