/**
 * Code is kept by structure: programs that differ in their data alone are generated once. Work is counted, not timed.
 */
import { describe, expect, it } from 'vitest';
import { bernoulliLogit, normal, poissonLog } from '#kernel/distributions/index';
import { compileModel, model } from '#kernel/model/index';
import { key, Stream } from '#kernel/numeric/random';
import { compile, Program } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { concatenate, matmul, scan, segmentSum } from '#kernel/program/functions';
import { generations } from '#kernel/program/generate/plan';
import { grad } from '#kernel/program/gradient';
import type { Graph } from '#kernel/program/node';
import type { Expr } from '#kernel/program/types';

/** What was generated and reused while `work` ran. */
function counted<T>(work: () => T): { value: T; generated: number; reused: number } {
  const before = generations();
  const value = work();
  const after = generations();
  return { value, generated: after.generated - before.generated, reused: after.reused - before.reused };
}

const numbers = (n: number, seed: number) => {
  const stream = new Stream(key(seed));
  return Float64Array.from({ length: n }, () => stream.normal());
};
const x = variable('x', [4]);

/** Programs of one structure on data of a seed: loops, products, gathers, scans, kernels, short and long constants. */
const programs: Record<string, (seed: number, n: number) => Expr[]> = {
  'a loop': (seed, n) => [
    x
      .at(0)
      .mul(constant(numbers(n, seed)))
      .exp()
      .sum(),
  ],
  'products of a matrix': (seed, n) => {
    const design = constant(numbers(n * 4, seed)).reshape(n, 4);
    return [matmul(design, x).softplus().sum(), matmul(design, x).tanh()];
  },
  'gathers and sums by group': (seed, n) => {
    const stream = new Stream(key(seed));
    const codes = Array.from({ length: n }, () => stream.integer(4));
    return [segmentSum(x.at(codes).mul(constant(numbers(n, seed))), codes, 4)];
  },
  'a scan': (seed, n) => [
    scan(
      (s: Expr, e: Expr) => s.mul(x.at(1)).add(e).tanh(),
      x.slice(0, 2),
      constant(numbers(2 * n, seed)).reshape(n, 2),
    ),
  ],
  'a table': (seed, n) => {
    const table = constant(numbers(n * 4, seed))
      .reshape(n, 4)
      .mul(x)
      .sub(constant(numbers(n, seed + 9)).reshape(n, 1));
    return [table.exp().sum(0), table.softplus().sum(1).log1p().sum()];
  },
  'a scan over codes': (seed, n) => {
    const stream = new Stream(key(seed));
    const codes = constant(Float64Array.from({ length: n }, () => stream.integer(4)));
    return [scan((s: Expr, code: Expr) => s.mul(0.5).add(x.at(code)).tanh(), 0, codes)];
  },
  'a kernel and its copies': (seed, n) => [
    concatenate([constant(numbers(n, seed)).mul(x.at(2)), x]).cumsum(),
    constant(numbers(n, seed)).reshape(n, 1).mul(x).max(1),
  ],
};

const graphOf = (outputs: readonly Expr[]) => {
  const total = outputs.map((output) => output.sum()).reduce((a, b) => a.add(b));
  return compile({ inputs: [{ name: 'x', shape: [4] }], outputs: [...outputs, ...grad(total, [x])] }).graph;
};

describe('programs of one structure', () => {
  for (const [name, make] of Object.entries(programs)) {
    for (const backEnd of ['webassembly', 'javascript'] as const) {
      it(`${name}, ${backEnd}: generated once, and on each data with the bits of the interpreter`, () => {
        const graphs = [1, 2, 3].map((seed) => graphOf(make(seed, 45)));
        new Program(graphs[0]!, backEnd);
        const { value, generated, reused } = counted(() => graphs.map((graph) => new Program(graph, backEnd)));
        expect({ generated, reused }).toEqual({ generated: 0, reused: 3 });
        const given = { x: Float64Array.of(0.3, -0.8, 1.1, 0.4) };
        const expected = graphs.map((graph) => new Program(graph, 'interpreter').run(given));
        // In turn, and twice: none of them writes into another's memory.
        for (let turn = 0; turn < 2; turn++) {
          value.forEach((program, i) => {
            expect(program.backEnd).toBe(backEnd);
            expect(program.run(given)).toEqual(expected[i]);
          });
        }
      });
    }
    it(`${name}: another length is another structure`, () => {
      const { generated } = counted(() => [52, 53].map((n) => new Program(graphOf(make(1, n)), 'javascript')));
      expect(generated).toBeGreaterThan(0);
    });
  }

  it('are told apart by short constants, which are written out', () => {
    const of = (value: number) => new Program(graphOf([x.mul(value).exp()]));
    of(2);
    expect(counted(() => of(3)).generated).toBe(1);
    const given = { x: Float64Array.of(1, 2, 3, 4) };
    expect(of(-0).run(given)[0]).toEqual(new Program(of(-0).graph, 'interpreter').run(given)[0]);
    expect(of(0).run(given)[1]).not.toEqual(of(-0).run(given)[1]); // 0 and −0
  });

  it('are told apart where codes of one lie outside', () => {
    const codes = variable('codes', [40]);
    const at = (last: number): Graph => {
      const { graph } = compile({
        inputs: [
          { name: 'x', shape: [4] },
          { name: 'codes', shape: [40] },
        ],
        outputs: [segmentSum(codes.exp(), constant(Float64Array.from({ length: 40 }, (_, i) => i % 4)), 4).add(x)],
      });
      // What `segmentSum` refuses a graph from elsewhere may hold.
      const nodes = graph.nodes.map((node) => {
        const { value } = node.attributes;
        return value?.length === 40 ? { ...node, attributes: { value: value.with(39, last) } } : node;
      });
      return { ...graph, nodes };
    };
    const given = { x: new Float64Array(4), codes: numbers(40, 1) };
    for (const last of [3, 7, -1, 0.5]) {
      const expected = new Program(at(last), 'interpreter').run(given);
      expect(new Program(at(last)).run(given)).toEqual(expected);
    }
  });

  it('are told apart where codes of one come in runs', () => {
    const at = (codes: readonly number[]) => graphOf([segmentSum(x.at(codes).exp(), codes, 4)]);
    const sorted = Array.from({ length: 60 }, (_, i) => Math.floor(i / 15));
    const turns = Array.from({ length: 60 }, (_, i) => i % 4);
    const given = { x: Float64Array.of(0.3, -0.8, 1.1, 0.4) };
    for (const codes of [sorted, turns, sorted.toReversed()]) {
      expect(new Program(at(codes)).run(given)).toEqual(new Program(at(codes), 'interpreter').run(given));
    }
  });

  it('share no code where two constants are parts of one array', () => {
    const shared = numbers(80, 4);
    const parts = (offset: number) =>
      graphOf([
        x
          .at(0)
          .mul(constant(shared.subarray(0, 40)))
          .exp(),
        x.at(1).mul(constant(shared.subarray(offset, offset + 40))),
      ]);
    const given = { x: Float64Array.of(0.3, -0.8, 1.1, 0.4) };
    for (const offset of [40, 20]) {
      const graph = parts(offset);
      expect(new Program(graph, 'webassembly').run(given)).toEqual(new Program(graph, 'interpreter').run(given));
    }
  });
});

describe('a model on other data', () => {
  const n = 60;
  const told = (seed: number) => {
    const stream = new Stream(key(seed));
    return {
      z: Array.from({ length: n }, () => stream.normal()),
      y: Array.from({ length: n }, () => stream.integer(2)),
      k: Array.from({ length: n }, () => stream.integer(9)),
      w: Array.from({ length: n }, () => stream.normal()),
    };
  };
  const both = model()
    .data(told(1))
    .parameters({ a: normal(0, 1), b: normal(0, 1), s: normal(0, 1) })
    .observe(({ a, b, s, z }) => ({
      y: bernoulliLogit(a.add(b.mul(z))),
      k: poissonLog(a.sub(b.mul(z))),
      w: normal(a.add(b.mul(z)), s.exp()),
    }));
  const density = (seed: number) => compileModel(both.with(told(seed))).density({ prior: true, jacobian: true });

  it('is not generated again: value and gradient, also of a least-squares likelihood', () => {
    const at = Float64Array.of(0.2, -0.4, 0.1);
    const gradient = new Float64Array(3);
    density(2).valueAndGradient(at, gradient);
    for (const seed of [3, 4, 5]) {
      const { value, generated, reused } = counted(() => density(seed));
      expect({ generated, reused }).toEqual({ generated: 0, reused: 1 });
      const found = value.valueAndGradient(at, gradient);
      const [expected, slopes] = new Program(value.graph!, 'interpreter').run({ position: at });
      expect(found).toBe(expected![0]);
      expect(gradient).toEqual(slopes);
    }
  });

  it('with a few codes: which element belongs to which is not mixed up', () => {
    const few = model()
      .data({ g: [0, 0, 1, 1, 2, 0], v: [1, 2, 3, 4, 5, 6] })
      .parameters({ m: normal(0, 1).size(3) })
      .observe(({ m, g }) => ({ v: normal(m.at(g), 1) }));
    for (const g of [
      [0, 0, 1, 1, 2, 0],
      [2, 1, 0, 0, 1, 2],
      [1, 1, 1, 1, 1, 1],
    ]) {
      const { graph } = compileModel(few.with({ g })).density({ prior: true, jacobian: true });
      const given = { position: Float64Array.of(0.2, -0.4, 0.1) };
      expect(new Program(graph!).run(given)).toEqual(new Program(graph!, 'interpreter').run(given));
    }
  });

  it('keeps the programs of earlier data as they are', () => {
    const at = Float64Array.of(0.2, -0.4, 0.1);
    const first = density(6);
    const before = first.value(at);
    density(7).value(at);
    expect(first.value(at)).toBe(before);
  });
});

describe('a program larger than memory', () => {
  it('says how large it is and which array is the largest, and the next program runs', () => {
    const n = 2 ** 40;
    const large = variable('weights', [n]);
    expect(() => compile({ inputs: [{ name: 'weights', shape: [n] }], outputs: [large.exp().sum()] })).toThrow(
      /no memory for its arrays, 1\.64e\+4 GiB in all, the largest of shape \[1099511627776\] \(weights\); sum the terms/,
    );
    const next = compile({ inputs: [{ name: 'x', shape: [4] }], outputs: [x.sum()] });
    expect(next.run({ x: Float64Array.of(1, 2, 3, 4) })[0]).toEqual(Float64Array.of(10));
  });
});
