/**
 * What a Cox model leaves: martingale and deviance residuals (Therneau, Grambsch & Fleming 1990, Biometrika 77, 147–160),
 * those of Schoenfeld (1982), score residuals and the robust covariance made of them (Lin & Wei 1989, Journal of the
 * American Statistical Association 84, 1074–1078).
 */
import { exp, log } from '../../numeric/elementary.ts';
import { type CoxProblem, type EventTime, eventTimes } from './likelihood.ts';

/** Events less the hazards that units have gone through. @returns (n,) */
export function martingaleResiduals(problem: CoxProblem, eta: Float64Array): Float64Array {
  const paths = hazardPaths(problem, eta);
  return Float64Array.from(problem.event, (event, i) => event - exp(eta[i]!) * paths(i).hazard);
}

/** Martingale residuals made symmetric. @returns (n,) */
export function devianceResiduals({ event }: CoxProblem, martingale: Float64Array): Float64Array {
  return martingale.map((m, i) => Math.sign(m) * Math.sqrt(-2 * (m + (event[i] === 1 ? log(1 - m) : 0))));
}

/** Gradients of the units. @returns (n, p), row-major; the rows add to the gradient */
export function scoreResiduals(problem: CoxProblem, eta: Float64Array): Float64Array {
  const { columns, event } = problem;
  const p = columns.length;
  const score = new Float64Array(event.length * p);
  const paths = hazardPaths(problem, eta);
  for (let i = 0; i < event.length; i++) {
    const { hazard, mean, at } = paths(i);
    for (let j = 0; j < p; j++) {
      const x = columns[j]![i]!;
      score[i * p + j] = -exp(eta[i]!) * (x * hazard - mean[j]!);
      if (at) for (const each of at.means) score[i * p + j]! += (x - each[j]!) / at.dying.length;
    }
  }
  return score;
}

/** What a unit of mean columns has gone through while unit i was at risk. */
interface Path {
  /** Σ 1 / total. */
  readonly hazard: number;
  /** Σ mean / total. */
  readonly mean: Float64Array; // (p,)
  /** The time of its event. */
  readonly at: EventTime | undefined;
}

/** Sums over the times of events up to each, from which those between two times are differences. */
function hazardPaths(problem: CoxProblem, eta: Float64Array): (unit: number) => Path {
  const p = problem.columns.length;
  const { time, entry, event, stratum, efron } = problem;
  const strata = new Map<string, { times: EventTime[]; sums: Float64Array[] }>();
  for (const at of eventTimes(problem, eta)) {
    const found = strata.get(at.stratum) ?? { times: [], sums: [] };
    strata.set(at.stratum, found);
    found.times.push(at);
  }
  /** Σ 1 / total, then Σ mean / total, each event weighted. */
  const add = (sum: Float64Array, { totals, means }: EventTime, weight: (l: number) => number) => {
    totals.forEach((total, l) => {
      sum[0]! += weight(l) / total;
      for (let j = 0; j < p; j++) sum[j + 1]! += (weight(l) * means[l]![j]!) / total;
    });
  };
  for (const found of strata.values()) {
    found.times.reverse(); // they came from the last
    const sum = new Float64Array(p + 1);
    found.sums = [sum.slice()];
    for (const at of found.times) {
      add(sum, at, () => 1);
      found.sums.push(sum.slice());
    }
  }
  return (i) => {
    const found = strata.get(stratum[i]!);
    if (!found) return { hazard: 0, mean: new Float64Array(p), at: undefined };
    const until = countUpTo(found.times, time[i]!);
    const from = entry ? countUpTo(found.times, entry[i]!) : 0;
    const sum = found.sums[until]!.map((value, j) => value - found.sums[from]![j]!);
    const at = event[i] === 1 ? found.times[until - 1]! : undefined;
    if (at && efron) add(sum, at, (l) => -l / at.dying.length); // the share of a dying unit that had gone
    return { hazard: sum[0]!, mean: sum.slice(1), at };
  };
}

/** Number of ascending times up to one. */
function countUpTo(times: readonly EventTime[], until: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]!.time <= until) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Covariance from score residuals, added up within clusters. @returns (p, p) */
export function robustCoxCovariance(
  score: Float64Array,
  covariance: Float64Array,
  clusters: readonly (string | number)[],
): Float64Array {
  const p = Math.sqrt(covariance.length);
  const sums = new Map<string | number, Float64Array>();
  clusters.forEach((cluster, i) => {
    const sum = sums.get(cluster) ?? new Float64Array(p);
    sums.set(cluster, sum);
    for (let j = 0; j < p; j++) {
      for (let k = 0; k < p; k++) sum[j]! += covariance[j * p + k]! * score[i * p + k]!;
    }
  });
  const robust = new Float64Array(p * p);
  for (const change of sums.values()) {
    for (let j = 0; j < p; j++) for (let k = 0; k < p; k++) robust[j * p + k]! += change[j]! * change[k]!;
  }
  return robust;
}

/** For each event, how far the columns of the unit lay from the mean of those at risk. */
export interface SchoenfeldResiduals {
  /** Times of the events, ascending. */
  readonly time: Float64Array; // (events,)
  readonly rows: readonly number[]; // (events,) units
  readonly values: Float64Array; // (events, p), row-major
}

/** Schoenfeld's residuals in the order of time. */
export function schoenfeldResiduals(problem: CoxProblem, eta: Float64Array): SchoenfeldResiduals {
  const p = problem.columns.length;
  const found: { time: number; row: number; values: Float64Array }[] = [];
  for (const { time, dying, means } of eventTimes(problem, eta)) {
    const mean = Float64Array.from({ length: p }, (_, j) =>
      means.reduce((sum, each) => sum + each[j]! / means.length, 0),
    );
    for (const row of dying) {
      found.push({ time, row, values: mean.map((centre, j) => problem.columns[j]![row]! - centre) });
    }
  }
  found.sort((a, b) => a.time - b.time || a.row - b.row);
  return {
    time: Float64Array.from(found, ({ time }) => time),
    rows: found.map(({ row }) => row),
    values: Float64Array.from(found.flatMap(({ values }) => [...values])),
  };
}
