/**
 * Elements as lanes of WebAssembly vectors: neighbours share an instruction. An element that stands alone is in both
 * lanes of its vector.
 */
import type { Elements, Fold } from '../small.ts';
import type { Assembler } from './assembler.ts';
import type { Code, Vector } from './code.ts';
import { bounded, writeElementwise } from './elementwise.ts';

/** One element: a lane of a vector, or both. */
export interface Lane {
  readonly vector: Vector;
  readonly lane: 0 | 1 | 'both';
  /** Its value, where it is written out. */
  readonly number?: number;
}

const folds: Readonly<Record<Fold, 'add' | 'mul' | 'max' | 'min'>> = {
  add: 'add',
  mul: 'mul',
  maximum: 'max',
  minimum: 'min',
};

/** Appends the computation of elements to a function. */
export class LaneElements implements Elements<Lane> {
  readonly #code: Code;
  readonly #assembler: Assembler;
  readonly #packed = new Map<string, Vector>();

  constructor(code: Code, assembler: Assembler) {
    this.#code = code;
    this.#assembler = assembler;
  }

  constant(x: number): Lane {
    return { vector: this.#code.constant(x), lane: 'both', number: x };
  }

  apply(operation: string, operands: readonly (readonly Lane[])[]): Lane[] {
    return this.#pairs(operands[0]!.length, (first, second) => {
      const limit = this.#bounded(operation, operands, first, second);
      if (limit) return limit;
      const given = operands.map((operand) => this.pack(operand[first]!, operand[second]!));
      return writeElementwise(this.#code, this.#assembler, operation, given, first === second ? 1 : 2);
    });
  }

  fold(operation: Fold, start: number, lists: readonly (readonly Lane[])[]): Lane[] {
    const neutral = this.constant(start);
    const made: Lane[] = [];
    for (let i = 0; i < lists.length; i += 2) {
      // Lists side by side are folded together as far as both go.
      const [a, b = a] = [lists[i]!, lists[i + 1]];
      if (a.length === b.length) {
        made.push(...this.#pairs(b === a ? 1 : 2, () => this.#folded(operation, neutral, a, b)));
      } else {
        for (const list of [a, b]) made.push(...this.#pairs(1, () => this.#folded(operation, neutral, list, list)));
      }
    }
    return made;
  }

  /** One vector of two elements. */
  pack(first: Lane, second: Lane): Vector {
    const [a, b] = [first.lane === 'both' ? 0 : first.lane, second.lane === 'both' ? 1 : second.lane];
    if (first.vector === second.vector && a === 0 && b === 1) return first.vector;
    if (first.vector === second.vector && first.lane === 'both') return first.vector;
    const key = `${first.vector.local} ${a} ${second.vector.local} ${b}`;
    let vector = this.#packed.get(key);
    if (vector === undefined) {
      vector = this.#code.shuffle(first.vector, second.vector, a, 2 + b);
      this.#packed.set(key, vector);
    }
    return vector;
  }

  /** Elements from vectors of two; `make` is given the positions of both, the same one twice for the last of an odd many. */
  #pairs(count: number, make: (first: number, second: number) => Vector): Lane[] {
    const lanes: Lane[] = [];
    for (let at = 0; at < count; at += 2) {
      if (at + 1 === count) lanes.push({ vector: make(at, at), lane: 'both' });
      else {
        const vector = make(at, at + 1);
        lanes.push({ vector, lane: 0 }, { vector, lane: 1 });
      }
    }
    return lanes;
  }

  #folded(operation: Fold, start: Lane, a: readonly Lane[], b: readonly Lane[]): Vector {
    return a.reduce(
      (total, lane, k) => this.#code.binary(folds[operation], total, this.pack(lane, b[k]!)),
      start.vector,
    );
  }

  /** A minimum or maximum with a number that is written out. */
  #bounded(
    operation: string,
    operands: readonly (readonly Lane[])[],
    first: number,
    second: number,
  ): Vector | undefined {
    if (operation !== 'minimum' && operation !== 'maximum') return undefined;
    for (const [x, limit] of [operands, [...operands].reverse()]) {
      const [a, b] = [limit![first]!.number, limit![second]!.number];
      if (a === undefined || !Object.is(a, b)) continue;
      const found = bounded(this.#code, operation, this.pack(x![first]!, x![second]!), a);
      if (found) return found;
    }
    return undefined;
  }
}
