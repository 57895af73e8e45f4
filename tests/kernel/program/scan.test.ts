import { describe, expect, it } from 'vitest';
import { compile, compileLogDensity, Program } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { matmul, outer, scan, stack, transpose, where } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { cholesky, choleskySolve, logDeterminant } from '#kernel/program/matrices';
import type { Expr } from '#kernel/program/types';
import { gradientError } from './differences.ts';

const x = variable('x', [4]);
const at = Float64Array.of(0.3, 0.5, 0.2, -0.4);
const run = (output: Expr) =>
  Array.from(compile({ inputs: [{ name: 'x', shape: [4] }], outputs: [output] }).run({ x: at })[0]!);

describe('scan', () => {
  it('is the loop it stands for: GARCH variances', () => {
    const e2 = Array.from({ length: 50 }, (_, t) => Math.sin(t) ** 2);
    const h = scan((before: Expr, e: Expr) => x.at(0).add(x.at(1).mul(e)).add(x.at(2).mul(before)), 0.7, e2);
    let state = 0.7;
    const expected = e2.map((e) => {
      state = at[0]! + at[1]! * e + at[2]! * state;
      return state;
    });
    expect(run(h)).toEqual(expected);
  });
  it('traces its step once, whatever the length', () => {
    let traced = 0;
    scan(
      (before: Expr, e: Expr) => {
        traced++;
        return before.add(e);
      },
      0,
      Array.from({ length: 1000 }, (_, i) => i),
    );
    expect(traced).toBe(1);
  });
  it('gives the states after each step: the last is the result, the first is not init', () => {
    expect(run(scan((s: Expr, e: Expr) => s.add(e), 10, [1, 2, 3]))).toEqual([11, 13, 16]);
  });
  it('of no steps gives nothing', () => {
    const none = scan((s: Expr, e: Expr) => s.add(e), x.at(0), x.slice(0, 0));
    expect(none.shape).toEqual([0]);
    expect(run(none.sum())).toEqual([0]);
    const density = compileLogDensity({ position: x, value: none.sum().add(x.at(1)) });
    const gradient = new Float64Array(4);
    density.valueAndGradient(at, gradient);
    expect(Array.from(gradient)).toEqual([0, 1, 0, 0]);
  });
  it('of constants is computed while tracing', () => {
    expect(scan((s: Expr, e: Expr) => s.mul(e), 1, [2, 3])).toHaveProperty('node.operation', 'constant');
  });
  it('may ignore its state, or its elements', () => {
    expect(run(scan((_: Expr, e: Expr) => e.mul(2), 0, x.slice(0, 2)))).toEqual([0.6, 1]);
    expect(run(scan((s: Expr) => s.mul(2), 1, [0, 0, 0]))).toEqual([2, 4, 8]);
  });
  it('goes inside another scan, capturing from outside both', () => {
    const build = () => {
      const inner = (start: Expr, scale: Expr) =>
        scan((s: Expr, e: Expr) => s.mul(x.at(1)).add(e.mul(scale)).sin(), start, x.slice(1)).at(-1);
      return scan((s: Expr, e: Expr) => inner(s, e).add(x.at(0)), x.at(2), [0.5, 1, -1])
        .square()
        .sum();
    };
    expect(gradientError(compileLogDensity({ position: x, value: build() }), at)).toBeLessThan(1e-7);
    const slopes = grad(build(), [x])[0]!;
    const weights = constant([1, -2, 0.5, 3]);
    expect(gradientError(compileLogDensity({ position: x, value: slopes.dot(weights) as Expr }), at)).toBeLessThan(
      1e-6,
    );
  });
  it('differentiates the forward algorithm of a hidden Markov model', () => {
    const y = constant([0.1, 2.2, 1.9, -0.3, 2.5]).reshape(5, 1);
    const emission = y
      .sub(stack([x.at(0), x.at(1)]))
      .square()
      .mul(-0.5); // (5, 2)
    const transition = x.reshape(2, 2).sub(x.reshape(2, 2).logSumExp(1).reshape(2, 1)); // (from, to)
    const forward = scan(
      (before: Expr, now: Expr) => transition.add(before.reshape(2, 1)).logSumExp(0).add(now),
      emission.at(0),
      emission.slice(1),
    );
    const value = forward.at(-1).logSumExp();
    expect(gradientError(compileLogDensity({ position: x, value }), at)).toBeLessThan(1e-8);

    // The same probability by summing over all 2⁵ paths.
    const a = [0.3, 0.5];
    const rows = [
      [0.3, 0.5],
      [0.2, -0.4],
    ].map((row) => row.map((v) => v - Math.log(Math.exp(row[0]!) + Math.exp(row[1]!))));
    let total = 0;
    for (let path = 0; path < 32; path++) {
      const states = Array.from({ length: 5 }, (_, t) => (path >> t) & 1);
      let log = 0;
      states.forEach((state, t) => {
        log += -0.5 * ([0.1, 2.2, 1.9, -0.3, 2.5][t]! - a[state]!) ** 2;
        if (t > 0) log += rows[states[t - 1]!]![state]!;
      });
      total += Math.exp(log);
    }
    expect(run(value)[0]).toBeCloseTo(Math.log(total), 13);
  });
  it('below a selection that is not taken adds nothing, even where it is NaN', () => {
    const path = scan((s: Expr, e: Expr) => s.mul(x.at(1)).add(e).log(), x.at(3), [1, -5, 1]); // NaN from the second step
    const gradient = new Float64Array(4);
    const value = where(x.at(0).gt(1), path.at(-1), x.at(0).mul(2));
    const density = compileLogDensity({ position: x, value });
    expect(run(path.at(-1))).toEqual([Number.NaN]);
    expect(density.valueAndGradient(at, gradient)).toBe(0.6);
    expect(Array.from(gradient)).toEqual([2, 0, 0, 0]);
  });
});

describe('several states, matrices among them', () => {
  /** A Kalman filter of a position and a velocity, its mean a vector and its covariance a matrix. */
  const y = [0.3, 0.9, 1.8, 2.2, 3.4, 3.9];
  const move = [
    [1, 1],
    [0, 1],
  ];
  const identity = [
    [1, 0],
    [0, 1],
  ];
  /** log p(y), from the log standard deviations of the process and of the noise. */
  function filtered(logProcess: Expr, logNoise: Expr): Expr {
    const [q, r] = [logProcess.mul(2).exp(), logNoise.mul(2).exp()];
    const { total } = scan(
      ({ mean, covariance }, observed) => {
        const ahead = matmul(move, mean); // (2,)
        const spread = matmul(matmul(move, covariance), transpose(move)).add(q.mul(identity)); // (2, 2)
        const variance = spread.at(0).at(0).add(r);
        const gain = spread.at(0).div(variance); // (2,)
        const surprise = observed.sub(ahead.at(0));
        return {
          mean: ahead.add(gain.mul(surprise)),
          covariance: spread.sub(outer(gain, gain).mul(variance)),
          total: surprise
            .square()
            .div(variance)
            .add(variance.log())
            .mul(-0.5)
            .sub(0.5 * Math.log(2 * Math.PI)),
        };
      },
      { mean: [0, 0.5], covariance: identity, total: 0 },
      y,
    );
    return total.sum();
  }
  /** The same as one multivariate normal: y is linear in the first state and the process noise. */
  function direct(logProcess: Expr, logNoise: Expr): Expr {
    const [q, r] = [logProcess.mul(2).exp(), logNoise.mul(2).exp()];
    const n = y.length;
    // H Fᵏ = [1, k]; states at t ≤ u share the noises up to t.
    const cell = (t: number, u: number) => {
      let [first, noise] = [1 + (t + 1) * (u + 1), 0];
      for (let k = 0; k <= Math.min(t, u); k++) noise += 1 + (t - k) * (u - k);
      return q
        .mul(noise)
        .add(first)
        .add(t === u ? r : 0);
    };
    const covariance = stack(
      Array.from({ length: n }, (_, t) => stack(Array.from({ length: n }, (__, u) => cell(t, u)))),
    );
    const rest = y.map((value, t) => value - 0.5 * (t + 1));
    return choleskySolve(cholesky(covariance), rest)
      .dot(rest)
      .add(logDeterminant(covariance))
      .mul(-0.5)
      .sub((n / 2) * Math.log(2 * Math.PI));
  }
  const both = (of: (p: Expr) => Expr) => {
    const position = variable('x', [2]);
    return compileLogDensity({ position, value: of(position) });
  };
  const filter = both((p) => filtered(p.at(0), p.at(1)));
  const exact = both((p) => direct(p.at(0), p.at(1)));
  it('a Kalman filter has the density of the normal it factors', () => {
    const point = Float64Array.of(-0.7, -0.2);
    const [g, h] = [new Float64Array(2), new Float64Array(2)];
    expect(filter.valueAndGradient(point, g)).toBeCloseTo(exact.valueAndGradient(point, h), 11);
    g.forEach((slope, i) => {
      expect(slope).toBeCloseTo(h[i]!, 11);
    });
    const [a, b] = [new Float64Array(4), new Float64Array(4)];
    filter.hessian!(point, a);
    exact.hessian!(point, b);
    a.forEach((bend, i) => {
      expect(bend).toBeCloseTo(b[i]!, 9);
    });
  });
  it('its gradient follows differences', () => {
    expect(gradientError(filter, Float64Array.of(-0.7, -0.2))).toBeLessThan(1e-8);
  });
  it('states come back stacked, each with its own shape, and the same bits interpreted and generated', () => {
    const { mean, covariance } = scan(
      (state, e: Expr) => ({
        mean: matmul(state.covariance, state.mean).add(e),
        covariance: state.covariance.mul(x.at(0)),
      }),
      { mean: [1, 2], covariance: identity },
      x,
    );
    expect([mean.shape, covariance.shape]).toEqual([
      [4, 2],
      [4, 2, 2],
    ]);
    const outputs = [mean, covariance, ...grad(mean.sum().add(covariance.sum()), [x])];
    const { graph } = compile({ inputs: [{ name: 'x', shape: [4] }], outputs });
    const [a, b] = (['interpreter', 'javascript'] as const).map((backEnd) =>
      new Program(graph, backEnd).run({ x: at }),
    );
    expect(b).toEqual(a);
  });
});

describe('errors of a scan name what the user wrote', () => {
  const named3 = constant([1, 2, 3], 'rainfall');
  it('a state that changes its shape, by its name', () => {
    expect(() => scan(({ level }, e: Expr) => ({ level: stack([level, e]) }), { level: 0 }, named3)).toThrow(
      /scan: the state 'level' starts with shape \[\] \(a scalar\) and the step gives \[2\]; give init the shape that the step returns/,
    );
  });
  it('a name that the step forgets', () => {
    expect(() => scan((() => ({})) as never, { level: 0 }, named3)).toThrow(
      /the step gives no 'level'; return every name of the state/,
    );
  });
  it('shapes that do not fit inside the step, by the names of the state and of the sequence', () => {
    const rows = constant(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      'rainfall',
    );
    expect(() => scan(({ level }, e: Expr) => ({ level: level.add(e) }), { level: [0, 0] }, rows)).toThrow(
      /add: shapes \[2\] and \[3\] do not broadcast.*\(level has shape \[2\], rainfall\[t\] has shape \[3\]\)/,
    );
  });
  it('sequences of different lengths, and none', () => {
    expect(() => scan((s: Expr, e: Expr) => s.add(e), 0, [1, 2], [1])).toThrow(
      /sequences of the same length, got shapes \[2\], \[1\]/,
    );
    expect(() => scan((s: Expr) => s, 0)).toThrow(/got shapes none; each needs a first dimension/);
  });
});

describe('the reverse sweep of a scan', () => {
  const costly = ['exp', 'log', 'log1p', 'sigmoid', 'softplus', 'logAddExp', 'tanh', 'sin', 'cos'];
  const bodies = (value: Expr) =>
    compile({ inputs: [{ name: 'x', shape: [4] }], outputs: [value, ...grad(value, [x])] }).graph.nodes.flatMap(
      ({ operation, attributes }) => (operation === 'scan' ? [attributes] : []),
    );
  const steps = Array.from({ length: 30 }, (_, t) => [Math.sin(t), Math.cos(t)]);
  it.each<[string, Expr]>([
    [
      'log-sum-exp of two states',
      scan(
        (s: Expr, e: Expr) =>
          stack([s, x.at(0).mul(s).add(1)])
            .logSumExp(0)
            .add(e),
        x.slice(0, 2),
        steps,
      ).sum(),
    ],
    ['a sigmoid', scan((s: Expr, e: Expr) => s.mul(x.at(0)).sigmoid().add(e.mul(0.1)), x.slice(1, 3), steps).sum()],
    ['a sine, whose slope is a cosine', scan((s: Expr, e: Expr) => s.add(e).sin(), x.slice(1, 3), steps).sum()],
  ])('%s: has no costly function of its own, and the forward run is there once', (_, value) => {
    const scans = bodies(value);
    expect(scans).toHaveLength(2);
    const costs = (wanted: boolean) => {
      const { body } = scans.find(({ reverse = false }) => reverse === wanted)!;
      return body!.nodes.filter(({ operation }) => costly.includes(operation)).length;
    };
    expect(costs(true)).toBe(0);
    expect(costs(false)).toBeGreaterThan(0);
    const density = compileLogDensity({ position: x, value });
    expect(gradientError(density, at)).toBeLessThan(1e-6);
  });
});
