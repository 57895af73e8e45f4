/**
 * What stands around the cells: the libraries, the packages they import and the modules of the notebook's folder, as
 * one program with one checker.
 *
 * To build a program anew for every text that is asked about costs ten times what the answer costs, and more with every
 * cell. But a module that nobody imports can be put into a program as it stands, for nothing that was there depends
 * on it; and so can the next one. The program is built anew when a text imports what none has imported before, when a
 * module of the folder has changed, and after many texts, because the checker keeps what it has learnt of each.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  CompilerOptions,
  CreateSourceFileOptions,
  IScriptSnapshot,
  LanguageService,
  LanguageServiceHost,
} from 'typescript';
import { globalsText } from './globals.ts';
import { type BoundFile, type OpenProgram, ts } from './typescript.ts';

/** Texts put into one program at most. */
const mostTexts = 500;
/** After so many texts, the names of those that are gone are dropped. */
const sweptEvery = 50;

/** Paths as the compiler writes them. */
const withSlashes = (path: string): string => path.replaceAll(sep, '/');

const packageRoot = withSlashes(fileURLToPath(new URL('../../', import.meta.url)));

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

/** A text that adds to what is global, or to a package: the whole program depends on it. */
const augmentation = /\bdeclare\s+(?:global\b|module\b|namespace\b)/;

export class Surroundings {
  /** Programs built so far. */
  built = 0;
  readonly #folder: string;
  readonly #options = compilerOptions();
  readonly #service: LanguageService;
  /** Modules of ours: what every cell has, and the imports of all cells, so that the program holds what they import. */
  readonly #globals: string;
  readonly #imports: string;
  #imported: ReadonlySet<string> = new Set();
  /** What the cells that have run import. */
  readonly #kept = new Set<string>();
  /** Texts the whole program depends on, by the names of their files. */
  readonly #augmenting = new Map<string, string>();
  /** The other texts in the program, until nothing reaches them any more. */
  readonly #texts = new Map<string, WeakRef<BoundFile>>();
  /** Files on disk: what was read, and when they had last changed. */
  readonly #read = new Map<string, { readonly snapshot: IScriptSnapshot; readonly version: number }>();
  #count = 0;
  #sinceBuilt = 0;
  #outdated = true;
  #program: OpenProgram | undefined;
  /** Files of the program that may change while a notebook runs. */
  #changing: readonly string[] = [];
  #beginning = '';

  /** @param folder the notebook's: relative imports and packages are looked for from there */
  constructor(folder: string) {
    this.#folder = withSlashes(folder);
    this.#globals = `${this.#folder}/__estimand_globals.d.ts`;
    this.#imports = `${this.#folder}/__estimand_imports.ts`;
    this.#service = ts.createLanguageService(this.#host(), ts.createDocumentRegistry());
  }

  /** Put a text into the program, a module of its own that no other sees. */
  add(code: string): BoundFile {
    const name = `${this.#folder}/__estimand_cell_${++this.#count}.ts`;
    if (augmentation.test(code)) {
      this.#augmenting.set(name, code);
      return this.#build().getSourceFile(name) as BoundFile;
    }
    const file = parse(name, code);
    ts.bindSourceFile(file, this.#options);
    this.#texts.set(name, new WeakRef(file));
    this.#sinceBuilt++;
    if (this.#count % sweptEvery === 0) this.#sweep();
    return file;
  }

  /** How many texts are kept; those that nothing reaches go when garbage is collected. */
  get size(): number {
    this.#sweep();
    return this.#texts.size + this.#augmenting.size;
  }

  #sweep(): void {
    for (const [name, file] of this.#texts) if (!file.deref()) this.#texts.delete(name);
  }

  /** What a text imports is there as long as the session. */
  keep(file: BoundFile): void {
    for (const name of importedBy(file)) {
      this.#kept.add(name);
      if (!this.#outdated && !this.#has(name)) this.#outdated = true;
    }
  }

  /** Take out a text that was not kept. */
  drop(file: BoundFile): void {
    this.#texts.delete(file.fileName);
    if (this.#augmenting.delete(file.fileName)) this.#outdated = true;
  }

  /** Everything that was put in is gone. */
  clear(): void {
    this.#kept.clear();
    this.#augmenting.clear();
    this.#texts.clear();
    this.#outdated = true;
  }

  /** The service, to be asked about a text that was put in. */
  serviceFor(file: BoundFile): LanguageService {
    const wanted = importedBy(file);
    if (this.#isOutdated() || !wanted.every((name) => this.#has(name))) {
      this.#imported = new Set([...this.#kept, ...wanted]);
      this.#build();
    }
    return this.#service;
  }

  /** While `work` runs, only global names that begin so are found: looking at all takes longer than all else. */
  withGlobals<T>(beginning: string, work: () => T): T {
    this.#beginning = beginning.toLowerCase();
    try {
      return work();
    } finally {
      this.#beginning = '';
    }
  }

  #isOutdated(): boolean {
    if (this.#outdated || this.#sinceBuilt > mostTexts) return true;
    return this.#changing.some((path) => versionOnDisk(path) !== this.#read.get(path)?.version);
  }

  /** Whether a module can be imported; one that was not found is looked for again each time. */
  #has(name: string): boolean {
    const program = this.#program!;
    if (this.#imported.has(name)) {
      const file = program.getSourceFile(this.#imports)!;
      if (program.getResolvedModule(file, name, ts.ModuleKind.ESNext)?.resolvedModule) return true;
    }
    return program
      .getTypeChecker()
      .getAmbientModules()
      .some((module) => module.name === `"${name}"`);
  }

  #build(): OpenProgram {
    this.built++;
    this.#outdated = false;
    this.#sinceBuilt = 0;
    const program = this.#service.getProgram() as OpenProgram;
    this.#program = program;
    this.#changing = program
      .getSourceFiles()
      .map((file) => file.fileName)
      .filter((path) => this.#ownText(path) === undefined && !isPackaged(path));
    this.#open(program);
    return program;
  }

  /** Let the program and its checker find the texts that were put in. */
  #open(program: OpenProgram): void {
    const { getSourceFile, getResolvedModule } = program;
    const imports = getSourceFile(this.#imports)!;
    program.getSourceFile = (name) => this.#texts.get(name)?.deref() ?? getSourceFile(name);
    program.getResolvedModule = (file, name, mode) =>
      getResolvedModule(this.#texts.has(file.fileName) ? imports : file, name, mode);

    const checker = program.getTypeChecker();
    const { getSymbolsInScope } = checker;
    checker.getSymbolsInScope = (location, meaning) => {
      const found = getSymbolsInScope(location, meaning);
      const beginning = this.#beginning;
      return beginning === '' ? found : found.filter(({ name }) => name.toLowerCase().startsWith(beginning));
    };
  }

  /** The text of a file that is ours or a cell's. */
  #ownText(path: string): string | undefined {
    if (path === this.#globals) return globalsText;
    if (path === this.#imports) {
      return `${[...this.#imported].map((name) => `import ${JSON.stringify(name)};`).join('')}export {};`;
    }
    return this.#augmenting.get(path);
  }

  /** The compiler asks for every file at every build: each is read once, and again when it has changed. */
  #snapshot(path: string): IScriptSnapshot | undefined {
    const own = this.#ownText(path);
    if (own !== undefined) return ts.ScriptSnapshot.fromString(own);
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
    const isOwn = (path: string): boolean => this.#ownText(path) !== undefined;
    return {
      // The same as long as nothing was built: then the service looks no further.
      getProjectVersion: () => String(this.built),
      getCompilationSettings: () => this.#options,
      getScriptFileNames: () => [this.#globals, this.#imports, ...this.#augmenting.keys()],
      getScriptVersion: (path) => String(path === this.#imports ? this.built : isOwn(path) ? 0 : versionOnDisk(path)),
      getScriptSnapshot: (path) => this.#snapshot(path),
      getCurrentDirectory: () => this.#folder,
      getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
      fileExists: (path) => isOwn(path) || ts.sys.fileExists(path),
      readFile: (path) => this.#ownText(path) ?? ts.sys.readFile(path),
      directoryExists: (path) => ts.sys.directoryExists(path),
      getDirectories: (path) => ts.sys.getDirectories(path),
      readDirectory: (...query) => ts.sys.readDirectory(...query),
      realpath: (path) => (isOwn(path) ? path : ts.sys.realpath!(path)),
      useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    };
  }
}

function parse(name: string, code: string): BoundFile {
  const options: CreateSourceFileOptions = {
    languageVersion: ts.ScriptTarget.ESNext,
    // A module whatever it says: so `await` may stand at its top level.
    setExternalModuleIndicator: (file) => {
      (file as BoundFile).externalModuleIndicator ??= true;
    },
  };
  const file = ts.createSourceFile(name, code, options, true, ts.ScriptKind.TS);
  return Object.assign(file as BoundFile, {
    path: name,
    resolvedPath: name,
    originalFileName: name,
    imports: [],
    moduleAugmentations: [],
    ambientModuleNames: [],
  });
}

/** The modules a text imports, statically or not. */
function importedBy({ text }: BoundFile): string[] {
  if (!/\b(?:import|export|require)\b/.test(text)) return [];
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** What lies in packages does not change while a notebook runs; the notebook's own modules do. */
function isPackaged(path: string): boolean {
  return path.includes('/node_modules/') || path.startsWith(packageRoot);
}

function versionOnDisk(path: string): number {
  return isPackaged(path) ? 0 : (ts.sys.getModifiedTime?.(path)?.getTime() ?? 0);
}
