/**
 * Comparisons (1 where true, 0 where not) and the selection that replaces `? :` on expressions.
 */
import { elementwise } from './elementwise.ts';
import type { Operation } from './operation.ts';

function comparison(
  name: string,
  symbol: string,
  holds: (a: number, b: number) => boolean,
  commutes = false,
): Operation {
  return elementwise(name, {
    documentation: `1 where a ${symbol} b, else 0; a comparison with NaN is ${holds(Number.NaN, 0) ? 1 : 0}`,
    arity: 2,
    commutes,
    scalar: (a, b) => (holds(a!, b!) ? 1 : 0),
    javascript: (a, b) => `(${a} ${symbol} ${b} ? 1 : 0)`,
    derivative: 'constant',
  });
}

export const comparisons = {
  lt: comparison('lt', '<', (a, b) => a < b),
  le: comparison('le', '<=', (a, b) => a <= b),
  gt: comparison('gt', '>', (a, b) => a > b),
  ge: comparison('ge', '>=', (a, b) => a >= b),
  eq: comparison('eq', '===', (a, b) => a === b, true),
  ne: comparison('ne', '!==', (a, b) => a !== b, true),
  where: elementwise('where', {
    documentation: 'a where the condition is not 0, else b; what is not taken adds nothing to value or gradient',
    arity: 3,
    selects: true,
    scalar: (condition, a, b) => (condition !== 0 ? a! : b!),
    javascript: (condition, a, b) => `(${condition} !== 0 ? ${a} : ${b})`,
    derivative: ({ cotangent: g, inputs, needed, apply }) => [
      undefined,
      needed[1] ? apply('where', [inputs[0]!, g, 0]) : undefined,
      needed[2] ? apply('where', [inputs[0]!, 0, g]) : undefined,
    ],
  }),
} satisfies Record<string, Operation>;
