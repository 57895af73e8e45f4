/**
 * What generated code is made of: lines of text, and the arrays, kernels and functions they refer to by name.
 */
import type { Kernel, KernelContext } from '../operations/operation.ts';
import { operationOf } from '../operations/registry.ts';
import type { Assembler } from './webassembly/assembler.ts';

/** Where the value of a node is while code is written. */
export type Location =
  | { readonly kind: 'elements'; readonly texts: readonly string[] }
  | { readonly kind: 'buffer'; readonly name: string; readonly offset: string; readonly array: Float64Array };

/** The body of the function being written, and everything it closes over. */
export class Writer {
  readonly lines: string[] = [];
  readonly constants = new Map<string, unknown>();
  #names = 0;
  readonly #known = new Map<unknown, string>();
  #indent = 1;
  /** Where long loops go, if they do not stay JavaScript. */
  readonly assembler: Assembler | undefined;

  /** Makes a plan of a graph that a kernel runs by itself. */
  readonly plan: KernelContext['plan'];

  constructor(plan: KernelContext['plan'], assembler?: Assembler) {
    this.plan = plan;
    this.assembler = assembler;
  }

  /** Zeros: in the memory that both kinds of code share, if there is one. */
  allocate(size: number): Float64Array {
    return this.assembler ? this.assembler.allocate(size) : new Float64Array(size);
  }

  line(text: string): void {
    this.lines.push(`${'  '.repeat(this.#indent)}${text}`);
  }

  open(text: string): void {
    this.line(`${text} {`);
    this.#indent++;
  }

  close(): void {
    this.#indent--;
    this.line('}');
  }

  /** A name not used before. */
  fresh(prefix: string): string {
    this.#names++;
    return `${prefix}${this.#names}`;
  }

  /** The name of something the code closes over; the same thing has one name. */
  refer(prefix: string, value: unknown): string {
    let name = this.#known.get(value);
    if (name === undefined) {
      name = this.fresh(prefix);
      this.#known.set(value, name);
      this.constants.set(name, value);
    }
    return name;
  }

  /** A new variable with this value. */
  bind(expression: string): string {
    const name = this.fresh('v');
    this.line(`const ${name} = ${expression};`);
    return name;
  }

  /** The value of an elementwise operation on these operands, as an expression. */
  apply(operation: string, operands: readonly string[]): string {
    const { scalar, javascript } = operationOf(operation).elementwise!;
    const [a = '0', b = '0', c = '0'] = operands;
    if (javascript) return javascript(a, b, c);
    return `${this.refer('f', scalar)}(${operands.join(', ')})`;
  }

  /** A call of an interpreter's kernel. */
  call(kernel: Kernel, output: Float64Array, inputs: readonly Float64Array[]): void {
    const name = this.refer('k', kernel);
    this.line(`${name}(${this.refer('b', output)}, ${this.refer('a', inputs)});`);
  }
}

/** A number as JavaScript text that gives the same bits back. */
export function literal(x: number): string {
  if (Object.is(x, -0)) return '(-0)';
  return x < 0 ? `(${x})` : String(x);
}

/** `name[offset + index]`, without needless zeros. */
export function element(name: string, offset: string, index: string | number): string {
  if (typeof index === 'number') {
    const fixed = offset === '' ? index : /^\d+$/.test(offset) ? Number(offset) + index : undefined;
    if (fixed !== undefined) return `${name}[${fixed}]`;
    return index === 0 ? `${name}[${offset}]` : `${name}[${offset} + ${index}]`;
  }
  return offset === '' || offset === '0' ? `${name}[${index}]` : `${name}[${offset} + ${index}]`;
}
