/** Typed columns: CSV files and addresses in, data sets that ship, missing values, factors. */
export { type BinOptions, bins } from './bins.ts';
export type { Column, ColumnOf, Columns, ColumnType, ColumnTypes } from './columns.ts';
export { type CsvOptions, csv, parseCsv } from './csv.ts';
export { type DatePart, datePart, datesOf, daysOf } from './dates.ts';
export { Description, type DescriptionRow, describe, type Scale, standardise, unstandardise } from './describe.ts';
export { DataError } from './error.ts';
export { type Factor, factor, indicator, labelsOf } from './factor.ts';
export { type ImageFolder, imageFolder } from './file-images.ts';
export { CrossTable } from './frame/cross-table.ts';
export { Frame, frame } from './frame/frame.ts';
export { type Group, GroupedFrame } from './frame/groups.ts';
export type { JoinKind } from './frame/join.ts';
export type { Cell, RowOf } from './frame/types.ts';
export { InferredTable } from './inferred.ts';
export type { FileReader, ReadLimits } from './limits.ts';
export { type CompleteColumn, type CompleteRows, dropMissing } from './missing.ts';
export {
  autocorrelation,
  correlation,
  covariance,
  mean,
  median,
  quantile,
  standardDeviation,
  variance,
} from './moments.ts';
export { type Lagged, lag, runningSum } from './order.ts';
export { decodePng, type PngImage } from './png.ts';
export type { ReadProgress } from './progress.ts';
export { type Digits, digits } from './sets/digits.ts';
export { type EightSchools, eightSchools } from './sets/eight-schools.ts';
export { type Iris, iris } from './sets/iris.ts';
export { type Penguins, penguins } from './sets/penguins.ts';
export { type Sonnets, sonnets } from './sets/sonnets.ts';
export { type TableRow, Tabulation, tabulate } from './tabulate.ts';
export { toCsv, type WriteOptions } from './write-csv.ts';
