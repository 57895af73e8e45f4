/**
 * What a Cox model leaves: martingale and deviance residuals (Therneau, Grambsch & Fleming 1990, Biometrika 77, 147–160),
 * those of Schoenfeld (1982), score residuals and the robust covariance made of them (Lin & Wei 1989, Journal of the
 * American Statistical Association 84, 1074–1078).
 */
import { exp, log } from '../../numeric/elementary.ts';
import { type CoxProblem, type EventTime, eventTimes } from './likelihood.ts';

/** Events less the hazards that units have gone through. @returns (n,) */
export function martingaleResiduals(problem: CoxProblem, eta: Float64Array): Float64Array {
  const residuals = Float64Array.from(problem.event);
  eachAtRisk(problem, eta, ({ totals }, i, hazard, share) => {
    totals.forEach((total, l) => {
      residuals[i]! -= (hazard * share(l)) / total;
    });
  });
  return residuals;
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
  eachAtRisk(problem, eta, ({ dying, totals, means }, i, hazard, share) => {
    const dies = dying.includes(i);
    means.forEach((mean, l) => {
      for (let j = 0; j < p; j++) {
        const off = columns[j]![i]! - mean[j]!;
        score[i * p + j]! -= (hazard * share(l) * off) / totals[l]!;
        if (dies) score[i * p + j]! += off / dying.length;
      }
    });
  });
  return score;
}

/** Every unit at risk at every time of an event; `share(l)` is how much of a dying one is left at event l. */
function eachAtRisk(
  problem: CoxProblem,
  eta: Float64Array,
  use: (at: EventTime, unit: number, hazard: number, share: (l: number) => number) => void,
): void {
  const { time, entry, stratum, efron } = problem;
  for (const at of eventTimes(problem, eta)) {
    const d = at.dying.length;
    for (let i = 0; i < time.length; i++) {
      if (stratum[i] !== at.stratum || time[i]! < at.time || (entry && entry[i]! >= at.time)) continue;
      const dies = efron && at.dying.includes(i);
      use(at, i, exp(eta[i]!), (l) => (dies ? 1 - l / d : 1));
    }
  }
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
