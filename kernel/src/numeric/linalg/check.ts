/** Argument checks shared by the linear algebra. */

/** @throws RangeError unless `a` holds rows · columns numbers. */
export function checkSize(name: string, a: Float64Array, rows: number, columns: number): void {
  if (!(Number.isSafeInteger(rows) && rows >= 0 && Number.isSafeInteger(columns) && columns >= 0)) {
    throw new RangeError(`${name}: expected whole sizes, got ${rows} × ${columns}`);
  }
  if (a.length !== rows * columns) {
    throw new RangeError(
      `${name}: expected a row-major array of ${rows} × ${columns} = ${rows * columns} numbers, got ${a.length}`,
    );
  }
}
