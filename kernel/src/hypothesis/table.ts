/** Tables of counts as the tests of them take them. */

/** Rows of counts. */
export type Counts = readonly ArrayLike<number>[];

export interface CountTable {
  readonly rows: readonly Float64Array[];
  readonly rowTotals: readonly number[];
  readonly columnTotals: readonly number[];
  readonly total: number;
}

/** Two or more rows and columns of whole numbers from 0. @throws RangeError for anything else */
export function wholeCounts(caller: string, counts: Counts): Float64Array[] {
  const rows = counts.map((row) => Float64Array.from(row));
  const columns = rows[0]?.length ?? 0;
  if (rows.length < 2 || columns < 2) {
    throw new RangeError(
      `${caller}: a table of two or more rows and columns expected, got ${rows.length} × ${columns}`,
    );
  }
  rows.forEach((row, i) => {
    if (row.length !== columns) {
      throw new RangeError(`${caller}: rows of one length expected, got ${columns} and ${row.length}`);
    }
    row.forEach((count, j) => {
      if (!(Number.isInteger(count) && count >= 0)) {
        throw new RangeError(`${caller}: counts are whole numbers from 0, got ${count} in row ${i}, column ${j}`);
      }
    });
  });
  return rows;
}

/**
 * Check a table of counts.
 *
 * @throws RangeError for what is not a count, rows of different lengths, and margins that are 0
 */
export function countTable(caller: string, counts: Counts): CountTable {
  const rows = wholeCounts(caller, counts);
  const columns = rows[0]!.length;
  const rowTotals = rows.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columnTotals = Array.from({ length: columns }, (_, j) => rows.reduce((sum, row) => sum + row[j]!, 0));
  const empty = [...rowTotals, ...columnTotals].indexOf(0);
  if (empty >= 0) {
    const name = empty < rows.length ? `row ${empty}` : `column ${empty - rows.length}`;
    throw new RangeError(`${caller}: every row and column needs a count above 0; leave out ${name}`);
  }
  return { rows, rowTotals, columnTotals, total: rowTotals.reduce((sum, count) => sum + count, 0) };
}
