/**
 * A model with some of its parameters integrated out: what maximisation sees of it, and the way back to the whole.
 */
import { type CompiledModel, type CompiledParameter, compileModel } from '../model/index.ts';
import { elementNames } from '../model/names.ts';
import type { Estimate } from './estimate.ts';
import { conditionalOn, type Information } from './information.ts';
import { type Marginal, marginalise } from './latent.ts';
import { whiten } from './whiten.ts';

/** The parameters that are left, as a compiled model of their own, and the marginal log likelihood over them. */
export interface Integrated {
  readonly view: CompiledModel;
  readonly marginal: Marginal;
  /** Names of the parameters integrated out. */
  readonly names: readonly string[];
  /** Quadrature points for each latent coordinate; 1 is Laplace. */
  readonly points: number;
  /** The position of the others (k,) from the whole one. */
  restrict(whole: Float64Array): Float64Array;
  /** The whole position (d,): the others (k,), and the mode of the latent ones. */
  whole(position: Float64Array): Float64Array;
  /** The information on the whole position (d,) from that on the others, at the others' position (k,). */
  complete(information: Information, position: Float64Array): Information;
}

/** Coordinates beyond this make the inner matrices too large to be held whole. */
const mostLatent = 2000;

/**
 * Integrate out the latent parameters and, for restricted maximum likelihood, the named coefficients (Patterson &
 * Thompson 1971: REML is the likelihood with the coefficients integrated out under a flat prior; Harville 1974).
 *
 * @param reml names of parameters with flat density to integrate out as well
 * @param points quadrature points for each latent coordinate; 1 is Laplace
 * @throws RangeError for names of `reml` that are no unbounded parameters, or when nothing is left
 */
export function integrateOut(compiled: CompiledModel, points: number, reml: readonly string[]): Integrated | undefined {
  for (const name of reml) {
    const found = compiled.parameters.find((each) => each.name === name);
    const { support } = found?.distribution ?? {};
    if (!found || found.role === 'latent' || support?.lower || support?.upper || support?.structure !== 'real') {
      throw new RangeError(`mle: reml names '${name}', which must be an unbounded parameter that is not latent`);
    }
  }
  const isOut = ({ name, role }: CompiledParameter) => role === 'latent' || reml.includes(name);
  const out = compiled.parameters.filter(isOut);
  if (out.length === 0) return undefined;
  const left = compiled.parameters.filter((each) => !isOut(each));
  if (left.length === 0) throw new RangeError('mle: no parameter is left to maximise over; use sample');
  const latent = out.flatMap(coordinates);
  if (latent.length > mostLatent) {
    throw new RangeError(
      `mle: ${latent.length} latent values are too many to integrate out (at most ${mostLatent}); use sample`,
    );
  }
  const { terms } = compiled.expressions;
  // A Jacobian's label begins with its parameter's name; that of a latent one makes its density one of the coordinate.
  const ofLatent = (label: string) => out.some(({ name }) => label.startsWith(`${name} (log Jacobian`));
  const kept = terms.filter(({ kind, label }) => kind !== 'prior' && (kind !== 'jacobian' || ofLatent(label)));
  const white = whiten(compiled, out, kept);
  const marginal = marginalise({ position: white.position, value: white.value, latent, points });
  const others = left.flatMap(coordinates);
  return {
    view: viewOf(compiled, left, others),
    marginal,
    names: out.map(({ name }) => name),
    points,
    restrict: (whole) => Float64Array.from(others, (i) => whole[i]!),
    whole: (position) => white.place(marginal.complete(position)),
    complete(information, position) {
      const at = marginal.complete(position);
      const found = completed(information, at, marginal, latent, others);
      const direct = (direction: Float64Array) => white.direct(at, direction);
      return {
        ...found,
        covariance: white.spread(at, found.covariance),
        openDirections: found.openDirections.map(direct),
        upwardDirections: found.upwardDirections.map(direct),
      };
    },
  };
}

/** What a fit by `mle` integrated out, for a model like the fit's (by default its own); undefined for nothing. */
export function integratedOf(
  { model, integrated, quadrature }: Pick<Estimate, 'model' | 'integrated' | 'quadrature'>,
  compiled: CompiledModel = compileModel(model),
): Integrated | undefined {
  if (integrated.length === 0) return undefined;
  const isLatent = (name: string) => compiled.parameters.some((each) => each.name === name && each.role === 'latent');
  return integrateOut(
    compiled,
    quadrature,
    integrated.filter((name) => !isLatent(name)),
  );
}

const coordinates = ({ unconstrainedOffset, unconstrainedSize }: CompiledParameter): number[] =>
  Array.from({ length: unconstrainedSize }, (_, k) => unconstrainedOffset + k);

const elements = ({ offset, size }: CompiledParameter): number[] => Array.from({ length: size }, (_, k) => offset + k);

/** The compiled model as one of the parameters left; what concerns the whole is not there. */
function viewOf(compiled: CompiledModel, left: readonly CompiledParameter[], others: readonly number[]): CompiledModel {
  let offset = 0;
  let unconstrainedOffset = 0;
  const parameters = left.map((each) => {
    const place = { ...each, offset, unconstrainedOffset };
    offset += each.size;
    unconstrainedOffset += each.unconstrainedSize;
    return place;
  });
  const places = left.flatMap(elements);
  const whole = (position: Float64Array): Float64Array => {
    const all = new Float64Array(compiled.dimension); // (d,)
    others.forEach((i, a) => {
      all[i] = position[a]!;
    });
    return all;
  };
  return Object.assign(Object.create(compiled) as CompiledModel, {
    dimension: others.length,
    parameters,
    names: parameters.flatMap(({ name, shape }) => elementNames(name, shape)),
    constrain(position: Float64Array): Float64Array {
      const all = compiled.constrain(whole(position));
      return Float64Array.from(places, (at) => all[at]!);
    },
    unconstrain(values: Float64Array): Float64Array {
      const all = compiled.constrain(new Float64Array(compiled.dimension)).slice();
      places.forEach((at, k) => {
        all[at] = values[k]!;
      });
      const position = compiled.unconstrain(all);
      return Float64Array.from(others, (i) => position[i]!);
    },
    explain: (position: Float64Array): string => compiled.explain(whole(position)),
  });
}

/**
 * Covariance of all coordinates: V for the others, and for the integrated ones H⁻¹ + S V Sᵀ with S = dû/dθ, the
 * uncertainty of the prediction itself and that of what it rests on (Kass & Steffey 1989).
 */
function completed(
  { covariance, openDirections, upwardDirections, conditionNumber }: Information,
  whole: Float64Array,
  marginal: Marginal,
  latent: readonly number[],
  others: readonly number[],
): Information {
  const d = whole.length;
  const k = others.length;
  const m = latent.length;
  const { inner, sensitivity } = marginal.curvature(whole);
  const own = conditionalOn(new Set(), inner, m); // H⁻¹
  const result = new Float64Array(d * d); // (d, d)
  const half = new Float64Array(m * k); // S V, (m, k)
  for (let a = 0; a < m; a++) {
    for (let j = 0; j < k; j++) {
      for (let i = 0; i < k; i++) half[a * k + j]! += sensitivity[a * k + i]! * covariance[i * k + j]!;
    }
  }
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) result[others[i]! * d + others[j]!] = covariance[i * k + j]!;
    for (let a = 0; a < m; a++) {
      result[latent[a]! * d + others[i]!] = half[a * k + i]!;
      result[others[i]! * d + latent[a]!] = half[a * k + i]!;
    }
  }
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < m; b++) {
      let sum = own ? own.covariance[a * m + b]! : Number.NaN;
      for (let j = 0; j < k; j++) sum += half[a * k + j]! * sensitivity[b * k + j]!;
      result[latent[a]! * d + latent[b]!] = sum;
    }
  }
  const lifted = (direction: Float64Array): Float64Array => {
    const all = new Float64Array(d); // (d,)
    others.forEach((i, a) => {
      all[i] = direction[a]!;
    });
    latent.forEach((i, a) => {
      for (let j = 0; j < k; j++) all[i]! += sensitivity[a * k + j]! * direction[j]!;
    });
    return all;
  };
  return {
    covariance: result,
    openDirections: openDirections.map(lifted),
    upwardDirections: upwardDirections.map(lifted),
    conditionNumber,
    units: new Float64Array(d).fill(1),
  };
}
