/**
 * SVG → PNG by resvg compiled to WebAssembly, with the one font we ship: the same picture on every machine, in
 * Node and in a Web Worker alike.
 */
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { loadAsset, loadPackageFile } from '../host/assets.ts';

let ready: Promise<Uint8Array> | undefined;

/** Start resvg once and read the font once. A failure is not kept, so that the next picture tries again. */
function renderer(): Promise<Uint8Array> {
  ready ??= start().catch((error: unknown) => {
    ready = undefined;
    throw error;
  });
  return ready;
}

async function start(): Promise<Uint8Array> {
  const [font, wasm] = await Promise.all([
    loadAsset('DejaVuSans.ttf'),
    loadPackageFile('@resvg/resvg-wasm/index_bg.wasm'),
  ]);
  await initWasm(wasm).catch((error: unknown) => {
    // A second copy of the library in one process finds the module already started; that is no failure.
    if (!String(error).includes('Already initialized')) throw error;
  });
  return font;
}

export interface Png {
  readonly bytes: Uint8Array;
  /** Size at which to show it, px: the SVG's own. The bytes hold `scale` times as many pixels each way. */
  readonly width: number;
  readonly height: number;
}

/**
 * Draw an SVG as PNG.
 *
 * @param scale pixels per px of the SVG, default 1.5: sharp enough on a projector, and a quarter of a megabyte at most
 * @throws when the SVG is not well-formed
 */
export async function svgToPng(svg: string, scale = 1.5): Promise<Png> {
  const font = await renderer();
  const drawing = new Resvg(svg, {
    font: {
      fontBuffers: [font],
      loadSystemFonts: false,
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
    fitTo: { mode: 'zoom', value: scale },
  });
  try {
    const { width, height } = drawing;
    const image = drawing.render();
    try {
      return { bytes: image.asPng(), width, height };
    } finally {
      image.free();
    }
  } finally {
    drawing.free();
  }
}
