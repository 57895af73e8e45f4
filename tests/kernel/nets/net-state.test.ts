/**
 * The memory parameters live in, to which optimisers add their own arrays later.
 */
import { describe, expect, it } from 'vitest';
import { ProgramState } from '#kernel/program/state';
import { compileStep } from '#kernel/program/step';

describe.each(['single', 'double'] as const)('arrays added to a state in %s precision', (precision) => {
  const built = () => new ProgramState({ w: { shape: [3], values: [1, 2, 3] } }, { precision });

  it('start with zeros, or with what is given, and leave the others as they were', () => {
    const state = built();
    state.add({ momentum: { shape: [3] }, count: { shape: [], values: [7] } });
    expect(state.names).toEqual(['w', 'momentum', 'count']);
    expect([...state.array('w')]).toEqual([1, 2, 3]);
    expect([...state.array('momentum')]).toEqual([0, 0, 0]);
    expect([...state.array('count')]).toEqual([7]);
  });

  it('start with zeros also where a step has worked before', () => {
    const state = built();
    const w = state.variable('w');
    const before = compileStep({ state, outputs: [w.exp().sum()], updates: { w: w.mul(2) } });
    before.run();
    state.add({ momentum: { shape: [1000] } });
    expect(state.array('momentum').every((v) => v === 0)).toBe(true);
    expect([...state.array('w')]).toEqual([2, 4, 6]);
  });

  it('are seen by steps compiled after, and steps compiled before go on', () => {
    const state = built();
    const w = state.variable('w');
    const before = compileStep({ state, updates: { w: w.add(1) } });
    state.add({ m: { shape: [3], values: [10, 20, 30] } });
    const m = state.variable('m');
    const after = compileStep({ state, outputs: [m.sum()], updates: { w: w.add(m), m: m.mul(2) } });
    expect(after.run()[0]![0]).toBe(60);
    before.execute();
    expect([...state.array('w')]).toEqual([12, 23, 34]);
    expect([...state.array('m')]).toEqual([20, 40, 60]);
  });

  it('cannot have a name that is there', () => {
    const state = built();
    expect(() => state.add({ w: { shape: [3] } })).toThrow(/there is a 'w' already; give another name/);
    expect([...state.array('w')]).toEqual([1, 2, 3]);
  });
});
