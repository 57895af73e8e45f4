/**
 * Arithmetic: + − × ÷, powers, absolute value, rounding, extrema of two, and the masked product of reverse mode.
 *
 * At a kink the derivative is the mean of the one-sided ones, which is what a central difference sees: 0 for |x|
 * at 0, one half for each operand of a tied minimum or maximum.
 */
import { pow } from '../../numeric/elementary.ts';
import { elementwise } from './elementwise.ts';
import type { Chain, Operation } from './operation.ts';

function binary({ inputs }: Chain) {
  return [inputs[0]!, inputs[1]!] as const;
}

/** The derivative of minimum and maximum: to the winner, halved on a tie. */
function toWinner(chain: Chain, wins: 'lt' | 'gt') {
  const [a, b] = binary(chain);
  const { cotangent: g, apply } = chain;
  const tie = apply('where', [a.eq(b), g.mul(0.5), 0]);
  return [apply('where', [a[wins](b), g, tie]), apply('where', [b[wins](a), g, tie])];
}

export const arithmetic = {
  add: elementwise('add', {
    documentation: 'a + b',
    arity: 2,
    commutes: true,
    scalar: (a, b) => a! + b!,
    javascript: (a, b) => `${a} + ${b}`,
    derivative: ({ cotangent: g }) => [g, g],
  }),
  sub: elementwise('sub', {
    documentation: 'a − b',
    arity: 2,
    scalar: (a, b) => a! - b!,
    javascript: (a, b) => `${a} - ${b}`,
    derivative: ({ cotangent: g, needed }) => [g, needed[1] ? g.neg() : undefined],
  }),
  mul: elementwise('mul', {
    documentation: 'a · b',
    arity: 2,
    commutes: true,
    scalar: (a, b) => a! * b!,
    javascript: (a, b) => `${a} * ${b}`,
    derivative: (chain) => {
      const [a, b] = binary(chain);
      const { cotangent: g, needed, times } = chain;
      return [needed[0] ? times(g, b) : undefined, needed[1] ? times(g, a) : undefined];
    },
  }),
  div: elementwise('div', {
    documentation: 'a / b',
    arity: 2,
    scalar: (a, b) => a! / b!,
    javascript: (a, b) => `${a} / ${b}`,
    derivative: (chain) => {
      const [, b] = binary(chain);
      const { cotangent: g, needed, times, output } = chain;
      return [
        needed[0] ? times(g, b.reciprocal()) : undefined,
        needed[1] ? times(g, output.mul(b.reciprocal()).neg()) : undefined,
      ];
    },
  }),
  mod: elementwise('mod', {
    documentation: 'remainder of a / b, with the sign of a (as % in JavaScript)',
    arity: 2,
    scalar: (a, b) => a! % b!,
    javascript: (a, b) => `${a} % ${b}`,
    derivative: (chain) => {
      const [a, b] = binary(chain);
      const { cotangent: g, needed, times, apply } = chain;
      const quotient = apply('trunc', [a.div(b)]);
      return [g, needed[1] ? times(g, quotient.neg()) : undefined];
    },
  }),
  pow: elementwise('pow', {
    documentation: 'a to the power b; 0⁰ = 1',
    arity: 2,
    scalar: (a, b) => pow(a!, b!),
    derivative: (chain) => {
      const [a, b] = binary(chain);
      const { cotangent: g, needed, times, output, apply } = chain;
      // b a^(b−1) is 0 for b = 0 whatever a is, where the formula gives 0 · ∞ at a = 0.
      const inBase = () => apply('where', [b.eq(0), 0, b.mul(a.pow(b.sub(1)))]);
      // a^b log a tends to 0 with a for b > 0, where the formula gives 0 · −∞.
      const inExponent = () => apply('where', [a.eq(0).mul(b.gt(0)), 0, output.mul(a.log())]);
      return [needed[0] ? times(g, inBase()) : undefined, needed[1] ? times(g, inExponent()) : undefined];
    },
  }),
  neg: elementwise('neg', {
    documentation: '−a',
    arity: 1,
    scalar: (a) => -a!,
    javascript: (a) => `-${a}`,
    derivative: ({ cotangent: g }) => [g.neg()],
  }),
  abs: elementwise('abs', {
    documentation: '|a|; derivative 0 at 0',
    arity: 1,
    scalar: (a) => Math.abs(a!),
    javascript: (a) => `Math.abs(${a})`,
    derivative: ({ cotangent: g, inputs, times }) => [times(g, inputs[0]!.sign())],
  }),
  sign: elementwise('sign', {
    documentation: '−1, 0 or 1',
    arity: 1,
    scalar: (a) => Math.sign(a!),
    javascript: (a) => `Math.sign(${a})`,
    derivative: 'constant',
  }),
  square: elementwise('square', {
    documentation: 'a²',
    arity: 1,
    scalar: (a) => a! * a!,
    javascript: (a) => `${a} * ${a}`,
    derivative: ({ cotangent: g, inputs, times }) => [times(g, inputs[0]!.mul(2))],
  }),
  reciprocal: elementwise('reciprocal', {
    documentation: '1 / a',
    arity: 1,
    scalar: (a) => 1 / a!,
    javascript: (a) => `1 / ${a}`,
    derivative: ({ cotangent: g, output, times }) => [times(g, output.square().neg())],
  }),
  minimum: elementwise('minimum', {
    documentation: 'the smaller of a and b; NaN when either is; a tie shares the derivative',
    arity: 2,
    selects: true,
    scalar: (a, b) => Math.min(a!, b!),
    javascript: (a, b) => `Math.min(${a}, ${b})`,
    derivative: (chain) => toWinner(chain, 'lt'),
  }),
  maximum: elementwise('maximum', {
    documentation: 'the larger of a and b; NaN when either is; a tie shares the derivative',
    arity: 2,
    selects: true,
    scalar: (a, b) => Math.max(a!, b!),
    javascript: (a, b) => `Math.max(${a}, ${b})`,
    derivative: (chain) => toWinner(chain, 'gt'),
  }),
  floor: elementwise('floor', {
    documentation: 'largest integer ≤ a',
    arity: 1,
    scalar: (a) => Math.floor(a!),
    javascript: (a) => `Math.floor(${a})`,
    derivative: 'constant',
  }),
  ceil: elementwise('ceil', {
    documentation: 'smallest integer ≥ a',
    arity: 1,
    scalar: (a) => Math.ceil(a!),
    javascript: (a) => `Math.ceil(${a})`,
    derivative: 'constant',
  }),
  round: elementwise('round', {
    documentation: 'nearest integer, halves to the even one (as NumPy and IEEE 754; Math.round takes them up)',
    arity: 1,
    scalar: (a) => roundHalfEven(a!),
    derivative: 'constant',
  }),
  trunc: elementwise('trunc', {
    documentation: 'integer part, towards 0',
    arity: 1,
    scalar: (a) => Math.trunc(a!),
    javascript: (a) => `Math.trunc(${a})`,
    derivative: 'constant',
  }),
  chain: elementwise('chain', {
    documentation: 'cotangent · local derivative, 0 where the cotangent is exactly 0 (reverse mode below a selection)',
    arity: 2,
    selects: true,
    scalar: (g, d) => (g === 0 ? 0 : g! * d!),
    javascript: (g, d) => `(${g} === 0 ? 0 : ${g} * ${d})`,
    derivative: (chain) => {
      const [g, d] = binary(chain);
      const { cotangent: h, needed, times, apply } = chain;
      return [needed[0] ? times(h, d) : undefined, needed[1] ? apply('chain', [g, h]) : undefined];
    },
  }),
} satisfies Record<string, Operation>;

function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down; // exact
  if (rest < 0.5) return down;
  if (rest > 0.5) return down + 1;
  return rest === 0.5 ? (down % 2 === 0 ? down : down + 1) : x; // ±∞ and NaN as they are
}
