/**
 * Data that repeat: where the terms of a long sum are made of few different rows of data, each is computed once and
 * multiplied by how often it is there; where a part of them is, it is computed once a row and looked up. So a likelihood
 * of categories costs what its table of counts costs, and what an ordered-logit likelihood makes of its cut points alone
 * is computed once a category.
 */
import { constantNode, createNode } from '../build.ts';
import type { Node } from '../node.ts';
import { topologicalOrder } from '../node.ts';
import { isCheap } from '../operations/cost.ts';
import { operationOf } from '../operations/registry.ts';
import { sizeOf } from '../shape.ts';
import { FEWEST, shortenSums } from './addends.ts';
import { MOST_NODES, tableOf } from './rows.ts';

/** The same values, equal up to rounding. */
export function countRepeatedRows(outputs: readonly Node[]): Node[] {
  return lookUpRepeatedRows(shortenSums(outputs, counted));
}

function counted(terms: Node): Node | undefined {
  const table = tableOf(terms);
  return table && createNode('matmul', [constantNode(table.counts, [table.counts.length]), table.values]);
}

/** Parts of terms by their tables, each as large as it can be. */
function lookUpRepeatedRows(outputs: readonly Node[]): Node[] {
  const order = topologicalOrder(outputs);
  const largest = largestTables(order);
  if (largest.size === 0) return [...outputs];
  const made = new Map<Node, Node>();
  for (const node of order) {
    const inputs = node.inputs.map((input) => made.get(input)!);
    const changed = inputs.some((input, i) => input !== node.inputs[i]);
    const moved = changed ? { ...node, inputs } : node;
    made.set(node, (largest.has(node) && lookedUp(moved)) || moved);
  }
  return outputs.map((output) => made.get(output)!);
}

function lookedUp(node: Node): Node | undefined {
  const table = tableOf(node);
  return table && createNode('gather', [table.values, constantNode(table.codes, node.shape)]);
}

/** Nodes with a table that are not only parts of one. */
function largestTables(order: readonly Node[]): Set<Node> {
  const found = new Set<Node>();
  const inside = new Set<Node>();
  for (const node of order.toReversed()) {
    if (!isPart(node)) continue;
    if (!inside.has(node)) {
      if (!paysOff(node) || tableOf(node) === undefined) continue;
      found.add(node);
    }
    for (const input of node.inputs) inside.add(input);
  }
  return found;
}

/** True where something is looked up already, or is dear. */
function paysOff(part: Node): boolean {
  const seen = new Set([part]); // grows while it is gone through
  for (const node of seen) {
    if (node.inputs.length === 0 || sizeOf(node.shape) === 1) continue;
    if (node.operation === 'gather' || !isCheap(node.operation)) return true;
    if (seen.size > MOST_NODES) return false;
    for (const input of node.inputs) seen.add(input);
  }
  return false;
}

/** An element-by-element operation on many: what a table may stand for. */
function isPart(node: Node): boolean {
  if (sizeOf(node.shape) < FEWEST || node.inputs.length === 0) return false;
  return operationOf(node.operation).elementwise !== undefined;
}
