/**
 * Convolutions, directly: a tile of results stays in registers while channels, rows and columns of the filters run by,
 * in the order of `operations/convolution.ts`.
 */

import type { GraphNode } from '../../../node.ts';
import { type ConvolutionForm, convolutionForm } from '../../../operations/convolution.ts';
import type { Shape } from '../../../types.ts';
import { I32, unsigned, V128 } from '../../webassembly/encoder.ts';
import { type Address, Code, type Vector } from '../code.ts';
import type { KernelWriter, Site } from '../site.ts';
import { columnBytes, copyPlanes, isPlain, type PlaneLayout, planeBytes, rowLength } from './planes.ts';
import type { Lanes } from './vectors.ts';

/** The most outputs in a tile. With two vectors each the sums, a row and products fit the registers. */
const MOST_OUTPUTS = { rounded: 5, fused: 6 } as const;
/** The most columns of a filter, and the most sums, of a tile of the filter's gradient. */
const MOST_COLUMNS = 5;
const MOST_SUMS = 10;
/** Loads may go so many bytes beyond a plane. */
const SLACK = 64;

/** A part of a tile: so many rows down, and which vector of the row. */
interface Cell {
  readonly down: number;
  readonly vector: number;
  readonly lanes: Lanes;
}

/** What a tile must know: a convolution without groups over planes that are laid out. */
interface Pass {
  readonly planes: PlaneLayout;
  readonly channels: number;
  readonly outputs: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly result: readonly [number, number];
}

/** The plane layout of what a convolution reads: the image itself, or its columns sorted by the stride. */
function readLayout({ height, width, stride }: ConvolutionForm): PlaneLayout {
  const phases = stride[1];
  return { height, width, rows: height, columns: width, spread: [1, 1], start: [0, 0], phases };
}

/** The plane layout of cotangents on their way back: as far apart as the stride, with the filter's room around. */
function spreadLayout({ height, width, kernel, stride, dilation, result }: ConvolutionForm): PlaneLayout {
  const room = [dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)] as const;
  return {
    height: result[0],
    width: result[1],
    rows: height + room[0],
    columns: width + room[1],
    spread: stride,
    start: room,
    phases: 1,
  };
}

/** Parts of nearly equal size, none larger than `most`, the larger ones first. 16 by 6 → 6, 5, 5 */
function shared(count: number, most: number): { readonly size: number; readonly times: number }[] {
  const parts = Math.ceil(count / most);
  const size = Math.floor(count / parts);
  const larger = count - size * parts;
  return [
    { size: size + 1, times: larger },
    { size, times: parts - larger },
  ].filter(({ times }) => times > 0);
}

/** Each sum grows by a times its own b, fused where that is allowed; else two products come before they are added. */
function multiplyAdd(code: Code, fused: boolean, sums: readonly number[], a: Vector, b: readonly number[]): void {
  for (let i = 0; i < sums.length; i += 2) {
    const pair = sums.slice(i, i + 2).map((local, j) => ({ sum: { local }, factor: { local: b[i + j]! } }));
    if (fused) for (const { sum, factor } of pair) code.assign(sum, code.multiplyAdd(a, factor, sum));
    else {
      const products = pair.map(({ factor }) => code.binary('mul', a, factor));
      for (const [j, { sum }] of pair.entries()) code.assign(sum, code.binary('add', sum, products[j]!));
    }
  }
}

/** The function of a tile: addresses of the first pixel, the first filter and the first result. */
function tileFunction({ module, fused }: Site, pass: Pass, outputs: number, cells: readonly Cell[]): number {
  const { planes, channels, kernel, stride, dilation, result } = pass;
  const key = `convolution ${JSON.stringify([pass, outputs, cells])}`;
  return module.share(key, () => {
    const code = new Code([I32, I32, I32]);
    const [pixel, filter, out] = [0, 1, 2];
    const row = 4 * rowLength(planes);
    const each = 4 * channels * kernel[0] * kernel[1];
    const sums = Array.from({ length: outputs * cells.length }, () => code.copy(code.constant(0)).local);
    const loaded = cells.map(() => code.local(V128));
    const weight = code.local(V128);
    code.repeat(channels, () => {
      code.repeat(kernel[0], () => {
        for (let j = 0; j < kernel[1]; j++) {
          cells.forEach(({ down, vector }, i) => {
            const bytes = down * stride[0] * row + 16 * vector + columnBytes(planes, j * dilation[1]);
            code.assign({ local: loaded[i]! }, code.load({ base: pixel, bytes }, 4));
          });
          for (let o = 0; o < outputs; o++) {
            code.assign({ local: weight }, code.loadSpread({ base: filter, bytes: o * each + 4 * j }));
            const own = sums.slice(o * cells.length, (o + 1) * cells.length);
            multiplyAdd(code, fused, own, { local: weight }, loaded);
          }
        }
        code.advance(pixel!, dilation[0] * row);
        code.advance(filter!, 4 * kernel[1]);
      });
      code.advance(pixel!, planeBytes(planes) - kernel[0] * dilation[0] * row);
    });
    for (let o = 0; o < outputs; o++) {
      cells.forEach(({ down, vector, lanes }, i) => {
        const bytes = 4 * (o * result[0] * result[1] + down * result[1]) + 16 * vector;
        code.store({ base: out, bytes }, { local: sums[o * cells.length + i]! }, lanes);
      });
    }
    return code;
  });
}

/** All results of one image, from planes that are laid out. Addresses are locals or fixed. */
function writePass(site: Site, pass: Pass, image: Address, filter: Address, result: Address): void {
  const { code } = site;
  const { outputs, channels, kernel } = pass;
  const [filterPointer, resultPointer] = [code.integerLocal(0), code.integerLocal(0)];
  code.sum(filterPointer, filter.base, filter.bytes);
  code.sum(resultPointer, result.base, result.bytes);
  const tiles = (count: number) => {
    writeRows(site, pass, count, image, filterPointer, resultPointer);
    code.advance(filterPointer, 4 * count * channels * kernel[0] * kernel[1]);
    code.advance(resultPointer, 4 * count * pass.result[0] * pass.result[1]);
  };
  const most = MOST_OUTPUTS[site.fused ? 'fused' : 'rounded'];
  for (const { size, times } of shared(outputs, most)) code.repeat(times, () => tiles(size));
}

/** All results of some outputs. */
function writeRows(site: Site, pass: Pass, outputs: number, image: Address, filter: number, result: number): void {
  const { code } = site;
  const [height, width] = pass.result;
  const row = 4 * rowLength(pass.planes) * pass.stride[0];
  const vectors = Math.ceil(width / 4);
  const lanesOf = (vector: number) => (vector === vectors - 1 && width % 4 > 0 ? width % 4 : 4) as Lanes;
  const cell = (down: number, vector: number): Cell => ({ down, vector, lanes: lanesOf(vector) });
  /** A column of tiles, `down` rows each, and what is left below. */
  const column = (down: number, cellsAt: (rows: number) => readonly Cell[]) => {
    const [from, to] = [code.integerLocal(0), code.integerLocal(0)];
    code.sum(from, image.base, image.bytes);
    code.sum(to, result, 0);
    const call = (rows: number) => {
      const tile = tileFunction(site, pass, outputs, cellsAt(rows));
      for (const local of [from, filter, to]) code.get(local);
      code.call(tile);
    };
    code.repeat(Math.floor(height / down), () => {
      call(down);
      code.advance(from, down * row);
      code.advance(to, 4 * down * width);
    });
    if (height % down > 0) call(height % down);
  };
  for (let v = 0; v + 1 < vectors; v += 2) column(1, () => [cell(0, v), cell(0, v + 1)]);
  if (vectors % 2 === 1) {
    const last = vectors - 1;
    column(2, (rows) => Array.from({ length: rows }, (_, down) => cell(down, last)));
  }
}

/** For each image of the batch and each group of channels. */
function eachGroup(
  { code }: Site,
  { batch, groups }: ConvolutionForm,
  perGroup: readonly { readonly local: number; readonly bytes: number }[],
  body: (group: number) => void,
): void {
  code.repeat(batch, () => {
    for (let group = 0; group < groups; group++) {
      body(group);
      for (const { local, bytes } of perGroup) code.advance(local, bytes);
    }
  });
}

function formOf({ attributes }: GraphNode, image: Shape, filter: Shape): ConvolutionForm {
  return convolutionForm(image, filter, attributes);
}

function filterSize({ outputs, channels, kernel }: ConvolutionForm): number {
  return outputs * channels * kernel[0] * kernel[1];
}

export const convolution: KernelWriter = {
  scratch(node, [image, filter]) {
    const form = formOf(node, image!, filter!);
    const planes = readLayout(form);
    return isPlain(planes) ? 0 : form.channels * planeBytes(planes) + SLACK;
  },
  write(site) {
    const { code, node, inputs, output, scratch } = site;
    const [image, filter] = inputs;
    const form = formOf(node, image!.shape, filter!.shape);
    const { channels, outputs, height, width, result } = form;
    const planes = readLayout(form);
    const from = code.integerLocal(image!.address);
    const to = code.integerLocal(output.address);
    const moving = [
      { local: from, bytes: 4 * channels * height * width },
      { local: to, bytes: 4 * outputs * result[0] * result[1] },
    ];
    eachGroup(site, form, moving, (group) => {
      const plain = isPlain(planes);
      if (!plain) copyPlanes(code, planes, channels, { base: from, bytes: 0 }, { bytes: scratch });
      const weights = { bytes: filter!.address + 4 * group * filterSize(form) };
      writePass(site, { ...form, planes }, plain ? { base: from, bytes: 0 } : { bytes: scratch }, weights, {
        base: to,
        bytes: 0,
      });
    });
  },
};

/** Filters turned around, channels and outputs exchanged: those of the way back. */
function turnFilters(code: Code, { channels, outputs, kernel }: ConvolutionForm, from: number, to: number): void {
  const size = kernel[0] * kernel[1];
  const target = code.integerLocal(to);
  const source = code.integerLocal(from);
  code.repeat(channels, () => {
    code.repeat(outputs, () => {
      for (let part = 0; part < size; part++) {
        code.get(target);
        code.get(source);
        code.raw(0x28, 2, ...unsigned(4 * (size - 1 - part)), 0x36, 2, ...unsigned(4 * part));
      }
      code.advance(target, 4 * size);
      code.advance(source, 4 * size * channels);
    });
    code.advance(source, 4 * size * (1 - outputs * channels));
  });
}

export const convolutionInput: KernelWriter = {
  scratch(node, [, filter]) {
    const form = formOf(node, node.shape, filter!);
    return form.outputs * planeBytes(spreadLayout(form)) + SLACK + 4 * form.groups * filterSize(form);
  },
  write(site) {
    const { code, node, inputs, output, scratch } = site;
    const [cotangent, filter] = inputs;
    const form = formOf(node, output.shape, filter!.shape);
    const { channels, outputs, groups, height, width, result, kernel, dilation } = form;
    const planes = spreadLayout(form);
    const weights = scratch + outputs * planeBytes(planes) + SLACK;
    for (let group = 0; group < groups; group++) {
      const offset = 4 * group * filterSize(form);
      turnFilters(code, form, filter!.address + offset, weights + offset);
    }
    code.clearMemory({ bytes: scratch }, outputs * planeBytes(planes));
    const from = code.integerLocal(cotangent!.address);
    const to = code.integerLocal(output.address);
    const moving = [
      { local: from, bytes: 4 * outputs * result[0] * result[1] },
      { local: to, bytes: 4 * channels * height * width },
    ];
    const pass: Pass = {
      planes,
      channels: outputs,
      outputs: channels,
      kernel,
      stride: [1, 1],
      dilation,
      result: [height, width],
    };
    eachGroup(site, form, moving, (group) => {
      copyPlanes(code, planes, outputs, { base: from, bytes: 0 }, { bytes: scratch });
      const turned = { bytes: weights + 4 * group * filterSize(form) };
      writePass(site, pass, { bytes: scratch }, turned, { base: to, bytes: 0 });
    });
  },
};

/** The function that adds one image's part to the sums of some outputs and columns of the filters. */
function filterTile(
  { module, fused }: Site,
  form: ConvolutionForm,
  planes: PlaneLayout,
  outputs: number,
  first: number,
  columns: number,
): number {
  const { channels, kernel, stride, dilation, result } = form;
  const columnsAt = Array.from({ length: columns }, (_, j) => columnBytes(planes, (first + j) * dilation[1]));
  const key = `convolution filter ${JSON.stringify([form, planes, outputs, columns, columnsAt])}`;
  return module.share(key, () => {
    const code = new Code([I32, I32, I32]);
    const [cotangent, pixel, sumsAt] = [0, 1, 2] as const;
    const each = 16 * channels * kernel[0] * kernel[1];
    const place = (o: number, j: number): Address => ({ base: sumsAt, bytes: o * each + 16 * j });
    const sums = Array.from({ length: outputs }, (_, o) =>
      Array.from({ length: columns }, (_, j) => code.copy(code.load(place(o, j), 4)).local),
    );
    const step = (bytes: number, lanes: Lanes) => {
      const slopes = Array.from({ length: outputs }, (_, o) => {
        return code.load({ base: cotangent, bytes: bytes + 4 * o * result[0] * result[1] }, lanes).local;
      });
      for (let j = 0; j < columns; j++) {
        const x = code.load({ base: pixel, bytes: bytes + columnsAt[j]! }, lanes);
        const own = sums.map((list) => list[j]!);
        multiplyAdd(code, fused, own, x, slopes);
      }
    };
    const vectors = Math.floor(result[1] / 4);
    code.repeat(result[0], () => {
      let rest = 0;
      if (vectors <= 8) {
        for (let v = 0; v < vectors; v++) step(16 * v, 4);
        rest = 16 * vectors;
      } else {
        code.repeat(vectors, () => {
          step(0, 4);
          code.advance(cotangent, 16);
          code.advance(pixel, 16);
        });
      }
      if (result[1] % 4 > 0) step(rest, (result[1] % 4) as Lanes);
      const moved = vectors <= 8 ? 0 : 16 * vectors;
      code.advance(cotangent, 4 * result[1] - moved);
      code.advance(pixel, 4 * rowLength(planes) * stride[0] - moved);
    });
    sums.forEach((list, o) => {
      for (const [j, local] of list.entries()) code.store(place(o, j), { local }, 4);
    });
    return code;
  });
}

export const convolutionFilter: KernelWriter = {
  scratch(node, [, image]) {
    const form = formOf(node, image!, node.shape);
    return form.groups * 16 * filterSize(form) + form.channels * planeBytes(readLayout(form)) + SLACK;
  },
  write(site) {
    const { code, node, inputs, output, scratch } = site;
    const [cotangent, image] = inputs;
    const form = formOf(node, image!.shape, output.shape);
    const { channels, outputs, groups, height, width, result, kernel, dilation } = form;
    const planes = readLayout(form);
    const plain = isPlain(planes);
    const held = scratch + groups * 16 * filterSize(form);
    code.clearMemory({ bytes: scratch }, groups * 16 * filterSize(form));
    const from = code.integerLocal(image!.address);
    const along = code.integerLocal(cotangent!.address);
    const moving = [
      { local: from, bytes: 4 * channels * height * width },
      { local: along, bytes: 4 * outputs * result[0] * result[1] },
    ];
    const [g, pixel, sums] = [0, 0, 0].map((start) => code.integerLocal(start)) as [number, number, number];
    const parts = shared(kernel[1], MOST_COLUMNS).flatMap(({ size, times }) => new Array<number>(times).fill(size));
    const most = Math.floor(MOST_SUMS / parts[0]!);
    /** One channel and row of the filters after the other, for some outputs. */
    const tiles = (count: number) => {
      code.repeat(channels, () => {
        code.repeat(kernel[0], () => {
          let j = 0;
          for (const columns of parts) {
            const tile = filterTile(site, form, planes, count, j, columns);
            code.get(g);
            code.get(pixel);
            code.get(sums);
            code.integer(16 * j);
            code.raw(0x6a);
            code.call(tile);
            j += columns;
          }
          code.advance(pixel, 4 * dilation[0] * rowLength(planes));
          code.advance(sums, 16 * kernel[1]);
        });
        code.advance(pixel, planeBytes(planes) - 4 * kernel[0] * dilation[0] * rowLength(planes));
      });
      code.advance(pixel, -channels * planeBytes(planes));
      code.advance(sums, 16 * (count - 1) * channels * kernel[0] * kernel[1]);
      code.advance(g, 4 * count * result[0] * result[1]);
    };
    eachGroup(site, form, moving, (group) => {
      if (!plain) copyPlanes(code, planes, channels, { base: from, bytes: 0 }, { bytes: held });
      code.sum(g, along, 0);
      code.sum(pixel, plain ? from : undefined, plain ? 0 : held);
      code.sum(sums, undefined, scratch + group * 16 * filterSize(form));
      for (const { size, times } of shared(outputs, most)) code.repeat(times, () => tiles(size));
    });
    const [sum, to] = [code.integerLocal(scratch), code.integerLocal(output.address)];
    code.repeat(groups * filterSize(form), () => {
      code.storeLane({ base: to, bytes: 0 }, code.total(code.load({ base: sum, bytes: 0 }, 4)), 0);
      code.advance(sum, 16);
      code.advance(to, 4);
    });
  },
};
