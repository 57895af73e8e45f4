/**
 * The bytes of a WebAssembly module: sections, and numbers in LEB128 (WebAssembly core specification, chapter 5).
 */

/** Types of values, as the format writes them. */
export const I32 = 0x7f;
export const F64 = 0x7c;
export const V128 = 0x7b;

/** A function a module imports or defines. */
export interface Signature {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

/** A function defined in a module. */
export interface DefinedFunction {
  readonly name: string;
  readonly signature: Signature;
  /** Types of the locals after the parameters. */
  readonly locals: readonly number[];
  readonly body: readonly number[];
}

/** A function a module calls in its environment. */
export interface ImportedFunction {
  readonly name: string;
  readonly signature: Signature;
}

/** A whole number of 0 or more. 300 → ac 02 */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

/** A 32-bit integer with its sign. −1 → 7f; 64 → c0 00 */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

/** The eight bytes of a double. */
export function double(value: number): number[] {
  return [...new Uint8Array(Float64Array.of(value).buffer)];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function typeOf({ parameters, results }: Signature): number[] {
  return [0x60, ...unsigned(parameters.length), ...parameters, ...unsigned(results.length), ...results];
}

/** A module that imports `env.memory` and functions from `env`, and exports every function it defines. */
export function encodeModule(
  imports: readonly ImportedFunction[],
  functions: readonly DefinedFunction[],
): Uint8Array<ArrayBuffer> {
  const types = [...imports, ...functions].map(({ signature }) => typeOf(signature));
  const memory = [...text('env'), ...text('memory'), 0x02, 0x00, 0x01];
  const bodies = functions.map(({ locals, body }) => {
    const declared = vector(runs(locals));
    return { head: [...unsigned(declared.length + body.length + 1), ...declared], body };
  });
  const count = unsigned(bodies.length);
  const size = bodies.reduce((total, { head, body }) => total + head.length + body.length + 1, count.length);
  const before = [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    section(1, vector(types)),
    section(
      2,
      vector([memory, ...imports.map(({ name }, i) => [...text('env'), ...text(name), 0x00, ...unsigned(i)])]),
    ),
    section(3, vector(functions.map((_, i) => unsigned(imports.length + i)))),
    section(7, vector(functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(imports.length + i)]))),
    [10, ...unsigned(size), ...count],
  ].flat();
  // Code is the most of it: it is copied once.
  const bytes = new Uint8Array(before.length + size - count.length);
  bytes.set(before);
  let at = before.length;
  for (const { head, body } of bodies) {
    bytes.set(head, at);
    bytes.set(body, at + head.length);
    at += head.length + body.length + 1;
    bytes[at - 1] = 0x0b;
  }
  return bytes;
}

/** Locals of one type that follow one another, together: how many, and their type. */
function runs(locals: readonly number[]): number[][] {
  const found: { type: number; count: number }[] = [];
  for (const type of locals) {
    const last = found[found.length - 1];
    if (last?.type === type) last.count++;
    else found.push({ type, count: 1 });
  }
  return found.map(({ type, count }) => [...unsigned(count), type]);
}
