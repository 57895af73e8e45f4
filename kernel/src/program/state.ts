/**
 * Arrays that stay where they are from one step of a program to the next: parameters, momenta, running means. Several
 * programs may read and change the same state, so that training and evaluation need no copies.
 */

import { inputNode } from './build.ts';
import { expressionOf } from './expression.ts';
import { grow } from './generate/single/plan.ts';
import { hasVectors } from './generate/single/relaxed.ts';
import { formatShape, sizeOf } from './shape.ts';
import type { Expr, Shape } from './types.ts';

/** Numbers of 32 bits, or of 64. */
export type Precision = 'single' | 'double';

/** An array of the state: its sizes, and what it starts with (zeros where nothing is said). */
export interface StateEntry {
  readonly shape: Shape;
  readonly values?: ArrayLike<number>;
}

interface Held {
  readonly expression: Expr;
  readonly size: number;
  /** In bytes, where the state is in WebAssembly memory. */
  readonly address: number;
  array: Float32Array | Float64Array;
}

/** Addresses of arrays are multiples of this. */
const ALIGNMENT = 64;

/**
 * Named arrays shared by the steps compiled with them.
 *
 * @param entries shapes and first values by name
 * @param options precision of every array and of the steps; default 'single'
 * @throws RangeError for values of another size than the shape's
 * @example
 * const state = new ProgramState({ weight: { shape: [2], values: [1, 2] } });
 * const weight = state.variable('weight');
 */
export class ProgramState {
  readonly precision: Precision;
  readonly #held = new Map<string, Held>();
  readonly #memory: WebAssembly.Memory | undefined;
  #next: number;

  constructor(
    entries: Readonly<Record<string, StateEntry>>,
    { precision = 'single' }: { readonly precision?: Precision } = {},
  ) {
    this.precision = precision;
    this.#next = ALIGNMENT;
    this.#memory = precision === 'single' && hasVectors() ? new WebAssembly.Memory({ initial: 1 }) : undefined;
    this.add(entries);
  }

  /**
   * Hold more arrays: what an optimiser keeps beside parameters. Steps compiled before do not see them.
   *
   * @throws RangeError for a name that is there already, and for values of another size than the shape's
   * @example state.add({ momentum: { shape: [2] } });
   */
  add(entries: Readonly<Record<string, StateEntry>>): void {
    const twice = Object.keys(entries).find((name) => this.#held.has(name));
    if (twice !== undefined) throw new RangeError(`state: there is a '${twice}' already; give another name`);
    let next = ALIGNMENT * Math.ceil(this.#next / ALIGNMENT);
    const addresses = Object.values(entries).map(({ shape }) => {
      const address = next;
      next += ALIGNMENT * Math.ceil((4 * sizeOf(shape)) / ALIGNMENT);
      return address;
    });
    this.#next = next;
    if (this.#memory) grow(this.#memory, next);
    Object.entries(entries).forEach(([name, { shape, values }], i) => {
      const size = sizeOf(shape);
      const address = addresses[i]!;
      const array = this.#memory
        ? new Float32Array(this.#memory.buffer, address, size).fill(0)
        : new (this.precision === 'single' ? Float32Array : Float64Array)(size);
      this.#held.set(name, { expression: expressionOf(inputNode(name, shape)), size, address, array });
      if (values) this.set(name, values);
    });
  }

  /** Names, in the order they were given. */
  get names(): string[] {
    return [...this.#held.keys()];
  }

  /** The array as it is at the beginning of a step, to build expressions from. */
  variable(name: string): Expr {
    return this.#entry(name).expression;
  }

  /** The array itself, row-major. It changes with every step; memory may move when a step is compiled: ask again then. */
  array(name: string): Float32Array | Float64Array {
    const held = this.#entry(name);
    if (this.#memory && held.array.buffer !== this.#memory.buffer) {
      held.array = new Float32Array(this.#memory.buffer, held.address, held.size);
    }
    return held.array;
  }

  /** Put other values there. @throws RangeError for another number of elements */
  set(name: string, values: ArrayLike<number>): void {
    const { size, expression } = this.#entry(name);
    if (values.length !== size) {
      throw new RangeError(
        `state '${name}': expected ${size} numbers (shape ${formatShape(expression.shape)}), got ${values.length}`,
      );
    }
    this.array(name).set(values);
  }

  /** The WebAssembly memory the arrays are in, where they are in one. */
  get memory(): WebAssembly.Memory | undefined {
    return this.#memory;
  }

  /** Where an array is in that memory, in bytes. */
  addressOf(name: string): number {
    return this.#entry(name).address;
  }

  /** First byte of that memory that is not in use. */
  get free(): number {
    return this.#next;
  }

  /** Say that everything before this byte is in use. */
  reserve(end: number): void {
    this.#next = Math.max(this.#next, end);
  }

  #entry(name: string): Held {
    const held = this.#held.get(name);
    if (held === undefined) {
      const names = this.names.map((each) => `'${each}'`).join(', ') || 'none';
      throw new RangeError(`state: there is no '${name}'; it has ${names}`);
    }
    return held;
  }
}
