/**
 * For every operation of the registry: ways to use it, with points where it is smooth. A test walks over the
 * registry, so an operation without a case fails.
 */

import { apply } from '#kernel/program/expression';
import {
  broadcastTo,
  concatenate,
  matmul,
  outer,
  scan,
  segmentSum,
  stack,
  transpose,
  where,
} from '#kernel/program/functions';
import { averagePool1d, averagePool2d, conv1d, conv2d, maxPool1d, maxPool2d } from '#kernel/program/images';
import {
  cholesky,
  eigenSymmetric,
  inverse,
  logAbsDeterminant,
  matrixExponential,
  qrFactors,
  solve,
  svd,
  triangularSolve,
} from '#kernel/program/matrices';
import {
  argmax,
  causalMix,
  causalScores,
  causalSoftmax,
  concatenateAlong,
  logSoftmax,
  randomUniform,
  sliceAlong,
  softmax,
  splitAlong,
} from '#kernel/program/neural';
import { odeSolve } from '#kernel/program/ode';
import type { OperationName } from '#kernel/program/operations/registry';
import { argsort, sort, takeAlong, topK } from '#kernel/program/ordering';
import type { Expr, Shape } from '#kernel/program/types';

export interface Case {
  readonly label: string;
  /** Shape and values of each variable operand. */
  readonly operands: readonly { readonly shape: Shape; readonly values: readonly number[] }[];
  readonly build: (...operands: Expr[]) => Expr;
  /** Differentiable twice by the rules there are. */
  readonly twice: boolean;
}

const vector = (...values: number[]) => ({ shape: [values.length], values });
const matrix = (rows: number, columns: number, ...values: number[]) => ({ shape: [rows, columns], values });
const cube = (...shape: [number, number, number]) => ({
  shape,
  values: Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => Math.sin(2.3 * i + 0.4 * shape[2])),
});
const images = (...shape: [number, number, number, number]) => ({
  shape,
  values: Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => ((37 * i + 11 * shape[0]) % 101) / 40 - 1.2),
});
const steps = { dilations: [1, 1], groups: 1 };
const scalar = (value: number) => ({ shape: [], values: [value] });

function use(label: string, operands: Case['operands'], build: Case['build'], twice = true): Case {
  return { label, operands, build, twice };
}

const anywhere = vector(-2.3, -0.4, 0.7, 1.9);
const positive = vector(0.2, 0.9, 1.7, 6.5);
const probabilities = vector(0.04, 0.35, 0.5, 0.93);

const unary = (operation: OperationName, at: Case['operands'][number], twice = true): Case[] => [
  use('vector', [at], (x) => apply(operation, [x]), twice),
  use('scalar', [scalar(at.values[1]!)], (x) => apply(operation, [x]), twice),
];

/** Two operands in each way shapes can meet. */
function binary(operation: OperationName, left: readonly number[], right: readonly number[]): Case[] {
  const f = (a: Expr, b: Expr) => apply(operation, [a, b]);
  const [l, r] = [left.slice(0, 4), right.slice(0, 4)];
  return [
    use('same shape', [vector(...l), vector(...r)], f),
    use('scalar and vector', [scalar(l[0]!), vector(...r)], f),
    use('vector and scalar', [vector(...l), scalar(r[0]!)], f),
    use('matrix and row', [matrix(2, 2, ...l), vector(...r.slice(0, 2))], f),
    use('column and row', [matrix(2, 1, ...l.slice(0, 2)), matrix(1, 2, ...r.slice(0, 2))], f),
  ];
}

/** The same case, whose second derivatives are not asked for. */
const once = (each: Case): Case => ({ ...each, twice: false });

const wild = [-1.3, 0.6, 2.1, -0.2];
const nonzero = [0.8, -1.7, 2.4, 0.9];
const positiveDefinite = (a: Expr): Expr =>
  matmul(a, transpose(a)).add([
    [3, 0, 0],
    [0, 3, 0],
    [0, 0, 3],
  ]);
const three = matrix(3, 3, 1.1, 0.3, -0.2, 0.5, 0.9, 0.1, -0.7, 0.4, 1.3);
const lower = (a: Expr): Expr => cholesky(positiveDefinite(a));
/** So that finite differences see little of the steps. */
const tight = { relativeTolerance: 1e-11, absoluteTolerance: 1e-13 };

/** Two parameters and a value between 0 and 1. */
function ofBeta<Name extends OperationName>(name: Name, twice: boolean): Record<Name, Case[]> {
  const f = (a: Expr, b: Expr, x: Expr) => apply(name, [a, b, x]);
  const cases = [
    use('vectors', [vector(0.4, 1.7, 12.5), vector(2.2, 0.6, 9.8), vector(0.2, 0.7, 0.55)], f, twice),
    use('a scalar, a row and a column', [scalar(1.3), vector(2.2, 0.6), matrix(2, 1, 0.2, 0.7)], f, twice),
  ];
  return { [name]: cases } as Record<Name, Case[]>;
}

/** Derivatives in a parameter: what they are the derivative of is tested, their own is not there. */
export const withoutDerivative: ReadonlySet<OperationName> = new Set([
  'gammaLowerByShapeTwice',
  'betaLowerByFirstTwice',
  'betaLowerByBoth',
  'betaLowerBySecondTwice',
]);

export const cases: Readonly<Record<OperationName, readonly Case[]>> = {
  add: binary('add', wild, nonzero),
  sub: binary('sub', wild, nonzero),
  mul: binary('mul', wild, nonzero),
  div: binary('div', wild, nonzero),
  mod: binary('mod', [7.3, -5.2, 4.4, 1.1], [2, 1.5, -3, 0.7]),
  pow: [
    ...binary('pow', positive.values, wild),
    use('integer exponents of a negative base', [anywhere], (x) => x.pow([3, 2, -1, 0])),
  ],
  neg: unary('neg', anywhere),
  abs: unary('abs', anywhere),
  sign: unary('sign', anywhere),
  square: unary('square', anywhere),
  reciprocal: unary('reciprocal', anywhere),
  minimum: binary('minimum', wild, nonzero),
  maximum: binary('maximum', wild, nonzero),
  floor: unary('floor', anywhere),
  ceil: unary('ceil', anywhere),
  round: unary('round', anywhere),
  trunc: unary('trunc', anywhere),
  chain: binary('chain', nonzero, wild),
  exp: unary('exp', anywhere),
  expm1: unary('expm1', anywhere),
  log: unary('log', positive),
  log1p: unary('log1p', probabilities),
  sqrt: unary('sqrt', positive),
  sin: unary('sin', anywhere),
  cos: unary('cos', anywhere),
  tan: unary('tan', vector(-1.2, -0.4, 0.7, 1.1)),
  tanh: unary('tanh', anywhere),
  atan: unary('atan', anywhere),
  sigmoid: unary('sigmoid', anywhere),
  softplus: unary('softplus', anywhere),
  logAddExp: binary('logAddExp', wild, nonzero),
  logit: unary('logit', probabilities),
  erf: unary('erf', anywhere),
  erfc: unary('erfc', anywhere),
  normalCdf: unary('normalCdf', anywhere),
  normalLogCdf: unary('normalLogCdf', vector(-7.5, -2.1, 0.4, 2.2)),
  lgamma: unary('lgamma', positive),
  digamma: unary('digamma', positive),
  trigamma: unary('trigamma', positive),
  polygamma: [
    use('vector', [positive], (x) => apply('polygamma', [[2, 3, 1, 4], x])),
    use('below 0', [vector(-0.4, -2.3)], (x) => apply('polygamma', [3, x])),
  ],
  logBeta: binary('logBeta', [0.3, 1.4, 2.2, 9.1], [0.2, 1.1, 3.5, 7.7]),
  normalQuantile: unary('normalQuantile', probabilities),
  asin: unary('asin', vector(-0.9, -0.3, 0.2, 0.8)),
  acos: unary('acos', vector(-0.9, -0.3, 0.2, 0.8)),
  atan2: binary('atan2', wild, nonzero),
  sinh: unary('sinh', anywhere),
  cosh: unary('cosh', anywhere),
  asinh: unary('asinh', anywhere),
  acosh: unary('acosh', vector(1.2, 1.9, 3.3, 8)),
  atanh: unary('atanh', vector(-0.9, -0.3, 0.2, 0.8)),
  cbrt: unary('cbrt', anywhere),
  log2: unary('log2', positive),
  log10: unary('log10', positive),
  besselI0: unary('besselI0', anywhere),
  besselI1: unary('besselI1', anywhere),
  logBesselI0: unary('logBesselI0', anywhere),
  besselRatio: unary('besselRatio', anywhere),
  besselI0Scaled: unary('besselI0Scaled', anywhere),
  besselI1Scaled: unary('besselI1Scaled', anywhere),
  gammaLower: binary('gammaLower', [0.3, 1.4, 2.2, 9.1], [0.2, 1.1, 3.5, 7.7]),
  gammaUpper: binary('gammaUpper', [0.3, 1.4, 2.2, 9.1], [0.2, 1.1, 3.5, 7.7]),
  gammaLowerInverse: binary('gammaLowerInverse', [0.6, 1.4, 2.2, 9.1], [0.2, 0.4, 0.7, 0.9]),
  gammaUpperInverse: binary('gammaUpperInverse', [0.6, 1.4, 2.2, 9.1], [0.2, 0.4, 0.7, 0.9]),
  gammaDensity: binary('gammaDensity', [0.3, 1.4, 2.2, 9.1], [0.2, 1.1, 3.5, 7.7]),
  gammaLowerByShape: binary('gammaLowerByShape', [0.3, 1.4, 2.2, 9.1], [0.2, 1.1, 3.5, 7.7]).map(once),
  gammaLowerByShapeTwice: [], // no derivative of its own; its values are gammaLowerByShape's derivative
  ...ofBeta('betaLower', true),
  ...ofBeta('betaLowerInverse', true),
  ...ofBeta('betaDensity', true),
  ...ofBeta('betaLowerByFirst', false),
  ...ofBeta('betaLowerBySecond', false),
  betaLowerByFirstTwice: [], // as gammaLowerByShapeTwice
  betaLowerByBoth: [],
  betaLowerBySecondTwice: [],
  lt: binary('lt', wild, nonzero),
  le: binary('le', wild, nonzero),
  gt: binary('gt', wild, nonzero),
  ge: binary('ge', wild, nonzero),
  eq: binary('eq', wild, nonzero),
  ne: binary('ne', wild, nonzero),
  where: [
    use('a condition of the operands', [vector(...wild), vector(...nonzero)], (a, b) =>
      where(a.lt(b), a.square(), b.exp()),
    ),
    use('a branch that would be NaN', [anywhere], (x) => where(x.gt(0), x.log().mul(x.sqrt()), x.square())),
    use('a scalar branch', [scalar(0.7)], (x) => where([1, 0, 1], x, x.square())),
  ],
  sum: [
    use('all', [matrix(2, 3, ...wild, 0.4, 1.5)], (x) => x.square().sum()),
    use('rows', [matrix(2, 3, ...wild, 0.4, 1.5)], (x) => x.square().sum(0)),
    use('columns', [matrix(2, 3, ...wild, 0.4, 1.5)], (x) => x.square().sum(-1)),
    use('middle of three', [{ shape: [2, 2, 2], values: [...wild, ...nonzero] }], (x) => x.square().sum(1)),
    use('mean', [matrix(2, 3, ...wild, 0.4, 1.5)], (x) => x.square().mean(1).add(x.square().mean())),
  ],
  max: [
    use('all', [vector(...wild)], (x) => x.mul(x).max()),
    use('axis', [matrix(2, 2, ...wild)], (x) => x.mul(3).max(0)),
  ],
  min: [
    use('all', [vector(...wild)], (x) => x.mul(x).min()),
    use('axis', [matrix(2, 2, ...wild)], (x) => x.mul(3).min(1)),
  ],
  prod: [
    use('no zero', [vector(...wild)], (x) => x.prod()),
    use('one zero', [vector(0, 1.3, -2)], (x) => x.prod()),
    use('two zeros', [vector(0, 1.3, 0)], (x) => x.prod()),
    use('matrix', [matrix(2, 2, ...nonzero)], (x) => x.prod()),
    use('columns, with a zero', [matrix(3, 2, 0, 1.3, -2, 0.7, 0.4, 1.5)], (x) => x.prod(0).exp()),
    use('middle of three, with zeros', [{ shape: [2, 3, 2], values: [...wild, ...nonzero, 0, 0.4, 0, 1.5] }], (x) =>
      x.prod(1).add(1).square(),
    ),
  ],
  logSumExp: [
    use('all', [vector(...wild)], (x) => x.mul(2).logSumExp()),
    use('axis', [matrix(2, 2, ...wild)], (x) => x.mul(2).logSumExp(1)),
    use('two rows', [matrix(2, 2, ...wild)], (x) => x.mul(2).logSumExp(0)),
    use('two', [vector(0.3, -1)], (x) => x.logSumExp()),
    use('far apart', [vector(-700, 3, 2.5)], (x) => x.logSumExp()),
  ],
  sumLog1p: [
    use('vector', [vector(0.1, 0.5, 0.9, 0.02, 0.7)], (x) => apply('sumLog1p', [x.square()])),
    use('matrix', [matrix(2, 2, 0.3, 0.6, 0.2, 0.8)], (x) => apply('sumLog1p', [x]).mul(x.sum())),
  ],
  cumsum: [
    use('vector', [vector(...wild)], (x) => x.square().cumsum()),
    use('matrix', [matrix(3, 2, ...wild, 0.4, 1.5)], (x) => x.square().cumsum()),
  ],
  reshape: [use('to a matrix', [vector(...wild)], (x) => x.reshape(2, -1).mul([[1], [2]]))],
  broadcastTo: [
    use('of a row', [vector(0.3, 1.2)], (x) =>
      broadcastTo(x, [3, 2])
        .mul([[1], [2], [3]])
        .exp(),
    ),
  ],
  transpose: [
    use('matrix', [matrix(2, 3, ...wild, 0.4, 1.5)], (x) => x.transpose().mul([1, 2]).exp()),
    use('three dimensions', [{ shape: [2, 2, 2], values: [...wild, ...nonzero] }], (x) =>
      transpose(x, [1, 2, 0]).mul([1, 2]).square(),
    ),
  ],
  slice: [
    use('middle', [vector(...wild)], (x) => x.slice(1, 3).square()),
    use('overlapping', [vector(...wild)], (x) => x.slice(0, 3).mul(x.slice(1, 4)).mul(x.at(2))),
    use('rows', [matrix(3, 2, ...wild, 0.4, 1.5)], (x) => x.at(1).mul(x.at(-1)).add(x.slice(-2).square().sum(0))),
  ],
  pad: [
    use('rows of zeros', [vector(0.3, 1.2)], (x) => apply('pad', [x.square()], { start: 1, rows: 4 }).add(1).square()),
  ],
  concatenate: [
    use('vectors', [vector(0.3, 1.2), vector(-0.4)], (a, b) => concatenate([a.square(), b.exp(), a]).square()),
    use('stack', [scalar(0.3), scalar(1.2)], (a, b) => stack([a.square(), b.exp(), a.mul(b)]).square()),
  ],
  gather: [
    use('constant codes', [vector(...wild)], (x) => x.at([0, 2, 2, -1, 0]).square()),
    use('rows', [matrix(2, 2, ...wild)], (x) => x.at(Int32Array.of(1, 0, 1)).square()),
    use('a matrix of codes', [vector(...wild)], (x) =>
      x
        .at([
          [0, 2],
          [2, 1],
        ])
        .exp(),
    ),
  ],
  scatterAdd: [
    use('vector', [vector(...wild)], (x) => segmentSum(x, [1, 0, 1, 2], 4).square()),
    use('rows', [matrix(2, 2, ...wild)], (x) => segmentSum(x.square(), [1, 1], 3).exp()),
  ],
  matmul: [
    use('vector · vector', [vector(...wild), vector(...nonzero)], (a, b) => a.dot(b)),
    use('matrix · vector', [matrix(2, 3, ...wild, 0.4, 1.5), vector(0.3, -1, 2)], matmul),
    use('vector · matrix', [vector(0.3, -1), matrix(2, 3, ...wild, 0.4, 1.5)], matmul),
    use('matrix · matrix', [matrix(2, 3, ...wild, 0.4, 1.5), matrix(3, 2, ...nonzero, 1, -2)], matmul),
    use('transposed left', [matrix(3, 2, ...wild, 0.4, 1.5), matrix(3, 2, ...nonzero, 1, -2)], (a, b) =>
      matmul(a.transpose(), b),
    ),
    use('transposed right', [matrix(2, 3, ...wild, 0.4, 1.5), matrix(2, 3, ...nonzero, 1, -2)], (a, b) =>
      matmul(a, b.transpose()),
    ),
    use('both transposed', [matrix(3, 2, ...wild, 0.4, 1.5), matrix(2, 3, ...nonzero, 1, -2)], (a, b) =>
      matmul(a.transpose(), b.transpose()),
    ),
    use('transposed · vector', [matrix(3, 2, ...wild, 0.4, 1.5), vector(0.3, -1, 2)], (a, v) =>
      matmul(a.transpose(), v),
    ),
    use('vector · transposed', [vector(0.3, -1), matrix(3, 2, ...wild, 0.4, 1.5)], (v, a) => matmul(v, a.transpose())),
    use('outer product', [vector(0.3, -1), vector(1.5, 2, -1)], outer),
  ],
  cholesky: [
    use('factor', [three], (a) =>
      lower(a).mul([
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ]),
    ),
  ],
  choleskyReverse: [
    use('of a factor and any cotangent', [three, matrix(3, 3, ...wild, ...nonzero, 0.3)], (a, bar) =>
      apply('choleskyReverse', [lower(a), bar]),
    ),
  ],
  triangularSolve: [
    use('vector', [three, vector(0.3, -1, 2)], (a, b) => triangularSolve(lower(a), b)),
    use('matrix', [three, matrix(3, 2, ...wild, 0.4, 1.5)], (a, b) => triangularSolve(lower(a), b)),
    use('transposed', [three, vector(0.3, -1, 2)], (a, b) => triangularSolve(lower(a), b, { transposed: true })),
    use('transposed matrix', [three, matrix(3, 2, ...wild, 0.4, 1.5)], (a, b) =>
      triangularSolve(lower(a), b, { transposed: true }),
    ),
  ],
  qr: [
    use('tall', [matrix(3, 2, 1.1, 0.3, -0.2, 0.5, 0.9, 0.1)], (a) => {
      const { q, r } = qrFactors(a);
      return concatenate([q.square().add(q), r.mul(r).add(r)]);
    }),
    use('square', [three], (a) => concatenate(Object.values(qrFactors(a))).exp()),
  ],
  symmetricEigen: [
    use('values and vectors', [three], (a) => {
      const { values, vectors } = eigenSymmetric(positiveDefinite(a));
      return concatenate([values.reshape(1, 3).square(), vectors.add(vectors.square())]);
    }),
    use('values alone', [three], (a) => eigenSymmetric(a).values.exp()),
  ],
  svd: [
    use('tall', [matrix(3, 2, 1.1, 0.3, -0.2, 0.5, 0.9, 0.1)], (a) => {
      const { u, values, v } = svd(a);
      return concatenate([u.add(u.square()), v.square().sub(v), values.log().reshape(1, 2)]);
    }),
    use('wide', [matrix(2, 3, 1.1, 0.3, -0.2, 0.5, 0.9, 0.1)], (a) => {
      const { u, values, v } = svd(a);
      return concatenate([u.exp(), v.square().add(v), values.reshape(1, 2)]);
    }),
    use('square', [three], (a) => concatenate(Object.values(svd(a)).map((x) => x.reshape(-1))).exp()),
  ],
  solve: [
    use('vector', [three, vector(0.3, -1, 2)], solve),
    use('matrix', [three, matrix(3, 2, ...wild, 0.4, 1.5)], solve),
    use('transposed', [three, vector(0.3, -1, 2)], (a, b) => apply('solve', [a, b], { transposed: true })),
    use('transposed matrix', [three, matrix(3, 2, ...wild, 0.4, 1.5)], (a, b) =>
      apply('solve', [a, b], { transposed: true }),
    ),
    use('inverse', [three], inverse),
  ],
  logAbsDeterminant: [
    use('of a determinant above 0', [three], logAbsDeterminant),
    use('of one below 0', [matrix(2, 2, 0.3, 1.2, 1.9, -0.4)], logAbsDeterminant),
  ],
  matrixExponential: [
    use('a matrix', [three], matrixExponential),
    use('a number', [matrix(1, 1, 0.7)], matrixExponential),
  ],
  argsort: [use('rows', [matrix(2, 3, ...wild, 0.4, 1.5)], (x) => x.mul(argsort(x).add(1)))],
  takeAlong: [
    use('columns of a matrix', [matrix(2, 3, ...wild, 0.4, 1.5)], (x) =>
      takeAlong(x, [
        [2, 0],
        [1, 1],
      ]).square(),
    ),
    use('sorted', [matrix(3, 2, ...wild, 0.4, 1.5)], (x) =>
      sort(x, { axis: 0 })
        .mul([
          [1, 2],
          [3, 4],
          [5, 6],
        ])
        .exp(),
    ),
    use('the largest', [vector(...wild)], (x) => topK(x, 2).values.square()),
  ],
  scatterAlong: [
    use('with positions twice', [matrix(2, 3, ...wild, 0.4, 1.5)], (x) =>
      apply(
        'scatterAlong',
        [
          x,
          [
            [0, 2, 2],
            [1, 1, 0],
          ],
        ],
        { axis: 1, rows: 4 },
      ).square(),
    ),
  ],
  odeSolve: [
    use('a state and a parameter', [vector(0.8, -0.3), scalar(0.7)], (y0, k) =>
      odeSolve((t, y) => stack([y.at(1), y.at(0).mul(k).neg().add(t.sin())]), y0, 0, [0.5, 2], tight),
    ),
    use('the start and the times', [scalar(0.2), vector(0.9, 1.6), scalar(1.3)], (t0, times, y0) =>
      odeSolve((t, y) => y.mul(t).neg(), y0, t0, times, tight),
    ),
    use('a stiff method', [vector(0.8, 0.3), scalar(5)], (y0, k) =>
      odeSolve((_, y) => [y.at(1).sub(y.at(0)).mul(k), y.at(0).square().sub(y.at(1))], y0, 0, [0.4, 1.5], {
        ...tight,
        method: 'kvaerno',
      }),
    ),
    use('parameters handed over, and backwards', [scalar(0.3), vector(0.4, 0.9)], (y0, p) =>
      odeSolve((_, y, q) => y.mul(q.at(0)).sub(y.square().mul(q.at(1))), y0, 3, [2.2, 1, 0], p, tight),
    ),
  ],
  relu: unary('relu', anywhere),
  logistic: unary('logistic', anywhere),
  matmulAdd: [
    use(
      'a row added to each row',
      [matrix(2, 3, ...wild, 0.4, 1.5), matrix(3, 2, 0.7, ...wild, -0.9), vector(0.4, -1.2)],
      (a, b, c) => apply('matmulAdd', [a, b, c]),
    ),
    use(
      'a matrix, then a row, both operands transposed',
      [
        matrix(3, 2, 0.7, ...wild, -0.9),
        matrix(2, 3, ...wild, 0.4, 1.5),
        matrix(2, 2, 1, -2, 0.5, 3),
        vector(0.4, -1.2),
      ],
      (a, b, c, d) => apply('matmulAdd', [a, b, c, d], { transposeLeft: true, transposeRight: true }),
    ),
    use('nothing', [matrix(2, 3, ...wild, 0.4, 1.5), matrix(3, 2, 0.7, ...wild, -0.9)], (a, b) =>
      apply('matmulAdd', [a, b]),
    ),
  ],
  batchMatmul: [
    use('pairs of matrices', [cube(2, 2, 3), cube(2, 3, 2)], matmul),
    use('both transposed', [cube(2, 3, 2), cube(2, 4, 3)], (a, b) =>
      matmul(transpose(a, [0, 2, 1]), transpose(b, [0, 2, 1])),
    ),
    use('one matrix for all', [matrix(2, 2, ...wild), cube(2, 2, 3)], matmul),
    use('leading dimensions that broadcast', [cube(1, 2, 3), cube(2, 3, 2)], matmul),
    use('a vector from the left', [vector(0.3, -0.8), cube(2, 2, 3)], matmul),
  ],
  sliceAxis: [
    use('the last dimension', [cube(2, 3, 3)], (x) => sliceAlong(x, -1, 1)),
    use('parts of the middle one', [cube(2, 4, 2)], (x) => {
      const [a, b] = splitAlong(x, 2, 1) as [Expr, Expr];
      return a.mul(b).sin();
    }),
  ],
  padAxis: [
    use('zeros around', [cube(2, 2, 2)], (x) => apply('padAxis', [x.sin()], { axis: 1, start: 1, rows: 4 })),
    use('overlapping parts', [cube(2, 3, 2)], (x) =>
      sliceAlong(x, 1, 0, 2)
        .mul(sliceAlong(x, 1, 1))
        .sin(),
    ),
  ],
  concatenateAxis: [
    use('along the last dimension', [cube(2, 2, 1), cube(2, 2, 3)], (a, b) => concatenateAlong([a, b.square(), a], -1)),
  ],
  softmax: [
    use('rows', [matrix(2, 3, ...wild, 0.9, 0.1)], (x) => softmax(x)),
    use('another dimension', [cube(2, 3, 2)], (x) => softmax(x, 1)),
    use('with a mask', [vector(0.4, -1, 2)], (x) => softmax(where([1, 0, 1], x, -Infinity))),
  ],
  causalMatmul: [
    use('scores of one block', [cube(2, 3, 2), cube(2, 3, 2)], causalScores),
    use('values weighed', [cube(2, 3, 3), cube(2, 3, 2)], causalMix),
    use('weights as their transpose', [cube(2, 3, 3), cube(2, 3, 2)], (w, v) =>
      apply('causalMatmul', [w, v], { lower: 'left', transposeLeft: true }),
    ),
    use('scores of two blocks', [cube(1, 18, 1), cube(1, 18, 1)], causalScores),
    use('attention', [cube(1, 3, 2), cube(1, 3, 2)], (q, v) => causalMix(causalSoftmax(causalScores(q, q)), v)),
  ],
  causalSoftmax: [use('rows', [cube(2, 3, 3)], causalSoftmax)],
  causalSoftmaxSlope: [
    use('weights and cotangents', [cube(2, 3, 3), cube(2, 3, 3)], (y, g) => apply('causalSoftmaxSlope', [y, g.cos()])),
  ],
  logSoftmax: [
    use('rows', [matrix(2, 3, ...wild, 0.9, 0.1)], (x) => logSoftmax(x)),
    use('another dimension', [cube(2, 3, 2)], (x) => logSoftmax(x, 0)),
  ],
  argmax: [use('rows', [matrix(2, 3, ...wild, 0.9, 0.1)], argmax)],
  random: [use('as weights', [vector(0.3, -0.5, 1.2, 0.7, 2)], (x) => x.mul(randomUniform([1, 2, 3, 4], [5], 7)))],
  convolution: [
    use('a channel', [images(1, 1, 4, 5), images(2, 1, 2, 3)], (x, w) => conv2d(x, w)),
    use('stride and padding', [images(2, 2, 4, 5), images(3, 2, 3, 2)], (x, w) =>
      conv2d(x, w, { stride: [2, 3], padding: [1, 2] }),
    ),
    use('dilation', [images(1, 2, 6, 5), images(2, 2, 2, 3)], (x, w) => conv2d(x, w, { dilation: [3, 2] })),
    use('groups', [images(1, 4, 3, 6), images(6, 2, 2, 2)], (x, w) => conv2d(x, w, { groups: 2, stride: [1, 2] })),
    use('a filter of one pixel', [images(2, 3, 2, 3), images(4, 3, 1, 1)], (x, w) => conv2d(x, w)),
    use('sequences', [cube(2, 2, 9), cube(3, 2, 3)], (x, w) => conv1d(x, w, { padding: 1, stride: 2 })),
  ],
  convolutionInput: [
    use('its own derivatives', [images(1, 2, 2, 3), images(2, 3, 2, 2)], (g, w) =>
      apply('convolutionInput', [g.sin(), w], { ...steps, strides: [2, 1], sizes: [1, 3, 4, 4] }),
    ),
  ],
  convolutionFilter: [
    use('its own derivatives', [images(2, 2, 2, 3), images(2, 3, 4, 4)], (g, x) =>
      apply('convolutionFilter', [g.sin(), x], { ...steps, strides: [2, 1], sizes: [2, 3, 2, 2] }),
    ),
  ],
  maxPool: [
    use('windows side by side', [images(1, 2, 4, 6)], (x) => maxPool2d(x, 2)),
    use('windows that overlap', [images(2, 1, 5, 9)], (x) => maxPool2d(x, 3, { stride: [2, 1] })),
    use('padding', [images(1, 1, 4, 4)], (x) => maxPool2d(x, 3, { stride: 2, padding: 1 })),
    use('sequences', [cube(2, 1, 7)], (x) => maxPool1d(x, 2)),
  ],
  maxPoolInput: [
    use('its own derivative', [images(1, 1, 2, 3), images(1, 1, 4, 6)], (g, x) =>
      apply('maxPoolInput', [g.sin(), x], { windows: [2, 2], strides: [2, 2], sizes: [1, 1, 4, 6] }),
    ),
  ],
  maxPoolPick: [
    use('its own derivative', [images(1, 1, 5, 6), images(1, 1, 5, 6)], (h, x) =>
      apply('maxPoolPick', [h.sin(), x.mul(1.7)], { windows: [2, 3], strides: [1, 2] }),
    ),
  ],
  averagePool: [
    use('windows side by side', [images(1, 2, 4, 6)], (x) => averagePool2d(x, 2)),
    use('windows that overlap, padding', [images(2, 1, 5, 9)], (x) =>
      averagePool2d(x, 3, { stride: [2, 1], padding: 1 }),
    ),
    use('sequences', [cube(2, 1, 7)], (x) => averagePool1d(x, 3, { stride: 2 })),
  ],
  averagePoolInput: [
    use('its own derivative', [images(1, 1, 2, 3)], (g) =>
      apply('averagePoolInput', [g.sin()], { windows: [2, 2], strides: [2, 2], sizes: [1, 1, 5, 6] }),
    ),
  ],
  scan: [
    use('one carried scalar', [scalar(0.4), vector(0.2, 0.5, -1)], (s, x) =>
      scan((before, e) => before.mul(0.7).add(e).sin(), s, x),
    ),
    use('captured values', [scalar(0.4), vector(0.3, 0.6)], (s, b) =>
      scan((before, e) => b.at(0).add(b.at(1).mul(e)).add(before.square().mul(0.3)), s, [1, 0.5, 2, -1]),
    ),
    use('a carried vector', [vector(0.4, 0.1), matrix(2, 2, ...wild)], (s, a) =>
      scan((before, e) => a.matmul(before).add(e).tanh(), s, [
        [1, 0],
        [0.5, 2],
        [0, -1],
      ]),
    ),
    use('several carried by name', [scalar(0.4), vector(0.2, 0.5, -1)], (s, x) => {
      const { a, b } = scan(
        (before, e) => ({ a: before.a.mul(e).add(before.b), b: before.b.sin().add(1) }),
        { a: s, b: 0.5 },
        x,
      );
      return a.square().add(b);
    }),
    use('two sequences', [vector(0.2, 0.5, -1), vector(1, 2, 3)], (x, y) =>
      scan((before, e, f) => before.mul(e).add(f), 1, x, y).at(-1),
    ),
  ],
};
