/** The bundle of a picture that nobody chooses anything in: PNG and words. */
import { withMetadata } from '../host/display.ts';
import type { MimeBundle } from '../host/host.ts';
import { toBase64 } from './figure.ts';
import { svgToPng } from './png.ts';

/** PNG with its words as alternative text; the words alone where no PNG can be made. */
export async function pictureBundle(svg: string, words: string): Promise<MimeBundle> {
  const png = await svgToPng(svg).catch(() => undefined);
  if (png === undefined) return { 'text/plain': words };
  const size = { width: Math.round(png.width), height: Math.round(png.height), alt: words };
  return withMetadata({ 'image/png': toBase64(png.bytes), 'text/plain': words }, { 'image/png': size });
}
