import { describe, expect, it } from 'vitest';
import { bernoulliLogit, flat, halfNormal, normal } from '#kernel/distributions/index';
import { bootstrap } from '#kernel/estimate/bootstrap';
import { mle } from '#kernel/estimate/mle';
import { inverseCurvature, refitFrom, weightedDensity } from '#kernel/estimate/weighted-refit';
import { compileModel, model } from '#kernel/model/index';
import { foldIn, key, Stream } from '#kernel/numeric/random';

const stream = new Stream(key(5));
const n = 60;
const x = Float64Array.from({ length: n }, () => stream.normal());
const y = x.map((value) => 1 + 2 * value + stream.normal());
const hit = x.map((value) => Number(stream.uniform() < 1 / (1 + Math.exp(-value))));

const line = model()
  .data({ x, y })
  .parameters({ alpha: flat(), beta: flat(), sigma: halfNormal(0, 5) })
  .observe(({ alpha, beta, sigma, x: at }) => ({ y: normal(alpha.add(beta.mul(at)), sigma) }));
const logistic = model()
  .data({ x, hit })
  .parameters({ alpha: flat(), beta: flat() })
  .observe(({ alpha, beta, x: at }) => ({ hit: bernoulliLogit(alpha.add(beta.mul(at))) }));

describe('weightedDensity', () => {
  it('counts a row twice as the model does on data that hold it twice', () => {
    const density = weightedDensity(compileModel(line), n)!;
    const rows = Array.from({ length: n }, (_, i) => (7 * i + (i % 3)) % n);
    for (const row of rows) density.counts[row]!++;
    const other = compileModel(line.with({ x: rows.map((row) => x[row]!), y: rows.map((row) => y[row]!) }));
    const at = Float64Array.of(0.3, 1.2, -0.4);
    const [mine, theirs, alone] = [new Float64Array(3), new Float64Array(3), new Float64Array(3)];
    const value = density.valueAndGradient(at, mine);
    expect(value).toBeCloseTo(other.density({ prior: false, jacobian: false }).valueAndGradient(at, theirs), 10);
    for (let j = 0; j < 3; j++) expect(mine[j]).toBeCloseTo(theirs[j]!, 10);
    density.gradient(at, alone);
    expect(alone).toEqual(mine);
    expect(density.value(at)).toBe(value);
  });

  it('is not there where what is observed has other rows', () => {
    expect(weightedDensity(compileModel(line), n + 1)).toBeUndefined();
  });
});

describe('refitFrom', () => {
  it('arrives where mle does on the drawn rows', async () => {
    const fit = await mle(logistic);
    const density = weightedDensity(compileModel(logistic), n)!;
    density.counts.fill(1);
    const inverse = inverseCurvature(density, fit.position)!;
    const draws = new Stream(key(17));
    for (let k = 0; k < 5; k++) {
      const rows = Array.from({ length: n }, () => draws.integer(n));
      density.counts.fill(0);
      for (const row of rows) density.counts[row]!++;
      const found = refitFrom(density, fit.position, inverse)!;
      const there = await mle(logistic.with({ x: rows.map((row) => x[row]!), hit: rows.map((row) => hit[row]!) }));
      found.position.forEach((u, j) => {
        expect(Math.abs(u - there.position[j]!)).toBeLessThan(1e-7);
      });
    }
  });

  it('gives up where there is no maximum to arrive at', () => {
    const upwards = {
      dimension: 1,
      counts: new Float64Array(0),
      value: (at: Float64Array) => at[0]!,
      valueAndGradient: (at: Float64Array, gradient: Float64Array) => {
        gradient[0] = 1;
        return at[0]!;
      },
      gradient: (_: Float64Array, gradient: Float64Array) => {
        gradient[0] = 1;
      },
    };
    expect(refitFrom(upwards, Float64Array.of(0), Float64Array.of(1))).toBeUndefined();
    expect(inverseCurvature(upwards, Float64Array.of(0))).toBeUndefined();
  });
});

describe('bootstrap by counts', () => {
  it('gives the estimates of the drawn rows, in the order of the draws', async () => {
    const boot = await bootstrap(line, { replicates: 8, seed: 3, jackknife: true });
    const base = foldIn(key(3), 'bootstrap');
    for (let k = 0; k < 8; k++) {
      const draws = new Stream(foldIn(base, k));
      const rows = Array.from({ length: n }, () => draws.integer(n));
      const there = await mle(line.with({ x: rows.map((row) => x[row]!), y: rows.map((row) => y[row]!) }));
      for (let j = 0; j < 3; j++) {
        expect(Math.abs(boot.replicates[3 * k + j]! - there.values[j]!)).toBeLessThan(1e-6);
      }
    }
    const without = await mle(line.with({ x: x.slice(1), y: y.slice(1) }));
    for (let j = 0; j < 3; j++) expect(Math.abs(boot.jackknife![j]! - without.values[j]!)).toBeLessThan(1e-6);
  });

  it('draws the rows themselves where a row changes what others say', async () => {
    // Centred by the mean of the rows: counting rows would keep the mean of all of them.
    const centred = model()
      .data({ x, y })
      .parameters({ alpha: flat(), beta: flat(), sigma: halfNormal(0, 5) })
      .observe(({ alpha, beta, sigma, x: at }) => ({ y: normal(alpha.add(beta.mul(at.sub(at.mean()))), sigma) }));
    const boot = await bootstrap(centred, { replicates: 3, seed: 3, jackknife: false });
    const draws = new Stream(foldIn(foldIn(key(3), 'bootstrap'), 0));
    const rows = Array.from({ length: n }, () => draws.integer(n));
    const there = await mle(centred.with({ x: rows.map((row) => x[row]!), y: rows.map((row) => y[row]!) }));
    for (let j = 0; j < 3; j++) expect(Math.abs(boot.replicates[j]! - there.values[j]!)).toBeLessThan(1e-6);
  });

  it('computes derived quantities of each refit', async () => {
    const told = model()
      .data({ x, y })
      .parameters({ alpha: flat(), beta: flat(), sigma: halfNormal(0, 5) })
      .derived(({ alpha, beta }) => ({ zero: alpha.neg().div(beta) }))
      .observe(({ alpha, beta, sigma, x: at }) => ({ y: normal(alpha.add(beta.mul(at)), sigma) }));
    const boot = await bootstrap(told, { replicates: 20, seed: 9, jackknife: false });
    const [alpha, beta, zero] = [boot.of('alpha'), boot.of('beta'), boot.of('zero')];
    zero.forEach((value, k) => {
      expect(value).toBeCloseTo(-alpha[k]! / beta[k]!, 12);
    });
  });
});
