import { describe, expect, it } from 'vitest';
import { bfgs } from '#kernel/estimate/optimise/bfgs';
import { lbfgs } from '#kernel/estimate/optimise/lbfgs';
import { newton } from '#kernel/estimate/optimise/newton';
import { maxNorm, type Objective, type Optimiser, type OptimiserInfo } from '#kernel/estimate/optimise/objective';
import { trustRegion } from '#kernel/estimate/optimise/trust-region';
import { EventLog } from '#kernel/estimate/step';
import { problems, rosenbrock, scaledQuadratic } from './problems.ts';

const optimisers: Record<string, (objective: Objective, log?: EventLog) => Optimiser> = {
  lbfgs: (objective, log) => lbfgs(objective, log ? { log } : {}) as Optimiser,
  bfgs: (objective, log) => bfgs(objective, log ? { log } : {}) as Optimiser,
  newton: (objective, log) => newton(objective, log ? { log } : {}) as Optimiser,
  'trust region': (objective, log) => trustRegion(objective, log ? { log } : {}) as Optimiser,
};

function minimise(optimiser: Optimiser, start: readonly number[], most = 2000) {
  let state = optimiser.init(Float64Array.from(start));
  let info: OptimiserInfo;
  let evaluations = 0;
  do {
    [state, info] = optimiser.step(state);
    evaluations += info.evaluations;
  } while (info.ending === 'running' && state.iteration < most);
  return { state, info, evaluations };
}

describe.each(Object.entries(optimisers))('%s', (name, make) => {
  it.each(problems)('finds the minimum of $name', ({ objective, start, minimum, value }) => {
    const { state, info } = minimise(make(objective), start);
    const quasi = name.endsWith('bfgs');
    // L-BFGS may run out of digits in the value before its own criterion holds; it must be there all the same.
    expect(['converged', ...(quasi ? ['line search failed'] : [])]).toContain(info.ending);
    if (quasi && objective === scaledQuadratic.objective) {
      // A curvature of 1e-8 among others of 1e8 is beyond a method that never sees second derivatives.
      expect(state.value - value).toBeLessThan(name === 'bfgs' ? 1e-2 : 1e-5);
      return;
    }
    expect(state.value - value).toBeLessThan(1e-10);
    minimum.forEach((x, i) => {
      expect(Math.abs(state.position[i]! - x)).toBeLessThan((quasi ? 1e-5 : 1e-9) * Math.max(1, Math.abs(x)));
    });
  });

  it('is a pure step: the same state gives the same next state, and is not changed', () => {
    const optimiser = make(rosenbrock.objective);
    let state = optimiser.init(Float64Array.from(rosenbrock.start));
    [state] = optimiser.step(state);
    const before = structuredClone(state);
    const [first] = optimiser.step(state);
    const [second] = optimiser.step(state);
    expect(first).toEqual(second);
    expect(state).toEqual(before);
  });

  it('does not change the start it was given', () => {
    const start = Float64Array.from(rosenbrock.start);
    const optimiser = make(rosenbrock.objective);
    optimiser.step(optimiser.init(start));
    expect([...start]).toEqual([...rosenbrock.start]);
  });

  it('writes its iterates to the log', () => {
    const log = new EventLog(5);
    const { state } = minimise(make(rosenbrock.objective, log), rosenbrock.start);
    const events = log.events();
    expect(events).toHaveLength(5);
    expect(events.every((e) => e.type === 'iterate')).toBe(true);
    const last = events.at(-1)!;
    expect(last.type === 'iterate' && [...last.position]).toEqual([...state.position]);
  });

  it('says when the start is not finite', () => {
    const objective: Objective = {
      dimension: 1,
      value: () => Number.NaN,
      valueAndGradient(_, gradient) {
        gradient[0] = Number.NaN;
        return Number.NaN;
      },
    };
    expect(minimise(make(objective), [0]).info.ending).toBe('not finite');
  });

  it('stops at once at an exact minimum', () => {
    const { state, info } = minimise(make(rosenbrock.objective), [1, 1]);
    expect(info.ending).toBe('converged');
    expect(state.iteration).toBe(0);
  });
});

describe('newton', () => {
  it('brings the gradient to rounding level', () => {
    for (const { objective, start } of problems) {
      const { state } = minimise(newton(objective) as Optimiser, start);
      const scale = Math.max(1, maxNorm(state.position));
      expect(maxNorm(state.gradient) / scale).toBeLessThan(1e-8);
    }
  });
});

describe('lbfgs', () => {
  it('refuses a memory that is not a whole number', () => {
    expect(() => lbfgs(rosenbrock.objective, { memory: 0 })).toThrow('memory must be a whole number ≥ 1, got 0');
  });
  it('needs few gradients on Rosenbrock', () => {
    expect(minimise(lbfgs(rosenbrock.objective) as Optimiser, rosenbrock.start).evaluations).toBeLessThan(80);
  });
});
