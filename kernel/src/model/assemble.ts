/**
 * A model as expressions of one position: values of the parameters, and the terms its log density is the sum of.
 */
import { type Expr, type Expression, named, variable } from '../program/index.ts';
import type { Term } from './compiled.ts';
import { describeDistribution, describeExpression } from './describe.ts';
import type { ParameterLayout } from './layout.ts';
import { substitute } from './substitute.ts';
import type { Trace } from './trace.ts';
import type { Bounds } from './transforms/index.ts';

/** One term, with what explains it where it is not finite. */
export interface AssembledTerm extends Omit<Term, 'value'> {
  /** A scalar. */
  readonly value: Expr;
  /** Before summing. */
  readonly elements: Expr;
  /** What the elements are computed from: the value it is the density of, and the distribution's parameters. */
  readonly reasons: readonly { readonly label: string; readonly value: Expr }[];
  /** What is distributed, and how; undefined for terms of one's own and Jacobians. */
  readonly sampled?: {
    readonly name: string;
    readonly family: string;
    readonly value: Expr;
    readonly parameters: Readonly<Record<string, Expr>>;
  };
}

export interface Assembled {
  readonly position: Expr;
  /** Constrained values, one expression a parameter. */
  readonly values: readonly Expr[];
  readonly terms: readonly AssembledTerm[];
}

/** A term on the constrained scale, before the position takes the place of the parameters. */
interface RawTerm {
  readonly label: string;
  readonly kind: Term['kind'];
  readonly elements: Expr;
  readonly reasons: readonly { readonly label: string; readonly value: Expr | Expression }[];
  readonly source?: Sampled;
}

/** The model as expressions of `position` (d,). */
export function assemble(trace: Trace, layout: readonly ParameterLayout[]): Assembled {
  const dimension = layout.reduce((sum, { unconstrainedSize }) => sum + unconstrainedSize, 0);
  const position = variable('position', [dimension]) as Expr;
  const values: Expr[] = [];
  const jacobians: AssembledTerm[] = [];
  for (const parameter of layout) {
    const { name, shape, transform, freeShape, unconstrainedOffset, unconstrainedSize } = parameter;
    const bounds = boundsAt(parameter.bounds, layout.slice(0, values.length), values);
    const free = position.slice(unconstrainedOffset, unconstrainedOffset + unconstrainedSize).reshape(...freeShape);
    values.push(named(transform.forward(free, bounds).reshape(...shape) as Expr, name));
    const logJacobian = transform.logJacobian(free, bounds) as Expr;
    const label = `${name} (log Jacobian of its ${transform.name} transform)`;
    jacobians.push({ label, kind: 'jacobian', value: logJacobian, elements: logJacobian, reasons: [] });
  }
  const raw = rawTerms(trace, layout);
  const placed = substitute(
    raw.flatMap(({ elements, reasons }) => [elements, ...reasons.map(({ value }) => value)]),
    layout,
    values,
  );
  const terms = raw.map(({ label, kind, reasons, source }): AssembledTerm => {
    const elements = placed.shift()!;
    const labelled = reasons.map((reason) => ({ label: reason.label, value: placed.shift()! }));
    const term = { label, kind, elements, value: elements.sum(), reasons: labelled };
    if (source === undefined) return term;
    const { name, distribution } = source;
    const names = Object.keys(distribution.parameters); // the reasons after the value, in this order
    const parameters = Object.fromEntries(names.map((key, i) => [key, labelled[i + 1]!.value]));
    return { ...term, sampled: { name, family: distribution.family.name, value: labelled[0]!.value, parameters } };
  });
  const constrained = jacobians.filter((_, i) => layout[i]!.transform.name !== 'identity');
  return { position, values, terms: [...terms, ...constrained] };
}

function boundsAt({ lower, upper }: Bounds, parameters: readonly ParameterLayout[], values: readonly Expr[]): Bounds {
  const at = (bound: Expr): Expr => substitute([bound], parameters, values)[0]!;
  return { ...(lower ? { lower: at(lower) } : {}), ...(upper ? { upper: at(upper) } : {}) };
}

function rawTerms(trace: Trace, layout: readonly ParameterLayout[]): RawTerm[] {
  const priors = trace.parameters.map((parameter, i): RawTerm => {
    const kind = layout[i]!.role === 'latent' ? 'latent' : 'prior';
    return { kind, ...densityOf(parameter) };
  });
  const likelihoods = trace.observed.map((observed): RawTerm => ({ kind: 'likelihood', ...densityOf(observed) }));
  const terms = trace.terms.map(({ label, value }): RawTerm => ({ label, kind: 'term', elements: value, reasons: [] }));
  return [...priors.filter((_, i) => layout[i]!.role !== 'free'), ...likelihoods, ...terms];
}

type Sampled = Pick<Trace['observed'][number], 'name' | 'distribution' | 'value'>;

function densityOf(source: Sampled): Omit<RawTerm, 'kind'> {
  const { name, distribution, value } = source;
  const parameters = Object.entries(distribution.parameters).map(([label, expression]) => {
    const text = describeExpression(expression);
    return { label: text === '…' || text === label ? label : `${label} ${text}`, value: expression };
  });
  return {
    label: `${name} ~ ${describeDistribution(distribution)}`,
    elements: distribution.logDensity(value),
    reasons: [{ label: name, value }, ...parameters],
    source,
  };
}

/** The sum of the terms chosen; 0 where there is none. */
export function sumOf(terms: readonly AssembledTerm[], zero: Expr): Expr {
  return terms.reduce((sum, { value }) => sum.add(value), zero);
}
