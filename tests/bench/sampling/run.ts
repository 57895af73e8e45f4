/**
 * The sampling bench: ours, nutpie, NumPyro and Stan in turn on the same models, and ArviZ as the judge of all.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { PeerMissing } from '../peers/stan.ts';
import { StanSampler } from '../peers/stan-sampler.ts';
import type { Bars } from '../report.ts';
import { type RunFigure, samplingReport, summarise, us } from './figures.ts';
import { samplingModels } from './models.ts';

const bench = fileURLToPath(new URL('../../../.bench/sampling', import.meta.url));
const packages = ['nutpie[pymc]==0.16.8', 'numpyro==0.22.0', 'jax==0.10.2', 'arviz==0.23.4'];
const seeds = [1, 2, 3, 4, 5];
const draws = 1000; // and as many of warm-up

/** What any side answers to one run. */
interface Answer {
  readonly seconds: number;
  readonly cpu: number;
  readonly build: number;
  readonly leapfrogs: number;
  readonly names: readonly string[];
  readonly missing?: true;
}

interface Judged {
  readonly ess: number;
  readonly rhat: number;
  /** Mean, sd and their Monte Carlo errors. */
  readonly figures: Readonly<Record<string, readonly [number, number, number, number]>>;
}

/** A process that answers a line with a line. */
class Side {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  #errors = '';

  constructor(command: string, args: readonly string[]) {
    this.#process = spawn(command, args, { cwd: fileURLToPath(new URL('../../..', import.meta.url)) });
    this.#process.stderr.on('data', (chunk) => {
      this.#errors = (this.#errors + String(chunk)).slice(-2000);
    });
    this.#reader = createInterface(this.#process.stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async ask<T>(question: object): Promise<T> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    while (true) {
      const { value, done } = await this.#lines.next();
      if (done) throw new PeerMissing(`a side of the bench ended: ${this.#errors.trim().split('\n').at(-1)}`);
      if (value.startsWith('{')) return JSON.parse(value) as T; // libraries print
    }
  }

  close(): void {
    this.#reader.close();
    this.#process.stdin.end();
  }
}

/** The Python of the peers; installed on the first run. */
function python(): string {
  const program = join(bench, 'venv', 'bin', 'python');
  mkdirSync(bench, { recursive: true });
  if (existsSync(join(bench, 'venv', 'ready'))) return program;
  process.stdout.write(`Installing ${packages.join(', ')} into .bench/sampling/venv (once, a few minutes)\n`);
  try {
    execFileSync('python3', ['-m', 'venv', join(bench, 'venv')], { stdio: 'pipe' });
    execFileSync(program, ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: 'pipe' });
    execFileSync(program, ['-c', `open(${JSON.stringify(join(bench, 'venv', 'ready'))}, 'w').close()`]);
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    throw new PeerMissing(
      `The peers cannot be installed: ${String(stderr).trim().split('\n').at(-1)}. pip needs the network once.`,
    );
  }
  return program;
}

/** Our side as JavaScript, as users have it: the worker's two files stand beside the rest. @returns the program */
async function compileOurs(): Promise<string> {
  const outdir = join(bench, 'ours');
  const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  await build({
    entryPoints: {
      ours: source('./ours.ts'),
      entry: source('../../../kernel/src/workers/entry.ts'),
      job: source('../../../kernel/src/estimate/samplers/job.ts'),
    },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outdir,
  });
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}');
  return join(outdir, 'ours.js');
}

/** Largest distance of means and sds from ours, in combined standard errors. */
function distance(theirs: Judged, ours: Judged): number {
  let worst = 0;
  for (const [name, [mean, sd, meanError, sdError]] of Object.entries(theirs.figures)) {
    const own = ours.figures[name];
    if (!own) throw new Error(`the peers call a parameter '${name}', which ours does not have`);
    worst = Math.max(worst, Math.abs(mean - own[0]) / Math.hypot(meanError, own[2]));
    worst = Math.max(worst, Math.abs(sd - own[1]) / Math.hypot(sdError, own[3]));
  }
  return worst;
}

/** Measure (the better part of an hour), and judge. A case `-Stan` leaves that sampler out. */
export async function measureSampling(
  cases: readonly string[],
  bars: Bars,
): Promise<{ text: string; missed: readonly string[] }> {
  const named = cases.filter((name) => !name.startsWith('-'));
  const chosen = named.length > 0 ? named : Object.keys(samplingModels);
  const without = cases.filter((name) => name.startsWith('-')).map((name) => name.slice(1));
  for (const name of chosen) {
    if (!Object.hasOwn(samplingModels, name)) {
      throw new Error(`no model called '${name}'; there are: ${Object.keys(samplingModels).join(', ')}`);
    }
  }
  const peers = new Side(python(), [fileURLToPath(new URL('./peers.py', import.meta.url))]);
  const program = await compileOurs();
  const runs: RunFigure[] = [];
  for (const model of chosen) {
    const { data, stan: told } = samplingModels[model]!();
    const ours = new Side(process.execPath, [program]);
    const plain = new Side(process.execPath, [program, 'plain']);
    const stan = without.includes('Stan') ? undefined : new StanSampler(told.program, told.data);
    const all: Readonly<Record<string, (seed: number, out: string) => Promise<Answer>>> = {
      [us]: (seed, out) => ours.ask({ model, seed, draws, out }),
      [`${us}, no rewrites`]: (seed, out) => plain.ask({ model, seed, draws, out }),
      ...(stan && { Stan: (seed: number, out: string): Promise<Answer> => stan.sample(seed, draws, out) }),
      ...Object.fromEntries(
        ['nutpie', 'nutpie low-rank', 'NumPyro'].map((peer) => [
          peer,
          (seed: number, out: string) => peers.ask<Answer>({ op: 'sample', peer, model, data, seed, draws, out }),
        ]),
      ),
    };
    const sides = Object.fromEntries(Object.entries(all).filter(([name]) => !without.includes(name)));
    const out = join(bench, 'draws.bin');
    // The first run of each is where its code becomes warm; ours also opens the workers then, as a first cell does.
    const first = await all[us]!(99, out);
    await all[`${us}, no rewrites`]!(99, out);
    for (const seed of seeds) {
      let reference: Judged | undefined;
      for (const [sampler, run] of Object.entries(sides)) {
        const answer = await run(seed, out);
        if (answer.missing) continue;
        const judged = await peers.ask<Judged>({ op: 'judge', file: out, names: answer.names, draws });
        reference ??= judged;
        const cold = first.build + Math.max(0, first.seconds - answer.seconds);
        const before = sampler.startsWith(us) ? cold : answer.build;
        const { seconds, cpu, leapfrogs } = answer;
        const apart = distance(judged, reference);
        runs.push({
          sampler,
          model,
          seed,
          seconds,
          cpu,
          build: before,
          leapfrogs,
          ess: judged.ess,
          rhat: judged.rhat,
          apart,
        });
      }
    }
    ours.close();
    plain.close();
    process.stdout.write(`${samplingReport(summarise(runs.filter((r) => r.model === model)), {}).text}\n`);
  }
  peers.close();
  const applied = cases.length === 0 ? bars : {};
  const { text, missed } = samplingReport(summarise(runs), applied);
  const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]!.toFixed(1)}`;
  return { text: `${text}\n(${machine})`, missed };
}
