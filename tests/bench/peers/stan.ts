/**
 * Stan as a peer: each program compiled once into `.bench/` by the compiler and headers that the httpstan wheel carries.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bench, Peer, PeerMissing, pythonEnvironment, run } from './process.ts';

export { PeerMissing };

const HTTPSTAN = 'httpstan==4.13.0'; // Stan 2.35
const here = fileURLToPath(new URL('./stan', import.meta.url));

function wheelIn(environment: string): string | undefined {
  const library = join(environment, 'lib');
  if (!existsSync(library)) return undefined;
  return readdirSync(library)
    .map((python) => join(library, python, 'site-packages', 'httpstan'))
    .find((folder) => existsSync(join(folder, 'stanc')));
}

/** The folder of the installed wheel; set up on the first run. */
function httpstan(): string {
  const environment = pythonEnvironment('venv', HTTPSTAN, (folder) => wheelIn(folder) !== undefined);
  const installed = wheelIn(environment);
  if (!installed) throw new PeerMissing(`${HTTPSTAN} has no stanc here: use a platform its wheels are built for.`);
  return installed;
}

/** Compile a program and a driver with -O3 where they are not there yet. @returns the executable */
export function compileProgram(name: string, flags: readonly string[], driverName = 'driver'): string {
  const program = join(here, `${name}.stan`);
  const driver = join(here, `${driverName}.cpp`);
  const content = [program, driver].map((file) => readFileSync(file, 'utf8')).join('\n') + flags.join(' ');
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const executable = join(bench, `${name}-${digest}`);
  if (existsSync(executable)) return executable;
  const began = performance.now();
  const root = httpstan();
  process.stdout.write(`Compiling ${name}.stan with g++ ${['-O3', ...flags].join(' ')} (once, about half a minute)\n`);
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
  writeFileSync(`${executable}.seconds`, `${(performance.now() - began) / 1000}`);
  return executable;
}

/** An executable, and what the compilers took for it, whenever that was. */
export function compileTimed(name: string, driver: string): { readonly executable: string; readonly seconds: number } {
  const executable = compileProgram(name, [], driver);
  const note = `${executable}.seconds`;
  if (existsSync(note)) return { executable, seconds: Number(readFileSync(note, 'utf8')) };
  rmSync(executable); // compiled before times were noted
  return compileTimed(name, driver);
}

/** One compiled Stan model on one data set, waiting for questions. */
export class StanPeer extends Peer {
  constructor(name: string, data: object, positions: readonly Float64Array[], flags: readonly string[] = []) {
    super(name, compileProgram(name, flags), [], data, positions);
  }
}
