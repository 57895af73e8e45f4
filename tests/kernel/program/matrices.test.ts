/**
 * Factorisations and systems on expressions, against NumPy and SciPy, and where they have no one answer.
 *
 * Figures: numpy 2.4.6, scipy 1.17.1, python -c "import numpy as np, scipy.linalg as sl
 * a=np.array([[2.,-1.,.5],[.3,1.5,-2.],[1.,.7,3.]]); t=np.array([[1.,2.],[3.,-1.],[.5,4.]]); b=np.array([1.,-2.,.5])
 * s=a@a.T; print(EXPRESSION)", the expressions standing beside the figures; signs of columns as the docstrings say. The
 * exponentials: mpmath 1.4.1, mp.dps = 40 (scipy's are off in the 13th digit).
 */
import { describe, expect, it } from 'vitest';
import { compile } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { concatenate, matmul, transpose } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import {
  cholesky,
  choleskySolve,
  diagonalMatrix,
  eigenSymmetric,
  inverse,
  inversePositiveDefinite,
  kronecker,
  logAbsDeterminant,
  logDeterminant,
  lowerTriangle,
  matrixExponential,
  qrFactors,
  solve,
  svd,
  trace,
  triangularSolve,
  upperTriangle,
} from '#kernel/program/matrices';
import type { Arg, Expr } from '#kernel/program/types';

const a = [
  [2, -1, 0.5],
  [0.3, 1.5, -2],
  [1, 0.7, 3],
];
const t = [
  [1, 2],
  [3, -1],
  [0.5, 4],
];
const b = [1, -2, 0.5];

/** The value of an expression of matrices, given when it runs, so that it is the program that computes it. */
function run(build: (...operands: Expr[]) => Expr, ...operands: Arg[]): number[] {
  const traced = operands.map((operand, i) => variable(`m${i}`, constant(operand).shape));
  const output = build(...(traced as Expr[]));
  const inputs = traced.map((x, i) => ({ name: `m${i}`, shape: x.shape }));
  const given = operands.map((operand, i) => [`m${i}`, Float64Array.from((operand as number[][]).flat())] as const);
  return Array.from(compile({ inputs, outputs: [output] }).run(Object.fromEntries(given))[0]!);
}

function expectClose(found: readonly number[], expected: readonly number[], tolerance = 1e-13): void {
  expect(found.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  found.forEach((x, i) => {
    expect(Math.abs(x - expected[i]!), `element ${i}`).toBeLessThanOrEqual(tolerance * scale);
  });
}

const symmetric = (x: Expr) => matmul(x, transpose(x));
const flat = (...parts: Expr[]) => concatenate(parts.map((part) => part.reshape(part.size)));

describe('against NumPy', () => {
  const figures: readonly [string, (a: Expr, t: Expr, b: Expr) => Expr, readonly number[], tolerance?: number][] = [
    [
      'np.linalg.qr(t): Q',
      (_, t) => qrFactors(t).q,
      [
        0.3123475237772124, 0.4161139383483732, 0.9370425713316366, -0.282744086313638, 0.1561737618886061,
        0.8642366411850824,
      ],
    ],
    ['R', (_, t) => qrFactors(t).r, [3.201562118716424, 0.3123475237772131, 0.0, 4.571918527750713]],
    [
      'np.linalg.eigh(s): values',
      (a) => eigenSymmetric(symmetric(a)).values,
      [3.3169986667649267, 4.046914912822351, 14.716086420412717],
    ],
    [
      'vectors',
      (a) => eigenSymmetric(symmetric(a)).vectors,
      [
        0.08596859759338318, 0.937731857111474, 0.3365536575140628, 0.8509854602960745, 0.10655514248323456,
        -0.5142662228603543, 0.5181053431422081, -0.3306130151228832, 0.7888357798926536,
      ],
    ],
    [
      'np.linalg.svd(t): U',
      (_, t) => svd(t).u,
      [
        0.453637717707578, 0.25480307370714683, -0.15682681401316861, 0.9661254314216234, 0.8772788447691755,
        0.04095173243920892,
      ],
    ],
    ['singular values', (_, t) => svd(t).values, [4.592627998451134, 3.1871253611746644]],
    ['V', (_, t) => svd(t).v, [0.09184212137253672, 0.9957735810623779, 0.9957735810623779, -0.09184212137253672]],
    ['singular values of the transpose', (_, t) => svd(transpose(t)).values, [4.592627998451134, 3.1871253611746644]],
    [
      'np.linalg.solve(a, b)',
      (a, _, b) => solve(a, b),
      [-0.01245108502312342, -0.8413376022767698, 0.3671291355389541],
    ],
    [
      'np.linalg.solve(a.T, b)',
      (a, _, b) => solve(transpose(a), b),
      [0.7865528281750267, -0.6296691568836713, -0.384204909284952],
    ],
    [
      'np.linalg.inv(a)',
      (a) => inverse(a),
      [
        0.41977943792244754, 0.2383493418712202, 0.0889363215937389, -0.2063322660974742, 0.39131981501245106,
        0.2952685876912131, -0.09178228388473851, -0.17075773745997863, 0.2347918890074706,
      ],
    ],
    ['np.linalg.slogdet(a)[1]', (a) => logAbsDeterminant(a), [2.642978204358495]],
    [
      'mpmath.expm(a)',
      (a) => matrixExponential(a),
      [
        11.9257776989855, -3.6400608116882367, 14.47406427125218, -7.106065235108324, 1.128954038193783,
        -18.31184345475786, 12.55196158527477, 2.310103469857853, 18.810462578727087,
      ],
    ],
    [
      'mpmath.expm(10 * a)',
      (a) => matrixExponential(a.mul(10)),
      [
        205767581776800.3, -3164058439051.7246, 285444162929280.06, -182954626358877.38, 2813269669158.2417,
        -253797669343017.34, 203080638077374.3, -3122737675240.3745, 281716802705532.6,
      ],
      1e-12,
    ],
    [
      'np.kron(a[:2], t)',
      (a, t) => kronecker(a.slice(0, 2), t),
      [
        2.0, 4.0, -1.0, -2.0, 0.5, 1.0, 6.0, -2.0, -3.0, 1.0, 1.5, -0.5, 1.0, 8.0, -0.5, -4.0, 0.25, 2.0, 0.3, 0.6, 1.5,
        3.0, -2.0, -4.0, 0.8999999999999999, -0.3, 4.5, -1.5, -6.0, 2.0, 0.15, 1.2, 0.75, 6.0, -1.0, -8.0,
      ],
    ],
    [
      'np.linalg.solve(np.linalg.cholesky(s).T, b): x L = b',
      (a, _, b) => triangularSolve(cholesky(symmetric(a)), b, { side: 'right' }),
      [0.07375885200561547, -0.7165462799675146, 0.19379140803934328],
    ],
    [
      'sl.solve_triangular(np.triu(a), b)',
      (a, _, b) => triangularSolve(a, b, { upper: true }),
      [-0.09722222222222221, -1.1111111111111112, 0.16666666666666666],
    ],
  ];
  for (const [name, build, expected, tolerance] of figures) {
    it(name, () => expectClose(run(build as never, a, t, b), expected, tolerance));
  }
});

describe('triangular systems from every side', () => {
  const k = [
    [1, -1],
    [0.5, 2],
    [3, 0.25],
  ];
  for (const upper of [false, true]) {
    for (const transposed of [false, true]) {
      it(`${upper ? 'upper' : 'lower'}${transposed ? ', transposed' : ''}: multiplying undoes them`, () => {
        const part = (x: Expr) => (upper ? upperTriangle(x) : lowerTriangle(x));
        const turned = (x: Expr) => (transposed ? transpose(part(x)) : part(x));
        const left = (x: Expr, y: Expr) => matmul(turned(x), triangularSolve(x, y, { upper, transposed }));
        expectClose(run(left, a, k), k.flat());
        expectClose(run(left, a, b), b);
        const right = (x: Expr, y: Expr) =>
          matmul(triangularSolve(x, transpose(y), { upper, transposed, side: 'right' }), turned(x));
        expectClose(
          run((x, y) => transpose(right(x, y)), a, k),
          k.flat(),
        );
        expectClose(
          run((x, y) => matmul(triangularSolve(x, y, { upper, transposed, side: 'right' }), turned(x)), a, b),
          b,
        );
      });
    }
  }
});

describe('identities', () => {
  it('a symmetric positive definite matrix: solve, inverse and log determinant by its factor are those by elimination', () => {
    expectClose(
      run((x, y) => choleskySolve(cholesky(symmetric(x)), y), a, b),
      run((x, y) => solve(symmetric(x), y), a, b),
    );
    expectClose(
      run((x) => inversePositiveDefinite(symmetric(x)), a),
      run((x) => inverse(symmetric(x)), a),
    );
    expectClose(
      run((x) => logDeterminant(symmetric(x)), a),
      run((x) => logAbsDeterminant(symmetric(x)), a),
    );
  });
  it('triangles add up to the matrix and its diagonal, whose sum is the trace', () => {
    expectClose(
      run(
        (x) =>
          lowerTriangle(x)
            .add(upperTriangle(x))
            .sub(diagonalMatrix([2, 1.5, 3])),
        a,
      ),
      a.flat(),
    );
    expect(run((x) => trace(x), a)).toEqual([6.5]);
  });
  it('triangles take no notice of NaN on the other side', () => {
    const spoilt = [
      [1, Number.NaN],
      [2, 3],
    ];
    expect(run((x) => lowerTriangle(x), spoilt)).toEqual([1, 0, 2, 3]);
    expect(run((x) => grad(lowerTriangle(x).sum(), [x])[0]!, spoilt)).toEqual([1, 0, 1, 1]);
  });
  it('e^A of a rotation, of nothing, and of a step without return', () => {
    expectClose(
      run(
        (x) => matrixExponential(x),
        [
          [0, -1.2],
          [1.2, 0],
        ],
      ),
      [Math.cos(1.2), -Math.sin(1.2), Math.sin(1.2), Math.cos(1.2)],
    );
    const zero = [
      [0, 0],
      [0, 0],
    ];
    expect(run((x) => matrixExponential(x), zero)).toEqual([1, 0, 0, 1]);
    const step = [
      [0, 1],
      [0, 0],
    ];
    expect(run((x) => matrixExponential(x), step)).toEqual([1, 1, 0, 1]);
  });
  it('the gradient of log |det A| is the transposed inverse', () => {
    expectClose(
      run((x) => transpose(grad(logAbsDeterminant(x), [x])[0]!), a),
      run((x) => inverse(x), a),
    );
  });
});

describe('values that coincide', () => {
  it('eigenvalues: a function of the matrix has its gradient all the same', () => {
    // tr A³ = Σ λ³, gradient 3 A²; the lower triangle counts for both sides
    const slopes = run(
      (x) => grad(eigenSymmetric(x).values.pow(3).sum(), [x])[0]!,
      [
        [3, 0, 0],
        [0, 3, 0],
        [0, 0, 5],
      ],
    );
    expectClose(slopes, [27, 0, 0, 0, 27, 0, 0, 0, 75]);
  });
  it('eigenvalues: V f(λ) Vᵀ has no NaN in its gradient', () => {
    const f = (x: Expr) => {
      const { values, vectors } = eigenSymmetric(x);
      return matmul(vectors.mul(values.square().reshape(1, 2)), transpose(vectors));
    };
    const slopes = run(
      (x) => grad(f(x).sum(), [x])[0]!,
      [
        [2, 0],
        [0, 2],
      ],
    );
    expect(slopes.every(Number.isFinite)).toBe(true);
    expect(slopes[0]).toBeCloseTo(4, 12); // ∂ (A²)₁₁ / ∂ A₁₁ = 2 A₁₁
  });
  it('singular values: equal ones, and ones of 0, leave the gradient of the sum of squares right', () => {
    const same = [
      [0, 2],
      [2, 0],
      [0, 0],
    ];
    expectClose(
      run((x) => grad(svd(x).values.square().sum(), [x])[0]!, same),
      same.flat().map((x) => 2 * x),
    );
    const flatOne = [
      [1, 2],
      [2, 4],
    ];
    const slopes = run((x) => grad(svd(x).values.square().sum(), [x])[0]!, flatOne);
    expectClose(
      slopes,
      flatOne.flat().map((x) => 2 * x),
    );
  });
});

describe('what has no factor', () => {
  const singular = [
    [1, 2],
    [2, 4],
  ];
  it('a singular matrix: no finite solution, log |det| −∞', () => {
    expect(run((x, y) => solve(x, y), singular, [1, 1]).some(Number.isFinite)).toBe(false);
    expect(run((x) => logAbsDeterminant(x), singular)).toEqual([-Infinity]);
  });
  it('a NaN or ∞ in the matrix: NaN, and never a throw', () => {
    const bad = [
      [1, Number.NaN],
      [Infinity, 4],
    ];
    const all = [
      (x: Expr) => flat(...Object.values(qrFactors(x))),
      (x: Expr) => flat(...Object.values(eigenSymmetric(x))),
      (x: Expr) => flat(...Object.values(svd(x))),
      (x: Expr) => matrixExponential(x),
    ];
    for (const f of all) expect(run(f, bad).every(Number.isNaN)).toBe(true);
  });
  it('eigenvalues read the lower triangle alone', () => {
    const spoilt = [
      [2, Number.NaN],
      [1, 2],
    ];
    expectClose(
      run((x) => eigenSymmetric(x).values, spoilt),
      [1, 3],
    );
  });
});

describe('shapes that do not fit', () => {
  it('are refused with the operation, the shape, and what to give', () => {
    expect(() => qrFactors([[1, 2]])).toThrow(
      /qr: expected at least as many rows as columns, got shape \[1, 2\]; factor the transpose/,
    );
    expect(() => eigenSymmetric([[1, 2]])).toThrow(/symmetricEigen: expected a square matrix, got shape \[1, 2\]/);
    expect(() => svd([1, 2])).toThrow(/svd: expected a matrix, got shape \[2\]/);
    expect(() => solve([[1]], [1, 2])).toThrow(/solve: a matrix of shape \[1, 1\].*shape \[2\]; give .* 1 rows/);
    expect(() => inverse([[1, 2]])).toThrow(/inverse: expected a square matrix/);
    expect(() => matrixExponential([1])).toThrow(/matrixExponential: expected a square matrix, got shape \[1\]/);
    expect(() => kronecker([1], [[1]])).toThrow(/kronecker: expected two matrices, got shapes \[1\] and \[1, 1\]/);
    expect(() => triangularSolve([[1, 2]], [1], { upper: true })).toThrow(/triangularSolve: expected a square matrix/);
  });
});
