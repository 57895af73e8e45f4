/**
 * Why a model has no maximum-likelihood estimate: no likelihood, or a parameter that it does not see. (Latent parameters
 * are integrated out.)
 */
import type { ParameterLayout } from './layout.ts';
import { parametersIn, type Trace } from './trace.ts';

/** One sentence on the obstacle and one on the way out; undefined where there is none. */
export function mleObstacle(trace: Trace, layout: readonly ParameterLayout[]): string | undefined {
  if (trace.observed.length + trace.terms.length === 0) {
    return 'this model observes nothing, so it has no likelihood; add .observe or .logDensity';
  }
  const seen = likelihoodParameters(trace, layout);
  const unseen = layout.map(({ name }) => name).filter((name) => !seen.includes(name));
  if (unseen.length === 0) return undefined;
  return (
    `no likelihood depends on ${list(unseen.map((name) => `'${name}'`))}, so every value fits the data equally well; ` +
    'observe data that depend on it, leave it out, or use map or sample, where its prior speaks'
  );
}

/** Names of the parameters that some observation, term or distribution of a latent parameter is computed from. */
function likelihoodParameters(trace: Trace, layout: readonly ParameterLayout[]): string[] {
  const observed = trace.observed.flatMap(({ distribution }) => Object.values(distribution.parameters));
  const latent = layout.filter(({ role }) => role === 'latent');
  const mentioned = latent.flatMap(({ name, mentions }) => [name, ...mentions]);
  return [...parametersIn([...observed, ...trace.terms.map(({ value }) => value)], trace), ...mentioned];
}

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
