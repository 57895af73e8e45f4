/**
 * Refits of a bootstrap: each climbs from the estimate, on counts of rows where the model is such, else on data given by
 * `model.with`; latent parameters are integrated out as in the fit.
 */
import { type AnyModel, type CompiledModel, compileModel } from '../model/index.ts';
import { foldIn, key as keyOf } from '../numeric/random.ts';
import { drawnRows, type Rows } from './bootstrap-data.ts';
import { climb } from './climb.ts';
import type { Estimate } from './estimate.ts';
import { integratedOf } from './integrated.ts';
import type { Pace } from './pause.ts';
import { atInfinity, boundedCoordinates } from './runaway.ts';
import { inverseCurvature, refitFrom, weightedDensity } from './weighted-refit.ts';

/** Derived quantities, none where the model has none. */
function derivedOf(compiled: CompiledModel, position: Float64Array): Float64Array {
  return compiled.derived.length > 0 ? compiled.evaluateDerived(position) : new Float64Array(0);
}

/** What a refit gives: parameters and derived quantities. */
export interface Refit {
  readonly values: Float64Array;
  readonly infinite: boolean;
}

/** A coordinate of a bounded parameter beyond this is at an edge: e^−10 is 5e-5. */
const farOut = 10;
/** Two log likelihoods of the same rows may differ by so much, relative to their size. */
const SAME = 1e-9;

/**
 * Refits by counts, where a row that is drawn twice is one that weighs two: whether the model is such is seen on a first
 * resample, whose log likelihood and gradient must be those of the model on these rows.
 */
export function countedRefits(
  fit: Estimate,
  compiled: CompiledModel,
  data: Rows,
): ((rows: Int32Array) => Refit | undefined) | undefined {
  const density = weightedDensity(compiled, data.rows);
  if (!density) return undefined;
  const count = (rows: Int32Array) => {
    density.counts.fill(0);
    for (const row of rows) density.counts[row]!++;
  };
  const probe = drawnRows(data.rows, foldIn(keyOf(0), 'bootstrap, rows as counts'));
  count(probe);
  const d = compiled.dimension;
  const [mine, theirs] = [new Float64Array(d), new Float64Array(d)];
  const aside = fit.position.map((u, i) => u + 1e-3 * (1 + Math.abs(u)) * (1 + (i % 3)));
  const other = compileModel(withData(fit, data.take(probe)));
  if (other.dimension !== d) return undefined;
  const value = density.valueAndGradient(aside, mine);
  const wanted = other.density({ prior: false, jacobian: false }).valueAndGradient(aside, theirs);
  const size = Math.abs(wanted) + theirs.reduce((sum, g) => Math.max(sum, Math.abs(g)), 1);
  const same = (a: number, b: number) => Math.abs(a - b) <= SAME * size;
  if (!(same(value, wanted) && mine.every((g, i) => same(g, theirs[i]!)))) return undefined;
  // Derived quantities that are computed from the rows are those of other rows.
  const derived = derivedOf(compiled, aside);
  if (!derivedOf(other, aside).every((q, i) => q === derived[i])) return undefined;
  density.counts.fill(1);
  const inverse = inverseCurvature(density, fit.position);
  if (!inverse) return undefined;
  return (rows) => {
    count(rows);
    const found = refitFrom(density, fit.position, inverse);
    if (!found) return undefined;
    return {
      values: Float64Array.of(...compiled.constrain(found.position), ...derivedOf(compiled, found.position)),
      infinite: atInfinity(compiled, density, found.position, found.logDensity) !== undefined,
    };
  };
}

function withData(fit: Estimate, data: Record<string, unknown>): AnyModel {
  return (fit.model as unknown as { with(columns: object): AnyModel }).with(data);
}

/** Parameters and derived quantities on other data, or undefined where the climb does not converge. */
export async function refit(
  fit: Estimate,
  data: Record<string, unknown>,
  pace: Pace,
  signal: AbortSignal | undefined,
): Promise<Refit | undefined> {
  const whole = compileModel(withData(fit, data));
  const integrated = integratedOf(fit, whole);
  const compiled = integrated?.view ?? whole;
  const density = integrated?.marginal ?? compiled.density({ prior: false, jacobian: false });
  const start = integrated?.restrict(fit.position) ?? fit.position;
  const gradient = new Float64Array(compiled.dimension); // (d,)
  const value = density.valueAndGradient(start, gradient);
  if (!(Number.isFinite(value) && gradient.every(Number.isFinite))) return undefined;
  const bounded = boundedCoordinates(compiled);
  const found = await climb(density, awayFromEdges(start, bounded), { iterations: 1000, signal, pace, bounded });
  if (found.ending !== 'converged') return undefined;
  const position = integrated?.whole(found.position) ?? found.position;
  const values = Float64Array.of(...whole.constrain(position), ...derivedOf(whole, position));
  return { values, infinite: atInfinity(compiled, density, found.position, found.logDensity) !== undefined };
}

/** From a boundary optimum of the data no gradient leads back to where the optimum of others may be. */
function awayFromEdges(start: Float64Array, bounded: readonly number[]): Float64Array {
  const inside = start.slice(); // (d,)
  for (const i of bounded) if (Math.abs(start[i]!) > farOut) inside[i] = 0;
  return inside;
}
