/**
 * The same rewriting of operators for Vite and vitest: `plugins: [estimand()]`.
 */
import { rewriteExpressions } from './program/rewrite/index.ts';

/** The part of Vite's plugin interface this one needs. */
interface Plugin {
  readonly name: string;
  transform(code: string, id: string): { code: string; map: string } | undefined;
}

const home = decodeURIComponent(new URL('./', import.meta.url).pathname);

/**
 * Rewrite operators inside model stages, in the modules of a project (dependencies are left alone). Vite has taken the
 * types out by then.
 *
 * @example
 * import { estimand } from 'estimand/vite';
 * export default defineConfig({ plugins: [estimand()] });
 */
export function estimand(): Plugin {
  return {
    name: 'estimand',
    transform(code, id) {
      const [path = ''] = id.split('?');
      if (!/\.[cm]?[jt]sx?$/.test(path) || path.includes('/node_modules/') || path.startsWith(home)) return undefined;
      const { code: rewritten, changed, map } = rewriteExpressions(code, { source: path });
      return changed && map ? { code: rewritten, map: map.toString() } : undefined;
    },
  };
}
