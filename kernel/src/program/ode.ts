/**
 * Differential equations on expressions: what a user calls, and the closed graph an integrator runs.
 */
import { isExpression, nodeOf } from './arguments.ts';
import { inputNode } from './build.ts';
import { apply, asExpression, expressionOf } from './expression.ts';
import { concatenate, stack } from './functions.ts';
import { grad } from './gradient.ts';
import { closeOver } from './graph.ts';
import { inOrder, integrators, type OdeMethod } from './operations/ode.ts';
import { formatShape, sizeOf } from './shape.ts';
import type { Arg, Expr, Shape } from './types.ts';

export interface OdeOptions {
  /**
   * `'dormand-prince'`: explicit, order 5, for problems that are not stiff. `'kvaerno'`: implicit, order 5, L-stable, for
   * stiff ones. Default `'dormand-prince'`.
   */
  readonly method?: OdeMethod;
  /** What a step may err by, relative to each component; > 0. Default 1e-6. */
  readonly relativeTolerance?: number;
  /** The same in the component's units; > 0. Default 1e-6, as its values may be near 0. */
  readonly absoluteTolerance?: number;
  /** Steps from one time to the next after which the integrator gives up, and values are NaN. Default 10,000. */
  readonly maximumSteps?: number;
}

/** The state of an equation: one array, or several values by name. */
export type OdeState = Arg | Readonly<Record<string, Arg>>;
type TracedState<Y extends OdeState> = Y extends Arg ? Expr : { readonly [K in keyof Y]: Expr };
type Slopes<Y extends OdeState> = Y extends Arg ? Arg | readonly Arg[] : { readonly [K in keyof Y]: Arg };

/**
 * Solutions of y′ = f(t, y, …parameters) from y0 at t0, at given times.
 *
 * f is traced once. What it reads of the model may be given as parameters, or simply used: both are differentiated,
 * y0, t0 and the times too. The gradient is that of what the integrator computes, its steps held fixed (forward
 * sensitivities), and costs about n (1 + n + parameters) numbers a step instead of n.
 *
 * @param f from the time, the state and the parameters the slope of the state: an array, a list of its elements, or by
 *   name as y0 is
 * @param y0 the state at t0: an array of n elements, a number, or an object of these by name
 * @param t0 where the solution starts
 * @param times rising from t0, or falling; the first may be t0 // (T,)
 * @param rest parameters that f is given, then `{ method, relativeTolerance, absoluteTolerance, maximumSteps }`
 * @returns the states at the times // (T, …), by name as y0 is; NaN from where the integrator gives up
 * @throws RangeError when f gives another shape than y0, for times out of order, and for tolerances that are not positive
 * @example
 * const { prey, predator } = odeSolve(
 *   (t, { prey, predator }) => ({
 *     prey: alpha.sub(beta.mul(predator)).mul(prey),
 *     predator: delta.mul(prey).sub(gamma).mul(predator),
 *   }),
 *   { prey: u0, predator: v0 }, 0, years, { relativeTolerance: 1e-8 },
 * );
 */
export function odeSolve<Y extends OdeState>(
  f: (t: Expr, y: TracedState<Y>, ...parameters: Expr[]) => Slopes<Y>,
  y0: Y,
  t0: Arg,
  times: Arg,
  ...rest: readonly Arg[] | readonly [...Arg[], OdeOptions]
): TracedState<Y> {
  const last = rest.at(-1);
  const options = last !== undefined && !isArg(last) ? (last as OdeOptions) : undefined;
  const parameters = (options === undefined ? rest : rest.slice(0, -1)) as readonly Arg[];
  const attributes = settingsOf(options ?? {});
  const single = isArg(y0);
  const names = single ? [''] : Object.keys(y0);
  const initial = names.map((name) => asExpression(single ? (y0 as Arg) : (y0 as Record<string, Arg>)[name]!));
  const shapes = initial.map(({ shape }) => shape);
  const flat = concatenate(initial.map((part) => part.reshape(part.size)));
  const n = flat.size;
  requireTimes(t0, times);

  const state = inputNode('state', [n]);
  const time = inputNode('t', []);
  const given = partsOf(expressionOf(state), shapes);
  const y = single ? given[0] : Object.fromEntries(names.map((name, i) => [name, given[i]]));
  const slopes = f(
    expressionOf(time),
    y as TracedState<Y>,
    ...parameters.map((x) => asExpression(x) as unknown as Expr),
  );
  const parts = names.map((name, i) =>
    slopeOf(single ? slopes : (slopes as Record<string, Arg>)[name], shapes[i]!, name),
  );
  const slope = concatenate(parts.map((part) => part.reshape(part.size)));
  const outputs = attributes.method === 'kvaerno' ? [slope, jacobianOf(slope, expressionOf(state))] : [slope];
  const { graph: body, captured } = closeOver(outputs.map(nodeOf), [state, time]);
  const solved = apply('odeSolve', [flat, t0, times, ...captured.map(expressionOf)], {
    ...attributes,
    body,
    controlled: n,
  }); // (T, n)
  const rows = solved.shape[0]!;
  const columns = apply('transpose', [solved], { permutation: [1, 0] }); // (n, T)
  let at = 0;
  const results = shapes.map((shape) => {
    const start = at;
    at += sizeOf(shape);
    const whole =
      shapes.length === 1 ? solved : apply('transpose', [columns.slice(start, at)], { permutation: [1, 0] });
    return whole.reshape(rows, ...shape);
  });
  return (single ? results[0] : Object.fromEntries(names.map((name, i) => [name, results[i]]))) as never;
}

function isArg(x: unknown): x is Arg {
  return typeof x !== 'object' || x === null || isExpression(x) || Array.isArray(x) || ArrayBuffer.isView(x);
}

/** The options, checked. */
function settingsOf(options: OdeOptions) {
  const {
    method = 'dormand-prince',
    relativeTolerance = 1e-6,
    absoluteTolerance = 1e-6,
    maximumSteps = 10_000,
  } = options;
  if (!Object.hasOwn(integrators, method)) {
    throw new RangeError(`odeSolve: method '${method}' is not one of ${Object.keys(integrators).join(', ')}`);
  }
  for (const [name, value] of Object.entries({ relativeTolerance, absoluteTolerance })) {
    if (!(value > 0 && value < 1)) {
      throw new RangeError(`odeSolve: ${name} must lie between 0 and 1, got ${value}; 1e-6 is usual`);
    }
  }
  if (!(Number.isSafeInteger(maximumSteps) && maximumSteps > 0)) {
    throw new RangeError(`odeSolve: maximumSteps must be a whole number above 0, got ${maximumSteps}`);
  }
  return { method, tolerances: [relativeTolerance, absoluteTolerance], maximumSteps };
}

/** Times that are known now must be in order. */
function requireTimes(t0: Arg, times: Arg): void {
  const [start, all] = [nodeOf(t0), nodeOf(times)];
  if (all.shape.length !== 1 || sizeOf(start.shape) !== 1) {
    throw new RangeError(
      `odeSolve: expected a number t0 and a list of times, got shapes ${formatShape(start.shape)} and ${formatShape(all.shape)}`,
    );
  }
  const value = all.attributes.value;
  const from = start.attributes.value?.[0] ?? value?.[0];
  if (value === undefined || from === undefined || inOrder(from, value)) return;
  throw new RangeError(
    `odeSolve: the times must be finite and rise from t0 = ${from} (or fall), got ${Array.from(value.slice(0, 6)).join(', ')}` +
      `${value.length > 6 ? ', …' : ''}; sort them`,
  );
}

function partsOf(flat: Expr, shapes: readonly Shape[]): Expr[] {
  let at = 0;
  return shapes.map((shape) => {
    const start = at;
    at += sizeOf(shape);
    return flat.slice(start, at).reshape(...shape);
  });
}

/** What f gave for one part of the state: an array, or its elements in a list. */
function slopeOf(given: unknown, shape: Shape, name: string) {
  const who = name ? `'${name}' ` : '';
  if (given === undefined)
    throw new TypeError(`odeSolve: f gives no ${who || 'slope'}; return every part of the state`);
  const found = Array.isArray(given) && given.some(isExpression) ? stack(given as Arg[]) : asExpression(given as Arg);
  const fits = sizeOf(found.shape) === sizeOf(shape) && (found.shape.length === shape.length || sizeOf(shape) === 1);
  if (!fits) {
    throw new RangeError(
      `odeSolve: the state ${who}has shape ${formatShape(shape)} and f gives ${formatShape(found.shape)}; ` +
        'f must give the slope of each component',
    );
  }
  return found;
}

/** ∂ slope / ∂ state. // (n, n) */
function jacobianOf(slope: Expr, state: Expr): Expr {
  const rows = Array.from({ length: slope.size }, (_, i) => grad(slope.at(i), [state])[0]!);
  return stack(rows);
}
