/**
 * What `mle` and `map` share: several starts, the best optimum, its curvature, and what is doubtful about it.
 */
import type { AnyModel, CompiledModel } from '../model/index.ts';
import { elementNames } from '../model/names.ts';
import { foldIn, type Key, key as keyOf } from '../numeric/random.ts';
import { compileLogDensity, constant, type Expr } from '../program/index.ts';
import type { LogDensity } from '../program/types.ts';
import { type Basin, basinOf } from './basin.ts';
import { type OptimiserChoice, optimiserFrom, takesPenalty } from './choose-optimiser.ts';
import { type Climb, climb } from './climb.ts';
import { climbAll } from './climbs.ts';
import { doubts } from './doubts.ts';
import { Estimate, type Optimum } from './estimate.ts';
import { expectedInformation } from './expected.ts';
import { analyseInformation, conditionalOn, deltaMethod, type Information } from './information.ts';
import type { Integrated } from './integrated.ts';
import { climbOnto, kinksOf, onKinks } from './kinks.ts';
import { curvatureScales, exactHessian, hessianColumns } from './optimise/hessian.ts';
import { endingInWords, negative } from './optimise/objective.ts';
import { type CommonOptions, checkNames, checkWhole, signalOf } from './options.ts';
import { Pace } from './pause.ts';
import { ProgressReport } from './progress.ts';
import { atInfinity, atJump, boundedCoordinates, mayRunAway, type Runaway, runawayParameters } from './runaway.ts';
import { type Clusters, robust } from './sandwich.ts';
import { findStart, type Init, initialPosition, randomPosition } from './start.ts';
import type { EventLog } from './step.ts';
import { formatNumber } from './table.ts';

export interface MaximiseOptions extends CommonOptions {
  /** A start on the natural scale, tried first; parameters left out start at random. */
  readonly init?: Init;
  /**
   * Random starts beside it, ≥ 1 (default 4): uniform in (−2, 2) on the unconstrained scale, and those beyond the fourth
   * in (−8, 8), (−32, 32) and (−2, 2) in turn. A climb ends where the optimum that the first one found is the next stop;
   * and where the log density is known to be concave, as that of a logistic or Poisson regression, one climb stands for
   * all, from `init` or from 0.
   */
  readonly starts?: number;
  /** Most iterations of each optimiser from each start, ≥ 1 (default 1000). */
  readonly iterations?: number;
  /**
   * The optimiser to follow from each start, to its own end: a name, or a function from the objective (minus the log
   * density over the unconstrained position) to one of `optimisers`. Left out: L-BFGS, then Newton's method.
   */
  readonly optimiser?: OptimiserChoice;
  /**
   * Threads that climb from the starts beside this one, ≥ 0. Left out: as many as processors, where the climbs take long.
   * It changes nothing in what is found.
   */
  readonly workers?: number;
  /** The iterates of all starts are written here, and all climbs are made on this thread. */
  readonly log?: EventLog;
}

/**
 * What standard errors rest on: the observed information (minus the second derivatives; Efron & Hinkley 1978), the
 * expected one (their mean under the model), or the sandwich, by observation or by cluster.
 */
export type Errors = 'observed' | 'expected' | 'sandwich' | { readonly cluster: Clusters };

const optionNames = ['init', 'starts', 'iterations', 'optimiser', 'workers', 'log', 'seed', 'signal', 'onProgress'];

/** Two optima whose log densities differ by less, and positions by less than this in standard errors, are one. */
const sameLogDensity = 1e-6;
const sameDistance = 1e-3;
/** A gradient below this is nothing, where a parameter lies at the edge of its support. */
const negligibleGradient = 1e-6;

/** Maximise a density of the model and describe the optimum. */
export async function maximise<M extends AnyModel>(
  model: M,
  whole: CompiledModel,
  method: 'mle' | 'map',
  jacobian: boolean | readonly string[],
  options: MaximiseOptions,
  { errors = 'observed', integrated }: { readonly errors?: Errors; readonly integrated?: Integrated | undefined } = {},
): Promise<Estimate<M>> {
  const compiled = integrated?.view ?? whole;
  const starts = checkWhole(method, 'starts', options.starts ?? 4, 1, 10_000);
  const iterations = checkWhole(method, 'iterations', options.iterations ?? 1000, 1);
  if (options.workers !== undefined) checkWhole(method, 'workers', options.workers, 0, 1000);
  const began = performance.now();
  const hasJacobian = (label: string) =>
    Array.isArray(jacobian) ? jacobian.some((name) => label.startsWith(`${name} (log Jacobian`)) : jacobian === true;
  const density = integrated?.marginal ?? densityOf(compiled, method, jacobian, hasJacobian);
  const kinks = method === 'map' ? kinksOf(compiled, hasJacobian) : undefined;
  const signal = signalOf(options);
  const report = new ProgressReport(options.onProgress);
  const pace = new Pace();
  const { optimiser: choice, log, seed = 0 } = options;
  const base = foldIn(keyOf(seed), method);
  const positions = await startPositions(compiled, density, options, starts, base, method, pace);
  const isLikelihood = method === 'mle' && !integrated;
  const around = { compiled, isLikelihood, penalty: kinks?.weights, seed, log };
  const optimiser = choice === undefined ? undefined : optimiserFrom(method, choice, around);
  // A choice that is not told of the penalty climbs the whole, kinks and all.
  const onto = kinks && (choice === undefined || takesPenalty(choice)) ? kinks : undefined;
  const bounded = boundedCoordinates(compiled);
  const ascend = (from: readonly Float64Array[]) =>
    climbAll({
      starts: from,
      workers: options.workers,
      // Exact Hessians stay behind where a graph is sent away, and are quick.
      density: onto || optimiser || log || density.hasQuickHessian ? undefined : density,
      options: { iterations, signal, bounded },
      basinOf: (first) => (onto || optimiser || log ? undefined : surroundings(compiled, first)),
      here(position, number, known) {
        const onIteration = (value: number) => {
          const text = `start ${number} of ${positions.length}: log density ${formatNumber(value, 7)}`;
          if (report.due()) report.update({ done: number, total: positions.length, text });
        };
        const how = { iterations, signal, pace, log, bounded, optimiser, onIteration, known };
        return onto ? climbOnto(onto, density, position, how) : climb(density, position, how);
      },
      tell(done) {
        if (report.due())
          report.update({ done, total: positions.length, text: `${done} of ${positions.length} starts` });
      },
    });
  // One for all where there is one maximum; but who asks for the iterates, or for an optimiser, is to see every climb.
  const sole = density.isConcave && !optimiser && !log ? await ascend([soleStart(density, positions, options)]) : [];
  const each = () => (sole[0]?.ending === 'converged' ? positions.map(() => sole[0]!) : ascend(positions));
  const climbs = signal?.aborted && sole.length > 0 ? sole : await each();
  const best = climbs.reduce((a, b) => (b.logDensity > a.logDensity ? b : a));
  const stopped = signal?.aborted ? 'interrupted' : best.ending;
  const curvature = stopped === 'interrupted' ? undefined : await pausedHessian(kinks?.smooth ?? density, best, pace);
  const information = curvature && analyseInformation(curvature, compiled.dimension);
  const runaway = runawayParameters(compiled, density, best.position, best.logDensity, curvature);
  const zeros = kinks ? onKinks(compiled, kinks, best.position) : { coordinates: [], messages: [] };
  const edges: Runaway = {
    coordinates: new Set([...runaway.coordinates, ...zeros.coordinates]),
    messages: [...runaway.messages, ...zeros.messages],
  };
  // At an edge a coordinate has nowhere to converge to: a gradient of nearly nothing is the end of it.
  const settled = stopped === 'iterations' && edges.coordinates.size > 0 && best.gradientNorm < negligibleGradient;
  const ending = settled ? 'converged' : stopped;
  const { openDirections = [] } = information ?? {};
  const infinite =
    ending === 'converged' ? atInfinity(compiled, density, best.position, best.logDensity, openDirections) : undefined;
  const jumps = ending !== 'converged' && ending !== 'interrupted' && atJump(density, best.position);
  const held = new Set([...edges.coordinates, ...(infinite?.coordinates ?? [])]);
  const known =
    information && curvature && !jumps && determined(compiled, best.position, curvature, information, held, errors);
  const position = integrated ? integrated.whole(best.position) : best.position;
  const all = integrated && known ? integrated.complete(known, best.position) : known || undefined;
  const { names, quantities, values, covariance } = describe(whole, position, all);
  const optima = distinct(climbs, compiled, curvature, openDirections.length > 0);
  const estimate = new Estimate(model, {
    method,
    jacobian,
    quantities,
    names,
    values,
    covariance,
    position,
    integrated: integrated?.names ?? [],
    quadrature: integrated?.points ?? 1,
    logLikelihood: integrated
      ? best.logDensity
      : compiled.density({ prior: false, jacobian: false }).value(best.position),
    logPosterior: method === 'map' ? best.logDensity : undefined,
    freeParameters: compiled.dimension,
    observations: compiled.observed.reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0),
    ending,
    iterations: best.iterations,
    evaluations: [...new Set(climbs)].reduce((n, c) => n + c.evaluations, 0),
    gradientNorm: best.gradientNorm,
    conditionNumber: information?.conditionNumber ?? Number.NaN,
    optima,
    climbs: climbs.map(({ logDensity, position: at, ending: end, iterations: steps, gradientNorm }) => ({
      logDensity,
      values: compiled.constrain(at).slice(),
      ending: end,
      iterations: steps,
      gradientNorm,
    })),
    warnings: doubts({ compiled, best, ending, information, edges, infinite, jumps, optima }),
    seconds: (performance.now() - began) / 1000,
  });
  const text = `${method}: ${endingInWords(ending)}, log density ${formatNumber(best.logDensity, 7)} from ${climbs.length} starts`;
  report.finish({ done: climbs.length, total: positions.length, text });
  return estimate;
}

/** The log density to climb: the likelihood, or the posterior on the scale asked for. */
function densityOf(
  compiled: CompiledModel,
  method: 'mle' | 'map',
  jacobian: boolean | readonly string[],
  hasJacobian: (label: string) => boolean,
): LogDensity {
  if (typeof jacobian === 'boolean') return compiled.density({ prior: method === 'map', jacobian });
  const { position, terms } = compiled.expressions;
  const value = terms
    .filter(({ kind, label }) => kind !== 'jacobian' || hasJacobian(label))
    .reduce((sum, term) => sum.add(term.value) as Expr, constant(0) as Expr);
  return compileLogDensity({ position, value });
}

/** What the standard errors rest on. */
function determined(
  compiled: CompiledModel,
  position: Float64Array,
  observed: Float64Array,
  analysed: Information,
  edges: ReadonlySet<number>,
  errors: Errors,
): Information | undefined {
  const curvature = errors === 'expected' ? expectedInformation(compiled)(position) : observed;
  const same = errors !== 'expected' && edges.size === 0; // what was analysed already
  const information = same ? analysed : conditionalOn(edges, curvature, compiled.dimension);
  if (errors === 'observed' || errors === 'expected' || !information) return information;
  return robust(information, compiled, position, errors === 'sandwich' ? undefined : errors.cluster);
}

/** The Hessian of minus the log density, with pauses between its columns where it is taken by differences. */
async function pausedHessian(density: LogDensity, { position, curvature }: Climb, pace: Pace): Promise<Float64Array> {
  const objective = negative(density);
  if (objective.hasQuickHessian) {
    const exact = exactHessian(objective, position); // (d, d)
    if (exact.every(Number.isFinite)) return exact;
  }
  const columns = hessianColumns(objective, position, curvature && curvatureScales(curvature, position));
  let next = columns.next();
  while (!next.done) {
    await pace.breathe();
    next = columns.next();
  }
  return next.value;
}

/** So many starts lie within (−2, 2) on the unconstrained scale; further ones spread over these multiples of it, in turn. */
const usual = 4;
const wider = [4, 16, 1] as const;

/** Check the option names of `mle` or `map`. */
export function checkMaximiseOptions(caller: string, options: object, more: readonly string[] = []): void {
  checkNames(caller, options, [...more, ...optionNames]);
}

/** Starts with a finite log density. @throws Error when there is none, with the term that is to blame */
async function startPositions(
  compiled: CompiledModel,
  density: LogDensity,
  { init }: MaximiseOptions,
  count: number,
  key: Key,
  method: 'mle' | 'map',
  pace: Pace,
): Promise<Float64Array[]> {
  if (compiled.dimension === 0) throw new RangeError(`${method}: the model has no parameter; add one with .parameters`);
  const all = init ? [findStart(density, (k) => initialPosition(compiled, init, k, method), foldIn(key, 'init'))] : [];
  for (let i = 0; i < count; i++) {
    const factor = i < usual ? 1 : wider[(i - usual) % wider.length]!;
    const candidate = (k: Key) => randomPosition(compiled.dimension, k).map((u) => factor * u);
    all.push(findStart(density, candidate, foldIn(foldIn(key, 'start'), i)));
    await pace.breathe();
  }
  const found = all.filter((s) => s.ending === 'found').map((s) => s.position);
  if (found.length > 0) return found;
  throw new Error(
    `${method}: the log density or its gradient is not finite at any start; give one with init: { … }.\n${compiled.explain(
      all[0]!.position,
    )}`,
  );
}

/** Where the only climb begins when all of them lead to the same optimum: at the start given, else at 0 if that will do. */
function soleStart(density: LogDensity, [first]: readonly Float64Array[], { init }: MaximiseOptions): Float64Array {
  const origin = new Float64Array(density.dimension); // (d,)
  const value = density.valueAndGradient(origin, new Float64Array(density.dimension));
  return init || !Number.isFinite(value) ? first! : origin;
}

/** Values and covariance of parameters and derived quantities on the natural scale. */
function describe(compiled: CompiledModel, position: Float64Array, information: Information | undefined) {
  const d = compiled.dimension;
  const parameters = compiled.constrain(position);
  const derived = compiled.derived.length > 0 ? compiled.evaluateDerived(position) : new Float64Array(0);
  const quantities = [
    ...compiled.parameters.map((p) => ({ ...p, derived: false })),
    ...compiled.derived.map((q) => ({ ...q, offset: q.offset + parameters.length, derived: true })),
  ].map(({ name, shape, offset, size, derived: isDerived }) => ({ name, shape, offset, size, derived: isDerived }));
  const names = quantities.flatMap(({ name, shape }) => elementNames(name, shape));
  const values = Float64Array.of(...parameters, ...derived); // (n,)
  const n = values.length;
  if (!information) return { names, quantities, values, covariance: new Float64Array(n * n).fill(Number.NaN) };
  const jacobian = new Float64Array(n * d); // (n, d)
  jacobian.set(compiled.jacobian(position));
  if (compiled.derived.length > 0) jacobian.set(compiled.derivedJacobian(position), parameters.length * d);
  return { names, quantities, values, covariance: deltaMethod(jacobian, n, d, information) };
}

/** What surrounds an optimum; undefined where it is none, or so flat that it may be a ridge or the edge of a support. */
function surroundings(compiled: CompiledModel, { ending, curvature, ...summit }: Climb): Basin | undefined {
  if (ending !== 'converged' || !curvature || mayRunAway(compiled, curvature)) return undefined;
  return basinOf({ ...summit, curvature });
}

/** The optima found, best first, those that are the same counted together. */
function distinct(
  climbs: readonly Climb[],
  compiled: CompiledModel,
  curvature: Float64Array | undefined,
  ridge: boolean,
): Optimum[] {
  // A climb that ran out of iterations has found no optimum, unless it is the best there is.
  const [best, ...others] = [...climbs].sort((a, b) => b.logDensity - a.logDensity);
  const sorted = [best!, ...others.filter((c) => c.ending === 'converged')];
  const groups: { at: Climb; starts: number }[] = [];
  for (const c of sorted) {
    const same = groups.find(({ at }) => {
      const tolerance = sameLogDensity * Math.max(1, Math.abs(at.logDensity));
      if (!(Math.abs(at.logDensity - c.logDensity) <= tolerance)) return false;
      // In the metric of the curvature a flat ridge is one optimum, however long; where it bends the metric does not see it.
      return ridge || !(distance(at.position, c.position, curvature) > sameDistance);
    });
    if (same) same.starts++;
    else groups.push({ at: c, starts: 1 });
  }
  return groups.map(({ at, starts }) => ({
    logDensity: at.logDensity,
    values: compiled.constrain(at.position).slice(),
    starts,
  }));
}

/** √(Δᵀ H Δ): how many standard errors apart two positions are; 0 where there is no curvature to judge by. */
function distance(a: Float64Array, b: Float64Array, curvature: Float64Array | undefined): number {
  if (!curvature) return 0;
  const d = a.length;
  let sum = 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) sum += (a[i]! - b[i]!) * curvature[i * d + j]! * (a[j]! - b[j]!);
  }
  return Math.sqrt(Math.max(0, sum));
}
