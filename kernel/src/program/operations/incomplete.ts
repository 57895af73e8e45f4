/**
 * Regularised incomplete gamma and beta functions, their inverses, and derivatives in all their parameters, the second
 * ones too: the distribution functions that truncated and censored densities need.
 */
import * as special from '../../numeric/special/index.ts';
import type { Expr } from '../types.ts';
import { elementwise } from './elementwise.ts';
import type { Apply, Chain, Operation } from './operation.ts';

const noThird = (name: string) => (): never => {
  throw new Error(
    `${name} has no derivative here: a third derivative of an incomplete function in its parameters was asked for; take at most two`,
  );
};

/** x · y, and 0 where y is 0: a density that has vanished, times a logarithm that has not. */
const guarded = (x: Expr, density: Expr, apply: Apply): Expr => apply('chain', [density, x]);

function gammaSlopes({ cotangent, inputs, needed, times, apply }: Chain, sign: 1 | -1): (Expr | undefined)[] {
  const [a, x] = inputs as [Expr, Expr];
  return [
    needed[0] ? times(cotangent, apply('gammaLowerByShape', [a, x]).mul(sign)) : undefined,
    needed[1] ? times(cotangent, apply('gammaDensity', [a, x]).mul(sign)) : undefined,
  ];
}

/** dx = (dp − ∂P/∂a da) / density, where P(a, x) = p; for Q with the other sign of dp. */
function gammaInverseSlopes({ cotangent, inputs, output, needed, times, apply }: Chain, sign: 1 | -1) {
  const a = inputs[0]!;
  const share = apply('gammaDensity', [a, output]).reciprocal();
  return [
    needed[0] ? times(cotangent, apply('gammaLowerByShape', [a, output]).mul(share).neg()) : undefined,
    needed[1] ? times(cotangent, share.mul(sign)) : undefined,
  ];
}

/** Derivatives of a density's logarithm in the first parameter, and in the second, of a beta variable. */
const betaLogSlopes = (a: Expr, b: Expr, x: Expr): readonly [Expr, Expr] => {
  const together = a.add(b).digamma();
  return [x.log().sub(a.digamma()).add(together), x.neg().log1p().sub(b.digamma()).add(together)];
};

/** The rule of a first derivative of I_x(a, b): the second derivatives, and in x the density times its log slope. */
function betaSecondSlopes(chain: Chain, names: readonly [string, string], which: 0 | 1) {
  const { cotangent, inputs, needed, times, apply } = chain;
  const [a, b, x] = inputs as [Expr, Expr, Expr];
  const byX = () => guarded(betaLogSlopes(a, b, x)[which], apply('betaDensity', [a, b, x]), apply);
  return [
    needed[0] ? times(cotangent, apply(names[0], [a, b, x])) : undefined,
    needed[1] ? times(cotangent, apply(names[1], [a, b, x])) : undefined,
    needed[2] ? times(cotangent, byX()) : undefined,
  ];
}

const betaSecond = (name: string, documentation: string, which: 0 | 1 | 2): Operation =>
  elementwise(name, {
    documentation,
    arity: 3,
    scalar: (a, b, x) => special.betaRegularisedSecond(a!, b!, x!)[which],
    derivative: noThird(name),
  });

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
  gammaLowerInverse: elementwise('gammaLowerInverse', {
    documentation: 'the x with P(a, x) = p; inputs a, p',
    arity: 2,
    scalar: (a, p) => special.gammaQuantile(p!, a!),
    derivative: (chain) => gammaInverseSlopes(chain, 1),
  }),
  gammaUpperInverse: elementwise('gammaUpperInverse', {
    documentation: 'the x with Q(a, x) = q; inputs a, q',
    arity: 2,
    scalar: (a, q) => special.gammaUpperQuantile(q!, a!),
    derivative: (chain) => gammaInverseSlopes(chain, -1),
  }),
  gammaDensity: elementwise('gammaDensity', {
    documentation: 'derivative of P(a, x) in x: the density of a gamma variable of rate 1',
    arity: 2,
    scalar: (a, x) => special.gammaDensity(a!, x!),
    derivative: ({ cotangent, inputs, output, needed, times, apply }) => {
      const [a, x] = inputs as [Expr, Expr];
      return [
        needed[0] ? times(cotangent, guarded(x.log().sub(a.digamma()), output, apply)) : undefined,
        needed[1] ? times(cotangent, guarded(a.sub(1).div(x).sub(1), output, apply)) : undefined,
      ];
    },
  }),
  gammaLowerByShape: elementwise('gammaLowerByShape', {
    documentation: 'derivative of P(a, x) in a',
    arity: 2,
    scalar: (a, x) => special.gammaRegularisedShapeDerivative(a!, x!),
    derivative: ({ cotangent, inputs, needed, times, apply }) => {
      const [a, x] = inputs as [Expr, Expr];
      const byX = () => guarded(x.log().sub(a.digamma()), apply('gammaDensity', [a, x]), apply);
      return [
        needed[0] ? times(cotangent, apply('gammaLowerByShapeTwice', [a, x])) : undefined,
        needed[1] ? times(cotangent, byX()) : undefined,
      ];
    },
  }),
  gammaLowerByShapeTwice: elementwise('gammaLowerByShapeTwice', {
    documentation: 'second derivative of P(a, x) in a; its own derivative is not there',
    arity: 2,
    scalar: (a, x) => special.gammaRegularisedShapeSecond(a!, x!),
    derivative: noThird('gammaLowerByShapeTwice'),
  }),
  betaLower: elementwise('betaLower', {
    documentation: 'regularised incomplete beta function I_x(a, b), inputs a, b, x',
    arity: 3,
    scalar: (a, b, x) => special.betaRegularised(a!, b!, x!),
    derivative: ({ cotangent, inputs, needed, times, apply }) => [
      needed[0] ? times(cotangent, apply('betaLowerByFirst', inputs)) : undefined,
      needed[1] ? times(cotangent, apply('betaLowerBySecond', inputs)) : undefined,
      needed[2] ? times(cotangent, apply('betaDensity', inputs)) : undefined,
    ],
  }),
  betaLowerInverse: elementwise('betaLowerInverse', {
    documentation: 'the x with I_x(a, b) = p; inputs a, b, p',
    arity: 3,
    scalar: (a, b, p) => special.betaQuantile(p!, a!, b!),
    derivative: ({ cotangent, inputs, output, needed, times, apply }) => {
      const [a, b] = inputs as [Expr, Expr];
      const share = apply('betaDensity', [a, b, output]).reciprocal();
      const by = (name: string) => times(cotangent, apply(name, [a, b, output]).mul(share).neg());
      return [
        needed[0] ? by('betaLowerByFirst') : undefined,
        needed[1] ? by('betaLowerBySecond') : undefined,
        needed[2] ? times(cotangent, share) : undefined,
      ];
    },
  }),
  betaDensity: elementwise('betaDensity', {
    documentation: 'derivative of I_x(a, b) in x: the density of a beta variable; inputs a, b, x',
    arity: 3,
    scalar: (a, b, x) => special.betaDensity(a!, b!, x!),
    derivative: ({ cotangent, inputs, output, needed, times, apply }) => {
      const [a, b, x] = inputs as [Expr, Expr, Expr];
      const [byA, byB] = betaLogSlopes(a, b, x);
      const byX = a
        .sub(1)
        .div(x)
        .sub(b.sub(1).div(x.neg().add(1)));
      return [byA, byB, byX].map((slope, i) =>
        needed[i] ? times(cotangent, guarded(slope, output, apply)) : undefined,
      );
    },
  }),
  betaLowerByFirst: elementwise('betaLowerByFirst', {
    documentation: 'derivative of I_x(a, b) in a',
    arity: 3,
    scalar: (a, b, x) => special.betaRegularisedDerivatives(a!, b!, x!)[0],
    derivative: (chain) => betaSecondSlopes(chain, ['betaLowerByFirstTwice', 'betaLowerByBoth'], 0),
  }),
  betaLowerBySecond: elementwise('betaLowerBySecond', {
    documentation: 'derivative of I_x(a, b) in b',
    arity: 3,
    scalar: (a, b, x) => special.betaRegularisedDerivatives(a!, b!, x!)[1],
    derivative: (chain) => betaSecondSlopes(chain, ['betaLowerByBoth', 'betaLowerBySecondTwice'], 1),
  }),
  betaLowerByFirstTwice: betaSecond(
    'betaLowerByFirstTwice',
    'second derivative of I_x(a, b) in a; its own derivative is not there',
    0,
  ),
  betaLowerByBoth: betaSecond(
    'betaLowerByBoth',
    'second derivative of I_x(a, b) in a and b; its own derivative is not there',
    1,
  ),
  betaLowerBySecondTwice: betaSecond(
    'betaLowerBySecondTwice',
    'second derivative of I_x(a, b) in b; its own derivative is not there',
    2,
  ),
} satisfies Record<string, Operation>;
