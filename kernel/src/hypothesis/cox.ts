/**
 * Cox's (1972) regression of hazards by partial likelihood, with ties by Efron (1977) or Breslow (1974), strata, and
 * Newton's method.
 */
import { formatTable } from '../data/table.ts';
import { checkNames } from '../estimate/options.ts';
import { exp, log } from '../numeric/elementary.ts';
import { cholesky, choleskySolve, symmetricInverse } from '../numeric/linalg/cholesky.ts';
import { PivotedQr } from '../numeric/linalg/pivoted-qr.ts';
import { chiSquaredUpper } from '../numeric/special/tail.ts';
import { RegressionFit } from '../regression/fit.ts';
import { formatFigure, formatP, STARS, stars } from '../regression/format.ts';
import { design } from '../regression/formula/design.ts';
import { refuseDependent } from '../regression/lm.ts';
import { followed } from './survival.ts';

export interface CoxOptions {
  /** One a row: the event was seen (1) or not (0); a column of the data, or the values. */
  readonly event: string | ArrayLike<number | boolean>;
  /** Default 'efron'. */
  readonly ties?: 'efron' | 'breslow';
  /** A column whose values have hazards of their own. */
  readonly strata?: string;
}

/** Log hazard ratios over the range of a column beyond this are on their way to infinity. */
const FURTHEST = 15;

interface Chi {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
}

interface Problem {
  readonly time: Float64Array;
  readonly event: Uint8Array;
  readonly stratum: readonly string[];
  readonly columns: readonly Float64Array[]; // p of (n,), centred
  readonly efron: boolean;
}

interface Climb {
  readonly value: number;
  readonly gradient: Float64Array; // (p,)
  readonly information: Float64Array; // (p, p)
}

/** Log partial likelihood, gradient and information: over times from the last, the sums over those at risk growing. */
function partialLikelihood({ time, event, stratum, columns, efron }: Problem, beta: Float64Array): Climb {
  const p = columns.length;
  const n = time.length;
  const eta = Float64Array.from({ length: n }, (_, i) => columns.reduce((sum, x, j) => sum + beta[j]! * x[i]!, 0));
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) =>
    stratum[a]! < stratum[b]! ? -1 : stratum[a]! > stratum[b]! ? 1 : time[b]! - time[a]!,
  );
  let value = 0;
  const gradient = new Float64Array(p);
  const information = new Float64Array(p * p);
  let [s0, s1, s2] = [0, new Float64Array(p), new Float64Array(p * p)];
  const add = (i: number, weight: number, a1: Float64Array, a2: Float64Array) => {
    for (let j = 0; j < p; j++) {
      const x = weight * columns[j]![i]!;
      a1[j]! += x;
      for (let k = 0; k < p; k++) a2[j * p + k]! += x * columns[k]![i]!;
    }
  };
  for (let from = 0; from < n; ) {
    const first = order[from]!;
    if (from > 0 && stratum[order[from - 1]!] !== stratum[first]) {
      [s0, s1, s2] = [0, new Float64Array(p), new Float64Array(p * p)];
    }
    let [d, d0] = [0, 0];
    const [d1, d2] = [new Float64Array(p), new Float64Array(p * p)];
    for (; from < n && time[order[from]!] === time[first] && stratum[order[from]!] === stratum[first]; from++) {
      const i = order[from]!;
      const weight = exp(eta[i]!);
      s0 += weight;
      add(i, weight, s1, s2);
      if (event[i] !== 1) continue;
      d++;
      d0 += weight;
      add(i, weight, d1, d2);
      value += eta[i]!;
      for (let j = 0; j < p; j++) gradient[j]! += columns[j]![i]!;
    }
    for (let l = 0; l < d; l++) {
      const out = efron ? l / d : 0; // the share of the tied that has already gone
      const denominator = s0 - out * d0;
      value -= log(denominator);
      const mean = s1.map((sum, j) => (sum - out * d1[j]!) / denominator);
      for (let j = 0; j < p; j++) {
        gradient[j]! -= mean[j]!;
        for (let k = 0; k < p; k++) {
          information[j * p + k]! += (s2[j * p + k]! - out * d2[j * p + k]!) / denominator - mean[j]! * mean[k]!;
        }
      }
    }
  }
  return { value, gradient, information };
}

function quadratic(information: Float64Array, gradient: Float64Array): number {
  const step = choleskySolve(cholesky(information, gradient.length), gradient.length, gradient);
  return step.reduce((sum, value, j) => sum + value * gradient[j]!, 0);
}

/** A fitted Cox model; `estimates` are log hazard ratios. */
export class CoxFit extends RegressionFit {
  override readonly kind = 'cox-fit';
  readonly events: number;
  readonly logLikelihood: number;
  /** With all coefficients 0. */
  readonly nullLogLikelihood: number;
  readonly aic: number;
  readonly likelihoodRatio: Chi;
  readonly wald: Chi;
  readonly score: Chi;
  /** Share of comparable pairs in which the one with the higher risk has the event first (Harrell 1982). */
  readonly concordance: number;
  readonly iterations: number;

  constructor(
    parts: ConstructorParameters<typeof RegressionFit>[0],
    problem: Problem,
    at: Climb,
    null_: Climb,
    iterations: number,
  ) {
    super(parts);
    const p = parts.values.length;
    const chi = (statistic: number): Chi => ({ statistic, degreesOfFreedom: p, p: chiSquaredUpper(statistic, p) });
    this.events = problem.event.reduce((sum, e) => sum + e, 0);
    this.logLikelihood = at.value;
    this.nullLogLikelihood = null_.value;
    this.aic = 2 * p - 2 * at.value;
    this.likelihoodRatio = chi(2 * (at.value - null_.value));
    let wald = 0;
    for (let j = 0; j < p; j++) {
      for (let k = 0; k < p; k++) wald += parts.values[j]! * at.information[j * p + k]! * parts.values[k]!;
    }
    this.wald = chi(wald);
    this.score = chi(quadratic(null_.information, null_.gradient));
    this.concordance = concordanceOf(problem, parts.values);
    this.iterations = iterations;
  }

  /** Hazard ratios e^β with Wald intervals. @param level default 0.95 */
  hazardRatios(level = 0.95): { name: string; ratio: number; lower: number; upper: number }[] {
    return this.interval(level).map(({ name, lower, upper }, j) => ({
      name,
      ratio: exp(this.values[j]!),
      lower: exp(lower),
      upper: exp(upper),
    }));
  }

  override toString(): string {
    const cells = this.summary().rows.map(({ name, estimate, standardError, statistic, p }) => [
      name,
      formatFigure(estimate),
      formatFigure(exp(estimate)),
      formatFigure(standardError),
      formatFigure(statistic, 4),
      formatP(p),
      stars(p).padEnd(3),
    ]);
    const line = (name: string, { statistic, degreesOfFreedom, p }: Chi) =>
      `${name} = ${formatFigure(statistic, 4)} on ${degreesOfFreedom} df, p = ${formatP(p)}`;
    return `Call: coxRegression(${this.design.formula})
  n = ${this.observations}, number of events = ${this.events}

${formatTable(['', 'coef', 'exp(coef)', 'se(coef)', 'z', 'Pr(>|z|)', ''], cells)}
---
${STARS}

Concordance = ${formatFigure(this.concordance, 3)}
${line('Likelihood ratio test', this.likelihoodRatio)}
${line('Wald test            ', this.wald)}
${line('Score (logrank) test ', this.score)}${this.warnings.map((warning) => `\n⚠ ${warning}`).join('')}`;
  }
}

function concordanceOf({ time, event, stratum, columns }: Problem, beta: Float64Array): number {
  const risk = Float64Array.from(time, (_, i) => columns.reduce((sum, x, j) => sum + beta[j]! * x[i]!, 0));
  let [agree, pairs] = [0, 0];
  for (let i = 0; i < time.length; i++) {
    if (event[i] !== 1) continue;
    for (let j = 0; j < time.length; j++) {
      const later = time[j]! > time[i]! || (time[j] === time[i] && event[j] === 0);
      if (!later || stratum[i] !== stratum[j]) continue;
      pairs++;
      const same = Math.abs(risk[i]! - risk[j]!) < 1e-12;
      agree += same ? 0.5 : risk[i]! > risk[j]! ? 1 : 0;
    }
  }
  return agree / pairs;
}

/**
 * Regress the hazard of an event on the terms of a formula.
 *
 * @param formula `'time ~ age + sex'`: the time of the event or of leaving on the left
 * @param data columns of one length; rows with a missing value are dropped
 * @param options.event which column says that the event was seen
 * @throws FormulaError, RangeError for times and events that are none, or columns that depend on others
 * @example coxRegression('time ~ age + sex', lung, { event: 'status' }).hazardRatios()
 */
export function coxRegression(formula: string, data: object, options: CoxOptions): CoxFit {
  checkNames('coxRegression', options, ['event', 'ties', 'strata']);
  const columns = data as Readonly<Record<string, ArrayLike<number>>>;
  const events = typeof options.event === 'string' ? columns[options.event] : options.event;
  if (events === undefined) throw new RangeError(`coxRegression: no column '${String(options.event)}' of events`);
  const made = design(formula, data);
  if (made.response?.value.kind !== 'numbers') {
    throw new TypeError("coxRegression: the response is the time, as in 'time ~ age'");
  }
  const p = made.columns.length - Number(made.intercept);
  if (p === 0) throw new RangeError('coxRegression: the formula has no term; see kaplanMeier for a curve');
  const keep = made.columns.map((_, j) => j).filter((j) => made.assign[j] !== 0);
  const units = followed(
    'coxRegression',
    made.response.value.values,
    made.rows.map((row) => Number(events[row])),
  );
  const whole = made.byColumn;
  const labels = options.strata === undefined ? undefined : columns[options.strata];
  if (options.strata !== undefined && !labels)
    throw new RangeError(`coxRegression: no column '${options.strata}' of strata`);
  refuseDependent(
    'coxRegression',
    new PivotedQr([new Float64Array(made.rows.length).fill(1), ...keep.map((j) => whole[j]!)], made.rows.length),
    ['a constant', ...keep.map((j) => made.columns[j]!)],
  );
  const codes = (labels as unknown as { codes?: ArrayLike<number> })?.codes ?? labels;
  const problem: Problem = {
    time: units.time,
    event: units.event,
    stratum: units.rows.map((i) => (codes ? String(codes[made.rows[i]!]) : '')),
    columns: keep.map((j) => {
      const values = units.rows.map((i) => whole[j]![i]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Float64Array.from(values, (value) => value - mean);
    }),
    efron: (options.ties ?? 'efron') === 'efron',
  };
  if (!problem.event.includes(1)) throw new RangeError('coxRegression: no event was seen');
  let beta = new Float64Array(p);
  const start = partialLikelihood(problem, beta);
  let at = start;
  let iterations = 0;
  let converged = false;
  const runsOff = () =>
    beta.some(
      (value, j) => Math.abs(value) * problem.columns[j]!.reduce((m, x) => Math.max(m, Math.abs(x)), 0) > FURTHEST,
    );
  while (iterations < 50 && !converged && !runsOff()) {
    iterations++;
    const step = choleskySolve(cholesky(at.information, p), p, at.gradient);
    const from = at.value;
    for (let size = 1; size > 1e-9; size /= 2) {
      const next = beta.map((value, j) => value + size * step[j]!);
      at = partialLikelihood(problem, next);
      if (at.value >= from - 1e-12 * Math.abs(from)) {
        beta = next;
        converged = step.every((value, j) => Math.abs(value) <= 1e-11 * (1 + Math.abs(beta[j]!)));
        break;
      }
    }
  }
  const warnings = converged
    ? []
    : ['the estimate runs off: in some groups no event, or all of them; the ratios mean nothing'];
  return new CoxFit(
    {
      design: {
        ...made,
        columns: keep.map((j) => made.columns[j]!),
        assign: keep.map((j) => made.assign[j]!),
        intercept: false,
      },
      values: beta,
      covariance: symmetricInverse(at.information, p),
      observations: units.time.length,
      rank: p,
      reference: 'z',
      warnings,
    },
    problem,
    at,
    start,
    iterations,
  );
}
