/**
 * Regularised incomplete gamma and beta functions, with derivatives in their parameters: the distribution functions
 * that truncated and censored densities need.
 */
import * as special from '../../numeric/special/index.ts';
import type { Expr } from '../types.ts';
import { elementwise } from './elementwise.ts';
import type { Chain, Operation } from './operation.ts';

const noSecond = (name: string) => (): never => {
  throw new Error(
    `${name} has no derivative here: second derivatives of incomplete functions in a parameter are not there`,
  );
};

/** x^(a − 1) e^−x / Γ(a) */
const gammaDensity = (a: Expr, x: Expr): Expr => a.sub(1).mul(x.log()).sub(x).sub(a.lgamma()).exp();

function gammaSlopes({ cotangent, inputs, needed, times, apply }: Chain, sign: 1 | -1): (Expr | undefined)[] {
  const [a, x] = inputs as [Expr, Expr];
  return [
    needed[0] ? times(cotangent, apply('gammaLowerByShape', [a, x]).mul(sign)) : undefined,
    needed[1] ? times(cotangent, gammaDensity(a, x).mul(sign)) : undefined,
  ];
}

export const incomplete = {
  gammaLower: elementwise('gammaLower', {
    documentation: 'regularised lower incomplete gamma function P(a, x)',
    arity: 2,
    scalar: (a, x) => special.gammaRegularisedLower(a!, x!),
    derivative: (chain) => gammaSlopes(chain, 1),
  }),
  gammaUpper: elementwise('gammaUpper', {
    documentation: 'regularised upper incomplete gamma function Q(a, x) = 1 − P(a, x), accurate where it is small',
    arity: 2,
    scalar: (a, x) => special.gammaRegularisedUpper(a!, x!),
    derivative: (chain) => gammaSlopes(chain, -1),
  }),
  gammaLowerByShape: elementwise('gammaLowerByShape', {
    documentation: 'derivative of P(a, x) in a',
    arity: 2,
    scalar: (a, x) => special.gammaRegularisedShapeDerivative(a!, x!),
    derivative: noSecond('gammaLowerByShape'),
  }),
  betaLower: elementwise('betaLower', {
    documentation: 'regularised incomplete beta function I_x(a, b), inputs a, b, x',
    arity: 3,
    scalar: (a, b, x) => special.betaRegularised(a!, b!, x!),
    derivative: ({ cotangent, inputs, needed, times, apply }) => {
      const [a, b, x] = inputs as [Expr, Expr, Expr];
      const logB = a.lgamma().add(b.lgamma()).sub(a.add(b).lgamma());
      const density = a.sub(1).mul(x.log()).add(b.sub(1).mul(x.neg().log1p())).sub(logB).exp();
      return [
        needed[0] ? times(cotangent, apply('betaLowerByFirst', [a, b, x])) : undefined,
        needed[1] ? times(cotangent, apply('betaLowerBySecond', [a, b, x])) : undefined,
        needed[2] ? times(cotangent, density) : undefined,
      ];
    },
  }),
  betaLowerByFirst: elementwise('betaLowerByFirst', {
    documentation: 'derivative of I_x(a, b) in a',
    arity: 3,
    scalar: (a, b, x) => special.betaRegularisedDerivatives(a!, b!, x!)[0],
    derivative: noSecond('betaLowerByFirst'),
  }),
  betaLowerBySecond: elementwise('betaLowerBySecond', {
    documentation: 'derivative of I_x(a, b) in b',
    arity: 3,
    scalar: (a, b, x) => special.betaRegularisedDerivatives(a!, b!, x!)[1],
    derivative: noSecond('betaLowerBySecond'),
  }),
} satisfies Record<string, Operation>;
