/**
 * The safetensors format (Hugging Face, format description in the README of huggingface/safetensors, 2022): eight bytes
 * that say how long the header is, the header as JSON (a type, a shape and a place for each tensor, and texts under
 * `__metadata__`), then the tensors' bytes, row-major, little-endian, without gaps.
 */
import { formatShape, sizeOf } from '../../program/shape.ts';

/** One array of a file. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/** What a file holds. */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A longer header is refused, as by the reference implementation. */
const LONGEST_HEADER = 100_000_000;
const METADATA = '__metadata__';

/**
 * A file's bytes. Doubles are written as F64, singles as F32; wider ones first, so that each lies where its width asks.
 *
 * @throws RangeError for a tensor whose shape does not fit its values, or that is called '__metadata__'
 * @example writeFileSync('w.safetensors', encodeSafetensors({ tensors: { w: { shape: [2], values: Float32Array.of(1, 2) } }, metadata: {} }));
 */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array<ArrayBuffer> {
  const width = ({ values }: Tensor) => values.BYTES_PER_ELEMENT;
  const ordered = Object.entries(tensors).sort(([a, x], [b, y]) => width(y) - width(x) || (a < b ? -1 : a > b ? 1 : 0));
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { [METADATA]: metadata } : {};
  let end = 0;
  for (const [name, tensor] of ordered) {
    if (name === METADATA) throw new RangeError(`safetensors: a tensor cannot be called '${METADATA}'; rename it`);
    if (sizeOf(tensor.shape) !== tensor.values.length) {
      throw new RangeError(
        `safetensors: '${name}' has ${tensor.values.length} numbers, its shape ${formatShape(tensor.shape)} says ${sizeOf(tensor.shape)}`,
      );
    }
    const start = end;
    end += tensor.values.byteLength;
    const dtype = tensor.values instanceof Float32Array ? 'F32' : 'F64';
    header[name] = { dtype, shape: tensor.shape, data_offsets: [start, end] };
  }
  const plain = new TextEncoder().encode(JSON.stringify(header));
  const length = 8 * Math.ceil(plain.length / 8); // filled up with spaces: the data begin at a multiple of 8
  const bytes = new Uint8Array(8 + length + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(length), true);
  bytes.set(plain, 8);
  bytes.fill(0x20, 8 + plain.length, 8 + length);
  let at = 8 + length;
  for (const [, { values }] of ordered) {
    const single = values instanceof Float32Array;
    for (let i = 0; i < values.length; i++) {
      if (single) view.setFloat32(at, values[i]!, true);
      else view.setFloat64(at, values[i]!, true);
      at += single ? 4 : 8;
    }
  }
  return bytes;
}

type Reader = (view: DataView, at: number) => number;

/** How numbers of each type are read; whole numbers beyond 2^53 lose their last bits. */
const types: Readonly<Record<string, { readonly bytes: number; readonly read: Reader }>> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => fromHalf(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => fromBrainFloat(view.getUint16(at, true)) },
  I64: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  U64: { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  I32: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  U32: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  I16: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  U16: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  I8: { bytes: 1, read: (view, at) => view.getInt8(at) },
  U8: { bytes: 1, read: (view, at) => view.getUint8(at) },
  BOOL: { bytes: 1, read: (view, at) => view.getUint8(at) },
};

/** IEEE 754 half precision: 0x3c00 → 1, 0x0001 → 2^−24, 0x7c00 → ∞. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a single: 0x3f80 → 1. */
function fromBrainFloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits * 0x10000);
  return view.getFloat32(0);
}

/**
 * What a file's bytes hold. F32, F16 and BF16 become singles, everything else doubles.
 *
 * @param source names the file in errors
 * @throws RangeError for bytes that are no safetensors file, or not a whole one
 * @example decodeSafetensors(readFileSync('w.safetensors')).tensors.w;
 */
export function decodeSafetensors(bytes: Uint8Array, source = 'the file'): TensorFile {
  const fail = (what: string): never => {
    throw new RangeError(`safetensors: ${source} ${what}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) fail(`has ${bytes.length} bytes; a safetensors file has at least 8`);
  const length = Number(view.getBigUint64(0, true));
  if (!(length <= LONGEST_HEADER)) fail('does not begin with the length of a header; it is no safetensors file');
  if (8 + length > bytes.length) {
    fail(`ends in its header (${bytes.length} bytes of ${8 + length}); it is not whole, or no safetensors file`);
  }
  const header = parseHeader(bytes.subarray(8, 8 + length), fail);
  const start = 8 + length;
  const tensors: Record<string, Tensor> = {};
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) {
      metadata = Object.fromEntries(Object.entries(entry as object).map(([key, value]) => [key, String(value)]));
      continue;
    }
    const {
      dtype,
      shape,
      data_offsets: offsets,
    } = entry as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
    const type = typeof dtype === 'string' && Object.hasOwn(types, dtype) ? types[dtype] : undefined;
    if (!type) return fail(`has '${name}' of type ${String(dtype)}; read are ${Object.keys(types).join(', ')}`);
    if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
      return fail(`has no shape and place for '${name}' in its header`);
    }
    const [from, to] = offsets as [number, number];
    const size = sizeOf(shape);
    if (to - from !== size * type.bytes) {
      fail(
        `gives '${name}' ${to - from} bytes, and its shape ${formatShape(shape)} of ${String(dtype)} ${size * type.bytes}`,
      );
    }
    if (start + to > bytes.length) fail(`ends before '${name}' does: it is not whole`);
    const single = dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';
    const values = new (single ? Float32Array : Float64Array)(size);
    for (let i = 0; i < size; i++) values[i] = type.read(view, start + from + i * type.bytes);
    tensors[name] = { shape, values };
  }
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array, fail: (what: string) => never): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) {
      if (Object.values(header).every((entry) => typeof entry === 'object' && entry !== null)) {
        return header as Record<string, unknown>;
      }
    }
  } catch {
    // said below
  }
  return fail('has a header that cannot be read; it is damaged, or no safetensors file');
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
