/**
 * What all optimisers have in common: the check of their numbers, weight decay, and groups of parameters.
 *
 * An optimiser is data and a symbolic rule: from expressions of a parameter, its gradient and its slots (state that
 * starts at 0 and has the parameter's shape) to those after the step. Forward pass, backward pass and update are so one
 * compiled program; the rate and the number of the step are inputs of it, and a schedule costs nothing.
 */
import type { Expr } from '../../program/types.ts';
import { matcher, type Selector } from '../paths.ts';
import type { Optimiser, UpdateRequest } from '../types.ts';

/** What a rule is given for one parameter. */
export type RuleInput = Omit<UpdateRequest, 'path'>;

/** What is taken off the parameter, and the slots after the step. */
export interface RuleOutput {
  readonly change: Expr;
  readonly slots: Readonly<Record<string, Expr>>;
}

/** Parameters that go at a rate, or with a decay, of their own. The first group that matches a path counts. */
export interface ParameterGroup {
  /** Paths such as 'head' or ['*.bias', 'norm.*'], or a function of a path. */
  readonly match: Selector;
  /** The group's rate; a schedule changes it in the same proportion as the optimiser's. */
  readonly rate?: number;
  readonly weightDecay?: number;
}

/** Options every optimiser takes. */
export interface CommonOptions {
  /** Size of a step, > 0. */
  readonly rate?: number;
  /** λ ≥ 0 of λ/2 ‖w‖² (coupled), or of w ← (1 − rate · λ) w (decoupled). */
  readonly weightDecay?: number;
  /** Decay the parameter itself rather than through the gradient (Loshchilov & Hutter 2019). */
  readonly decoupled?: boolean;
  readonly groups?: readonly ParameterGroup[];
}

/** An optimiser before weight decay and groups. */
interface Definition {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>> & Required<Omit<CommonOptions, 'groups'>>;
  readonly groups: readonly ParameterGroup[] | undefined;
  readonly slots: readonly string[];
  readonly scalars?: (step: number) => Readonly<Record<string, number>>;
  readonly rule: (input: RuleInput) => RuleOutput;
}

/** Add weight decay and groups to a rule. @throws RangeError for a rate that is not above 0, or a decay below 0 */
export function defineOptimiser({ name, options, groups = [], slots, scalars, rule }: Definition): Optimiser {
  const { rate: own, weightDecay, decoupled } = options;
  checkAbove(name, 'rate', own);
  checkAtLeast(name, 'weightDecay', weightDecay);
  groups.forEach((group, i) => {
    if (group.rate !== undefined) checkAtLeast(name, `groups[${i}].rate`, group.rate);
    if (group.weightDecay !== undefined) checkAtLeast(name, `groups[${i}].weightDecay`, group.weightDecay);
  });
  return {
    name,
    options: groups.length > 0 ? { ...options, groups: groups.map(groupInWords) } : options,
    rate: own,
    slots: Object.fromEntries(slots.map((slot) => [slot, {}])),
    ...(scalars && { scalars: Object.keys(scalars(1)), scalarsAt: ({ step }) => scalars(step) }),
    update({ path, parameter, gradient, rate, ...rest }) {
      const group = groups.find(({ match }) => selects(match, path));
      const lambda = group?.weightDecay ?? weightDecay;
      const scaled = group?.rate === undefined || group.rate === own ? rate : rate.mul(group.rate / own);
      const slope = lambda > 0 && !decoupled ? gradient.add(parameter.mul(lambda)) : gradient;
      const start = lambda > 0 && decoupled ? parameter.mul(scaled.mul(-lambda).add(1)) : parameter;
      const after = rule({ parameter, gradient: slope, rate: scaled, ...rest });
      return { parameter: start.sub(after.change), slots: after.slots };
    },
  };
}

/** A predicate cannot be written down; its text says which one it was. */
function groupInWords({ match, ...rest }: ParameterGroup): object {
  return { match: typeof match === 'function' ? String(match) : match, ...rest };
}

function selects(selector: Selector, path: string): boolean {
  if (typeof selector === 'function') return selector(path);
  return (typeof selector === 'string' ? [selector] : selector).some((pattern) => matcher(pattern)(path));
}

/** β a + (1 − β) b. */
export function blend(a: Expr, b: Expr, beta: number): Expr {
  return a.mul(beta).add(b.mul(1 - beta));
}

export function checkAbove(caller: string, name: string, value: number): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${caller}: ${name} must be a number > 0, got ${String(value)}`);
  }
}

export function checkAtLeast(caller: string, name: string, value: number): void {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${caller}: ${name} must be a number ≥ 0, got ${String(value)}`);
  }
}

/** A share that is kept from step to step: in [0, 1). */
export function checkKept(caller: string, name: string, value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(`${caller}: ${name} must lie in [0, 1), got ${String(value)}`);
  }
}
