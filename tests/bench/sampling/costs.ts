/**
 * `npm run bench -- sampling costs`: what a leapfrog inside NUTS costs over the bare gradient (diagonal metric, code
 * warm, blocks in turn), and the memory that `sample` takes over an idle process.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { nuts, type State } from '#kernel/estimate/nuts/nuts';
import { densityOf } from '#kernel/estimate/samplers/target';
import { compileModel } from '#kernel/model/index';
import { foldIn, key } from '#kernel/numeric/random';
import type { LogDensity } from '#kernel/program/types';
import { models as gradientModels } from '../gradient/models.ts';
import { repetitions } from '../measure.ts';
import type { Bars } from '../report.ts';
import { type Pair, ratioOf } from '../statistics.ts';
import { samplingModels } from './models.ts';

/** Microseconds of a gradient from which on the bar counts. */
const countsFrom = 5;
const pairs = 21;
const block = 40_000;

export interface LeapfrogCost {
  readonly model: string;
  /** CPU microseconds of a gradient, and of a leapfrog with all that NUTS does around it. */
  readonly gradient: number;
  readonly leapfrog: number;
  readonly ratio: number;
}

export interface MemoryCost {
  /** Megabytes of resident memory, idle and at the highest. */
  readonly idle: number;
  readonly highest: number;
}

/** CPU microseconds of `work`, which says how many it did. */
function microsecondsEach(work: () => number): number {
  const before = process.cpuUsage();
  const count = work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** A chain that has settled, one trajectory a call; says how many leapfrogs it took. */
function settledChain(density: LogDensity): () => number {
  const sampler = nuts(density);
  const d = density.dimension;
  const parameters = { stepSize: 0.1, variance: new Float64Array(d).fill(0.1) };
  let state: State = sampler.init(new Float64Array(d).fill(0.1));
  let iteration = 0;
  const step = () => {
    sampler.begin(foldIn(key(1), iteration++), state, parameters);
    sampler.advance(Number.POSITIVE_INFINITY);
    const { leapfrogs, acceptance } = sampler.info();
    state = sampler.current;
    if (iteration < 300) parameters.stepSize *= acceptance > 0.8 ? 1.05 : 0.95;
    return leapfrogs;
  };
  while (iteration < 300) step();
  return step;
}

function leapfrogCost(model: string): LeapfrogCost {
  const told = samplingModels[model] ?? gradientModels[model]!;
  const density = densityOf(compileModel(told().model).density({ prior: true, jacobian: true }).graph!);
  const position = new Float64Array(density.dimension).fill(0.1);
  const gradient = new Float64Array(density.dimension);
  const bare = () => {
    position[0] = position[0] === 0.1 ? 0.2 : 0.1;
    density.valueAndGradient(position, gradient);
  };
  const reps = repetitions(bare, block);
  const step = settledChain(density);
  const found: Pair[] = Array.from({ length: pairs }, () => {
    const us = microsecondsEach(() => {
      for (let i = 0; i < reps; i++) bare();
      return reps;
    });
    const peer = microsecondsEach(() => {
      let leapfrogs = 0;
      while (leapfrogs < reps) leapfrogs += step();
      return leapfrogs;
    });
    return { us, peer };
  });
  const middle = (pick: (pair: Pair) => number) => found.map(pick).sort((a, b) => a - b)[pairs >> 1]!;
  return { model, gradient: middle((p) => p.us), leapfrog: middle((p) => p.peer), ratio: ratioOf(found).median };
}

/** In a process of its own: logistic regression, 10,000 × 20, four chains. */
function memoryCost(program: string): MemoryCost {
  return JSON.parse(execFileSync(process.execPath, [program], { encoding: 'utf8' })) as MemoryCost;
}

/** The rows, and the bars that were missed. */
export function costReport(
  costs: readonly LeapfrogCost[],
  { idle, highest }: MemoryCost,
  bars: Bars,
): { text: string; missed: string[] } {
  const { 'leapfrog over gradient': most = Number.POSITIVE_INFINITY, 'memory over idle': room = 0 } = bars;
  const over = highest - idle;
  const missed = [
    ...costs.filter(({ gradient, ratio }) => gradient >= countsFrom && !(ratio <= most)).map(({ model }) => model),
    ...(over <= room ? [] : ['memory']),
  ];
  const rows = costs.map(({ model, gradient, leapfrog, ratio }) => {
    const judged = gradient >= countsFrom ? '' : `  (no bar below ${countsFrom} µs)`;
    return `${model.padEnd(10)} gradient ${gradient.toFixed(2).padStart(8)} µs, leapfrog ${leapfrog.toFixed(2).padStart(8)} µs, ratio ${ratio.toFixed(2)}${judged}`;
  });
  const memory = `memory     ${idle.toFixed(0)} MB idle, ${highest.toFixed(0)} MB at the highest: ${over.toFixed(0)} MB over idle`;
  const verdict = missed.length === 0 ? 'every bar reached' : `missed: ${missed.join(', ')}`;
  return { text: [...rows, memory, `sampling costs: ${verdict}`].join('\n'), missed };
}

/** Measure, and judge. @param folder where our side stands as JavaScript */
export function measureCosts(folder: string, bars: Bars): { text: string; missed: string[] } {
  const names = ['eight', 'radon', 'mix', 'irt', 'hmm', 'logit'];
  return costReport(names.map(leapfrogCost), memoryCost(join(folder, 'memory.js')), bars);
}
