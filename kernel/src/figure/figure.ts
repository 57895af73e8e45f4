/**
 * A result's figure: its data, its picture as SVG and PNG, and the bundle a notebook shows.
 */
import { type Displayable, withMetadata } from '../host/display.ts';
import type { MimeBundle } from '../host/host.ts';
import { type Png, svgToPng } from './png.ts';
import { type FigureData, mimeTypes } from './types.ts';

export interface Figure<Data extends FigureData = FigureData> {
  /** The data the JupyterLab extension draws. */
  json(): Data;
  /** The static picture, as one SVG document. */
  svg(): string;
  /** The static picture as PNG; `scale` pixels per px of the SVG, default 1.5. */
  png(scale?: number): Promise<Uint8Array>;
  /** The result in words and figures. */
  text(): string;
}

/** How results of one kind become figure data, and that a picture. */
export interface Drawing<R, Data extends FigureData> {
  readonly data: (result: R) => Data;
  readonly picture: (data: Data) => string;
}

class DrawnFigure<R, Data extends FigureData> implements Figure<Data> {
  readonly #result: R;
  readonly #drawing: Drawing<R, Data>;
  #data: Data | undefined;

  constructor(result: R, drawing: Drawing<R, Data>) {
    this.#result = result;
    this.#drawing = drawing;
  }

  json(): Data {
    this.#data ??= this.#drawing.data(this.#result);
    return this.#data;
  }

  svg(): string {
    return this.#drawing.picture(this.json());
  }

  async png(scale?: number): Promise<Uint8Array> {
    return (await svgToPng(this.svg(), scale)).bytes;
  }

  text(): string {
    return String(this.#result);
  }
}

const drawings = new Map<string, Drawing<never, FigureData>>();

/** Say how results of a kind are drawn. */
export function registerDrawing<R extends Displayable, Data extends FigureData>(
  kind: R['kind'],
  drawing: Drawing<R, Data>,
): void {
  drawings.set(kind, drawing as unknown as Drawing<never, FigureData>);
}

/**
 * The figure of a result, for a file or a page of one's own; in a notebook a result draws itself.
 *
 * @throws TypeError for a result that has no picture, such as a table
 * @example
 * const picture = figure(await sample(schools, { seed: 1 }));
 * await writeFile('schools.svg', picture.svg());
 */
export function figure(result: Displayable): Figure {
  const drawing = drawings.get(result.kind);
  if (!drawing) {
    const known = [...drawings.keys()].sort().join(', ');
    throw new TypeError(
      `figure: expected a result of kind ${known}; got ${result.kind}, which has text only: String(result)`,
    );
  }
  return new DrawnFigure(result as never, drawing);
}

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/**
 * The bundle of a figure: data for the extension, PNG for everyone else (GitHub, nbconvert, VS Code), text for
 * screen readers and terminals. No HTML: it would win over the picture. Where no PNG can be made, the rest stands.
 */
export async function figureBundle(figure: Figure): Promise<MimeBundle> {
  const data = figure.json();
  const type = mimeTypes[data.kind];
  const bundle: Record<string, unknown> = { [type]: data };
  const png: Png | undefined = await svgToPng(figure.svg()).catch(() => undefined);
  if (png) bundle['image/png'] = toBase64(png.bytes);
  bundle['text/plain'] = figure.text();
  return withMetadata(bundle, {
    ...(png
      ? { 'image/png': { width: Math.round(png.width), height: Math.round(png.height), alt: data.description } }
      : {}),
  });
}
