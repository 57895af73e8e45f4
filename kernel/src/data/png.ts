/**
 * PNG images as numbers (ISO/IEC 15948:2004): grey, colours, palettes, with or without transparency, 1 to 16 bits.
 * Interlaced images are refused. The pixels are unpacked by the platform's own inflate.
 */
import { DataError } from './error.ts';

/** An image's numbers from 0 (black) to 1, channel by channel, each row by row. */
export interface PngImage {
  /** 1 (grey) or 3 (red, green, blue); transparency is laid over black. */
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  readonly pixels: Float32Array; // (channels, height, width)
}

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
/** Samples a pixel of each colour type: grey, colours, palette, grey and alpha, colours and alpha. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Images with more pixels than this are taken for a mistake. */
const MOST_PIXELS = 1e8;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
}

/**
 * Read a PNG image.
 *
 * @param source names it in errors
 * @throws DataError for bytes that are no whole PNG image, and for interlaced ones
 * @example const { pixels, width, height } = await decodePng(bytes);
 */
export async function decodePng(bytes: Uint8Array, source = 'the image'): Promise<PngImage> {
  const fail = (what: string): never => {
    throw new DataError(source, what);
  };
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) fail('this is no PNG image; save it as PNG');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Header | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  const packed: Uint8Array[] = [];
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) fail('the image ends before its last part; it is not whole');
    const length = view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) fail(`the image ends within its part ${kind}; it is not whole`);
    const part = bytes.subarray(at + 8, at + 8 + length);
    if (kind === 'IHDR') header = readHeader(part, fail);
    else if (kind === 'PLTE') palette = part;
    else if (kind === 'tRNS') transparency = part;
    else if (kind === 'IDAT') packed.push(part);
    else if (kind === 'IEND') break;
    at += 12 + length;
  }
  if (!header) return fail('the image has no header; it is damaged');
  const raw = await inflate(packed).catch(() => fail('its pixels cannot be unpacked; it is damaged'));
  return toImage(header, unfilter(raw, header, fail), palette, transparency, fail);
}

function readHeader(part: Uint8Array, fail: (what: string) => never): Header {
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, , , interlace] = part.subarray(8);
  if (!(width > 0 && height > 0 && width * height <= MOST_PIXELS))
    fail(`an image of ${width} × ${height} pixels is not read`);
  if (SAMPLES[colourType!] === undefined || ![1, 2, 4, 8, 16].includes(depth!))
    fail('its colours are of no known kind');
  if (interlace !== 0) fail('interlaced images are not read; save it without interlacing');
  return { width, height, depth: depth!, colourType: colourType! };
}

async function inflate(parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const stream = new Blob(parts.map((part) => new Uint8Array(part)))
    .stream()
    .pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Undo the filter of each row (section 9.2). */
function unfilter(
  raw: Uint8Array,
  { width, height, depth, colourType }: Header,
  fail: (what: string) => never,
): Uint8Array {
  const step = Math.max(1, (SAMPLES[colourType]! * depth) / 8); // bytes of a pixel
  const row = Math.ceil((width * SAMPLES[colourType]! * depth) / 8);
  if (raw.length < height * (row + 1)) fail('its pixels are not all there; it is damaged');
  const out = new Uint8Array(height * row);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)]!;
    if (filter > 4) fail('a row has a filter that is not known; it is damaged');
    for (let i = 0; i < row; i++) {
      const left = i >= step ? out[y * row + i - step]! : 0;
      const above = y > 0 ? out[(y - 1) * row + i]! : 0;
      const corner = y > 0 && i >= step ? out[(y - 1) * row + i - step]! : 0;
      const guess =
        filter === 1
          ? left
          : filter === 2
            ? above
            : filter === 3
              ? (left + above) >> 1
              : filter === 4
                ? paeth(left, above, corner)
                : 0;
      out[y * row + i] = raw[y * (row + 1) + 1 + i]! + guess; // modulo 256
    }
  }
  return out;
}

/** Whichever of three neighbours is nearest to left + above − corner (section 9.4). */
function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

function toImage(
  { width, height, depth, colourType }: Header,
  bytes: Uint8Array,
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
  fail: (what: string) => never,
): PngImage {
  const samples = SAMPLES[colourType]!;
  const row = Math.ceil((width * samples * depth) / 8);
  const largest = 2 ** depth - 1;
  const sample = (y: number, i: number): number => {
    if (depth === 8) return bytes[y * row + i]!;
    if (depth === 16) return bytes[y * row + 2 * i]! * 256 + bytes[y * row + 2 * i + 1]!;
    const bit = i * depth;
    return (bytes[y * row + (bit >> 3)]! >> (8 - depth - (bit & 7))) & largest;
  };
  const channels = colourType === 0 || colourType === 4 ? 1 : 3;
  const pixels = new Float32Array(channels * height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < channels; k++) {
        let value: number;
        if (colourType === 3) {
          const index = sample(y, x);
          const colour = palette?.[3 * index + k];
          if (colour === undefined) return fail('a pixel has a colour that is not in its palette; it is damaged');
          value = (colour / 255) * ((transparency?.[index] ?? 255) / 255);
        } else {
          value = sample(y, x * samples + k) / largest;
          if (colourType >= 4) value *= sample(y, x * samples + samples - 1) / largest;
        }
        pixels[(k * height + y) * width + x] = value;
      }
    }
  }
  return { channels, height, width, pixels };
}
