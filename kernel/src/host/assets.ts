/**
 * Files that ship with the library (a font, WebAssembly), read where the library runs: from disk in Node, by
 * `fetch` in a browser or a Web Worker. A host that packs them elsewhere installs its own reader.
 */

/** Bytes of the file a URL names. */
export type AssetReader = (url: URL) => Promise<Uint8Array<ArrayBuffer>>;

/** `process.getBuiltinModule` (Node ≥ 20.16) reaches Node's modules without an import a browser would trip over. */
const node = (globalThis as { process?: NodeJS.Process }).process;

const readHere: AssetReader = async (url) => {
  if (url.protocol === 'file:' && node?.getBuiltinModule) {
    return new Uint8Array(await node.getBuiltinModule('node:fs/promises').readFile(url));
  }
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`reading ${url.href}: the server answered ${answer.status} ${answer.statusText}`);
  return new Uint8Array(await answer.arrayBuffer());
};

let reader = readHere;

/** Read shipped files through `read` from now on; `undefined` goes back to disk or fetch. */
export function installAssetReader(read: AssetReader | undefined): void {
  reader = read ?? readHere;
}

/** Bytes of a file in the package's `assets/` folder. */
export function loadAsset(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return reader(new URL(`../../assets/${name}`, import.meta.url));
}

/**
 * Bytes of a file inside a package we depend on, e.g. `'@resvg/resvg-wasm/index_bg.wasm'`. In a browser the page's
 * import map says where it is; without one it is looked for among our own assets, where a browser's build puts it.
 */
export function loadPackageFile(specifier: string): Promise<Uint8Array<ArrayBuffer>> {
  if (node?.getBuiltinModule) {
    const { createRequire } = node.getBuiltinModule('node:module');
    const { pathToFileURL } = node.getBuiltinModule('node:url');
    return reader(pathToFileURL(createRequire(import.meta.url).resolve(specifier)));
  }
  let mapped: string;
  try {
    mapped = import.meta.resolve(specifier);
  } catch {
    return loadAsset(specifier.split('/').at(-1)!);
  }
  return reader(new URL(mapped));
}
