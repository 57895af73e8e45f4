/**
 * Why a model has no maximum-likelihood estimate: a latent parameter, or one the likelihood does not see.
 */
import { describeDistribution } from './describe.ts';
import type { ParameterLayout } from './layout.ts';
import { parametersIn, type Trace } from './trace.ts';

/** One sentence on the obstacle and one on the way out; undefined where there is none. */
export function mleObstacle(trace: Trace, layout: readonly ParameterLayout[]): string | undefined {
  if (trace.observed.length + trace.terms.length === 0) {
    return 'this model observes nothing, so it has no likelihood; add .observe or .logDensity';
  }
  const latent = layout.find(({ role }) => role === 'latent');
  if (latent !== undefined) {
    const { name, distribution, mentions } = latent;
    return (
      `'${name}' is latent: its distribution ${describeDistribution(distribution)} mentions ${list(mentions)}, so the ` +
      `likelihood is an integral over '${name}', and dropping that distribution would be another model. ` +
      `Use sample (it integrates), or write the integral by hand: where ${name} is normal and so are the data, observe them ` +
      `around its mean with both variances added`
    );
  }
  const seen = likelihoodParameters(trace);
  const unseen = layout.map(({ name }) => name).filter((name) => !seen.includes(name));
  if (unseen.length === 0) return undefined;
  return (
    `no likelihood depends on ${list(unseen.map((name) => `'${name}'`))}, so every value fits the data equally well; ` +
    'observe data that depend on it, leave it out, or use map or sample, where its prior speaks'
  );
}

/** Names of the parameters that some observation or term is computed from. */
function likelihoodParameters(trace: Trace): string[] {
  const observed = trace.observed.flatMap(({ distribution }) => Object.values(distribution.parameters));
  return parametersIn([...observed, ...trace.terms.map(({ value }) => value)], trace);
}

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
