/**
 * tslab's own modules, from where the user has installed them. It is no dependency of ours: its fork of TypeScript 5.0
 * brings a `tsc` of its own. The types below are those of tslab 1.0.22 (`dist/*.d.ts`), as far as we use them.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import vm from 'node:vm';
import { headline } from '../repl/stack.ts';

export interface TslabDiagnostic {
  /** Line and character count from 0. */
  readonly start: { readonly line: number; readonly character: number };
  readonly messageText: string;
  readonly code: number;
  /** A file other than the cell. */
  readonly fileName?: string;
}

/** What a cell was compiled to. With diagnostics there is nothing else. */
export interface Converted {
  readonly diagnostics: readonly TslabDiagnostic[];
  readonly output?: string;
  readonly hasToplevelAwait?: boolean;
  /** All that is declared now. */
  readonly declOutput?: string;
  /** Local files that the cell imports, directly or not. */
  readonly sideOutputs?: readonly { readonly path: string; readonly data: string }[];
}

export interface Converter {
  /** @param previous what earlier cells have declared */
  convert(previous: string, source: string): Converted;
  complete(previous: string, source: string, position: number): CompletionInfo;
  inspect(previous: string, source: string, position: number): QuickInfo | undefined;
  addModule(name: string, content: string, metadata?: unknown): readonly TslabDiagnostic[];
  close(): void;
}

export interface ConverterSet {
  readonly node: Converter;
  readonly browser: Converter;
  close(): void;
}

interface CompletionInfo {
  readonly start: number;
  readonly end: number;
  readonly candidates: readonly string[];
  readonly original?: { readonly entries: readonly { readonly name: string; readonly kind: string }[] };
}

/** TypeScript's, which tslab prints itself. */
export interface QuickInfo {
  readonly displayParts?: readonly { readonly text: string }[];
}

export interface Executor {
  /** Compile and run. @returns whether that went well; what went wrong is told to the console it was made with */
  execute(source: string): Promise<boolean>;
  /** Places are in UTF-16 units. */
  complete(source: string, position: number): CompletionInfo;
  inspect(source: string, position: number): QuickInfo | undefined;
  interrupt(): void;
}

/** Where an executor tells of values (`log`), of what was thrown and of diagnostics (`error`). */
export interface ExecutorConsole {
  log(value: unknown): void;
  error(...values: unknown[]): void;
}

/** What `tslab.display` calls. */
export type WriteDisplayData = (content: DisplayContent, update?: boolean) => void;

export interface DisplayContent {
  readonly data: Readonly<Record<string, string>>;
  readonly metadata: object;
  readonly transient: { readonly display_id?: string };
}

export interface Tslab {
  /** The folder of its package. */
  readonly folder: string;
  createConverter(options: { isJS: boolean; isBrowser: boolean }): Converter;
  createExecutor(folder: string, converters: ConverterSet, console: ExecutorConsole): Executor;
  isCompleteCode(code: string): { completed: boolean; indent?: string };
  printQuickInfo(info: QuickInfo): string;
  /** `display` writes to `lastWriteDisplayData` of this module. */
  readonly jupyter: { lastWriteDisplayData: WriteDisplayData | null };
}

class TslabMissing extends Error {
  override readonly name = 'TslabMissing';

  constructor(message: string) {
    super(message);
    this.stack = headline(this); // the way to here is ours, and says nothing
  }
}

const remedy =
  'Install it beside the notebook (npm install tslab@1.0.22), or set ESTIMAND_TSLAB to the folder in which it is ' +
  'installed, then restart the kernel; without ESTIMAND_ENGINE=tslab the kernel needs no tslab.';

/**
 * The folder of tslab's package: the one that `named` (ESTIMAND_TSLAB) is, or in which that has it installed; else
 * what `import 'tslab'` would find in the notebook's folder.
 *
 * @throws TslabMissing when there is none, saying what to do
 */
export function findTslab(folder: string, named: string | undefined): string {
  const has = (candidate: string): boolean => existsSync(join(candidate, 'dist', 'executor.js'));
  if (named) {
    const found = [resolve(folder, named), resolve(folder, named, 'node_modules', 'tslab')].find(has);
    if (found !== undefined) return found;
    throw new TslabMissing(`ESTIMAND_ENGINE is tslab, but there is no tslab in ${named} (ESTIMAND_TSLAB). ${remedy}`);
  }
  try {
    const found = dirname(createRequire(join(folder, 'notebook')).resolve('tslab/package.json'));
    if (has(found)) return found;
  } catch {
    // told below
  }
  throw new TslabMissing(`ESTIMAND_ENGINE is tslab, but no tslab is installed for ${folder}. ${remedy}`);
}

/** How the executor wraps what it runs. */
const wrapped = /^\((?:async )?function\(exports, require\) \{/;

/**
 * The executor lets a SIGINT break what it runs; the inspector does not survive that. Interrupts come through the guard
 * (../repl/guard.ts), and Ctrl-C in a terminal, which every process of the group hears, is for the wire process alone.
 */
function ignoreSignals(): void {
  const { runInThisContext } = vm;
  const run: typeof runInThisContext = (code, options) => {
    const cell = wrapped.test(code) && typeof options === 'object';
    return runInThisContext(code, cell ? { ...options, breakOnSigint: false } : options);
  };
  Object.assign(vm, { runInThisContext: run });
}

/** Load what we use of a tslab; takes a second or two. */
export function loadTslab(folder: string): Tslab {
  ignoreSignals();
  const load = createRequire(join(folder, 'package.json'));
  const { createConverter, isCompleteCode } = load('./dist/converter.js') as Pick<
    Tslab,
    'createConverter' | 'isCompleteCode'
  >;
  const { createExecutor } = load('./dist/executor.js') as Pick<Tslab, 'createExecutor'>;
  const { printQuickInfo } = load('./dist/inspect.js') as Pick<Tslab, 'printQuickInfo'>;
  const jupyter = load('./dist/jupyter.js') as Tslab['jupyter'];
  return { folder, createConverter, createExecutor, isCompleteCode, printQuickInfo, jupyter };
}
