/**
 * What workers load, as one file a task and one for what the tasks share: a worker begins with some two hundred modules,
 * and to find, read and link each by itself takes three times the time of the bundle.
 *
 * The library itself stays as it was compiled, module by module: its parts can be imported alone and are the same ones
 * then. A worker has nothing beside its bundle.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.mjs';
import { root } from './paths.mjs';

/** Modules that workers alone load, from kernel/src. Their compiled files are replaced by the bundle's. */
const TASKS = ['estimate/samplers/job-entry', 'estimate/climb-job'];

/** Bundle the tasks of the worker pool from their sources into `kernel/dist`. */
export async function bundleTasks() {
  const { build } = await import('esbuild'); // there once the packages are installed, which is a step before this one
  const output = join(root, 'kernel', 'dist');
  const shared = join(output, 'workers');
  for (const file of readdirSync(shared)) if (file.startsWith('shared-')) rmSync(join(shared, file));
  const { metafile } = await build({
    entryPoints: Object.fromEntries(TASKS.map((task) => [task, join(root, 'kernel', 'src', `${task}.ts`)])),
    outdir: output,
    bundle: true,
    splitting: true,
    chunkNames: 'workers/shared-[hash]',
    format: 'esm',
    platform: 'neutral', // workers of a browser load the same files
    target: 'esnext',
    charset: 'utf8',
    sourcemap: 'linked',
    metafile: true,
    absWorkingDir: root,
    logLevel: 'silent',
  });
  const foreign = Object.keys(metafile.inputs).find((path) => path.includes('node_modules'));
  if (foreign !== undefined) {
    throw new Failure(
      `${foreign} would be bundled into what workers load, and its licence is not there.`,
      'Import it elsewhere, or bring its licence along in scripts/lib/licences.mjs.',
    );
  }
}
