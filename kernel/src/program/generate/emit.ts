/**
 * Writes a scheduled graph as JavaScript: straight-line code for small values, one loop a group, calls for the rest.
 */
import type { Graph, GraphNode } from '../node.ts';
import { productFormOf, productLayout } from '../operations/linear.ts';
import { operationOf } from '../operations/registry.ts';
import { sizeOf } from '../shape.ts';
import { loopOf } from './loop.ts';
import type { LoopForm } from './loop-form.ts';
import { printLoop } from './loop-javascript.ts';
import { writeScan } from './recurrence.ts';
import { type Group, isWrittenOut, type Schedule, schedule } from './schedule.ts';
import { type SmallOperand, writeSmall } from './small.ts';
import { TextElements } from './text-elements.ts';
import { isWorthPrinting, printLoop as printWebAssembly } from './webassembly/loop.ts';
import { isLargeProduct, printMatrices } from './webassembly/matrices.ts';
import { isLongProduct, printProduct } from './webassembly/products.ts';
import { isLongScan, printScan } from './webassembly/recurrence.ts';
import { element, type Location, literal, type Writer } from './writer.ts';

/** One graph being written: the program itself, or the body of a scan inside it. */
export class Emitter {
  readonly writer: Writer;
  readonly graph: Graph;
  readonly schedule: Schedule;
  readonly #locations: (Location | undefined)[] = [];
  readonly #loads = new Map<string, string>();
  readonly #spilt = new Map<number, Location & { kind: 'buffer' }>();
  /** Pieces of a concatenation that are computed right where they belong. */
  readonly #placed = new Map<number, { readonly parent: number; readonly start: number }>();
  readonly #buffers = new Map<number, Float64Array>();

  constructor(writer: Writer, graph: Graph) {
    this.writer = writer;
    this.graph = graph;
    this.schedule = schedule(graph);
    graph.nodes.forEach((node, at) => {
      if (node.operation !== 'constant') return;
      writer.assembler?.declareConstant(node.attributes.value!);
      this.#locations[at] = this.#whole(node.attributes.value!);
    });
    this.#placePieces();
  }

  /** An emitter for the body of a scan, writing into the same code. */
  nested(graph: Graph): Emitter {
    return new Emitter(this.writer, graph);
  }

  /** Say where an input is. */
  give(input: number, location: Location): void {
    this.#locations[this.graph.inputs[input]!.node] = location;
  }

  /** Write all groups. */
  write(): void {
    for (const group of this.schedule.groups) this.#writeGroup(group);
  }

  node(at: number): GraphNode {
    return this.graph.nodes[at]!;
  }

  sizeAt(at: number): number {
    return sizeOf(this.node(at).shape);
  }

  /** Where the value of a node is, once its group is written. */
  locate(at: number): Location {
    const { node: root, offset } = this.schedule.roots[at]!;
    const location = this.#locations[root];
    if (location === undefined) throw new Error(`internal: node ${root} is read before it is written`);
    if (offset === 0 || location.kind === 'elements') return location;
    const moved = /^\d*$/.test(location.offset) ? Number(location.offset) + offset : `${location.offset} + ${offset}`;
    return { ...location, offset: `${moved}` };
  }

  setLocation(at: number, location: Location): void {
    this.#locations[at] = location;
  }

  /** Text of one element: a literal, a variable, or a load done once. Not inside a loop of its own. */
  elementText(at: number, index: number): string {
    const root = this.schedule.roots[at]!;
    const value = this.node(root.node).attributes.value;
    if (value !== undefined && isWrittenOut(value)) return literal(value[root.offset + index]!);
    const location = this.locate(at);
    if (location.kind === 'elements') return location.texts[index]!;
    const text = element(location.name, location.offset, index);
    let name = this.#loads.get(text);
    if (name === undefined) {
      name = this.writer.bind(text);
      this.#loads.set(text, name);
    }
    return name;
  }

  /** The value in memory; variables are stored first. */
  bufferOf(at: number): Location & { kind: 'buffer' } {
    const location = this.locate(at);
    if (location.kind === 'buffer') return location;
    const { node: root } = this.schedule.roots[at]!;
    const known = this.#spilt.get(root);
    if (known !== undefined) return known;
    const buffer = this.#whole(this.#bufferFor(root));
    this.copy(location, buffer.name, '', location.texts.length);
    this.#spilt.set(root, buffer);
    return buffer;
  }

  /** The value in memory, from its first element on. */
  bufferAt(at: number): Float64Array {
    const { offset, array } = this.bufferOf(at);
    const start = offset === '' ? 0 : Number(offset);
    return Number.isInteger(start) ? array.subarray(start) : this.arrayOf(at);
  }

  /** The value as an array of exactly its elements, for a kernel. */
  arrayOf(at: number): Float64Array {
    const { array, name, offset } = this.bufferOf(at);
    const size = this.sizeAt(at);
    const start = offset === '' ? 0 : Number(offset);
    if (Number.isInteger(start)) return array.subarray(start, start + size);
    const copied = this.writer.allocate(size);
    this.copy({ kind: 'buffer', name, offset, array }, this.writer.refer('b', copied), '', size);
    return copied;
  }

  /** Make memory for a node, and say that it is there. */
  allocate(at: number): Location & { kind: 'buffer' } {
    const location = this.#whole(this.#bufferFor(at));
    this.#locations[at] = location;
    return location;
  }

  /** Write `size` elements into memory. */
  copy(from: Location, to: string, offset: string, size: number): void {
    if (from.kind === 'elements') {
      from.texts.forEach((text, i) => {
        this.writer.line(`${element(to, offset, i)} = ${text};`);
      });
      return;
    }
    const i = this.writer.fresh('i');
    this.writer.line(
      `for (let ${i} = 0; ${i} < ${size}; ${i}++) ${element(to, offset, i)} = ${element(from.name, from.offset, i)};`,
    );
  }

  smallOperand(at: number): SmallOperand<string> {
    const { shape, attributes } = this.node(at);
    return { shape, value: attributes.value, element: (index) => this.elementText(at, index) };
  }

  #whole(array: Float64Array): Location & { kind: 'buffer' } {
    return { kind: 'buffer', name: this.writer.refer('b', array), offset: '', array };
  }

  #bufferFor(at: number): Float64Array {
    let buffer = this.#buffers.get(at);
    if (buffer === undefined) {
      const placed = this.#placed.get(at);
      const size = this.sizeAt(at);
      buffer = placed
        ? this.#bufferFor(placed.parent).subarray(placed.start, placed.start + size)
        : this.writer.allocate(size);
      this.#buffers.set(at, buffer);
    }
    return buffer;
  }

  #placePieces(): void {
    const { places } = this.schedule;
    this.graph.nodes.forEach((node, parent) => {
      if (node.operation !== 'concatenate' || places[parent] !== 'kernel') return;
      let start = 0;
      for (const piece of node.inputs) {
        const own = places[piece] === 'loop' || places[piece] === 'kernel' || places[piece] === 'ending';
        if (own && this.sizeAt(piece) > 1 && !this.#placed.has(piece)) this.#placed.set(piece, { parent, start });
        start += this.sizeAt(piece);
      }
    });
  }

  #writeGroup(group: Group): void {
    switch (group.place) {
      case 'small':
        for (const at of group.nodes) this.#writeSmall(at);
        break;
      case 'loop':
        this.#writeLoop(loopOf(this, group));
        break;
      case 'scan':
        this.#writeScan(group.nodes[0]!);
        break;
      case 'kernel':
        this.#writeKernel(group.nodes[0]!);
        break;
    }
  }

  #writeSmall(at: number): void {
    const node = this.node(at);
    const operands = node.inputs.map((input) => this.smallOperand(input));
    this.#locations[at] = { kind: 'elements', texts: writeSmall(new TextElements(this.writer), node, operands) };
  }

  #writeLoop(form: LoopForm): void {
    const { writer } = this;
    const printed = writer.assembler && isWorthPrinting(form) ? printWebAssembly(writer.assembler, form) : undefined;
    if (printed === undefined) {
      printLoop(writer, form);
      return;
    }
    writer.line(`${printed.name}(${printed.arguments.join(', ')});`);
    for (const { name, from } of printed.totals) writer.line(`const ${name} = ${writer.refer('b', from)}[0];`);
  }

  #writeScan(at: number): void {
    const { assembler } = this.writer;
    const name =
      assembler && isLongScan(this.node(at)) ? printScan(assembler, this, at, this.allocate(at).array) : undefined;
    if (name === undefined) writeScan(this, at);
    else this.writer.line(`${name}();`);
  }

  /** A product of matrices and vectors as WebAssembly. @returns false where it is not to be */
  #writeProduct(node: GraphNode, output: Float64Array, inputs: readonly Float64Array[]): boolean {
    const { assembler } = this.writer;
    if (assembler === undefined || node.operation !== 'matmul') return false;
    const [a, b] = node.inputs.map((input) => this.node(input).shape);
    const layout = productLayout(a!, b!, node.attributes);
    const form = productFormOf(layout);
    if (form === undefined) {
      const call = isLargeProduct(layout) ? printMatrices(assembler, layout, output, inputs) : undefined;
      if (call !== undefined) this.writer.line(`${call};`);
      return call !== undefined;
    }
    if (!isLongProduct(form)) return false;
    const name = printProduct(assembler, form, output, inputs);
    if (name !== undefined) this.writer.line(`${name}();`);
    return name !== undefined;
  }

  #writeKernel(at: number): void {
    const node = this.node(at);
    if (node.operation === 'concatenate') {
      this.#writeConcatenate(at);
      return;
    }
    const inputs = node.inputs.map((input) => this.arrayOf(input));
    const output = this.allocate(at).array;
    if (this.#writeProduct(node, output, inputs)) return;
    const kernel = operationOf(node.operation).kernel({
      shape: node.shape,
      inputShapes: node.inputs.map((input) => this.node(input).shape),
      attributes: node.attributes,
      plan: this.writer.plan,
    });
    this.writer.call(kernel, output, inputs);
  }

  #writeConcatenate(at: number): void {
    const { name } = this.allocate(at);
    let start = 0;
    for (const piece of this.node(at).inputs) {
      const size = this.sizeAt(piece);
      const placed = this.#placed.get(piece);
      if (placed?.parent !== at || placed.start !== start) this.#copyPiece(piece, name, start, size);
      start += size;
    }
  }

  #copyPiece(piece: number, name: string, start: number, size: number): void {
    const location = this.locate(piece);
    const single = size === 1 && location.kind === 'buffer';
    const from: Location = single ? { kind: 'elements', texts: [this.elementText(piece, 0)] } : location;
    this.copy(from, name, `${start}`, size);
  }
}
