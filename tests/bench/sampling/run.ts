/**
 * The sampling bench: ours, nutpie, NumPyro and Stan in turn on the same models, and ArviZ as the judge of all.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { PeerMissing } from '../peers/stan.ts';
import { StanSampler } from '../peers/stan-sampler.ts';
import type { Bars } from '../report.ts';
import { measureCosts } from './costs.ts';
import { type RunFigure, samplingReport, summarise, us } from './figures.ts';
import { samplingModels } from './models.ts';
import { digest, type Moments, type StoredRun, StoredRuns } from './stored.ts';

const bench = fileURLToPath(new URL('../../../.bench/sampling', import.meta.url));
const packages = ['nutpie[pymc]==0.16.8', 'numpyro==0.22.0', 'jax==0.10.2', 'arviz==0.23.4'];
const seeds = [1, 2, 3, 4, 5];
const draws = 1000; // and as many of warm-up
/** Runs of ours before the first that counts. */
const warmRuns = 3;

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
  readonly figures: Moments;
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

/** Our side as JavaScript, as users have it: the worker's two files stand beside the rest. */
async function compileOurs(): Promise<{ readonly folder: string; readonly program: string; readonly version: string }> {
  const outdir = join(bench, 'ours');
  const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: {
      ours: source('./ours.ts'),
      memory: source('./memory.ts'),
      entry: source('../../../kernel/src/workers/entry.ts'),
      'job-entry': source('../../../kernel/src/estimate/samplers/job-entry.ts'),
    },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outdir,
    write: false,
  });
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}');
  return {
    folder: outdir,
    program: join(outdir, 'ours.js'),
    version: digest(...outputFiles.map(({ text }) => text).sort()),
  };
}

/** Largest distance of means and sds from ours, in combined standard errors. */
function distance(theirs: Moments, ours: Moments): number {
  let worst = 0;
  for (const [name, [mean, sd, meanError, sdError]] of Object.entries(theirs)) {
    const own = ours[name];
    if (!own) throw new Error(`the peers call a parameter '${name}', which ours does not have`);
    worst = Math.max(worst, Math.abs(mean - own[0]) / Math.hypot(meanError, own[2]));
    worst = Math.max(worst, Math.abs(sd - own[1]) / Math.hypot(sdError, own[3]));
  }
  return worst;
}

/** A sampler of the bench: what was run, and a way to run it. */
interface Entry {
  readonly sampler: string;
  readonly version: string;
  run(seed: number, out: string): Promise<Answer>;
  /** The first run of a process of its own, where this sampler's code is still cold. */
  first?(out: string): Promise<Answer>;
}

/**
 * Measure, and judge. It takes hours on a busy machine: what has been run is kept in `.bench/sampling/runs.jsonl`, and
 * only what is missing or was run with other code or data is run again. A case `-Stan` leaves that sampler out, `anew`
 * forgets all runs, `report` runs nothing, and `costs` measures something else (costs.ts).
 */
export async function measureSampling(
  cases: readonly string[],
  bars: Bars,
): Promise<{ text: string; missed: readonly string[] }> {
  mkdirSync(bench, { recursive: true });
  if (cases.includes('costs')) return measureCosts((await compileOurs()).folder, bars);
  const words = ['anew', 'report'];
  const named = cases.filter((name) => !name.startsWith('-') && !words.includes(name));
  const chosen = named.length > 0 ? named : Object.keys(samplingModels);
  const without = cases.filter((name) => name.startsWith('-')).map((name) => name.slice(1));
  for (const name of chosen) {
    if (!Object.hasOwn(samplingModels, name)) {
      throw new Error(`no model called '${name}'; there are: ${Object.keys(samplingModels).join(', ')}`);
    }
  }
  const stored = new StoredRuns(join(bench, 'runs.jsonl'));
  if (cases.includes('anew')) stored.forget();
  const asked = new Sides();
  const runs: Measured[] = [];
  try {
    const ours = await compileOurs();
    for (const model of chosen) {
      const entries = entriesOf(model, ours, asked).filter(({ sampler }) => !without.includes(sampler));
      const here = await measureModel(model, entries, stored, cases.includes('report') ? undefined : asked);
      asked.closeOurs();
      const compared = [true, false].every((own) => here.some(({ figure }) => figure.sampler.startsWith(us) === own));
      if (!compared || !here.some(({ figure }) => figure.sampler === us)) continue;
      runs.push(...here);
      process.stdout.write(`${samplingReport(summarise(figuresOf(here)), {}).text}\n`);
    }
  } finally {
    asked.close();
  }
  if (runs.length === 0) return { text: 'sampling: there are no runs to compare', missed: [] };
  const { text, missed } = samplingReport(summarise(figuresOf(runs)), named.length === 0 ? bars : {});
  const loads = runs.map(({ load }) => load).sort((a, b) => a - b);
  const machine = `${cpus().length} × ${cpus()[0]?.model}, load ${loads[0]?.toFixed(1)} to ${loads.at(-1)?.toFixed(1)}`;
  return { text: `${text}\n(${machine})`, missed };
}

/** The processes of the bench, each started when it is first asked. */
class Sides {
  #peers: Side | undefined;
  #ours = new Map<string, Side>();

  peers(): Side {
    this.#peers ??= new Side(python(), [fileURLToPath(new URL('./peers.py', import.meta.url))]);
    return this.#peers;
  }

  /** @param mode 'plain': without rewrites */
  ours(program: string, mode: string): Side {
    const known = this.#ours.get(mode) ?? new Side(process.execPath, [program, mode]);
    this.#ours.set(mode, known);
    return known;
  }

  /** One question to a process that has just started. */
  async cold(program: string, mode: string, question: object): Promise<Answer> {
    const side = new Side(process.execPath, [program, mode]);
    const answer = await side.ask<Answer>(question);
    side.close();
    return answer;
  }

  closeOurs(): void {
    for (const side of this.#ours.values()) side.close();
    this.#ours.clear();
  }

  close(): void {
    this.closeOurs();
    this.#peers?.close();
  }
}

function entriesOf(model: string, ours: { program: string; version: string }, asked: Sides): Entry[] {
  const { data, stan } = samplingModels[model]!();
  const source = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const told = JSON.stringify(data);
  const python = digest(source('./peers.py'), packages.join(), told);
  let sampler: StanSampler | undefined;
  return [
    ...[us, `${us}, no rewrites`].map((name): Entry => {
      const mode = name === us ? 'whole' : 'plain';
      let warm = false;
      return {
        sampler: name,
        version: ours.version,
        first: (out) => asked.cold(ours.program, mode, { model, seed: 99, draws, out }),
        run: async (seed, out) => {
          const side = asked.ours(ours.program, mode);
          // What an engine compiles as it goes is compiled then, as the peers' code is.
          for (let k = 0; k < warmRuns && !warm; k++) await side.ask({ model, seed: 99 + k, draws, out });
          warm = true;
          return side.ask({ model, seed, draws, out });
        },
      };
    }),
    {
      sampler: 'Stan',
      version: digest(
        source(`../peers/stan/${stan.program}.stan`),
        source('../peers/stan/sampler.cpp'),
        JSON.stringify(stan.data),
      ),
      run: (seed, out) => {
        sampler ??= new StanSampler(stan.program, stan.data);
        return sampler.sample(seed, draws, out) as Promise<Answer>;
      },
    },
    ...['nutpie', 'nutpie low-rank', 'NumPyro'].map(
      (peer): Entry => ({
        sampler: peer,
        version: python,
        run: (seed, out) => asked.peers().ask({ op: 'sample', peer, model, data, seed, draws, out }),
      }),
    ),
  ];
}

interface Measured {
  readonly figure: RunFigure;
  readonly load: number;
}

/** All samplers on one model, in turn from each seed; what is stored is not run again, and nothing where none is asked. */
async function measureModel(
  model: string,
  entries: readonly Entry[],
  stored: StoredRuns,
  asked: Sides | undefined,
): Promise<Measured[]> {
  const out = join(bench, 'draws.bin');
  const runs: Measured[] = [];
  const absent = new Set<string>();
  for (const seed of seeds) {
    let reference: Moments | undefined;
    for (const { sampler, version, run, first: begin } of entries) {
      if (absent.has(sampler)) continue;
      let done: StoredRun | undefined = stored.find(sampler, model, seed, version);
      if (done === undefined) {
        if (asked === undefined) continue;
        // What a first cell waits for beside the sampling: code becomes warm and workers are opened.
        const first = await begin?.(out);
        const answer = await run(seed, out);
        if (answer.missing) {
          absent.add(sampler);
          continue;
        }
        const { ess, rhat, figures } = await asked
          .peers()
          .ask<Judged>({ op: 'judge', file: out, names: answer.names, draws });
        const { seconds, cpu, leapfrogs } = answer;
        // On a busy machine a difference of two runs can fall below zero.
        const build = first ? first.build + Math.max(0, first.seconds - seconds) : Math.max(0, answer.build);
        const figure = { sampler, model, seed, seconds, cpu, build, leapfrogs, ess, rhat };
        done = { version, figure, moments: figures, load: loadavg()[0]! };
        stored.put(done);
      }
      reference ??= done.moments;
      const { figure, load } = done;
      runs.push({ figure: { ...figure, apart: distance(done.moments, reference) }, load });
    }
  }
  return runs;
}

const figuresOf = (runs: readonly Measured[]): RunFigure[] => runs.map(({ figure }) => figure);
