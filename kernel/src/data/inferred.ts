/**
 * A table whose columns are known only at run time.
 *
 * It is no plain object of columns on purpose: one with an index signature would make every name "taken" in
 * `model().data(…)`. `select` gives typed columns; the display says which types were found.
 */
import { jupyterDisplay } from '../host/display.ts';
import type { MimeBundle } from '../host/host.ts';
import { type Columns, type ColumnType, type ColumnTypes, makeColumns } from './columns.ts';
import { fault, inferType, type Reading, toColumn } from './convert.ts';
import { DataError, quoted } from './error.ts';
import type { Factor } from './factor.ts';
import { namesHint } from './names.ts';
import { formatTable, markdownTable, sizeText } from './table.ts';

/** What `csv(path)` without a `columns` argument gives. */
export class InferredTable {
  /** The path or address it was read from. */
  readonly source: string;
  /** Names of the columns, as in the file. */
  readonly names: readonly string[];
  /** Number of rows. */
  readonly length: number;
  readonly #fields: ReadonlyMap<string, readonly string[]>;
  readonly #reading: Reading;

  constructor(source: string, fields: ReadonlyMap<string, readonly string[]>, reading: Reading) {
    this.source = source;
    this.#fields = fields;
    this.#reading = reading;
    this.names = [...fields.keys()];
    this.length = fields.get(this.names[0] ?? '')?.length ?? 0;
  }

  /** The type found for a column. @throws DataError for an unknown name */
  typeOf(name: string): ColumnType {
    return inferType(this.#column(name), this.#reading);
  }

  /**
   * Typed columns, as `csv(path, columns)` would give.
   *
   * @throws DataError for an unknown name, or a value that is not of the type asked for
   * @example
   * const { iq } = (await csv('children.csv')).select({ iq: 'number' });
   */
  select<const C extends ColumnTypes>(columns: C): Columns<C> {
    return makeColumns(Object.keys(columns).map((name) => [name, this.#typed(name, columns[name]!)]));
  }

  /** One column as numbers; NaN where missing. */
  number(name: string): Float64Array {
    return this.#typed(name, 'number') as Float64Array;
  }

  /** One column as a factor; code −1 where missing. */
  factor(name: string): Factor {
    return this.#typed(name, 'factor') as Factor;
  }

  /** One line a column, and the `columns` argument to copy. */
  toString(): string {
    const hint = `const data = await csv('${this.source}', {\n${this.#argument()}\n});`;
    return `${formatTable(header, this.#rows())}\n${this.#size()}\nTyped columns (add the options you gave):\n${hint}`;
  }

  [jupyterDisplay](): MimeBundle {
    return {
      'text/plain': this.toString(),
      'text/markdown': `${markdownTable(header, this.#rows())}\n\n${this.#size()}`,
    };
  }

  #size(): string {
    return sizeText(this.length, this.names.length);
  }

  #argument(): string {
    const key = (name: string) =>
      /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' ? name : `[${JSON.stringify(name)}]`;
    return this.names.map((name) => `  ${key(name)}: '${this.typeOf(name)}',`).join('\n');
  }

  #rows(): string[][] {
    return this.names.map((name) => {
      const fields = this.#column(name);
      const missing = fields.filter((field) => this.#reading.missing.has(field)).length;
      return [
        name,
        this.typeOf(name),
        String(missing),
        fields
          .slice(0, 4)
          .map((field) => quoted(field, 12))
          .join(' '),
      ];
    });
  }

  #column(name: string): readonly string[] {
    const fields = this.#fields.get(name);
    if (fields === undefined) {
      throw new DataError(this.source, `there is no column '${name}'; ${namesHint(name, this.names)}`);
    }
    return fields;
  }

  #typed(name: string, type: ColumnType) {
    const fields = this.#column(name);
    fields.forEach((field, row) => {
      const remedy = fault(field, type, this.#reading);
      if (remedy === undefined) return;
      throw new DataError(this.source, `row ${row + 1} of the data is no ${type}: ${quoted(field)}; ${remedy}`, {
        column: `'${name}'`,
      });
    });
    return toColumn(fields, type, this.#reading);
  }
}

const header = ['column', 'type', 'missing', 'first values'] as const;
