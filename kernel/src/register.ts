/**
 * `node --import estimand/register file.ts`: outside notebooks, the same language as inside.
 *
 * Hooks into Node's loader: `estimand` is this package from any folder, TypeScript loses its types, and operators
 * inside model stages become operations (program/rewrite). Neither moves a line; columns are mapped back through
 * source maps, so a stack trace shows the user's own text.
 */
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { rewriteExpressions } from './program/rewrite/index.ts';

/** Folder of this package's code, and the extension it runs with: .ts from source, .js when built. */
const home = new URL('./', import.meta.url).href;
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const entries = new Map([
  ['estimand', new URL(`./index${extension}`, import.meta.url).href],
  ['estimand/register', import.meta.url],
]);

/** Types out, every other character where it was. Node still calls its own function an experiment; the user need not know. */
function stripTypes(source: string): string {
  const emitWarning = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    return module.stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** The text to run: without types, operators rewritten, and the way back to the user's columns. */
export function prepare(source: string, url: string): string {
  const javascript = /\.[cm]?ts$/.test(url) ? stripTypes(source) : source;
  const { code, changed, map } = rewriteExpressions(javascript, { source: url });
  return changed && map ? `${code}\n//# sourceMappingURL=${map.toUrl()}` : code;
}

/** Whether a module is the user's own: not a dependency, not this package. */
function isUserModule(url: string): boolean {
  return url.startsWith('file:') && !url.startsWith(home) && !url.includes('/node_modules/');
}

function register(): void {
  process.setSourceMapsEnabled(true);
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      const url = entries.get(specifier);
      return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true };
    },
    load(url, context, nextLoad) {
      const [path = ''] = url.split(/[?#]/);
      if (!isUserModule(url)) return nextLoad(url, context);
      if (/\.m?ts$/.test(path)) {
        const source = prepare(readFileSync(fileURLToPath(path), 'utf8'), path);
        return { format: 'module', source, shortCircuit: true };
      }
      const loaded = nextLoad(url, context);
      if (loaded.format !== 'module' || !loaded.source) return loaded;
      const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
      return { ...loaded, source: prepare(source, path) };
    },
  });
}

if (typeof module.registerHooks === 'function' && typeof module.stripTypeScriptTypes === 'function') {
  register();
} else {
  process.stderr.write(
    `estimand/register needs Node 22.15 or newer, and this is ${process.version}; install a newer Node, or write methods (a.add(b)) and import estimand as it is\n`,
  );
  process.exit(1);
}
