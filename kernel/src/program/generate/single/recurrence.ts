/**
 * A scan as a loop over its body. What is carried stays where it is from step to step; elements of sequences are read,
 * and what is emitted is written, where it belongs, if loops and products alone have to do with it; else it is copied.
 */
import type { Graph, GraphNode } from '../../node.ts';
import { sizeOf } from '../../shape.ts';
import type { Shape } from '../../types.ts';
import type { Schedule } from '../schedule.ts';
import { I32 } from '../webassembly/encoder.ts';
import type { Code } from './code.ts';
import type { Emitter, Moving } from './emit.ts';

/** What beside loops can be told where its operands are in each step. */
const TOLD: ReadonlySet<string> = new Set(['matmul', 'matmulAdd', 'concatenate', 'concatenateAxis']);

function bytesOf(shape: Shape): number {
  return 4 * sizeOf(shape);
}

/** Which values of a body are elements of arrays outside, and where these are. */
export function movingIn(
  { attributes, inputs }: GraphNode,
  result: number,
  address: (node: number) => number,
  schedule: Schedule,
): Map<number, Moving> {
  const { body, carries = 0, sequences = 0, length = 0 } = attributes;
  const moving = new Map<number, Moving>();
  body!.inputs.slice(carries, carries + sequences).forEach(({ node, shape }, i) => {
    if (!mayMove(body!, schedule, node)) return;
    moving.set(node, { address: address(inputs[carries + i]!), bytes: bytesOf(shape) });
  });
  const blocks = blocksOf(body!, carries, length, result);
  body!.outputs.slice(carries).forEach((node, i) => {
    const made = schedule.places[node] === 'loop' || TOLD.has(body!.nodes[node]!.operation);
    if (made && !moving.has(node) && mayMove(body!, schedule, node)) moving.set(node, blocks[i]!);
  });
  return moving;
}

/** Where the emitted blocks of a result start, and the bytes of one step. */
function blocksOf({ nodes, inputs, outputs }: Graph, carries: number, length: number, result: number): Moving[] {
  let start = result + inputs.slice(0, carries).reduce((total, { shape }) => total + bytesOf(shape), 0);
  return outputs.slice(carries).map((node) => {
    const bytes = bytesOf(nodes[node]!.shape);
    const block = { address: start, bytes };
    start += bytes * length;
    return block;
  });
}

/** True when all that reads a value can be told where it is in each step. */
function mayMove({ nodes }: Graph, { groups, roots }: Schedule, node: number): boolean {
  return groups.every(({ place, nodes: members }) =>
    members.every((at) => {
      if (place === 'loop' || TOLD.has(nodes[at]!.operation)) return true;
      return nodes[at]!.inputs.every((input) => roots[input]!.node !== node);
    }),
  );
}

/** Write the loop of a scan node. */
export function writeScan(outer: Emitter, code: Code, at: number): void {
  const { attributes, inputs } = outer.node(at);
  const { body, carries = 0, sequences = 0, length = 0, reverse = false } = attributes;
  const inner = outer.bodyOf(at);
  const given = body!.inputs.map(({ node, shape }, i) => ({
    node,
    from: outer.address(inputs[i]!),
    to: inner.address(node),
    bytes: bytesOf(shape),
  }));
  given.forEach(({ from, to, bytes }, i) => {
    const sequence = i >= carries && i < carries + sequences;
    if (!sequence) code.copyMemory({ bytes: to }, { bytes: from }, bytes);
  });
  inner.writeBefore(code);
  const step = code.local(I32);
  code.integer(reverse ? length - 1 : 0);
  code.set(step);
  const streams = given.slice(carries, carries + sequences).filter(({ node }) => !inner.isMoving(node));
  const blocks = blocksOf(body!, carries, length, outer.address(at));
  const seen = new Set<number>();
  const copied = body!.outputs.slice(carries).flatMap((node, i) => {
    const inPlace = inner.isMoving(node) && inner.address(node) === blocks[i]!.address && !seen.has(node);
    seen.add(node);
    return inPlace ? [] : [{ node, block: blocks[i]! }];
  });
  code.repeat(length, () => {
    for (const { from, to, bytes } of streams) {
      code.copyMemory({ bytes: to }, { base: code.product(step, bytes), bytes: from }, bytes);
    }
    inner.write(code, step);
    for (const { node, block } of copied) {
      const to = { base: code.product(step, block.bytes), bytes: block.address };
      code.copyMemory(to, inner.location(node, code, step), block.bytes);
    }
    inner.writeUpdates(code, step);
    code.advance(step, reverse ? -1 : 1);
  });
  let to = outer.address(at);
  for (const { to: from, bytes } of given.slice(0, carries)) {
    code.copyMemory({ bytes: to }, { bytes: from }, bytes);
    to += bytes;
  }
}
