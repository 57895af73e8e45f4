/**
 * Steps that are done once and again only when their inputs change.
 *
 * A step's stamp holds a hash of its inputs' contents. The stamp is removed before the work and written last, so work
 * that was broken off is done again; a checkout that was moved is set up again, for environments hold absolute paths.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { say } from './failure.mjs';
import { withLock } from './lock.mjs';
import { root, stateFolder } from './paths.mjs';

/**
 * @typedef {object} Step
 * @property {string} name shown while it works
 * @property {() => boolean} isDone looks, quickly and without side effects
 * @property {() => Promise<void>} work
 */

/** Made by tools, or by running: never an input. */
const NOT_INPUT = /(^|\/)(node_modules|__pycache__|\.ipynb_checkpoints)(\/|$)|\.tsbuildinfo$|\.executed\.ipynb$/;
const BUILT = /^(kernel\/dist|labextension\/(lib|dist)|python\/(build|dist))$/;

/**
 * Every file of a folder, as paths from `base`, in a fixed order.
 * @param {string} base
 * @param {(path: string) => boolean} keep asked for each file's and folder's path from `base`
 * @returns {string[]} with forward slashes
 */
export function filesUnder(base, keep = () => true) {
  /** @type {string[]} */
  const found = [];
  /** @param {string} folder */
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = relative(base, join(folder, entry.name)).split(sep).join('/');
      if (!keep(path)) continue;
      if (entry.isDirectory()) visit(join(folder, entry.name));
      else found.push(path);
    }
  };
  if (existsSync(base)) visit(base);
  return found.sort();
}

/**
 * A hash of the contents of files and folders of the repository.
 * @param {readonly string[]} inputs paths from the root; one that does not exist counts as absent
 */
export function contentHash(inputs) {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const path = join(root, input);
    const folder = existsSync(path) && statSync(path).isDirectory();
    /** @param {string} inside */
    const keep = (inside) => !NOT_INPUT.test(inside) && !BUILT.test(`${input}/${inside}`);
    const files = folder ? filesUnder(path, keep).map((file) => join(path, file)) : [path];
    for (const file of files) {
      hash.update(`${relative(root, file)}\0`);
      hash.update(existsSync(file) ? readFileSync(file) : 'absent');
    }
  }
  return hash.digest('hex');
}

/**
 * A step with a stamp.
 * @param {object} options
 * @param {string} options.name
 * @param {readonly string[]} options.inputs files and folders, from the root
 * @param {() => boolean} options.hasOutput whether what the step makes is still there
 * @param {() => Promise<void>} options.work
 * @returns {Step}
 */
export function stampedStep({ name, inputs, hasOutput, work }) {
  const stamp = join(stateFolder, 'stamps', name.replaceAll(' ', '-'));
  const key = () => [process.platform, process.arch, root, contentHash(inputs)].join('\n');
  return {
    name,
    isDone: () => hasOutput() && existsSync(stamp) && readFileSync(stamp, 'utf8') === key(),
    work: async () => {
      rmSync(stamp, { force: true });
      const before = key(); // an input that changes during the work makes the step due again
      await work();
      mkdirSync(dirname(stamp), { recursive: true });
      writeFileSync(stamp, before);
    },
  };
}

/**
 * Do what is not done, in order. Where nothing is to do, nothing is locked, written or printed.
 * @param {readonly Step[]} steps
 */
export async function ensure(steps) {
  if (steps.every((step) => step.isDone())) return;
  await withLock(
    join(stateFolder, 'lock'),
    async () => {
      for (const step of steps) {
        if (step.isDone()) continue;
        say(`setup: ${step.name} ...`);
        const start = performance.now();
        await step.work();
        say(`setup: ${step.name} done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
      }
    },
    (owner) => say(`setup: another set-up of this folder is under way (process ${owner}); waiting for it`),
  );
}
