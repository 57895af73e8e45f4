import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { variable } from '#kernel/program/expression';
import { Arena } from '#kernel/program/generate/single/arena';
import { ProgramState } from '#kernel/program/state';
import { compileStep } from '#kernel/program/step';

describe('memory that is given out and taken back', () => {
  it('is used again, and never twice at once', () => {
    const actions = fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.boolean(), fc.nat(50)), { maxLength: 120 });
    fc.assert(
      fc.property(actions, (list) => {
        const arena = new Arena(100);
        const live: { at: number; bytes: number }[] = [];
        for (const [bytes, free, which] of list) {
          if (free && live.length > 0) {
            const [gone] = live.splice(which % live.length, 1);
            arena.give(gone!.at, gone!.bytes);
            continue;
          }
          const at = arena.take(bytes);
          expect(at % 64).toBe(0);
          expect(at).toBeGreaterThanOrEqual(100);
          for (const other of live) {
            expect(at + bytes <= other.at || other.at + other.bytes <= at || bytes === 0 || other.bytes === 0).toBe(
              true,
            );
          }
          live.push({ at, bytes });
          expect(at + bytes).toBeLessThanOrEqual(arena.end);
        }
      }),
      { seed: 5 },
    );
  });
  it('comes together again: what was freed in pieces is given out whole', () => {
    const arena = new Arena(0);
    const pieces = [1, 2, 3].map(() => arena.take(64));
    const { end } = arena;
    for (const piece of [pieces[1]!, pieces[0]!, pieces[2]!]) arena.give(piece, 64);
    expect(arena.take(192)).toBe(pieces[0]);
    expect(arena.end).toBe(end);
  });
});

describe('memory after all there is', () => {
  it('is none that was given back: what lives while other things ran keeps its place', () => {
    const arena = new Arena(0);
    const gone = arena.take(256);
    arena.take(64);
    arena.give(gone, 256);
    const { end } = arena;
    expect(arena.takeLast(100)).toBe(end);
    expect(arena.end).toBe(end + 128);
    expect(arena.take(256)).toBe(gone);
  });
});

describe('the memory of a program', () => {
  it('does not grow with the number of steps of a long chain', () => {
    const size = 4096;
    const bytes = (links: number) => {
      const state = new ProgramState({ w: { shape: [64, 64] } });
      let x = variable('x', [64, 64]);
      const inputs = [x];
      for (let i = 0; i < links; i++) x = x.matmul(state.variable('w')).tanh() as typeof x;
      compileStep({ state, inputs, outputs: [x] });
      return state.free;
    };
    expect(bytes(40) - bytes(4)).toBeLessThan(4 * size * 4);
  });
});
