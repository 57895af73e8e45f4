/**
 * The unrolled trajectory against a plain recursion, written for reading: same momenta, same uniforms in the same
 * order, arrays allocated at every turn. Betancourt 2017, appendix A; Stan's checks across subtrees.
 */
import { describe, expect, it } from 'vitest';
import { nuts } from '#kernel/estimate/nuts/nuts';
import { foldIn, key, Stream } from '#kernel/numeric/random';
import type { LogDensity } from '#kernel/program/types';
import { correlated, density, funnelCentred, logGamma, normals } from './densities.ts';

interface Point {
  q: number[];
  p: number[];
  g: number[];
  logDensity: number;
}

/** Points in the order of computation, first to last, and the sum of their momenta. */
interface Tree {
  first: Point;
  last: Point;
  rho: number[];
}

const plus = (a: number[], b: number[]) => a.map((x, i) => x + b[i]!);

function oracle(
  target: LogDensity,
  seed: number,
  q0: number[],
  stepSize: number,
  variance: number[],
  maxDepth: number,
) {
  const stream = new Stream(key(seed));
  const evaluate = (q: number[]) => {
    const gradient = new Float64Array(q.length);
    const logDensity = target.valueAndGradient(Float64Array.from(q), gradient);
    return { g: [...gradient], logDensity };
  };
  const energy = ({ p, logDensity }: Point) => 0.5 * p.reduce((s, x, i) => s + x * (variance[i]! * x), 0) - logDensity;
  const leapfrog = ({ q, p, g }: Point, epsilon: number): Point => {
    const half = p.map((x, i) => x + 0.5 * epsilon * g[i]!);
    const moved = q.map((x, i) => x + epsilon * (variance[i]! * half[i]!));
    const there = evaluate(moved);
    return { q: moved, p: half.map((x, i) => x + 0.5 * epsilon * there.g[i]!), ...there };
  };
  const goesOn = (a: Point, b: Point, rho: number[]) =>
    [a, b].every(({ p }) => p.reduce((s, x, i) => s + variance[i]! * x * rho[i]!, 0) > 0);
  const joined = (left: Tree, right: Tree): Tree | undefined => {
    const rho = plus(left.rho, right.rho);
    const straight =
      goesOn(left.first, right.last, rho) &&
      goesOn(left.first, right.first, plus(left.rho, right.first.p)) &&
      goesOn(left.last, right.last, plus(right.rho, left.last.p));
    return straight ? { first: left.first, last: right.last, rho } : undefined;
  };

  const start: Point = { q: q0, p: variance.map((s) => stream.normal() / Math.sqrt(s)), ...evaluate(q0) };
  const energy0 = energy(start);
  let leapfrogs = 0;
  let ending = 'deepest tree';
  let acceptance = 0;
  let weight = 0; // of the subtree under way
  let leaf = 0;
  let proposal = start;

  function build(from: Point, depth: number, epsilon: number): Tree | undefined {
    if (depth === 0) {
      const point = leapfrog(from, epsilon);
      leapfrogs++;
      const gain = energy0 - energy(point);
      if (!(gain >= -1000)) {
        ending = 'diverging';
        return undefined;
      }
      acceptance += Math.min(1, Math.exp(gain));
      weight += Math.exp(gain);
      if (leaf++ === 0 || stream.uniform() * weight < Math.exp(gain)) proposal = point;
      return { first: point, last: point, rho: point.p };
    }
    const left = build(from, depth - 1, epsilon);
    const right = left && build(left.last, depth - 1, epsilon);
    if (!(left && right)) return undefined;
    const tree = joined(left, right);
    if (!tree) ending = 'turning';
    return tree;
  }

  let draw = start;
  let total = 1;
  let depth = 0;
  let edges: [Point, Point] = [start, start]; // backward, forward
  let rho = start.p;
  while (depth < maxDepth) {
    const forward = stream.uniform() > 0.5;
    weight = 0;
    leaf = 0;
    const [far, near] = forward ? edges : [edges[1], edges[0]];
    const tree = build(near, depth, forward ? stepSize : -stepSize);
    if (!tree) break;
    depth++;
    if (stream.uniform() * total < weight) draw = proposal;
    total += weight;
    const whole = joined({ first: far, last: near, rho }, tree);
    edges = forward ? [edges[0], tree.last] : [tree.last, edges[1]];
    rho = plus(rho, tree.rho);
    if (!whole) {
      ending = 'turning';
      break;
    }
  }
  return { position: draw.q, leapfrogs, depth, ending, acceptance: acceptance / leapfrogs };
}

const banana = density(2, (q, g) => {
  const bend = q[1]! - q[0]! ** 2;
  g[0] = -q[0]! + 20 * bend * q[0]!;
  g[1] = -10 * bend;
  return -0.5 * q[0]! ** 2 - 5 * bend ** 2;
});

const targets: Record<string, { target: LogDensity; q: number[]; variance: number[] }> = {
  'one normal': { target: normals([0], [1]), q: [0.4], variance: [1] },
  'normals of different scale': { target: normals([1, -2, 0], [0.1, 3, 1]), q: [1.05, 0, 0.7], variance: [0.02, 8, 1] },
  'correlated normals': { target: correlated(0.9), q: [0.5, -0.2], variance: [1, 1.3] },
  'a skewed density': { target: logGamma(0.7), q: [-1], variance: [2] },
  'a banana': { target: banana, q: [0.3, 0.5], variance: [1, 1] },
  'a funnel': { target: funnelCentred(3), q: [-1, 0.2, -0.3, 0.1], variance: [4, 1, 1, 1] },
};

describe.each(Object.entries(targets))('the unrolled trajectory on %s', (_, { target, q, variance }) => {
  it.each([0.02, 0.15, 0.6, 1.3, 2.5])('is the recursion’s at step size %d', (stepSize) => {
    const sampler = nuts(target, { maxTreeDepth: 7 });
    const state = sampler.init(Float64Array.from(q));
    for (let seed = 0; seed < 40; seed++) {
      const [draw, info] = sampler.step(key(seed), state, { stepSize, variance: Float64Array.from(variance) });
      const expected = oracle(target, seed, q, stepSize, variance, 7);
      expect(info).toMatchObject({ ending: expected.ending, leapfrogs: expected.leapfrogs, treeDepth: expected.depth });
      expect(info.acceptance).toBeCloseTo(expected.acceptance, 10);
      expected.position.forEach((x, i) => {
        expect(draw.position[i]).toBeCloseTo(x, 9);
      });
    }
  });
});

describe('the oracle’s cases', () => {
  it('meet every ending and many depths', () => {
    const seen = new Set<string>();
    for (const { target, q, variance } of Object.values(targets)) {
      const sampler = nuts(target, { maxTreeDepth: 7 });
      const state = sampler.init(Float64Array.from(q));
      for (const stepSize of [0.02, 0.15, 0.6, 1.3, 2.5]) {
        for (let seed = 0; seed < 40; seed++) {
          const [, info] = sampler.step(foldIn(key(seed), 1), state, {
            stepSize,
            variance: Float64Array.from(variance),
          });
          seen.add(info.ending).add(String(info.treeDepth));
        }
      }
    }
    expect([...seen].sort()).toEqual(
      expect.arrayContaining(['1', '2', '3', '4', '5', '6', '7', 'deepest tree', 'diverging', 'turning']),
    );
  });
});
