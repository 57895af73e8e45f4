/**
 * A scan as a loop over its body: an element of each sequence is copied to where the body reads it, what it emits to
 * where it belongs. What is carried stays where it is from step to step.
 */
import { sizeOf } from '../../shape.ts';
import type { Shape } from '../../types.ts';
import type { Code } from './code.ts';
import type { Emitter } from './emit.ts';

/** Write the loop of a scan node. */
export function writeScan(outer: Emitter, code: Code, at: number): void {
  const { attributes, inputs } = outer.node(at);
  const { body, carries = 0, sequences = 0, length = 0, reverse = false } = attributes;
  const inner = outer.bodyOf(at);
  const bytesOf = (shape: Shape) => 4 * sizeOf(shape);
  const given = body!.inputs.map(({ node, shape }, i) => ({
    from: outer.address(inputs[i]!),
    to: inner.address(node),
    bytes: bytesOf(shape),
  }));
  given.forEach(({ from, to, bytes }, i) => {
    const sequence = i >= carries && i < carries + sequences;
    if (!sequence) code.copyMemory({ bytes: to }, { bytes: from }, bytes);
  });
  // Sequences and emitted blocks: a pointer each, from the first to the last or back.
  const moving: { readonly local: number; readonly bytes: number }[] = [];
  const pointer = (start: number, bytes: number): number => {
    const local = code.integerLocal(start + (reverse ? (length - 1) * bytes : 0));
    moving.push({ local, bytes: reverse ? -bytes : bytes });
    return local;
  };
  const streams = given.slice(carries, carries + sequences).map((each) => ({
    ...each,
    pointer: pointer(each.from, each.bytes),
  }));
  let start = outer.address(at) + given.slice(0, carries).reduce((total, { bytes }) => total + bytes, 0);
  const emitted = body!.outputs.slice(carries).map((node) => {
    const bytes = bytesOf(inner.node(node).shape);
    const each = { from: inner.address(node), bytes, pointer: pointer(start, bytes) };
    start += bytes * length;
    return each;
  });
  code.repeat(length, () => {
    for (const { pointer: from, to, bytes } of streams) {
      code.copyMemory({ bytes: to }, { base: from, bytes: 0 }, bytes);
    }
    inner.write(code);
    for (const { from, pointer: to, bytes } of emitted) {
      code.copyMemory({ base: to, bytes: 0 }, { bytes: from }, bytes);
    }
    inner.writeUpdates(code);
    for (const { local, bytes } of moving) code.advance(local, bytes);
  });
  let to = outer.address(at);
  for (const { to: from, bytes } of given.slice(0, carries)) {
    code.copyMemory({ bytes: to }, { bytes: from }, bytes);
    to += bytes;
  }
}
