/**
 * How modules are found and read in a session: `estimand` is this package in any folder, `tslab` is what stands in for
 * the kernel of that name, cells import from the notebook's folder, local TypeScript files run as they are, and a local
 * file that has changed is read anew.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { type LoadFnOutput, type LoadHookContext, type ResolveFnOutput, registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rewriteExpressions } from '../../program/rewrite/index.ts';
import { CodeError } from './code-error.ts';
import { stripModule } from './compile.ts';
import { cellScheme } from './imports.ts';
import { follow, type RawMap } from './positions.ts';
import type { Sources } from './sources.ts';
import type { Stripped } from './strip.ts';

/** This package: `…/dist/`, or `…/src/` where it runs from its sources. */
const packageRoot = new URL('../../', import.meta.url);
const ownExtension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** Stands in for tslab, whether that is installed or not: its own would find no kernel to talk to. */
const tslab = new URL(`jupyter/tslab.${ownExtension}`, packageRoot).href;

const typescriptFile = /\.[cm]?ts$/;
/** What TypeScript lets one leave out or write otherwise, in the order it is tried. */
const guesses: readonly ((url: string) => string)[] = [
  (url) => `${url}.ts`,
  (url) => `${url}.js`,
  (url) => `${url}/index.ts`,
  (url) => `${url}/index.js`,
  (url) => url.replace(/\.([cm]?)js$/, '.$1ts'),
];

/** The local files that were read, and when each was last changed. */
export class LocalFiles {
  readonly #changed = new Map<string, number>();
  #generation = 0;

  /** To be called before a cell imports: after a change, local files are read anew under a new version. */
  refresh(): void {
    for (const [path, time] of this.#changed) {
      if (modified(path) === time) continue;
      this.#generation++;
      this.#changed.clear();
      return;
    }
  }

  note(path: string): void {
    this.#changed.set(path, modified(path));
  }

  /** The URL under which a local file is known now. */
  versioned(url: string): string {
    return this.#generation === 0 ? url : `${url}?v=${this.#generation}`;
  }
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Install the hooks for this process. */
export function installHooks(folder: string, files: LocalFiles, sources: Sources): void {
  const notebook = pathToFileURL(join(folder, 'notebook')).href;
  const isLocal = (url: string): boolean =>
    url.startsWith('file:') && !url.includes('/node_modules/') && !url.startsWith(packageRoot.href);

  registerHooks({
    resolve(specifier, context, next): ResolveFnOutput {
      const fromCell = specifier.startsWith(cellScheme);
      const name = fromCell ? specifier.slice(cellScheme.length) : specifier;
      if (name === 'estimand' || name.startsWith('estimand/')) {
        return { url: ownModule(name), shortCircuit: true };
      }
      if (name === 'tslab') return { url: tslab, shortCircuit: true };
      const parentURL = fromCell ? notebook : context.parentURL;
      const found = resolveLoosely(name, parentURL, (wanted) => next(wanted, { ...context, parentURL }));
      if (!isLocal(found.url)) return found;
      const json = found.url.endsWith('.json') ? { importAttributes: { type: 'json' } } : {};
      return { ...found, ...json, url: files.versioned(found.url) };
    },
    load(url, context, next): LoadFnOutput {
      if (!isLocal(url)) return next(url, context);
      const path = fileURLToPath(url);
      files.note(path);
      if (typescriptFile.test(path)) return loadTypeScript(url, path, sources);
      return withOperators(next(url, asJson(path, context)), url, path, sources);
    },
  });
}

function asJson(path: string, context: LoadHookContext): LoadHookContext {
  return path.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context;
}

/** `estimand` → index, `estimand/figure` → figure/index, `estimand/figure/svg` → figure/svg. */
function ownModule(name: string): string {
  const path = name.slice('estimand/'.length) || 'index';
  const candidates = [`${path}.${ownExtension}`, `${path}/index.${ownExtension}`];
  if (path === 'package.json') return new URL('../package.json', packageRoot).href;
  for (const candidate of candidates) {
    const url = new URL(candidate, packageRoot);
    if (existsSync(url)) return url.href;
  }
  throw Object.assign(new Error(`estimand has no part named '${path}'`), { code: 'ERR_MODULE_NOT_FOUND' });
}

function resolveLoosely(
  name: string,
  parentURL: string | undefined,
  next: (specifier: string) => ResolveFnOutput,
): ResolveFnOutput {
  try {
    return next(name);
  } catch (error) {
    if (parentURL?.startsWith('file:') && /^\.{0,2}\//.test(name)) {
      const url = new URL(name, parentURL).href;
      for (const guess of guesses) {
        const candidate = guess(url);
        if (candidate !== url && existsSync(fileURLToPath(candidate))) return next(candidate);
      }
    }
    throw error;
  }
}

/** A local JavaScript module may say models and `'use expression'` as well. */
function withOperators(loaded: LoadFnOutput, url: string, path: string, sources: Sources): LoadFnOutput {
  if (loaded.format !== 'module' || !loaded.source) return loaded;
  const text = Buffer.from(loaded.source as Uint8Array).toString('utf8');
  const { code, changed, map } = rewriteExpressions(text);
  sources.add(url, { label: path, text }, () => follow(map ? [map as unknown as RawMap] : []));
  return changed ? { ...loaded, source: code } : loaded;
}

function loadTypeScript(url: string, path: string, sources: Sources): LoadFnOutput {
  const text = readFileSync(path, 'utf8');
  const stripped = stripFile(text, path);
  const expressions = rewriteExpressions(stripped.code);
  const maps = [expressions.map as RawMap | undefined, stripped.map].filter((map) => map !== undefined);
  sources.add(url, { label: path, text }, () => follow(maps));
  return {
    format: path.endsWith('.cts') ? 'commonjs' : 'module',
    source: expressions.code,
    shortCircuit: true,
  };
}

function stripFile(text: string, path: string): Stripped {
  try {
    return stripModule(text, dirname(path));
  } catch (error) {
    if (!(error instanceof CodeError) || !error.place) throw error;
    throw new CodeError(`${error.message} (${path}:${error.place.line}:${error.place.column + 1})`);
  }
}
