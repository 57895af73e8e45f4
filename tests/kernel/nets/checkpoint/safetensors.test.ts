/**
 * The safetensors format, held to files of Python's safetensors 0.8.0 (`safetensors_file.py` beside this file): read
 * number by number, and written byte by byte.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '#kernel/nets/checkpoint/safetensors';

const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(`./${name}.safetensors`, import.meta.url)));
const wave = (size: number, phase = 0) => Array.from({ length: size }, (_, i) => Math.sin(i + phase));
const single = (shape: number[], values: number[]): Tensor => ({ shape, values: Float32Array.from(values) });

/** What `safetensors_file.py` puts into plain.safetensors. */
const plain: Readonly<Record<string, Tensor>> = {
  '0.weight': single([3, 2], wave(6)),
  '0.bias': single([3], wave(3, 1)),
  double: { shape: [2, 2], values: Float64Array.from(wave(4)) },
  scalar: single([], [0.5]),
  empty: single([0, 4], []),
  größe: single([1], wave(1, 2)),
};

describe("a file of Python's", () => {
  it('is read', () => {
    const { tensors, metadata } = decodeSafetensors(bytesOf('plain'));
    expect(metadata).toEqual({ note: 'from Python' });
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(plain).sort());
    for (const [name, { shape, values }] of Object.entries(plain)) {
      expect(tensors[name]!.shape).toEqual(shape);
      expect(tensors[name]!.values).toBeInstanceOf(values.constructor);
      values.forEach((value, i) => {
        expect(tensors[name]!.values[i]).toBeCloseTo(value, 15 - (values instanceof Float32Array ? 8 : 0));
      });
    }
  });
  it('is written, to the byte: what ours writes, Python reads', () => {
    const read = decodeSafetensors(bytesOf('plain'));
    expect(encodeSafetensors(read)).toEqual(bytesOf('plain'));
  });
  it('may hold whole numbers, halves and truths', () => {
    const { tensors } = decodeSafetensors(bytesOf('types'));
    const read = Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, [...values]]));
    expect(read).toEqual({
      half: [0, -0, 1, -2.5, 2 ** -24, 65504, Number.POSITIVE_INFINITY],
      brain: [1, -3.140625, Math.fround(1.0002555517425873e30)],
      int64: [-1, 2 ** 40],
      int32: [-7, 7],
      int16: [-300, 300],
      int8: [-3, 3],
      byte: [0, 255],
      truth: [1, 0],
    });
  });
});

describe('written and read again', () => {
  it('nothing changes', () => {
    const file = { tensors: plain, metadata: { a: '1', ö: '"quoted"\n' } };
    const read = decodeSafetensors(encodeSafetensors(file));
    expect(read.metadata).toEqual(file.metadata);
    for (const [name, tensor] of Object.entries(plain)) expect(read.tensors[name]).toEqual(tensor);
  });
  it('NaN and infinities stay', () => {
    const odd = { shape: [3], values: Float64Array.of(Number.NaN, Number.NEGATIVE_INFINITY, -0) };
    const { tensors } = decodeSafetensors(encodeSafetensors({ tensors: { odd }, metadata: {} }));
    expect([...tensors.odd!.values]).toEqual([Number.NaN, Number.NEGATIVE_INFINITY, -0]);
  });
  it('the data begin at a multiple of eight, doubles first', () => {
    const bytes = encodeSafetensors({ tensors: plain, metadata: {} });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(header.double.data_offsets).toEqual([0, 32]);
    expect(header).not.toHaveProperty('__metadata__');
  });
  it('a part of a larger buffer can be read', () => {
    const whole = bytesOf('plain');
    const larger = new Uint8Array(whole.length + 5);
    larger.set(whole, 5);
    expect(decodeSafetensors(larger.subarray(5)).tensors.scalar!.values[0]).toBe(0.5);
  });
});

describe('what is no whole file is refused', () => {
  const file = bytesOf('plain');
  const withHeader = (header: string, data = 0) => {
    const text = new TextEncoder().encode(header);
    const bytes = new Uint8Array(8 + text.length + data);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    return bytes;
  };
  const entry = (dtype: string, shape: unknown, offsets: unknown) =>
    JSON.stringify({ w: { dtype, shape, data_offsets: offsets } });
  it.each([
    ['of seven bytes', file.subarray(0, 7), 'has 7 bytes'],
    ['cut in its header', file.subarray(0, 60), 'ends in its header (60 bytes of'],
    ['cut in its data', file.subarray(0, file.length - 4), 'does: it is not whole'],
    ['of text', new TextEncoder().encode('<!doctype html><p>Not found'), 'it is no safetensors file'],
    ['with a header that is no JSON', withHeader('{"w": '), 'has a header that cannot be read'],
    ['with a list for a header', withHeader('[1]'), 'has a header that cannot be read'],
    ['with a number for a tensor', withHeader('{"w": 1}'), 'has a header that cannot be read'],
    ['with a type unknown', withHeader(entry('F8', [1], [0, 1]), 1), "has 'w' of type F8; read are F64, F32"],
    ['without a shape', withHeader(entry('F32', null, [0, 4]), 4), "has no shape and place for 'w'"],
    ['with a place before the data', withHeader(entry('F32', [1], [-4, 0]), 4), "has no shape and place for 'w'"],
    ['with a place of another size', withHeader(entry('F32', [2], [0, 4]), 4), "gives 'w' 4 bytes, and its shape"],
    ['with a place behind the end', withHeader(entry('F32', [1], [8, 12]), 4), "ends before 'w' does"],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, 'w.safetensors')).toThrow(RangeError);
    expect(() => decodeSafetensors(bytes, 'w.safetensors')).toThrow(`safetensors: w.safetensors`);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });
  it('a name that is taken, and a shape that does not fit, are not written', () => {
    const tensor = single([2], [1, 2]);
    expect(() => encodeSafetensors({ tensors: { __metadata__: tensor }, metadata: {} })).toThrow('cannot be called');
    expect(() => encodeSafetensors({ tensors: { w: { ...tensor, shape: [3] } }, metadata: {} })).toThrow(
      "'w' has 2 numbers, its shape [3] says 3",
    );
  });
});
