/**
 * Elementary and special functions of one argument, from `numeric`, each with its derivative.
 */
import * as numeric from '../../numeric/elementary.ts';
import * as special from '../../numeric/special/index.ts';
import type { Expr } from '../types.ts';
import { elementwise } from './elementwise.ts';
import type { Apply, Operation } from './operation.ts';

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
const LOG_SQRT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** One function of one argument; `slope` gives f′ from the argument x and the value f(x). */
function unary(
  name: string,
  documentation: string,
  scalar: (x: number) => number,
  slope: (x: Expr, value: Expr, apply: Apply) => Expr,
  javascript?: (x: string) => string,
): Operation {
  return elementwise(name, {
    documentation,
    arity: 1,
    scalar: scalar as (...values: number[]) => number,
    ...(javascript ? { javascript: (...[x]: string[]) => javascript(x!) } : {}),
    derivative: ({ cotangent, inputs, output, times, apply }) => [times(cotangent, slope(inputs[0]!, output, apply))],
  });
}

/** Density of the standard normal. */
function normalDensity(x: Expr): Expr {
  return x.square().mul(-0.5).sub(LOG_SQRT_TWO_PI).exp();
}

/** √(1 − x²), exact near ±1. */
function rootOfRest(x: Expr): Expr {
  return x.neg().add(1).mul(x.add(1)).sqrt();
}

function logAddExp(a: number, b: number): number {
  if (a === b) return a + Math.LN2; // also where both are infinite
  return Math.max(a, b) + numeric.log1p(numeric.exp(-Math.abs(a - b)));
}

export const elementary = {
  exp: unary('exp', 'e^x', numeric.exp, (_, value) => value),
  expm1: unary('expm1', 'e^x − 1, accurate near 0', numeric.expm1, (_, value) => value.add(1)),
  log: unary('log', 'natural logarithm', numeric.log, (x) => x.reciprocal()),
  log1p: unary('log1p', 'log(1 + x), accurate near 0', numeric.log1p, (x) => x.add(1).reciprocal()),
  sqrt: unary(
    'sqrt',
    'square root; derivative ∞ at 0',
    Math.sqrt,
    (_, value) => value.reciprocal().mul(0.5),
    (x) => `Math.sqrt(${x})`,
  ),
  sin: unary('sin', 'sine, x in radians', numeric.sin, (x) => x.cos()),
  cos: unary('cos', 'cosine, x in radians', numeric.cos, (x) => x.sin().neg()),
  tan: unary('tan', 'tangent, x in radians', numeric.tan, (_, value) => value.square().add(1)),
  tanh: unary('tanh', 'hyperbolic tangent', numeric.tanh, (_, value) => value.square().neg().add(1)),
  atan: unary('atan', 'inverse tangent, in radians', numeric.atan, (x) => x.square().add(1).reciprocal()),
  asin: unary('asin', 'inverse sine, in radians; NaN outside −1 … 1', numeric.asin, (x) => rootOfRest(x).reciprocal()),
  acos: unary('acos', 'inverse cosine, in radians; NaN outside −1 … 1', numeric.acos, (x) =>
    rootOfRest(x).reciprocal().neg(),
  ),
  atan2: elementwise('atan2', {
    documentation: 'angle of the point (x, y) in radians, from −π to π; inputs y, x, as Math.atan2',
    arity: 2,
    scalar: (y, x) => numeric.atan2(y!, x!),
    derivative: ({ cotangent, inputs: [y, x], needed, times }) => {
      const square = y!.square().add(x!.square());
      return [
        needed[0] ? times(cotangent, x!.div(square)) : undefined,
        needed[1] ? times(cotangent, y!.neg().div(square)) : undefined,
      ];
    },
  }),
  sinh: unary('sinh', 'hyperbolic sine', numeric.sinh, (x, _, apply) => apply('cosh', [x])),
  cosh: unary('cosh', 'hyperbolic cosine', numeric.cosh, (x, _, apply) => apply('sinh', [x])),
  asinh: unary('asinh', 'inverse hyperbolic sine', numeric.asinh, (x) => x.square().add(1).sqrt().reciprocal()),
  acosh: unary('acosh', 'inverse hyperbolic cosine; NaN below 1', numeric.acosh, (x) =>
    x.sub(1).sqrt().mul(x.add(1).sqrt()).reciprocal(),
  ),
  atanh: unary('atanh', 'inverse hyperbolic tangent; NaN outside −1 … 1', numeric.atanh, (x) =>
    x.neg().add(1).mul(x.add(1)).reciprocal(),
  ),
  cbrt: unary('cbrt', 'cube root, with the sign of x; derivative ∞ at 0', numeric.cbrt, (_, value) =>
    value.square().mul(3).reciprocal(),
  ),
  log2: unary('log2', 'logarithm to base 2, exact at its powers', numeric.log2, (x) => x.reciprocal().mul(Math.LOG2E)),
  log10: unary('log10', 'logarithm to base 10, exact at its powers', numeric.log10, (x) =>
    x.reciprocal().mul(Math.LOG10E),
  ),
  sigmoid: unary('sigmoid', '1 / (1 + e^−x)', numeric.sigmoid, (x, value) => value.mul(x.neg().sigmoid())),
  softplus: unary('softplus', 'log(1 + e^x) without overflow', numeric.softplus, (x) => x.sigmoid()),
  logAddExp: elementwise('logAddExp', {
    documentation: 'log(e^a + e^b), without overflow',
    arity: 2,
    scalar: (a, b) => logAddExp(a!, b!),
    derivative: ({ cotangent, inputs, needed, times, apply }) => {
      const gap = inputs[0]!.sub(inputs[1]!);
      // Where both are −∞ the gap is NaN; the weights are 0 there. The value itself is not asked for.
      const none = inputs[0]!.maximum(inputs[1]!).eq(-Infinity);
      const weight = (x: Expr) => times(cotangent, apply('where', [none, 0, x.sigmoid()]));
      return [needed[0] ? weight(gap) : undefined, needed[1] ? weight(gap.neg()) : undefined];
    },
  }),
  logit: unary('logit', 'log(x / (1 − x))', numeric.logit, (x) => x.sub(x.square()).reciprocal()),
  erf: unary('erf', 'error function', special.erf, (x) => x.square().neg().exp().mul(TWO_OVER_SQRT_PI)),
  erfc: unary('erfc', '1 − erf(x), accurate for large x', special.erfc, (x) =>
    x.square().neg().exp().mul(-TWO_OVER_SQRT_PI),
  ),
  normalCdf: unary('normalCdf', 'standard normal distribution function Φ(x)', special.normalCdf, normalDensity),
  normalLogCdf: unary('normalLogCdf', 'log Φ(x), accurate in the lower tail', special.normalLogCdf, (x, value) =>
    // φ(x) / Φ(x) in logs, so that neither underflows.
    x.square().mul(-0.5).sub(LOG_SQRT_TWO_PI).sub(value).exp(),
  ),
  lgamma: unary('lgamma', 'log |Γ(x)|', special.lgamma, (x) => x.digamma()),
  digamma: unary('digamma', 'derivative of log Γ', special.digamma, (x, _, apply) => apply('trigamma', [x])),
  trigamma: unary('trigamma', 'second derivative of log Γ', special.trigamma, (x, _, apply) =>
    apply('polygamma', [2, x]),
  ),
  polygamma: elementwise('polygamma', {
    documentation: 'derivative of digamma of a whole order n; inputs n, x; the order has no derivative',
    arity: 2,
    scalar: (n, x) => special.polygamma(n!, x!),
    derivative: ({ cotangent, inputs: [n, x], needed, times, apply }) => [
      undefined,
      needed[1] ? times(cotangent, apply('polygamma', [n!.add(1), x!])) : undefined,
    ],
  }),
  logBeta: elementwise('logBeta', {
    documentation: 'log B(a, b), without the cancellation of its three log Γ',
    arity: 2,
    commutes: true,
    scalar: (a, b) => special.logBeta(a!, b!),
    derivative: ({ cotangent, inputs: [a, b], needed, times }) => {
      const together = a!.add(b!).digamma();
      return [a!, b!].map((x, i) => (needed[i] ? times(cotangent, x.digamma().sub(together)) : undefined));
    },
  }),
  normalQuantile: unary(
    'normalQuantile',
    'inverse of the standard normal distribution function; ∓∞ at 0 and 1, NaN outside',
    special.normalQuantile,
    (_, value) => value.square().mul(0.5).add(LOG_SQRT_TWO_PI).exp(),
  ),
} satisfies Record<string, Operation>;
