/**
 * Our side of the sampling bench: a process of its own, asked line by line on standard input, so that it starts as cold
 * as the peers do.
 */
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Posterior, sample } from '#kernel/estimate/index';
import { type AnyModel, compileModel } from '#kernel/model/index';
import { compileLogDensity, constant, type Expr } from '#kernel/program/index';
import { samplingModels } from './models.ts';
import '#kernel/diagnose/index';

interface Question {
  readonly model: string;
  readonly seed: number;
  readonly draws: number;
  readonly out: string;
}

/** Parameters by name and the log density, (chains, draws, columns), as the judge reads them. */
function table(posterior: Posterior): { names: string[]; values: Float64Array } {
  const { chains, drawsPerChain: n } = posterior;
  const names = [...posterior.names, 'log density'];
  const values = new Float64Array(chains * n * names.length);
  names.forEach((name, column) => {
    const density = posterior.statistics.logDensity;
    const all = name === 'log density' ? undefined : posterior.scalar(name);
    for (let chain = 0; chain < chains; chain++) {
      for (let i = 0; i < n; i++) {
        const value = all ? all[chain]![i]! : density[chain * n + i]!;
        values[(chain * n + i) * names.length + column] = value;
      }
    }
  });
  return { names, values };
}

/** Rewrites that change a value by rounding are switched off: `ours.ts plain`. */
const plain = process.argv[2] === 'plain';
const known = new Map<string, AnyModel>();

/** A model; built once, as in a session. */
function modelOf(name: string): AnyModel {
  const made = known.get(name) ?? samplingModels[name]!().model;
  if (plain && !known.has(name)) {
    const compiled = compileModel(made);
    const { position, terms } = compiled.expressions;
    const value = terms.reduce((sum, term) => sum.add(term.value), constant(0) as Expr);
    const density = compileLogDensity({ position, value, rewrites: { leastSquares: false } });
    Object.assign(compiled, { density: () => density });
  }
  known.set(name, made);
  return made;
}

for await (const line of createInterface(process.stdin)) {
  const { model, seed, draws, out } = JSON.parse(line) as Question;
  const began = performance.now();
  const told = modelOf(model);
  const built = performance.now();
  const before = process.cpuUsage();
  const posterior = await sample(told, { chains: 4, warmup: draws, draws, seed });
  const done = performance.now();
  const { user, system } = process.cpuUsage(before);
  const { names, values } = table(posterior);
  writeFileSync(out, values);
  const leapfrogs = [...posterior.warmup, ...posterior.sampling].reduce((sum, { gradients }) => sum + gradients, 0);
  const seconds = (done - built) / 1000;
  process.stdout.write(
    `${JSON.stringify({ seconds, cpu: (user + system) / 1e6, build: (built - began) / 1000, leapfrogs, names })}\n`,
  );
}
