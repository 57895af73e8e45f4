/**
 * What the type checker knows of expressions; marked with `@ts-expect-error`, what must not compile. Checked by `tsc`
 * with everything else. Nothing here runs.
 */
import {
  broadcastTo,
  constant,
  type Expr,
  type Index,
  indexExpression,
  scan,
  variable,
  where,
} from '#kernel/program/index';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_T extends true>(): void => undefined;

export function shapesAreKnown(): void {
  const eight = variable('eight', [8]);
  const scalar = variable('scalar', []);
  const matrix = variable('matrix', [8, 2]);
  holds<Equal<typeof eight, Expr<[8]>>>();
  const product = eight.mul(scalar);
  holds<Equal<typeof product, Expr<[8]>>>();
  const turned = scalar.mul(eight);
  holds<Equal<typeof turned, Expr<[8]>>>();
  const same = eight.add(eight).exp().neg();
  holds<Equal<typeof same, Expr<[8]>>>();
  const total = matrix.sum();
  holds<Equal<typeof total, Expr<[]>>>();
  const row = matrix.at(3);
  holds<Equal<typeof row, Expr<[2]>>>();
  const square = eight.reshape(4, 2);
  holds<Equal<typeof square, Expr<readonly [4, 2]>>>();
  const repeated = broadcastTo(scalar, [5]);
  holds<Equal<typeof repeated, Expr<readonly [5]>>>();
  // Sizes that only the run knows: any rank.
  const unknown: Expr = matrix.mul(eight);
  unknown.shape satisfies readonly number[];
}

export function factorsGather(): void {
  const county = indexExpression([0, 1, 1], 2, 'county');
  holds<Equal<typeof county, Index<'county', [number]>>>();
  const effect = variable('effect', [2]).at(county);
  holds<Equal<typeof effect, Expr<[number]>>>();
}

export function numbersAndExpressionsMix(): void {
  const mu = variable('mu', []);
  // To the type checker an expression is a number: that is what lets a stage be written as on the blackboard.
  const asNumber: number = mu;
  const formula: number = mu + 2 * mu;
  constant([1, 2]).add(formula);
  constant(asNumber);
  where(mu.gt(0), mu, 0).exp();
  scan((before: Expr, e: Expr) => before.add(e), 0, [1, 2]).at(-1);
  scan((before, e) => ({ a: before.a.add(e), b: before.b }), { a: 0, b: [1, 2] }, [1, 2]).a.sum();
}

export function mistakesAreFound(): void {
  const x = variable('x', [3]);
  // @ts-expect-error not an argument
  x.add('1');
  // @ts-expect-error not an argument
  x.add({ a: 1 });
  // @ts-expect-error no such method
  x.logarithm();
  // @ts-expect-error a shape is an array of numbers
  variable('y', 3);
  // @ts-expect-error a name of the state is missing
  scan((before: { a: Expr; b: Expr }) => ({ a: before.a }), { a: 0, b: 0 }, [1]);
}
