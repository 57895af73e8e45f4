/**
 * Imports from cells. A cell's `import` becomes a call of `importFor`, for REPL mode cannot import by itself.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Marks a specifier as coming from a cell; the module hooks resolve it from the notebook's folder. */
export const cellScheme = 'estimand-cell:';

type Namespace = Record<string, unknown>;

/** Import a module as a cell does. JSON needs no attributes. */
export async function importModule(specifier: unknown, options?: ImportCallOptions): Promise<Namespace> {
  return (await import(`${cellScheme}${String(specifier)}`, options)) as Namespace;
}

/**
 * Import what a static import names, each name checked: `undefined` under a misspelt name would be found much later.
 *
 * @throws SyntaxError when the module has no such export
 */
export async function importNames(
  specifier: string,
  names: readonly string[] = [],
  options?: ImportCallOptions,
): Promise<Namespace> {
  const namespace = await importModule(specifier, options);
  const missing = names.filter((name) => !(name in namespace));
  if (missing.length === 0) return namespace;

  const found: Namespace = { ...namespace };
  for (const name of missing) {
    // A CommonJS module may set its exports in ways that cannot be seen without running it.
    const whole = namespace.default;
    if (isObject(whole) && name in whole) found[name] = whole[name];
    else if (!isType(specifier, name)) throw new SyntaxError(missingExport(specifier, name));
  }
  return found;
}

function isObject(value: unknown): value is Namespace {
  return (typeof value === 'object' || typeof value === 'function') && value !== null;
}

function missingExport(specifier: string, name: string): string {
  if (name === 'default') return `'${specifier}' has no default export; import names from it, or \`* as name\``;
  return `'${specifier}' has no export named '${name}'; if it is a type, write \`import type { ${name} }\``;
}

/** Files read at most when a type is looked for through `export … from`. */
const mostFiles = 400;

/** Whether a module's TypeScript declares `name` as a type, which is not there at run time and need not be. */
function isType(specifier: string, name: string): boolean {
  let start: string;
  try {
    start = fileURLToPath(resolveFromCell(specifier));
  } catch {
    return false;
  }
  const declaration = new RegExp(`\\b(?:interface|type|declare class|const enum)\\s+${escapeName(name)}\\b`);
  const waiting = [declarationsOf(start)];
  const seen = new Set<string>();
  for (let file = waiting.pop(); file !== undefined && seen.size < mostFiles; file = waiting.pop()) {
    if (seen.has(file) || !existsSync(file)) continue;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    if (declaration.test(text)) return true;
    for (const [, from] of text.matchAll(/\bfrom\s+['"](\.[^'"]+)['"]/g)) {
      waiting.push(declarationsOf(fileURLToPath(new URL(from!, `file://${file}`))));
    }
  }
  return false;
}

function declarationsOf(file: string): string {
  const declarations = file.replace(/\.([cm]?)[jt]s$/, '.d.$1ts');
  return existsSync(declarations) ? declarations : file;
}

function escapeName(name: string): string {
  return name.replace(/\$/g, '\\$');
}

/** The URL that `specifier` stands for in a cell. @throws when there is no such module */
export function resolveFromCell(specifier: string): string {
  return import.meta.resolve(`${cellScheme}${specifier}`);
}
