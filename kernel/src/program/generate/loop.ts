/**
 * One loop: elementwise values, gathers, and the sums that end them, element by element in row-major order.
 */

import { broadcastStrides, sizeOf, stridesOf } from '../shape.ts';
import type { Shape } from '../types.ts';
import type { Emitter } from './emit.ts';
import type { Group } from './schedule.ts';
import { element } from './writer.ts';

/** How a text inside the loop depends on where the loop is: strides along its dimensions, or the value of a node in it. */
type Operand =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly node: number }
  | { readonly kind: 'load'; readonly name: string; readonly offset: string; readonly strides: readonly number[] }
  | { readonly kind: 'gather'; readonly name: string; readonly offset: string; readonly codes: string };

/** Write the loop of a group, with what it needs before and what it leaves behind. */
export function writeLoop(emitter: Emitter, group: Group): void {
  const members = new Set(group.nodes);
  const operands = new Map(group.nodes.map((at) => [at, operandsOf(emitter, members, at)]));
  const sums = new Map<number, { readonly strides: readonly number[] | undefined; readonly name: string }>();
  for (const at of group.nodes) {
    if (emitter.schedule.places[at] === 'ending') sums.set(at, openEnding(emitter, at));
    else if (emitter.schedule.stored.has(at)) emitter.allocate(at);
  }
  const all = [
    ...[...operands.values()].flat().flatMap((operand) => (operand.kind === 'load' ? [operand.strides] : [])),
    ...[...sums.values()].flatMap(({ strides }) => (strides ? [strides] : [])),
  ];
  const loop = new Loop(emitter, group.domain, all);
  loop.open();
  const values = new Map<number, string>();
  for (const at of group.nodes) {
    const texts = operands.get(at)!.map((operand) => loop.read(operand, values));
    writeMember(emitter, loop, at, texts, values, sums.get(at));
  }
  loop.close();
  for (const [at, { strides, name }] of sums) {
    if (strides === undefined && emitter.sizeAt(at) === 1 && emitter.node(at).operation === 'sum') {
      emitter.setLocation(at, { kind: 'elements', texts: [name] });
    }
  }
}

/** A sum over everything is a variable; any other is added up in memory. */
function openEnding(emitter: Emitter, at: number) {
  const { writer } = emitter;
  const node = emitter.node(at);
  if (node.operation === 'sum' && sizeOf(node.shape) === 1) {
    const name = writer.fresh('s');
    writer.line(`let ${name} = 0;`);
    return { strides: undefined, name };
  }
  const { name } = emitter.allocate(at);
  writer.line(`${name}.fill(0);`);
  if (node.operation !== 'sum') return { strides: undefined, name };
  return { strides: sumStrides(emitter.node(node.inputs[0]!).shape, node.attributes.axes!), name };
}

/** Strides of a sum's result along the squeezed dimensions of what is summed; 0 along the summed ones. */
function sumStrides(shape: Shape, axes: readonly number[]): number[] {
  const kept = shape.filter((_, axis) => !axes.includes(axis));
  const own = stridesOf(kept);
  let next = 0;
  const strides = shape.map((_, axis) => (axes.includes(axis) ? 0 : own[next++]!));
  return strides.filter((_, axis) => shape[axis] !== 1);
}

function operandsOf(emitter: Emitter, members: ReadonlySet<number>, at: number): Operand[] {
  const node = emitter.node(at);
  const ending = emitter.schedule.places[at] === 'ending';
  const loopShape = ending ? emitter.node(node.inputs[0]!).shape : node.shape;
  if (node.operation === 'gather') {
    const { name, offset } = emitter.bufferOf(node.inputs[0]!);
    return [{ kind: 'gather', name, offset, codes: codesOf(emitter, node.inputs[1]!) }];
  }
  const read = ending ? [node.inputs[0]!] : node.inputs;
  const found = read.map((input) => operandOf(emitter, members, input, loopShape));
  if (node.operation === 'scatterAdd') found.push({ kind: 'text', text: codesOf(emitter, node.inputs[1]!) });
  return found;
}

/** Constant codes as integers. */
function codesOf(emitter: Emitter, at: number): string {
  const value = emitter.node(emitter.schedule.roots[at]!.node).attributes.value!;
  return emitter.writer.refer('j', integers(value));
}

const integerCopies = new WeakMap<Float64Array, Int32Array>();

function integers(value: Float64Array): Int32Array {
  let copy = integerCopies.get(value);
  if (copy === undefined) {
    copy = Int32Array.from(value);
    integerCopies.set(value, copy);
  }
  return copy;
}

function operandOf(emitter: Emitter, members: ReadonlySet<number>, input: number, loopShape: Shape): Operand {
  const { node: root, aligned } = emitter.schedule.roots[input]!;
  const shape = emitter.node(input).shape;
  if (members.has(root) && aligned && emitter.schedule.places[root] === 'loop') return { kind: 'value', node: root };
  if (sizeOf(shape) === 1) return { kind: 'text', text: emitter.elementText(input, 0) };
  const { name, offset } = emitter.bufferOf(input);
  const strides = broadcastStrides(shape, loopShape).filter((_, axis) => loopShape[axis] !== 1);
  return { kind: 'load', name, offset, strides };
}

function writeMember(
  emitter: Emitter,
  loop: Loop,
  at: number,
  texts: readonly string[],
  values: Map<number, string>,
  sum: { readonly strides: readonly number[] | undefined; readonly name: string } | undefined,
): void {
  const { writer } = emitter;
  const node = emitter.node(at);
  if (sum !== undefined) {
    if (node.operation === 'scatterAdd') writer.line(`${sum.name}[${texts[1]}[${loop.flat}]] += ${texts[0]};`);
    else if (sum.strides === undefined) writer.line(`${sum.name} += ${texts[0]};`);
    else writer.line(`${element(sum.name, '', loop.index(sum.strides))} += ${texts[0]};`);
    return;
  }
  const moves = node.operation === 'gather' || node.operation === 'broadcastTo';
  const name = moves ? texts[0]! : writer.bind(writer.apply(node.operation, texts));
  values.set(at, name);
  if (emitter.schedule.stored.has(at)) {
    const { name: buffer } = emitter.bufferOf(at);
    writer.line(`${buffer}[${loop.flat}] = ${name};`);
  }
}

/** The loop itself: one counter where everything is read in order, else one a dimension. */
class Loop {
  readonly #emitter: Emitter;
  readonly #sizes: readonly number[];
  readonly #counters: string[];
  readonly #flattened: boolean;
  readonly #loads = new Map<string, string>();
  readonly flat: string;

  constructor(emitter: Emitter, domain: readonly number[], strides: readonly (readonly number[])[]) {
    this.#emitter = emitter;
    const full = stridesOf(domain);
    this.#flattened = domain.length < 2 || strides.every((each) => isFull(each, full));
    this.#sizes = this.#flattened ? [sizeOf(domain)] : domain;
    this.#counters = this.#sizes.map(() => emitter.writer.fresh('i'));
    this.flat = this.#flattened ? this.#counters[0]! : emitter.writer.fresh('i');
  }

  open(): void {
    const { writer } = this.#emitter;
    if (!this.#flattened) writer.line(`let ${this.flat} = 0;`);
    this.#sizes.forEach((size, d) => {
      const i = this.#counters[d]!;
      writer.open(`for (let ${i} = 0; ${i} < ${size}; ${i}++)`);
    });
  }

  close(): void {
    const { writer } = this.#emitter;
    if (!this.#flattened) writer.line(`${this.flat}++;`);
    for (const _ of this.#sizes) writer.close();
  }

  /** Position in memory with these strides. */
  index(strides: readonly number[]): string {
    if (this.#flattened) return this.flat;
    if (isFull(strides, stridesOf(this.#sizes))) return this.flat;
    const terms = strides.flatMap((stride, d) => {
      if (stride === 0) return [];
      return [stride === 1 ? this.#counters[d]! : `${this.#counters[d]} * ${stride}`];
    });
    return terms.join(' + ') || '0';
  }

  /** The text of an operand; memory is read once an element. */
  read(operand: Operand, values: ReadonlyMap<number, string>): string {
    switch (operand.kind) {
      case 'text':
        return operand.text;
      case 'value':
        return values.get(operand.node)!;
      case 'load':
        return this.#load(element(operand.name, operand.offset, this.index(operand.strides)));
      case 'gather':
        return this.#load(element(operand.name, operand.offset, `${operand.codes}[${this.flat}]`));
    }
  }

  #load(text: string): string {
    let name = this.#loads.get(text);
    if (name === undefined) {
      name = this.#emitter.writer.bind(text);
      this.#loads.set(text, name);
    }
    return name;
  }
}

function isFull(strides: readonly number[], full: readonly number[]): boolean {
  return strides.every((stride, d) => stride === full[d]);
}
