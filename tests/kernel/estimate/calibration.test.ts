/**
 * Calibration by simulation: where parameters are drawn from the prior and data from them, the posterior's ranks of
 * the truth are uniform (Talts et al. 2018), and 95 % intervals cover the truth 95 times in a hundred.
 */
import { describe, expect, it } from 'vitest';
import { flat, halfNormal, normal } from '#kernel/distributions/index';
import { mle } from '#kernel/estimate/index';
import { runChain } from '#kernel/estimate/nuts/chain';
import { compileModel, model } from '#kernel/model/index';
import { foldIn, key, Stream } from '#kernel/numeric/random';

const groups = 4;
const hierarchy = model()
  .data({ y: new Float64Array(groups) })
  .parameters({ mu: normal(0, 1), tau: halfNormal(0, 1), z: normal(0, 1).size(groups) })
  .observe(({ mu, tau, z }) => ({ y: normal(mu.add(tau.mul(z)), 0.7) }));

const [simulations, thinned, thin] = [200, 31, 8];

/** Rank of the truth among thinned draws, for each simulation and value: 0 … 31. */
function ranks(): number[][] {
  const prior = compileModel(hierarchy);
  return Array.from({ length: simulations }, (_, simulation) => {
    const stream = new Stream(foldIn(foldIn(key(20261122), 'truth'), simulation));
    const truth = prior.priorDraw(stream).slice(); // mu, tau, z…
    const { y } = prior.predictive(prior.unconstrain(truth), stream);
    const compiled = compileModel(hierarchy.with({ y: y! }));
    const density = compiled.density({ prior: true, jacobian: true });
    const options = { warmup: 200, draws: thinned * thin, targetAcceptance: 0.9, maxTreeDepth: 10 };
    const chain = runChain(density, foldIn(foldIn(key(20261122), 'chain'), simulation), options);
    let next = chain.next();
    while (!next.done) next = chain.next({ budget: 1e9, stop: false });
    const d = compiled.dimension;
    const below = new Array<number>(truth.length).fill(0);
    for (let i = thin - 1; i < thinned * thin; i += thin) {
      const values = compiled.constrain(next.value.positions.slice(i * d, (i + 1) * d));
      for (let k = 0; k < truth.length; k++) below[k]! += values[k]! < truth[k]! ? 1 : 0;
    }
    return below;
  });
}

describe('calibration by simulation', () => {
  it('ranks of the truth in NUTS draws are uniform', () => {
    const all = ranks();
    for (const value of [0, 1, 2]) {
      const bins = new Array<number>(8).fill(0); // ranks 0–3, 4–7, … 28–31
      for (const rank of all) bins[Math.floor(rank[value]! / 4)]!++;
      const expected = simulations / 8;
      const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // χ² with 7 degrees of freedom exceeds 29.9 with probability 1e-4 (scipy 1.17.1: chi2.isf(1e-4, 7) = 29.88).
      expect(chiSquare, `value ${value}: ${bins.join(' ')}`).toBeLessThan(29.88);
    }
  });

  it('Wald intervals of a mean cover as the normal approximation with σ̂ over n − 1 degrees of freedom says', async () => {
    const n = 20;
    const sample = model()
      .data({ y: new Float64Array(n) })
      .parameters({ mu: flat(), sigma: flat().bounded({ lower: 0 }) })
      .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) }));
    const runs = 400;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const stream = new Stream(foldIn(key(7), run));
      const y = Float64Array.from({ length: n }, () => 3 + 2 * stream.normal());
      const [mu] = (await mle(sample.with({ y }), { starts: 1 })).interval(0.95);
      covered += mu!.lower <= 3 && 3 <= mu!.upper ? 1 : 0;
    }
    // |t₁₉| < 1.96 √(19/20) has probability 0.9287 (scipy 1.17.1: 1 - 2 * t.sf(1.959964 * sqrt(19 / 20), 19)).
    const exact = 0.9287;
    expect(Math.abs(covered / runs - exact)).toBeLessThan(3 * Math.sqrt((exact * (1 - exact)) / runs));
  });
});
