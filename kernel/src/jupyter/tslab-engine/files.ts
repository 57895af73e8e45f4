/**
 * What tslab's compiler sees of the disk. It asks `ts.sys`, and that is answered here:
 *
 * - tslab looks for Node's types in a node_modules of its own; npm puts them beside it.
 * - Of `estimand` its TypeScript 5.0 knows only that it is there, with any type: our declarations want a newer one.
 * - `display`, `input` and the other helpers of a cell are declared.
 * - Local files are looked at before each cell, where tslab asks the disk every quarter of a second.
 * - `import … from './shapes.ts'` is read as `'./shapes'`: TypeScript 5.0 minds the ending.
 */
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { globalsText } from '../language/globals.ts';

/** As much of `ts.sys` as is replaced. All paths have forward slashes. */
export interface CompilerSystem {
  fileExists(path: string): boolean;
  readFile(path: string, encoding?: string): string | undefined;
  directoryExists(path: string): boolean;
  getDirectories(path: string): string[];
  watchFile?(path: string, changed: (path: string, kind: number) => void): { close(): void };
  watchDirectory?(path: string): { close(): void };
}

/** As much of tslab's compiler as is used here. */
export interface Compiler {
  readonly sys: CompilerSystem;
  /** Finds what a text imports; `pos` is where the quotation begins. */
  preProcessFile(text: string, imports: true, requires: false): { importedFiles: { fileName: string; pos: number }[] };
}

/** `ts.FileWatcherEventKind.Changed` */
const changedKind = 1;

/** The name of a file that is not there, beside Node's types: what cells find besides them. */
const globalsFile = 'estimand-globals.d.ts';
const nodeTypes = /\/@types\/node\/(?:ts[\d.]+\/)?index\.d\.ts$/;
const globals = `${globalsText}\ndeclare module 'estimand';\ndeclare module 'estimand/*';\n`;

/** The compiler that tslab at `folder` uses. */
export function loadCompiler(folder: string): Compiler {
  return createRequire(join(folder, 'package.json'))('@tslab/typescript-for-tslab') as Compiler;
}

/** Imports without the ending `.ts`, all else in its place: "import './a.ts'; b" → "import './a'   ; b" */
export function plainImports(compiler: Compiler, text: string): string {
  if (!/\.ts['"]/.test(text)) return text;
  let plain = '';
  let end = 0;
  for (const { fileName, pos } of compiler.preProcessFile(text, true, false).importedFiles) {
    const close = pos + 1 + fileName.length;
    const local = /^\.{1,2}\/.*(?<!\.d)\.ts$/.test(fileName) && text.slice(pos + 1, close) === fileName;
    if (!local || pos < end) continue;
    plain += `${text.slice(end, close - '.ts'.length)}${text[pos]}   `;
    end = close + 1;
  }
  return plain + text.slice(end);
}

/** Where a path under tslab's own node_modules really leads: that of npm's flat layout. */
function outside(folder: string): (path: string) => string {
  const own = `${folder.replaceAll('\\', '/')}/node_modules`;
  const beside = dirname(own.slice(0, -'/node_modules'.length));
  if (basename(beside) !== 'node_modules') return (path) => path;
  return (path) => (path === own || path.startsWith(`${own}/`) ? beside + path.slice(own.length) : path);
}

/** The local files that the compiler has read. */
export class WatchedFiles {
  readonly #files = new Map<string, { time: number; changed: () => void }>();

  watch(path: string, changed: () => void): { close(): void } {
    if (path.includes('/node_modules/')) return { close: () => {} };
    this.#files.set(path, { time: modified(path), changed });
    return { close: () => this.#files.delete(path) };
  }

  /** Tell the compiler of what has changed since the last call. */
  refresh(): void {
    for (const [path, file] of [...this.#files]) {
      const time = modified(path);
      if (time === file.time) continue;
      file.time = time;
      file.changed();
    }
  }
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Put our answers in place of the compiler's. To be called before tslab makes a converter. */
export function replaceFiles(compiler: Compiler, tslabFolder: string): WatchedFiles {
  const system = compiler.sys;
  const { fileExists, readFile, directoryExists, getDirectories } = system;
  const moved = outside(tslabFolder);
  const watched = new WatchedFiles();
  system.fileExists = (path) => path.endsWith(`/${globalsFile}`) || fileExists.call(system, moved(path));
  system.directoryExists = (path) => directoryExists.call(system, moved(path));
  system.getDirectories = (path) => getDirectories.call(system, moved(path));
  system.readFile = (path, encoding) => {
    if (path.endsWith(`/${globalsFile}`)) return globals;
    const text = readFile.call(system, moved(path), encoding);
    if (text === undefined) return undefined;
    if (nodeTypes.test(path)) return `/// <reference path="${globalsFile}" />\n${text}`;
    return path.includes('/node_modules/') ? text : plainImports(compiler, text);
  };
  system.watchFile = (path, changed) => watched.watch(path, () => changed(path, changedKind));
  // What a folder's change sets off in the compiler, tslab is not made for: every later cell would fail.
  system.watchDirectory = () => ({ close: () => {} });
  return watched;
}
