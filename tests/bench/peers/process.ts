/**
 * What all peers have in common: programs that are set up once, and a process that answers questions.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Where peers live; ignored by git. */
export const bench = fileURLToPath(new URL('../../../.bench', import.meta.url));

/** A line a person can act on; the bench prints it without a trace. */
export class PeerMissing extends Error {}

/** Run a program to its end. @throws PeerMissing with its last words and the remedy */
export function run(command: string, args: readonly string[], cwd: string, remedy: string): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    const last = stderr.trim().split('\n').slice(-3).join(' | ') || message;
    throw new PeerMissing(`${command} failed: ${last}. ${remedy}`);
  }
}

/** A Python environment of this name with these packages, spaces between, made on the first run. @returns its folder */
export function pythonEnvironment(name: string, requirement: string, isThere: (folder: string) => boolean): string {
  const environment = join(bench, name);
  if (existsSync(environment) && isThere(environment)) return environment;
  mkdirSync(bench, { recursive: true });
  process.stdout.write(`Installing ${requirement} into .bench/${name} (once)\n`);
  run('python3', ['-m', 'venv', environment], bench, 'The bench needs Python 3 with the venv module.');
  run(
    join(environment, 'bin', 'pip'),
    ['install', '--quiet', ...requirement.split(' ')],
    bench,
    'The bench needs the network once.',
  );
  if (!isThere(environment))
    throw new PeerMissing(`${requirement} is not whole here: use a platform its wheels are for.`);
  return environment;
}

/** One model of a peer on one data set, waiting for questions. */
export class Peer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  /** @param args before the files of data and positions */
  constructor(
    name: string,
    command: string,
    args: readonly string[],
    data: object,
    positions: readonly Float64Array[],
  ) {
    const dataFile = join(bench, `${name}.data.json`);
    const positionFile = join(bench, `${name}.positions.txt`);
    writeFileSync(dataFile, JSON.stringify(data));
    writeFileSync(positionFile, positions.map((position) => position.join(' ')).join('\n'));
    this.#process = spawn(command, [...args, dataFile, positionFile]);
    this.#process.stderr.resume();
    this.#reader = createInterface(this.#process.stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  protected async ask(question: string): Promise<string> {
    this.#process.stdin.write(`${question}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new PeerMissing(`${this.#process.spawnfile} ended before it answered '${question}'`);
    return value;
  }

  /** Log density, up to a constant, and gradient at each position. */
  async values(): Promise<{ readonly value: number; readonly gradient: readonly number[] }[]> {
    return JSON.parse(await this.ask('value'));
  }

  /** CPU microseconds an evaluation, over `reps` of them. */
  async time(reps: number): Promise<number> {
    return JSON.parse(await this.ask(`time ${reps}`)).us;
  }

  close(): void {
    this.#reader.close();
    this.#process.stdin.end();
  }
}
