/**
 * The ten models of the sampling bench: those of the gradient bench where they are the same, and four on posteriordb's
 * data (stan-dev/posteriordb). The peers tell them in the same parametrisation and under the same names
 * (`peers.py`, `../peers/stan/`).
 */
import { flat, halfCauchy, halfNormal, normal } from '#kernel/distributions/index';
import { type AnyModel, model } from '#kernel/model/index';
import { matmul } from '#kernel/program/index';
import arK from '../../kernel/estimate/fixtures/arK.json' with { type: 'json' };
import blr from '../../kernel/estimate/fixtures/blr.json' with { type: 'json' };
import kidscore from '../../kernel/estimate/fixtures/kidscore_interaction.json' with { type: 'json' };
import nes2000 from '../../kernel/estimate/fixtures/nes.json' with { type: 'json' };
import * as data from '../gradient/data.ts';
import { models as gradientModels } from '../gradient/models.ts';

export interface SamplingModel {
  readonly model: AnyModel;
  /** As the peers in Python are given it. */
  readonly data: object;
  readonly stan: { readonly program: string; readonly data: object };
}

/** A regression as its Stan program takes it. */
const design = (program: string, X: readonly (readonly number[])[], y: readonly number[]) => {
  return { program, data: { N: y.length, D: X[0]!.length, X, y } };
};

function ar5(): SamplingModel {
  const { K, T, y } = arK.data;
  const lag = y.slice(K).map((_, t) => Array.from({ length: K }, (_, k) => y[t + K - 1 - k]!)); // (T − K, K)
  const out = y.slice(K);
  const told = model()
    .data({ lag, out })
    .parameters({ alpha: normal(0, 10), beta: normal(0, 10).size(K), sigma: halfCauchy(0, 2.5) })
    .observe(({ lag, alpha, beta, sigma }) => ({ out: normal(alpha.add(matmul(lag, beta)), sigma) }));
  return { model: told, data: { K, T, y, X: lag, out }, stan: { program: 'ar5', data: { K, T, y } } };
}

function kid(): SamplingModel {
  const { kid_score: y, mom_iq: iq, mom_hs: hs } = kidscore.data;
  const X = iq.map((q, i) => [1, hs[i]!, q, q * hs[i]!]); // (n, 4)
  const told = model()
    .data({ y, X })
    .parameters({ beta: flat().size(4), sigma: halfCauchy(0, 2.5) })
    .observe(({ beta, sigma, X }) => ({ y: normal(matmul(X, beta), sigma) }));
  return { model: told, data: { X, y }, stan: design('kid_interaction', X, y) };
}

function nes(): SamplingModel {
  const { partyid7: y, real_ideo, race_adj, age_discrete, educ1, gender, income } = nes2000.data;
  const X = y.map((_, i) => {
    const ages = [2, 3, 4].map((age) => (age_discrete[i] === age ? 1 : 0));
    return [1, real_ideo[i]!, race_adj[i]!, ...ages, educ1[i]!, gender[i]!, income[i]!];
  }); // (n, 9)
  const told = model()
    .data({ y, X })
    .parameters({ beta: flat().size(9), sigma: flat().bounded({ lower: 0 }) })
    .observe(({ beta, sigma, X }) => ({ y: normal(matmul(X, beta), sigma) }));
  return { model: told, data: { X, y }, stan: design('nes', X, y) };
}

function sblri(): SamplingModel {
  const { y, X } = blr.data;
  const told = model()
    .data({ y, X })
    .parameters({ beta: normal(0, 10).size(5), sigma: halfNormal(0, 10) })
    .observe(({ beta, sigma, X }) => ({ y: normal(matmul(X, beta), sigma) }));
  return { model: told, data: { X, y }, stan: design('regression', X, y) };
}

/** A model of the gradient bench. */
const same = (name: string, given: object) => (): SamplingModel => {
  const { model: told, stan } = gradientModels[name]!();
  return { model: told, data: given, stan: { program: name, data: stan } };
};

export const samplingModels: Readonly<Record<string, () => SamplingModel>> = {
  eight: same('eight', data.eight()),
  ar5,
  kid,
  nes,
  mix: same('mix', data.mix()),
  garch: same('garch', data.garch()),
  sblri,
  hmm: same('hmm', data.hmm()),
  radon: same('radon', data.radon()),
  irt: same('irt', data.irt()),
};
