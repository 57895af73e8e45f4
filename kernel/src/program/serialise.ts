/**
 * A program as bytes and back: its graph, data included. What comes back is checked node by node and compiled by our
 * own compiler, so bytes from elsewhere never run; the values are the same bits in a worker, in another process, on
 * another engine.
 *
 * Layout, little-endian: "ESTM", version (u32), length of the text (u32), 0 (u32), the graph as JSON in UTF-8 padded
 * with spaces to a multiple of 8, then all arrays as f64. In the text an array is `{ "f64": [start, length] }`.
 */
import { Program } from './compile.ts';
import type { BackEnd } from './generate/plan.ts';
import type { Attributes, Graph, GraphNode } from './node.ts';
import { operationOf } from './operations/registry.ts';
import { formatShape, sameShape, sizeOf } from './shape.ts';

const MAGIC = 0x4d545345; // "ESTM"
const VERSION = 1;
const HEADER = 16;

/**
 * A program as bytes that can be stored or sent.
 *
 * @example writeFileSync('model.bin', serialise(program));
 */
export function serialise({ graph }: Program): Uint8Array {
  const arrays: Float64Array[] = [];
  let total = 0;
  const text = JSON.stringify(graph, (_, value: unknown) => {
    if (value instanceof Float64Array) {
      arrays.push(value);
      total += value.length;
      return { f64: [total - value.length, value.length] };
    }
    // JSON has no −0, NaN or ∞.
    return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? { number: Object.is(value, -0) ? '-0' : String(value) }
      : value;
  });
  const encoded = new TextEncoder().encode(text);
  const start = HEADER + 8 * Math.ceil(encoded.length / 8);
  const bytes = new Uint8Array(start + 8 * total).fill(0x20, HEADER, start);
  const view = new DataView(bytes.buffer);
  [MAGIC, VERSION, start - HEADER, 0].forEach((word, i) => {
    view.setUint32(4 * i, word, true);
  });
  bytes.set(encoded, HEADER);
  const numbers = new Float64Array(bytes.buffer, start);
  let at = 0;
  for (const array of arrays) {
    numbers.set(array, at);
    at += array.length;
  }
  return bytes;
}

/**
 * The program that was serialised.
 *
 * @param backEnd one of them, where not the rule is to decide
 * @throws RangeError for bytes that are no program, are cut short, or hold a graph that does not fit together
 * @example const program = deserialise(readFileSync('model.bin'));
 */
export function deserialise(bytes: Uint8Array, backEnd?: BackEnd): Program {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || view.getUint32(0, true) !== MAGIC) {
    throw new RangeError(`deserialise: these ${bytes.length} bytes are no program; give what serialise(program) gave`);
  }
  const version = view.getUint32(4, true);
  if (version !== VERSION) {
    throw new RangeError(`deserialise: the program has version ${version}, this library reads ${VERSION}; update it`);
  }
  const start = HEADER + view.getUint32(8, true);
  if (!(start <= bytes.length && (bytes.length - start) % 8 === 0)) throw cut();
  const numbers = new Float64Array(new Uint8Array(bytes.subarray(start)).buffer); // a copy: `slice` of a Buffer is none
  const revive = (_: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if ('number' in value) return Number(value.number);
    if (!('f64' in value)) return value;
    const [from, length] = value.f64 as [number, number];
    if (
      !(
        Number.isInteger(from) &&
        Number.isInteger(length) &&
        from >= 0 &&
        length >= 0 &&
        from + length <= numbers.length
      )
    ) {
      throw cut();
    }
    return numbers.slice(from, from + length);
  };
  const graph = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER, start)), revive) as Graph;
  check(graph);
  return new Program(graph, backEnd);
}

function cut(): RangeError {
  return new RangeError('deserialise: the bytes are cut short or damaged; write and read them whole, as binary');
}

/** Every node stands after its inputs, and has the shape its operation gives. */
function check({ nodes, inputs, outputs }: Graph): void {
  if (![nodes, inputs, outputs].every(Array.isArray)) throw cut();
  nodes.forEach((node, at) => {
    const refuse = (what: string) => new RangeError(`deserialise: node ${at} (${String(node.operation)}) ${what}`);
    const { operation, attributes, shape } = node;
    if (!Array.isArray(shape) || !shape.every((n) => Number.isInteger(n) && n >= 0)) throw refuse('has no shape');
    if (!node.inputs.every((input) => Number.isInteger(input) && input >= 0 && input < at)) {
      throw refuse('reads what is not there before it');
    }
    if (attributes.body) check(attributes.body);
    if (operation === 'input') return;
    const found = operation === 'constant' ? shapeOfConstant(attributes, shape) : shapeOf(nodes, node);
    if (found === undefined || !sameShape(found, shape)) throw refuse(`has not the shape ${formatShape(shape)}`);
  });
  const known = (at: number) => Number.isInteger(at) && at >= 0 && at < nodes.length;
  const given = inputs.every(({ node, shape }) => known(node) && sameShape(nodes[node]!.shape, shape));
  if (!given || !outputs.every(known)) throw cut();
}

function shapeOfConstant({ value }: Attributes, shape: readonly number[]): readonly number[] | undefined {
  return value instanceof Float64Array && value.length === sizeOf(shape) ? shape : undefined;
}

function shapeOf(nodes: readonly GraphNode[], { operation, inputs, attributes }: GraphNode): readonly number[] {
  const { arity, shape } = operationOf(operation);
  if (arity !== Number.POSITIVE_INFINITY && arity !== inputs.length) throw cut();
  return shape(
    inputs.map((input) => nodes[input]!.shape),
    attributes,
  );
}
