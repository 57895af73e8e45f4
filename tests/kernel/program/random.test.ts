/**
 * Random graphs: generated code against the interpreter bit for bit, and both against a naive evaluation.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, Program } from '#kernel/program/compile';
import { grad } from '#kernel/program/gradient';
import { build, choices, shapes, smooth } from './random-graphs.ts';

describe('random graphs', () => {
  it('have the same bits as WebAssembly, as JavaScript and interpreted, value and gradient', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const { inputs, given, pairs } = build(list);
        const value = pairs.map(({ expr }) => expr.mean()).reduce((a, b) => a.add(b));
        const slopes = grad(
          value,
          pairs.slice(0, shapes.length).map(({ expr }) => expr),
        );
        const program = compile({ inputs, outputs: [value, ...slopes, ...pairs.slice(-3).map(({ expr }) => expr)] });
        const interpreted = new Program(program.graph, 'interpreter').run(given);
        expect(new Program(program.graph, 'javascript').run(given)).toEqual(interpreted);
        expect(new Program(program.graph, 'webassembly').run(given)).toEqual(interpreted);
      }),
      { numRuns: 300, seed: 20261122 },
    );
  });
  it('have the value of a naive evaluation', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const { inputs, given, pairs } = build(list);
        const outputs = compile({ inputs, outputs: pairs.map(({ expr }) => expr) }).run(given);
        pairs.forEach(({ value }, i) => {
          const found = outputs[i]!;
          expect(found.length).toBe(value.length);
          value.forEach((x, j) => {
            expect(Math.abs(found[j]! - x)).toBeLessThan(1e-11 * (1 + Math.abs(x)));
          });
        });
      }),
      { numRuns: 200, seed: 7 },
    );
  });
  it('have gradients that agree with a difference along a random direction', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const { inputs, given, pairs } = build(list, smooth);
        const value = pairs.map(({ expr }) => expr.tanh().mean()).reduce((a, b) => a.add(b));
        const slopes = grad(
          value,
          pairs.slice(0, shapes.length).map(({ expr }) => expr),
        );
        const program = compile({ inputs, outputs: [value, ...slopes] });
        const moved = (h: number) =>
          program.run(
            Object.fromEntries(
              Object.entries(given).map(([name, x], i) => [name, x.map((v, j) => v + h * Math.cos(i + 0.7 * j))]),
            ),
          )[0]![0]!;
        const difference = (h: number) => (moved(h) - moved(-h)) / (2 * h);
        const expected = (4 * difference(2e-4) - difference(4e-4)) / 3;
        const derived = program.run(given).slice(1);
        let along = 0;
        derived.forEach((slope, i) => {
          slope.forEach((v, j) => {
            along += v * Math.cos(i + 0.7 * j);
          });
        });
        expect(Math.abs(along - expected)).toBeLessThan(1e-7 * (1 + Math.abs(expected)));
      }),
      { numRuns: 150, seed: 99 },
    );
  });
});
