import { describe, expect, it } from 'vitest';
import { substitute } from '#kernel/model/substitute';
import { asExpression, compile, constant, type Expr, named, scan, variable } from '#kernel/program/index';

const a = variable('a', []) as Expr;
const b = variable('b', [3]) as Expr;
const parameters = [
  { name: 'a', shape: [] },
  { name: 'b', shape: [3] },
];
const position = variable('position', [4]) as Expr;
const values = [position.at(0).exp(), position.slice(1)];
const run = (expressions: readonly Expr[], at: number[]) =>
  compile({ inputs: [{ name: 'position', shape: [4] }], outputs: expressions }).run({
    position: Float64Array.from(at),
  });

describe('substitution', () => {
  it('puts values in the place of variables', () => {
    const [sum, product] = substitute([b.add(a), b.mul(a).sum()], parameters, values);
    expect(run([sum!, product!], [0, 1, 2, 3])).toEqual([Float64Array.of(2, 3, 4), Float64Array.of(6)]);
  });

  it('leaves constants and a variable itself in place', () => {
    const [same, known] = substitute([b, constant([1, 2])], parameters, values);
    expect(run([same!, known!], [0, 1, 2, 3])).toEqual([Float64Array.of(1, 2, 3), Float64Array.of(1, 2)]);
  });

  it('reaches into recurrences', () => {
    const walked = scan((before, step) => before.mul(a).add(step), constant(0) as Expr, b);
    const [replaced] = substitute([walked], parameters, values);
    expect(run([replaced!], [0, 1, 2, 3])).toEqual([Float64Array.of(1, 3, 6)]);
    expect(run([replaced!], [Math.LN2, 1, 2, 3])[0]![2]).toBeCloseTo(11, 12);
  });

  it('makes equal subexpressions one node, also across expressions', () => {
    const [first, second] = substitute([a.sub(1).exp(), a.sub(1).exp().mul(2)], parameters, values);
    const node = (expression: Expr) => asExpression(expression).node;
    expect(node(second!).inputs).toContain(node(first!));
  });

  it('keeps names, for messages', () => {
    const [theta] = substitute([named(b.add(a), 'theta')], parameters, values);
    expect(asExpression(theta!).node.name).toBe('theta');
  });

  it('refuses a variable that is no parameter', () => {
    expect(() => substitute([variable('other', []) as Expr], parameters, values)).toThrow("input 'other'");
  });
});
