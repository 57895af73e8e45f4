/**
 * How far a prior carries the estimate: from the maximum of the likelihood to that of the posterior, and why.
 *
 * All on the unconstrained scale, where both were found. To first order the step is that of one Newton iteration from
 * the MLE: the slope of the log prior there, against the information of likelihood and prior together.
 */
import { compileModel } from '../model/index.ts';
import { cholesky, choleskySolve } from '../numeric/linalg/cholesky.ts';
import { compileLogDensity, constant, type Expr } from '../program/index.ts';
import { Estimate } from './estimate.ts';
import { hessian } from './optimise/hessian.ts';
import { negative } from './optimise/objective.ts';
import { coordinateNames } from './runaway.ts';
import { Table } from './table.ts';

/** One coordinate of the unconstrained position. */
export interface ShiftRow {
  readonly name: string;
  readonly mle: number;
  readonly map: number;
  /** (MAP − MLE) / standard error of the MLE. */
  readonly shift: number;
  /** What one Newton step from the MLE predicts of it: prior slope against curvature. The rest is change of curvature. */
  readonly predicted: number;
  /** Slope of the log prior (with the Jacobian where `map` had one) at the MLE, per standard error. */
  readonly priorSlope: number;
  /** Slope of the log likelihood at the MAP, per standard error: what the prior holds up against. */
  readonly likelihoodSlope: number;
  /** Share of the information at the MAP that is the prior's: 0 where the data say all, 1 where the prior does. */
  readonly priorShare: number;
}

/**
 * The shift from the maximum-likelihood estimate to the mode of the posterior, one row a coordinate.
 *
 * @param likeliest a result of `mle`
 * @param mode a result of `map` on the same model
 * @throws TypeError for other results; RangeError for other models, latent parameters or an MLE without standard errors
 * @example mapShift(await mle(line), await map(line)).row('slope').shift
 */
export function mapShift(likeliest: Estimate, mode: Estimate): Table<ShiftRow> {
  const said = (given: unknown) =>
    given instanceof Estimate ? given.method : given instanceof Promise ? 'a promise (await it)' : String(given);
  if (said(likeliest) !== 'mle' || said(mode) !== 'map') {
    throw new TypeError(`mapShift: expected a result of mle and one of map, got ${said(likeliest)} and ${said(mode)}`);
  }
  const compiled = compileModel(mode.model);
  if (compileModel(likeliest.model) !== compiled) throw new RangeError('mapShift: both results must be of one model');
  if (likeliest.integrated.length > 0) {
    throw new RangeError(
      `mapShift: ${likeliest.integrated.join(', ')} were integrated out of the likelihood, so the two maximise different things`,
    );
  }
  const d = compiled.dimension;
  const { position, terms } = compiled.expressions;
  const hasJacobian = (label: string) =>
    typeof mode.jacobian === 'boolean'
      ? mode.jacobian
      : mode.jacobian.some((name) => label.startsWith(`${name} (log Jacobian`));
  const value = terms
    .filter(({ kind, label }) => kind === 'prior' || kind === 'latent' || (kind === 'jacobian' && hasJacobian(label)))
    .reduce((sum, term) => sum.add(term.value) as Expr, constant(0) as Expr);
  const prior = compileLogDensity({ position, value });
  const likelihood = compiled.density({ prior: false, jacobian: false });

  const atMle = { likelihood: hessian(negative(likelihood), likeliest.position) }; // (d, d)
  const errors = errorsOf(atMle.likelihood, d); // (d,)
  const priorSlope = new Float64Array(d); // (d,)
  prior.valueAndGradient(likeliest.position, priorSlope);
  const together = hessian(negative(prior), likeliest.position).map((v, k) => v + atMle.likelihood[k]!); // (d, d)
  const predicted = solve(together, priorSlope); // (d,)
  const likelihoodSlope = new Float64Array(d); // (d,)
  likelihood.valueAndGradient(mode.position, likelihoodSlope);
  const priorInformation = hessian(negative(prior), mode.position); // (d, d)
  const dataInformation = hessian(negative(likelihood), mode.position); // (d, d)
  const rows = coordinateNames(compiled).map((name, i) => {
    const [own, data] = [priorInformation[i * d + i]!, dataInformation[i * d + i]!];
    return {
      name,
      mle: likeliest.position[i]!,
      map: mode.position[i]!,
      shift: (mode.position[i]! - likeliest.position[i]!) / errors[i]!,
      predicted: predicted[i]! / errors[i]!,
      priorSlope: priorSlope[i]! * errors[i]!,
      likelihoodSlope: likelihoodSlope[i]! * errors[i]!,
      priorShare: own / (own + data),
    };
  });
  const columns = [
    { key: 'mle' as const, label: 'MLE', digits: 5 },
    { key: 'map' as const, label: 'MAP', digits: 5 },
    { key: 'shift' as const, label: 'shift (se)' },
    { key: 'predicted' as const, label: 'predicted (se)' },
    { key: 'priorSlope' as const, label: 'prior slope' },
    { key: 'likelihoodSlope' as const, label: 'likelihood slope' },
    { key: 'priorShare' as const, label: "prior's share" },
  ];
  const bounded = compiled.parameters.some(({ distribution: { support } }) => support.lower || support.upper);
  return new Table<ShiftRow>(columns, rows, bounded ? ['On the unconstrained scale: log σ for σ > 0.'] : []);
}

/** Standard errors from the information. @throws RangeError where it has no inverse */
function errorsOf(information: Float64Array, d: number): Float64Array {
  return Float64Array.from({ length: d }, (_, i) => {
    const unit = new Float64Array(d); // (d,)
    unit[i] = 1;
    return Math.sqrt(solve(information, unit)[i]!);
  });
}

function solve(a: Float64Array, b: Float64Array): Float64Array {
  const d = b.length;
  const unit = b.map((_, i) => 1 / Math.sqrt(Math.abs(a[i * d + i]!) || 1)); // (d,)
  const scaled = a.map((v, k) => v * unit[Math.floor(k / d)]! * unit[k % d]!); // (d, d)
  try {
    return choleskySolve(
      cholesky(scaled, d),
      d,
      b.map((v, i) => v * unit[i]!),
    ).map((v, i) => v * unit[i]!);
  } catch {
    throw new RangeError('mapShift: the MLE has no standard errors to measure the shift in; see its warnings');
  }
}
