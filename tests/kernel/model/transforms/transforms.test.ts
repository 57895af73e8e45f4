import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BoundValues, transformFor, transforms } from '#kernel/model/transforms/index';
import { helmert } from '#kernel/model/transforms/simplex';
import type { Bounds, Transform } from '#kernel/model/transforms/transform';
import { compile, compileLogDensity, constant, type Expr, variable } from '#kernel/program/index';

/** One transform at a shape, compiled: x(u), log |J|(u) and its gradient. */
function compiled(transform: Transform, shape: readonly number[], bounds: BoundValues) {
  const free = transform.freeShape(shape);
  const size = free.reduce((product, n) => product * n, 1);
  const position = variable('u', [size]);
  const symbolic: Bounds = Object.fromEntries(
    Object.entries(bounds).map(([side, values]) => [side, constant(values).reshape(...shape)]),
  );
  const u = position.reshape(...free);
  const forward = compile({ inputs: [{ name: 'u', shape: [size] }], outputs: [transform.forward(u, symbolic)] });
  const logJacobian = compileLogDensity({ position, value: transform.logJacobian(u, symbolic) as Expr });
  return { size, forward: (at: Float64Array) => forward.run({ u: at })[0]!, logJacobian };
}

const filled = (n: number, value: number): Float64Array => new Float64Array(n).fill(value);

/** Each transform at a vector of 4, with bounds where it has some, and how many elements of x are free. */
const cases: readonly [keyof typeof transforms, BoundValues][] = [
  ['identity', {}],
  ['lower', { lower: Float64Array.of(-2, 0, 1, 10) }],
  ['upper', { upper: Float64Array.of(-2, 0, 1, 10) }],
  ['interval', { lower: filled(4, -1), upper: Float64Array.of(-0.5, 0, 3, 100) }],
  ['ordered', {}],
  ['positiveOrdered', {}],
  ['simplex', {}],
];

/** log |det| by Gaussian elimination with partial pivoting. */
function logDeterminant(matrix: number[][]): number {
  const a = matrix.map((row) => [...row]);
  let sum = 0;
  for (let k = 0; k < a.length; k++) {
    const pivot = a.slice(k).reduce((best, row, i) => (Math.abs(row[k]!) > Math.abs(a[best]![k]!) ? i + k : best), k);
    [a[k], a[pivot]] = [a[pivot]!, a[k]!];
    sum += Math.log(Math.abs(a[k]![k]!));
    for (let i = k + 1; i < a.length; i++) {
      const factor = a[i]![k]! / a[k]![k]!;
      for (let j = k; j < a.length; j++) a[i]![j]! -= factor * a[k]![j]!;
    }
  }
  return sum;
}

/** ∂x/∂u by central differences; rows are elements of x (the first `size` of them, which determine the rest). */
function differences(forward: (u: Float64Array) => Float64Array, u: Float64Array): number[][] {
  const step = 1e-5;
  const columns = Array.from(u, (_, j) => {
    const [up, down] = [u.slice(), u.slice()];
    up[j]! += step;
    down[j]! -= step;
    const [above, below] = [forward(up), forward(down)];
    return Array.from(u, (_, i) => (above[i]! - below[i]!) / (2 * step));
  });
  return columns[0]!.map((_, i) => columns.map((column) => column[i]!));
}

const coordinates = (n: number) =>
  fc
    .array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: n, maxLength: n })
    .map((u) => Float64Array.from(u));

describe.each(cases)('%s', (name, bounds) => {
  const transform = transforms[name] as Transform;
  const { size, forward, logJacobian } = compiled(transform, [4], bounds);

  it('comes back: inverse(forward(u)) = u', () => {
    fc.assert(
      fc.property(coordinates(size), (u) => {
        const back = transform.inverse(forward(u), bounds, [4]);
        back.forEach((value, i) => void expect(value).toBeCloseTo(u[i]!, 9));
      }),
      { seed: 1 },
    );
  });

  it('the log Jacobian is log |det| of finite differences', () => {
    fc.assert(
      fc.property(coordinates(size), (u) => {
        expect(logJacobian.value(u)).toBeCloseTo(logDeterminant(differences(forward, u)), 6);
      }),
      { seed: 2 },
    );
  });

  it('the gradient of the log Jacobian is its finite difference', () => {
    fc.assert(
      fc.property(coordinates(size), (u) => {
        const gradient = new Float64Array(size);
        logJacobian.valueAndGradient(u, gradient);
        u.forEach((_, i) => {
          const [up, down] = [u.slice(), u.slice()];
          up[i]! += 1e-5;
          down[i]! -= 1e-5;
          expect(gradient[i]).toBeCloseTo((logJacobian.value(up) - logJacobian.value(down)) / 2e-5, 6);
        });
      }),
      { seed: 3 },
    );
  });

  it('the image lies in the support', () => {
    fc.assert(
      fc.property(coordinates(size), (u) => {
        const x = forward(u);
        expect(x).toHaveLength(4);
        x.forEach((value, i) => {
          if (bounds.lower) expect(value).toBeGreaterThan(bounds.lower[i]!);
          if (bounds.upper) expect(value).toBeLessThan(bounds.upper[i]!);
          if (name.endsWith('rdered') && i > 0) expect(value).toBeGreaterThan(x[i - 1]!);
          if (name === 'positiveOrdered' || name === 'simplex') expect(value).toBeGreaterThan(0);
        });
        if (name === 'simplex') expect(x.reduce((sum, value) => sum + value)).toBeCloseTo(1, 14);
      }),
      { seed: 4 },
    );
  });
});

/** Transforms onto matrices: which elements determine the others, row by row of a 3 × 3 matrix. */
const strictlyLower = [3, 6, 7];
const matrixCases: readonly [keyof typeof transforms, determining: readonly number[]][] = [
  ['correlation', strictlyLower],
  ['correlationCholesky', strictlyLower],
  ['covariance', [0, 3, 4, 6, 7, 8]],
];

describe.each(matrixCases)('%s', (name, determining) => {
  const transform = transforms[name] as Transform;
  const { size, forward, logJacobian } = compiled(transform, [3, 3], {});
  const element = (x: Float64Array, i: number, j: number) => x[3 * i + j]!;

  it('comes back: inverse(forward(u)) = u', () => {
    expect(size).toBe(determining.length);
    fc.assert(
      fc.property(coordinates(size), (u) => {
        const back = transform.inverse(forward(u), {}, [3, 3]);
        back.forEach((value, i) => void expect(Math.abs(value - u[i]!)).toBeLessThan(1e-5));
      }),
      { seed: 1 },
    );
  });

  it('the log Jacobian is log |det| of finite differences of the elements that determine the others', () => {
    fc.assert(
      fc.property(
        coordinates(size).map((u) => u.map((v) => v / 2)),
        (u) => {
          const slopes = differences((at) => Float64Array.from(determining, (k) => forward(at)[k]!), u);
          expect(logJacobian.value(u)).toBeCloseTo(logDeterminant(slopes), 5);
        },
      ),
      { seed: 2 },
    );
  });

  it('the gradient of the log Jacobian is its finite difference', () => {
    fc.assert(
      fc.property(coordinates(size), (u) => {
        const gradient = new Float64Array(size);
        logJacobian.valueAndGradient(u, gradient);
        u.forEach((v, i) => {
          const at = (step: number) => logJacobian.value(u.with(i, v + step));
          if (Math.abs(v) > 1e-3) expect(gradient[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 5);
        });
      }),
      { seed: 3 },
    );
  });

  it('the image lies in the support', () => {
    fc.assert(
      fc.property(coordinates(size), (u) => {
        const x = forward(u);
        for (let i = 0; i < 3; i++) {
          if (name === 'correlation') expect(element(x, i, i)).toBeCloseTo(1, 14);
          if (name === 'correlationCholesky') {
            expect(x.subarray(3 * i, 3 * i + 3).reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(1, 14);
            expect(element(x, i, i)).toBeGreaterThan(0);
          }
          for (let j = 0; j < i; j++)
            expect(element(x, j, i)).toBe(name === 'correlationCholesky' ? 0 : element(x, i, j));
        }
      }),
      { seed: 4 },
    );
  });

  it('takes several matrices one after another', () => {
    const both = compiled(transform, [2, 3, 3], {});
    const u = Float64Array.from({ length: 2 * size }, (_, i) => Math.sin(i + 1));
    const halves = [u.slice(0, size), u.slice(size)];
    expect(both.size).toBe(2 * size);
    expect(Array.from(both.forward(u))).toEqual(halves.flatMap((half) => Array.from(forward(half))));
    const sum = halves.reduce((total, half) => total + logJacobian.value(half), 0);
    expect(both.logJacobian.value(u)).toBeCloseTo(sum, 12);
    transform.inverse(both.forward(u), {}, [2, 3, 3]).forEach((v, i) => void expect(v).toBeCloseTo(u[i]!, 9));
  });

  it('has no coordinates for what is no such matrix', () => {
    const wrong = [
      Float64Array.of(1, 0, 0, 2, 1, 0, 0, 0, 1),
      Float64Array.of(1, 2, 0, 2, 1, 0, 0, 0, 1),
      Float64Array.of(-1, 0, 0, 0, 1, 0, 0, 0, 1),
      Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, Number.NaN),
    ];
    for (const matrix of wrong) expect(transform.inverse(matrix, {}, [3, 3]).every(Number.isFinite)).toBe(false);
    const identity = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    expect(transform.inverse(identity, {}, [3, 3]).every((v) => v === 0)).toBe(true);
  });
});

describe('matrices', () => {
  const rows = [Float64Array.of(0.3, -1, 0.5, 1, 2, -0.2), Float64Array.of(0.3, -1, 0.5), Float64Array.of(1, 2, -0.2)];

  it.each(['ordered', 'positiveOrdered'] as const)('%s works along the last dimension, row by row', (name) => {
    const [whole, first, second] = rows as [Float64Array, Float64Array, Float64Array];
    const matrix = compiled(transforms[name], [2, 3], {});
    const vector = compiled(transforms[name], [3], {});
    expect(matrix.forward(whole)).toEqual(Float64Array.from([...vector.forward(first), ...vector.forward(second)]));
    expect(matrix.logJacobian.value(whole)).toBeCloseTo(
      vector.logJacobian.value(first) + vector.logJacobian.value(second),
      12,
    );
    const back = transforms[name].inverse(matrix.forward(whole), {}, [2, 3]);
    back.forEach((value, i) => void expect(value).toBeCloseTo(whole[i]!, 12));
  });

  it('simplex gives one simplex a row', () => {
    const [whole, first, second] = rows as [Float64Array, Float64Array, Float64Array];
    const matrix = compiled(transforms.simplex, [2, 4], {});
    const vector = compiled(transforms.simplex, [4], {});
    [...vector.forward(first), ...vector.forward(second)].forEach((value, i) => {
      expect(matrix.forward(whole)[i]).toBeCloseTo(value, 14);
    });
    expect(matrix.logJacobian.value(whole)).toBeCloseTo(
      vector.logJacobian.value(first) + vector.logJacobian.value(second),
      12,
    );
  });
});

describe('the edges', () => {
  it('a value on or outside a bound has no finite coordinate', () => {
    const inverse = (name: keyof typeof transforms, x: number[], bounds: BoundValues = {}) =>
      [...transforms[name].inverse(Float64Array.from(x), bounds, [x.length])].every(Number.isFinite);
    const zero = filled(1, 0);
    expect(inverse('lower', [0], { lower: zero })).toBe(false);
    expect(inverse('lower', [-1], { lower: zero })).toBe(false);
    expect(inverse('upper', [0], { upper: zero })).toBe(false);
    expect(inverse('interval', [1], { lower: zero, upper: filled(1, 1) })).toBe(false);
    expect(inverse('ordered', [1, 1])).toBe(false);
    expect(inverse('ordered', [2, 1])).toBe(false);
    expect(inverse('positiveOrdered', [-1, 1])).toBe(false);
    expect(inverse('simplex', [0.5, 0.6])).toBe(false);
    expect(inverse('simplex', [1, 0])).toBe(false);
    expect(inverse('simplex', [0.25, 0.75])).toBe(true);
    expect(inverse('identity', [Number.NaN])).toBe(false);
  });

  it('the log Jacobian of an interval stays finite where the sigmoid is 0 or 1 in f64', () => {
    const { logJacobian } = compiled(transforms.interval, [1], { lower: filled(1, 0), upper: filled(1, 1) });
    expect(logJacobian.value(Float64Array.of(800))).toBeCloseTo(-800, 9);
    expect(logJacobian.value(Float64Array.of(-800))).toBeCloseTo(-800, 9);
  });

  it('coordinates of 0 are the even distribution on the simplex', () => {
    const { forward } = compiled(transforms.simplex, [5], {});
    forward(new Float64Array(4)).forEach((p) => void expect(p).toBeCloseTo(0.2, 15));
  });

  it("the simplex's basis has orthonormal rows orthogonal to 1", () => {
    const [n, basis] = [6, helmert(6)];
    const row = (j: number) => basis.subarray(j * n, (j + 1) * n);
    for (let j = 0; j < n - 1; j++) {
      expect(row(j).reduce((sum, value) => sum + value)).toBeCloseTo(0, 14);
      for (let k = 0; k <= j; k++) {
        expect(row(j).reduce((sum, value, i) => sum + value * row(k)[i]!, 0)).toBeCloseTo(j === k ? 1 : 0, 14);
      }
    }
  });

  it('a support asks for the transform onto it', () => {
    const [lower, upper] = [constant(0), constant(1)] as Expr[];
    expect(transformFor('real', {}).name).toBe('identity');
    expect(transformFor('real', { lower: lower! }).name).toBe('lower');
    expect(transformFor('real', { upper: upper! }).name).toBe('upper');
    expect(transformFor('real', { lower: lower!, upper: upper! }).name).toBe('interval');
    expect(transformFor('ordered', {}).name).toBe('ordered');
    expect(transformFor('positive ordered', { lower: lower! }).name).toBe('positive ordered');
    expect(transformFor('simplex', {}).name).toBe('simplex');
    expect(transformFor('correlation', {}).name).toBe('correlation');
    expect(transformFor('correlation cholesky', {}).name).toBe('correlation cholesky');
    expect(transformFor('covariance', {}).name).toBe('covariance');
  });
});
