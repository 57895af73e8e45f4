/**
 * A shape that does not fit: the message names the operation, the shapes, and what the user calls the operands. Goes over
 * the registry's operations that check shapes.
 */
import { describe, expect, it } from 'vitest';
import { normal } from '#kernel/distributions/normal';
import { model } from '#kernel/model/model';
import { constant, variable } from '#kernel/program/expression';
import { broadcastTo, concatenate, matmul, stack, where } from '#kernel/program/functions';
import {
  cholesky,
  diagonal,
  eigenSymmetric,
  kronecker,
  logAbsDeterminant,
  lowerTriangle,
  matrixExponential,
  qrFactors,
  solve,
  svd,
  triangularSolve,
} from '#kernel/program/matrices';
import { takeAlong } from '#kernel/program/ordering';
import type { Expr } from '#kernel/program/types';

const mu = variable('mu', [3]) as Expr;
const beta = variable('beta', [2]) as Expr;
const design = variable('design', [5, 4]) as Expr;

/** Every way to go wrong: what must stand in the message. */
const cases: readonly [string, () => unknown, operation: string, ...said: string[]][] = [
  ['a sum', () => mu.add(beta), 'add', '[3] and [2]', '3 meets 2', 'mu has shape [3]', 'beta has shape [2]'],
  [
    'a sum of expressions',
    () => mu.mul(2).exp().add(beta.log()),
    'add',
    'exp(mu * 2) has shape [3]',
    'log(beta) has shape [2]',
  ],
  ['a comparison', () => mu.lt(beta), 'lt', 'mu has shape [3]'],
  ['a selection', () => where(mu.gt(0), beta, 1), 'where', 'gt(mu, 0) has shape [3]', 'beta has shape [2]'],
  ['a product of matrices', () => matmul(design, beta), 'matmul', 'inner sizes 4 and 2', 'design has shape [5, 4]'],
  ['a new shape', () => mu.reshape(2, 2), 'reshape', '[3] has 3 elements', 'product is 3', 'mu has shape [3]'],
  ['stretching', () => broadcastTo(mu, [4]), 'broadcastTo', '[3] and [4]', 'mu has shape [3]'],
  [
    'pieces',
    () => concatenate([design, mu]),
    'concatenate',
    '[5, 4], [3]',
    'design has shape [5, 4]',
    'mu has shape [3]',
  ],
  ['a stack', () => stack([mu, beta]), 'stack', '[3] and [2]', 'use concatenate', 'beta has shape [2]'],
  ['a factor', () => cholesky(design), 'cholesky', 'expected a square matrix', 'design has shape [5, 4]'],
  ['a diagonal', () => diagonal(design), 'diagonal', 'expected a square matrix', 'design has shape [5, 4]'],
  ['a triangle', () => lowerTriangle(mu), 'lowerTriangle', 'got shape [3]', 'mu has shape [3]'],
  ['a triangular system', () => triangularSolve([[1]], mu), 'triangularSolve', '[1, 1]', '1 rows', 'mu has shape [3]'],
  ['a system', () => solve([[1]], mu), 'solve', '[1, 1]', '1 rows', 'mu has shape [3]'],
  ['a determinant', () => logAbsDeterminant(design), 'logAbsDeterminant', 'design has shape [5, 4]'],
  ['an exponential', () => matrixExponential(mu), 'matrixExponential', 'mu has shape [3]'],
  ['eigenvalues', () => eigenSymmetric(design), 'symmetricEigen', 'design has shape [5, 4]'],
  ['singular values', () => svd(mu), 'svd', 'expected a matrix', 'mu has shape [3]'],
  [
    'an orthogonal factor',
    () => qrFactors(design.transpose()),
    'qr',
    '[4, 5]',
    'factor the transpose',
    'transpose(design)',
  ],
  ['a Kronecker product', () => kronecker(mu, design), 'kronecker', 'expected two matrices', 'mu has shape [3]'],
  [
    'elements along a dimension',
    () => takeAlong(design, [[0]]),
    'takeAlong',
    '[5, 4]',
    '[1, 1]',
    'design has shape [5, 4]',
  ],
];

describe('a shape that does not fit', () => {
  it.each(cases)('%s', (_, make, operation, ...said) => {
    let message = '';
    try {
      make();
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      message = (error as Error).message;
    }
    expect(message.startsWith(`${operation}:`), message).toBe(true);
    for (const text of said) expect(message).toContain(text);
  });
  it('says nothing of names where there are none', () => {
    expect(() => constant([1, 2]).add([1, 2, 3])).toThrow(/add a dimension with \.reshape\(…\)$/);
  });
  it('stops at a few operands and a few operations', () => {
    const many = Array.from({ length: 9 }, (_, i) => variable(`x${i}`, [i + 1, 2]) as Expr);
    expect(() => concatenate([...many, mu])).toThrow(/\(x0 has shape \[1, 2\], .*, x3 has shape \[4, 2\], …\)$/);
    expect(() => mu.sin().cos().tan().exp().log().add(beta)).toThrow(/\(beta has shape \[2\]\)$/);
    expect(() => mu.sin().cos().tan().add(beta)).toThrow(/tan\(cos\(sin\(mu\)\)\) has shape \[3\]/);
  });
});

describe('in a model', () => {
  it('the parameters and the data have their names', () => {
    const tell = () =>
      model()
        .data({ y: [1, 2, 3, 4], x: [1, 2] })
        .parameters({ slope: normal(0, 1).size(3) })
        .observe(({ slope, x }) => ({ y: normal(slope.mul(x), 1) }));
    expect(tell).toThrow(/mul: shapes \[3\] and \[2\].*slope has shape \[3\].*x has shape \[2\]/);
  });
});
