import { describe, expect, it } from 'vitest';
import {
  bernoulli,
  beta,
  flat,
  halfCauchy,
  halfNormal,
  normal,
  ordered,
  poisson,
  simplex,
  uniform,
} from '#kernel/distributions/index';
import { compileModel, model } from '#kernel/model/index';
import { key, Stream } from '#kernel/numeric/index';
import { constant } from '#kernel/program/index';

const schools = model()
  .data({ effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] })
  .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5) })
  .parameters(({ mu, tau }) => ({ theta: normal(mu, tau).size(8) }))
  .derived(({ mu, tau, theta }) => ({ shrunk: theta.sub(mu).div(tau), spread: tau.square() }))
  .observe(({ theta, se }) => ({ effect: normal(theta, se) }));

const mixed = model()
  .parameters({ a: normal(0, 1), w: simplex(3), c: ordered(normal(0, 1).size(2)), B: normal(0, 1).size(2, 2) })
  .parameters(({ a }) => ({ between: uniform(a, a.add(2)) }));

/** A position of n numbers between −1 and 1. */
function at(n: number, seed = 1): Float64Array {
  const stream = new Stream(key(seed));
  return Float64Array.from({ length: n }, () => 2 * stream.uniform() - 1);
}

describe('the layout', () => {
  it('follows the order of telling, on both scales', () => {
    const compiled = compileModel(mixed);
    expect(compiled.dimension).toBe(1 + 2 + 2 + 4 + 1);
    expect(compiled.names).toEqual([
      'a',
      'w[0]',
      'w[1]',
      'w[2]',
      'c[0]',
      'c[1]',
      'B[0,0]',
      'B[0,1]',
      'B[1,0]',
      'B[1,1]',
      'between',
    ]);
    expect(
      compiled.parameters.map((p) => [p.name, p.unconstrainedOffset, p.unconstrainedSize, p.offset, p.size]),
    ).toEqual([
      ['a', 0, 1, 0, 1],
      ['w', 1, 2, 1, 3],
      ['c', 3, 2, 4, 2],
      ['B', 5, 4, 6, 4],
      ['between', 9, 1, 10, 1],
    ]);
  });

  it('is compiled once for one model', () => {
    expect(compileModel(schools)).toBe(compileModel(schools));
    const compiled = compileModel(schools);
    const options = { prior: true, jacobian: true };
    expect(compiled.density(options)).toBe(compiled.density({ ...options, likelihood: true }));
    expect(compiled.density(options)).not.toBe(compiled.density({ ...options, jacobian: false }));
  });

  it('knows what each parameter is: prior, latent or free', () => {
    const told = model()
      .parameters({ a: flat(), b: flat().bounded({ lower: 0 }), c: normal(0, 1) })
      .derived(({ c }) => ({ twice: c.mul(2) }))
      .parameters(({ c, twice }) => ({ d: normal(twice, 1), e: uniform(0, c.exp()), f: flat().bounded({ lower: c }) }));
    expect(compileModel(told).parameters.map(({ name, role }) => [name, role])).toEqual([
      ['a', 'free'],
      ['b', 'free'],
      ['c', 'prior'],
      ['d', 'latent'],
      ['e', 'prior'], // its bounds restrict it; they are no population
      ['f', 'free'],
    ]);
  });

  it('a model without parameters or data compiles', () => {
    const empty = compileModel(model());
    expect(empty.dimension).toBe(0);
    expect(empty.constrain(new Float64Array(0))).toHaveLength(0);
    expect(empty.unconstrain(new Float64Array(0))).toHaveLength(0);
    expect(empty.jacobian(new Float64Array(0))).toHaveLength(0);
    expect(empty.evaluateDerived(new Float64Array(0))).toHaveLength(0);
    expect(empty.density({ prior: true, jacobian: true }).value(new Float64Array(0))).toBe(0);
  });
});

describe('the log density', () => {
  it('is the sum of the parts asked for', () => {
    const compiled = compileModel(schools);
    const position = at(10);
    const value = (likelihood: boolean, prior: boolean, jacobian: boolean) =>
      compiled.density({ likelihood, prior, jacobian }).value(position);
    expect(value(true, true, true)).toBeCloseTo(
      value(true, false, false) + value(false, true, false) + value(false, false, true),
      12,
    );
    expect(value(false, false, true)).toBeCloseTo(position[1]!, 14); // log Jacobian of tau = e^u
    expect(value(false, false, false)).toBe(0);
  });

  it('a term of one’s own counts as likelihood, and an array is summed', () => {
    const own = compileModel(
      model()
        .data({ y: [1, 2] })
        .parameters({ a: normal(0, 1) })
        .logDensity(({ a, y }) => y.mul(a))
        .logDensity(() => 5),
    );
    const value = (likelihood: boolean) => own.density({ likelihood, prior: false, jacobian: false }).value(at(1));
    expect(value(true)).toBeCloseTo(3 * at(1)[0]! + 5, 14);
    expect(value(false)).toBe(0);
  });

  it('refuses a position of another length', () => {
    const compiled = compileModel(schools);
    expect(() => compiled.constrain(new Float64Array(3))).toThrow(
      'expected a position of 10 unconstrained numbers, got 3; compiled.unconstrain(values) gives the position of values',
    );
    expect(() => compiled.terms(new Float64Array(3))).toThrow('expected a position of 10');
    expect(() => compiled.explain(new Float64Array(3))).toThrow('expected a position of 10');
  });

  it('infinite bounds are none, and vectors may have a bound an element', () => {
    const told = compileModel(
      model().parameters({
        free: normal(0, 1).bounded({ lower: -Infinity, upper: Infinity }),
        each: normal(0, 1)
          .size(2)
          .bounded({ lower: [0, 10] }),
        up: normal(0, 1).bounded({ lower: -Infinity, upper: 3 }),
      }),
    );
    const values = told.constrain(new Float64Array(4));
    expect([...values]).toEqual([0, 1, 11, 2]);
  });
});

describe('values and positions', () => {
  it('unconstrain undoes constrain, also with bounds computed from other parameters', () => {
    for (const told of [schools, mixed]) {
      const compiled = compileModel(told);
      const position = at(compiled.dimension, 3);
      compiled
        .unconstrain(compiled.constrain(position))
        .forEach((u, i) => void expect(u).toBeCloseTo(position[i]!, 12));
    }
  });

  it('∂ values / ∂ position agrees with finite differences, off the diagonal too', () => {
    const compiled = compileModel(mixed);
    const position = at(compiled.dimension, 4);
    const jacobian = compiled.jacobian(position);
    const n = compiled.dimension;
    expect(jacobian).toHaveLength(compiled.names.length * n);
    for (let j = 0; j < n; j++) {
      const [up, down] = [position.slice(), position.slice()];
      up[j]! += 1e-6;
      down[j]! -= 1e-6;
      const [above, below] = [compiled.constrain(up), compiled.constrain(down)];
      compiled.names.forEach((_, i) => {
        expect(jacobian[i * n + j]).toBeCloseTo((above[i]! - below[i]!) / 2e-6, 8);
      });
    }
    expect(jacobian[10 * n]).toBeCloseTo(1, 12); // ∂ between / ∂ a: its bounds move with a
  });

  it('derived quantities, and their derivatives', () => {
    const compiled = compileModel(schools);
    const position = at(10, 5);
    const values = compiled.constrain(position);
    const derived = compiled.evaluateDerived(position);
    expect(compiled.derived).toEqual([
      { name: 'shrunk', shape: [8], offset: 0, size: 8 },
      { name: 'spread', shape: [], offset: 8, size: 1 },
    ]);
    expect(derived[3]).toBeCloseTo((values[5]! - values[0]!) / values[1]!, 14);
    expect(derived[8]).toBeCloseTo(values[1]! ** 2, 14);
    const jacobian = compiled.derivedJacobian(position);
    expect(jacobian).toHaveLength(9 * 10);
    expect(jacobian[8 * 10 + 1]).toBeCloseTo(2 * values[1]! ** 2, 13); // ∂ e^2u / ∂ u
    expect(jacobian[3 * 10 + 5]).toBeCloseTo(1 / values[1]!, 13);
  });

  it.each([
    [
      'tau',
      [0, -1, ...new Array<number>(8).fill(0)],
      /'tau' must be above 0, strictly inside its support, and tau is -1/,
    ],
    ['tau at its bound', [0, 0, ...new Array<number>(8).fill(0)], /'tau' must be above 0/],
    ['theta', [0, 1, 0, 0, Number.NaN, 0, 0, 0, 0, 0], /'theta' must be a finite number.*theta\[2\] is NaN/],
  ])('a value outside the support is named: %s', (_, values, message) => {
    expect(() => compileModel(schools).unconstrain(Float64Array.from(values))).toThrow(message);
  });

  it('structures are named too', () => {
    const compiled = compileModel(mixed);
    const inside = compiled.constrain(new Float64Array(10));
    const changed = (change: (values: Float64Array) => void) => {
      const values = inside.slice();
      change(values);
      return () => compiled.unconstrain(values);
    };
    expect(changed((v) => v.set([0.5, 0.5, 0.5], 1))).toThrow("'w' must be positive numbers that sum to 1");
    expect(changed((v) => v.set([2, 1], 4))).toThrow("'c' must be increasing along its last dimension");
    expect(changed((v) => v.set([7], 10))).toThrow("'between' must be above 0 and below 2");
    expect(() => compiled.unconstrain(new Float64Array(2))).toThrow(
      'unconstrain: expected 11 values, one a name of the model, got 2',
    );
  });
});

describe('what is not finite', () => {
  const compiled = compileModel(schools);

  it('terms: each with its kind, and their sum is the log density', () => {
    const terms = compiled.terms(at(10));
    expect(terms.map(({ label, kind }) => [label, kind])).toEqual([
      ['mu ~ normal(0, 5)', 'prior'],
      ['tau ~ halfCauchy(0, 5)', 'prior'],
      ['theta ~ normal(mu, tau)', 'latent'],
      ['effect ~ normal(theta, se)', 'likelihood'],
      ['tau (log Jacobian of its lower transform)', 'jacobian'],
    ]);
    const sum = terms.reduce((total, { value }) => total + value, 0);
    expect(sum).toBeCloseTo(compiled.density({ prior: true, jacobian: true }).value(at(10)), 10);
  });

  it('explain names the terms, the element and the values', () => {
    const position = at(10);
    position[4] = Number.NaN;
    const text = compiled.explain(position);
    expect(text).toMatch(/^The log density is NaN at mu = 0\.78\d+, tau = /);
    expect(text).toMatch(
      /theta ~ normal\(mu, tau\) is NaN at \[2\] \(theta = NaN, mean mu = 0\.78\d+, sd tau = [\d.]+\)/,
    );
    expect(text).toMatch(/effect ~ normal\(theta, se\) is NaN at \[2\] \(effect = -3, mean theta = NaN, sd se = 16\)/);
    expect(text).not.toContain('mu ~ normal(0, 5)');
  });

  it('explain says −∞, and a term of one’s own', () => {
    const own = compileModel(
      model()
        .parameters({ a: normal(0, 1) })
        .logDensity(({ a }) => a.log()),
    );
    expect(own.explain(Float64Array.of(0))).toBe('The log density is −∞ at a = 0:\n  logDensity is −∞');
  });

  it('explain says so where all is finite, and where only the slope is not', () => {
    expect(compiled.explain(at(10))).toMatch(/^The log density is -?[\d.]+ at mu = .*, which is finite\.$/);
    const kink = compileModel(
      model()
        .parameters({ a: normal(0, 1) })
        .logDensity(({ a }) => a.sqrt()),
    );
    expect(kink.explain(Float64Array.of(0))).toBe(
      'The log density is finite, but its slope along a (unconstrained coordinate 0) is ∞: reciprocal(sqrt(a)) is Infinity: sqrt(a) = 0.',
    );
  });
});

describe('draws from the model', () => {
  const stream = () => new Stream(key(20261122));
  /** Mean and its standard error. */
  const summary = (draws: number[]) => {
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (draws.length - 1);
    return { mean, error: Math.sqrt(variance / draws.length), sd: Math.sqrt(variance) };
  };

  it('predictive data have the shape of the data and the distribution of the position', () => {
    const told = model()
      .data({
        y: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        z: [0, 1],
        k: 4,
      })
      .parameters({ m: normal(0, 1).size(3), p: beta(1, 1), r: halfNormal(0, 1) })
      .observe(({ m, p, r }) => ({ y: normal(m, 0.5), z: bernoulli(p), k: poisson(r) }));
    const compiled = compileModel(told);
    const position = compiled.unconstrain(Float64Array.of(10, 20, 30, 0.25, 3));
    const source = stream();
    const draws = Array.from({ length: 4000 }, () => compiled.predictive(position, source));
    expect(Object.entries(draws[0]!).map(([name, values]) => [name, values.length])).toEqual([
      ['y', 6],
      ['z', 2],
      ['k', 1],
    ]);
    // Within 5 Monte Carlo standard errors: a false alarm in 3 million for each of the 9 means.
    [10, 20, 30, 10, 20, 30].forEach((truth, i) => {
      const { mean, error, sd } = summary(draws.map(({ y }) => y![i]!));
      expect(Math.abs(mean - truth)).toBeLessThan(5 * error);
      expect(Math.abs(sd - 0.5)).toBeLessThan(0.05);
    });
    [0, 1].forEach((i) => {
      const { mean, error } = summary(draws.map(({ z }) => z![i]!));
      expect(Math.abs(mean - 0.25)).toBeLessThan(5 * error);
    });
    const { mean, error } = summary(draws.map(({ k }) => k![0]!));
    expect(Math.abs(mean - 3)).toBeLessThan(5 * error);
  });

  it('prior draws follow the order of telling and lie in the support', () => {
    const compiled = compileModel(mixed);
    const source = stream();
    const draws = Array.from({ length: 2000 }, () => compiled.priorDraw(source));
    for (const draw of draws) expect(() => compiled.unconstrain(draw)).not.toThrow();
    const a = summary(draws.map((draw) => draw[0]!));
    expect(Math.abs(a.mean)).toBeLessThan(5 * a.error);
    const above = summary(draws.map((draw) => draw[10]! - draw[0]!)); // uniform(a, a + 2) − a
    expect(Math.abs(above.mean - 1)).toBeLessThan(5 * above.error);
    const share = summary(draws.map((draw) => draw[1]!));
    expect(Math.abs(share.mean - 1 / 3)).toBeLessThan(5 * share.error);
  });

  it('the same stream gives the same draws', () => {
    const compiled = compileModel(schools);
    expect(compiled.priorDraw(stream())).toEqual(compiled.priorDraw(stream()));
    expect(compiled.predictive(at(10), stream())).toEqual(compiled.predictive(at(10), stream()));
  });

  it('a flat prior cannot be drawn from, and is named', () => {
    const told = model().parameters({ a: normal(0, 1), b: flat().bounded({ lower: 0 }) });
    expect(() => compileModel(told).priorDraw(stream())).toThrow(
      "'b' has a flat (improper) prior, from which nothing can be drawn; give it a proper one, such as normal(0, 10)",
    );
  });

  it('starts are uniform on (−2, 2)', () => {
    const compiled = compileModel(schools);
    const source = stream();
    const starts = Array.from({ length: 500 }, () => [...compiled.initial(source)]).flat();
    expect(Math.max(...starts)).toBeLessThan(2);
    expect(Math.min(...starts)).toBeGreaterThan(-2);
    const { mean, error, sd } = summary(starts);
    expect(Math.abs(mean)).toBeLessThan(5 * error);
    expect(sd).toBeCloseTo(4 / Math.sqrt(12), 1);
  });
});

describe('what stands in the way of maximum likelihood', () => {
  const data = model().data({ y: [1, 2, 3] });

  it('nothing, where the likelihood sees every parameter, also through derived quantities and terms', () => {
    const seen = data
      .parameters({ a: normal(0, 1), s: halfCauchy(0, 1), t: normal(0, 1) })
      .derived(({ a }) => ({ b: a.mul(2) }))
      .observe(({ b, s }) => ({ y: normal(b, s) }))
      .logDensity(({ t }) => t.square().neg());
    expect(compileModel(seen).mleObstacle()).toBeUndefined();
    const garch = data
      .parameters({ a: uniform(0, 1) })
      .parameters(({ a }) => ({ b: uniform(0, constant(1).sub(a)) }))
      .observe(({ a, b }) => ({ y: normal(a, b) }));
    expect(compileModel(garch).mleObstacle()).toBeUndefined();
  });

  it('nothing, where a parameter is latent, or only the distribution of a latent one mentions it', () => {
    expect(compileModel(schools).mleObstacle()).toBeUndefined();
  });

  it('parameters no likelihood depends on', () => {
    const told = data
      .parameters({ a: normal(0, 1), b: normal(0, 1), c: flat() })
      .observe(({ a }) => ({ y: normal(a, 1) }));
    expect(compileModel(told).mleObstacle()).toBe(
      "no likelihood depends on 'b' and 'c', so every value fits the data equally well; observe data that depend on it, leave it out, or use map or sample, where its prior speaks",
    );
  });

  it('a model that observes nothing', () => {
    expect(compileModel(data.parameters({ a: normal(0, 1) })).mleObstacle()).toBe(
      'this model observes nothing, so it has no likelihood; add .observe or .logDensity',
    );
  });
});
