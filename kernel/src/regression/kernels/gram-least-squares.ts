/**
 * Least squares of many rows through Xᵀ X, where the columns are far from depending on each other, corrected once by its
 * own residuals: then as right as through QR (Björck 1987, Linear Algebra and its Applications 88/89, 31–48), at half the
 * work, all of it in compiled loops.
 */
import type { LeastSquaresSolution } from '../../numeric/linalg/pivoted-qr.ts';
import { type ColumnsFactor, GramFactor } from './gram-factor.ts';
import { RowBlocks } from './row-blocks.ts';

/** A factor that solves for a response. */
export interface LeastSquares extends ColumnsFactor {
  solve(y: Float64Array, closely?: boolean): LeastSquaresSolution;
}

/** Multiplications from which this pays, and is taken. */
const WORTH = 200_000;

/** The solver of a large, well conditioned problem; undefined where the rows are to be factored. */
export function gramLeastSquares(columns: readonly Float64Array[], rows: number): LeastSquares | undefined {
  if (!(rows * columns.length ** 2 >= WORTH && rows > columns.length)) return undefined;
  const blocks = RowBlocks.open(columns);
  const factor = blocks && GramFactor.of(blocks.gram(false), columns);
  if (!factor) return undefined;
  return {
    rank: factor.rank,
    kept: factor.kept,
    unscaledCovariance: () => factor.unscaledCovariance(),
    leverage: () => factor.leverage(undefined),
    solve(y) {
      const { eta, offset, pull } = blocks;
      offset.fill(0);
      pull.set(y);
      let coefficients = factor.solve(blocks.transposeTimesPull());
      const leave = () => {
        blocks.predict(coefficients);
        for (let i = 0; i < rows; i++) pull[i] = y[i]! - eta[i]!;
      };
      leave();
      const correction = factor.solve(blocks.transposeTimesPull());
      coefficients = coefficients.map((b, j) => b + correction[j]!);
      leave();
      return { coefficients, residuals: pull.slice(), effects: factor.effects(coefficients) };
    },
  };
}
