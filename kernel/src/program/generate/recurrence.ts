/**
 * A scan as a loop over its body: what is carried lives in variables where it is small, and what is emitted is
 * stored where it belongs.
 */
import { sizeOf } from '../shape.ts';
import type { Emitter } from './emit.ts';
import type { Location } from './writer.ts';

interface Carry {
  readonly size: number;
  /** Names of variables, or memory. */
  readonly location: Location;
}

/** Write the loop of a scan node. */
export function writeScan(outer: Emitter, at: number): void {
  const { writer } = outer;
  const node = outer.node(at);
  const { body, carries = 0, sequences = 0, length = 0, reverse = false } = node.attributes;
  const result = outer.allocate(at).name;
  const inner = outer.nested(body!);
  const carried = node.inputs.slice(0, carries).map((input, i) => openCarry(outer, inner, input, i));
  const streams = node.inputs.slice(carries, carries + sequences).map((input) => outer.bufferOf(input));
  node.inputs.slice(carries + sequences).forEach((input, i) => {
    inner.give(carries + sequences + i, capturedIn(outer, inner, input));
  });

  const t = writer.fresh('t');
  writer.open(
    reverse ? `for (let ${t} = ${length - 1}; ${t} >= 0; ${t}--)` : `for (let ${t} = 0; ${t} < ${length}; ${t}++)`,
  );
  streams.forEach(({ name, offset, array }, i) => {
    const width = sizeOf(body!.inputs[carries + i]!.shape);
    const start = writer.bind(times(t, width, offset));
    inner.give(carries + i, { kind: 'buffer', name, offset: start, array });
  });
  inner.write();
  let base = carried.reduce((total, { size }) => total + size, 0);
  body!.outputs.slice(carries).forEach((output) => {
    const size = inner.sizeAt(output);
    if (size > 0) inner.copy(readable(inner, output), result, writer.bind(times(t, size, `${base}`)), size);
    base += size * length;
  });
  advance(inner, carried, body!.outputs.slice(0, carries));
  writer.close();

  let start = 0;
  for (const { size, location } of carried) {
    outer.copy(location, result, `${start}`, size);
    start += size;
  }
}

/** `t * width + offset`. */
function times(t: string, width: number, offset: string): string {
  const product = width === 1 ? t : `${t} * ${width}`;
  return offset === '' || offset === '0' ? product : `${product} + ${offset}`;
}

/** Small values as the variables they are, or loaded; others where they are in memory. */
function readable(emitter: Emitter, at: number): Location {
  const size = emitter.sizeAt(at);
  if (size > emitter.schedule.limit) return emitter.locate(at);
  return { kind: 'elements', texts: Array.from({ length: size }, (_, i) => emitter.elementText(at, i)) };
}

function openCarry(outer: Emitter, inner: Emitter, input: number, i: number): Carry {
  const { writer } = outer;
  const size = outer.sizeAt(input);
  let location: Location;
  if (size <= inner.schedule.limit) {
    const texts = Array.from({ length: size }, (_, k) => {
      const name = writer.fresh('c');
      writer.line(`let ${name} = ${outer.elementText(input, k)};`);
      return name;
    });
    location = { kind: 'elements', texts };
  } else {
    const array = writer.allocate(size);
    location = { kind: 'buffer', name: writer.refer('b', array), offset: '', array };
    outer.copy(outer.locate(input), location.name, '', size);
  }
  inner.give(i, location);
  return { size, location };
}

function capturedIn(outer: Emitter, inner: Emitter, input: number): Location {
  const size = outer.sizeAt(input);
  if (size > inner.schedule.limit) return outer.bufferOf(input);
  return { kind: 'elements', texts: Array.from({ length: size }, (_, i) => outer.elementText(input, i)) };
}

/** The new carried values take the place of the old ones, all at once. */
function advance(inner: Emitter, carried: readonly Carry[], outputs: readonly number[]): void {
  const { writer } = inner;
  const moves: (() => void)[] = [];
  carried.forEach(({ size, location }, i) => {
    const from = readable(inner, outputs[i]!);
    if (location.kind === 'elements') {
      // A text may be the name of a carried variable that is about to change.
      const names = (from.kind === 'elements' ? from.texts : []).map((text, k) =>
        /^c\d/.test(text) && text !== location.texts[k] ? writer.bind(text) : text,
      );
      moves.push(() => {
        location.texts.forEach((name, k) => {
          if (names[k] !== name) writer.line(`${name} = ${names[k]};`);
        });
      });
      return;
    }
    const given = inner.graph.inputs.some(({ node }) => node === inner.schedule.roots[outputs[i]!]!.node);
    const held = given ? writer.allocate(size) : undefined;
    const name = held ? writer.refer('b', held) : undefined;
    if (name) inner.copy(from, name, '', size);
    const source: Location = held && name ? { kind: 'buffer', name, offset: '', array: held } : from;
    moves.push(() => inner.copy(source, location.name, location.offset, size));
  });
  for (const move of moves) move();
}
