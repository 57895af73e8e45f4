/**
 * A scheduled graph as WebAssembly in single precision: one function a group, called in order by one for all.
 */
import type { Graph, GraphNode } from '../../node.ts';
import { sizeOf } from '../../shape.ts';
import { planSingle } from '../../single/interpret.ts';
import { kernelOf } from '../../single/kernels.ts';
import { type Group, type Schedule, schedule } from '../schedule.ts';
import type { Arena } from './arena.ts';
import { Code } from './code.ts';
import { type Constants, INDEXED } from './constants.ts';
import { writerOf } from './kernels/index.ts';
import { type Layout, type LayoutOptions, layOut } from './layout.ts';
import { loopCode, type Surroundings } from './loop.ts';
import type { ModuleBuilder } from './module-builder.ts';
import { writeScan } from './recurrence.ts';
import type { Operand } from './site.ts';

/** What the emitters of a program and of the bodies inside it share. */
export interface Workshop {
  readonly module: ModuleBuilder;
  readonly arena: Arena;
  readonly constants: Constants;
  /** Memory that every kernel may use while it runs. */
  readonly scratch: number;
  readonly fused: boolean;
}

export class Emitter implements Surroundings {
  readonly module: ModuleBuilder;
  readonly graph: Graph;
  readonly #shop: Workshop;
  readonly #schedule: Schedule;
  readonly #layout: Layout;
  readonly #bodies = new Map<number, Emitter>();

  constructor(shop: Workshop, graph: Graph, options: Omit<LayoutOptions, 'during'>) {
    this.module = shop.module;
    this.graph = graph;
    this.#shop = shop;
    this.#schedule = schedule(graph, 'single');
    this.#layout = layOut(graph, this.#schedule, shop.arena, { ...options, during: (group) => this.#openBody(group) });
  }

  /** Give back the memory that is in use after a run. */
  release(): void {
    for (const { address, bytes } of this.#layout.held) this.#shop.arena.give(address, bytes);
  }

  /** Append calls that compute everything, in order. */
  write(main: Code): void {
    for (const group of this.#schedule.groups) {
      const code = group.place === 'loop' ? loopCode(this, group) : this.#whole(group);
      main.call(this.module.define(code));
    }
  }

  /** Append what brings updated values to their places. */
  writeUpdates(main: Code): void {
    const all = this.#layout.copied.map(({ input, node, by }) => ({
      from: { bytes: this.address(node) },
      by: by === undefined ? undefined : { bytes: by },
      to: { bytes: this.address(this.graph.inputs[input]!.node) },
      bytes: 4 * sizeOf(this.node(node).shape),
    }));
    for (const { from, by, bytes } of all) if (by) main.copyMemory(by, from, bytes);
    for (const { from, by, to, bytes } of all) main.copyMemory(to, by ?? from, bytes);
  }

  node(at: number): GraphNode {
    return this.graph.nodes[at]!;
  }

  root(at: number): { readonly node: number; readonly aligned: boolean } {
    return this.#schedule.roots[at]!;
  }

  address(at: number): number {
    const { node: root, offset } = this.#schedule.roots[at]!;
    const value = this.node(root).attributes.value;
    const address = value ? this.#shop.constants.addressOf(value, false) : this.#layout.addresses.get(root);
    if (address === undefined) throw new Error(`internal: node ${root} has no place in memory`);
    return address + 4 * offset;
  }

  isInteger(at: number): boolean {
    return this.node(this.#schedule.roots[at]!.node).attributes.integer === true;
  }

  isStored(at: number): boolean {
    return this.#schedule.stored.has(at);
  }

  isInPlace(at: number): boolean {
    return this.#layout.inPlace.has(at);
  }

  uniform(at: number): number | undefined {
    const value = this.node(this.#schedule.roots[at]!.node).attributes.value;
    if (value === undefined || value.length === 0) return undefined;
    return value.every((x) => Object.is(x, value[0])) ? value[0] : undefined;
  }

  /** The emitter of the body of a scan. */
  bodyOf(at: number): Emitter {
    return this.#bodies.get(at)!;
  }

  operand(at: number, asIndex = false): Operand {
    const { shape } = this.node(at);
    const value = asIndex ? this.node(at).attributes.value : undefined;
    if (value) return { address: this.#shop.constants.addressOf(value, true), shape, integer: true };
    return { address: this.address(at), shape, integer: this.isInteger(at) };
  }

  #openBody(group: number): void {
    const { place, nodes } = this.#schedule.groups[group]!;
    if (place !== 'scan') return;
    const { body } = this.node(nodes[0]!).attributes;
    const { carries = 0 } = this.node(nodes[0]!).attributes;
    const inner = new Emitter(this.#shop, body!, {
      given: () => undefined,
      kept: body!.outputs.slice(carries),
      updates: body!.outputs.slice(0, carries).map((node, input) => ({ input, node })),
    });
    inner.release(); // the memory is free again after this group
    this.#bodies.set(nodes[0]!, inner);
  }

  /** A group of one node that is not a loop. */
  #whole({ place, nodes: [at] }: Group): Code {
    const code = new Code();
    const node = this.node(at!);
    if (place === 'scan') {
      writeScan(this, code, at!);
      return code;
    }
    const shapes = node.inputs.map((input) => this.node(input).shape);
    const writer = writerOf(node.operation);
    const output = this.operand(at!);
    const indexed = INDEXED.has(node.operation);
    const inputs = node.inputs.map((input, i) => this.operand(input, indexed && i === 1));
    if (writer && !writer.unsuited?.(inputs)) {
      const { module, scratch, fused } = this.#shop;
      writer.write({ module, code, node, inputs, output, scratch, fused });
      return code;
    }
    const kernel = kernelOf(node.operation, {
      shape: node.shape,
      inputShapes: shapes,
      attributes: node.attributes,
      plan: planSingle,
    });
    const placeOf = ({ address, shape, integer }: Operand) => ({ address, size: sizeOf(shape), integer });
    this.module.callKernel(code, { kernel, output: placeOf(output), inputs: inputs.map(placeOf) });
    return code;
  }
}
