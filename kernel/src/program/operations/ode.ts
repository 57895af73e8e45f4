/**
 * Solutions of ordinary differential equations at given times. The right-hand side is a closed graph inside the node,
 * like the step of a scan.
 *
 * Inputs of the node: y0 (n,), t0, times (T,), captured values. Inputs of the body: y, t, captured values. Outputs of the
 * body: y′ (n,), and for a stiff method the Jacobian of its first `controlled` components.
 *
 * The derivative is a solution too, of the same equations with their sensitivities beside them (forward sensitivities:
 * Hairer, Nørsett & Wanner 1993, section I.14). These take the steps of the solution, so that they are the derivatives
 * of what the integrator computes, its steps held fixed, and can be differentiated once more.
 */
import { dormandPrince } from '../../numeric/ode/dormand-prince.ts';
import { kvaerno } from '../../numeric/ode/kvaerno.ts';
import type { Ending, Integrator, Problem } from '../../numeric/ode/problem.ts';
import type { Attributes } from '../node.ts';
import { prune } from '../optimise/prune.ts';
import { sizeOf } from '../shape.ts';
import type { Expr, Shape } from '../types.ts';
import type { Chain, Kernel, KernelContext, Operation } from './operation.ts';

/** The integrators, by the name a user gives. */
export const integrators = { 'dormand-prince': dormandPrince, kvaerno } satisfies Record<string, Integrator>;
export type OdeMethod = keyof typeof integrators;

/** The attributes an integration has. */
function settings({ method, tolerances, maximumSteps, controlled, body }: Attributes) {
  const [relative, absolute] = tolerances as [number, number];
  return {
    integrate: integrators[method as OdeMethod],
    tolerances: { relative, absolute, maximumSteps: maximumSteps!, controlled: controlled! },
    body: body!,
  };
}

/** @throws RangeError for attributes that no call of odeSolve makes: a damaged program, or one of another version */
function requireSettings({ method = '', tolerances = [], maximumSteps, controlled, body }: Attributes): void {
  const whole = [maximumSteps, controlled].every((count) => Number.isSafeInteger(count) && count! > 0);
  const known = Object.hasOwn(integrators, method) && tolerances.length === 2 && tolerances.every((x) => x > 0);
  if (!(known && whole && body)) {
    throw new RangeError(
      `odeSolve: method '${method}' with these settings is not known; this program was made by another version`,
    );
  }
}

export const odes = {
  odeSolve: {
    documentation: 'solutions of y′ = f(t, y) from y0 at t0, at given times; NaN from where the integrator gives up',
    arity: Number.POSITIVE_INFINITY,
    shape: ([y0, , times], attributes) => {
      requireSettings(attributes);
      return [times![0]!, ...y0!];
    },
    kernel: odeKernel,
    derivative: odeDerivative,
    explain: explainOde,
  },
} satisfies Record<string, Operation>;

type Evaluator = ReturnType<KernelContext['plan']>;

/** `TypedArray.set` costs more than the slope of a small system. */
function copy(from: Float64Array, to: Float64Array): void {
  for (let i = 0; i < from.length; i++) to[i] = from[i]!;
}

/** The integration, and how it ends. */
function solver({ attributes, inputShapes, plan }: KernelContext) {
  const { integrate, tolerances, body } = settings(attributes);
  const evaluators = body.outputs.map((output) => plan(prune({ ...body, outputs: [output] })));
  const at =
    (evaluator: Evaluator | undefined) =>
    (time: number, state: Float64Array, into: Float64Array): void => {
      const { inputs, outputs, run } = evaluator!;
      inputs[1]![0] = time;
      copy(state, inputs[0]!);
      run();
      copy(outputs[0]!, into);
    };
  const problem: Problem = {
    size: sizeOf(inputShapes[0]!),
    slope: at(evaluators[0]),
    jacobian: at(evaluators[1]),
  };
  return (output: Float64Array, [y0, t0, times, ...rest]: readonly Float64Array[]): Ending => {
    for (const { inputs } of evaluators) for (let i = 0; i < rest.length; i++) copy(rest[i]!, inputs[i + 2]!);
    if (!inOrder(t0![0]!, times!)) {
      output.fill(Number.NaN);
      return { kind: 'not finite', time: t0![0]! };
    }
    return integrate(problem, y0!.slice(), t0![0]!, times!, tolerances, output);
  };
}

/** Rising from t0, or falling. */
export function inOrder(t0: number, times: ArrayLike<number>): boolean {
  const direction = (times[times.length - 1] ?? t0) < t0 ? -1 : 1;
  let before = t0;
  for (let i = 0; i < times.length; i++) {
    if (!(direction * (times[i]! - before) >= 0 && Number.isFinite(times[i]!))) return false;
    before = times[i]!;
  }
  return Number.isFinite(t0);
}

function odeKernel(context: KernelContext): Kernel {
  const solve = solver(context);
  return (output, inputs) => {
    solve(output, inputs);
  };
}

/** Why there is a NaN in it. */
function explainOde(context: KernelContext, inputs: readonly Float64Array[]): string | undefined {
  const [t0, times] = [inputs[1]![0]!, inputs[2]!];
  if (!inOrder(t0, times)) return 'the times must be finite and rise from t0 (or fall)';
  const ending = solver(context)(new Float64Array(sizeOf(context.shape)), inputs);
  const { maximumSteps, tolerances, method } = context.attributes;
  const where = (time: number) => {
    const before = times.findLast((x) => Math.abs(x - t0) <= Math.abs(time - t0)) ?? t0;
    const next = times.find((x) => Math.abs(x - t0) > Math.abs(time - t0));
    return `at t = ${Number(time.toPrecision(6))}, between ${before} and ${next}`;
  };
  switch (ending.kind) {
    case 'reached':
      return undefined;
    case 'too many steps':
      return (
        `the integrator stopped ${where(ending.time)}: ${maximumSteps} steps were not enough for a relative tolerance of ` +
        `${tolerances![0]}; loosen the tolerances, raise maximumSteps` +
        (method === 'kvaerno' ? '' : ", or take method: 'kvaerno', for the problem may be stiff")
      );
    case 'step too small':
      return `the integrator stopped ${where(ending.time)}: no step is small enough there; the solution may run to infinity`;
    case 'not finite':
      return `the integrator stopped ${where(ending.time)}: the right-hand side is not finite there`;
  }
}

/** Products over rows: the cotangent of each source from the sensitivities in its directions. */
function odeDerivative(chain: Chain): (Expr | undefined)[] {
  const { cotangent, inputs, needed, attributes, output, apply, placeholder } = chain;
  const [y0, t0, times, ...captured] = inputs as [Expr, Expr, Expr, ...Expr[]];
  const n = y0.size;
  const count = times.size;
  const fromStart = needed[0] === true || needed[1] === true;
  const wanted = captured.flatMap((_, i) => (needed[i + 3] ? [i] : []));
  const widths = wanted.map((i) => captured[i]!.size);
  const p = widths.reduce((total, width) => total + width, 0);
  const q = (fromStart ? n : 0) + p;
  const results: (Expr | undefined)[] = inputs.map(() => undefined);
  if (q > 0 && count > 0) {
    // One step of the solution and of its sensitivities, each a block of n after y.
    const wide = placeholder([n * (1 + q)]);
    const time = placeholder([]);
    const others = captured.map(({ shape }) => placeholder(shape));
    const y = apply('slice', [wide], { start: 0, end: n });
    const blocks = apply('reshape', [apply('slice', [wide], { start: n, end: n * (1 + q) })], { sizes: [q, n] });
    const { slope, byState, byOthers, jacobian } = slopesOf(chain, wanted, y, time, others);
    const turning = apply('matmul', [blocks, byState], { transposeRight: true }); // (q, n)
    const pushed = fromStart ? [zeros(chain, [n, n]), ...byOthers] : byOthers;
    const change = pushed.length > 0 ? turning.add(apply('concatenate', pushed)) : turning;
    const outputs = [apply('concatenate', [slope, change.reshape(q * n)]), ...(jacobian ? [jacobian] : [])];
    const closed = chain.close(outputs, [wide, time, ...others]);
    const start = [...(fromStart ? [unit(n)] : []), ...(p > 0 ? [zeros(chain, [p * n])] : [])];
    const solved = apply(
      'odeSolve',
      [apply('concatenate', [y0, ...start]), t0, times, ...captured, ...closed.captured],
      { ...attributes, body: closed.graph },
    ); // (T, n (1 + q))
    const byBlock = apply('transpose', [solved.reshape(count, 1 + q, n)], { permutation: [1, 0, 2] });
    const rows = apply('slice', [byBlock], { start: 1, end: 1 + q }).reshape(q, count * n);
    const bars = apply('matmul', [rows, cotangent.reshape(count * n)]); // (q,)
    let at = 0;
    if (fromStart) {
      const ofStart = apply('slice', [bars], { start: 0, end: n });
      if (needed[0]) results[0] = ofStart;
      // A later start is a start elsewhere: −f(t0, y0) in y0.
      if (needed[1])
        results[1] = apply('matmul', [ofStart, slopeAt(chain, y0, t0)])
          .neg()
          .reshape(...t0.shape);
      at = n;
    }
    wanted.forEach((i, k) => {
      results[i + 3] = apply('slice', [bars], { start: at, end: at + widths[k]! }).reshape(...captured[i]!.shape);
      at += widths[k]!;
    });
  }
  if (needed[2] && count > 0) results[2] = byTimes(chain, output);
  return results;
}

/**
 * f, ∂ f / ∂ y (n, n), and ∂ f / ∂ of the wanted others, transposed: a row a direction. One reverse sweep a component
 * of f, over inputs of its own: y is a part of a larger array, past which a reverse sweep would look.
 */
function slopesOf(chain: Chain, wanted: readonly number[], y: Expr, time: Expr, others: readonly Expr[]) {
  const { apply, pullback, placeholder, attributes, inline, close } = chain;
  const body = attributes.body!;
  const own = [y, time, ...others].map(({ shape }) => placeholder(shape));
  const nodes = inline(body, own);
  const values = body.outputs.map((at) => nodes[at]!);
  const slope = values[0]!;
  const sources = [own[0]!, ...wanted.map((i) => own[i + 2]!)];
  const sweeps = unitRows(slope.size).map((row) => {
    const found = pullback([slope], [apply('reshape', [row], { sizes: slope.shape })], sources);
    return found.map((bar, k) => (bar ?? zeros(chain, sources[k]!.shape)).reshape(1, sources[k]!.size));
  });
  const matrices = sources.map((_, k) =>
    apply(
      'concatenate',
      sweeps.map((row) => row[k]!),
    ),
  ); // (n, size) each
  const { graph, captured } = close([...matrices, ...values], own);
  const made = inline(graph, [y, time, ...others, ...captured]);
  const outputs = graph.outputs.map((at) => made[at]!);
  return {
    byState: outputs[0]!,
    byOthers: wanted.map((_, k) => apply('transpose', [outputs[k + 1]!], { permutation: [1, 0] })),
    slope: outputs[sources.length]!,
    jacobian: outputs[sources.length + 1],
  };
}

/** f(t0, y0). // (n,) */
function slopeAt({ inline, inputs, attributes }: Chain, y: Expr, t: Expr): Expr {
  const { body } = attributes;
  return inline(body!, [y, t, ...inputs.slice(3)])[body!.outputs[0]!]!;
}

/** The cotangent of each time is that of y there times f: one step of a scan without memory a time. // (T,) */
function byTimes(chain: Chain, output: Expr): Expr {
  const { inputs, cotangent, apply, placeholder, close, inline, attributes } = chain;
  const n = inputs[0]!.size;
  const [y, t, bar] = [placeholder([n]), placeholder([]), placeholder([n])];
  const others = inputs.slice(3).map(({ shape }) => placeholder(shape));
  const slope = inline(attributes.body!, [y, t, ...others])[attributes.body!.outputs[0]!]!;
  const { graph: body, captured } = close([apply('matmul', [slope, bar])], [y, t, bar, ...others]);
  const length = inputs[2]!.size;
  return apply('scan', [output, inputs[2]!, cotangent, ...inputs.slice(3), ...captured], {
    body,
    carries: 0,
    sequences: 3,
    length,
  });
}

function zeros({ apply }: Chain, sizes: Shape): Expr {
  return apply('broadcastTo', [0], { sizes });
}

function unitRows(n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
}

/** The identity, flat. // (n²,) */
const unit = (n: number): number[] => unitRows(n).flat();
