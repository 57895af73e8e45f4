/**
 * Codings of a factor of k levels by k − 1 columns, as R's contr.treatment, contr.sum, contr.helmert and contr.poly.
 */
import { evaluatePolynomials, orthogonalPolynomials } from './polynomials.ts';

export type Contrast = 'treatment' | 'sum' | 'helmert' | 'poly';

export const contrastNames: readonly Contrast[] = ['treatment', 'sum', 'helmert', 'poly'];

/** One row a level; the names follow the name of the factor in the columns of a model matrix. */
export interface Coding {
  readonly names: readonly string[]; // (columns,)
  readonly values: Float64Array; // (levels, columns), row-major
}

/** One column a level. */
export function levelColumns(levels: readonly string[]): Coding {
  const k = levels.length;
  return { names: levels, values: Float64Array.from({ length: k * k }, (_, i) => (i % (k + 1) === 0 ? 1 : 0)) };
}

/** '.L', '.Q', '.C', '^4' …, as R names them. */
function polynomialName(degree: number): string {
  return ['', '.L', '.Q', '.C'][degree] ?? `^${degree}`;
}

/**
 * The coding of a factor.
 *
 * @param contrast `treatment`: differences from the first level; `sum`: from the mean of the levels; `helmert`: each
 *   level from the mean of those before it; `poly`: orthogonal polynomials over equally spaced levels
 * @param levels two or more
 * @example contrasts('sum', ['a', 'b', 'c']).values // 1, 0,  0, 1,  −1, −1
 */
export function contrasts(contrast: Contrast, levels: readonly string[]): Coding {
  const k = levels.length;
  const columns = k - 1;
  const fill = (entry: (level: number, column: number) => number) =>
    Float64Array.from({ length: k * columns }, (_, i) => entry(Math.floor(i / columns), i % columns));
  const numbered = Array.from({ length: columns }, (_, j) => String(j + 1));
  switch (contrast) {
    case 'treatment':
      return { names: levels.slice(1), values: fill((i, j) => (i === j + 1 ? 1 : 0)) };
    case 'sum':
      return { names: numbered, values: fill((i, j) => (i === columns ? -1 : i === j ? 1 : 0)) };
    case 'helmert':
      return { names: numbered, values: fill((i, j) => (i <= j ? -1 : i === j + 1 ? j + 1 : 0)) };
    case 'poly': {
      const scores = Float64Array.from(levels, (_, i) => i + 1);
      const values = evaluatePolynomials(scores, orthogonalPolynomials(scores, columns));
      return { names: numbered.map((_, j) => polynomialName(j + 1)), values };
    }
  }
}
