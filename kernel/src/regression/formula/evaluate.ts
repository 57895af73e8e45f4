/**
 * The value of a part of a formula on a data set: arithmetic, functions of one variable, factors, polynomial and
 * spline bases. What is chosen from the data at the fit (levels, knots, polynomial coefficients) is remembered, so
 * that new data get the same columns.
 */
import { type Column, isMissing } from '../../data/columns.ts';
import { type Factor, factor, isFactor } from '../../data/factor.ts';
import { namesHint } from '../../data/names.ts';
import { allFinite } from '../../numeric/all-finite.ts';
import { log, pow } from '../../numeric/elementary.ts';
import { type Contrast, contrastNames } from './contrasts.ts';
import { arithmetic, choices, comparisons, cut, functions, interaction } from './functions.ts';
import { evaluatePolynomials, orthogonalPolynomials, type Polynomials } from './polynomials.ts';
import { evaluateSplines, type SplineBasis, splineBasis } from './splines.ts';
import { FormulaError, type Node, print } from './syntax.ts';

/** A data set: columns of one length. */
export type Data = Readonly<Record<string, Column | readonly number[]>>;

interface FactorValue {
  readonly kind: 'factor';
  readonly codes: Int32Array;
  readonly levels: readonly string[];
  readonly contrast?: Contrast;
}

export type Value =
  | { readonly kind: 'constant'; readonly values: readonly number[] }
  | { readonly kind: 'numbers'; readonly values: Float64Array }
  | { readonly kind: 'matrix'; readonly names: readonly string[]; readonly values: Float64Array }
  | FactorValue;

/** The data a formula is evaluated on, its text for errors, and what was chosen at the fit. */
export interface Scope {
  readonly formula: string;
  readonly data: Data;
  readonly rows: readonly number[];
  /** Columns that are known to hold finite numbers alone. */
  readonly finite: ReadonlySet<unknown>;
  /** By the text of the part; filled at the fit, read on new data. */
  readonly memory: Map<string, unknown>;
  readonly fitting: boolean;
}

const SPECIAL = [
  ...['I', 'poly', 'bs', 'ns', 'scale', 'pmin', 'pmax', 'ifelse', 'factor', 'ordered', 'relevel', 'cut', 'interaction'],
  ...['C', 'c', 'as.factor', 'as.numeric', 'unclass', 'offset', 'cbind'],
];

const LOGICAL: readonly string[] = ['FALSE', 'TRUE'];

function fail(scope: Scope, node: Node, what: string): never {
  throw new FormulaError(scope.formula, node.start, what);
}

/** What was chosen for this part at the fit; at the fit itself, choose it. */
function remembered<T>(scope: Scope, node: Node, choose: () => T): T {
  const label = print(node);
  if (scope.fitting && !scope.memory.has(label)) scope.memory.set(label, choose());
  return scope.memory.get(label) as T;
}

/** A factor with the levels of the fit: those that occur there. */
function withLevels(scope: Scope, node: Node, { codes, levels }: Factor): FactorValue {
  const kept = remembered(scope, node, () => levels.filter((_, code) => codes.includes(code)));
  const recoded = levels.map((level) => kept.indexOf(level));
  const result = codes.map((code) => {
    if (recoded[code]! >= 0) return recoded[code]!;
    throw new RangeError(
      `formula: '${print(node)}' has the level '${levels[code]}', which the fit has not seen; there are: ${kept.join(', ')}`,
    );
  });
  return { kind: 'factor', codes: result, levels: kept };
}

/** What the column was at the fit, which it must be on new data. */
function checkKind(scope: Scope, name: string, kind: 'numbers' | 'text or a factor' | 'logical'): void {
  const key = `column ${name}`;
  if (scope.fitting) scope.memory.set(key, kind);
  const before = scope.memory.get(key) ?? kind;
  if (before !== kind) throw new TypeError(`formula: '${name}' was ${before} at the fit, and is ${kind} here`);
}

function column(scope: Scope, node: Node & { readonly type: 'name' }): Value {
  const { data, rows } = scope;
  if (!Object.hasOwn(data, node.name)) {
    fail(scope, node, `expected the name of a column, got '${node.name}'; ${namesHint(node.name, Object.keys(data))}`);
  }
  const values = data[node.name]!;
  const sample = rows.length > 0 && !isFactor(values) ? values[rows[0]!] : 0;
  const text = isFactor(values) || typeof sample === 'string';
  if (rows.length > 0 || text) {
    checkKind(scope, node.name, text ? 'text or a factor' : typeof sample === 'boolean' ? 'logical' : 'numbers');
  }
  if (values instanceof Float64Array && rows.length === values.length) return { kind: 'numbers', values };
  if (isFactor(values)) {
    return withLevels(scope, node, {
      codes: Int32Array.from(rows, (row) => values.codes[row]!),
      levels: values.levels,
    });
  }
  if (typeof sample === 'string') {
    return withLevels(scope, node, factor(rows.map((row) => String(values[row]))));
  }
  if (typeof sample === 'boolean') {
    return { kind: 'factor', codes: Int32Array.from(rows, (row) => Number(values[row])), levels: LOGICAL };
  }
  const taken = new Float64Array(rows.length);
  for (let i = 0; i < taken.length; i++) {
    const value = values[rows[i]!];
    if (typeof value !== 'number') {
      throw new TypeError(`formula: '${node.name}' holds numbers, but ${JSON.stringify(value)} in row ${rows[i]}`);
    }
    taken[i] = value;
  }
  return { kind: 'numbers', values: taken };
}

const isLogical = (value: Value): boolean => value.kind === 'factor' && value.levels.join() === LOGICAL.join();

function logical(values: ArrayLike<boolean>): Value {
  return { kind: 'factor', codes: Int32Array.from(values, Number), levels: LOGICAL };
}

/** The value as numbers; a logical as 0 and 1. */
export function numbersOf(scope: Scope, node: Node, value: Value): Float64Array {
  if (value.kind === 'numbers') return value.values;
  if (value.kind === 'constant' && value.values.length === 1) {
    return new Float64Array(scope.rows.length).fill(value.values[0]!);
  }
  if (value.kind === 'factor' && isLogical(value)) return Float64Array.from(value.codes);
  return fail(
    scope,
    node,
    `expected numbers, got ${value.kind === 'factor' ? 'a factor' : 'several'} in ${print(node)}`,
  );
}

type Call = Node & { readonly type: 'call' };

/** Arguments by name: those without a name fill the names in order. */
function argumentsOf(scope: Scope, call: Call, names: readonly string[]): Map<string, Node> {
  const found = new Map<string, Node>();
  const open = names.filter((name) => !call.arguments.some((argument) => argument.name === name));
  for (const { name, value } of call.arguments) {
    const target = name ?? open.shift();
    if (target === undefined || !names.includes(target)) {
      fail(scope, value, `expected ${call.name}(${names.join(', ')}), got ${name ?? 'one argument more'}`);
    }
    found.set(target, value);
  }
  if (!found.has(names[0]!)) fail(scope, call, `expected ${call.name}(${names.join(', ')}), got no argument`);
  return found;
}

function constants(scope: Scope, node: Node | undefined): readonly number[] | undefined {
  if (!node) return undefined;
  const value = evaluate(node, scope);
  return value.kind === 'constant' ? value.values : fail(scope, node, `expected a number, got ${print(node)}`);
}

function flag(scope: Scope, node: Node | undefined, otherwise = false): boolean {
  if (node === undefined) return otherwise;
  if (node.type === 'name' && (node.name === 'T' || node.name === 'F')) return node.name === 'T';
  return node.type === 'boolean' ? node.value : fail(scope, node, `expected TRUE or FALSE, got ${print(node)}`);
}

/** `"a"` or `c("a", "b")`; numbers are taken by their text. */
function texts(scope: Scope, node: Node): string[] {
  if (node.type === 'string') return [node.value];
  if (node.type === 'call' && node.name === 'c') return node.arguments.flatMap(({ value }) => texts(scope, value));
  return constants(scope, node)!.map(String);
}

/** The columns of a matrix by their numbers; a single one has none. */
const numbered = (count: number) => (count === 1 ? [''] : Array.from({ length: count }, (_, j) => String(j + 1)));

function poly(scope: Scope, call: Call): Value {
  const given = argumentsOf(scope, call, ['x', 'degree', 'raw']);
  const x = numbersOf(scope, call, evaluate(given.get('x')!, scope));
  const degree = constants(scope, given.get('degree'))?.[0] ?? 1;
  const names = numbered(degree);
  if (flag(scope, given.get('raw'))) {
    const values = Float64Array.from({ length: x.length * degree }, (_, i) =>
      pow(x[Math.floor(i / degree)]!, 1 + (i % degree)),
    );
    return { kind: 'matrix', names, values };
  }
  const basis = remembered<Polynomials>(scope, call, () => orthogonalPolynomials(x, degree));
  return { kind: 'matrix', names, values: evaluatePolynomials(x, basis) };
}

function spline(scope: Scope, call: Call, kind: 'bs' | 'ns'): Value {
  const names = kind === 'bs' ? ['x', 'df', 'knots', 'degree', 'intercept'] : ['x', 'df', 'knots', 'intercept'];
  const given = argumentsOf(scope, call, [...names, 'Boundary.knots']);
  const x = numbersOf(scope, call, evaluate(given.get('x')!, scope));
  const basis = remembered<SplineBasis>(scope, call, () => {
    const [df, degree] = [constants(scope, given.get('df'))?.[0], constants(scope, given.get('degree'))?.[0]];
    const [knots, boundary] = [constants(scope, given.get('knots')), constants(scope, given.get('Boundary.knots'))];
    return splineBasis(kind, x, {
      intercept: flag(scope, given.get('intercept')),
      ...(df !== undefined && { df }),
      ...(degree !== undefined && { degree }),
      ...(knots && { knots }),
      ...(boundary && { boundary: [boundary[0]!, boundary[1]!] as const }),
    });
  });
  const { columns, values } = evaluateSplines(x, basis);
  return { kind: 'matrix', names: numbered(columns), values };
}

function factorOf(scope: Scope, node: Node): FactorValue {
  const value = evaluate(node, scope);
  if (value.kind === 'factor') return value;
  const numbers = numbersOf(scope, node, value);
  const levels = [...new Set(numbers)].sort((a, b) => a - b).map(String);
  return withLevels(scope, node, factor(Array.from(numbers, String), { levels }));
}

/** `factor(x, levels = c("b", "a"), labels = c("low", "high"))` */
function asFactor(scope: Scope, call: Call, contrast?: Contrast): Value {
  const given = argumentsOf(scope, call, ['x', 'levels', 'labels']);
  const found = factorOf(scope, given.get('x')!);
  const [inOrder, renamed] = [given.get('levels'), given.get('labels')];
  const wanted = inOrder ? texts(scope, inOrder) : found.levels;
  const labels = renamed ? texts(scope, renamed) : wanted;
  if (labels.length !== wanted.length) {
    fail(scope, renamed!, `expected ${wanted.length} labels, one a level, got ${labels.length}`);
  }
  const unknown = found.levels.find((level) => !wanted.includes(level));
  if (unknown !== undefined) {
    fail(scope, inOrder!, `expected all levels of '${print(given.get('x')!)}', got none that is '${unknown}'`);
  }
  const codes = found.codes.map((code) => wanted.indexOf(found.levels[code]!));
  const chosen = contrast ?? found.contrast;
  return { ...withLevels(scope, call, { codes, levels: labels }), ...(chosen && { contrast: chosen }) };
}

/** `relevel(x, ref = "b")`: the same factor with another level first. */
function relevel(scope: Scope, call: Call): Value {
  const given = argumentsOf(scope, call, ['x', 'ref']);
  const found = factorOf(scope, given.get('x')!);
  const wanted = given.get('ref') ?? fail(scope, call, 'expected relevel(x, ref), got no ref');
  const [first] = texts(scope, wanted);
  if (first === undefined || !found.levels.includes(first)) {
    fail(
      scope,
      wanted,
      `expected a level of '${print(given.get('x')!)}', got '${first}'; ${namesHint(first ?? '', found.levels)}`,
    );
  }
  const levels = [first, ...found.levels.filter((level) => level !== first)];
  return { ...found, levels, codes: found.codes.map((code) => levels.indexOf(found.levels[code]!)) };
}

function chosenContrast(scope: Scope, call: Call): Value {
  const given = argumentsOf(scope, call, ['x', 'contrast']);
  const wanted = given.get('contrast');
  const text = wanted?.type === 'name' ? wanted.name : wanted?.type === 'string' ? wanted.value : '';
  const contrast = contrastNames.find((known) => known === text.replace(/^contr\./, ''));
  if (!contrast) fail(scope, wanted ?? call, `expected C(factor, contrast) with one of ${contrastNames.join(', ')}`);
  return { ...factorOf(scope, given.get('x')!), contrast };
}

function cutting(scope: Scope, call: Call): Value {
  const given = argumentsOf(scope, call, ['x', 'breaks', 'labels']);
  const breaks = constants(scope, given.get('breaks')) ?? fail(scope, call, 'expected cut(x, breaks), got no breaks');
  const labels = given.get('labels');
  const x = numbersOf(scope, call, evaluate(given.get('x')!, scope));
  return withLevels(scope, call, cut(x, breaks, labels && texts(scope, labels)));
}

function scaled(scope: Scope, call: Call): Value {
  const given = argumentsOf(scope, call, ['x', 'center', 'scale']);
  const x = numbersOf(scope, call, evaluate(given.get('x')!, scope));
  const [centred, divided] = [flag(scope, given.get('center'), true), flag(scope, given.get('scale'), true)];
  const { centre, spread } = remembered(scope, call, () => {
    const mean = centred ? x.reduce((sum, value) => sum + value, 0) / x.length : 0;
    const squares = x.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { centre: mean, spread: divided ? Math.sqrt(squares / (x.length - 1)) : 1 };
  });
  return { kind: 'numbers', values: x.map((value) => (value - centre) / spread) };
}

/** Some function of several columns, row by row. */
function rowwise(scope: Scope, parts: readonly Node[], apply: (values: readonly number[]) => number): Value {
  const columns = parts.map((part) => numbersOf(scope, part, evaluate(part, scope)));
  return { kind: 'numbers', values: Float64Array.from(scope.rows, (_, i) => apply(columns.map((x) => x[i]!))) };
}

/** The one argument of a call. */
function only(scope: Scope, call: Call): Node {
  if (call.arguments.length !== 1) fail(scope, call, `expected one argument in ${call.name}(…)`);
  return call.arguments[0]!.value;
}

function callValue(scope: Scope, call: Call): Value {
  const apply = Object.hasOwn(functions, call.name) ? functions[call.name] : undefined;
  const parts = call.arguments.map(({ value }) => value);
  if (apply && !(call.name === 'log' && parts.length === 2)) {
    const inner = only(scope, call);
    const value = evaluate(inner, scope);
    if (value.kind === 'constant') return { kind: 'constant', values: value.values.map(apply) };
    return { kind: 'numbers', values: numbersOf(scope, inner, value).map(apply) };
  }
  switch (call.name) {
    case 'log': {
      const base = constants(scope, argumentsOf(scope, call, ['x', 'base']).get('base'))![0]!;
      const divisor = log(base);
      return rowwise(scope, [parts[0]!], ([x]) => log(x!) / divisor);
    }
    case 'I':
    case 'offset':
      return evaluate(only(scope, call), scope);
    case 'pmin':
    case 'pmax':
      if (parts.length < 2) fail(scope, call, `expected two or more arguments in ${call.name}(…)`);
      return rowwise(scope, parts, (values) => values.reduce((a, b) => choices[call.name]!(a, b)));
    case 'ifelse':
      if (parts.length !== 3) fail(scope, call, 'expected ifelse(test, yes, no)');
      return rowwise(scope, parts, ([test, yes, no]) => (test ? yes! : no!));
    case 'poly':
      return poly(scope, call);
    case 'bs':
    case 'ns':
      return spline(scope, call, call.name);
    case 'factor':
    case 'as.factor':
      return asFactor(scope, call);
    case 'ordered':
      return asFactor(scope, call, 'poly');
    case 'relevel':
      return relevel(scope, call);
    case 'cut':
      return cutting(scope, call);
    case 'interaction':
      if (parts.length < 2) fail(scope, call, 'expected two or more factors in interaction(…)');
      return withLevels(scope, call, interaction(parts.map((part) => factorOf(scope, part))));
    case 'C':
      return chosenContrast(scope, call);
    case 'c':
      return { kind: 'constant', values: parts.flatMap((value) => constants(scope, value)!) };
    case 'as.numeric':
    case 'unclass': {
      const value = evaluate(only(scope, call), scope);
      if (value.kind !== 'factor') return value;
      const first = Number(!isLogical(value)); // logicals are 0 and 1, levels counted from 1
      return { kind: 'numbers', values: Float64Array.from(value.codes, (c) => c + first) };
    }
    case 'scale':
      return scaled(scope, call);
    case 'cbind': {
      const columns = parts.map((value) => numbersOf(scope, value, evaluate(value, scope)));
      const values = Float64Array.from(
        { length: scope.rows.length * columns.length },
        (_, i) => columns[i % columns.length]![Math.floor(i / columns.length)]!,
      );
      return { kind: 'matrix', names: parts.map(print), values };
    }
    default:
      return fail(
        scope,
        call,
        `expected a function that formulas know, got '${call.name}'; ${namesHint(call.name, [...Object.keys(functions), ...SPECIAL])}`,
      );
  }
}

/** The value of a part of a formula. @throws FormulaError for unknown columns and functions */
export function evaluate(node: Node, scope: Scope): Value {
  switch (node.type) {
    case 'number':
      return { kind: 'constant', values: [node.value] };
    case 'boolean':
      return { kind: 'constant', values: [Number(node.value)] };
    case 'string':
      return fail(scope, node, `expected numbers, got the text ${print(node)}`);
    case 'name':
      return column(scope, node);
    case 'group':
      return evaluate(node.inner, scope);
    case 'call':
      return callValue(scope, node);
    case 'unary': {
      const value = evaluate(node.operand, scope);
      if (node.operator === '!') {
        return logical(Array.from(numbersOf(scope, node.operand, value), (number) => number === 0));
      }
      const sign = node.operator === '-' ? -1 : 1;
      if (value.kind === 'constant') return { kind: 'constant', values: value.values.map((number) => sign * number) };
      return { kind: 'numbers', values: numbersOf(scope, node.operand, value).map((number) => sign * number) };
    }
    case 'binary':
      return binary(node, scope);
  }
}

/** Whether each row of a factor is at a level, as in `group == "a"`. */
function atLevel(scope: Scope, side: Node, level: string, wanted: boolean): Value {
  const value = evaluate(side, scope);
  if (value.kind !== 'factor') fail(scope, side, `expected a factor to compare with "${level}", got ${print(side)}`);
  if (!value.levels.includes(level)) {
    fail(scope, side, `expected a level of '${print(side)}', got "${level}"; ${namesHint(level, value.levels)}`);
  }
  return logical(Array.from(value.codes, (code) => (value.levels[code] === level) === wanted));
}

function binary(node: Node & { readonly type: 'binary' }, scope: Scope): Value {
  const { operator, left: first, right: second } = node;
  if (operator === '==' || operator === '!=') {
    if (second.type === 'string') return atLevel(scope, first, second.value, operator === '==');
    if (first.type === 'string') return atLevel(scope, second, first.value, operator === '==');
  }
  const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  const operation = arithmetic[operator];
  if (!compare && !operation) fail(scope, node, `expected arithmetic, got '${operator}'`);
  const [left, right] = [evaluate(first, scope), evaluate(second, scope)];
  if (operation && left.kind === 'constant' && right.kind === 'constant') {
    return { kind: 'constant', values: [operation(left.values[0]!, right.values[0]!)] };
  }
  const [a, b] = [numbersOf(scope, first, left), numbersOf(scope, second, right)];
  if (compare) return logical(Array.from(a, (value, i) => compare(value, b[i]!)));
  return { kind: 'numbers', values: a.map((value, i) => operation!(value, b[i]!)) };
}

/** Rows in which every one of these columns has a value. */
export function completeRows(
  data: Data,
  names: readonly string[],
  rows: number,
  finite: Set<unknown>,
): readonly number[] {
  let missing: Uint8Array | undefined;
  for (const name of names) {
    if (!Object.hasOwn(data, name)) continue;
    const column = data[name] as Column;
    if (column instanceof Float64Array && allFinite(column)) {
      finite.add(column);
      continue;
    }
    missing ??= new Uint8Array(rows);
    for (let row = 0; row < rows; row++) if (isMissing(column, row)) missing[row] = 1;
  }
  const all = allRows(rows);
  return missing ? all.filter((row) => missing[row] === 0) : all;
}

let counted: readonly number[] = [];

/** 0, 1, 2 …: the same array as before where it is as long. */
function allRows(count: number): readonly number[] {
  if (counted.length !== count) counted = Object.freeze(Array.from({ length: count }, (_, row) => row));
  return counted;
}
