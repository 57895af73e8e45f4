/**
 * Simulation-based calibration (Talts et al. 2018): truths from the prior, data from the truths, and the rank of each
 * truth among draws from its posterior, which is uniform where the sampler is right. Judged by the simultaneous band of
 * the ranks' empirical distribution function (Säilynoja, Bürkner & Vehtari 2022).
 */

import { runChain } from '#kernel/estimate/nuts/chain';
import { finish } from '#kernel/estimate/samplers/run';
import { type AnyModel, compileModel } from '#kernel/model/index';
import { foldIn, type Key, key, Stream } from '#kernel/numeric/random';

export interface Calibrated {
  /** A model whose data can be replaced. */
  readonly model: AnyModel & { with(data: Record<string, Float64Array>): AnyModel };
  /** Values judged: names of scalars, as in `compiled.names`. */
  readonly names: readonly string[];
}

export interface Lengths {
  readonly simulations: number;
  /** Draws a rank is among, those of all chains together, thinned. */
  readonly draws: number;
  readonly thin: number;
  readonly chains: number;
  readonly warmup: number;
}

/** Ranks 0 … draws of each named truth, one a simulation. */
export function ranksOf(
  { model, names }: Calibrated,
  seed: number,
  { simulations, draws, thin, chains, warmup }: Lengths,
) {
  const prior = compileModel(model);
  const columns = names.map((name) => {
    const at = prior.names.indexOf(name);
    if (at < 0) throw new RangeError(`no value called '${name}'; there are: ${prior.names.join(', ')}`);
    return at;
  });
  const ranks: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let simulation = 0; simulation < simulations; simulation++) {
    const stream = new Stream(foldIn(foldIn(key(seed), 'truth'), simulation));
    const truth = prior.priorDraw(stream).slice();
    const data = prior.predictive(prior.unconstrain(truth), stream);
    const compiled = compileModel(model.with(data));
    const density = compiled.density({ prior: true, jacobian: true });
    const each = (draws * thin) / chains;
    const options = { warmup, draws: each, targetAcceptance: 'auto', maxTreeDepth: 10 } as const;
    const chainKey = foldIn(foldIn(key(seed), 'chain'), simulation);
    const d = compiled.dimension;
    const below = columns.map(() => 0);
    for (let chain = 0; chain < chains; chain++) {
      const { positions } = finish(runChain(density, foldIn(chainKey, chain), options));
      for (let i = thin - 1; i < each; i += thin) {
        const values = compiled.constrain(positions.slice(i * d, (i + 1) * d));
        columns.forEach((at, k) => {
          if (values[at]! < truth[at]!) below[k]!++;
        });
      }
    }
    names.forEach((name, k) => {
      ranks[name]!.push(below[k]!);
    });
  }
  return ranks;
}

/** Share of the ranks ≤ each rank, at 0 … draws − 1. */
function distribution(ranks: readonly number[], draws: number): number[] {
  const counts = new Array<number>(draws + 1).fill(0);
  for (const rank of ranks) counts[rank]!++;
  let sum = 0;
  return counts.slice(0, draws).map((count) => {
    sum += count;
    return sum / ranks.length;
  });
}

/**
 * The smallest probability, over all points, of a binomial as far from its mean as the ranks are (their γ, two-sided):
 * small where the empirical distribution leaves the diagonal somewhere.
 */
export function departure(ranks: readonly number[], draws: number): number {
  const n = ranks.length;
  let smallest = 1;
  distribution(ranks, draws).forEach((share, i) => {
    const p = (i + 1) / (draws + 1);
    const [atMost, atLeast] = tails(Math.round(share * n), n, p);
    smallest = Math.min(smallest, 2 * atMost, 2 * atLeast);
  });
  return smallest;
}

/**
 * The γ of the simultaneous band: the `level` quantile of the departure of uniform ranks, by simulation (their
 * algorithm 2). A right sampler leaves the band with probability `level`.
 */
export function bandGamma(n: number, draws: number, level: number, simulations: number, seed: Key): number {
  const all = Float64Array.from({ length: simulations }, (_, s) => {
    const stream = new Stream(foldIn(seed, s));
    return departure(
      Array.from({ length: n }, () => stream.integer(draws + 1)),
      draws,
    );
  }).sort();
  return all[Math.floor(level * simulations)]!;
}

const tables = new Map<string, Float64Array>();

/** P(X ≤ k) and P(X ≥ k) of a binomial. */
function tails(k: number, n: number, p: number): [number, number] {
  const name = `${n} ${p}`;
  let cumulated = tables.get(name);
  if (cumulated === undefined) {
    cumulated = new Float64Array(n + 1);
    let logMass = n * Math.log1p(-p);
    let sum = 0;
    for (let j = 0; j <= n; j++) {
      sum += Math.exp(logMass);
      cumulated[j] = Math.min(1, sum);
      logMass += Math.log((n - j) / (j + 1)) + Math.log(p / (1 - p));
    }
    tables.set(name, cumulated);
  }
  return [cumulated[k]!, 1 - (k > 0 ? cumulated[k - 1]! : 0)];
}
