/**
 * From a formula and data to the response and the model matrix, with the column names and the coding of R.
 */
import { type Column, rowCount } from '../../data/columns.ts';
import { namesHint } from '../../data/names.ts';
import { allFinite } from '../../numeric/all-finite.ts';
import { constantVector } from '../../numeric/constant-vectors.ts';
import { type Coding, type Contrast, contrastNames, contrasts, levelColumns } from './contrasts.ts';
import { completeRows, type Data, evaluate, numbersOf, type Scope, type Value } from './evaluate.ts';
import { parseExpression, parseFormula } from './parse.ts';
import { type Formula, type Node, namesIn, print } from './syntax.ts';
import { expandTerms, type Term, type Terms } from './terms.ts';

export interface DesignOptions {
  /** How factors are coded, by the name of the factor; default treatment. */
  readonly contrasts?: Readonly<Record<string, Contrast>>;
  /** One weight a row: a column, an expression of columns, or the numbers. */
  readonly weights?: string | ArrayLike<number>;
  /** One known part of the predictor a row, added to the offsets of the formula. */
  readonly offset?: string | ArrayLike<number>;
}

/** A model matrix and what stands beside it. */
export interface Design {
  readonly formula: string;
  /** Names of the columns. */
  readonly columns: readonly string[]; // (p,)
  readonly matrix: Float64Array; // (n, p), row-major
  /** The same, each column in an array of its own. */
  readonly byColumn: readonly Float64Array[]; // p of (n,)
  /** For each column its term, counted from 1; 0 for the intercept. */
  readonly assign: readonly number[]; // (p,)
  /** Names of the terms. */
  readonly terms: readonly string[];
  readonly intercept: boolean;
  /** The response: its name and value; undefined without one. */
  readonly response: { readonly label: string; readonly value: Value } | undefined;
  readonly offset: Float64Array | undefined; // (n,)
  readonly weights: Float64Array | undefined; // (n,)
  /** The rows of the data that were used, from 0. */
  readonly rows: readonly number[]; // (n,)
  /** How many rows were dropped because a value is missing, in words; undefined if none. */
  readonly note: string | undefined;
  /** The same columns on new data; the response may be absent there. */
  on(data: Data): Pick<Design, 'matrix' | 'offset' | 'rows'>;
}

/** The columns one variable gives to a term. */
interface Block {
  readonly names: readonly string[];
  /** A column, of so many rows. */
  readonly take: (column: number, rows: number) => Float64Array;
}

/** Every so manieth entry of a matrix whose rows are as wide. */
function strided(values: ArrayLike<number>, from: number, width: number, rows: number): Float64Array {
  const taken = new Float64Array(rows);
  for (let i = 0; i < rows; i++) taken[i] = values[i * width + from]!;
  return taken;
}

function block(label: string, value: Value, coding: Coding | undefined): Block {
  switch (value.kind) {
    case 'numbers':
      return { names: [label], take: () => value.values };
    case 'constant':
      return { names: [label], take: (_, rows) => new Float64Array(rows).fill(value.values[0]!) };
    case 'matrix': {
      const width = value.names.length;
      return {
        names: value.names.map((name) => label + name),
        take: (j, rows) => strided(value.values, j, width, rows),
      };
    }
    case 'factor': {
      const width = coding!.names.length;
      return {
        names: coding!.names.map((name) => label + name),
        take: (j, rows) => Float64Array.from({ length: rows }, (_, i) => coding!.values[value.codes[i]! * width + j]!),
      };
    }
  }
}

/** Columns of a term: products of those of its variables, the first variable running fastest. */
function product(blocks: readonly Block[]): Block {
  return blocks.reduce((left, right) => {
    const width = left.names.length;
    return {
      names: right.names.flatMap((b) => left.names.map((a) => `${a}:${b}`)),
      take: (j, rows) => {
        const [a, b] = [left.take(j % width, rows), right.take(Math.floor(j / width), rows)];
        return a.map((value, i) => value * b[i]!);
      },
    };
  });
}

/** Columns as one matrix, row-major. */
function joined(columns: readonly Float64Array[], rows: number): Float64Array {
  const p = columns.length;
  const matrix = new Float64Array(rows * p);
  columns.forEach((column, j) => {
    for (let i = 0; i < rows; i++) matrix[i * p + j] = column[i]!;
  });
  return matrix;
}

function checkFinite(label: string, value: Value, { rows, finite }: Scope): void {
  if (value.kind === 'factor' || value.kind === 'constant' || finite.has(value.values)) return;
  const width = value.kind === 'matrix' ? value.names.length : 1;
  const { values } = value;
  if (allFinite(values)) return;
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) continue;
    throw new RangeError(
      `formula: '${label}' is ${values[at]} in row ${rows[Math.floor(at / width)]}; leave such rows out or transform otherwise`,
    );
  }
}

class Recipe {
  readonly formula: Formula;
  readonly terms: Terms;
  readonly memory = new Map<string, unknown>();
  readonly options: DesignOptions;
  /** Of the term that first holds a factor in a model without intercept: coded by levels, so that no level is lost. */
  private firstFactor: { readonly term: Term; readonly variable: number } | undefined;

  constructor(formula: Formula, terms: Terms, options: DesignOptions) {
    this.formula = formula;
    this.terms = terms;
    this.options = options;
  }

  scope(data: Data, rows: readonly number[], finite: ReadonlySet<unknown>, fitting: boolean): Scope {
    return { formula: this.formula.text, data, rows, finite, memory: this.memory, fitting };
  }

  build(scope: Scope): Pick<Design, 'columns' | 'byColumn' | 'assign' | 'offset' | 'rows'> {
    const { terms, variables, intercept, offsets } = this.terms;
    const { rows } = scope;
    const used = new Set(terms.flatMap((term) => term.variables));
    const values = variables.map(({ node, label }, k): Value => {
      if (!used.has(k)) return { kind: 'constant', values: [0] }; // taken out again
      const value = evaluate(node, scope);
      checkFinite(label, value, scope);
      return value;
    });
    if (!intercept && scope.fitting) {
      for (const term of terms) {
        const variable = term.variables.find((index) => values[index]!.kind === 'factor');
        if (variable !== undefined) {
          this.firstFactor = { term, variable };
          break;
        }
      }
    }
    const ones: Block = { names: ['(Intercept)'], take: (_, n) => constantVector(1, n) };
    const blocks: Block[] = intercept ? [ones] : [];
    const assign: number[] = intercept ? [0] : [];
    terms.forEach((term, t) => {
      const parts = term.variables.map((index, k) => {
        const { label } = variables[index]!;
        return block(label, values[index]!, this.coding(term, index, k, label, values[index]!));
      });
      const whole = product(parts);
      blocks.push(whole);
      assign.push(...whole.names.map(() => t + 1));
    });
    const columns = blocks.flatMap(({ names }) => names);
    const byColumn = blocks.flatMap(({ names, take }) => names.map((_, j) => take(j, rows.length)));
    const parts = offsets.map(({ node }) => node);
    const offset = parts.length === 0 ? undefined : new Float64Array(rows.length);
    for (const node of parts) {
      const part = numeric(node, scope);
      for (let i = 0; i < rows.length; i++) offset![i]! += part[i]!;
    }
    return { columns, byColumn, assign, offset, rows };
  }

  private coding(term: Term, variable: number, place: number, label: string, value: Value): Coding | undefined {
    if (value.kind !== 'factor') return undefined;
    if (value.levels.length < 2) {
      throw new RangeError(
        `formula: the factor '${label}' has one level, '${value.levels[0]}', in the rows used; leave it out`,
      );
    }
    const whole =
      term.coding[place] === 'levels' || (this.firstFactor?.term === term && this.firstFactor.variable === variable);
    if (whole) return levelColumns(value.levels);
    return contrasts(this.options.contrasts?.[label] ?? value.contrast ?? 'treatment', value.levels);
  }
}

function numeric(node: Node, scope: Scope): Float64Array {
  const value = evaluate(node, scope);
  if (value.kind === 'matrix') throw new TypeError(`formula: '${print(node)}' must be numbers, got a matrix`);
  const values = numbersOf(scope, node, value);
  checkFinite(print(node), { kind: 'numbers', values }, scope);
  return values;
}

/** @throws TypeError, RangeError for codings that are none, or of what is not there */
function checkContrasts(chosen: DesignOptions['contrasts'], terms: Terms, columns: object): void {
  for (const [name, contrast] of Object.entries(chosen ?? {})) {
    if (!contrastNames.includes(contrast)) {
      throw new RangeError(`contrasts: one of ${contrastNames.join(', ')} expected for '${name}', got '${contrast}'`);
    }
    const known = [...new Set([...Object.keys(columns), ...terms.variables.map(({ label }) => label)])];
    if (!known.includes(name)) throw new RangeError(`contrasts: no factor '${name}'; ${namesHint(name, known)}`);
  }
}

/**
 * Response and model matrix of a formula. Rows with a missing value in a column that is used are dropped, and counted
 * in `note`.
 *
 * @param formula `'log(y) ~ x * g + offset(log(n))'`
 * @param data columns of one length
 * @throws FormulaError for a formula that cannot be read, RangeError for data it does not fit
 * @example design('y ~ a * x', data).columns // ['(Intercept)', 'ahi', 'x', 'ahi:x']
 */
export function design(formula: string, data: object, options: DesignOptions = {}): Design {
  return designOf(parseFormula(formula), data, options);
}

/**
 * The design of a formula already read.
 *
 * @param also parts whose columns must be complete as well in the rows that are used
 */
export function designOf(
  parsed: Formula,
  data: object,
  options: DesignOptions = {},
  also: readonly Node[] = [],
): Design {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    const got = Array.isArray(data) ? 'an array' : String(data);
    throw new TypeError(`formula: columns expected as data, as { x: [1, 2, 3], y: [2, 4, 7] }, got ${got}`);
  }
  const columns = data as Data;
  const terms = expandTerms(parsed, Object.keys(columns));
  checkContrasts(options.contrasts, terms, columns);
  const nodes = [...(parsed.response ? [parsed.response] : []), ...terms.variables.map(({ node }) => node)];
  const weightNode = typeof options.weights === 'string' ? parseExpression(options.weights) : undefined;
  const offsetNode = typeof options.offset === 'string' ? parseExpression(options.offset) : undefined;
  if (offsetNode)
    (terms.offsets as { label: string; node: Node }[]).push({ label: print(offsetNode), node: offsetNode });
  const used = [...nodes, ...terms.offsets.map(({ node }) => node), ...(weightNode ? [weightNode] : [])];
  const names = [...new Set([...used, ...also].flatMap(namesIn))];
  const all = rowCount(columns as Readonly<Record<string, Column>>);
  const finite = new Set<unknown>();
  const rows = completeRows(columns, names, all, finite);
  const recipe = new Recipe(parsed, terms, options);
  const scope = recipe.scope(columns, rows, finite, true);
  if (rows.length === 0) {
    const first = names.length > 0;
    throw new RangeError(
      first && all > 0
        ? `formula: no row is complete in ${names.join(', ')}: every one of ${all} has a missing value`
        : 'formula: the data have no rows',
    );
  }
  const response = parsed.response
    ? { label: print(parsed.response), value: evaluate(parsed.response, scope) }
    : undefined;
  if (response) checkFinite(response.label, response.value, scope);
  const built = recipe.build(scope);
  const taken = (given: string | ArrayLike<number> | undefined, what: string) => {
    if (given === undefined || typeof given === 'string') return undefined;
    if (given.length !== all) {
      throw new RangeError(`formula: ${all} ${what}s expected, one a row; got ${given.length ?? String(given)}`);
    }
    return Float64Array.from(rows, (row) => given[row]!);
  };
  const ofWeights = { ...scope, formula: String(options.weights) };
  const weights = weightNode ? numeric(weightNode, ofWeights) : taken(options.weights, 'weight');
  const bad = weights?.findIndex((weight) => !(weight >= 0 && weight < Infinity)) ?? -1;
  if (bad >= 0) {
    throw new RangeError(`formula: weights must be finite and not negative, got ${weights![bad]} in row ${rows[bad]}`);
  }
  if (weights?.every((weight) => weight === 0)) throw new RangeError('formula: every weight is 0, so no row counts');
  const given = taken(options.offset, 'offset');
  const odd = given?.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (odd >= 0) throw new RangeError(`formula: offsets must be finite, got ${given![odd]} in row ${rows[odd]}`);
  const offset = given && built.offset ? given.map((value, i) => value + built.offset![i]!) : (given ?? built.offset);
  let matrix: Float64Array | undefined;
  return {
    ...built,
    get matrix() {
      matrix ??= joined(built.byColumn, rows.length);
      return matrix;
    },
    formula: parsed.text,
    terms: terms.terms.map(({ label }) => label),
    intercept: terms.intercept,
    response,
    offset,
    weights,
    note: rows.length < all ? `${all - rows.length} of ${all} rows dropped: a value is missing` : undefined,
    on: (newData) => {
      const fresh = newData as Data;
      const used = terms.variables.filter((_, k) => terms.terms.some(({ variables }) => variables.includes(k)));
      const wanted = [...new Set([...used, ...terms.offsets].flatMap(({ node }) => namesIn(node)))];
      const absent = wanted.find((name) => Object.hasOwn(columns, name) && !Object.hasOwn(fresh, name));
      if (absent !== undefined) {
        throw new RangeError(
          `predict: the new data lack the column '${absent}'; ${namesHint(absent, Object.keys(fresh))}`,
        );
      }
      const height = rowCount(fresh as Readonly<Record<string, Column>>);
      const missing = height - completeRows(fresh, wanted, height, new Set()).length;
      if (missing > 0)
        throw new RangeError(`predict: ${missing} of ${height} rows have a missing value; drop them first`);
      if (given && height !== all) {
        throw new RangeError(
          `predict: the fit has an offset of ${all} numbers, which says nothing of ${height} new rows; give it as a column or as offset(…) in the formula`,
        );
      }
      const { byColumn, offset: part } = recipe.build(
        recipe.scope(
          fresh,
          Array.from({ length: height }, (_, i) => i),
          new Set(),
          false,
        ),
      );
      const known =
        given && Float64Array.from({ length: height }, (_, row) => (options.offset as ArrayLike<number>)[row]!);
      const offset = known && part ? known.map((value, i) => value + part[i]!) : (known ?? part);
      return { matrix: joined(byColumn, height), offset, rows: Array.from({ length: height }, (_, i) => i) };
    },
  };
}
