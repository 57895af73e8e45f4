/**
 * Constants of a program in memory, each once, those of the bodies of its recurrences included.
 */
import type { Graph } from '../../node.ts';
import type { Arena } from './arena.ts';

/** Operations whose second input is read as integers. */
export const INDEXED: ReadonlySet<string> = new Set(['gather', 'scatterAdd']);

interface Constant {
  readonly address: number;
  readonly value: Float64Array;
  readonly integer: boolean;
}

export class Constants {
  readonly #known = new Map<Float64Array, { number?: Constant; integer?: Constant }>();

  constructor(graph: Graph, arena: Arena) {
    this.#collect(graph, arena);
  }

  /** Where a constant is, as numbers or as integers. */
  addressOf(value: Float64Array, integer: boolean): number {
    return this.#known.get(value)![integer ? 'integer' : 'number']!.address;
  }

  /** Write all of them. */
  write(buffer: ArrayBuffer): void {
    for (const { number, integer } of this.#known.values()) {
      if (number) new Float32Array(buffer, number.address, number.value.length).set(number.value);
      if (integer) new Int32Array(buffer, integer.address, integer.value.length).set(integer.value);
    }
  }

  #collect({ nodes }: Graph, arena: Arena): void {
    for (const { operation, inputs, attributes } of nodes) {
      if (attributes.body) this.#collect(attributes.body, arena);
      if (attributes.value) this.#take(attributes.value, false, arena);
      const codes = INDEXED.has(operation) ? nodes[inputs[1]!]!.attributes.value : undefined;
      if (codes) this.#take(codes, true, arena);
    }
  }

  #take(value: Float64Array, integer: boolean, arena: Arena): void {
    const known = this.#known.get(value) ?? {};
    this.#known.set(value, known);
    known[integer ? 'integer' : 'number'] ??= { address: arena.take(4 * value.length), value, integer };
  }
}
