/**
 * PNG images against what Pillow 13.0.0 reads in them (`image_figures.py` beside this file), and folders of them.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DataError, decodePng, imageFolder, sonnets } from '#kernel/data/index';

interface Reference {
  readonly png: string;
  readonly shape: readonly [number, number, number];
  readonly pixels: readonly number[];
}
const images: Readonly<Record<string, Reference>> = JSON.parse(
  readFileSync(new URL('./image-figures.json', import.meta.url), 'utf8'),
);
const bytesOf = (name: string) => new Uint8Array(Buffer.from(images[name]!.png, 'base64'));

describe('a PNG image', () => {
  it.each(Object.entries(images))('of kind %s has the numbers Pillow reads', async (name, { shape, pixels }) => {
    const image = await decodePng(bytesOf(name));
    expect([image.channels, image.height, image.width]).toEqual(shape);
    pixels.forEach((value, i) => {
      expect(Math.abs(image.pixels[i]! - value)).toBeLessThan(2e-7);
    });
  });
  const changed = (at: number, value: number) => {
    const bytes = bytesOf('L');
    bytes[at] = value;
    return bytes;
  };
  it.each([
    ['no image', new TextEncoder().encode('GIF89a'), 'this is no PNG image'],
    ['cut', bytesOf('L').subarray(0, 60), 'it is not whole'],
    ['cut before its end', bytesOf('L').subarray(0, -12), 'ends before its last part'],
    ['interlaced', changed(28, 1), 'interlaced images are not read'],
    ['of no known colours', changed(25, 5), 'of no known kind'],
    ['without pixels', changed(19, 0), 'an image of 0 × 9 pixels is not read'],
    ['with more rows than there are', changed(23, 200), 'its pixels are not all there'],
    ['with broken pixels', changed(43, 0), 'cannot be unpacked'],
  ])('that is %s is refused', async (_, bytes, message) => {
    await expect(decodePng(bytes, 'a.png')).rejects.toThrow(DataError);
    await expect(decodePng(bytes, 'a.png')).rejects.toThrow(message);
  });
});

describe('a folder of images', () => {
  const root = mkdtempSync(join(tmpdir(), 'estimand-images-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const folder = (name: string, files: Readonly<Record<string, string>>) => {
    const path = join(root, name);
    mkdirSync(path);
    for (const [file, image] of Object.entries(files)) {
      mkdirSync(join(path, file, '..'), { recursive: true });
      writeFileSync(join(path, file), image === 'text' ? 'notes' : bytesOf(image));
    }
    return path;
  };
  it('has a class a folder, in alphabetical order; other files are left alone', async () => {
    const path = folder('plain', {
      'b/2.png': 'RGB',
      'b/1.PNG': 'L',
      'a/x.png': 'L',
      'a/notes.txt': 'text',
      'readme.txt': 'text',
    });
    const { pixels, shape, label, files } = await imageFolder(path);
    expect(shape).toEqual([3, 3, 9, 13]);
    expect([label.levels, [...label.codes]]).toEqual([
      ['a', 'b'],
      [0, 1, 1],
    ]);
    expect(files.map((file) => file.replaceAll('\\', '/'))).toEqual(['a/x.png', 'b/1.PNG', 'b/2.png']);
    // Grey is the same in all three colours.
    const size = 9 * 13;
    expect(pixels.subarray(0, size)).toEqual(pixels.subarray(2 * size, 3 * size));
    images.RGB!.pixels.forEach((value, i) => {
      expect(pixels[2 * 3 * size + i]).toBeCloseTo(value, 6);
    });
  });
  it('says what is wrong', async () => {
    await expect(imageFolder(join(root, 'none'))).rejects.toThrow('there is no such folder');
    await expect(imageFolder(folder('empty', { 'a/notes.txt': 'text' }))).rejects.toThrow(
      'there are no PNG images in folders below it',
    );
    await expect(imageFolder(folder('sizes', { 'a/1.png': 'L', 'a/2.png': 'smooth' }))).rejects.toThrow(
      /1\.png has 9 × 13 pixels and .*2\.png 40 × 30; make all one size/,
    );
    await expect(imageFolder(folder('broken', { 'a/1.png': 'text' }))).rejects.toThrow('1.png');
  });
});

describe('the sonnets', () => {
  it('are six of fourteen lines, and their codes give the text again', () => {
    const { text, alphabet, codes } = sonnets();
    expect(
      text
        .trim()
        .split('\n\n')
        .map((sonnet) => sonnet.split('\n').length),
    ).toEqual(Array(6).fill(14));
    expect(Array.from(codes, (code) => alphabet[code]).join('')).toBe(text);
    expect(alphabet).toHaveLength(new Set(text).size);
    expect(text).toContain("Shall I compare thee to a summer's day?");
  });
});
