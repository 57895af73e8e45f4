import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { compile, compileLogDensity, Program } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { scan, segmentSum, where } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { cholesky } from '#kernel/program/matrices';

const inputs = [{ name: 'x', shape: [20] }];
const x = variable('x', [20]);
const at = Float64Array.from({ length: 20 }, (_, i) => Math.sin(i + 1));

/** Something of everything: loops, gathers, a scan, a factor, a selection. */
function varied() {
  const y = constant(Float64Array.from({ length: 20 }, (_, i) => i / 10));
  const codes = Int32Array.from({ length: 20 }, (_, i) => (i * 7) % 5);
  const smooth = scan((state, e) => state.mul(0.5).add(e).tanh(), x.at(0), x);
  const groups = segmentSum(x.mul(y), codes, 5);
  const kernel = x.reshape(20, 1).sub(x.reshape(1, 20)).square().neg().exp();
  const factor = cholesky(
    kernel.add(Array.from({ length: 20 }, (_, i) => Array.from({ length: 20 }, (_, j) => (i === j ? 2 : 0)))),
  );
  return where(x.gt(0), x.log(), smooth).sum().add(groups.at(codes).square().sum()).add(factor.at(3).sum());
}

describe('a program', () => {
  const value = varied();
  const program = compile({ inputs, outputs: [value, ...grad(value, [x])] });

  it('is closed data: a structured clone gives the same bits, on every back end', () => {
    const expected = program.run({ x: at });
    const graph = structuredClone(program.graph);
    expect(new Program(graph).run({ x: at })).toEqual(expected);
    expect(new Program(graph, 'javascript').run({ x: at })).toEqual(expected);
    expect(new Program(graph, 'interpreter').run({ x: at })).toEqual(expected);
  });
  it('runs its long loops as WebAssembly, where it has any', () => {
    expect(program.backEnd).toBe('webassembly');
    expect(compile({ inputs, outputs: [x.at(0).exp()] }).backEnd).toBe('javascript');
  });
  it('runs by the interpreter, with the same bits, where code from text is forbidden', () => {
    const script = `
      import { compile, variable } from '#kernel/program/index';
      const x = variable('x', [20]);
      const program = compile({ inputs: [{ name: 'x', shape: [20] }], outputs: [x.exp().mul(x.at(3)).sum()] });
      const [value] = program.run({ x: Float64Array.from({ length: 20 }, (_, i) => i / 7) });
      process.stdout.write(JSON.stringify([program.backEnd, value[0]]));`;
    const out = execFileSync(
      process.execPath,
      ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script],
      { encoding: 'utf8' },
    );
    const own = compile({ inputs, outputs: [x.exp().mul(x.at(3)).sum()] });
    const expected = own.run({ x: Float64Array.from({ length: 20 }, (_, i) => i / 7) })[0]![0];
    expect(JSON.parse(out)).toEqual(['interpreter', expected]);
  });
  it('writes the same memory each run', () => {
    const before = program.outputBuffers.map((buffer) => buffer);
    program.execute();
    expect(program.outputBuffers.every((buffer, i) => buffer === before[i])).toBe(true);
  });
  it('gives results that a later run does not touch', () => {
    const [first] = program.run({ x: at });
    const copy = first!.slice();
    program.run({ x: at.map((v) => v / 2) });
    expect(first).toEqual(copy);
  });
  it('finds common subexpressions: equal work is one node', () => {
    const twice = compile({
      inputs,
      outputs: [x.exp().sum(), x.exp().sum(), x.add([...at]).sum(), x.add([...at]).sum()],
    });
    expect(twice.graph.nodes.filter(({ operation }) => operation === 'exp')).toHaveLength(1);
    expect(twice.graph.nodes.filter(({ operation }) => operation === 'constant')).toHaveLength(1);
    expect(twice.graph.outputs[0]).toBe(twice.graph.outputs[1]);
    expect(twice.graph.outputs[2]).toBe(twice.graph.outputs[3]);
  });
  it('tells 0 from −0 among constants', () => {
    const signs = compile({
      inputs,
      outputs: [constant(1).div(x.mul(0).sum().mul(0).add(0)), x.at(0).mul(-0), x.at(0).mul(0)],
    });
    expect(signs.run({ x: at.map(() => 1) }).map(([v]) => v)).toEqual([Infinity, -0, 0]);
  });
  it('may give back inputs and constants', () => {
    const own = compile({ inputs, outputs: [x, constant([1, 2]), x.slice(2, 4)] });
    expect(own.run({ x: at })).toEqual([at, Float64Array.of(1, 2), at.slice(2, 4)]);
  });
  it('is deeper than a call stack where it must be', () => {
    let sum = x.at(0);
    for (let i = 0; i < 20_000; i++) sum = sum.mul(0.5).sin();
    expect(compile({ inputs, outputs: [sum] }).run({ x: at })[0]!.length).toBe(1);
  });
});

describe('what a program refuses', () => {
  it('an input that is missing or of another length', () => {
    const own = compile({ inputs, outputs: [x.sum()] });
    expect(() => own.run({})).toThrow(/input 'x': expected 20 numbers \(shape \[20\]\), got nothing/);
    expect(() => own.run({ x: new Float64Array(3) })).toThrow(/got 3/);
  });
  it('an output that reads what is not declared', () => {
    expect(() => compile({ inputs, outputs: [x.add(variable('z', []))] })).toThrow(
      /input 'z'.*\('x'\); add it to inputs/,
    );
    expect(() => compile({ inputs: [{ name: 'x', shape: [3] }], outputs: [x] })).toThrow(
      /declared with shape \[3\] and used with shape \[20\]/,
    );
  });
  it('a graph of operations it does not know', () => {
    const graph = structuredClone(compile({ inputs, outputs: [x.exp()] }).graph);
    const nodes = graph.nodes.map((node) => (node.operation === 'exp' ? { ...node, operation: 'constructor' } : node));
    expect(() => new Program({ ...graph, nodes })).toThrow(/unknown operation 'constructor'/);
  });
});

describe('a log density', () => {
  it('gives value and gradient of a normal', () => {
    const density = compileLogDensity({ position: x, value: x.square().sum().mul(-0.5) });
    const gradient = new Float64Array(20);
    expect(density.dimension).toBe(20);
    expect(density.valueAndGradient(at, gradient)).toBe(density.value(at));
    expect(gradient).toEqual(at.map((v) => -v));
  });
  it('is NaN or −∞ outside the support, never a throw', () => {
    const density = compileLogDensity({ position: x, value: x.log().sum() });
    const gradient = new Float64Array(20);
    expect(density.valueAndGradient(at, gradient)).toBeNaN();
    expect(density.value(new Float64Array(20))).toBe(-Infinity);
  });
  it('refuses a value that is not a scalar, and a position that is not a vector', () => {
    expect(() => compileLogDensity({ position: x, value: x })).toThrow(/must be a scalar, got shape \[20\]/);
    expect(() => compileLogDensity({ position: x.mul(2), value: x.sum() })).toThrow(/variable of shape \[d\]/);
    const density = compileLogDensity({ position: x, value: x.sum() });
    expect(() => density.value(new Float64Array(2))).toThrow(/position of 20 numbers, got 2/);
  });
  it('of constants has gradient 0', () => {
    const gradient = new Float64Array(20).fill(1);
    const density = compileLogDensity({ position: x, value: constant(3) as never });
    expect(density.valueAndGradient(at, gradient)).toBe(3);
    expect(gradient.every((g) => g === 0)).toBe(true);
  });
});
