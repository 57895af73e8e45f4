/**
 * Convolutions, directly: a tile of results stays in registers while channels, rows and columns of the filters run by,
 * in the order of `operations/convolution.ts`. The gradient of the filters is `convolution-filter.ts`.
 */
import type { ConvolutionForm } from '../../../operations/convolution.ts';
import { I32, unsigned, V128 } from '../../webassembly/encoder.ts';
import { type Address, Code } from '../code.ts';
import type { KernelWriter, Site } from '../site.ts';
import { eachGroup, filterSize, formOf, multiplyAdd, readLayout, SLACK, shared } from './convolution-parts.ts';
import { columnBytes, copyPlanes, isPlain, type PlaneLayout, planeBytes, rowLength } from './planes.ts';
import type { Lanes } from './vectors.ts';

/** The most outputs in a tile. With two vectors each the sums, a row and products fit the registers. */
const MOST_OUTPUTS = { rounded: 5, fused: 6 } as const;
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
