/**
 * From a group of the schedule to a loop: elementwise values, gathers, and the sums that end them, element by element
 * in row-major order.
 */
import { partialsOf } from '../operations/reduction.ts';
import { broadcastStrides, sizeOf, stridesOf } from '../shape.ts';
import type { Shape } from '../types.ts';
import type { Emitter } from './emit.ts';
import type { LoopForm, Memory, Step } from './loop-form.ts';
import type { Group } from './schedule.ts';

/** The loop of a group; what it needs before is written, what it leaves behind has its place. */
export function loopOf(emitter: Emitter, group: Group): LoopForm {
  const builder = new LoopBuilder(emitter, group);
  for (const at of group.nodes) builder.add(at);
  return { sizes: sizesOf(group.domain, builder.steps), steps: builder.steps };
}

class LoopBuilder {
  readonly steps: Step[] = [];
  readonly #emitter: Emitter;
  readonly #members: ReadonlySet<number>;
  /** The step that has the value of a member. */
  readonly #values = new Map<number, number>();
  readonly #known = new Map<string, number>();
  readonly #seen: Int32Array[] = [];

  constructor(emitter: Emitter, group: Group) {
    this.#emitter = emitter;
    this.#members = new Set(group.nodes);
  }

  /** Everything that happens for one node. */
  add(at: number): void {
    if (this.#emitter.schedule.places[at] === 'ending') this.#addEnding(at);
    else this.#addValue(at);
  }

  #addValue(at: number): void {
    const emitter = this.#emitter;
    const node = emitter.node(at);
    const value =
      node.operation === 'gather'
        ? this.#once({ kind: 'gather', from: emitter.bufferOf(node.inputs[0]!), codes: this.#codes(node.inputs[1]!) })
        : this.#elementwise(at);
    this.#values.set(at, value);
    if (emitter.schedule.stored.has(at)) this.#push({ kind: 'store', to: emitter.allocate(at), value });
  }

  #elementwise(at: number): number {
    const { operation, inputs, shape } = this.#emitter.node(at);
    const operands = inputs.map((input) => this.#operand(input, shape));
    return operation === 'broadcastTo' ? operands[0]! : this.#push({ kind: 'apply', operation, operands });
  }

  #addEnding(at: number): void {
    const emitter = this.#emitter;
    const node = emitter.node(at);
    const shape = emitter.node(node.inputs[0]!).shape;
    const value = this.#operand(node.inputs[0]!, shape);
    if (sizeOf(node.shape) === 1 && node.operation !== 'scatterAdd') {
      const name = emitter.writer.fresh('s');
      if (node.operation === 'sumLog1p') this.#push({ kind: 'logTotal', name, value });
      else this.#push({ kind: 'total', name, partials: partialsOf(sizeOf(shape)), value });
      emitter.setLocation(at, { kind: 'elements', texts: [name] });
      return;
    }
    const to = emitter.allocate(at);
    emitter.writer.line(`${to.name}.fill(0);`);
    if (node.operation === 'sum') {
      this.#push({ kind: 'accumulate', to, strides: sumStrides(shape, node.attributes.axes!), value });
    } else {
      this.#push({ kind: 'scatter', to, codes: this.#codes(node.inputs[1]!), value });
    }
  }

  /** The step that has an operand's value. */
  #operand(input: number, loopShape: Shape): number {
    const { node: root, aligned } = this.#emitter.schedule.roots[input]!;
    const shape = this.#emitter.node(input).shape;
    if (this.#members.has(root) && aligned && this.#emitter.schedule.places[root] === 'loop') {
      return this.#values.get(root)!;
    }
    if (sizeOf(shape) === 1) return this.#once({ kind: 'outside', text: this.#emitter.elementText(input, 0) });
    const from = this.#emitter.bufferOf(input);
    const strides = broadcastStrides(shape, loopShape).filter((_, axis) => loopShape[axis] !== 1);
    return this.#once({ kind: 'load', from, strides });
  }

  /** Constant codes as integers. */
  #codes(at: number): Int32Array {
    return integers(this.#emitter.node(this.#emitter.schedule.roots[at]!.node).attributes.value!);
  }

  #numberOf(codes: Int32Array): number {
    if (!this.#seen.includes(codes)) this.#seen.push(codes);
    return this.#seen.indexOf(codes);
  }

  #push(step: Step): number {
    return this.steps.push(step) - 1;
  }

  /** Memory is read once an element. */
  #once(step: Extract<Step, { kind: 'outside' | 'load' | 'gather' }>): number {
    const key = keyOf(step, (codes) => this.#numberOf(codes));
    let at = this.#known.get(key);
    if (at === undefined) {
      at = this.#push(step);
      this.#known.set(key, at);
    }
    return at;
  }
}

function keyOf(
  step: Extract<Step, { kind: 'outside' | 'load' | 'gather' }>,
  numberOf: (codes: Int32Array) => number,
): string {
  if (step.kind === 'outside') return step.text;
  const place = ({ name, offset }: Memory) => `${name} ${offset}`;
  return step.kind === 'load'
    ? `${place(step.from)} at ${step.strides.join()}`
    : `${place(step.from)} by ${numberOf(step.codes)}`;
}

/** One dimension where everything is read in order, else all. */
function sizesOf(domain: readonly number[], steps: readonly Step[]): readonly number[] {
  const full = stridesOf(domain);
  const inOrder = steps.every(
    (step) => (step.kind !== 'load' && step.kind !== 'accumulate') || step.strides.every((n, d) => n === full[d]),
  );
  return domain.length < 2 || inOrder ? [sizeOf(domain)] : domain;
}

/** Strides of a sum's result along the squeezed dimensions of what is summed; 0 along the summed ones. */
function sumStrides(shape: Shape, axes: readonly number[]): number[] {
  const kept = shape.filter((_, axis) => !axes.includes(axis));
  const own = stridesOf(kept);
  let next = 0;
  const strides = shape.map((_, axis) => (axes.includes(axis) ? 0 : own[next++]!));
  return strides.filter((_, axis) => shape[axis] !== 1);
}

const integerCopies = new WeakMap<Float64Array, Int32Array>();

/** Constant codes as integers; made once. */
export function integers(value: Float64Array): Int32Array {
  let copy = integerCopies.get(value);
  if (copy === undefined) {
    copy = Int32Array.from(value);
    integerCopies.set(value, copy);
  }
  return copy;
}
