/**
 * Expected (Fisher) information of a model: Σ Jᵀ F J over the observations, with F the information of one draw from
 * its family in the family's own parameters, in closed form, and J their exact Jacobian.
 */
import type { CompiledModel } from '../model/index.ts';
import { exp } from '../numeric/elementary.ts';
import { trigamma } from '../numeric/special/gamma.ts';
import { broadcastTo, concatenate, type Expr } from '../program/index.ts';
import { type ArrayFunction, arrayFunction } from './derivatives.ts';

/** Information (m, m) of one draw in the m parameters of its family, in their order; row-major. */
type FamilyInformation = (parameters: readonly number[]) => readonly number[];

const ofLogit = (trials: number, logit: number): number => trials / (2 + exp(logit) + exp(-logit)); // n p (1 − p)
const locationScale =
  (location: number, scale: number): FamilyInformation =>
  ([, s = 1]) => [location / s ** 2, 0, 0, scale / s ** 2];

/** Johnson, Kotz & Balakrishnan (1994–95), under each family's name; Student t: Lange, Little & Taylor (1989), app. B. */
const families: Readonly<Record<string, FamilyInformation>> = {
  normal: locationScale(1, 2),
  logNormal: locationScale(1, 2),
  cauchy: locationScale(1 / 2, 1 / 2),
  laplace: locationScale(1, 1),
  logistic: locationScale(1 / 3, (3 + Math.PI ** 2) / 9),
  bernoulli: ([p = 0]) => [1 / (p * (1 - p))],
  bernoulliLogit: ([logit = 0]) => [ofLogit(1, logit)],
  binomial: ([n = 0, p = 0]) => [0, 0, 0, n / (p * (1 - p))],
  binomialLogit: ([n = 0, logit = 0]) => [0, 0, 0, ofLogit(n, logit)],
  poisson: ([rate = 0]) => [1 / rate],
  poissonLog: ([logRate = 0]) => [exp(logRate)],
  exponential: ([rate = 0]) => [1 / rate ** 2],
  gamma: ([shape = 0, rate = 0]) => [trigamma(shape), -1 / rate, -1 / rate, shape / rate ** 2],
  beta([a = 0, b = 0]) {
    const both = trigamma(a + b);
    return [trigamma(a) - both, -both, -both, trigamma(b) - both];
  },
  studentT([nu = 0, , s = 1]) {
    const ofNu = (trigamma(nu / 2) - trigamma((nu + 1) / 2)) / 4 - (nu + 5) / (2 * nu * (nu + 1) * (nu + 3));
    const across = -2 / (s * (nu + 1) * (nu + 3));
    return [ofNu, 0, across, 0, (nu + 1) / ((nu + 3) * s ** 2), 0, across, 0, (2 * nu) / ((nu + 3) * s ** 2)];
  },
};

/** One observed name: its family's parameters, one after the other, for each element. */
interface Part {
  readonly family: FamilyInformation;
  readonly elements: number;
  readonly parameters: ArrayFunction; // (m · elements,)
}

const known = new WeakMap<CompiledModel, (position: Float64Array) => Float64Array>();

/**
 * The expected information (d, d) of a model's likelihood as a function of the position (d,).
 *
 * @throws Error for a family without a closed form here, for terms of one's own, and for latent parameters
 * @example fisherScoring(negative(density), expectedInformation(compileModel(model)))
 */
export function expectedInformation(compiled: CompiledModel): (position: Float64Array) => Float64Array {
  let found = known.get(compiled);
  if (found === undefined) {
    found = build(compiled);
    known.set(compiled, found);
  }
  return found;
}

function build(compiled: CompiledModel): (position: Float64Array) => Float64Array {
  const d = compiled.dimension;
  const { position, terms } = compiled.expressions;
  const parts = terms
    .filter(({ kind }) => kind !== 'prior' && kind !== 'jacobian')
    .map(({ sampled, elements, label, kind }): Part => {
      const family = sampled && families[sampled.family];
      if (!family || kind === 'latent') {
        throw new Error(
          `expected information: none is known for ${label}; it is for observations that are ` +
            `${Object.keys(families).join(', ')}. Use the observed information`,
        );
      }
      const each = Object.values(sampled.parameters).map((p) => broadcastTo(p, elements.shape).reshape(elements.size));
      return { family, elements: elements.size, parameters: arrayFunction(position, concatenate(each) as Expr) };
    });
  return (at) => {
    const result = new Float64Array(d * d); // (d, d)
    for (const part of parts) addPart(result, part, at, d);
    return result;
  };
}

function addPart(result: Float64Array, { family, elements, parameters }: Part, at: Float64Array, d: number): void {
  const values = parameters.value(at);
  const jacobian = parameters.jacobian(at); // (m · elements, d)
  const m = values.length / elements;
  for (let i = 0; i < elements; i++) {
    const f = family(Array.from({ length: m }, (_, k) => values[k * elements + i]!)); // (m, m)
    for (let k = 0; k < m; k++) {
      for (let l = 0; l < m; l++) {
        const weight = f[k * m + l]!;
        if (weight === 0) continue;
        const left = (k * elements + i) * d;
        const right = (l * elements + i) * d;
        for (let a = 0; a < d; a++) {
          const scaled = weight * jacobian[left + a]!;
          if (scaled === 0) continue;
          for (let b = 0; b < d; b++) result[a * d + b]! += scaled * jacobian[right + b]!;
        }
      }
    }
  }
}
