/**
 * Hazards that a Cox model adds up: the baseline of Breslow (1972), or Efron's with Efron's ties, and survival of units with
 * given predictors, with the standard errors of Tsiatis (1981, Annals of Statistics 9, 93–108).
 */
import { exp } from '../../numeric/elementary.ts';
import { type CoxProblem, eventTimes } from './likelihood.ts';

/** The hazard of a unit up to each time of an event. */
export interface CumulativeHazard {
  readonly stratum: string;
  readonly time: Float64Array; // (m,), ascending
  readonly hazard: Float64Array; // (m,)
  /** Of the hazard. */
  readonly standardError: Float64Array; // (m,)
}

/**
 * @param x columns of the unit less their means
 * @param shift what its offset adds to the log hazard
 * @param covariance of the coefficients, (p, p)
 */
export function cumulativeHazards(
  problem: CoxProblem,
  beta: Float64Array,
  eta: Float64Array,
  x: ArrayLike<number>,
  shift: number,
  covariance: Float64Array,
): CumulativeHazard[] {
  const p = beta.length;
  const ratio = exp(beta.reduce((sum, value, j) => sum + value * x[j]!, shift));
  const byStratum = new Map<string, { time: number; hazard: number; variance: number; lean: Float64Array }[]>();
  for (const { stratum, time, totals, means } of eventTimes(problem, eta)) {
    let [hazard, variance] = [0, 0];
    const lean = new Float64Array(p); // how the hazard changes with the coefficients
    totals.forEach((total, l) => {
      hazard += 1 / total;
      variance += 1 / (total * total);
      for (let j = 0; j < p; j++) lean[j]! += (x[j]! - means[l]![j]!) / total;
    });
    const list = byStratum.get(stratum) ?? [];
    byStratum.set(stratum, list);
    list.push({ time, hazard, variance, lean });
  }
  return [...byStratum].map(([stratum, list]) => {
    const steps = list.reverse(); // times came from the last
    let [hazard, variance] = [0, 0];
    const lean = new Float64Array(p);
    const [hazards, errors] = [new Float64Array(steps.length), new Float64Array(steps.length)];
    steps.forEach((step, k) => {
      hazard += step.hazard;
      variance += step.variance;
      let spread = variance;
      for (let j = 0; j < p; j++) lean[j]! += step.lean[j]!;
      for (let j = 0; j < p; j++) {
        for (let i = 0; i < p; i++) spread += lean[j]! * covariance[j * p + i]! * lean[i]!;
      }
      hazards[k] = ratio * hazard;
      errors[k] = ratio * Math.sqrt(spread);
    });
    return { stratum, time: Float64Array.from(steps, ({ time }) => time), hazard: hazards, standardError: errors };
  });
}
