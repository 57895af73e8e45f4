/** Densities at numbers, for curves and tables: what `logDensity` is inside a model, run on the spot. */
import { asExpression, compile, type Program, variable } from '../program/index.ts';
import type { Arg, Expr, Shape } from '../program/types.ts';

/** A distribution, as far as it is needed here. */
interface Dense {
  logDensity(x: Arg): Expr;
}

/** One program a distribution and shape of x: a curve asks for hundreds of points. */
const programs = new WeakMap<Dense, Map<string, Program>>();

/** log densities at x, row-major. */
export function logDensityAt(distribution: Dense, x: number | ArrayLike<number>): Float64Array {
  const shape: Shape = typeof x === 'number' ? [] : asExpression(Array.from(x)).shape;
  const values = typeof x === 'number' ? Float64Array.of(x) : Float64Array.from(x);
  const known = programs.get(distribution) ?? new Map<string, Program>();
  programs.set(distribution, known);
  const key = shape.join();
  let program = known.get(key);
  if (program === undefined) {
    const at = variable('x', shape);
    program = compile({ inputs: [{ name: 'x', shape }], outputs: [distribution.logDensity(at)] });
    known.set(key, program);
  }
  return program.run({ x: values })[0]!;
}
