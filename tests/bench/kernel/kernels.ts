/**
 * Ours and the peers: where they are, and how they are started. The peers of npm are set up in `.bench/kernel/` on the
 * first run; ipykernel comes with the repository's environment.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentNode, python, root } from '../../../scripts/lib/paths.mjs';
import { npmCommand } from '../../../scripts/lib/run.mjs';
import { PeerMissing } from '../peers/stan.ts';
import { type KernelPlan, pythonCells, typescriptCells } from './plan.ts';

/** The folder of the peers, the kernelspecs and the kernels' own messages. */
export const folder = join(root, '.bench', 'kernel');
const packages = { deno: '2.9.6', tslab: '1.0.22' };

/** The native executable: npm's `deno` is a script in front of it, which would cost it a start of Node. */
function denoExecutable(): string | undefined {
  const { platform, arch } = process;
  const name = `${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`;
  const file = platform === 'win32' ? 'deno.exe' : 'deno';
  return [join('@deno', name), 'deno']
    .map((path) => join(folder, 'node_modules', path, file))
    .find((path) => existsSync(path));
}

function install(): { deno: string; tslab: string } {
  const tslab = join(folder, 'node_modules', 'tslab', 'bin', 'tslab');
  let deno = denoExecutable();
  if (deno === undefined || !existsSync(tslab)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
    process.stdout.write(`Installing ${wanted.join(' and ')} into .bench/kernel (once)\n`);
    const [command, args] = npmCommand(['install', '--no-audit', '--no-fund', '--loglevel=error', ...wanted]);
    try {
      execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      throw new PeerMissing(`npm failed: ${(error as Error).message}. The bench needs the network once.`);
    }
    deno = denoExecutable();
  }
  if (deno === undefined) throw new PeerMissing('The npm package deno has no executable for this platform.');
  return { deno, tslab };
}

/**
 * All kernels, ours first. ESTIMAND_KERNEL_MAIN names another compiled entry to measure without the launcher, as in
 * the kernel's tests.
 *
 * @throws PeerMissing with the remedy
 */
export function kernels(): KernelPlan[] {
  const node = environmentNode();
  if (node === undefined || !existsSync(python)) throw new PeerMissing('There is no environment: run npm run setup.');
  const { deno, tslab } = install();
  const main = process.env.ESTIMAND_KERNEL_MAIN;
  const itself = "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/plain': 'x'.repeat(50_000_000) }) })";
  const denos = "await Deno.jupyter.display({ 'text/plain': 'x'.repeat(50_000_000) }, { raw: true });";
  const name = '{connection_file}';
  return [
    {
      name: 'estimand',
      argv: main === undefined ? [python, '-m', 'estimand_kernel', name] : [node, main, name],
      env: {},
      ...typescriptCells(itself),
    },
    {
      name: 'deno',
      argv: [deno, 'jupyter', '--kernel', '--conn', name],
      env: { DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1' },
      ...typescriptCells(denos),
    },
    {
      name: 'tslab',
      argv: [node, tslab, 'kernel', `--config-path=${name}`],
      env: {},
      ...typescriptCells("import * as tslab from 'tslab';\ntslab.display.text('x'.repeat(50_000_000));"),
    },
    { name: 'ipykernel', argv: [python, '-m', 'ipykernel_launcher', '-f', name], env: {}, ...pythonCells() },
  ];
}
