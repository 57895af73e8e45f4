/**
 * Cox's partial likelihood with ties by Efron (1977) or Breslow (1974), strata, and units that come late (Andersen & Gill
 * 1982, Annals of Statistics 10, 1100–1120): its value, gradient and information, and the moments of those at risk at each
 * time of an event, of which residuals, baseline hazards and the tests of proportional hazards are made.
 */
import { exp, log } from '../../numeric/elementary.ts';

export interface CoxProblem {
  readonly time: Float64Array; // (n,)
  /** At risk after this time; undefined: from the start. */
  readonly entry: Float64Array | undefined; // (n,)
  readonly event: Uint8Array; // (n,)
  readonly stratum: readonly string[]; // (n,)
  readonly columns: readonly Float64Array[]; // p of (n,), centred
  readonly offset: Float64Array | undefined; // (n,)
  readonly efron: boolean;
}

export interface Climb {
  readonly value: number;
  readonly gradient: Float64Array; // (p,)
  readonly information: Float64Array; // (p, p)
}

/** Log hazards relative to a unit of means. @returns (n,) */
export function linearPredictor({ time, columns, offset }: CoxProblem, beta: ArrayLike<number>): Float64Array {
  return Float64Array.from(time, (_, i) => columns.reduce((sum, x, j) => sum + beta[j]! * x[i]!, offset?.[i] ?? 0));
}

/** Sums over those at risk of the hazards, and of their first and second moments. */
class Sums {
  s0 = 0;
  readonly s1: Float64Array; // (p,)
  readonly s2: Float64Array; // (p, p)
  private readonly columns: readonly Float64Array[];

  constructor(columns: readonly Float64Array[]) {
    this.columns = columns;
    this.s1 = new Float64Array(columns.length);
    this.s2 = new Float64Array(columns.length ** 2);
  }

  /** Add unit i with this hazard; take it away with its negative. */
  add(i: number, hazard: number): void {
    const p = this.columns.length;
    this.s0 += hazard;
    for (let j = 0; j < p; j++) {
      const x = hazard * this.columns[j]![i]!;
      this.s1[j]! += x;
      for (let k = 0; k < p; k++) this.s2[j * p + k]! += x * this.columns[k]![i]!;
    }
  }
}

/** Those at risk at one time of events, for each event in turn: with Efron a share of the tied has gone before it. */
export interface EventTime {
  readonly stratum: string;
  readonly time: number;
  readonly dying: readonly number[];
  /** Total hazard; one an event. */
  readonly totals: Float64Array; // (d,)
  /** Mean columns, weighted by hazard. */
  readonly means: readonly Float64Array[]; // d of (p,)
  /** Covariance of the columns, summed over the events. */
  readonly information: Float64Array; // (p, p)
}

/**
 * Every time of an event, by stratum, from the last to the first: over times from the last, the sums over those at risk
 * grow, and shrink by those who come later.
 */
export function* eventTimes(problem: CoxProblem, eta: Float64Array): Generator<EventTime> {
  const { time, entry, event, stratum, columns, efron } = problem;
  const p = columns.length;
  const units = Array.from(time, (_, i) => i);
  for (const name of [...new Set(stratum)].sort()) {
    const mine = units.filter((i) => stratum[i] === name);
    const order = mine.toSorted((a, b) => time[b]! - time[a]!);
    const late = entry ? mine.toSorted((a, b) => entry[b]! - entry[a]!) : [];
    const risk = new Sums(columns);
    let gone = 0;
    for (let from = 0; from < order.length; ) {
      const at = time[order[from]!]!;
      const dying: number[] = [];
      const dead = new Sums(columns);
      for (; from < order.length && time[order[from]!] === at; from++) {
        const i = order[from]!;
        const hazard = exp(eta[i]!);
        risk.add(i, hazard);
        if (event[i] !== 1) continue;
        dying.push(i);
        dead.add(i, hazard);
      }
      if (dying.length === 0) continue;
      for (; gone < late.length && entry![late[gone]!]! >= at; gone++) risk.add(late[gone]!, -exp(eta[late[gone]!]!));
      const totals = new Float64Array(dying.length);
      const information = new Float64Array(p * p);
      const means = dying.map((_, l) => {
        const out = efron ? l / dying.length : 0; // the share of the tied that has already gone
        const total = risk.s0 - out * dead.s0;
        totals[l] = total;
        const mean = risk.s1.map((sum, j) => (sum - out * dead.s1[j]!) / total);
        for (let j = 0; j < p; j++) {
          for (let k = 0; k < p; k++) {
            information[j * p + k]! += (risk.s2[j * p + k]! - out * dead.s2[j * p + k]!) / total - mean[j]! * mean[k]!;
          }
        }
        return mean;
      });
      yield { stratum: name, time: at, dying, totals, means, information };
    }
  }
}

/** Log partial likelihood, gradient and information. */
export function partialLikelihood(problem: CoxProblem, beta: Float64Array): Climb {
  const p = problem.columns.length;
  const eta = linearPredictor(problem, beta);
  let value = 0;
  const gradient = new Float64Array(p);
  const information = new Float64Array(p * p);
  for (const at of eventTimes(problem, eta)) {
    at.dying.forEach((i, l) => {
      value += eta[i]! - log(at.totals[l]!);
      for (let j = 0; j < p; j++) gradient[j]! += problem.columns[j]![i]! - at.means[l]![j]!;
    });
    at.information.forEach((sum, jk) => {
      information[jk]! += sum;
    });
  }
  return { value, gradient, information };
}
