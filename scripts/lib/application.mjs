/**
 * The folder the wheel runs: the package `estimand` and all it needs at run time, as one node_modules, without what
 * only weighs.
 */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dependencyClosure, readManifest } from './closure.mjs';
import { root } from './paths.mjs';
import { filesUnder } from './steps.mjs';

/** In any package: maps, build records, tests, and documents other than licences. */
const NEEDLESS = /^\.|\.map$|\.tsbuildinfo$|(^|\/)(test|tests|docs|\.github)\/|\.mdx?$|\.markdown$/i;
const LICENCE = /(^|\/)(licen[cs]e|notice|copying|thirdpartynotice)[^/]*$/i;

/**
 * What else a package can do without: a test on the path inside the package, true for what is left out.
 * @type {Record<string, (path: string) => boolean>}
 */
const LEFT_OUT = {
  // Messages in other languages; the command-line compiler and the editor's server. The library and its lib.*.d.ts stay.
  typescript: (path) =>
    /^bin\//.test(path) || (/^lib\//.test(path) && !/^lib\/(typescript\.(js|d\.ts)|lib\..*\.d\.ts)$/.test(path)),
  // Sources of the native part, and prebuilds that no supported Node loads.
  zeromq: (path) =>
    /^(src|script)\/|^CMakeLists|^vcpkg|^tsconfig|^lib\/ts3\.7\//.test(path) || isNeedlessPrebuild(path),
  // zeromq uses its loader alone; the rest builds native code.
  'cmake-ts': (path) => !/^(package\.json|build\/loader\.m?js)$/.test(path),
  // Header files for a compiler. Its package.json stays, for zeromq names it.
  'node-addon-api': (path) => !/^package\.json$/.test(path),
  'csv-parse': (path) => /^dist\/(esm|iife|umd)\//.test(path),
  '@jridgewell/trace-mapping': (path) => /^src\//.test(path),
  '@jridgewell/sourcemap-codec': (path) => /^src\//.test(path),
};

/**
 * Copy the application to `target`, an empty folder: `target/node_modules/estimand` and its neighbours.
 * @param {string} target absolute
 */
export function assembleApplication(target) {
  const modules = join(target, 'node_modules');
  copyPackage(join(root, 'kernel'), join(modules, 'estimand'), (path) => !isPublished(path));
  for (const { name, path } of dependencyClosure('kernel')) {
    const leftOut = LEFT_OUT[name] ?? (() => false);
    copyPackage(join(root, path), join(target, path.replace(/^kernel\//, 'node_modules/estimand/')), leftOut);
  }
}

/**
 * @param {string} source
 * @param {string} target
 * @param {(path: string) => boolean} leftOut
 */
function copyPackage(source, target, leftOut) {
  for (const path of filesUnder(source, (path) => !path.split('/').includes('node_modules'))) {
    if (!LICENCE.test(path) && (NEEDLESS.test(path) || leftOut(path))) continue;
    const copy = join(target, path);
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(join(source, path), copy);
  }
}

/**
 * What npm would publish of our own package: package.json and the folders its `files` name.
 * @param {string} path
 */
function isPublished(path) {
  const { files = [] } = readManifest(join(root, 'kernel'));
  return path === 'package.json' || files.some((entry) => path === entry || path.startsWith(`${entry}/`));
}

/** Prebuilds for Node 12, and for 32-bit Windows, where the environment's Node does not exist. */
const OLD_ABI = 115;

/** @type {Set<string> | undefined} */
let neededPrebuilds;

/**
 * zeromq's manifest says which prebuild serves which platform; its build folder holds older layouts as well.
 * @param {string} path
 */
function isNeedlessPrebuild(path) {
  if (!path.startsWith('build/') || !path.endsWith('.node')) return false;
  if (!neededPrebuilds) {
    const file = join(root, 'node_modules', 'zeromq', 'build', 'manifest.json');
    /** @type {Record<string, string>} */
    const manifest = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    const needed = Object.entries(manifest).filter(([key]) => {
      const { arch, abi } = JSON.parse(key);
      return arch !== 'ia32' && abi >= OLD_ABI;
    });
    neededPrebuilds = new Set(needed.map(([, prebuild]) => `build/${prebuild.replaceAll('\\', '/')}`));
  }
  return !neededPrebuilds.has(path);
}
