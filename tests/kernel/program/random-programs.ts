/**
 * Random programs from a fixed seed, run on every back end, as checksums of their bits: the same text runs on every
 * engine. It leans on nothing but the library.
 */
import { key, Stream } from '#kernel/numeric/random';
import { compile, Program } from '#kernel/program/compile';
import { apply, constant, variable } from '#kernel/program/expression';
import { concatenate, logSumExp, matmul, scan, segmentSum } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { operationOf, operations } from '#kernel/program/operations/registry';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';

/** Longer than a loop must be to become WebAssembly, and not a multiple of four. */
const N = 47;
const COLUMNS = 5;

const elementwise = Object.keys(operations).filter((name) => operationOf(name).elementwise !== undefined);
/** Cheap and bounded: chosen more often, so that a program does not end in NaN. */
const common = [
  ...['add', 'sub', 'mul', 'tanh', 'exp', 'log1p', 'sigmoid', 'softplus', 'where', 'maximum', 'abs', 'lt'],
  ...['sin', 'cos', 'atan', 'erf', 'normalCdf', 'normalLogCdf', 'relu', 'cbrt'],
];

/** Defined between 0 and 1, or above 0: their operands are brought there, or most programs would end in NaN. */
const bounded = /^(asin|acos|atanh|normalQuantile|logit|gamma|beta|polygamma|logBeta|acosh)/;

function within(name: string, operands: Expr[]): Expr[] {
  if (!bounded.test(name)) return operands;
  if (name === 'acosh') return operands.map((x) => x.square().add(1));
  if (name === 'polygamma') return [constant(2), operands[1]!.sigmoid()];
  return operands.map((x) => x.sigmoid());
}

/** FNV-1a over the bits of numbers, NaNs made one. */
class Checksum {
  #state = 0xcbf29ce484222325n;
  readonly #number = new Float64Array(1);
  readonly #bits = new BigUint64Array(this.#number.buffer);
  add(x: number): void {
    this.#number[0] = x;
    const bits = Number.isNaN(x) ? 0x7ff8000000000000n : this.#bits[0]!;
    this.#state = ((this.#state ^ bits) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  toString(): string {
    return this.#state.toString(16).padStart(16, '0');
  }
}

const inputs = [
  { name: 'scalar', shape: [] },
  { name: 'few', shape: [COLUMNS] },
  { name: 'long', shape: [N] },
];

function build(stream: Stream): Expr[] {
  const numbers = (n: number) => constant(Float64Array.from({ length: n }, () => stream.normal()));
  const vectors: Expr[] = [variable('long', [N]), numbers(N), variable('scalar', []).mul(numbers(N))];
  const few: Expr[] = [variable('few', [COLUMNS])];
  const scalars: Expr[] = [variable('scalar', [])];
  const pick = <T>(list: readonly T[]): T => list[stream.integer(list.length)]!;
  const codes = Array.from({ length: N }, () => stream.integer(COLUMNS));
  const pairs = (x: Expr) => concatenate([x, x.neg()]).reshape(2, COLUMNS);
  const matrix = numbers(N * COLUMNS).reshape(N, COLUMNS);
  const steps: (() => void)[] = [
    () => vectors.push(matmul(matrix, pick(few)).tanh()),
    () => few.push(matmul(pick(vectors), matrix).tanh()),
    () => vectors.push(pick(few).at(codes)),
    () => few.push(segmentSum(pick(vectors), codes, COLUMNS).tanh()),
    () => scalars.push(pick(vectors).sum().div(N)),
    () => scalars.push(logSumExp(pick(vectors)).tanh()),
    () => vectors.push(pick(vectors).cumsum().div(N)),
    () => scalars.push(apply('sumLog1p', [pick(vectors).abs().neg().exp()]).div(N)),
    () => few.push(pairs(pick(few)).logSumExp(0).tanh()),
    () =>
      few.push(
        scan((s: Expr, e: Expr) => s.mul(0.5).add(e).sin(), pick(few), numbers(N * COLUMNS).reshape(N, COLUMNS)).at(-1),
      ),
    () => vectors.push(concatenate([pick(vectors).slice(10), pick(vectors).slice(0, 10)])),
    () => few.push(matrix.mul(pick(vectors).reshape(N, 1)).sum(0).tanh()),
    () => vectors.push(scan((s: Expr, e: Expr) => s.mul(0.5).add(e).tanh(), pick(scalars), pick(vectors))),
    () => {
      const table = pick(few);
      const step = (s: Expr, code: Expr, e: Expr) => s.mul(0.5).add(table.at(code)).mul(e).tanh();
      vectors.push(scan(step, pick(scalars), constant(Float64Array.from(codes)), pick(vectors)));
    },
    () => vectors.push(matrix.add(pick(few)).sub(pick(vectors).reshape(N, 1)).softplus().sum(1).log1p()),
    () => scalars.push(matrix.mul(pick(few)).normalCdf().sum().div(N)),
    () => vectors.push(apply('pow', [pick(vectors).abs().add(0.1), pick(vectors).tanh()])),
    () => vectors.push(pick(vectors).square().add(0.1).lgamma().tanh(), pick(vectors).sigmoid().add(1).digamma()),
  ];
  for (let i = 0; i < 14; i++) {
    if (stream.uniform() < 0.35) pick(steps)();
    else {
      const name = pick(stream.uniform() < 0.7 ? common : elementwise);
      const operands = Array.from({ length: operationOf(name).arity }, () => pick(pick([vectors, vectors, scalars])));
      const made = apply(name, within(name, operands));
      (made.shape.length === 0 ? scalars : vectors).push(made);
    }
  }
  return [...vectors.slice(-3), ...few.slice(-1), ...scalars.slice(-1)];
}

function outputsOf(stream: Stream): Expr[] {
  const values = build(stream);
  const total = values.map((value) => value.sum()).reduce((a, b) => a.add(b));
  try {
    return [
      ...values,
      ...grad(
        total,
        inputs.map(({ name, shape }) => variable(name, shape)),
      ),
    ];
  } catch {
    return values; // an operation without a derivative is in it
  }
}

/** Checksums of all values of `count` programs, one a back end, and how many could run as WebAssembly. */
export function checksums(count: number) {
  const sums = { interpreter: new Checksum(), javascript: new Checksum(), webassembly: new Checksum() };
  const singles = { single: new Checksum(), singleInterpreted: new Checksum() };
  let assembled = 0;
  let finite = 0;
  for (let i = 0; i < count; i++) {
    const stream = new Stream(key(i));
    const outputs = outputsOf(stream);
    const { graph } = compile({ inputs, outputs });
    const given = Object.fromEntries(
      inputs.map(({ name, shape }) => [name, Float64Array.from({ length: shape[0] ?? 1 }, () => stream.normal())]),
    );
    for (const backEnd of ['interpreter', 'javascript', 'webassembly'] as const) {
      const program = new Program(graph, backEnd);
      const values = program.run(given);
      for (const value of values) for (const x of value) sums[backEnd].add(x);
      if (program.backEnd === 'webassembly') assembled++;
      if (backEnd === 'interpreter' && values.every((value) => value.every(Number.isFinite))) finite++;
    }
    if (i % 5 > 0) continue; // single precision: every fifth
    for (const [name, sum] of Object.entries(singles)) {
      const variables = inputs.map(({ name, shape }) => variable(name, shape));
      const step = compileStep({ inputs: variables, outputs, interpret: name === 'singleInterpreted' });
      for (const value of step.run(given)) for (const x of value) sum.add(x);
    }
  }
  const [interpreter, javascript, webassembly] = Object.values(sums).map(String);
  const [single, singleInterpreted] = Object.values(singles).map(String);
  return { interpreter, javascript, webassembly, assembled, finite, single, singleInterpreted };
}
