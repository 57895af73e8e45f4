/**
 * The notebook as TypeScript sees it: every cell that has run is a module that exports what it declares, and a cell
 * imports each name from the last cell that declared it. So a name may be declared again with another type, functions
 * keep the types they were written with, and a cell that has run is never read again.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompilerOptions, IScriptSnapshot, LanguageService, LanguageServiceHost } from 'typescript';
import { globalsText } from './globals.ts';
import { declaredNames, exportedNames } from './names.ts';
import { parseFaults } from './parse-faults.ts';
import { ts } from './typescript.ts';

/** A text under the name of the cell that is being written, ready to be asked about. */
export interface OpenCell {
  readonly service: LanguageService;
  readonly file: string;
  /** What stands before the cell's own text in the file, in UTF-16 units. */
  readonly offset: number;
}

const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

function compilerOptions(): CompilerOptions {
  const require = createRequire(import.meta.url);
  const extension = existsSync(join(packageRoot, 'index.d.ts')) ? 'd.ts' : 'ts';
  return {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    lib: ['lib.esnext.d.ts'],
    types: ['node'],
    typeRoots: [dirname(dirname(require.resolve('@types/node/package.json')))],
    paths: {
      estimand: [join(packageRoot, `index.${extension}`)],
      tslab: [join(packageRoot, `jupyter/tslab.${extension}`)],
      'estimand/*': [join(packageRoot, `*.${extension}`), join(packageRoot, `*/index.${extension}`)],
    },
    strict: true,
    useUnknownInCatchVariables: false, // what is caught may be asked for its message
    noEmit: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    allowSyntheticDefaultImports: true,
    skipLibCheck: true,
  };
}

interface Text {
  text: string;
  version: number;
}

/** After so many cells, those that have been run anew are dropped. */
const sweptEvery = 50;

export class NotebookSession {
  readonly #texts = new Map<string, Text>();
  readonly #read = new Map<string, { readonly snapshot: IScriptSnapshot; readonly version: number }>();
  readonly #folder: string;
  readonly #open: string;
  readonly #globals: string;
  /** Each name of the session, and the module of the last cell that declared it. */
  #names = new Map<string, string>();
  /** Each cell's module, and those it imports from. */
  readonly #modules = new Map<string, readonly string[]>();
  #cells = 0;
  #service: LanguageService | undefined;

  /** @param folder the notebook's: relative imports and packages are looked for from there */
  constructor(folder: string) {
    this.#folder = folder;
    this.#open = join(folder, '__estimand_open_cell.ts');
    this.#globals = join(folder, '__estimand_globals.d.ts');
    this.#texts.set(this.#globals, { text: globalsText, version: 0 });
    this.#texts.set(this.#open, { text: 'export {};', version: 0 });
  }

  /** How many cells are kept. */
  get size(): number {
    return this.#modules.size;
  }

  /** A cell has run; one that cannot be parsed has not, and declares nothing. */
  remember(code: string): void {
    const parsed = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS);
    if (parseFaults(parsed).length > 0) return;
    const declared = declaredNames(parsed);
    const exported = exportedNames(parsed);
    const module = `__estimand_cell_${++this.#cells}`;
    const mentioned = new Set(code.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu));
    const used = [...this.#names.keys()].filter((name) => mentioned.has(name) && !declared.has(name));
    const hidden = [...declared].filter((name) => !exported.has(name));
    const text = `${this.#imports(used)}${code}\n;export { ${hidden.join(', ')} };`;
    this.#texts.set(this.#path(module), { text, version: 0 });
    this.#modules.set(module, [...new Set(used.map((name) => this.#names.get(name)!))]);
    for (const name of declared) this.#names.set(name, module);
    if (this.#cells % sweptEvery === 0) this.#sweep();
  }

  /** A fresh session: no cell has run. */
  forget(): void {
    this.#names = new Map();
    this.#sweep();
  }

  /** Drop the modules of which no name of the session is left, nor any that one of the others was written with. */
  #sweep(): void {
    const needed = new Set<string>();
    const waiting = [...this.#names.values()];
    for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
      if (needed.has(module)) continue;
      needed.add(module);
      waiting.push(...this.#modules.get(module)!);
    }
    for (const module of this.#modules.keys()) {
      if (needed.has(module)) continue;
      this.#modules.delete(module);
      this.#texts.delete(this.#path(module));
    }
  }

  #path(module: string): string {
    return join(this.#folder, `${module}.ts`);
  }

  /** Put the text of a cell that is being written in its place in the session. */
  open(code: string): OpenCell {
    const parsed = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS);
    const declared = declaredNames(parsed);
    const prefix = this.#imports([...this.#names.keys()].filter((name) => !declared.has(name)));
    const open = this.#texts.get(this.#open)!;
    const text = `${prefix}${code}`;
    if (text !== open.text) this.#texts.set(this.#open, { text, version: open.version + 1 });
    this.#service ??= ts.createLanguageService(this.#host(), ts.createDocumentRegistry());
    return { service: this.#service, file: this.#open, offset: prefix.length };
  }

  /**
   * The imports before a cell: an unfinished cell may swallow whatever stands behind it. On a line of their own, or a
   * comment that begins the cell would not belong to what it describes.
   */
  #imports(names: readonly string[]): string {
    const modules = Map.groupBy(names, (name) => this.#names.get(name)!);
    const lines = [...modules].map(([module, wanted]) => `import { ${wanted.join(', ')} } from "./${module}.ts";`);
    return `${lines.join('')}export {};\n`;
  }

  /** The compiler asks for every file at every question: each is read once, and again when it has changed. */
  #snapshot(path: string): IScriptSnapshot | undefined {
    const written = this.#texts.get(path);
    if (written) return ts.ScriptSnapshot.fromString(written.text);
    const version = versionOnDisk(path);
    const known = this.#read.get(path);
    if (known?.version === version) return known.snapshot;
    const text = ts.sys.readFile(path);
    if (text === undefined) return undefined;
    const snapshot = ts.ScriptSnapshot.fromString(text);
    this.#read.set(path, { snapshot, version });
    return snapshot;
  }

  #host(): LanguageServiceHost {
    const options = compilerOptions();
    return {
      getCompilationSettings: () => options,
      getScriptFileNames: () => [this.#globals, this.#open],
      getScriptVersion: (path) => String(this.#texts.get(path)?.version ?? versionOnDisk(path)),
      getScriptSnapshot: (path) => this.#snapshot(path),
      getCurrentDirectory: () => this.#folder,
      getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
      fileExists: (path) => this.#texts.has(path) || ts.sys.fileExists(path),
      readFile: (path) => this.#texts.get(path)?.text ?? ts.sys.readFile(path),
      directoryExists: (path) => ts.sys.directoryExists(path),
      getDirectories: (path) => ts.sys.getDirectories(path),
      readDirectory: (...query) => ts.sys.readDirectory(...query),
      realpath: (path) => (this.#texts.has(path) ? path : ts.sys.realpath!(path)),
      useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    };
  }
}

/** What lies in packages does not change while a notebook runs; the notebook's own modules do. */
function versionOnDisk(path: string): number {
  if (path.includes('/node_modules/') || path.startsWith(packageRoot)) return 0;
  return ts.sys.getModifiedTime?.(path)?.getTime() ?? 0;
}
