import { describe, expect, it } from 'vitest';
import { foldIn, key, Stream } from '#kernel/numeric/random';
import { calibrated } from './models.ts';
import { bandGamma, departure, ranksOf } from './ranks.ts';

const lengths = { simulations: 120, draws: 31, thin: 4, chains: 1, warmup: 300 };
/** Probability that one right value leaves its band; there are 13 of them, so an alarm of the whole has 1.3 %. */
const level = 0.001;

describe('the band of Säilynoja, Bürkner & Vehtari', () => {
  const gamma = bandGamma(lengths.simulations, lengths.draws, 0.05, 1000, key(1));
  const stream = new Stream(foldIn(key(2), 'ranks'));
  const uniform = () => Array.from({ length: lengths.simulations }, () => stream.integer(lengths.draws + 1));

  it('is simultaneous: its γ is well below the level, and uniform ranks leave it as often as they should', () => {
    expect(gamma).toBeLessThan(0.05 / 3);
    expect(gamma).toBeGreaterThan(0.05 / 40);
    const runs = 1000;
    let left = 0;
    for (let i = 0; i < runs; i++) left += departure(uniform(), lengths.draws) < gamma ? 1 : 0;
    // Binomial(1000, 0.05): within 4 standard errors, and as much again for γ itself is estimated.
    expect(Math.abs(left / runs - 0.05)).toBeLessThan(8 * Math.sqrt((0.05 * 0.95) / runs));
  });

  it('is left by posteriors too narrow, too wide, and shifted', () => {
    const strict = bandGamma(lengths.simulations, lengths.draws, level, 5000, key(3));
    const n = lengths.draws;
    const squeezed = uniform().map((rank) => Math.round(n / 2 + (rank - n / 2) / 2)); // too wide: ranks in the middle
    const spread = uniform().map((rank) => Math.min(n, Math.max(0, Math.round(n / 2 + 2 * (rank - n / 2)))));
    const shifted = uniform().map((rank) => Math.min(n, rank + 6));
    for (const ranks of [squeezed, spread, shifted]) expect(departure(ranks, n)).toBeLessThan(strict);
  });
});

describe('NUTS is calibrated on', () => {
  const gamma = bandGamma(lengths.simulations, lengths.draws, level, 5000, key(3));
  it.each(Object.entries(calibrated))(
    'a %s',
    (_, given) => {
      const ranks = ranksOf(given, 20261122, lengths);
      for (const [name, found] of Object.entries(ranks)) {
        expect(found).toHaveLength(lengths.simulations);
        expect(departure(found, lengths.draws), name).toBeGreaterThanOrEqual(gamma);
      }
    },
    300_000,
  );
});
