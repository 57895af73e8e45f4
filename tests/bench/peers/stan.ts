/**
 * Stan as a peer: compiled once into `.bench/` by the compiler and headers that the httpstan wheel carries, then a
 * process that answers questions.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HTTPSTAN = 'httpstan==4.13.0'; // Stan 2.35
const here = fileURLToPath(new URL('./stan', import.meta.url));
const bench = fileURLToPath(new URL('../../../.bench', import.meta.url));

/** A line a person can act on; the bench prints it without a trace. */
export class PeerMissing extends Error {}

function run(command: string, args: readonly string[], cwd: string, remedy: string): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    const last = stderr.trim().split('\n').slice(-3).join(' | ') || message;
    throw new PeerMissing(`${command} failed: ${last}. ${remedy}`);
  }
}

/** The folder of the installed wheel; set up on the first run. */
function httpstan(): string {
  const environment = join(bench, 'venv');
  const library = join(environment, 'lib');
  const find = (): string | undefined => {
    if (!existsSync(library)) return undefined;
    return readdirSync(library)
      .map((python) => join(library, python, 'site-packages', 'httpstan'))
      .find((folder) => existsSync(join(folder, 'stanc')));
  };
  const found = find();
  if (found) return found;
  mkdirSync(bench, { recursive: true });
  process.stdout.write(`Installing ${HTTPSTAN} into .bench/venv (once)\n`);
  run('python3', ['-m', 'venv', environment], bench, 'The bench needs Python 3 with the venv module.');
  run(join(environment, 'bin', 'pip'), ['install', '--quiet', HTTPSTAN], bench, 'The bench needs the network once.');
  const installed = find();
  if (!installed) throw new PeerMissing(`${HTTPSTAN} has no stanc here: use a platform its wheels are built for.`);
  return installed;
}

/** Compile a program with -O3 where it is not there yet. @returns the executable */
function compileProgram(name: string, flags: readonly string[]): string {
  const program = join(here, `${name}.stan`);
  const driver = join(here, 'driver.cpp');
  const content = [program, driver].map((file) => readFileSync(file, 'utf8')).join('\n') + flags.join(' ');
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const executable = join(bench, `${name}-${digest}`);
  if (existsSync(executable)) return executable;
  const root = httpstan();
  process.stdout.write(`Compiling ${name}.stan with g++ -O3 (once, about half a minute)\n`);
  const header = `${executable}.hpp`;
  run(join(root, 'stanc'), ['--name=model_model', `--o=${header}`, program], bench, 'Look at the Stan program.');
  const include = join(root, 'include');
  const lib = join(root, 'lib');
  run(
    'g++',
    [
      ...['-w', '-O3', '-std=c++17', ...flags],
      ...[`-DMODEL_HPP="${header}"`, '-DBOOST_DISABLE_ASSERTS', '-DBOOST_PHOENIX_NO_VARIADIC_EXPRESSION'],
      ...['-D_REENTRANT', `-I${include}`, driver, '-o', executable, `-L${lib}`],
      ...['-lsundials_cvodes', '-lsundials_idas', '-lsundials_nvecserial', '-ltbb', `-Wl,-rpath,${lib}`],
    ],
    bench,
    'The comparison with Stan needs a C++ compiler: install g++ (Debian: apt install g++).',
  );
  return executable;
}

/** One compiled Stan model on one data set, waiting for questions. */
export class StanPeer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  constructor(name: string, data: object, positions: readonly Float64Array[], flags: readonly string[] = []) {
    const executable = compileProgram(name, flags);
    const dataFile = join(bench, `${name}.data.json`);
    const positionFile = join(bench, `${name}.positions.txt`);
    writeFileSync(dataFile, JSON.stringify(data));
    writeFileSync(positionFile, positions.map((position) => position.join(' ')).join('\n'));
    this.#process = spawn(executable, [dataFile, positionFile]);
    this.#reader = createInterface(this.#process.stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async #ask(question: string): Promise<string> {
    this.#process.stdin.write(`${question}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new PeerMissing('the Stan process ended before it answered');
    return value;
  }

  /** Log density, constants included, and gradient at each position. */
  async values(): Promise<{ readonly value: number; readonly gradient: readonly number[] }[]> {
    return JSON.parse(await this.#ask('value'));
  }

  /** CPU microseconds an evaluation, over `reps` of them. */
  async time(reps: number): Promise<number> {
    return JSON.parse(await this.#ask(`time ${reps}`)).us;
  }

  close(): void {
    this.#reader.close();
    this.#process.stdin.end();
  }
}
