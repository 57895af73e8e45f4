/**
 * PyTorch, JAX, tfjs and jax-js as peers for training: data and first weights made once, and a process a task.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand } from '../../../scripts/lib/run.mjs';
import { bench, Peer, PeerMissing, run } from './process.ts';

const packages = ['torch==2.13.0', 'jax==0.10.2', 'optax==0.2.8', 'scikit-learn==1.9.1'];
const folder = join(bench, 'train');
const modules = ['@tensorflow/tfjs@4.22.0', '@tensorflow/tfjs-backend-wasm@4.22.0', '@jax-js/jax@0.1.25'];
const script = (name: string) => fileURLToPath(new URL(`./train/${name}.py`, import.meta.url));

/** The Python of the peers; installed on the first run. */
function python(): string {
  const program = join(folder, 'venv', 'bin', 'python');
  mkdirSync(folder, { recursive: true });
  const ready = join(folder, 'venv', 'ready');
  if (existsSync(ready)) return program;
  process.stdout.write(`Installing ${packages.join(', ')} into .bench/train/venv (once, a few minutes)\n`);
  run('python3', ['-m', 'venv', join(folder, 'venv')], bench, 'The bench needs Python 3 with the venv module.');
  run(program, ['-m', 'pip', 'install', '--quiet', ...packages], bench, 'The bench needs the network once.');
  writeFileSync(ready, '');
  return program;
}

/** The file beside which the peers of npm are; installed on the first run. */
function packageOfModules(): string {
  const own = join(folder, 'npm');
  const file = join(own, 'package.json');
  const ready = join(own, 'ready');
  if (existsSync(ready)) return file;
  mkdirSync(own, { recursive: true });
  writeFileSync(file, '{ "private": true }\n');
  process.stdout.write(`Installing ${modules.join(', ')} into .bench/train/npm (once)\n`);
  const install = ['install', '--save-exact', '--no-audit', '--no-fund', '--loglevel=error', ...modules];
  const [command, args] = npmCommand(install);
  run(command, args, own, 'The bench needs the network once.');
  writeFileSync(ready, '');
  return file;
}

const peers = {
  PyTorch: () => [python(), script('torch_peer')],
  JAX: () => [python(), script('jax_peer')],
  'tfjs-wasm': () => [process.execPath, fileURLToPath(new URL('./train/tfjs.ts', import.meta.url))],
  'jax-js': () => [process.execPath, fileURLToPath(new URL('./train/jax-js.ts', import.meta.url))],
} as const;
export type TrainingPeerName = keyof typeof peers;
export const trainingPeers = Object.keys(peers) as TrainingPeerName[];

/** What a peer lacks that the task takes, if anything. */
export function lackOf(peer: TrainingPeerName, task: string): string | undefined {
  return peer === 'tfjs-wasm' && task === 'lenet' ? 'this backend has no kernel Conv2DBackpropFilter' : undefined;
}

/** Where the arrays of all tasks are; made on the first run. */
export function trainingData(): string {
  const data = join(folder, 'data');
  if (!existsSync(join(data, 'meta.json'))) {
    mkdirSync(data, { recursive: true });
    try {
      execFileSync(python(), [script('data'), data], { stdio: 'pipe' });
    } catch (error) {
      const last = String((error as { stderr?: Buffer }).stderr)
        .trim()
        .split('\n')
        .at(-1);
      throw new PeerMissing(`The data of the training bench cannot be made: ${last}`);
    }
  }
  return data;
}

/** A peer that trains one task. */
export class TrainingPeer extends Peer {
  constructor(name: TrainingPeerName, task: string) {
    const [command, program] = peers[name]() as [string, string];
    const data = { task, folder: trainingData() };
    const all = name === 'tfjs-wasm' || name === 'jax-js' ? { ...data, modules: packageOfModules() } : data;
    super(`train-${name}-${task.replaceAll(' ', '-')}`, command, [program], all, []);
  }

  /** Loss of the first step, and at the end of the run that the reference losses are of. */
  async losses(): Promise<{ readonly first: number; readonly last: number }> {
    const [answer] = await this.values();
    return { first: answer!.gradient[0]!, last: answer!.value };
  }

  /** Megabytes over idle that twenty steps take; asked of PyTorch or JAX before anything else. */
  memory(): Promise<number> {
    return this.ask('memory').then((text) => JSON.parse(text).megabytes as number);
  }
}
