/**
 * A scan as one WebAssembly function: its body straight-line code on lanes, what is carried in locals, sequences read
 * and emitted values written as the loop goes. For bodies of small values only; others stay JavaScript.
 */
import type { GraphNode } from '../../node.ts';
import { sizeOf } from '../../shape.ts';
import type { Emitter } from '../emit.ts';
import { type Schedule, schedule } from '../schedule.ts';
import { writeSmall } from '../small.ts';
import type { Assembler } from './assembler.ts';
import { type Address, Code, type Vector } from './code.ts';
import { I32 } from './encoder.ts';
import { type Lane, LaneElements } from './lanes.ts';

/** Scans of fewer steps cost more to call than they gain. */
const FEWEST_STEPS = 16;

/** True when a scan can be printed, and is worth it: a rule of the node alone. */
export function isLongScan({ attributes: { body, carries = 0, length = 0 } }: GraphNode): boolean {
  if (length < FEWEST_STEPS) return false;
  const { groups, limit } = schedule(body!);
  const small = body!.inputs.every(({ shape }, i) => i >= carries || sizeOf(shape) <= limit);
  return small && groups.every(({ place }) => place === 'small');
}

/** Print a scan. @returns its name, or undefined where some of the memory is not the module's */
export function printScan(assembler: Assembler, outer: Emitter, at: number, result: Float64Array): string | undefined {
  const addresses = outer.node(at).inputs.map((input) => assembler.addressOf(outer.bufferAt(input)));
  const to = assembler.addressOf(result);
  if (to === undefined || addresses.includes(undefined)) return undefined;
  const printer = new ScanPrinter(assembler, outer.node(at), addresses as number[], to);
  printer.print();
  return assembler.define(printer.code);
}

/** Where an input of the body is: lanes, or memory at a local (none: at a fixed place). */
type Source =
  | { readonly kind: 'lanes'; readonly lanes: readonly Lane[] }
  | { readonly kind: 'memory'; readonly address: number; readonly base?: number };

class ScanPrinter {
  readonly code = new Code([]);
  readonly #node: GraphNode;
  readonly #addresses: readonly number[];
  readonly #result: number;
  readonly #lanes: LaneElements;
  readonly #schedule: Schedule;
  readonly #values = new Map<number, readonly Lane[]>();
  readonly #sources = new Map<number, Source>();
  readonly #loaded = new Map<string, Vector>();
  readonly #strides = new Map<number, number>();

  constructor(assembler: Assembler, node: GraphNode, addresses: readonly number[], result: number) {
    this.#node = node;
    this.#addresses = addresses;
    this.#result = result;
    this.#lanes = new LaneElements(this.code, assembler);
    this.#schedule = schedule(node.attributes.body!);
  }

  print(): void {
    const { code } = this;
    const { body, carries = 0, sequences = 0, length = 0, reverse = false } = this.#node.attributes;
    const carried = body!.inputs.slice(0, carries).map(({ shape, node }, i) => {
      const vectors = this.#loadAll(this.#addresses[i]!, sizeOf(shape)).map((vector) => code.copy(vector));
      this.#sources.set(node, { kind: 'lanes', lanes: lanesOf(vectors, sizeOf(shape)) });
      return vectors;
    });
    body!.inputs.slice(carries + sequences).forEach(({ shape, node }, i) => {
      const address = this.#addresses[carries + sequences + i]!;
      const size = sizeOf(shape);
      // Few captured values are read once, before the loop.
      if (size > this.#schedule.limit) this.#sources.set(node, { kind: 'memory', address });
      else this.#sources.set(node, { kind: 'lanes', lanes: lanesOf(this.#loadAll(address, size), size) });
    });

    const counter = code.counter(); // 8 t, or how far from the last step
    const step = reverse ? code.local(I32) : counter;
    code.loop(counter, 8 * length, 8, () => {
      if (reverse) code.distance(8 * (length - 1), counter, step);
      body!.inputs.slice(carries, carries + sequences).forEach(({ shape, node }, i) => {
        const base = this.#stride(step, sizeOf(shape));
        this.#sources.set(node, { kind: 'memory', address: this.#addresses[carries + i]!, base });
      });
      for (const { nodes } of this.#schedule.groups) for (const at of nodes) this.#compute(at);
      this.#emit(step);
      this.#advance(carried);
    });
    let start = this.#result;
    carried.forEach((vectors, i) => {
      const size = sizeOf(body!.inputs[i]!.shape);
      this.#store({ bytes: start }, lanesOf(vectors, size));
      start += 8 * size;
    });
  }

  /** What is emitted, each block where its rows stand. */
  #emit(step: number): void {
    const { body, carries = 0, length = 0 } = this.#node.attributes;
    let bytes = this.#result;
    body!.outputs.forEach((output, i) => {
      const size = sizeOf(body!.nodes[output]!.shape);
      if (i < carries) bytes += 8 * size;
      else {
        this.#store({ base: this.#stride(step, size), bytes }, this.#elements(output, size));
        bytes += 8 * size * length;
      }
    });
  }

  /** The new carried values take the place of the old ones, all at once. */
  #advance(carried: readonly (readonly Vector[])[]): void {
    const { code } = this;
    const { body } = this.#node.attributes;
    const next = carried.map((vectors, i) => {
      const output = body!.outputs[i]!;
      const elements = this.#elements(output, sizeOf(body!.nodes[output]!.shape));
      return vectors.map((_, p) => code.copy(this.#pair(elements, p)));
    });
    carried.forEach((vectors, i) => {
      vectors.forEach((vector, p) => {
        code.assign(vector, next[i]![p]!);
      });
    });
  }

  #compute(at: number): void {
    const { nodes } = this.#node.attributes.body!;
    const operands = nodes[at]!.inputs.map((input) => {
      const { shape, attributes } = nodes[input]!;
      return { shape, value: attributes.value, element: (index: number) => this.#element(input, index) };
    });
    this.#values.set(at, writeSmall(this.#lanes, nodes[at]!, operands));
  }

  #elements(at: number, size: number): Lane[] {
    return Array.from({ length: size }, (_, index) => this.#element(at, index));
  }

  #element(at: number, index: number): Lane {
    const { node: root, offset } = this.#schedule.roots[at]!;
    const known = this.#values.get(root);
    if (known) return known[offset + index]!;
    const { value } = this.#node.attributes.body!.nodes[root]!.attributes;
    if (value) return this.#lanes.constant(value[offset + index]!);
    const source = this.#sources.get(root)!;
    return source.kind === 'lanes' ? source.lanes[offset + index]! : this.#load(root, source, offset + index);
  }

  /** One element of memory, read with its neighbour where it has one. */
  #load(at: number, { address, base }: Extract<Source, { kind: 'memory' }>, index: number): Lane {
    const first = index - (index % 2);
    const alone = first + 1 >= sizeOf(this.#node.attributes.body!.nodes[at]!.shape);
    const key = `${at} ${first}`;
    const from: Address = { ...(base === undefined ? {} : { base }), bytes: address + 8 * first };
    const vector = this.#loaded.get(key) ?? (alone ? this.code.loadSpread(from) : this.code.load(from));
    this.#loaded.set(key, vector);
    return { vector, lane: alone ? 'both' : index === first ? 0 : 1 };
  }

  #loadAll(address: number, size: number): Vector[] {
    return Array.from({ length: Math.ceil(size / 2) }, (_, p) => {
      const from = { bytes: address + 16 * p };
      return 2 * p + 1 < size ? this.code.load(from) : this.code.loadSpread(from);
    });
  }

  #pair(elements: readonly Lane[], p: number): Vector {
    const first = elements[2 * p]!;
    return this.#lanes.pack(first, elements[2 * p + 1] ?? first);
  }

  #store(to: Address, elements: readonly Lane[]): void {
    for (let p = 0; 2 * p < elements.length; p++) {
      const at = { ...to, bytes: to.bytes + 16 * p };
      if (2 * p + 1 < elements.length) this.code.store(at, this.#pair(elements, p));
      else this.code.storeLane(at, this.#pair(elements, p), 0);
    }
  }

  /** Bytes from the start of an array to the row of this step. */
  #stride(step: number, width: number): number {
    let known = this.#strides.get(width);
    if (known === undefined) {
      known = this.code.multiple(step, width);
      this.#strides.set(width, known);
    }
    return known;
  }
}

/** Elements of vectors of two; the last of an odd many is in both lanes. */
function lanesOf(vectors: readonly Vector[], size: number): Lane[] {
  return Array.from({ length: size }, (_, i) => {
    const alone = i === size - 1 && size % 2 === 1;
    return { vector: vectors[i >> 1]!, lane: alone ? 'both' : ((i % 2) as 0 | 1) };
  });
}
