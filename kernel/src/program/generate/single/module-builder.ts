/**
 * One WebAssembly module of a program in single precision: functions that call each other, and two imported ones, for
 * what has no form here.
 */
import type { Kernel } from '../../operations/operation.ts';
import { type DefinedFunction, encodeModule, I32 } from '../webassembly/encoder.ts';
import { type Code, F32, type Vector } from './code.ts';

/** A kernel of the interpreter to be run where the program is: addresses in bytes, sizes in elements. */
export interface ForeignKernel {
  readonly kernel: Kernel;
  readonly output: Place;
  readonly inputs: readonly Place[];
}

export interface Place {
  readonly address: number;
  readonly size: number;
  /** 32-bit integers instead of numbers. */
  readonly integer: boolean;
}

type Scalar = (a: number, b: number, c: number) => number;

const KERNEL = 0;
const SCALAR = 1;
const IMPORTS = [
  { name: 'kernel', signature: { parameters: [I32], results: [] } },
  { name: 'scalar', signature: { parameters: [I32, F32, F32, F32], results: [F32] } },
];

export class ModuleBuilder {
  readonly #functions: DefinedFunction[] = [];
  readonly #shared = new Map<string, number>();
  readonly #kernels: ForeignKernel[] = [];
  readonly #scalars: Scalar[] = [];

  /** Add a function. @returns its index, to be called with */
  define(code: Code): number {
    const at = this.#functions.length;
    this.#functions.push({ name: `f${at}`, signature: code.signature, ...code.finish() });
    return IMPORTS.length + at;
  }

  /** The function of this key, made when first asked for. */
  share(key: string, make: () => Code): number {
    let known = this.#shared.get(key);
    if (known === undefined) {
      known = this.define(make());
      this.#shared.set(key, known);
    }
    return known;
  }

  /** Call a kernel of the interpreter. */
  callKernel(code: Code, kernel: ForeignKernel): void {
    code.integer(this.#kernels.push(kernel) - 1);
    code.call(KERNEL);
  }

  /** Call a function of numbers on each of the first `lanes` lanes. */
  callScalar(code: Code, scalar: Scalar, operands: readonly Vector[], lanes: number): Vector {
    let id = this.#scalars.indexOf(scalar);
    if (id < 0) id = this.#scalars.push(scalar) - 1;
    let result = code.constant(0);
    for (let lane = 0; lane < lanes; lane++) {
      code.get(result.local);
      code.integer(id);
      for (let i = 0; i < 3; i++) {
        code.get((operands[i] ?? operands[0]!).local);
        code.vectorInstruction(0x1f, lane);
      }
      code.call(SCALAR);
      code.vectorInstruction(0x20, lane);
      result = code.bound();
    }
    return result;
  }

  /** Compile. @returns the function of this index, and the size of the module in bytes */
  finish(memory: WebAssembly.Memory, main: number): () => void {
    const module = new WebAssembly.Module(encodeModule(IMPORTS, this.#functions));
    const kernels = this.#kernels;
    const scalars = this.#scalars;
    const { exports } = new WebAssembly.Instance(module, {
      env: {
        memory,
        kernel: (id: number) => runForeign(memory, kernels[id]!),
        scalar: (id: number, a: number, b: number, c: number) => scalars[id]!(a, b, c),
      },
    });
    return exports[`f${main - IMPORTS.length}`] as () => void;
  }
}

/** Kernels of the interpreter work on doubles. */
function runForeign({ buffer }: WebAssembly.Memory, { kernel, output, inputs }: ForeignKernel): void {
  const read = ({ address, size, integer }: Place) =>
    Float64Array.from(integer ? new Int32Array(buffer, address, size) : new Float32Array(buffer, address, size));
  const result = new Float64Array(output.size);
  kernel(result, inputs.map(read));
  new Float32Array(buffer, output.address, output.size).set(result);
}
