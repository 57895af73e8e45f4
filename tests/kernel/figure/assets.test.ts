import { afterEach, describe, expect, it, vi } from 'vitest';
import { installAssetReader, loadAsset, loadPackageFile } from '#kernel/host/assets';

afterEach(() => {
  installAssetReader(undefined);
  vi.unstubAllGlobals();
});

describe('files that ship with the library', () => {
  it('are read from disk in Node', async () => {
    const font = await loadAsset('DejaVuSans.ttf');
    expect([...font.subarray(0, 4)]).toEqual([0, 1, 0, 0]); // the signature of TrueType
    const wasm = await loadPackageFile('@resvg/resvg-wasm/index_bg.wasm');
    expect(new TextDecoder().decode(wasm.subarray(1, 4))).toBe('asm');
  });

  it('are read through a reader of the host, by the address they would have', async () => {
    const asked: string[] = [];
    installAssetReader(async (url) => {
      asked.push(url.href);
      return new Uint8Array([7]);
    });
    expect([...(await loadAsset('DejaVuSans.ttf'))]).toEqual([7]);
    await loadPackageFile('@resvg/resvg-wasm/index_bg.wasm');
    expect(asked[0]).toMatch(/\/kernel\/assets\/DejaVuSans\.ttf$/);
    expect(asked[1]).toMatch(/\/@resvg\/resvg-wasm\/index_bg\.wasm$/);
  });

  it('say which file is missing', async () => {
    await expect(loadAsset('nothing.ttf')).rejects.toThrow(/nothing\.ttf/);
  });
});
