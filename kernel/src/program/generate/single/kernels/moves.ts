/**
 * Operations that move elements in blocks: along a dimension, and rows by index.
 */
import { around } from '../../../operations/axes.ts';
import { sizeOf } from '../../../shape.ts';
import { I32 } from '../../webassembly/encoder.ts';
import type { Code } from '../code.ts';
import { type KernelWriter, type Operand, pushAddress, type Site } from '../site.ts';
import { eachVector, eachVectors } from './vectors.ts';

/** Blocks of up to so many bytes are copied here: a call for each costs more (50 ns). */
const SHORT = 1024;
/** Vectors that are copied in turn. */
const TOGETHER = 4;

/** Where the first of many blocks is, and how far the next ones are apart. */
interface Blocks {
  readonly operand: Operand;
  readonly offset: number;
  readonly stride: number;
}

/** A local with the address of the first block. */
function firstOf(code: Code, { operand, offset }: Blocks): number {
  const pointer = code.local(I32);
  pushAddress(code, operand);
  code.integer(offset);
  code.raw(0x6a);
  code.set(pointer);
  return pointer;
}

/** Copy `count` blocks of so many bytes. */
function copyBlocks(code: Code, count: number, bytes: number, to: Blocks, from: Blocks): void {
  if (bytes === 0) return;
  const [target, source] = [firstOf(code, to), firstOf(code, from)];
  code.repeat(count, () => {
    const places = [
      { base: source, bytes: 0 },
      { base: target, bytes: 0 },
    ];
    if (bytes > SHORT) code.copyMemory(places[1]!, places[0]!, bytes);
    else {
      eachVectors(code, bytes / 4, TOGETHER, places, (all, lanes) => {
        const loaded = all.map(([read]) => code.load(read!, lanes));
        for (const [i, [, write]] of all.entries()) code.store(write!, loaded[i]!, lanes);
      });
    }
    code.advance(target, to.stride);
    code.advance(source, from.stride);
  });
}

function concatenateAlong({ code, inputs, output }: Site, axis: number): void {
  const { outer, inner } = around(output.shape, axis);
  const stride = 4 * output.shape[axis]! * inner;
  let offset = 0;
  for (const operand of inputs) {
    const bytes = 4 * operand.shape[axis]! * inner;
    copyBlocks(code, outer, bytes, { operand: output, offset, stride }, { operand, offset: 0, stride: bytes });
    offset += bytes;
  }
}

function padAlong({ code, node, inputs, output }: Site, axis: number): void {
  const { outer, inner } = around(output.shape, axis);
  const bytes = 4 * inputs[0]!.shape[axis]! * inner;
  code.clearMemory({ bytes: output.address }, 4 * sizeOf(output.shape));
  const to = { operand: output, offset: 4 * node.attributes.start! * inner, stride: 4 * output.shape[axis]! * inner };
  copyBlocks(code, outer, bytes, to, { operand: inputs[0]!, offset: 0, stride: bytes });
}

export const concatenate: KernelWriter = { write: (site) => concatenateAlong(site, 0) };
export const concatenateAxis: KernelWriter = { write: (site) => concatenateAlong(site, site.node.attributes.axis!) };
export const pad: KernelWriter = { write: (site) => padAlong(site, 0) };
export const padAxis: KernelWriter = { write: (site) => padAlong(site, site.node.attributes.axis!) };

/** For each index, a local with the byte offset of its row; nothing where there is no such row. */
function eachIndex(
  code: Code,
  { address, shape, integer }: Operand,
  rows: number,
  bytes: number,
  body: (offset: number) => void,
  after: () => void,
): void {
  const pointer = code.integerLocal(address);
  const row = code.local(I32);
  code.repeat(sizeOf(shape), () => {
    if (integer) code.loadInteger({ base: pointer, bytes: 0 });
    else {
      code.base({ base: pointer, bytes: 0 });
      code.raw(0x2a, 2, 0, 0xfc, 0x00); // the number, towards 0
    }
    code.set(row);
    code.get(row);
    code.integer(rows);
    code.raw(0x49); // below, as unsigned
    code.when(() => {
      code.get(row);
      code.integer(bytes);
      code.raw(0x6c);
      code.set(row);
      body(row);
    });
    after();
    code.advance(pointer, 4);
  });
}

export const gather: KernelWriter = {
  write({ code, inputs, output }) {
    const [values, codes] = inputs as [Operand, Operand];
    const width = sizeOf(values.shape.slice(1));
    const bytes = 4 * width;
    const to = code.integerLocal(output.address);
    const none = code.constant(Number.NaN);
    const advance = () => code.advance(to, bytes);
    // Rows that are not there are NaN: they are written first.
    const fill = code.integerLocal(output.address);
    code.repeat(sizeOf(codes.shape), () => {
      eachVector(code, width, [{ base: fill, bytes: 0 }], ([at], lanes) => code.store(at!, none, lanes));
      code.advance(fill, bytes);
    });
    const copy = (row: number) => {
      eachVector(
        code,
        width,
        [
          { base: row, bytes: values.address },
          { base: to, bytes: 0 },
        ],
        ([from, out], lanes) => {
          code.store(out!, code.load(from!, lanes), lanes);
        },
      );
    };
    eachIndex(code, codes, values.shape[0]!, bytes, copy, advance);
  },
};

export const scatterAdd: KernelWriter = {
  write({ code, inputs, output }) {
    const [values, codes] = inputs as [Operand, Operand];
    const width = sizeOf(output.shape.slice(1));
    const from = code.integerLocal(values.address);
    code.clearMemory({ bytes: output.address }, 4 * sizeOf(output.shape));
    const add = (row: number) => {
      const pointers = [
        { base: row, bytes: output.address },
        { base: from, bytes: 0 },
      ];
      eachVector(code, width, pointers, ([to, at], lanes) => {
        code.store(to!, code.binary('add', code.load(to!, lanes), code.load(at!, lanes)), lanes);
      });
    };
    eachIndex(code, codes, output.shape[0]!, 4 * width, add, () => code.advance(from, 4 * width));
  },
};
