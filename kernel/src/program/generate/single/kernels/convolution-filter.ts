/**
 * The gradient of a convolution's filters: a tile of sums over the images stays in registers while one image runs by, in
 * the order of `operations/convolution.ts`.
 */
import type { ConvolutionForm } from '../../../operations/convolution.ts';
import { I32 } from '../../webassembly/encoder.ts';
import { type Address, Code } from '../code.ts';
import type { KernelWriter, Site } from '../site.ts';
import { eachGroup, filterSize, formOf, multiplyAdd, readLayout, SLACK, shared } from './convolution-parts.ts';
import { columnBytes, copyPlanes, isPlain, type PlaneLayout, planeBytes, rowLength } from './planes.ts';
import type { Lanes } from './vectors.ts';

/** The most columns of a filter, and the most sums, of a tile of the filter's gradient. */
const MOST_COLUMNS = 5;
const MOST_SUMS = 10;
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
