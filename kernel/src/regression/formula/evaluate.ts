/**
 * The value of a part of a formula on a data set: arithmetic, functions of one variable, factors, polynomial and
 * spline bases. What is chosen from the data at the fit (levels, knots, polynomial coefficients) is remembered, so
 * that new data get the same columns.
 */
import { type Column, isMissing } from '../../data/columns.ts';
import { type Factor, factor, isFactor } from '../../data/factor.ts';
import { namesHint } from '../../data/names.ts';
import { allFinite } from '../../numeric/all-finite.ts';
import { cos, exp, expm1, log, log1p, log2, log10, pow, sin, tan } from '../../numeric/elementary.ts';
import { type Contrast, contrastNames } from './contrasts.ts';
import { evaluatePolynomials, orthogonalPolynomials, type Polynomials } from './polynomials.ts';
import { evaluateSplines, type SplineBasis, splineBasis } from './splines.ts';
import { FormulaError, type Node, print } from './syntax.ts';

/** A data set: columns of one length. */
export type Data = Readonly<Record<string, Column | readonly number[]>>;

export type Value =
  | { readonly kind: 'constant'; readonly values: readonly number[] }
  | { readonly kind: 'numbers'; readonly values: Float64Array }
  | { readonly kind: 'matrix'; readonly names: readonly string[]; readonly values: Float64Array }
  | {
      readonly kind: 'factor';
      readonly codes: Int32Array;
      readonly levels: readonly string[];
      readonly contrast?: Contrast;
    };

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

const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  log,
  log2,
  log10,
  log1p,
  exp,
  expm1,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sin,
  cos,
  tan,
};

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => (b === 2 ? a * a : pow(a, b)),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
};

const SPECIAL = ['I', 'poly', 'bs', 'ns', 'factor', 'ordered', 'unclass', 'C', 'c', 'scale', 'offset', 'cbind'];

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
function withLevels(scope: Scope, node: Node, { codes, levels }: Factor, contrast?: Contrast): Value {
  const kept = remembered(scope, node, () => levels.filter((_, code) => codes.includes(code)));
  const recoded = levels.map((level) => kept.indexOf(level));
  const result = codes.map((code) => {
    if (recoded[code]! >= 0) return recoded[code]!;
    throw new RangeError(
      `formula: '${print(node)}' has the level '${levels[code]}', which the fit has not seen; there are: ${kept.join(', ')}`,
    );
  });
  return { kind: 'factor', codes: result, levels: kept, ...(contrast && { contrast }) };
}

function column(scope: Scope, node: Node & { readonly type: 'name' }): Value {
  const { data, rows } = scope;
  if (!Object.hasOwn(data, node.name)) {
    fail(scope, node, `expected the name of a column, got '${node.name}'; ${namesHint(node.name, Object.keys(data))}`);
  }
  const values = data[node.name]!;
  if (values instanceof Float64Array && rows.length === values.length) return { kind: 'numbers', values };
  if (isFactor(values)) {
    return withLevels(scope, node, {
      codes: Int32Array.from(rows, (row) => values.codes[row]!),
      levels: values.levels,
    });
  }
  const sample = rows.length > 0 ? values[rows[0]!] : 0;
  if (typeof sample === 'string') {
    return withLevels(scope, node, factor(rows.map((row) => String(values[row]))));
  }
  if (typeof sample === 'boolean') {
    return { kind: 'factor', codes: Int32Array.from(rows, (row) => Number(values[row])), levels: ['FALSE', 'TRUE'] };
  }
  if (values instanceof Float64Array && rows.length === values.length)
    return { kind: 'numbers', values: values.slice() };
  const taken = new Float64Array(rows.length);
  for (let i = 0; i < taken.length; i++) taken[i] = Number(values[rows[i]!]);
  return { kind: 'numbers', values: taken };
}

/** The value as numbers; a logical as 0 and 1. */
function numbersOf(scope: Scope, node: Node, value: Value): Float64Array {
  if (value.kind === 'numbers') return value.values;
  if (value.kind === 'constant' && value.values.length === 1) {
    return new Float64Array(scope.rows.length).fill(value.values[0]!);
  }
  if (value.kind === 'factor' && value.levels.join() === 'FALSE,TRUE') return Float64Array.from(value.codes);
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

function flag(scope: Scope, node: Node | undefined): boolean {
  if (node === undefined) return false;
  return node.type === 'boolean' ? node.value : fail(scope, node, `expected TRUE or FALSE, got ${print(node)}`);
}

const numbered = (count: number) => Array.from({ length: count }, (_, j) => String(j + 1));

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

function asFactor(scope: Scope, call: Call, contrast?: Contrast): Value {
  const inner = call.arguments[0]?.value ?? fail(scope, call, `expected ${call.name}(x), got no argument`);
  const value = evaluate(inner, scope);
  if (value.kind === 'factor') return { ...value, ...(contrast && { contrast }) };
  const numbers = numbersOf(scope, inner, value);
  const levels = [...new Set(numbers)].sort((a, b) => a - b).map(String);
  return withLevels(scope, call, factor(Array.from(numbers, String), { levels }), contrast);
}

function chosenContrast(scope: Scope, call: Call): Value {
  const wanted = call.arguments[1]?.value;
  const name = wanted?.type === 'name' ? wanted.name.replace(/^contr\./, '') : '';
  const contrast = contrastNames.find((known) => known === name);
  if (!contrast) fail(scope, wanted ?? call, `expected C(factor, contrast) with one of ${contrastNames.join(', ')}`);
  return asFactor(scope, call, contrast);
}

function callValue(scope: Scope, call: Call): Value {
  const apply = Object.hasOwn(FUNCTIONS, call.name) ? FUNCTIONS[call.name] : undefined;
  const inner = call.arguments[0]?.value;
  if (apply) {
    if (!inner || call.arguments.length > 1) fail(scope, call, `expected one argument in ${call.name}(…)`);
    const value = evaluate(inner, scope);
    if (value.kind === 'constant') return { kind: 'constant', values: value.values.map(apply) };
    return { kind: 'numbers', values: numbersOf(scope, inner, value).map(apply) };
  }
  switch (call.name) {
    case 'I':
    case 'offset':
      return inner ? evaluate(inner, scope) : fail(scope, call, `expected an expression in ${call.name}(…)`);
    case 'poly':
      return poly(scope, call);
    case 'bs':
    case 'ns':
      return spline(scope, call, call.name);
    case 'factor':
      return asFactor(scope, call);
    case 'ordered':
      return asFactor(scope, call, 'poly');
    case 'C':
      return chosenContrast(scope, call);
    case 'c':
      return { kind: 'constant', values: call.arguments.flatMap(({ value }) => constants(scope, value)!) };
    case 'unclass': {
      const value = evaluate(inner ?? fail(scope, call, 'expected a factor in unclass(…)'), scope);
      return value.kind === 'factor'
        ? { kind: 'numbers', values: Float64Array.from(value.codes, (c) => c + 1) }
        : value;
    }
    case 'scale': {
      const x = numbersOf(scope, call, evaluate(inner ?? fail(scope, call, 'expected a column in scale(…)'), scope));
      const { centre, spread } = remembered(scope, call, () => {
        const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
        const squares = x.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        return { centre: mean, spread: Math.sqrt(squares / (x.length - 1)) };
      });
      return { kind: 'numbers', values: x.map((value) => (value - centre) / spread) };
    }
    case 'cbind': {
      const parts = call.arguments.map(({ value }) => numbersOf(scope, value, evaluate(value, scope)));
      const values = Float64Array.from(
        { length: scope.rows.length * parts.length },
        (_, i) => parts[i % parts.length]![Math.floor(i / parts.length)]!,
      );
      return { kind: 'matrix', names: call.arguments.map(({ value }) => print(value)), values };
    }
    default:
      return fail(
        scope,
        call,
        `expected a function that formulas know, got '${call.name}'; ${namesHint(call.name, [...Object.keys(FUNCTIONS), ...SPECIAL])}`,
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
      const sign = node.operator === '-' ? -1 : 1;
      if (value.kind === 'constant') return { kind: 'constant', values: value.values.map((number) => sign * number) };
      return { kind: 'numbers', values: numbersOf(scope, node.operand, value).map((number) => sign * number) };
    }
    case 'binary': {
      const operation = OPERATORS[node.operator] ?? fail(scope, node, `expected arithmetic, got '${node.operator}'`);
      const [left, right] = [evaluate(node.left, scope), evaluate(node.right, scope)];
      if (left.kind === 'constant' && right.kind === 'constant') {
        return { kind: 'constant', values: [operation(left.values[0]!, right.values[0]!)] };
      }
      const [a, b] = [numbersOf(scope, node.left, left), numbersOf(scope, node.right, right)];
      return { kind: 'numbers', values: a.map((value, i) => operation(value, b[i]!)) };
    }
  }
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
