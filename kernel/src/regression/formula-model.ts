/**
 * A formula as a model: the same object `model()` makes, so that `mle`, `map`, `sample`, `profile` and `landscape` take
 * it, with priors or without (the idea of rstanarm, brms and bambi).
 */
import { flat, lkjCholesky, multivariateNormalCholesky, normal, ordered } from '../distributions/index.ts';
import { checkNames } from '../estimate/options.ts';
import { type Model, model } from '../model/index.ts';
import { PivotedQr } from '../numeric/linalg/pivoted-qr.ts';
import { constant, type Expr, matmul, type Shape, stack } from '../program/index.ts';
import type { Design, DesignOptions } from './formula/design.ts';
import { print } from './formula/syntax.ts';
import { type LinkOfModel, type ModelFamilyName, modelFamily, modelResponse, nothing } from './formula-families.ts';
import { refuseDependent } from './lm.ts';
import { type GroupedTerm, groupedDesign } from './mixed/grouped-design.ts';
import { type FormulaPriors, priorsFor } from './priors.ts';

export interface FormulaModelOptions extends Pick<DesignOptions, 'contrasts' | 'offset' | 'weights'> {
  /** Distribution of the response; default 'gaussian'. */
  readonly family?: ModelFamilyName;
  /** Of the binomial: 'logit' (default), 'probit' or 'cloglog'. */
  readonly link?: LinkOfModel;
  /** What is held plausible beforehand; default 'flat', where the MAP is the MLE. */
  readonly priors?: FormulaPriors;
  /**
   * How grouped coefficients are told: around 0 with their standard deviation (true, the default, which `mle` can
   * integrate out), or as that times standard normal ones (false), through which NUTS moves more easily where a group
   * says little by itself.
   */
  readonly centred?: boolean;
}

/** A model made from a formula: its names are known when it runs. */
export type FormulaModel = Model<object, Readonly<Record<string, Shape>>, object, string>;

type Scope = Readonly<Record<string, Expr>>;
/** Stages whose names are not known to the type checker. */
interface Untyped {
  data(columns: object): Untyped;
  parameters(given: object | ((scope: Scope) => object)): Untyped;
  derived(given: (scope: Scope) => object): Untyped;
  observe(given: (scope: Scope) => object): Untyped;
  logDensity(given: (scope: Scope) => Expr): Untyped;
}

/** Names may not hold brackets or commas, which stand for elements: `poly(x, 2)1` → `poly(x 2)1`. */
function nameOf(label: string): string {
  return label.replaceAll('[', '(').replaceAll(']', ')').replaceAll(/,\s*/g, ' ');
}

/** Columns of a design as an expression. // (n, p) */
function matrixOf({ matrix, columns, rows }: Design): Expr {
  return constant(matrix).reshape(rows.length, columns.length);
}

/** The model with a grouped term's coefficients, and what they add to the predictor. */
function withGroups(
  story: Untyped,
  { term, design, grouping }: GroupedTerm,
  centred: boolean,
): { story: Untyped; part: (scope: Scope) => Expr } {
  const name = nameOf(`${print(term.terms)}|${grouping.label}`);
  const deviation = `${name} sd`;
  const correlation = `${name} correlation`;
  const k = design.columns.length;
  const levels = grouping.levels.length;
  const z = design.matrix.every((value) => value === 1) && k === 1 ? undefined : matrixOf(design); // (n, k)
  const shape = k === 1 ? [levels] : [levels, k];
  let told = story;
  /** Lower factor of the covariance of one group's coefficients. // (k, k) */
  const factor = (scope: Scope) => scope[deviation]!.reshape(k, 1).mul(scope[correlation]!);
  if (k > 1) told = told.parameters({ [correlation]: lkjCholesky(k, 1) });
  if (centred) {
    told = told.parameters((scope) => ({
      [name]:
        k === 1
          ? normal(0, scope[deviation]!).size(levels)
          : multivariateNormalCholesky(constant(new Float64Array(levels * k)).reshape(levels, k), factor(scope)),
    }));
  } else {
    const raw = `${name} raw`;
    told = told.parameters({ [raw]: normal(0, 1).size(...shape) }).derived((scope) => ({
      [name]: k === 1 ? scope[raw]!.mul(scope[deviation]!) : matmul(scope[raw]!, factor(scope).transpose()),
    }));
  }
  return {
    story: told,
    part: (scope) => {
      const own = scope[name]!.at(grouping.codes); // (n,) or (n, k)
      if (z === undefined) return own;
      return k === 1 ? own.mul(z.reshape(grouping.codes.length)) : own.mul(z).sum(1);
    },
  };
}

/**
 * The model a formula describes. Coefficients are parameters under the names R gives them, `(Intercept)`, `iq`; a
 * grouped term `(x | g)` adds its coefficients as `x|g`, their standard deviations `x|g sd` and, of two or more, the
 * factor of their correlation.
 *
 * Beside coefficients, families have: gaussian `sigma`; studentT `nu`, `sigma`; negativeBinomial `phi` (variance
 * μ + μ²/φ); gamma `shape`; beta `kappa` (the precision); ordinal `cutpoints` in place of an intercept (proportional
 * odds, McCullagh 1980). Links: identity for gaussian and studentT, log for counts and gamma, logit for beta and ordinal.
 *
 * `weights` say how often each row counts: its log likelihood is multiplied by its weight. Draws of the response are of
 * one observation.
 *
 * @param formula such as `'score ~ iq * mother + (1 | school)'`
 * @param data columns of one length; rows with a missing value are dropped
 * @throws FormulaError for a formula that cannot be read; RangeError for a response outside the family, columns that
 *   depend on others, or priors for what is not there
 * @example
 * const line = formulaModel('score ~ iq', { score: [65, 98, 85, 83], iq: [121, 89, 115, 99] });
 * const fit = await mle(line); // as lm('score ~ iq', …), but for sigma, which has n in its denominator
 * const posterior = await sample(formulaModel('score ~ iq', kids, { priors: 'weak' }));
 */
export function formulaModel(formula: string, data: object, options: FormulaModelOptions = {}): FormulaModel {
  checkNames('formulaModel', options, ['family', 'link', 'priors', 'centred', 'contrasts', 'offset', 'weights']);
  const {
    family: familyName = 'gaussian',
    link = 'logit',
    priors = 'flat',
    centred = true,
    contrasts,
    offset,
    weights,
  } = options;
  const family = modelFamily(familyName, link);
  const { fixed, terms } = groupedDesign('formulaModel', formula, data, {
    ...(contrasts ? { contrasts } : {}),
    ...(offset === undefined ? {} : { offset }),
    ...(weights === undefined ? {} : { weights }),
  });
  const response = modelResponse(fixed, family, familyName);
  const n = fixed.rows.length;
  const kept = fixed.columns.map((_, j) => j).filter((j) => !(family.ordinal && fixed.assign[j] === 0));
  const all = fixed.byColumn;
  const columns = kept.map((j) => all[j]!);
  const names = kept.map((j) => nameOf(fixed.columns[j]!));
  if (columns.length > 0) refuseDependent('formulaModel', new PivotedQr(columns, n), names);
  const chosen = priorsFor(priors, {
    names,
    columns,
    positive: family.positive,
    response: response.values,
    identity: family.identity,
  });

  const p = columns.length;
  const x = constant(Float64Array.from({ length: n * p }, (_, at) => columns[at % p]![Math.floor(at / p)]!)).reshape(
    n,
    p,
  );
  const label = nameOf(fixed.response!.label);
  let story = model() as unknown as Untyped;
  story = story.data({ [label]: response.values });
  story = story.parameters(Object.fromEntries(names.map((name, j) => [name, chosen.coefficients[j]!])));
  story = story.parameters(chosen.positive);
  if (response.levels) story = story.parameters({ cutpoints: ordered(flat().size(response.levels.length - 1)) });
  const parts: ((scope: Scope) => Expr)[] = [];
  for (const term of terms) {
    const deviation = nameOf(`${print(term.term.terms)}|${term.grouping.label} sd`);
    const k = term.design.columns.length;
    story = story.parameters({ [deviation]: k === 1 ? chosen.deviations : chosen.deviations.size(k) });
    const next = withGroups(story, term, centred);
    story = next.story;
    parts.push(next.part);
  }
  const observation = (scope: Scope) => {
    let eta = p > 0 ? matmul(x, stack(names.map((name) => scope[name]!))) : nothing(n); // (n,)
    if (fixed.offset) eta = eta.add(fixed.offset);
    for (const part of parts) eta = eta.add(part(scope));
    const others = Object.fromEntries(
      [...family.positive, ...(response.levels ? ['cutpoints'] : [])].map((name) => [name, scope[name]!]),
    );
    return family.observation(eta, others, response);
  };
  story = story.observe((scope) => ({ [label]: observation(scope) }));
  if (fixed.weights) {
    // Each row is observed once; what it weighs beyond that is added.
    const more = constant(fixed.weights.map((weight) => weight - 1));
    story = story.logDensity((scope) => observation(scope).logDensity(response.values).mul(more) as Expr);
  }
  return story as unknown as FormulaModel;
}
