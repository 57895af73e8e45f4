/**
 * A group of the schedule as a WebAssembly loop over vectors of four numbers: elementwise values, loads in any order,
 * and the sums that end them. Forward and backward sweep share a loop where they have the same elements.
 *
 * Sums are those of `single/reduction.ts`: over trailing axes as four partial sums, by the position along the last axis
 * modulo 4; over leading axes one row after another.
 */
import type { GraphNode } from '../../node.ts';
import { broadcastStrides, sizeOf, stridesOf } from '../../shape.ts';
import { formOf, scalarOf } from '../../single/elementwise.ts';
import type { Shape } from '../../types.ts';
import type { Group } from '../schedule.ts';
import { I32 } from '../webassembly/encoder.ts';
import { Code, type Vector } from './code.ts';
import type { ModuleBuilder } from './module-builder.ts';
import { type Vectors, vectorLanes } from './vector-lanes.ts';

/** What a loop must know of the graph around it. */
export interface Surroundings {
  readonly module: ModuleBuilder;
  node(at: number): GraphNode;
  /** The node whose memory holds a value, and whether it is read element by element in order. */
  root(at: number): { readonly node: number; readonly aligned: boolean };
  address(at: number): number;
  isInteger(at: number): boolean;
  isStored(at: number): boolean;
  /** Bytes that a value's memory moves on with each step of the recurrence around; 0 where it stays. */
  step(at: number): number;
  /** The functions of a recurrence's body are given the number of the step. */
  readonly inBody: boolean;
  /** Products may be added without being rounded. */
  readonly fused: boolean;
  /** True for a value that takes the place of one that may still be read in the same loop. */
  isInPlace(at: number): boolean;
  /** The number all elements of a constant are, if they are. */
  uniform(at: number): number | undefined;
}

type Lanes = 1 | 2 | 3 | 4;

/** Memory read or written: where, and how far apart neighbours are along each dimension of the loop. */
interface Access {
  readonly address: number;
  readonly strides: number[];
  readonly integer: boolean;
  /** Bytes further with each step of the recurrence around. */
  readonly step: number;
}

/** Vectors that are worked on together: how many, from which element on, and the lanes of each. */
interface Piece {
  readonly pointers: ReadonlyMap<string, number>;
  readonly count: number;
  readonly after: number;
  readonly lanes: Lanes;
}

/** Memory that starts from zero. */
interface Cleared {
  readonly address: number;
  readonly bytes: number;
  readonly step: number;
}

type Step =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'scalar' | 'load'; readonly from: Access }
  | { readonly kind: 'apply'; readonly operation: string; readonly operands: readonly number[] }
  | { readonly kind: 'store'; readonly to: Access; readonly value: number }
  /** Added to memory element by element: the last dimension is kept. */
  | { readonly kind: 'accumulate'; readonly to: Access; readonly value: number }
  /** Added up over the last dimensions; `depth` dimensions are outside. */
  | { readonly kind: 'rows'; readonly to: Access; depth: number; readonly value: number };

/** Elements a turn of a short, and of a long, loop body. */
const LONG_BODY = 24;

/** The code of a loop. */
export function loopCode(surroundings: Surroundings, group: Group): Code {
  const builder = new Builder(surroundings, group);
  for (const at of group.nodes) builder.add(at);
  const steps = [...builder.steps, ...builder.last];
  return new Printer(surroundings, [...group.domain], steps, builder.cleared).print();
}

class Builder {
  readonly steps: Step[] = [];
  /** Stores that come after everything else of an element. */
  readonly last: Step[] = [];
  readonly cleared: Cleared[] = [];
  readonly #around: Surroundings;
  readonly #members: ReadonlySet<number>;
  readonly #values = new Map<number, number>();
  readonly #known = new Map<string, number>();

  constructor(around: Surroundings, group: Group) {
    this.#around = around;
    this.#members = new Set(group.nodes);
  }

  add(at: number): void {
    const node = this.#around.node(at);
    if (node.operation === 'sum') this.#addSum(at, node);
    else this.#addValue(at, node);
  }

  #addValue(at: number, node: GraphNode): void {
    const { operation, inputs, shape } = node;
    let value: number;
    const order = readingOrder(node, this.#around.node(inputs[0]!).shape);
    if (order) {
      const address = this.#around.address(inputs[0]!) + 4 * order.start;
      value = this.#load(address, squeezeStrides(order.strides, shape), inputs[0]!);
    } else {
      const operands = inputs.map((input) => this.#operand(input, shape));
      value = operation === 'broadcastTo' ? operands[0]! : this.#push({ kind: 'apply', operation, operands });
    }
    this.#values.set(at, value);
    if (!this.#around.isStored(at)) return;
    const strides = squeezeStrides(stridesOf(shape), shape);
    const step: Step = { kind: 'store', to: this.#target(at, strides), value };
    if (this.#around.isInPlace(at)) this.last.push(step);
    else this.#push(step);
  }

  #addSum(at: number, node: GraphNode): void {
    const { shape } = this.#around.node(node.inputs[0]!);
    const value = this.#operand(node.inputs[0]!, shape);
    const axes = node.attributes.axes!;
    const own = stridesOf(shape.filter((_, axis) => !axes.includes(axis)));
    let next = 0;
    const all = shape.map((_, axis) => (axes.includes(axis) ? 0 : own[next++]!));
    const reduced = shape.flatMap((n, axis) => (n === 1 ? [] : [axes.includes(axis)]));
    const to = this.#target(at, squeezeStrides(all, shape));
    this.cleared.push({ ...to, bytes: 4 * sizeOf(node.shape) });
    if (reduced.length > 0 && !reduced[reduced.length - 1]) this.#push({ kind: 'accumulate', to, value });
    else this.#push({ kind: 'rows', to, depth: reduced.lastIndexOf(false) + 1, value });
  }

  #operand(input: number, loopShape: Shape): number {
    const around = this.#around;
    const { node: root, aligned } = around.root(input);
    const known = this.#members.has(root) && aligned ? this.#values.get(root) : undefined;
    if (known !== undefined) return known;
    const uniform = around.uniform(input);
    if (uniform !== undefined)
      return this.#once(`constant ${uniform} ${1 / uniform}`, { kind: 'constant', value: uniform });
    const { shape } = around.node(input);
    if (sizeOf(shape) === 1) return this.#load(around.address(input), [], input);
    const strides = squeezeStrides(broadcastStrides(shape, loopShape), loopShape);
    return this.#load(around.address(input), strides, input);
  }

  #load(address: number, strides: number[], input: number): number {
    const kind = strides.every((stride) => stride === 0) ? 'scalar' : 'load';
    const from = { address, strides, integer: this.#around.isInteger(input), step: this.#around.step(input) };
    return this.#once(`${address} by ${strides.join()}`, { kind, from });
  }

  #target(at: number, strides: number[]): Access {
    return { address: this.#around.address(at), strides, integer: false, step: this.#around.step(at) };
  }

  #push(step: Step): number {
    return this.steps.push(step) - 1;
  }

  #once(key: string, step: Step): number {
    let at = this.#known.get(key);
    if (at === undefined) {
      at = this.#push(step);
      this.#known.set(key, at);
    }
    return at;
  }
}

/** Strides along dimensions of size 1 are nothing. */
function squeezeStrides(strides: readonly number[], shape: Shape): number[] {
  return strides.filter((_, axis) => shape[axis] !== 1);
}

/** Where an operation that reads in another order starts, and its steps; undefined for all other operations. */
function readingOrder({ operation, attributes }: GraphNode, from: Shape) {
  const own = stridesOf(from);
  if (operation === 'transpose') return { start: 0, strides: attributes.permutation!.map((axis) => own[axis]!) };
  if (operation === 'sliceAxis') return { start: attributes.start! * own[attributes.axis!]!, strides: own };
  return undefined;
}

/** What steps alike shares its pointers. */
function keyOf(strides: readonly number[], step: number): string {
  return `${strides.join()} ${step}`;
}

class Printer {
  readonly #code: Code;
  readonly #module: ModuleBuilder;
  readonly #fused: boolean;
  #sizes: number[];
  readonly #steps: readonly Step[];
  readonly #cleared: readonly Cleared[];
  /** What does not change in the loop, by step. */
  readonly #outside = new Map<Step, Vector>();
  /** What does not change along the last dimension. */
  readonly #row = new Map<Step, Vector>();
  readonly #sums = new Map<Step, Vector>();

  /** The step times the bytes that memory moves on. */
  readonly #moved = new Map<number, number>();

  constructor(around: Surroundings, sizes: number[], steps: readonly Step[], cleared: readonly Cleared[]) {
    this.#code = new Code(around.inBody ? [I32] : []);
    this.#module = around.module;
    this.#fused = around.fused;
    this.#sizes = sizes.length === 0 ? [1] : sizes;
    this.#steps = steps;
    this.#cleared = cleared;
  }

  print(): Code {
    const code = this.#code;
    if (this.#sizes.length === 1 && this.#sizes[0] === 1) {
      for (const step of this.#steps) {
        if ('to' in step && step.to.strides.length === 0) step.to.strides.push(step.kind === 'store' ? 1 : 0);
      }
    }
    this.#merge();
    const moving = [...this.#accesses(), ...this.#steps.flatMap((step) => (step.kind === 'scalar' ? [step.from] : []))];
    for (const { step } of moving) {
      if (step !== 0 && !this.#moved.has(step)) this.#moved.set(step, code.product(0, step));
    }
    for (const { address, bytes, step } of this.#cleared) {
      code.clearMemory({ base: this.#moved.get(step), bytes: address }, bytes);
    }
    for (const step of this.#steps) {
      if (step.kind === 'constant') this.#outside.set(step, code.constant(step.value));
      if (step.kind === 'scalar') {
        const from = { base: this.#moved.get(step.from.step), bytes: step.from.address };
        this.#outside.set(step, this.#numbers(code.loadSpread(from), step.from));
      }
      if (step.kind === 'rows') this.#sums.set(step, code.copy(code.constant(0)));
    }
    if (this.#sizes.every((size) => size > 0)) this.#level(0, new Map());
    return code;
  }

  #accesses(): Access[] {
    return this.#steps.flatMap((step) => ('to' in step ? [step.to] : step.kind === 'load' ? [step.from] : []));
  }

  /** Neighbouring dimensions that everything runs through as through one become one. */
  #merge(): void {
    const rows = this.#steps.filter((step) => step.kind === 'rows');
    for (let d = this.#sizes.length - 2; d >= 0; d--) {
      const inner = this.#sizes[d + 1]!;
      // Which partial sum an element goes to is decided by its place along the last dimension.
      if (rows.length > 0 && d === this.#sizes.length - 2 && inner % 4 !== 0) continue;
      const accesses = this.#accesses();
      if (!accesses.every(({ strides }) => strides[d] === strides[d + 1]! * inner)) continue;
      this.#sizes = [...this.#sizes.slice(0, d), this.#sizes[d]! * inner, ...this.#sizes.slice(d + 2)];
      for (const { strides } of accesses) strides.splice(d, 1);
      for (const step of rows) if (step.depth > d) step.depth--;
    }
  }

  /** One dimension and all inside it. `pointers` has a local for each way of stepping that is not at its start. */
  #level(d: number, pointers: ReadonlyMap<string, number>): void {
    const code = this.#code;
    const ending = this.#steps.flatMap((step) => (step.kind === 'rows' && step.depth === d ? [step] : []));
    for (const step of ending) code.assign(this.#sums.get(step)!, code.constant(0));
    if (d === this.#sizes.length - 1) this.#inner(pointers);
    else {
      const own = this.#pointers(pointers);
      code.repeat(this.#sizes[d]!, () => {
        this.#level(d + 1, own.locals);
        for (const { local, strides } of own.moving) code.advance(local, 4 * strides[d]!);
      });
    }
    for (const step of ending) {
      const to = this.#address(step.to, pointers);
      const total = code.total(this.#sums.get(step)!);
      code.storeLane(to, code.binary('add', code.load(to, 1), total), 0);
    }
  }

  /** Fresh pointers for every way of stepping. */
  #pointers(before: ReadonlyMap<string, number>) {
    const locals = new Map<string, number>();
    const moving: { readonly local: number; readonly strides: readonly number[] }[] = [];
    for (const { strides, step } of this.#accesses()) {
      const key = keyOf(strides, step);
      if (locals.has(key)) continue;
      const local = this.#code.local(I32);
      this.#code.sum(local, before.get(key) ?? this.#moved.get(step), 0);
      locals.set(key, local);
      moving.push({ local, strides });
    }
    return { locals, moving };
  }

  #address({ address, strides, step }: Access, pointers: ReadonlyMap<string, number>, after = 0) {
    return { base: pointers.get(keyOf(strides, step)) ?? this.#moved.get(step), bytes: address + 4 * after };
  }

  /** The last dimension: vectors, then what is left. */
  #inner(before: ReadonlyMap<string, number>): void {
    const code = this.#code;
    const d = this.#sizes.length - 1;
    const size = this.#sizes[d]!;
    for (const step of this.#steps) {
      if (step.kind !== 'load' || step.from.strides[d] !== 0) continue;
      this.#row.set(step, this.#numbers(code.loadSpread(this.#address(step.from, before)), step.from));
    }
    const vectors = Math.floor(size / 4);
    const turn = this.#steps.length > LONG_BODY ? Math.min(2, Math.max(1, vectors)) : vectors >= 8 ? 4 : 1;
    const { locals, moving } = this.#pointers(before);
    const advance = (elements: number) => {
      for (const { local, strides } of moving) code.advance(local, 4 * strides[d]! * elements);
    };
    const turns = Math.floor(vectors / turn);
    code.repeat(turns, () => {
      this.#pieces(locals, turn, 0, 4);
      advance(4 * turn);
    });
    this.#pieces(locals, vectors % turn, 0, 4);
    if (size % 4 > 0) this.#pieces(locals, 1, 4 * (vectors % turn), (size % 4) as Lanes);
  }

  /** Step by step for several vectors, so that the processor has independent work at hand. */
  #pieces(pointers: ReadonlyMap<string, number>, count: number, after: number, lanes: Lanes): void {
    if (count === 0) return;
    const values: Vectors[] = [];
    for (const step of this.#steps) values.push(this.#step(step, values, { pointers, count, after, lanes }));
  }

  #step(step: Step, values: readonly Vectors[], piece: Piece): Vectors {
    const code = this.#code;
    const known = this.#outside.get(step) ?? this.#row.get(step);
    if (known) return [known];
    const { count, lanes } = piece;
    const places = (access: Access) => {
      const stride = access.strides[access.strides.length - 1]!;
      return Array.from({ length: count }, (_, i) =>
        this.#address(access, piece.pointers, (piece.after + 4 * i) * stride),
      );
    };
    const operand = (at: number, i: number) => values[at]![i % values[at]!.length]!;
    switch (step.kind) {
      case 'load':
        return places(step.from).map((at) => this.#numbers(this.#load(step.from, at, lanes), step.from));
      case 'apply':
        return this.#apply(
          step.operation,
          step.operands.map((at) => values[at]!),
          lanes,
        );
      case 'store':
        for (const [i, at] of places(step.to).entries()) code.store(at, operand(step.value, i), lanes);
        break;
      case 'accumulate':
        for (const [i, at] of places(step.to).entries()) {
          code.store(at, code.binary('add', code.load(at, lanes), operand(step.value, i)), lanes);
        }
        break;
      case 'rows': {
        const sum = this.#sums.get(step)!;
        for (let i = 0; i < count; i++) {
          code.assign(sum, code.binary('add', sum, this.#masked(operand(step.value, i), lanes)));
        }
        break;
      }
    }
    return [code.constant(0)];
  }

  /** Zeros in the lanes that are not there. */
  #masked(value: Vector, lanes: Lanes): Vector {
    if (lanes === 4) return value;
    const bytes = Array.from({ length: 16 }, (_, byte) => (byte < 4 * lanes ? 0xff : 0));
    return this.#code.binary('and', value, this.#code.bits(bytes));
  }

  #load({ strides }: Access, at: { base: number | undefined; bytes: number }, lanes: Lanes): Vector {
    const code = this.#code;
    const stride = strides[strides.length - 1]!;
    if (stride === 1) return code.load(at, 4); // beyond the end stands something else, of which nothing is stored
    let vector = code.loadSpread(at);
    for (let lane = 1; lane < lanes; lane++) {
      vector = code.loadLane(vector, lane, { ...at, bytes: at.bytes + 4 * stride * lane });
    }
    return vector;
  }

  #numbers(value: Vector, { integer }: Access): Vector {
    return integer ? this.#code.unary('fromIntegers', value) : value;
  }

  #apply(operation: string, operands: readonly Vectors[], lanes: Lanes): Vectors {
    const form = formOf(operation);
    const [a, b = a, c = a] = operands;
    if (form) return form(vectorLanes(this.#code, this.#fused), a!, b!, c!);
    const count = Math.max(...operands.map(({ length }) => length));
    return Array.from({ length: count }, (_, i) => {
      const own = operands.map((operand) => operand[i % operand.length]!);
      return this.#module.callScalar(this.#code, scalarOf(operation), own, lanes);
    });
  }
}
