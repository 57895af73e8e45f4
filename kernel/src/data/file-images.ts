/**
 * Folders of images: one folder a class, PNG images in it. Knows Node, whose modules are loaded when it is called.
 */
import { DataError } from './error.ts';
import type { Factor } from './factor.ts';
import { decodePng, type PngImage } from './png.ts';

/** Images of one size, and the folder of each. */
export interface ImageFolder {
  /** All images one after another, from 0 to 1. */
  readonly pixels: Float32Array; // (images · channels · height · width,)
  /** [images, channels, height, width]. */
  readonly shape: readonly [images: number, channels: number, height: number, width: number];
  /** The folder each image was in; levels in alphabetical order. */
  readonly label: Factor;
  readonly files: readonly string[];
}

/**
 * Read `folder/<class>/*.png`, in alphabetical order. All images must have one size; grey ones are made colours where
 * others have them.
 *
 * @throws DataError for a folder that is not there, has no folders of images, or images of different sizes
 * @example
 * const { pixels, shape, label } = await imageFolder('leaves');
 * const net = network(sequential(flatten(), linear(shape[1] * shape[2] * shape[3], 10)), { input: shape.slice(1) });
 */
export async function imageFolder(folder: string): Promise<ImageFolder> {
  if (typeof process === 'undefined' || typeof process.versions?.node !== 'string') {
    throw new DataError(folder, 'there are no folders here (no Node)');
  }
  const { readdir, readFile } = await import('node:fs/promises');
  const { join, resolve } = await import('node:path');
  const list = async (path: string) =>
    readdir(path, { withFileTypes: true }).catch(() => {
      throw new DataError(folder, `there is no such folder; looked for ${resolve(path)}`);
    });
  const classes = (await list(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const images: PngImage[] = [];
  const files: string[] = [];
  const codes: number[] = [];
  const levels: string[] = [];
  for (const name of classes.sort()) {
    const found = (await list(join(folder, name))).filter((entry) => entry.isFile() && /\.png$/i.test(entry.name));
    if (found.length > 0) levels.push(name);
    for (const file of found.map((entry) => join(name, entry.name)).sort()) {
      images.push(await decodePng(await readFile(join(folder, file)), file));
      files.push(file);
      codes.push(levels.length - 1);
    }
  }
  const [first] = images;
  if (!first) throw new DataError(folder, 'there are no PNG images in folders below it; put each class into a folder');
  const { height, width } = first;
  const other = images.findIndex((image) => image.height !== height || image.width !== width);
  if (other > 0) {
    const { height: h, width: w } = images[other]!;
    throw new DataError(
      folder,
      `${files[0]} has ${height} × ${width} pixels and ${files[other]} ${h} × ${w}; make all one size`,
    );
  }
  const channels = Math.max(...images.map((image) => image.channels));
  const size = height * width;
  const pixels = new Float32Array(images.length * channels * size);
  images.forEach((image, i) => {
    for (let k = 0; k < channels; k++) {
      const from = image.channels === 1 ? 0 : k * size;
      pixels.set(image.pixels.subarray(from, from + size), (i * channels + k) * size);
    }
  });
  return {
    pixels,
    shape: [images.length, channels, height, width],
    label: { codes: Int32Array.from(codes), levels },
    files,
  };
}
