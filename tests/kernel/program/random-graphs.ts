/**
 * Random graphs of bounded operations, each expression with a naive evaluation beside it.
 */
import fc from 'fast-check';
import { constant, variable } from '#kernel/program/expression';
import { concatenate, scan, segmentSum, transpose, where } from '#kernel/program/functions';
import type { Expr, Shape } from '#kernel/program/types';

/** An expression, and its value computed naively beside it. */
interface Pair {
  readonly expr: Expr;
  readonly shape: readonly number[];
  readonly value: readonly number[];
}

/** Sizes on both sides of the limits under which values become variables and loops stay JavaScript. */
const N = 35;
export const shapes: readonly Shape[] = [[], [3], [N], [3, N], [N, 1], [N, 3], [1, N], [1], [2, 3, N]];
const sizeOf = (shape: Shape) => shape.reduce((a, b) => a * b, 1);

function naiveElementwise(f: (...x: number[]) => number, ...operands: Pair[]): number[] {
  const rank = Math.max(...operands.map(({ shape }) => shape.length));
  const shape = Array.from({ length: rank }, (_, axis) =>
    Math.max(...operands.map((o) => o.shape[axis - rank + o.shape.length] ?? 1)),
  );
  return Array.from({ length: sizeOf(shape) }, (_, flat) => {
    const index: number[] = [];
    for (let axis = rank - 1, rest = flat; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return f(
      ...operands.map(({ shape: own, value }) => {
        let at = 0;
        own.forEach((n, axis) => {
          at = at * n + (n === 1 ? 0 : index[axis + rank - own.length]!);
        });
        return value[at]!;
      }),
    );
  });
}

function naiveSum({ shape, value }: Pair, axis: number): number[] {
  const after = sizeOf(shape.slice(axis + 1));
  const n = shape[axis]!;
  const result = new Array<number>(value.length / n).fill(0);
  value.forEach((x, flat) => {
    const outer = Math.floor(flat / (after * n));
    result[outer * after + (flat % after)]! += x;
  });
  return result;
}

type Step = (a: Pair, b: Pair, c: Pair, k: number) => readonly [Expr, readonly number[]] | undefined;
const total = (value: readonly number[]) => value.reduce((s, x) => s + x, 0);
const soft = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** Bounded operations, so that rounding stays small whatever is composed. */
export const smooth: readonly Step[] = [
  (a, b) => [a.expr.add(b.expr), naiveElementwise((x, y) => x! + y!, a, b)],
  (a, b) => [a.expr.sub(b.expr), naiveElementwise((x, y) => x! - y!, a, b)],
  (a, b) => [a.expr.mul(b.expr).tanh(), naiveElementwise((x, y) => Math.tanh(x! * y!), a, b)],
  (a, b) => [a.expr.div(b.expr.square().add(1)), naiveElementwise((x, y) => x! / (y! * y! + 1), a, b)],
  (a, b) => [
    a.expr.sub(b.expr).softplus().add(b.expr.sub(a.expr).sigmoid()),
    naiveElementwise((x, y) => soft(x! - y!) + logistic(y! - x!), a, b),
  ],
  (a) => [a.expr.neg().mul(0.5).sin(), naiveElementwise((x) => Math.sin(-x! * 0.5), a)],
  (a) => [a.expr.cos().add(a.expr.atan()), naiveElementwise((x) => Math.cos(x!) + Math.atan(x!), a)],
  (a, b) => [
    a.expr.square().add(0.5).pow(b.expr.tanh()).tanh(),
    naiveElementwise((x, y) => Math.tanh((x! * x! + 0.5) ** Math.tanh(y!)), a, b),
  ],
  (a) => [a.expr.tanh().expm1(), naiveElementwise((x) => Math.expm1(Math.tanh(x!)), a)],
  (a) => [a.expr.sigmoid().log(), naiveElementwise((x) => Math.log(logistic(x!)), a)],
  (a) => [a.expr.square().add(1).sqrt(), naiveElementwise((x) => Math.sqrt(x! * x! + 1), a)],
  (a) => [a.expr.mean(), [total(a.value) / a.value.length]],
  (a, _b, _c, k) => {
    if (a.shape.length === 0) return undefined;
    const axis = k % a.shape.length;
    return [a.expr.sum(axis).div(a.shape[axis]!), naiveSum(a, axis).map((x) => x / a.shape[axis]!)];
  },
  (a, b) => [a.expr.sub(b.expr.mean()).mean(), [total(a.value) / a.value.length - total(b.value) / b.value.length]],
  (a) => [a.expr.tanh().logSumExp(), [Math.log(total(a.value.map((x) => Math.exp(Math.tanh(x)))))]],
  (a, _b, _c, k) => {
    if (a.shape.length === 0) return undefined;
    const row = k % a.shape[0]!;
    const width = a.value.length / a.shape[0]!;
    return [a.expr.at(row), a.value.slice(row * width, (row + 1) * width)];
  },
  (a) => {
    if (a.shape.length !== 1) return undefined;
    const codes = Array.from({ length: N }, (_, i) => (i * 5) % a.shape[0]!);
    return [a.expr.at(codes), codes.map((code) => a.value[code]!)];
  },
  (a, b) => {
    if (a.shape.length !== 1 || b.shape.length !== 1) return undefined;
    const codes = Array.from({ length: b.shape[0]! }, (_, i) => (i * 7) % a.shape[0]!);
    let state = 0.2;
    const states = b.value.map((x, i) => {
      state = Math.tanh(0.5 * state + x * a.value[codes[i]!]!);
      return state;
    });
    const step = (s: Expr, code: Expr, e: Expr) =>
      s
        .mul(0.5)
        .add(e.mul(a.expr.at(code)))
        .tanh();
    return [scan(step, 0.2, constant(Float64Array.from(codes)), b.expr), states];
  },
  (a) => {
    if (a.shape.length !== 1) return undefined;
    const codes = Array.from({ length: a.shape[0]! }, (_, i) => (i * 2) % 3);
    const sums = [0, 0, 0];
    a.value.forEach((x, i) => {
      sums[codes[i]!]! += x / N;
    });
    return [segmentSum(a.expr.div(N), codes, 3), sums];
  },
  (a) => {
    if (a.shape.length !== 2) return undefined;
    const [rows, columns] = a.shape as [number, number];
    const turned = Array.from(
      { length: a.value.length },
      (_, i) => a.value[(i % rows) * columns + Math.floor(i / rows)]!,
    );
    return [transpose(a.expr), turned];
  },
  (a, b) => {
    if (a.shape.length !== 2 || b.shape.length !== 1 || a.shape[1] !== b.shape[0]) return undefined;
    const n = b.shape[0]!;
    const products = Array.from({ length: a.shape[0]! }, (_, i) =>
      total(b.value.map((x, q) => a.value[i * n + q]! * x)),
    );
    return [a.expr.matmul(b.expr).div(n), products.map((x) => x / n)];
  },
  (a) => {
    if (a.shape.length !== 1) return undefined;
    let state = 0.5;
    const states = a.value.map((x) => {
      state = Math.tanh(0.5 * state + x);
      return state;
    });
    return [scan((s, e) => s.mul(0.5).add(e).tanh(), 0.5, a.expr), states];
  },
  (a, b) => {
    if (a.shape.length !== 1 || b.shape.length !== 1) return undefined;
    const both = [...a.value, ...b.value];
    return [concatenate([a.expr, b.expr]).slice(0, a.shape[0]!), both.slice(0, a.shape[0]!)];
  },
  (a) => {
    if (a.shape.length !== 1) return undefined;
    let sum = 0;
    return [a.expr.div(N).cumsum(), a.value.map((x) => (sum += x / N))];
  },
];

/** With kinks, which a difference may straddle. */
const kinked: readonly Step[] = [
  (a, b) => [a.expr.maximum(b.expr), naiveElementwise(Math.max as never, a, b)],
  (a, b, c) => [where(a.expr.lt(b.expr), c.expr, a.expr), naiveElementwise((x, y, z) => (x! < y! ? z! : x!), a, b, c)],
  (a) => [a.expr.max(), [Math.max(...a.value)]],
];

type Choice = readonly [step: number, a: number, b: number, c: number, k: number];

/** Inputs with values, and the expressions that a list of choices makes of them. */
export function build(choices: readonly Choice[], steps: readonly Step[] = [...smooth, ...kinked]) {
  const inputs = shapes.map((shape, i) => ({ name: `x${i}`, shape }));
  const given = Object.fromEntries(
    inputs.map(({ name, shape }, i) => [
      name,
      Float64Array.from({ length: sizeOf(shape) }, (_, j) => Math.sin(3 * i + 1.3 * j + 0.2)),
    ]),
  );
  const pairs: Pair[] = inputs.map(({ name, shape }) => ({
    expr: variable(name, shape),
    shape,
    value: Array.from(given[name]!),
  }));
  pairs.push({ expr: constant(0.75), shape: [], value: [0.75] });
  pairs.push({ expr: constant(given.x2!.map(Math.cos)), shape: [N], value: Array.from(given.x2!, Math.cos) });
  for (const [step, a, b, c, k] of choices) {
    const pick = (i: number) => pairs[i % pairs.length]!;
    try {
      const made = steps[step % steps.length]!(pick(a), pick(b), pick(c), k);
      if (made) pairs.push({ expr: made[0], shape: made[0].shape, value: made[1] });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // shapes that do not meet
    }
  }
  return { inputs, given, pairs };
}

const index = fc.nat(60);
/** Which steps, on which operands. */
export const choices = fc.array(fc.tuple(fc.nat(1000), index, index, index, fc.nat(50)), {
  minLength: 4,
  maxLength: 24,
});
