import { describe, expect, it } from 'vitest';
import * as d from '#kernel/distributions/index';
import { compileModel, model } from '#kernel/model/index';
import { key, Stream } from '#kernel/numeric/random';
import { compileLogDensity, stack, variable } from '#kernel/program/index';
import type { Expr } from '#kernel/program/types';
import fixture from './fixtures/series.json' with { type: 'json' };
import { close, numbers, slopes } from './near.ts';

const transition = [
  [0.9, 0.1],
  [0.25, 0.75],
];
const three = [
  [0.8, 0.2, 0],
  [0.1, 0.7, 0.2],
  [0, 0.4, 0.6],
];
const chains: Readonly<Record<keyof typeof fixture.hiddenMarkov, [number[], number[][], d.Distribution[]]>> = {
  gaussian: [[0.6, 0.4], transition, [d.normal(0, 0.7), d.normal(5, 1.2)]],
  poisson: [[0.2, 0.5, 0.3], three, [d.poisson(1), d.poisson(4), d.poisson(11)]],
  categorical: [[0.6, 0.4], transition, [d.categorical([0.7, 0.2, 0.1]), d.categorical([0.1, 0.3, 0.6])]],
};

describe('hidden Markov models', () => {
  // fixtures/series.json: hmmlearn 0.3.3, as it says there
  it.each(Object.entries(chains))(
    '%s: density, states and best path are those of hmmlearn',
    (name, [initial, gamma, emissions]) => {
      const expected = fixture.hiddenMarkov[name as keyof typeof chains];
      const series = d.hiddenMarkov(initial, gamma, emissions, expected.y.length);
      close([series.logPdf(expected.y) as unknown as number], [expected.logDensity], 1e-12);
      const states = d.hiddenStates(expected.y, initial, gamma, emissions);
      expect(states.logDensity).toBeCloseTo(expected.logDensity, 11);
      close(states.probabilities, expected.probabilities.flat(), 1e-12);
      expect(Array.from(states.path)).toEqual(expected.path);
      expect(states.pathLogDensity).toBeCloseTo(expected.pathLogDensity, 11);
    },
  );

  it('sum over every sequence of states', () => {
    const [initial, gamma, emissions] = chains.gaussian;
    const series = fixture.hiddenMarkov.gaussian.y.slice(0, 5);
    const sequences = Array.from({ length: 32 }, (_, code) =>
      Array.from({ length: 5 }, (_unused, t) => (code >> t) & 1),
    );
    const weights = sequences.map((states) =>
      states.reduce((product, state, t) => {
        const move = t === 0 ? initial[state]! : gamma[states[t - 1]!]![state]!;
        return product * move * (emissions[state] as d.Distribution<[]>).pdf(series[t]!);
      }, 1),
    );
    const whole = weights.reduce((sum, v) => sum + v);
    const found = d.hiddenStates(series, initial, gamma, emissions);
    expect(found.logDensity).toBeCloseTo(Math.log(whole), 12);
    const best = weights.indexOf(Math.max(...weights));
    expect(Array.from(found.path)).toEqual(sequences[best]);
    expect(found.pathLogDensity).toBeCloseTo(Math.log(weights[best]!), 12);
    // draws of paths: χ² of the 32 sequences, each expected at least 5 times or put together; 99.9999 % point below 80
    const n = 4000;
    const counts = new Float64Array(32);
    for (let seed = 0; seed < n; seed++) {
      const path = found.draw(seed);
      counts[path.reduce((code, state, t) => code + state * 2 ** t, 0)]! += 1;
    }
    const cells = weights.map((w, i) => [(n * w) / whole, counts[i]!] as const);
    const rare = cells.filter(([e]) => e < 5);
    const kept = [
      ...cells.filter(([e]) => e >= 5),
      [rare.reduce((s, [e]) => s + e, 0), rare.reduce((s, [, c]) => s + c, 0)] as const,
    ];
    expect(kept.reduce((sum, [e, c]) => sum + (c - e) ** 2 / Math.max(e, 5), 0)).toBeLessThan(80);
    expect(found.draw(7)).toEqual(found.draw(7));
  });

  it('stay finite where one state explains a value and another the next', () => {
    const far = d.hiddenMarkov(
      [1, 0],
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
      [d.normal(0, 1), d.normal(1e4, 1)],
      3,
    );
    // log ½ twice, three normal densities at their means, and a path 0, 1, 0 that is the only one
    const exact = 2 * Math.log(0.5) - 1.5 * Math.log(2 * Math.PI);
    expect(far.logPdf([0, 1e4, 0])).toBeCloseTo(exact, 12);
    const stuck = d.hiddenMarkov(
      [1, 0],
      [
        [1, 0],
        [0, 1],
      ],
      [d.normal(0, 1), d.normal(1e4, 1)],
      2,
    );
    expect(stuck.logPdf([0, 1e4])).toBeCloseTo(-5e7 - Math.log(2 * Math.PI), 6);
  });

  it('have the slopes of differences, and a state that is never reached adds none', () => {
    const { y: series } = fixture.hiddenMarkov.gaussian;
    const build = (p: Expr, never: boolean) => {
      const [a, b] = [p.at(0) as Expr, p.at(1) as Expr];
      const rows = [a.neg().add(1), a, b, b.neg().add(1)];
      const gamma = stack(rows).reshape(2, 2) as Expr;
      const emissions = [d.normal(p.at(2), 0.7), d.normal(p.at(3), p.at(4))];
      const initial = never ? [1, 0] : d.stationaryProbabilities(gamma);
      return d.hiddenMarkov(initial, gamma, emissions, series.length).logDensity(series) as unknown as Expr;
    };
    slopes((p) => build(p, false), [0.1, 0.25, 0.2, 5, 1.2]);
    slopes((p) => build(p, true), [0.1, 0.25, 0.2, 5, 1.2]);
    // transitions that are 0 and traced: no NaN in the gradient
    const position = variable('position', [1]);
    const zero = (position as unknown as Expr).at(0).mul(0) as Expr;
    const gamma = stack([zero.add(1), zero, zero.add(0.5), zero.add(0.5)]).reshape(2, 2) as Expr;
    const value = d.hiddenMarkov([0.5, 0.5], gamma, [d.normal(0, 1), d.normal(5, 1)], 10).logDensity(series);
    const gradient = new Float64Array(1);
    compileLogDensity({ position, value: value as unknown as Expr }).valueAndGradient(Float64Array.of(0.3), gradient);
    expect(Number.isFinite(gradient[0])).toBe(true);
  });

  it('may have one distribution a time, and several series', () => {
    const means = [0, 1, 2, 3];
    const emissions = [d.normal(means, 1), d.normal(5, 1)];
    const gamma = transition;
    const one = [0.1, 1.2, 4, 5];
    const by = d.hiddenMarkov([0.6, 0.4], gamma, emissions, 4);
    const matrix = means.map((m, t) => [
      d.normal(m, 1).logPdf(one[t]!) as number,
      d.normal(5, 1).logPdf(one[t]!) as number,
    ]);
    expect(by.logPdf(one)).toBeCloseTo(numbers(d.hiddenMarkovLogDensity(matrix, [0.6, 0.4], gamma))[0]!, 13);
    const other = [5, 5, 0, 0];
    const both = numbers(by.size(2).logDensity([one, other]));
    close(both, [by.logPdf(one) as unknown as number, by.logPdf(other) as unknown as number], 1e-13);
    expect(d.hiddenMarkov([0.6, 0.4], gamma, [d.normal(0, 1), d.normal(5, 1)], 1).logPdf([0.5])).toBeCloseTo(
      Math.log(0.6 * d.normal(0, 1).pdf(0.5) + 0.4 * d.normal(5, 1).pdf(0.5)),
      13,
    );
  });

  it('draw series with the means, variances and jumps they say', () => {
    const n = 4000;
    const series = d.hiddenMarkov([0.6, 0.4], transition, [d.normal([0, 1, 2], 0.7), d.normal(5, 1.2)], 3);
    const draws = series.size(n).sample(new Stream(key(9)));
    const [means, variances] = [series.mean(), series.variance()];
    // P(state 1) at the three times: 0.4, 0.36, 0.334
    close(means, [0.4 * 5, 0.64 + 0.36 * 5, 2 * 0.666 + 0.334 * 5], 1e-12);
    for (let t = 0; t < 3; t++) {
      const column = draws.filter((_, i) => i % 3 === t);
      const mean = column.reduce((sum, v) => sum + v) / n;
      expect(Math.abs(mean - means[t]!)).toBeLessThan(5 * Math.sqrt(variances[t]! / n));
      const variance = column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
      expect(Math.abs(variance / variances[t]! - 1)).toBeLessThan(0.12);
    }
    const jumps = draws.filter((v, i) => i % 3 === 1 && v > 3 && draws[i - 1]! < 2.5).length;
    expect(Math.abs(jumps / n - 0.06)).toBeLessThan(0.02);
    const counts = d.hiddenMarkov([0.5, 0.5], transition, [d.poisson(1), d.poisson(9)], 5).size(20);
    expect(counts.sample(new Stream(key(1))).every(Number.isInteger)).toBe(true);
  });

  it('are a likelihood inside a model, with predictive draws', () => {
    const { y: series } = fixture.hiddenMarkov.gaussian;
    const moods = model()
      .data({ y: series })
      .parameters({ gamma: d.simplex(2).size(2), mu: d.ordered(d.normal(0, 5).size(2)) })
      .observe(({ gamma, mu }) => ({
        y: d.hiddenMarkov([0.6, 0.4], gamma, [d.normal(mu.at(0), 0.7), d.normal(mu.at(1), 1.2)], series.length),
      }));
    const compiled = compileModel(moods);
    const position = compiled.unconstrain(Float64Array.of(...transition.flat(), 0, 5));
    const { value } = compiled.terms(position).find(({ kind }) => kind === 'likelihood')!;
    expect(value).toBeCloseTo(fixture.hiddenMarkov.gaussian.logDensity, 10);
    expect(compiled.predictive(position, new Stream(key(1))).y!.length).toBe(series.length);
  });

  it('settle where their chain does', () => {
    close(numbers(d.stationaryProbabilities(transition)), [0.25 / 0.35, 0.1 / 0.35], 1e-14);
    const rho = numbers(d.stationaryProbabilities(three));
    close(
      rho,
      [0, 1, 2].map((j) => rho.reduce((sum, p, i) => sum + p * three[i]![j]!, 0)),
      1e-14,
    );
    expect(() => d.stationaryProbabilities([0.5, 0.5])).toThrow(/expected a square matrix, got shape \[2\]/);
  });

  const two = [d.normal(0, 1), d.normal(5, 1)];
  it.each([
    ['one state', () => d.hiddenMarkov([1], [[1]], [d.normal(0, 1)], 3), /at least two states, got 1/],
    [
      'rows that do not sum to 1',
      () =>
        d.hiddenMarkov(
          [0.5, 0.5],
          [
            [0.9, 0.2],
            [0.5, 0.5],
          ],
          two,
          3,
        ),
      /row 0 of transition must sum to 1, got 1\.1/,
    ],
    [
      'a probability above 1',
      () => d.hiddenMarkov([1.5, -0.5], transition, two, 3),
      /initial must be between 0 and 1, got 1\.5/,
    ],
    [
      'another number of states',
      () => d.hiddenMarkov([0.2, 0.3, 0.5], transition, two, 3),
      /initial has shape \[2\].*got \[3\]/,
    ],
    [
      'mixed kinds',
      () => d.hiddenMarkov([0.5, 0.5], transition, [d.normal(0, 1), d.poisson(1) as never], 3),
      /all continuous or all discrete/,
    ],
    [
      'vectors as emissions',
      () => d.hiddenMarkov([0.5, 0.5], transition, [d.dirichlet([1, 1]), d.dirichlet([1, 1])], 3),
      /distributions of single values/,
    ],
    [
      'emissions of another length',
      () => d.hiddenMarkov([0.5, 0.5], transition, [d.normal([0, 1], 1), d.normal(0, 1)], 3),
      /one for all 3 values, or has one each; normal has shape \[2\]/,
    ],
    ['no length', () => d.hiddenMarkov([0.5, 0.5], transition, two, 0), /length of at least 1, got 0/],
    [
      'a vector of emissions',
      () => d.hiddenMarkovLogDensity([1, 2], [0.5, 0.5], transition),
      /a row a time and a column a state/,
    ],
    [
      'traced parameters in hiddenStates',
      () => d.hiddenStates([1], variable('rho', [2]) as never, transition, two),
      /value of initial is not known/,
    ],
    ['a matrix as series', () => d.hiddenStates([[1]], [0.5, 0.5], transition, two), /the series as a vector/],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
