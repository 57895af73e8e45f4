/**
 * What convolutions and the gradients of their filters have in common: how they go over images, groups and parts.
 */
import type { GraphNode } from '../../../node.ts';
import { type ConvolutionForm, convolutionForm } from '../../../operations/convolution.ts';
import type { Shape } from '../../../types.ts';
import type { Code, Vector } from '../code.ts';
import type { Site } from '../site.ts';
import type { PlaneLayout } from './planes.ts';

/** Loads may go so many bytes beyond a plane. */
export const SLACK = 64;

/** The plane layout of what a convolution reads: the image itself, or its columns sorted by the stride. */
export function readLayout({ height, width, stride }: ConvolutionForm): PlaneLayout {
  const phases = stride[1];
  return { height, width, rows: height, columns: width, spread: [1, 1], start: [0, 0], phases };
}

/** Parts of nearly equal size, none larger than `most`, the larger ones first. 16 by 6 → 6, 5, 5 */
export function shared(count: number, most: number): { readonly size: number; readonly times: number }[] {
  const parts = Math.ceil(count / most);
  const size = Math.floor(count / parts);
  const larger = count - size * parts;
  return [
    { size: size + 1, times: larger },
    { size, times: parts - larger },
  ].filter(({ times }) => times > 0);
}

/** Each sum grows by a times its own b, fused where that is allowed; else two products come before they are added. */
export function multiplyAdd(
  code: Code,
  fused: boolean,
  sums: readonly number[],
  a: Vector,
  b: readonly number[],
): void {
  for (let i = 0; i < sums.length; i += 2) {
    const pair = sums.slice(i, i + 2).map((local, j) => ({ sum: { local }, factor: { local: b[i + j]! } }));
    if (fused) for (const { sum, factor } of pair) code.assign(sum, code.multiplyAdd(a, factor, sum));
    else {
      const products = pair.map(({ factor }) => code.binary('mul', a, factor));
      for (const [j, { sum }] of pair.entries()) code.assign(sum, code.binary('add', sum, products[j]!));
    }
  }
}

/** For each image of the batch and each group of channels. */
export function eachGroup(
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

export function formOf({ attributes }: GraphNode, image: Shape, filter: Shape): ConvolutionForm {
  return convolutionForm(image, filter, attributes);
}

export function filterSize({ outputs, channels, kernel }: ConvolutionForm): number {
  return outputs * channels * kernel[0] * kernel[1];
}
