/**
 * What each stage does to a trace. Pure: a trace and what the user gave in, a longer trace out.
 */
import type { Distribution } from '../distributions/index.ts';
import { type Arg, asExpression, type Expr, named, variable } from '../program/index.ts';
import { type Column, readColumn } from './data.ts';
import { describeDistribution } from './describe.ts';
import { knownNames } from './names.ts';
import { checkObservation } from './observe.ts';
import { makeScope } from './scope.ts';
import { constraintOf } from './support.ts';
import { columnValue, lookUp, namesOf, parametersIn, type Trace, type TracedParameter } from './trace.ts';

/** A function of the scope, as the user wrote it. */
export type Build = (scope: never) => unknown;

/** One stage, kept so that the program can be told again on other data. */
export type Stage =
  | { readonly kind: 'data'; readonly columns: readonly Column[] }
  | { readonly kind: 'parameters'; readonly given: Build | object }
  | { readonly kind: 'derived' | 'observe' | 'logDensity'; readonly given: Build };

/** The trace after one more stage. */
export function addStage(trace: Trace, stage: Stage): Trace {
  switch (stage.kind) {
    case 'data':
      return { ...trace, columns: [...trace.columns, ...stage.columns] };
    case 'parameters':
      return addParameters(trace, stage.given);
    case 'derived':
      return addDerived(trace, stage.given);
    case 'observe':
      return addObservations(trace, stage.given);
    case 'logDensity':
      return addTerm(trace, stage.given);
  }
}

/** Columns of `.data`. @throws RangeError for names the model already has */
export function readColumns(trace: Trace, columns: unknown): Column[] {
  const expected = 'an object of columns, { y: [1, 2, 3] }';
  const entries = entriesOf('.data', columns, expected);
  const kind = (Object.getPrototypeOf(columns) as { constructor?: { name?: string } } | null)?.constructor?.name;
  if (kind !== undefined && kind !== 'Object') {
    throw new TypeError(
      `.data: expected ${expected}, got an object of class ${kind}; give its columns, ` +
        "of a table whose types are not known table.select({ y: 'number' })",
    );
  }
  return entries.map(([name, value]) => {
    checkFresh('.data', name, trace);
    return readColumn(name, value);
  });
}

function addParameters(trace: Trace, given: Build | object): Trace {
  const stage = '.parameters';
  const result = typeof given === 'function' ? run(stage, given as Build, trace) : given;
  const entries = entriesOf(stage, result, 'an object of distributions, { mu: normal(0, 1) }');
  const parameters = entries.map(([name, value]): TracedParameter => {
    checkFresh(stage, name, trace);
    const distribution = requireDistribution(stage, name, value);
    if (distribution.kind === 'int') {
      throw new TypeError(
        `${stage}: '${name}' is discrete (${describeDistribution(distribution)}), and a parameter must be continuous; ` +
          'sum it out (mixture, hiddenMarkov, or logSumExp in .logDensity), or observe it',
      );
    }
    const { shape } = distribution;
    const mentions = parametersIn(Object.values(distribution.parameters), trace);
    return { name, shape, distribution, value: variable(name, shape), mentions, ...constraintOf(distribution) };
  });
  return { ...trace, parameters: [...trace.parameters, ...parameters] };
}

function addDerived(trace: Trace, given: Build): Trace {
  const stage = '.derived';
  const derived = entriesOf(stage, run(stage, given, trace), 'an object of quantities, ({ a }) => ({ b: a * 2 })').map(
    ([name, value]) => {
      checkFresh(stage, name, trace);
      const expression = toExpression(`${stage}: '${name}'`, value);
      return { name, shape: expression.shape, value: named(expression, name) };
    },
  );
  return { ...trace, derived: [...trace.derived, ...derived] };
}

function addObservations(trace: Trace, given: Build): Trace {
  const stage = '.observe';
  const result = run(stage, given, trace);
  const observed = entriesOf(stage, result, 'an object of distributions, ({ mu }) => ({ y: normal(mu, 1) })').map(
    ([name, value]) => {
      const column = trace.columns.find((each) => each.name === name);
      if (column === undefined) {
        const known = trace.columns.map((each) => each.name);
        throw new RangeError(`${stage}: '${name}' is not in .data; ${knownNames(name, known)}`);
      }
      if (trace.observed.some((each) => each.name === name)) {
        throw new RangeError(`${stage}: '${name}' is observed already; one distribution for each name of data`);
      }
      const distribution = requireDistribution(stage, name, value);
      const data = columnValue(column);
      checkObservation(name, data, distribution);
      return { name, column, value: data, distribution };
    },
  );
  return { ...trace, observed: [...trace.observed, ...observed] };
}

function addTerm(trace: Trace, given: Build): Trace {
  const count = trace.terms.length;
  const label = count === 0 ? 'logDensity' : `logDensity ${count + 1}`;
  const value = toExpression('.logDensity', run('.logDensity', given, trace));
  return { ...trace, terms: [...trace.terms, { label, value }] };
}

/** Call a stage's function with the names known so far. */
function run(stage: string, build: Build, trace: Trace): unknown {
  if (typeof build !== 'function') {
    throw new TypeError(`${stage}: expected a function of the names so far, ({ mu }) => …, got ${typeof build}`);
  }
  const scope = makeScope(stage, namesOf(trace), (name) => lookUp(trace, name));
  const result = build(scope as never);
  if (result instanceof Promise) {
    throw new TypeError(
      `${stage}: the function is asynchronous; await what it needs before, and give a plain function`,
    );
  }
  return result;
}

function entriesOf(stage: string, value: unknown, expected: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const hint =
      value === undefined ? ' (an arrow function that gives an object needs parentheses: () => ({ … }))' : '';
    throw new TypeError(`${stage}: expected ${expected}, got ${value === null ? 'null' : typeof value}${hint}`);
  }
  return Object.entries(value);
}

function checkFresh(stage: string, name: string, trace: Trace): void {
  if (name === '' || /[[\],]/.test(name)) {
    throw new RangeError(`${stage}: '${name}' is no name; brackets and commas are kept for elements, as in theta[0]`);
  }
  if (namesOf(trace).includes(name)) {
    throw new RangeError(`${stage}: '${name}' is already a name of this model; choose another`);
  }
}

function requireDistribution(stage: string, name: string, value: unknown): Distribution {
  const candidate = value as Partial<Distribution> | null;
  if (typeof candidate === 'object' && typeof candidate?.logDensity === 'function' && candidate.family !== undefined) {
    return value as Distribution;
  }
  const got = typeof value === 'function' ? 'a function (call it: flat())' : describe(value);
  throw new TypeError(`${stage}: '${name}' needs a distribution, such as normal(0, 1), and got ${got}`);
}

/** `null`, `undefined`, `a number`, `an object`. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function toExpression(where: string, value: unknown): Expr {
  try {
    return asExpression(value as Arg) as unknown as Expr;
  } catch (error) {
    throw new TypeError(`${where} is not a number or an expression: ${(error as Error).message}`, { cause: error });
  }
}
