/**
 * What a model has been told so far, as data: columns, parameters, derived quantities, observations, terms.
 *
 * Stages run once, when they are told, on variables that stand for the values of the parameters on their own
 * (constrained) scale; so an error appears in the cell that made it, and no closure is needed afterwards.
 */
import type { Distribution } from '../distributions/index.ts';
import { constant, type Expr, type Expression, indexExpression, named, type Shape } from '../program/index.ts';
import { isConstant, topologicalOrder } from '../program/node.ts';
import { markObserved } from '../program/observed.ts';
import type { Column } from './data.ts';
import type { Bounds, Transform } from './transforms/index.ts';

export interface TracedParameter {
  readonly name: string;
  readonly shape: Shape;
  readonly distribution: Distribution;
  /** Stands for its value. */
  readonly value: Expr;
  /** The other parameters its distribution's parameters are computed from. */
  readonly mentions: readonly string[];
  /** The map onto its support, and the support's bounds. */
  readonly transform: Transform;
  readonly bounds: Bounds;
}

export interface TracedDerived {
  readonly name: string;
  readonly shape: Shape;
  readonly value: Expr;
}

export interface TracedObservation {
  readonly name: string;
  readonly column: Column;
  readonly value: Expr;
  readonly distribution: Distribution;
}

/** A term of `.logDensity`. */
export interface TracedTerm {
  readonly label: string;
  readonly value: Expr;
}

export interface Trace {
  readonly columns: readonly Column[];
  readonly parameters: readonly TracedParameter[];
  readonly derived: readonly TracedDerived[];
  readonly observed: readonly TracedObservation[];
  readonly terms: readonly TracedTerm[];
}

export const emptyTrace: Trace = { columns: [], parameters: [], derived: [], observed: [], terms: [] };

/** All names, in the order they were told: data, parameters, derived quantities. */
export function namesOf({ columns, parameters, derived }: Trace): string[] {
  return [...columns, ...parameters, ...derived].map(({ name }) => name);
}

/** What a stage gets under `name`. @throws RangeError for data that cannot be used: missing values, text */
export function lookUp(trace: Trace, name: string): Expr {
  const column = trace.columns.find((each) => each.name === name);
  if (column !== undefined) return columnValue(column);
  return [...trace.parameters, ...trace.derived].find((each) => each.name === name)!.value;
}

/** A column as an expression. @throws RangeError when it has a fault */
export function columnValue({ name, kind, shape, values, levels, fault }: Column): Expr {
  if (fault !== undefined) throw new RangeError(fault);
  const value = kind === 'factor' ? indexExpression(values, levels!.length, name) : constant(values).reshape(...shape);
  const { node } = value as unknown as Expression;
  if (isConstant(node)) markObserved(node.attributes.value!);
  return kind === 'factor' ? value : named(value, name);
}

/** Names of the parameters these expressions are computed from, in the order of the model. */
export function parametersIn(expressions: readonly (Expr | Expression)[], trace: Pick<Trace, 'parameters'>): string[] {
  const nodes = topologicalOrder(expressions.map((expression) => (expression as unknown as Expression).node));
  const read = new Set(nodes.filter(({ operation }) => operation === 'input').map((node) => node.attributes.name));
  return trace.parameters.map(({ name }) => name).filter((name) => read.has(name));
}
