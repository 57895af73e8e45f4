/**
 * Elementwise operations on two lanes against the functions of numbers, bit for bit, at the edges and in between.
 */
import { describe, expect, it } from 'vitest';
import { key, Stream } from '#kernel/numeric/random';
import { compile, Program } from '#kernel/program/compile';
import { apply, variable } from '#kernel/program/expression';
import { formOf } from '#kernel/program/generate/webassembly/elementwise';
import { operationOf, operations } from '#kernel/program/operations/registry';

const largest = Number.MAX_VALUE;
const edges = [
  ...[0, 1, 0.5, 1e-300, 1e-20, 5e-324, 2.2250738585072014e-308, 1e-17, 1e-9, 1e17, 2 ** 53, largest, Infinity],
  ...[709.78, 709.782712893384, 709.79, 745.13, 745.1332191019412, 745.14, 708.4, 22, 40, 0.34657359027997264],
  ...[0.2928932188134524, 0.41421356237309503, Math.SQRT2, Math.SQRT1_2, Math.E, 2.5, 1.5, 3.5, 1022, 1e308],
].flatMap((x) => [x, -x]);
const stream = new Stream(key(5));
const spread = Array.from({ length: 4000 }, () => stream.normal() * 10 ** (6 * stream.uniform() - 4));
const tiny = Array.from({ length: 500 }, () => stream.normal() * 2 ** (-1074 + 60 * stream.uniform()));
const powers = Array.from({ length: 2100 }, (_, i) => 1.37 * 2 ** (i - 1075));
/** Positive neighbours, so that both lanes take the usual way: where formulas of lgamma, erf, Φ, atan … hand over, and in between. */
const handovers = [
  ...[
    0.3125, 0.4375, 0.5, 0.6875, 0.7, 0.75, 0.25, 1, 1.1875, 1.4616321449683622, 1.4116, 1.5116, 1.5, 2.4375, 2.5, 8,
    10, 28, 40,
  ],
  ...[Math.PI / 4, Math.PI / 2, Math.PI, 3 * Math.PI, 100 * Math.PI, 1e6, 2 ** 28, 5.9, 37.5],
].flatMap((x) => [x * (1 - 2 ** -52), x * (1 - 2 ** -53), x, x * (1 + 2 ** -52), x + 0.01, x - 0.01]);
const usual = Array.from({ length: 3000 }, (_, i) => stream.uniform() * [1, 3, 12, 100][i % 4]!);
const values = Float64Array.from([
  ...[Number.NaN, ...edges, ...spread, ...tiny, ...powers, ...powers.map((x) => -x)],
  ...[...handovers, ...usual, ...usual.toSorted((a, b) => a - b), ...handovers.map((x) => -x)],
]);

/** One operand after the other in another order, so that every edge meets every other. */
function operandsOf(arity: number): Float64Array[] {
  if (arity === 1) return [values];
  const special = [Number.NaN, ...edges];
  const pairs = special.flatMap((a) => special.map((b) => [a, b] as const));
  const both = [...pairs, ...Array.from(values, (x, i) => [x, values[(7 * i + 3) % values.length]!] as const)];
  for (const x of usual) both.push([x, 40 * stream.uniform() - 20], [1e-3 * x, stream.integer(9) - 4]);
  const [a, b] = [0, 1].map((k) => Float64Array.from(both, (pair) => pair[k]!));
  return arity === 2 ? [a!, b!] : [a!.map((x) => (x > 0 ? 1 : x)), a!, b!];
}

const elementwise = Object.keys(operations).filter((name) => operationOf(name).elementwise !== undefined);

describe('an elementwise operation has the bits of its function of numbers', () => {
  it.each(elementwise.filter((name) => formOf(name)))('%s', (name) => {
    const { arity, elementwise } = operationOf(name);
    const given = operandsOf(arity);
    const size = given[0]!.length;
    const inputs = given.map((_, i) => ({ name: `x${i}`, shape: [size] }));
    const output = apply(
      name,
      inputs.map(({ name, shape }) => variable(name, shape)),
    );
    const program = new Program(compile({ inputs, outputs: [output] }).graph, 'webassembly');
    expect(program.backEnd).toBe('webassembly');
    const found = program.run(Object.fromEntries(given.map((x, i) => [`x${i}`, x])))[0]!;
    for (let i = 0; i < size; i++) {
      const expected = elementwise!.scalar(given[0]![i]!, given[1]?.[i] ?? 0, given[2]?.[i] ?? 0);
      if (!Object.is(found[i], expected)) {
        expect(`${name}(${given.map((x) => x[i])}) = ${found[i]}`).toBe(`${name} = ${expected}`);
      }
    }
  });
  it.each([0, -0, 2.5, -1, Infinity, -Infinity])('the larger and the smaller of a value and %d', (bound) => {
    const size = values.length;
    const x = variable('x', [size]);
    const outputs = ['minimum', 'maximum'].flatMap((name) => [apply(name, [x, bound]), apply(name, [bound, x])]);
    const { graph } = compile({ inputs: [{ name: 'x', shape: [size] }], outputs });
    const found = new Program(graph, 'webassembly').run({ x: values });
    expect(found).toEqual(new Program(graph, 'interpreter').run({ x: values }));
  });
  it('also where it is called lane by lane', () => {
    const x = variable('x', [101]);
    const at = Float64Array.from({ length: 101 }, (_, i) => 0.3 + i / 7);
    const outputs = [apply('besselI0', [x]), apply('gammaLower', [x, x.add(1)]), apply('mod', [x, 0.7]).sum()];
    const program = compile({ inputs: [{ name: 'x', shape: [101] }], outputs });
    expect(program.backEnd).toBe('webassembly');
    expect(program.run({ x: at })).toEqual(new Program(program.graph, 'interpreter').run({ x: at }));
  });
});
