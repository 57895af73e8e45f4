/**
 * Tests between nested models: likelihood ratio (Wilks 1938), Wald (1943) and score (Rao 1948). All three statistics
 * are χ² in large samples when the smaller model holds; they differ in which of the two models must be fitted.
 */
import { Displayable } from '../host/display.ts';
import { type AnyModel, compileModel } from '../model/index.ts';
import { knownNames } from '../model/names.ts';
import { cholesky, choleskySolve } from '../numeric/linalg/cholesky.ts';
import { gammaRegularisedUpper } from '../numeric/special/incomplete-gamma.ts';
import type { Estimate } from './estimate.ts';
import { expectedInformation } from './expected.ts';
import { hessian } from './optimise/hessian.ts';
import { negative } from './optimise/objective.ts';
import { formatNumber } from './table.ts';

/** A χ² test of a smaller model within a larger one. */
export class NestedTest extends Displayable {
  override readonly kind = 'nested test';
  readonly method: 'likelihood ratio' | 'Wald' | 'score';
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** Chance of a statistic as large under the smaller model, by its large-sample χ² distribution. */
  readonly pValue: number;

  constructor(method: NestedTest['method'], statistic: number, degreesOfFreedom: number) {
    super();
    this.method = method;
    this.statistic = statistic;
    this.degreesOfFreedom = degreesOfFreedom;
    this.pValue = statistic > 0 ? gammaRegularisedUpper(degreesOfFreedom / 2, statistic / 2) : 1;
  }

  override toString(): string {
    return (
      `${this.method} test: χ² = ${formatNumber(this.statistic, 5)} on ${this.degreesOfFreedom} ` +
      `${this.degreesOfFreedom === 1 ? 'degree' : 'degrees'} of freedom, p = ${formatNumber(this.pValue, 4)}`
    );
  }
}

/**
 * 2(ℓ̂ − ℓ̂₀): both models fitted by `mle` to the same data.
 *
 * @throws RangeError when the larger one has no more parameters, fewer observations, or a smaller likelihood
 * @example likelihoodRatioTest(await mle(intercept), await mle(line)).pValue
 */
export function likelihoodRatioTest(small: Estimate, large: Estimate): NestedTest {
  for (const fit of [small, large]) {
    if (fit.method !== 'mle') throw new TypeError('likelihoodRatioTest: expected results of mle, got one of map');
  }
  if (small.observations !== large.observations) {
    throw new RangeError(
      `likelihoodRatioTest: both fits must be of the same data, got ${small.observations} and ${large.observations} observations`,
    );
  }
  const degreesOfFreedom = large.freeParameters - small.freeParameters;
  if (!(degreesOfFreedom > 0)) {
    throw new RangeError(
      `likelihoodRatioTest: the second model must have more parameters, got ${small.freeParameters} and ${large.freeParameters}`,
    );
  }
  const statistic = 2 * (large.logLikelihood - small.logLikelihood);
  if (!(statistic > -1e-6 * Math.max(1, Math.abs(large.logLikelihood)))) {
    throw new RangeError(
      `likelihoodRatioTest: the larger model has the smaller likelihood (${formatNumber(large.logLikelihood, 7)} against ` +
        `${formatNumber(small.logLikelihood, 7)}): the models are not nested, or a fit has not converged`,
    );
  }
  return new NestedTest('likelihood ratio', Math.max(0, statistic), degreesOfFreedom);
}

/** Values by the name of a scalar, `{ slope: 0, 'b[1]': 2 }`, or of a whole array. */
export type Hypothesis = Readonly<Record<string, number | readonly number[]>>;

/**
 * (θ̂ − θ₀)ᵀ V⁻¹ (θ̂ − θ₀) with the fit's own covariance V: the larger model alone is fitted. With
 * `errors: 'sandwich'` in the fit it is a robust test. Unlike the other two it depends on the scale of the parameters.
 *
 * @throws RangeError for a name that the fit has not, or one without a standard error
 * @example waldTest(await mle(line), { slope: 0 })
 */
export function waldTest(fit: Estimate, hypothesis: Hypothesis): NestedTest {
  const places = scalars('waldTest', fit.names, hypothesis);
  const n = fit.names.length;
  const m = places.length;
  const difference = Float64Array.from(places, ({ at, value }) => fit.values[at]! - value); // (m,)
  const covariance = new Float64Array(m * m); // (m, m)
  places.forEach((row, i) => {
    places.forEach((column, j) => {
      covariance[i * m + j] = fit.covariance[row.at * n + column.at]!;
    });
  });
  const missing = places.find((_, i) => !(covariance[i * m + i]! > 0));
  if (missing) {
    throw new RangeError(`waldTest: ${fit.names[missing.at]} has no standard error; see the warnings of the fit`);
  }
  return new NestedTest('Wald', quadraticForm(covariance, difference), m);
}

/**
 * sᵀ I⁻¹ s with the score s of the larger model at the smaller one's estimate: the smaller model alone is fitted.
 *
 * The expected information is used where the families have one, as in R's `anova(test = 'Rao')`, else the observed.
 *
 * @param small the fit of the smaller model
 * @param large the larger model
 * @param hypothesis values of the parameters of `large` that `small` has not: `{ slope: 0 }`
 * @throws RangeError when names do not fit, or the values lie at the edge of their support
 * @example scoreTest(await mle(intercept), line, { slope: 0 })
 */
export function scoreTest(small: Estimate, large: AnyModel, hypothesis: Hypothesis): NestedTest {
  const compiled = compileModel(large);
  const places = scalars('scoreTest', compiled.names, hypothesis);
  const values = new Float64Array(compiled.names.length).fill(Number.NaN);
  for (const { at, value } of places) values[at] = value;
  compiled.names.forEach((name, i) => {
    if (Number.isNaN(values[i])) values[i] = small.values[small.names.indexOf(name)] ?? Number.NaN;
  });
  const missing = compiled.names.filter((_, i) => Number.isNaN(values[i]));
  if (missing.length > 0) {
    throw new RangeError(
      `scoreTest: no value for ${missing.join(', ')}: the smaller fit has none, so give it in the hypothesis`,
    );
  }
  const position = compiled.unconstrain(values);
  const density = compiled.density({ prior: false, jacobian: false });
  const score = new Float64Array(compiled.dimension); // (d,)
  density.valueAndGradient(position, score);
  let information: Float64Array;
  try {
    information = expectedInformation(compiled)(position);
  } catch {
    information = hessian(negative(density), position);
  }
  return new NestedTest('score', quadraticForm(information, score), places.length);
}

/** xᵀ A⁻¹ x, with A scaled to a unit diagonal first. */
function quadraticForm(a: Float64Array, x: Float64Array): number {
  const d = x.length;
  const unit = x.map((_, i) => 1 / Math.sqrt(a[i * d + i]!)); // (d,)
  const scaled = a.map((v, k) => v * unit[Math.floor(k / d)]! * unit[k % d]!); // (d, d)
  const right = x.map((v, i) => v * unit[i]!); // (d,)
  return choleskySolve(cholesky(scaled, d), d, right).reduce((sum, v, i) => sum + v * right[i]!, 0);
}

/** The places of the scalars a hypothesis names. */
function scalars(caller: string, names: readonly string[], hypothesis: Hypothesis): { at: number; value: number }[] {
  const found = Object.entries(hypothesis).flatMap(([name, given]) => {
    const values = typeof given === 'number' ? [given] : [...given];
    const places = names.flatMap((each, at) => (each === name || each.startsWith(`${name}[`) ? [at] : []));
    if (places.length === 0) throw new RangeError(`${caller}: no scalar called '${name}'; ${knownNames(name, names)}`);
    if (places.length !== values.length || !values.every(Number.isFinite)) {
      throw new RangeError(`${caller}: '${name}' needs ${places.length} finite values, got [${values}]`);
    }
    return places.map((at, k) => ({ at, value: values[k]! }));
  });
  if (found.length === 0)
    throw new RangeError(`${caller}: the hypothesis names nothing; give one, such as { slope: 0 }`);
  return found;
}
