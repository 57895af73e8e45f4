/**
 * Fisher's irises (1936).
 */
import { makeColumns } from '../columns.ts';
import type { Factor } from '../factor.ts';
import { irisRows } from './iris-rows.ts';

/** The columns of `iris()`, 150 rows each, 50 of each species. */
export interface Iris {
  /** Centimetres. */
  readonly sepal_length: Float64Array; // (150,)
  /** Centimetres. */
  readonly sepal_width: Float64Array; // (150,)
  /** Centimetres. */
  readonly petal_length: Float64Array; // (150,)
  /** Centimetres. */
  readonly petal_width: Float64Array; // (150,)
  readonly species: Factor<'setosa' | 'versicolor' | 'virginica'>;
}

/**
 * Four lengths of 150 iris flowers of three species, nothing missing.
 *
 * Source: Fisher RA (1936), "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7:
 * 179–188, measured by Edgar Anderson; as in scikit-learn 1.9.1, which has Fisher's figures where UCI's copy (doi
 * 10.24432/C56C76) errs. Licence: CC BY 4.0 (UCI).
 *
 * @example
 * const { petal_length, species } = iris();
 */
export function iris(): Iris {
  const rows = irisRows.split('\n').map((row) => row.split(',').map(Number));
  const numbers = (field: number) => Float64Array.from(rows, (row) => row[field]!);
  const levels = ['setosa', 'versicolor', 'virginica'] as const;
  return makeColumns<Iris>([
    ['sepal_length', numbers(0)],
    ['sepal_width', numbers(1)],
    ['petal_length', numbers(2)],
    ['petal_width', numbers(3)],
    ['species', { codes: Int32Array.from(rows, (row) => row[4]!), levels }],
  ]);
}
