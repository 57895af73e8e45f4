/**
 * Modified Bessel functions of the first kind, and the ratio that von Mises densities differentiate to
 * (DLMF 10.29.3: I₀′ = I₁, I₁′ = I₀ − I₁ / x).
 */
import * as special from '../../numeric/special/index.ts';
import { elementwise } from './elementwise.ts';
import type { Operation } from './operation.ts';

export const bessel = {
  besselI0: elementwise('besselI0', {
    documentation: 'modified Bessel function I₀(x)',
    arity: 1,
    scalar: (x) => special.besselI0(x!),
    derivative: ({ cotangent, inputs, times, apply }) => [times(cotangent, apply('besselI1', [inputs[0]!]))],
  }),
  besselI1: elementwise('besselI1', {
    documentation: 'modified Bessel function I₁(x)',
    arity: 1,
    scalar: (x) => special.besselI1(x!),
    derivative: ({ cotangent, inputs: [x], output, times, apply }) => {
      const overX = apply('where', [x!.eq(0), 0.5, output.div(x!)]);
      return [times(cotangent, apply('besselI0', [x!]).sub(overX))];
    },
  }),
  besselI0Scaled: elementwise('besselI0Scaled', {
    documentation: 'e^−|x| I₀(x), which does not overflow',
    arity: 1,
    scalar: (x) => special.besselI0Scaled(x!),
    derivative: ({ cotangent, inputs: [x], output, times, apply }) => [
      times(cotangent, apply('besselI1Scaled', [x!]).sub(x!.sign().mul(output))),
    ],
  }),
  besselI1Scaled: elementwise('besselI1Scaled', {
    documentation: 'e^−|x| I₁(x), which does not overflow',
    arity: 1,
    scalar: (x) => special.besselI1Scaled(x!),
    derivative: ({ cotangent, inputs: [x], output, times, apply }) => {
      const overX = apply('where', [x!.eq(0), 0.5, output.div(x!)]);
      return [times(cotangent, apply('besselI0Scaled', [x!]).sub(overX).sub(x!.sign().mul(output)))];
    },
  }),
  logBesselI0: elementwise('logBesselI0', {
    documentation: 'log I₀(x), where I₀ would overflow',
    arity: 1,
    scalar: (x) => special.logBesselI0(x!),
    derivative: ({ cotangent, inputs, times, apply }) => [times(cotangent, apply('besselRatio', [inputs[0]!]))],
  }),
  besselRatio: elementwise('besselRatio', {
    documentation: 'I₁(x) / I₀(x)',
    arity: 1,
    scalar: (x) => special.besselRatio(x!),
    // (I₁/I₀)′ = 1 − (I₁/I₀)/x − (I₁/I₀)²
    derivative: ({ cotangent, inputs: [x], output, times, apply }) => {
      const overX = apply('where', [x!.eq(0), 0.5, output.div(x!)]);
      return [times(cotangent, overX.add(output.square()).neg().add(1))];
    },
  }),
} satisfies Record<string, Operation>;
