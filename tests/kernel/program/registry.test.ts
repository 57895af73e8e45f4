import { describe, expect, it } from 'vitest';
import { type OperationName, operationOf, operations } from '#kernel/program/operations/registry';
import { cases } from './cases.ts';

const names = Object.keys(operations) as OperationName[];
const edges = [0, -0, 1, -1, 0.5, -2.5, 3, 1e-300, -1e300, 5e-324, Infinity, -Infinity, Number.NaN, 700.5, -745.2];

describe('every operation of the registry', () => {
  it('has tests of its derivative: the list of cases is the list of operations', () => {
    expect(Object.keys(cases).sort()).toEqual([...names].sort());
  });
  for (const name of names) {
    const operation = operationOf(name);
    it(`${name} says what it computes, in one line`, () => {
      expect(operation.documentation.length).toBeGreaterThan(1);
      expect(operation.documentation).not.toMatch(/\n/);
    });
    const { elementwise } = operation;
    if (!elementwise?.javascript) continue;
    it(`${name}: generated text and function have the same bits at the edges`, () => {
      const generated = new Function('a', 'b', 'c', `return ${elementwise.javascript!('a', 'b', 'c')};`);
      for (const a of edges) {
        for (const b of operation.arity > 1 ? edges : [0]) {
          for (const c of operation.arity > 2 ? [2, Number.NaN] : [0]) {
            expect(generated(a, b, c), `${name}(${a}, ${b}, ${c})`).toBe(elementwise.scalar(a, b, c));
          }
        }
      }
    });
  }
  it('is found by its own name only: nothing inherited', () => {
    expect(() => operationOf('toString')).toThrow(/unknown operation 'toString'/);
    expect(() => operationOf('__proto__')).toThrow(/another version/);
  });
});

describe('edges of elementwise operations', () => {
  const at = (name: OperationName, ...x: number[]) =>
    operationOf(name).elementwise!.scalar(x[0]!, x[1] ?? 0, x[2] ?? 0);
  const figures: [OperationName, number[], number][] = [
    ['pow', [0, 0], 1],
    ['pow', [-8, 1 / 3], Number.NaN],
    ['pow', [-2, 3], -8],
    ['mod', [-5.5, 2], -1.5],
    ['minimum', [Number.NaN, 1], Number.NaN],
    ['maximum', [1, Number.NaN], Number.NaN],
    ['where', [Number.NaN, 1, 2], 1],
    ['where', [0, Number.NaN, 2], 2],
    ['chain', [0, Infinity], 0],
    ['chain', [0, Number.NaN], 0],
    ['chain', [2, Infinity], Infinity],
    ['logAddExp', [-Infinity, -Infinity], -Infinity],
    ['logAddExp', [Infinity, Infinity], Infinity],
    ['logAddExp', [-Infinity, 3], 3],
    ['logAddExp', [1000, 1000], 1000 + Math.LN2],
    ['round', [2.5], 2],
    ['round', [3.5], 4],
    ['round', [-2.5], -2],
    ['round', [0.49999999999999994], 0],
    ['round', [2 ** 53 + 2], 2 ** 53 + 2],
    ['round', [-Infinity], -Infinity],
    ['eq', [Number.NaN, Number.NaN], 0],
    ['ne', [Number.NaN, Number.NaN], 1],
    ['softplus', [800], 800],
    ['softplus', [-800], 0],
    ['sigmoid', [-800], 0],
    ['logit', [1], Infinity],
    ['normalLogCdf', [-40], -804.6084420137539], // scipy 1.17.1: scipy.special.log_ndtr(-40)
    ['erfc', [10], 2.0884875837625446e-45], // scipy 1.17.1: scipy.special.erfc(10)
  ];
  for (const [name, x, expected] of figures) {
    it(`${name}(${x.join(', ')}) is ${expected}`, () => {
      const found = at(name, ...x);
      if (Number.isFinite(expected)) {
        expect(Math.abs(found - expected)).toBeLessThanOrEqual(Math.max(1e-14 * Math.abs(expected), 5e-324));
      } else expect(found).toBe(expected);
    });
  }
});
