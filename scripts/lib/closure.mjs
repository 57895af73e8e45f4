/**
 * The npm packages that a package needs at run time: its `dependencies`, theirs, and so on, found in node_modules as
 * Node itself would find them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { Failure } from './failure.mjs';
import { root } from './paths.mjs';

/**
 * @typedef {object} InstalledPackage
 * @property {string} name
 * @property {string} version
 * @property {string} license as its package.json says
 * @property {string} path folder from the root, such as `node_modules/a/node_modules/b`
 */

/**
 * Everything `folder` needs, without itself, sorted by path.
 * @param {string} folder a package's folder, from the root
 * @returns {InstalledPackage[]}
 */
export function dependencyClosure(folder) {
  /** @type {Map<string, InstalledPackage>} */
  const found = new Map();
  /**
   * @param {string} from absolute folder of the package that asks
   * @param {readonly string[]} names
   */
  const visit = (from, names) => {
    for (const name of names) {
      const folder = findPackage(from, name);
      const path = relative(root, folder).split(sep).join('/');
      if (found.has(path)) continue;
      found.set(path, installedPackage(path));
      visit(folder, Object.keys(readManifest(folder).dependencies ?? {}));
    }
  };
  const start = join(root, folder);
  visit(start, Object.keys(readManifest(start).dependencies ?? {}));
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * @param {string} path the package's folder, from the root
 * @returns {InstalledPackage}
 */
export function installedPackage(path) {
  const { name = path, version = '0.0.0', license = 'not stated' } = readManifest(join(root, path));
  return { name, version, license, path };
}

/**
 * @param {string} folder
 * @returns {{ name?: string, version?: string, license?: string, files?: string[], dependencies?: Record<string, string> }}
 */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/**
 * The nearest node_modules wins, as in Node.
 * @param {string} from
 * @param {string} name
 */
function findPackage(from, name) {
  for (let folder = from; folder.startsWith(root); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  throw new Failure(`The package ${name}, needed by ${relative(root, from)}, is not installed.`, 'Run npm run setup.');
}
