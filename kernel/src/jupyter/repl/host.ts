/**
 * What a session offers to cells and to the library: the host, and a few global helpers.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CommHost } from '../../host/comms.ts';
import { metadataOf } from '../../host/display.ts';
import type { MimeBundle } from '../../host/host.ts';
import { installHost } from '../../host/host.ts';
import type { Display, DisplayOptions } from '../../host/show.ts';
import { bundleOf, encodeBundle } from './format.ts';
import { hold, holdEach } from './hold.ts';
import type { LocalFiles } from './hooks.ts';
import { hostName } from './host-name.ts';
import { importModule, importNames, resolveFromCell } from './imports.ts';
import { leaver } from './leave.ts';
import type { Repl } from './repl.ts';

let displays = 0;

/** Install the host for the library, and the global helpers for cells. */
export function installGlobals(repl: Repl, comms: CommHost, folder: string, files: LocalFiles): void {
  const clear = (wait: unknown = false): void => repl.show(repl.run().cell, 'clear_output', { wait: Boolean(wait) });
  installHost({
    display: (bundle) =>
      repl.display(
        encodeBundle(bundle, () => typesOf(bundle)),
        newId(),
      ),
    signal: () => repl.run().signal(),
    comms,
    capture: (work, receive) => repl.capture(work, receive),
    bind: (work) => repl.bind(work),
    show: (value, options) => display(repl, value, options),
    clear,
  });
  const file = join(folder, 'notebook.ts');
  const meta = Object.freeze({
    url: pathToFileURL(file).href,
    filename: file,
    dirname: folder,
    main: true,
    resolve: resolveFromCell,
  });
  define(hostName, false, {
    value: (value: unknown) => {
      repl.run().value = value;
    },
    hold: (value: unknown) => hold(repl.run(), value),
    holdEach: (values: AnyIterable) => holdEach(repl.run(), values),
    import: (specifier: string, names?: string[], options?: ImportCallOptions) => {
      files.refresh();
      return importNames(specifier, names, options);
    },
    dynamicImport: (specifier: unknown, options?: ImportCallOptions) => {
      files.refresh();
      return importModule(specifier, options);
    },
    using: (resource: Disposable | null | undefined) => {
      repl.run().resources.defer(disposer(resource));
      return resource;
    },
    awaitUsing: (resource: AsyncDisposable | Disposable | null | undefined) => repl.run().resources.use(resource),
    meta,
    constant: (name: string) => {
      throw new TypeError(`Assignment to constant variable '${name}'.`);
    },
    caught: (thrown: unknown) => repl.evaluator.caught(thrown),
    handle: () => repl.handleNow(),
    stop: (cell: number, number: number) => repl.stop(cell, number),
    clear: () => repl.clear(),
  });
  define('display', true, (value: unknown, options: DisplayOptions = {}) => display(repl, value, options));
  define('clearOutput', true, clear);
  const leave = leaver(() => {
    repl.run().leaves = true;
  });
  define('exit', true, leave);
  define('quit', true, leave);
  define('require', true, createRequire(file));
}

/** What `using` does with a resource at the end. @throws TypeError at once where it can do nothing */
function disposer(resource: Disposable | null | undefined): () => void {
  if (resource === null || resource === undefined) return () => {};
  const dispose = resource[Symbol.dispose];
  if (typeof dispose !== 'function') throw new TypeError('using: the value has no method [Symbol.dispose]');
  return () => dispose.call(resource);
}

type AnyIterable = AsyncIterable<unknown> | Iterable<unknown>;

/** Define a global that a cell may declare anew (`visible`), or that only the engine uses. */
export function define(name: string, visible: boolean, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: visible, writable: visible, enumerable: false });
}

function newId(): string {
  return `estimand-${process.pid}-${++displays}`;
}

/** The plain text of a bundle that brings none. */
function typesOf(bundle: MimeBundle): string {
  return `[${Object.keys(bundle).join(', ')}]`;
}

function display(repl: Repl, value: unknown, { id = newId(), raw = false, update = false }: DisplayOptions): Display {
  const show = (data: MimeBundle, replace: boolean): void => {
    const type = replace ? 'update_display_data' : 'display_data';
    repl.show(repl.run().cell, type, { data, metadata: metadataOf(data), transient: { display_id: id } });
  };
  present(repl, value, raw, (data) => show(data, update));
  return {
    id,
    update: (next, options = {}) => present(repl, next, options.raw ?? false, (data) => show(data, true)),
    clear: () => show({ 'text/plain': '' }, true),
  };
}

/** Make a value's bundle and hand it on; the cell does not end before a bundle that needs time is there. */
function present(repl: Repl, value: unknown, raw: boolean, show: (bundle: MimeBundle) => void): void {
  const bundle = raw ? encodeBundle(value as MimeBundle, () => typesOf(value as MimeBundle)) : bundleOf(value);
  if (!(bundle instanceof Promise)) {
    show(bundle);
    return;
  }
  const { pending } = repl.run();
  const shown = showLater(repl, bundle, show);
  pending.add(shown);
  void shown.then(() => pending.delete(shown));
}

async function showLater(repl: Repl, bundle: Promise<MimeBundle>, show: (bundle: MimeBundle) => void): Promise<void> {
  try {
    show(await bundle);
  } catch (error) {
    repl.late(error);
  }
}
