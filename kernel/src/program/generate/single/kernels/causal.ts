/**
 * Attention that never looks ahead, in the blocks and the order of `operations/causal.ts`: of each matrix of weights
 * what lies above the blocks of the diagonal is neither computed nor read.
 */
import { type CausalBlock, causalBlocks, causalSizes } from '../../../operations/causal.ts';
import { sizeOf } from '../../../shape.ts';
import { weight } from '../../../single/functions.ts';
import { I32 } from '../../webassembly/encoder.ts';
import { type MatrixProduct, scratchSize, writeMatrixProduct } from '../../webassembly/matrix-product.ts';
import { type Address, Code, type Vector } from '../code.ts';
import type { KernelWriter, Site } from '../site.ts';
import { vectorLanes } from '../vector-lanes.ts';
import { eachVector, eachVectors, type Lanes, spreadFirst } from './vectors.ts';

/** Vectors whose exponentials are computed in turn. */
const TOGETHER = 4;

/** The product of one block of rows, and where it begins in its operands and in the result, in elements. */
interface Part {
  readonly product: Omit<MatrixProduct, 'fused' | 'scratch'>;
  readonly starts: readonly [left: number, right: number, result: number];
}

function partsOf(node: Site['node'], shapes: readonly (readonly number[])[]): Part[] {
  const { steps, width } = causalSizes(shapes);
  const { lower, transposeLeft = false } = node.attributes;
  const precision = 'single' as const;
  return causalBlocks(steps).map(({ from, to }): Part => {
    const m = to - from;
    if (lower === 'result') {
      const product = { m, k: width, n: to, left: [width, 1], right: [1, width], precision, across: steps } as const;
      return { product, starts: [from * width, 0, from * steps] };
    }
    const right = [width, 1] as const;
    if (transposeLeft) {
      const product = { m, k: steps - from, n: width, left: [1, steps], right, precision } as const;
      return { product, starts: [from * steps + from, from * width, from * width] };
    }
    return {
      product: { m, k: to, n: width, left: [steps, 1], right, precision },
      starts: [from * steps, 0, from * width],
    };
  });
}

export const causalMatmul: KernelWriter = {
  scratch: (node, shapes) => Math.max(0, ...partsOf(node, shapes).map(({ product }) => scratchSize(product))),
  write({ module, code, node, inputs, output, scratch, fused }) {
    const shapes = inputs.map(({ shape }) => shape);
    const parts = partsOf(node, shapes).map(({ product, starts }) => {
      const { m, k, n, left, right, across } = product;
      const key = `product ${m} ${k} ${n} ${left} ${right} across ${across}`;
      const index = module.share(key, () => {
        const body = new Code([I32, I32, I32]);
        writeMatrixProduct(body, { ...product, fused, scratch });
        return body;
      });
      return { index, starts };
    });
    const pointers = [...inputs, output].map(({ address, shape }) => ({
      local: code.integerLocal(address),
      bytes: 4 * sizeOf(shape.slice(-2)),
    }));
    const result = pointers[2]!;
    code.repeat(causalSizes(shapes).pairs, () => {
      if (node.attributes.lower === 'result') code.clearMemory({ base: result.local, bytes: 0 }, result.bytes);
      for (const { index, starts } of parts) {
        for (const [i, { local }] of pointers.entries()) {
          code.get(local);
          code.integer(4 * starts[i]!);
          code.raw(0x6a);
        }
        code.call(index);
      }
      for (const { local, bytes } of pointers) code.advance(local, bytes);
    });
  },
};

/** A row of a block: addresses of its beginning in each operand, the result last. */
interface Row {
  readonly code: Code;
  readonly block: CausalBlock;
  readonly places: readonly Address[];
  /** The step's number in all lanes. */
  readonly step: Vector;
}

/** What stands at the same columns of each operand; the mask is set where the row sees them, undefined for all. */
type Piece = { readonly at: readonly Address[]; readonly mask: Vector | undefined; readonly lanes: Lanes };

/** `body` for each row of each block of each matrix. */
function eachRow({ code, inputs, output }: Site, body: (row: Row) => void): void {
  const size = output.shape[output.shape.length - 1]!;
  const pointers = [...inputs, output].map(({ address }) => code.integerLocal(address));
  const places = pointers.map((base) => ({ base, bytes: 0 }));
  const zero = code.constant(0);
  code.repeat(size === 0 ? 0 : sizeOf(output.shape) / (size * size), () => {
    for (const block of causalBlocks(size)) {
      const step = code.copy(code.constant(block.from));
      code.repeat(block.to - block.from, () => {
        body({ code, block, places, step });
        const after = places.map(({ base }) => ({ base, bytes: 4 * block.to }));
        eachVector(code, size - block.to, after.slice(-1), ([at], lanes) => code.store(at!, zero, lanes));
        for (const pointer of pointers) code.advance(pointer, 4 * size);
        code.assign(step, code.binary('add', step, code.constant(1)));
      });
    }
  });
}

/** The row's vectors: those before the block are seen whole, those of the block up to the diagonal. */
function eachPiece({ code, block, places, step }: Row, body: (pieces: readonly Piece[]) => void): void {
  const { from, to } = block;
  eachVectors(code, from, TOGETHER, places, (all, lanes) => body(all.map((at) => ({ at, mask: undefined, lanes }))));
  for (let column = from; column < to; column += 4 * TOGETHER) {
    const pieces: Piece[] = [];
    for (let first = column; first < Math.min(to, column + 4 * TOGETHER); first += 4) {
      const numbers = Float32Array.from({ length: 4 }, (_, i) => first + i);
      const mask = code.binary('le', code.bits([...new Uint8Array(numbers.buffer)]), step);
      const at = places.map(({ base, bytes }) => ({ base, bytes: bytes + 4 * first }));
      pieces.push({ at, mask, lanes: Math.min(4, to - first) as Lanes });
    }
    body(pieces);
  }
}

function kept(code: Code, { mask }: Piece, value: Vector, filler: Vector): Vector {
  return mask === undefined ? value : code.select(mask, value, filler);
}

export const causalSoftmax: KernelWriter = {
  write(site) {
    const { code, fused } = site;
    const [zero, least] = [code.constant(0), code.constant(-Infinity)];
    const lanesOf = vectorLanes(code, fused);
    eachRow(site, (row) => {
      const top = code.copy(least);
      eachPiece(row, (pieces) => {
        for (const piece of pieces) {
          code.assign(top, code.binary('greater', top, kept(code, piece, code.load(piece.at[0]!), least)));
        }
      });
      const pairs = code.binary('greater', top, code.shuffle(top, top, [2, 3, 0, 1]));
      const largest = code.binary('greater', pairs, code.shuffle(pairs, pairs, [1, 0, 3, 2]));
      const sum = code.copy(zero);
      eachPiece(row, (pieces) => {
        const loaded = pieces.map(({ at }) => code.load(at[0]!));
        const powers = weight(lanesOf, lanesOf.sub(loaded, [largest]));
        for (const [i, piece] of pieces.entries()) {
          const power = kept(code, piece, powers[i]!, zero);
          code.store(piece.at[1]!, power, piece.lanes);
          code.assign(sum, code.binary('add', sum, power));
        }
      });
      const scale = spreadFirst(code, code.binary('div', code.constant(1), code.total(sum)));
      eachPiece(row, (pieces) => {
        for (const piece of pieces) {
          const scaled = code.binary('mul', code.load(piece.at[1]!), scale);
          code.store(piece.at[1]!, kept(code, piece, scaled, zero), piece.lanes);
        }
      });
    });
  },
};

export const causalSoftmaxSlope: KernelWriter = {
  write(site) {
    const { code } = site;
    const zero = code.constant(0);
    eachRow(site, (row) => {
      const sum = code.copy(zero);
      eachPiece(row, (pieces) => {
        for (const piece of pieces) {
          const product = code.binary('mul', code.load(piece.at[0]!), code.load(piece.at[1]!));
          code.assign(sum, code.binary('add', sum, kept(code, piece, product, zero)));
        }
      });
      const along = spreadFirst(code, code.total(sum));
      eachPiece(row, (pieces) => {
        for (const piece of pieces) {
          const [y, g] = piece.at.map((at) => code.load(at));
          const slope = code.binary('mul', y!, code.binary('sub', g!, along));
          code.store(piece.at[2]!, kept(code, piece, slope, zero), piece.lanes);
        }
      });
    });
  },
};
