/**
 * Palmer penguins (Gorman, Williams & Fraser 2014).
 */
import { makeColumns } from '../columns.ts';
import { type Factor, factor } from '../factor.ts';
import { penguinRows } from './penguins-rows.ts';

/** The columns of `penguins()`, 344 rows each. */
export interface Penguins {
  readonly species: Factor<'Adelie' | 'Chinstrap' | 'Gentoo'>;
  /** Island of the Palmer Archipelago, Antarctica. */
  readonly island: Factor<'Biscoe' | 'Dream' | 'Torgersen'>;
  /** Length of the bill (dorsal ridge), millimetres; NaN in 2 rows. */
  readonly bill_length_mm: Float64Array; // (344,)
  /** Depth of the bill, millimetres; NaN in 2 rows. */
  readonly bill_depth_mm: Float64Array; // (344,)
  /** Length of the flipper, millimetres; NaN in 2 rows. */
  readonly flipper_length_mm: Float64Array; // (344,)
  /** Body mass, grams; NaN in 2 rows. */
  readonly body_mass_g: Float64Array; // (344,)
  /** Sex, by molecular methods; missing (code −1) in 11 rows. */
  readonly sex: Factor<'female' | 'male'>;
  /** Year of the observation: 2007, 2008 or 2009. */
  readonly year: Float64Array; // (344,)
}

/**
 * 344 adult penguins of three species, measured near Palmer Station, Antarctica, 2007–2009.
 *
 * Source: Gorman KB, Williams TD, Fraser WR (2014), "Ecological sexual dimorphism and environmental variability
 * within a community of Antarctic penguins (genus Pygoscelis)", PLoS ONE 9(3): e90081; as in PyPI's palmerpenguins
 * 0.1.6 (Horst, Hill & Gorman 2020). Licence: CC0.
 *
 * @example
 * const { columns } = dropMissing(penguins(), ['flipper_length_mm', 'body_mass_g']); // 342 rows
 */
export function penguins(): Penguins {
  const rows = penguinRows.split('\n').map((row) => row.split(','));
  const labels = (field: number) => rows.map((row) => (row[field] === 'NA' ? null : row[field]!));
  const numbers = (field: number) =>
    Float64Array.from(rows, (row) => (row[field] === 'NA' ? Number.NaN : Number(row[field])));
  return makeColumns<Penguins>([
    ['species', factor(labels(0))],
    ['island', factor(labels(1))],
    ['bill_length_mm', numbers(2)],
    ['bill_depth_mm', numbers(3)],
    ['flipper_length_mm', numbers(4)],
    ['body_mass_g', numbers(5)],
    ['sex', factor(labels(6))],
    ['year', numbers(7)],
  ]);
}
