/**
 * A scheduled graph as WebAssembly in single precision: one function a group, called in order by one for all.
 */
import type { Graph, GraphNode } from '../../node.ts';
import { sizeOf } from '../../shape.ts';
import { planSingle } from '../../single/interpret.ts';
import { kernelOf } from '../../single/kernels.ts';
import { type Group, type Schedule, schedule } from '../schedule.ts';
import { I32 } from '../webassembly/encoder.ts';
import type { Arena } from './arena.ts';
import { type Address, Code } from './code.ts';
import { type Constants, INDEXED } from './constants.ts';
import { writerOf } from './kernels/index.ts';
import { type Layout, type LayoutOptions, layOut } from './layout.ts';
import { loopCode, type Surroundings } from './loop.ts';
import type { ModuleBuilder } from './module-builder.ts';
import { movingIn, writeScan } from './recurrence.ts';
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

/** Memory outside a body that moves on with each step. */
export interface Moving {
  readonly address: number;
  readonly bytes: number;
}

/** What an emitter is told of its graph's inputs and outputs. */
interface Options extends Pick<LayoutOptions, 'given' | 'kept' | 'updates'> {
  /** In the body of a recurrence: inputs and results that are elements of arrays outside, by node. */
  readonly moving?: ReadonlyMap<number, Moving>;
  /** And inputs that are the same at every step, by node. */
  readonly fixed?: ReadonlySet<number>;
}

export class Emitter implements Surroundings {
  readonly module: ModuleBuilder;
  readonly graph: Graph;
  readonly #shop: Workshop;
  readonly #schedule: Schedule;
  readonly #layout: Layout;
  readonly #bodies = new Map<number, Emitter>();
  readonly #moving: ReadonlyMap<number, Moving>;
  readonly #fixed: ReadonlySet<number>;
  readonly #before = new Code();
  readonly #placed = new Map<string, number>();
  #functions: readonly number[] | undefined;
  readonly inBody: boolean;
  readonly fused: boolean;

  constructor(shop: Workshop, graph: Graph, options: Options, around?: Schedule) {
    this.module = shop.module;
    this.graph = graph;
    this.#shop = shop;
    this.fused = shop.fused;
    this.inBody = options.moving !== undefined;
    this.#moving = options.moving ?? new Map();
    this.#fixed = options.fixed ?? new Set();
    this.#schedule = around ?? schedule(graph, 'single');
    const inputs = new Map(graph.inputs.map(({ node }, i) => [i, this.#moving.get(node)?.address]));
    this.#layout = layOut(graph, this.#schedule, shop.arena, {
      ...options,
      given: (input) => inputs.get(input) ?? options.given(input),
      placed: (node) => this.#moving.get(node)?.address,
      during: (group, addresses) => this.#openBody(group, addresses),
    });
  }

  /** Give back the memory that is in use after a run. */
  release(): void {
    for (const { address, bytes } of this.#layout.held) this.#shop.arena.give(address, bytes);
  }

  /** Append calls that compute everything, in order. In a body, `step` is a local with the number of the step. */
  write(main: Code, step?: number): void {
    for (const index of this.#defined()) {
      if (step !== undefined) main.get(step);
      main.call(index);
    }
  }

  /** In a body: append a call of what its functions want done before the first step. */
  writeBefore(main: Code): void {
    this.#defined();
    if (this.#placed.size > 0) main.call(this.module.define(this.#before));
  }

  /** The functions of all groups. */
  #defined(): readonly number[] {
    this.#functions ??= this.#schedule.groups.map((group) =>
      this.module.define(group.place === 'loop' ? loopCode(this, group) : this.#whole(group)),
    );
    return this.#functions;
  }

  #take(key: string, bytes: number, make: (address: number) => void): number {
    let address = this.#placed.get(key);
    if (address === undefined) {
      address = this.#shop.arena.takeLast(bytes);
      this.#placed.set(key, address);
      make(address);
    }
    return address;
  }

  /** Append what brings updated values to their places. */
  writeUpdates(main: Code, step?: number): void {
    const all = this.#layout.copied.map(({ input, node, by }) => ({
      from: this.location(node, main, step),
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

  /** Where a value is in this step. */
  location(at: number, code: Code, step: number | undefined): Address {
    const bytes = this.step(at);
    if (bytes === 0 || step === undefined) return { bytes: this.address(at) };
    return { base: code.product(step, bytes), bytes: this.address(at) };
  }

  step(at: number): number {
    return this.#moving.get(this.#schedule.roots[at]!.node)?.bytes ?? 0;
  }

  /** True for a part of the graph's surroundings that moves: nothing is copied for it. */
  isMoving(at: number): boolean {
    return this.#moving.has(at);
  }

  address(at: number): number {
    return this.#addressIn(at, this.#layout.addresses);
  }

  #addressIn(at: number, addresses: ReadonlyMap<number, number>): number {
    const { node: root, offset } = this.#schedule.roots[at]!;
    const value = this.node(root).attributes.value;
    const address = value ? this.#shop.constants.addressOf(value, false) : addresses.get(root);
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
    if (value)
      return { address: this.#shop.constants.addressOf(value, true), shape, integer: true, step: 0, fixed: true };
    const fixed = this.#fixed.has(this.#schedule.roots[at]!.node);
    return { address: this.address(at), shape, integer: this.isInteger(at), step: this.step(at), fixed };
  }

  #openBody(group: number, addresses: ReadonlyMap<number, number>): void {
    const { place, nodes } = this.#schedule.groups[group]!;
    if (place !== 'scan') return;
    const { body, carries = 0, sequences = 0 } = this.node(nodes[0]!).attributes;
    const inside = schedule(body!, 'single');
    const at = (node: number) => this.#addressIn(node, addresses);
    const options = {
      given: () => undefined,
      kept: body!.outputs.slice(carries),
      updates: body!.outputs.slice(0, carries).map((node, input) => ({ input, node })),
      fixed: new Set(body!.inputs.slice(carries + sequences).map(({ node }) => node)),
      moving: movingIn(this.node(nodes[0]!), at(nodes[0]!), at, inside),
    };
    const inner = new Emitter(this.#shop, body!, options, inside);
    inner.release(); // the memory is free again after this group
    this.#bodies.set(nodes[0]!, inner);
  }

  /** A group of one node that is not a loop. */
  #whole({ place, nodes: [at] }: Group): Code {
    const code = new Code(this.inBody ? [I32] : []);
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
      const before = this.inBody
        ? {
            code: this.#before,
            take: (key: string, bytes: number, make: (address: number) => void) => this.#take(key, bytes, make),
          }
        : undefined;
      writer.write({ module, code, node, inputs, output, scratch, fused, before });
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
