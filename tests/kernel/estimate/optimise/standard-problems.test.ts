/** Every optimiser on the problems that optimisers are tried on. */
import { describe, expect, it } from 'vitest';
import { hessian } from '#kernel/estimate/optimise/hessian';
import { negative, type Objective, type Optimiser } from '#kernel/estimate/optimise/objective';
import { optimisers } from '#kernel/estimate/optimise/registry';
import { minimise } from '#kernel/estimate/optimise/shared';
import { key } from '#kernel/numeric/random';
import { compileLogDensity, variable } from '#kernel/program/index';
import { type Problem, standardProblems } from './problems.ts';

const { gradients, values, composite, residuals, information } = optimisers;
const none = (d: number) => new Float64Array(d);

/** 2 JᵀJ, what Fisher scoring would have for a normal likelihood. */
function gaussNewton({ objective }: Problem) {
  const d = objective.dimension;
  return (x: Float64Array) => {
    const { jacobian } = objective.residuals!(x);
    const h = new Float64Array(d * d);
    for (const row of jacobian) {
      for (let k = 0; k < d * d; k++) h[k]! += 2 * row[Math.floor(k / d)]! * row[k % d]!;
    }
    return h;
  };
}

function asResiduals({ objective, start }: Problem) {
  return {
    dimension: objective.dimension,
    count: objective.residuals!(Float64Array.from(start)).r.length,
    evaluate(x: Float64Array, r: Float64Array, j?: Float64Array) {
      const found = objective.residuals!(x);
      r.set(found.r);
      j?.set(found.jacobian.flat());
    },
  };
}

/** Each made for a problem; then how near the value and the position must come, and what it cannot do. */
interface Tried {
  readonly make: (problem: Problem) => Optimiser;
  readonly value: number;
  readonly position: number;
  readonly cannot?: RegExp;
}

const tried: Record<string, Tried> = {
  // Steepest descent crawls where curvatures differ by 1e12, or vanish.
  gradientDescent: {
    make: ({ objective }) => gradients.gradientDescent(objective) as Optimiser,
    value: 1e-12,
    position: 1e-6,
    cannot: /Brown|Powell/,
  },
  lbfgs: { make: ({ objective }) => gradients.lbfgs(objective) as Optimiser, value: 1e-12, position: 1e-6 },
  bfgs: { make: ({ objective }) => gradients.bfgs(objective) as Optimiser, value: 1e-10, position: 1e-6 },
  newton: { make: ({ objective }) => gradients.newton(objective) as Optimiser, value: 1e-12, position: 1e-9 },
  trustRegion: { make: ({ objective }) => gradients.trustRegion(objective) as Optimiser, value: 1e-11, position: 1e-9 },
  nelderMead: { make: ({ objective }) => values.nelderMead(objective) as Optimiser, value: 1e-12, position: 1e-6 },
  // A population reaches any of Himmelblau's four minima.
  differentialEvolution: {
    make: ({ objective }) => values.differentialEvolution(objective, { key: key(2) }) as Optimiser,
    value: 1e-11,
    position: 1e-5,
    cannot: /Himmelblau/,
  },
  coordinateDescent: {
    make: ({ objective }) =>
      composite.coordinateDescent({ smooth: objective, penalty: none(objective.dimension) }) as Optimiser,
    value: 1e-12,
    position: 1e-9,
  },
  proximalGradient: {
    make: ({ objective }) =>
      composite.proximalGradient({ smooth: objective, penalty: none(objective.dimension) }) as Optimiser,
    value: 1e-12,
    position: 1e-6,
    cannot: /Brown/,
  },
  levenbergMarquardt: {
    make: (problem) => residuals.levenbergMarquardt(asResiduals(problem)) as Optimiser,
    value: 1e-12,
    position: 1e-8,
  },
  fisherScoring: {
    make: (problem) => information.fisherScoring(problem.objective, gaussNewton(problem)),
    value: 1e-12,
    position: 1e-8,
  },
};

describe.each(Object.entries(tried))('%s', (name, { make, value, position, cannot }) => {
  it.each(standardProblems.filter((problem) => !cannot?.test(problem.name)))('$name', (problem) => {
    const { state, ending } = minimise(make(problem), problem.start, 20_000);
    expect(ending).toBe('converged');
    const reached = name === 'levenbergMarquardt' ? 2 * state.value : state.value;
    expect(Math.abs(reached - problem.value)).toBeLessThan(value * Math.max(1, problem.value));
    // Where the Hessian is singular, position errs by a root of what the value errs by.
    const near = /Powell/.test(problem.name) ? 5e-3 : /Jennrich/.test(problem.name) ? 1e-7 : position;
    problem.minimum.forEach((x, i) => {
      expect(Math.abs(state.position[i]! - x) / Math.max(1, Math.abs(x))).toBeLessThan(near);
    });
  });
});

describe('what an optimiser never says', () => {
  it('that it converged where the objective bends downwards: coordinate descent adds to the diagonal', () => {
    const saddle: Objective = {
      dimension: 2,
      value: ([x = 0, y = 0]) => x * x - y * y + y ** 4 / 4,
      valueAndGradient([x = 0, y = 0], gradient) {
        gradient.set([2 * x, -2 * y + y ** 3]);
        return x * x - y * y + y ** 4 / 4;
      },
    };
    const smooth = { smooth: saddle, penalty: none(2) };
    const { state, ending } = minimise(composite.coordinateDescent(smooth), [1, 1e-3]);
    expect(ending).toBe('converged');
    expect(state.position[0]).toBeCloseTo(0, 9);
    expect(state.position[1]).toBeCloseTo(Math.SQRT2, 9);
  });
});

describe('exact Hessians', () => {
  const position = variable('position', [3]);
  const density = compileLogDensity({
    position,
    value: position
      .square()
      .sum()
      .neg()
      .add(position.at(0).mul(position.at(1)).exp().neg()),
  });

  it('come with a compiled density, and lead the trust region without gradients of neighbours', () => {
    const objective = negative(density);
    const at = Float64Array.of(0.3, -0.2, 1);
    const exact = new Float64Array(9);
    objective.hessian!(at, exact);
    const { dimension, value, valueAndGradient } = objective;
    hessian({ dimension, value, valueAndGradient }, at).forEach((v, k) => {
      expect(exact[k]).toBeCloseTo(v, 9);
    });
    let gradientsSeen = 0;
    const counted: Objective = {
      ...objective,
      valueAndGradient(x, gradient) {
        gradientsSeen++;
        return objective.valueAndGradient(x, gradient);
      },
    };
    const { state, ending, evaluations } = minimise(gradients.trustRegion(counted), [2, 1, 1]);
    expect(ending).toBe('converged');
    expect(gradientsSeen).toBe(evaluations);
    expect(gradientsSeen).toBeLessThanOrEqual(2 * state.iteration + 2);
  });
});
