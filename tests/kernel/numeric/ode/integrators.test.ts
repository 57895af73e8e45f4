/**
 * Integrators against closed forms, stiff standards, and the order they claim.
 */
import { describe, expect, it } from 'vitest';
import { dormandPrince } from '#kernel/numeric/ode/dormand-prince';
import { kvaerno } from '#kernel/numeric/ode/kvaerno';
import type { Ending, Integrator } from '#kernel/numeric/ode/problem';

interface System {
  readonly slope: (t: number, y: Float64Array) => readonly number[];
  readonly jacobian: (t: number, y: Float64Array) => readonly number[];
  readonly y0: readonly number[];
}

interface Run {
  readonly rows: readonly (readonly number[])[];
  readonly ending: Ending;
  readonly evaluations: number;
}

function solve(
  integrate: Integrator,
  { slope, jacobian, y0 }: System,
  times: readonly number[],
  { t0 = 0, relative = 1e-8, absolute = 1e-10, maximumSteps = 100_000, controlled = y0.length } = {},
): Run {
  const n = y0.length;
  let evaluations = 0;
  const output = new Float64Array(n * times.length);
  const ending = integrate(
    {
      size: n,
      slope(t, y, into) {
        evaluations++;
        into.set(slope(t, y));
      },
      jacobian: (t, y, into) => into.set(jacobian(t, y)),
    },
    Float64Array.from(y0),
    t0,
    Float64Array.from(times),
    { relative, absolute, maximumSteps, controlled },
    output,
  );
  return { rows: times.map((_, i) => Array.from(output.slice(i * n, (i + 1) * n))), ending, evaluations };
}

const oscillator: System = {
  slope: (_, y) => [y[1]!, -y[0]!],
  jacobian: () => [0, 1, -1, 0],
  y0: [1, 0],
};
const growth: System = {
  slope: (_, y) => [2 * y[0]! * (1 - y[0]! / 10)],
  jacobian: (_, y) => [2 - 0.4 * y[0]!],
  y0: [0.5],
};
/** Two compartments: absorbed at rate 1.2, eliminated at 0.3. */
const compartments: System = {
  slope: (_, y) => [-1.2 * y[0]!, 1.2 * y[0]! - 0.3 * y[1]!],
  jacobian: () => [-1.2, 0, 1.2, -0.3],
  y0: [100, 0],
};
const robertson: System = {
  slope: (_, y) => {
    const [a, b] = [0.04 * y[0]! - 1e4 * y[1]! * y[2]!, 3e7 * y[1]! * y[1]!];
    return [-a, a - b, b];
  },
  jacobian: (_, y) => [
    ...[-0.04, 1e4 * y[2]!, 1e4 * y[1]!],
    ...[0.04, -1e4 * y[2]! - 6e7 * y[1]!, -1e4 * y[1]!],
    ...[0, 6e7 * y[1]!, 0],
  ],
  y0: [1, 0, 0],
};
const vanDerPol: System = {
  slope: (_, y) => [y[1]!, 1000 * (1 - y[0]! ** 2) * y[1]! - y[0]!],
  jacobian: (_, y) => [0, 1, -2000 * y[0]! * y[1]! - 1, 1000 * (1 - y[0]! ** 2)],
  y0: [2, 0],
};

const relative = (found: number, expected: number) => Math.abs(found - expected) / (Math.abs(expected) + 1e-12);

describe.each([
  ['Dormand–Prince', dormandPrince],
  ['Kvaerno', kvaerno],
] as const)('%s', (_, integrate) => {
  it('follows an oscillator, at times that are no steps of its own', () => {
    const times = [0, 0.1, 1, 2.7, Math.PI, 10, 30];
    const { rows, ending } = solve(integrate, oscillator, times);
    expect(ending.kind).toBe('reached');
    times.forEach((t, i) => {
      expect(Math.abs(rows[i]![0]! - Math.cos(t))).toBeLessThan(1e-6);
      expect(Math.abs(rows[i]![1]! + Math.sin(t))).toBeLessThan(1e-6);
    });
  });
  it('follows logistic growth to its capacity', () => {
    const times = [0.5, 1, 2, 5, 20];
    const { rows } = solve(integrate, growth, times);
    times.forEach((t, i) => {
      expect(relative(rows[i]![0]!, 10 / (1 + 19 * Math.exp(-2 * t)))).toBeLessThan(1e-7);
    });
  });
  it('follows a drug through two compartments (Bateman’s function)', () => {
    const times = [0.25, 1, 3, 12, 24];
    const { rows } = solve(integrate, compartments, times);
    times.forEach((t, i) => {
      const expected = ((100 * 1.2) / (0.3 - 1.2)) * (Math.exp(-1.2 * t) - Math.exp(-0.3 * t));
      expect(relative(rows[i]![1]!, expected)).toBeLessThan(1e-6);
    });
  });
  it('runs backwards to where it came from', () => {
    const { rows } = solve(integrate, growth, [2]);
    const back = solve(integrate, { ...growth, y0: rows[0]! }, [1, 0.5, 0], { t0: 2 });
    expect(back.ending.kind).toBe('reached');
    expect(back.rows[2]![0]).toBeCloseTo(0.5, 6);
    expect(relative(back.rows[0]![0]!, 10 / (1 + 19 * Math.exp(-2)))).toBeLessThan(1e-6);
  });
  it('errs about as the tolerance says, over eight decades', () => {
    for (const tolerance of [1e-3, 1e-5, 1e-7, 1e-9, 1e-11]) {
      const { rows } = solve(integrate, oscillator, [5], { relative: tolerance, absolute: tolerance });
      expect(Math.abs(rows[0]![0]! - Math.cos(5))).toBeLessThan(150 * tolerance);
    }
  });
  it('is of order 5: a hundredth of the error costs at most 2.9 times the evaluations', () => {
    const cost = (tolerance: number) =>
      solve(integrate, oscillator, [20], { relative: tolerance, absolute: tolerance }).evaluations;
    expect(cost(1e-9) / cost(1e-7)).toBeLessThan(2.9);
    expect(cost(1e-11) / cost(1e-9)).toBeLessThan(2.9);
  });
  it('takes times twice, and none', () => {
    expect(solve(integrate, growth, [0, 0, 1, 1]).rows.flat().filter(Number.isFinite)).toHaveLength(4);
    expect(solve(integrate, growth, []).ending.kind).toBe('reached');
  });
  it('stops where the steps run out, says where, and leaves NaN from there', () => {
    const { rows, ending } = solve(integrate, oscillator, [1, 2, 1000], { maximumSteps: 60 });
    expect(ending.kind).toBe('too many steps');
    expect(ending.kind === 'too many steps' && ending.time > 2 && ending.time < 1000).toBe(true);
    expect(rows[1]!.every(Number.isFinite)).toBe(true);
    expect(rows[2]!.every(Number.isNaN)).toBe(true);
  });
  it('stops before a solution that runs to infinity', () => {
    const square: System = { slope: (_, y) => [y[0]! ** 2], jacobian: (_, y) => [2 * y[0]!], y0: [1] };
    const { rows, ending } = solve(integrate, square, [0.5, 2]);
    expect(rows[0]![0]).toBeCloseTo(2, 6);
    expect(rows[1]![0]).toBeNaN();
    expect(ending.kind).not.toBe('reached');
    if (ending.kind !== 'reached') expect(ending.time).toBeCloseTo(1, 2);
  });
  it('stops where the right-hand side is not finite', () => {
    const root: System = { slope: () => [Number.NaN], jacobian: () => [0], y0: [1] };
    expect(solve(integrate, root, [1]).ending.kind).not.toBe('reached');
  });
  it('gives blocks after the controlled one the derivative of what it computes, at the same steps', () => {
    // y' = −k y² with its sensitivity in k beside it, against a difference of two runs at the same steps
    const at = (k: number): System => ({
      slope: (_, [y, s]) => [-k * y! * y!, -2 * k * y! * s! - y! * y!],
      jacobian: (_, [y]) => [-2 * k * y!],
      y0: [1.5, 0],
    });
    const { rows } = solve(integrate, at(0.8), [0.5, 3], { relative: 1e-5, absolute: 1e-7, controlled: 1 });
    // y = y0 / (1 + k y0 t): ∂y/∂k = −y² t
    [0.5, 3].forEach((t, i) => {
      const exact = 1.5 / (1 + 0.8 * 1.5 * t);
      expect(relative(rows[i]![1]!, -exact * exact * t)).toBeLessThan(1e-4);
    });
    const plain = solve(integrate, { ...at(0.8), y0: [1.5, 0] }, [0.5, 3], {
      relative: 1e-5,
      absolute: 1e-7,
      controlled: 1,
    });
    expect(plain.rows).toEqual(rows);
  });
});

describe('stiff problems', () => {
  it('Robertson’s chemistry to 4e10, as scipy has it', () => {
    // scipy 1.17.1: solve_ivp(f, (0, 4e10), [1, 0, 0], method='Radau', rtol=1e-11, atol=1e-17, t_eval=[.4, 40, 4e5, 4e10])
    const figures = [
      [0.9851721138609889, 3.3863953789746474e-5, 0.014794022185220645],
      [0.7158270687193949, 9.185534764548264e-6, 0.28416374574583897],
      [0.0049382745209962725, 1.9849940879610456e-8, 0.9950617056290615],
      [5.208345176778127e-8, 2.083338177917046e-13, 0.9999999479163386],
    ];
    const { rows, ending, evaluations } = solve(kvaerno, robertson, [0.4, 40, 4e5, 4e10], {
      relative: 1e-8,
      absolute: 1e-14,
    });
    expect(ending.kind).toBe('reached');
    rows.forEach((row, i) => {
      row.forEach((x, j) => {
        expect(relative(x, figures[i]![j]!)).toBeLessThan(2e-5);
      });
      expect(row[0]! + row[1]! + row[2]!).toBeCloseTo(1, 8);
    });
    expect(evaluations).toBeLessThan(12_000);
  });
  it('van der Pol’s equation at μ = 1000, through both jumps', () => {
    // scipy 1.17.1: solve_ivp(f, (0, 2000), [2, 0], method='Radau', rtol=1e-11, atol=1e-12, t_eval=[1, 1000, 2000])
    const figures = [1.9993333705063088, -1.8636462548074648, 1.706167732170943];
    const { rows, evaluations } = solve(kvaerno, vanDerPol, [1, 1000, 2000]);
    rows.forEach((row, i) => {
      expect(relative(row[0]!, figures[i]!)).toBeLessThan(1e-6);
    });
    expect(evaluations).toBeLessThan(30_000);
  });
  it('an explicit method runs out of steps on them', () => {
    const { ending } = solve(dormandPrince, robertson, [40, 4e5], {
      relative: 1e-6,
      absolute: 1e-10,
      maximumSteps: 10_000,
    });
    expect(ending.kind).toBe('too many steps');
  });
  it('steps are few where a fast part has died away', () => {
    const fast: System = {
      slope: (t, y) => [-1e6 * (y[0]! - Math.cos(t)) - Math.sin(t)],
      jacobian: () => [-1e6],
      y0: [2],
    };
    const { rows, evaluations } = solve(kvaerno, fast, [10], { relative: 1e-6, absolute: 1e-8 });
    expect(Math.abs(rows[0]![0]! - Math.cos(10))).toBeLessThan(1e-6);
    expect(evaluations).toBeLessThan(6000);
  });
  it('a stiff method without a Jacobian says so', () => {
    const problem = { size: 1, slope: (_: number, y: Float64Array, into: Float64Array) => into.set(y) };
    const tolerances = { relative: 1e-6, absolute: 1e-6, maximumSteps: 10, controlled: 1 };
    const run = () => kvaerno(problem, Float64Array.of(1), 0, Float64Array.of(1), tolerances, new Float64Array(1));
    expect(run).toThrow(/kvaerno: a stiff method needs the Jacobian/);
  });
});
