/** Objectives with known minima, after Moré, Garbow & Hillstrom (1981); numbers in brackets are theirs. */
import type { Objective } from '#kernel/estimate/optimise/objective';

export interface Problem {
  readonly name: string;
  readonly objective: Objective & Partial<LeastSquares>;
  readonly start: readonly number[];
  readonly minimum: readonly number[];
  readonly value: number;
}

interface LeastSquares {
  readonly residuals: (x: Float64Array) => { r: number[]; jacobian: number[][] };
}

/** An objective from residuals r(x) and their Jacobian: Σ rᵢ². */
function leastSquares(dimension: number, f: LeastSquares['residuals']): Objective & LeastSquares {
  return {
    dimension,
    residuals: f,
    value: (x) => f(x).r.reduce((sum, r) => sum + r * r, 0),
    valueAndGradient(x, gradient) {
      const { r, jacobian } = f(x);
      for (let j = 0; j < dimension; j++) gradient[j] = r.reduce((sum, ri, i) => sum + 2 * ri * jacobian[i]![j]!, 0);
      return r.reduce((sum, ri) => sum + ri * ri, 0);
    },
  };
}

export const rosenbrock: Problem = {
  name: 'Rosenbrock [1]',
  objective: leastSquares(2, (x) => ({
    r: [10 * (x[1]! - x[0]! ** 2), 1 - x[0]!],
    jacobian: [
      [-20 * x[0]!, 10],
      [-1, 0],
    ],
  })),
  start: [-1.2, 1],
  minimum: [1, 1],
  value: 0,
};

const beale: Problem = {
  name: 'Beale [5]',
  objective: leastSquares(2, (x) => ({
    r: [1.5, 2.25, 2.625].map((y, i) => y - x[0]! * (1 - x[1]! ** (i + 1))),
    jacobian: [1, 2, 3].map((i) => [-(1 - x[1]! ** i), x[0]! * i * x[1]! ** (i - 1)]),
  })),
  start: [1, 1],
  minimum: [3, 0.5],
  value: 0,
};

const wood: Problem = {
  name: 'Wood [14]',
  objective: leastSquares(4, (x) => ({
    r: [
      10 * (x[1]! - x[0]! ** 2),
      1 - x[0]!,
      Math.sqrt(90) * (x[3]! - x[2]! ** 2),
      1 - x[2]!,
      Math.sqrt(10) * (x[1]! + x[3]! - 2),
      (x[1]! - x[3]!) / Math.sqrt(10),
    ],
    jacobian: [
      [-20 * x[0]!, 10, 0, 0],
      [-1, 0, 0, 0],
      [0, 0, -2 * Math.sqrt(90) * x[2]!, Math.sqrt(90)],
      [0, 0, -1, 0],
      [0, Math.sqrt(10), 0, Math.sqrt(10)],
      [0, 1 / Math.sqrt(10), 0, -1 / Math.sqrt(10)],
    ],
  })),
  start: [-3, -1, -3, -1],
  minimum: [1, 1, 1, 1],
  value: 0,
};

/** Badly scaled: curvatures from 1e-8 to 1e8. */
export const scaledQuadratic: Problem = {
  name: 'quadratic with condition number 1e16',
  objective: {
    dimension: 5,
    value: (x) => x.reduce((sum, v, i) => sum + 0.5 * 10 ** (4 * i - 8) * (v - i) ** 2, 0),
    valueAndGradient(x, gradient) {
      for (let i = 0; i < 5; i++) gradient[i] = 10 ** (4 * i - 8) * (x[i]! - i);
      return x.reduce((sum, v, i) => sum + 0.5 * 10 ** (4 * i - 8) * (v - i) ** 2, 0);
    },
  },
  start: [10, -10, 10, -10, 10],
  minimum: [0, 1, 2, 3, 4],
  value: 0,
};

/** Extended Rosenbrock [21] in 50 dimensions. */
const extendedRosenbrock: Problem = {
  name: 'extended Rosenbrock [21], d = 50',
  objective: leastSquares(50, (x) => {
    const r: number[] = [];
    const jacobian: number[][] = [];
    for (let i = 0; i < 50; i += 2) {
      r.push(10 * (x[i + 1]! - x[i]! ** 2), 1 - x[i]!);
      const first = new Array<number>(50).fill(0);
      const second = new Array<number>(50).fill(0);
      first[i] = -20 * x[i]!;
      first[i + 1] = 10;
      second[i] = -1;
      jacobian.push(first, second);
    }
    return { r, jacobian };
  }),
  start: Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? -1.2 : 1)),
  minimum: new Array<number>(50).fill(1),
  value: 0,
};

/** Minus the log likelihood of normal(μ, e^s) data far from the start: −∞ nowhere, but overflows when s is small. */
export const normalSample: Problem = (() => {
  const y = [4200.5, 3951.2, 4410.7, 3877.1, 4034.9];
  const n = y.length;
  const mean = y.reduce((a, b) => a + b) / n;
  const sd = Math.sqrt(y.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
  const value = (x: Float64Array) => y.reduce((sum, v) => sum + x[1]! + 0.5 * ((v - x[0]!) / Math.exp(x[1]!)) ** 2, 0);
  return {
    name: 'normal sample, mean and log standard deviation far from the start',
    objective: {
      dimension: 2,
      value,
      valueAndGradient(x, gradient) {
        const s2 = Math.exp(2 * x[1]!);
        gradient[0] = -y.reduce((sum, v) => sum + (v - x[0]!) / s2, 0);
        gradient[1] = y.reduce((sum, v) => sum + 1 - (v - x[0]!) ** 2 / s2, 0);
        return value(x);
      },
    },
    start: [0, 0],
    minimum: [mean, Math.log(sd)],
    value: n * (Math.log(sd) + 0.5),
  };
})();

/** x − log x on x > 0, NaN elsewhere: the first step from 0.01 would leave the domain. */
export const barrier: Problem = {
  name: 'x − log x, defined on x > 0 only',
  objective: {
    dimension: 1,
    value: (x) => (x[0]! > 0 ? x[0]! - Math.log(x[0]!) : Number.NaN),
    valueAndGradient(x, gradient) {
      gradient[0] = x[0]! > 0 ? 1 - 1 / x[0]! : Number.NaN;
      return x[0]! > 0 ? x[0]! - Math.log(x[0]!) : Number.NaN;
    },
  },
  start: [5],
  minimum: [1],
  value: 1,
};

export const problems = [rosenbrock, beale, wood, scaledQuadratic, extendedRosenbrock, normalSample, barrier];

const booth: Problem = {
  name: 'Booth',
  objective: leastSquares(2, ([x = 0, y = 0]) => ({
    r: [x + 2 * y - 7, 2 * x + y - 5],
    jacobian: [
      [1, 2],
      [2, 1],
    ],
  })),
  start: [-5, 8],
  minimum: [1, 3],
  value: 0,
};

const brown: Problem = {
  name: 'Brown, badly scaled [4]',
  objective: leastSquares(2, ([x = 0, y = 0]) => ({
    r: [x - 1e6, y - 2e-6, x * y - 2],
    jacobian: [
      [1, 0],
      [0, 1],
      [y, x],
    ],
  })),
  start: [1, 1],
  minimum: [1e6, 2e-6],
  value: 0,
};

const helicalValley: Problem = {
  name: 'helical valley [7]',
  objective: leastSquares(3, ([x = 0, y = 0, z = 0]) => {
    const s = x * x + y * y;
    const turn = Math.atan2(y, x) / (2 * Math.PI);
    return {
      r: [10 * (z - 10 * turn), 10 * (Math.sqrt(s) - 1), z],
      jacobian: [
        [(50 * y) / (Math.PI * s), (-50 * x) / (Math.PI * s), 10],
        [(10 * x) / Math.sqrt(s), (10 * y) / Math.sqrt(s), 0],
        [0, 0, 1],
      ],
    };
  }),
  start: [-1, 0, 0],
  minimum: [1, 0, 0],
  value: 0,
};

/** The Hessian is singular at the minimum: the last digits of the position make no difference to the value. */
const powellSingular: Problem = {
  name: 'Powell, singular [13]',
  objective: leastSquares(4, ([a = 0, b = 0, c = 0, d = 0]) => ({
    r: [a + 10 * b, Math.sqrt(5) * (c - d), (b - 2 * c) ** 2, Math.sqrt(10) * (a - d) ** 2],
    jacobian: [
      [1, 10, 0, 0],
      [0, 0, Math.sqrt(5), -Math.sqrt(5)],
      [0, 2 * (b - 2 * c), -4 * (b - 2 * c), 0],
      [2 * Math.sqrt(10) * (a - d), 0, 0, -2 * Math.sqrt(10) * (a - d)],
    ],
  })),
  start: [3, -1, 0, 1],
  minimum: [0, 0, 0, 0],
  value: 0,
};

/** From the origin, where it bends downwards in both coordinates. */
const himmelblau: Problem = {
  name: 'Himmelblau',
  objective: leastSquares(2, ([x = 0, y = 0]) => ({
    r: [x * x + y - 11, x + y * y - 7],
    jacobian: [
      [2 * x, 1],
      [1, 2 * y],
    ],
  })),
  start: [0, 0],
  minimum: [3, 2],
  value: 0,
};

/** Moré, Garbow & Hillstrom print 124.362…; at the minimum the two columns of the Jacobian are the same. */
const jennrich: Problem = {
  name: 'Jennrich & Sampson [6]',
  objective: leastSquares(2, ([x = 0, y = 0]) => {
    const m = Array.from({ length: 10 }, (_, i) => i + 1);
    return {
      r: m.map((i) => 2 + 2 * i - (Math.exp(i * x) + Math.exp(i * y))),
      jacobian: m.map((i) => [-i * Math.exp(i * x), -i * Math.exp(i * y)]),
    };
  }),
  start: [0.3, 0.4],
  minimum: [0.2578252136, 0.2578252136],
  value: 124.36218235561471,
};

export const standardProblems = [
  rosenbrock,
  beale,
  booth,
  wood,
  brown,
  helicalValley,
  powellSingular,
  himmelblau,
  jennrich,
];
