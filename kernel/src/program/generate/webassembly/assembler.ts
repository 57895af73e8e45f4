/**
 * One WebAssembly module in the making, and the memory it shares with the JavaScript around it.
 *
 * The memory is as large as the program needs and never grows, so views of it stay valid. Where the engine gives no
 * WebAssembly, or no memory, there is no assembler and everything is JavaScript, with the same bits.
 */
import { operationOf } from '../../operations/registry.ts';
import type { Code } from './code.ts';
import { doubles } from './code.ts';
import { type DefinedFunction, encodeModule, F64, type ImportedFunction } from './encoder.ts';

const PAGE = 65536;
/** Addresses stay within a signed 32-bit integer. */
const LARGEST_MEMORY = 2 ** 31 - PAGE;

/** A compiled module, and what an instance of it needs besides memory. */
export interface Assembled {
  readonly module: WebAssembly.Module;
  /** Names of its functions, all of them called with numbers. */
  readonly functions: readonly string[];
  /** Functions of numbers that it calls. */
  readonly environment: Readonly<Record<string, (...values: number[]) => number>>;
  /** Size of the memory. */
  readonly pages: number;
}

/** The functions of a module, in the order of their names, on this memory. */
export function functionsOf({ module, functions, environment }: Assembled, memory: WebAssembly.Memory): unknown[] {
  const { exports } = new WebAssembly.Instance(module, { env: { memory, ...environment } });
  return functions.map((name) => exports[name]);
}

export class Assembler {
  readonly memory: WebAssembly.Memory;
  readonly #functions: DefinedFunction[] = [];
  readonly #imports: ImportedFunction[] = [];
  readonly #constants = new Map<Float64Array | Int32Array, number>();
  readonly #given = new Set<Float64Array>();
  #next = 0;

  private constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
  }

  /** An assembler with this much memory, or undefined where there is none. */
  static open(bytes: number): Assembler | undefined {
    if (!(bytes <= LARGEST_MEMORY)) return undefined;
    try {
      const pages = Math.ceil(bytes / PAGE) + 1;
      return new Assembler(new WebAssembly.Memory({ initial: pages, maximum: pages }));
    } catch {
      return undefined;
    }
  }

  /** Zeros in the shared memory; outside of it where it is full. */
  allocate(size: number): Float64Array {
    const at = this.#take(8 * size);
    return at === undefined ? new Float64Array(size) : new Float64Array(this.memory.buffer, at, size);
  }

  /** Say that an array never changes, so that a copy may stand for it. */
  declareConstant(array: Float64Array): void {
    this.#given.add(array);
  }

  /** Where an array is in the shared memory, in bytes; constants, whole, and codes are copied there. */
  addressOf(array: Float64Array | Int32Array): number | undefined {
    if (array.buffer === this.memory.buffer) return array.byteOffset;
    if (array instanceof Int32Array) return this.#copyOf(array);
    const whole = this.#wholeOf(array);
    const at = whole === undefined ? undefined : this.#copyOf(whole);
    return at === undefined ? undefined : at + array.byteOffset - whole!.byteOffset;
  }

  /** The constant that an array is, or is a part of. */
  #wholeOf(array: Float64Array): Float64Array | undefined {
    if (this.#given.has(array)) return array;
    const end = array.byteOffset + array.byteLength;
    for (const given of this.#given) {
      const inside = given.byteOffset <= array.byteOffset && end <= given.byteOffset + given.byteLength;
      if (given.buffer === array.buffer && inside) return given;
    }
    return undefined;
  }

  #copyOf(array: Float64Array | Int32Array): number | undefined {
    const known = this.#constants.get(array);
    if (known !== undefined) return known;
    const at = this.#take(array.byteLength);
    if (at === undefined) return undefined;
    if (array instanceof Float64Array) new Float64Array(this.memory.buffer, at, array.length).set(array);
    else new Int32Array(this.memory.buffer, at, array.length).set(array);
    this.#constants.set(array, at);
    return at;
  }

  /** The index of the function of numbers behind an elementwise operation. */
  import(operation: string, arity: number): number {
    const known = this.#imports.findIndex(({ name }) => name === operation);
    if (known >= 0) return known;
    return this.#imports.push({ name: operation, signature: { parameters: doubles(arity), results: [F64] } }) - 1;
  }

  /** Add a function. @returns its name in the finished module */
  define(code: Code): string {
    const name = `w${this.#functions.length}`;
    this.#functions.push({ name, signature: code.signature, ...code.finish() });
    return name;
  }

  /** Constants and codes that were copied into the shared memory, and where to, in bytes. */
  get constants(): ReadonlyMap<Float64Array | Int32Array, number> {
    return this.#constants;
  }

  /** Compile. */
  finish(): Assembled {
    // Functions call imports alone, whose indices come first and do not change.
    const module = new WebAssembly.Module(encodeModule(this.#imports, this.#functions));
    const scalars = this.#imports.map(({ name }) => [name, operationOf(name).elementwise!.scalar] as const);
    const functions = this.#functions.map(({ name }) => name);
    return {
      module,
      functions,
      environment: Object.fromEntries(scalars),
      pages: this.memory.buffer.byteLength / PAGE,
    };
  }

  #take(bytes: number): number | undefined {
    const at = this.#next;
    if (at + bytes > this.memory.buffer.byteLength) return undefined;
    this.#next = at + 16 * Math.ceil(bytes / 16);
    return at;
  }
}
