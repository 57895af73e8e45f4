/**
 * Loops and products as WebAssembly, as JavaScript and interpreted: the same bits at every length.
 */
import { describe, expect, it } from 'vitest';
import { compile, Program } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { concatenate, matmul, scan, segmentSum, where } from '#kernel/program/functions';
import { generate } from '#kernel/program/generate/javascript';
import { Assembler } from '#kernel/program/generate/webassembly/assembler';
import { gainsFromWebAssembly } from '#kernel/program/generate/webassembly/plan';
import { grad } from '#kernel/program/gradient';
import type { Expr } from '#kernel/program/types';

const wave = (n: number, phase = 0) => Float64Array.from({ length: n }, (_, i) => Math.sin(1.3 * i + phase));

/** Runs on all three back ends and compares. @returns the values */
function agree(outputs: Expr[], sizes: Record<string, number>): Float64Array[] {
  const inputs = Object.entries(sizes).map(([name, n]) => ({ name, shape: [n] }));
  const { graph } = compile({ inputs, outputs });
  const given = Object.fromEntries(inputs.map(({ name }, i) => [name, wave(sizes[name]!, i)]));
  const expected = new Program(graph, 'interpreter').run(given);
  expect(new Program(graph, 'javascript').run(given)).toEqual(expected);
  const assembled = new Program(graph, 'webassembly');
  expect(assembled.backEnd).toBe('webassembly');
  expect(assembled.run(given)).toEqual(expected);
  expect(assembled.run(given)).toEqual(expected); // nothing is left over from the run before
  return expected;
}

const lengths = [32, 33, 34, 35, 36, 37, 63, 64, 65, 66, 67, 101];

describe('a loop has the same bits on every back end', () => {
  it.each(lengths)('%i elements: values, and sums that end them', (n) => {
    const x = variable('x', [n]);
    const y = x
      .mul(1.7)
      .exp()
      .sub(constant(wave(n, 4)));
    const [, , total] = agree([y, y.sigmoid().log(), y.sum(), where(y.gt(0), y, x).sum().mul(y.square().sum())], {
      x: n,
    });
    const partials = [0, 0, 0, 0];
    wave(n).forEach((v, i) => {
      partials[i % 4]! += Math.exp(1.7 * v) - Math.sin(1.3 * i + 4);
    });
    expect(total![0]).toBeCloseTo(partials[0]! + partials[2]! + (partials[1]! + partials[3]!), 12);
  });
  it.each(lengths)('%i elements gathered, and added up where they came from', (n) => {
    const x = variable('x', [7]);
    const codes = Array.from({ length: n }, (_, i) => (i * i) % 7);
    const y = x.at(codes).mul(constant(wave(n, 1)));
    agree([y.exp(), segmentSum(y.tanh(), codes, 7), ...grad(y.square().sum(), [x])], { x: 7 });
  });
  it.each(lengths)('%i elements added up by sorted groups, in runs of any length', (n) => {
    const x = variable('x', [7]);
    const y = x.at(Array.from({ length: n }, (_, i) => i % 7)).mul(constant(wave(n, 1)));
    const groups = [
      Array.from({ length: n }, (_, i) => Math.floor((7 * i) / n)), // sorted
      Array.from({ length: n }, (_, i) => (Math.floor(i / 9) * 3) % 7), // in runs, not sorted
      Array.from({ length: n }, () => 4), // one group
      Array.from({ length: n }, (_, i) => (i < n - 1 ? 6 : 0)), // the last alone
    ];
    const sums = groups.map((codes) => segmentSum(y.tanh(), codes, 7));
    agree([...sums, ...grad(sums.reduce((a, b) => a.mul(b)).sum(), [x])], { x: 7 });
  });
  it('with rows of a scan, whose place in memory moves', () => {
    const x = variable('x', [40]);
    const rows = constant(wave(40 * 5, 2)).reshape(5, 40);
    const states = scan((s: Expr, row: Expr) => s.mul(0.5).add(row).tanh(), x, rows);
    agree([states, ...grad(states.square().sum(), [x])], { x: 40 });
  });
  describe.each([
    [3, 11],
    [5, 8],
    [8, 5],
    [17, 4],
    [33, 3],
    [40, 1],
    [2, 2, 9],
    [3, 5, 7],
  ])('over %i × %i × …', (...shape) => {
    const size = shape.reduce((product, n) => product * n, 1);
    const [first, last] = [shape[0]!, shape.at(-1)!];
    const x = variable('x', [last]);
    const y = variable('y', [first]);
    const numbers = constant(wave(size, 2)).reshape(...shape);
    const column = y.reshape(first, ...shape.slice(1).map(() => 1));
    const table = numbers.mul(x).sub(column).exp();
    it('repeated along rows and columns, and summed along each', () => {
      const sums = shape.map((_, axis) => table.sum(axis));
      const total = sums.map((sum) => sum.add(1).log().sum()).reduce((a, b) => a.add(b));
      agree([table, ...sums, table.softplus().sum(), total, ...grad(total, [x, y])], { x: last, y: first });
    });
    it('as WebAssembly, without a loop of JavaScript', () => {
      const { graph } = compile({
        inputs: [
          { name: 'x', shape: [last] },
          { name: 'y', shape: [first] },
        ],
        outputs: [table.sum(0)],
      });
      const { text } = generate(graph, Assembler.open(1e6));
      expect(text).toMatch(/\bw0\(/);
      expect(text).not.toMatch(/for \(/);
    });
  });
  it.each([
    ['few elements and cheap operations stays JavaScript', 20, false],
    ['many elements becomes WebAssembly whatever it does', 600, true],
  ])('over several dimensions of %s', (_, rows, assembled) => {
    const x = variable('x', [8]);
    const cheap = constant(wave(rows)).reshape(rows, 1).sub(x).square().sum(0);
    const { text } = generate(
      compile({ inputs: [{ name: 'x', shape: [8] }], outputs: [cheap] }).graph,
      Assembler.open(1e6),
    );
    expect(/\bw0\(/.test(text)).toBe(assembled);
    agree([cheap, constant(wave(40)).mul(x.sum()).exp()], { x: 8 });
  });
  it('over many rows stays JavaScript, where positions would take more memory than numbers', () => {
    const x = variable('x', [1000]);
    const long = constant(wave(300)).reshape(300, 1).mul(x).sum(0);
    const { graph } = compile({ inputs: [{ name: 'x', shape: [1000] }], outputs: [long] });
    const { text } = generate(graph, Assembler.open(1e8));
    expect(text).toMatch(/for \(/);
    agree([long], { x: 1000 });
  });
  it('with pieces of arrays, and pieces that are written where they belong', () => {
    const x = variable('x', [50]);
    const tail = x.slice(9).exp();
    agree([concatenate([tail, x.slice(0, 35).mul(2)]).sum(), tail, x.slice(3, 45).add(tail.at(2)).sum()], { x: 50 });
  });
  it('with numbers that are NaN, infinite or −0 in the text', () => {
    const x = variable('x', [40]);
    agree([x.mul(-0), x.add(Infinity), x.maximum(Number.NaN), x.mul(-Infinity).exp(), x.minimum(-0)], { x: 40 });
  });
});

describe('a product of a matrix and a vector has the same bits on every back end', () => {
  const sizes = [1, 2, 3, 4, 5, 25, 26, 27, 33, 64, 71];
  it.each(sizes.flatMap((m) => sizes.map((k) => [m, k] as const)).filter(([m, k]) => m * k >= 64))(
    '%i × %i, and its transpose',
    (m, k) => {
      const matrix = constant(wave(m * k, 1)).reshape(m, k);
      const [right, left] = [variable('right', [k]), variable('left', [m])];
      const product = matmul(matrix, right);
      agree([product, matmul(left, matrix), ...grad(product.tanh().sum(), [right])], { right: k, left: m });
    },
  );
  it('of a matrix that is not constant', () => {
    const x = variable('x', [120]);
    const product = matmul(x.reshape(12, 10), constant(wave(10, 3)));
    agree([product, ...grad(product.square().sum(), [x])], { x: 120 });
  });
});

describe('which back end a program gets', () => {
  const x = variable('x', [100]);
  const inputs = [{ name: 'x', shape: [100] }];
  const graphOf = (output: Expr) => compile({ inputs, outputs: [output] }).graph;
  it('is WebAssembly for a long loop or product, also inside a scan', () => {
    expect(gainsFromWebAssembly(graphOf(x.exp()))).toBe(true);
    expect(gainsFromWebAssembly(graphOf(matmul(x.reshape(20, 5), [1, 2, 3, 4, 5]).at(0)))).toBe(true);
    const rows = scan((s: Expr, e: Expr) => s.mul(e), constant(wave(40)), x.slice(0, 3));
    expect(gainsFromWebAssembly(graphOf(rows.at(-1)))).toBe(true);
  });
  it('is JavaScript for what is short', () => {
    expect(gainsFromWebAssembly(graphOf(x.slice(0, 31).exp()))).toBe(false);
    const short = scan((s: Expr, e: Expr) => s.mul(e).add(1), 0, x.slice(0, 15));
    expect(gainsFromWebAssembly(graphOf(short))).toBe(false);
  });
  it('is JavaScript, with the same bits, where there is no memory to share', () => {
    expect(Assembler.open(2 ** 40)).toBeUndefined();
    const assembler = Assembler.open(0)!;
    assembler.allocate(2 ** 13); // one page, and it is full
    const { text } = generate(graphOf(x.exp().sum()), assembler);
    expect(text).toMatch(/for \(/);
    expect(text).not.toMatch(/\bw0\(/);
  });
});
