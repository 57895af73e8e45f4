/**
 * Differential equations on expressions: values against scipy, gradients against differences, errors, and sampling.
 */
import { describe, expect, it } from 'vitest';
import { normal } from '#kernel/distributions/normal';
import { sample } from '#kernel/estimate/sample';
import { compileModel } from '#kernel/model/compile';
import { model } from '#kernel/model/model';
import { compile, compileLogDensity, Program } from '#kernel/program/compile';
import { explainNonFinite } from '#kernel/program/explain';
import { apply, variable } from '#kernel/program/expression';
import { concatenate, stack } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { matrixExponential } from '#kernel/program/matrices';
import { type OdeOptions, odeSolve } from '#kernel/program/ode';
import type { Expr } from '#kernel/program/types';
import { gradientError } from './differences.ts';

const years = Array.from({ length: 20 }, (_, i) => i + 1);

/** Prey and predator, from the six numbers α, β, γ, δ, u0, v0. */
function lotkaVolterra(x: Expr, options: OdeOptions) {
  const [alpha, beta, gamma, delta] = [0, 1, 2, 3].map((i) => x.at(i)) as [Expr, Expr, Expr, Expr];
  return odeSolve(
    (_, { prey, predator }) => ({
      prey: alpha.sub(beta.mul(predator)).mul(prey),
      predator: delta.mul(prey).sub(gamma).mul(predator),
    }),
    { prey: x.at(4), predator: x.at(5) },
    0,
    years,
    options,
  );
}

const hares = Float64Array.of(0.55, 0.028, 0.84, 0.024, 33, 6);
const tight = { relativeTolerance: 1e-10, absoluteTolerance: 1e-10 };

describe('Lotka–Volterra', () => {
  const position = variable('x', [6]);
  const inputs = [{ name: 'x', shape: [6] }];
  it('has the values of scipy', () => {
    // scipy 1.17.1: solve_ivp(lambda t, y: [(.55-.028*y[1])*y[0], (.024*y[0]-.84)*y[1]], (0, 20), [33, 6],
    // method='DOP853', rtol=1e-12, atol=1e-12, t_eval=[1, 10, 20]).y
    const figures = {
      prey: [48.08677538524199, 34.498903089660246, 36.06685814871787],
      predator: [6.788351364716927, 5.979019972795043, 5.983641520534249],
    };
    for (const method of ['dormand-prince', 'kvaerno'] as const) {
      const { prey, predator } = lotkaVolterra(position, { ...tight, method });
      const [u, v] = compile({ inputs, outputs: [prey, predator] }).run({ x: hares });
      [0, 9, 19].forEach((at, i) => {
        expect(Math.abs(u![at]! / figures.prey[i]! - 1)).toBeLessThan(1e-7);
        expect(Math.abs(v![at]! / figures.predator[i]! - 1)).toBeLessThan(1e-7);
      });
    }
  });
  for (const method of ['dormand-prince', 'kvaerno'] as const) {
    it(`${method}: the gradient in all parameters and both starts follows differences`, () => {
      const { prey, predator } = lotkaVolterra(position, { ...tight, method });
      const value = prey.log().sum().add(predator.log().mul(0.3).sum());
      expect(gradientError(compileLogDensity({ position, value }), hares, 1e-4)).toBeLessThan(2e-6);
    });
  }
  it('at a loose tolerance the gradient is that of what is computed: near the exact one by the tolerance', () => {
    const slopes = (options: OdeOptions) => {
      const { prey } = lotkaVolterra(position, options);
      return compile({ inputs, outputs: grad(prey.log().sum(), [position]) }).run({ x: hares })[0]!;
    };
    const [loose, exact] = [slopes({ relativeTolerance: 1e-4, absoluteTolerance: 1e-4 }), slopes(tight)];
    loose.forEach((x, i) => {
      expect(Math.abs(x / exact[i]! - 1)).toBeLessThan(0.02);
    });
  });
  it('gives the same bits interpreted and generated', () => {
    const { prey } = lotkaVolterra(position, {});
    const { graph } = compile({ inputs, outputs: [prey, ...grad(prey.sum(), [position])] });
    const [a, b] = (['interpreter', 'javascript'] as const).map((backEnd) =>
      new Program(graph, backEnd).run({ x: hares }),
    );
    expect(a).toEqual(b);
  });
  it('travels: the program is plain data', () => {
    const { prey } = lotkaVolterra(position, {});
    const program = compile({ inputs, outputs: [prey] });
    expect(new Program(structuredClone(program.graph)).run({ x: hares })).toEqual(program.run({ x: hares }));
  });
});

describe('linear equations are the matrix exponential', () => {
  const rates = variable('a', [2, 2]);
  const solved = (method: 'dormand-prince' | 'kvaerno') =>
    odeSolve((_, y) => rates.matmul(y), [1, -2], 0, [1.5], { ...tight, method }).at(0);
  const inputs = [{ name: 'a', shape: [2, 2] }];
  const given = { a: Float64Array.of(-0.4, 1.1, -0.9, 0.2) };
  const exact = matrixExponential(rates.mul(1.5)).matmul([1, -2]);
  it.each(['dormand-prince', 'kvaerno'] as const)('%s: in value, gradient and second derivative', (method) => {
    const all = (y: Expr) => {
      const total = y.dot([1, 0.5]);
      const [slope] = grad(total, [rates]);
      return [
        y,
        slope!,
        ...grad(
          slope!
            .mul([
              [1, 2],
              [3, 4],
            ])
            .sum(),
          [rates],
        ),
      ];
    };
    const [found, expected] = [all(solved(method)), all(exact)].map((outputs) =>
      compile({ inputs, outputs }).run(given),
    );
    found!.forEach((values, k) => {
      values.forEach((x, i) => {
        expect(Math.abs(x - expected![k]![i]!)).toBeLessThan(1e-7 * (1 + Math.abs(expected![k]![i]!)));
      });
    });
  });
});

describe('ways to write the state', () => {
  const inputs = [{ name: 'k', shape: [] }];
  const k = variable('k', []);
  const run = (y: Expr) => Array.from(compile({ inputs, outputs: [y] }).run({ k: Float64Array.of(0.7) })[0]!);
  it('a number gives a column of numbers', () => {
    const y = odeSolve((_, y) => y.mul(k).neg(), 2, 0, [1, 2], tight);
    expect(y.shape).toEqual([2]);
    run(y).forEach((x, i) => {
      expect(x).toBeCloseTo(2 * Math.exp(-0.7 * (i + 1)), 8);
    });
  });
  it('an array, its slope as an array or as a list of elements', () => {
    const asArray = odeSolve(() => stack([k, k.neg()]), [1, 2], 0, [1], tight);
    const asList = odeSolve(() => [k, k.neg()], [1, 2], 0, [1], tight);
    expect(asArray.shape).toEqual([1, 2]);
    expect(run(asList)).toEqual(run(asArray));
  });
  it('parts by name, numbers and arrays together', () => {
    const { a, b } = odeSolve(
      (_, { a, b }) => ({ a: k.neg().mul(a), b: b.mul(0).add(a) }),
      { a: 1, b: [0, 5] },
      0,
      [1, 3],
      tight,
    );
    expect([a.shape, b.shape]).toEqual([[2], [2, 2]]);
    const integral = (1 - Math.exp(-0.7)) / 0.7;
    const [first, second] = run(b);
    expect(first).toBeCloseTo(integral, 8);
    expect(second).toBeCloseTo(5 + integral, 8);
  });
  it('parameters handed over are the same as parameters that f reads', () => {
    const handed = odeSolve((_, y, rate, shift) => y.mul(rate).add(shift), 1, 0, [1, 2], k, [0.5], tight);
    const read = odeSolve((_, y) => y.mul(k).add(0.5), 1, 0, [1, 2], tight);
    expect(run(handed)).toEqual(run(read));
  });
  it('times of the model: a traced t0 and traced times', () => {
    const y = odeSolve((_, y) => y.neg(), 1, k, concatenate([[1], k.add(1).reshape(1)]), tight);
    const [first, second] = run(y);
    expect(first).toBeCloseTo(Math.exp(-0.3), 8);
    expect(second).toBeCloseTo(Math.exp(-1), 8);
  });
});

describe('what goes wrong', () => {
  const y0 = variable('y0', []);
  const program = (options: OdeOptions, times = [1, 4]) =>
    compile({
      inputs: [{ name: 'y0', shape: [] }],
      outputs: [odeSolve((_, y) => y.square(), y0, 0, times, options)],
    });
  it('a solution that ends is NaN from there, and the reason is at hand', () => {
    const run = program({});
    const given = { y0: Float64Array.of(0.5) };
    const [first, second] = run.run(given)[0]!;
    expect(first).toBeCloseTo(1, 5);
    expect(second).toBeNaN();
    expect(explainNonFinite(run, given)?.message).toMatch(
      /odeSolve.* is NaN at element 1 of \[2, 1\]: .*the integrator stopped at t = 2(\.0+\d*)?, between 1 and 4/,
    );
  });
  it('too few steps say where, and what to change', () => {
    const run = program({ maximumSteps: 5, relativeTolerance: 1e-9 }, [0.5, 1.9]);
    expect(explainNonFinite(run, { y0: Float64Array.of(0.5) })?.message).toMatch(
      /stopped at t = .*, between .*: 5 steps were not enough for a relative tolerance of 1e-9; loosen .* or take method: 'kvaerno'/,
    );
  });
  it('times out of order, when they are known only at run time', () => {
    const times = variable('times', [2]);
    const run = compile({
      inputs: [{ name: 'times', shape: [2] }],
      outputs: [odeSolve((_, y) => y.neg(), 1, 0, times)],
    });
    const given = { times: Float64Array.of(2, 1) };
    expect(run.run(given)[0]!.every(Number.isNaN)).toBe(true);
    expect(explainNonFinite(run, given)?.message).toMatch(/the times must be finite and rise from t0/);
  });
  it('a damaged program is refused before it runs', () => {
    const state = variable('y', [1]);
    const make = (attributes: object) => () => apply('odeSolve', [state, 0, [1]], attributes);
    const { graph: body } = compile({
      inputs: [
        { name: '0', shape: [1] },
        { name: '1', shape: [] },
      ],
      outputs: [variable('0', [1])],
    });
    const good = { body, method: 'kvaerno', tolerances: [1e-6, 1e-6], maximumSteps: 10, controlled: 1 };
    expect(make(good)).not.toThrow();
    for (const bad of [
      { method: 'toString' },
      { tolerances: [0, 1] },
      { maximumSteps: 0 },
      { controlled: undefined },
    ]) {
      expect(make({ ...good, ...bad })).toThrow(/odeSolve: method '.*' with these settings is not known/);
    }
  });
  it('options and shapes are checked when the equation is written', () => {
    const f = (_: Expr, y: Expr) => y;
    expect(() => odeSolve(f, 1, 0, [1], { relativeTolerance: 0 })).toThrow(
      /relativeTolerance must lie between 0 and 1, got 0/,
    );
    expect(() => odeSolve(f, 1, 0, [1], { absoluteTolerance: Number.NaN })).toThrow(/absoluteTolerance .* got NaN/);
    expect(() => odeSolve(f, 1, 0, [1], { maximumSteps: 1.5 })).toThrow(/maximumSteps must be a whole number above 0/);
    expect(() => odeSolve(f, 1, 0, [1], { method: 'bdf' as never })).toThrow(
      /method 'bdf' is not one of dormand-prince, kvaerno/,
    );
    expect(() => odeSolve(f, 1, 0, [2, 1])).toThrow(
      /times must be finite and rise from t0 = 0 \(or fall\), got 2, 1; sort them/,
    );
    expect(() => odeSolve(f, 1, 0, [1, Number.NaN])).toThrow(/times must be finite/);
    expect(() => odeSolve(f, 1, 0, 3)).toThrow(/expected a number t0 and a list of times/);
    expect(() => odeSolve((_, y) => y.slice(0, 1), [1, 2], 0, [1])).toThrow(
      /the state has shape \[2\] and f gives \[1\]; f must give the slope of each component/,
    );
    expect(() => odeSolve((_, { a }) => ({ a: stack([a, a]) }), { a: 1 }, 0, [1])).toThrow(/the state 'a' has shape/);
    expect(() => odeSolve((() => ({})) as never, { a: 1 }, 0, [1])).toThrow(/f gives no 'a'/);
  });
});

describe('in a model', () => {
  // y = 3 exp(−0.5 t) + noise 0.1, fixed numbers
  const times = [0.5, 1, 2, 3, 5];
  const y = [2.41, 1.78, 1.15, 0.6, 0.31];
  const solved = model()
    .data({ y })
    .parameters({ k: normal(0.5, 0.3).bounded({ lower: 0 }), start: normal(3, 1) })
    .observe(({ k, start }) => ({
      y: normal(
        odeSolve((_, state) => state.mul(k).neg(), start, 0, times),
        0.1,
      ),
    }));
  const closed = model()
    .data({ y })
    .parameters({ k: normal(0.5, 0.3).bounded({ lower: 0 }), start: normal(3, 1) })
    .observe(({ k, start }) => ({ y: normal(start.mul(k.mul(times).neg().exp()), 0.1) }));
  it('the log density and its gradient are those of the closed form', () => {
    const [a, b] = [solved, closed].map((m) => compileModel(m).density({ prior: true, jacobian: true }));
    const at = Float64Array.of(-0.6, 2.8);
    const [g, h] = [new Float64Array(2), new Float64Array(2)];
    expect(a!.valueAndGradient(at, g)).toBeCloseTo(b!.valueAndGradient(at, h), 3);
    g.forEach((x, i) => {
      expect(Math.abs(x - h[i]!)).toBeLessThan(1e-3 * (1 + Math.abs(h[i]!)));
    });
  });
  it('says why the density is NaN where the solution ends', () => {
    const growing = model()
      .data({ y: [1, 2] })
      .parameters({ k: normal(5, 1) })
      .observe(({ k }) => ({
        y: normal(
          odeSolve((_, state) => state.square().mul(k), 1, 0, [0.1, 1]),
          1,
        ),
      }));
    expect(compileModel(growing).explain(Float64Array.of(5))).toMatch(
      /y ~ normal\(…, 1\) is NaN at \[1\] \(y = 2, mean = NaN.*\): the integrator stopped at t = 0\.2, between 0\.1 and 1: no step is small enough there/,
    );
  });
  it('is sampled to the posterior of the closed form', async () => {
    const options = { chains: 2, warmup: 300, draws: 500, seed: 4 };
    const [a, b] = [await sample(solved, options), await sample(closed, options)];
    const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
    // Standard deviations are 0.018 and 0.09; a Monte Carlo error of a tenth of them, five times over.
    expect(Math.abs(mean(a.draws.k.values) - mean(b.draws.k.values))).toBeLessThan(0.01);
    expect(Math.abs(mean(a.draws.start.values) - mean(b.draws.start.values))).toBeLessThan(0.05);
  });
});
