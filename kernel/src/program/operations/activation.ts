/**
 * Activations whose derivatives are those of neural networks: of the rectifier 0 at 0 (a maximum with 0 would share it),
 * of the logistic function y (1 − y) from its value alone, so that nothing else is kept for the way back.
 */
import { sigmoid } from '../../numeric/elementary.ts';
import { elementwise } from './elementwise.ts';
import type { Operation } from './operation.ts';

export const activation = {
  relu: elementwise('relu', {
    documentation: 'x where x > 0, else 0; derivative 0 at 0',
    arity: 1,
    selects: true,
    scalar: (x) => (x! < 0 ? 0 : x!),
    javascript: (x) => `(${x} < 0 ? 0 : ${x})`,
    derivative: ({ cotangent, inputs, apply }) => [apply('where', [inputs[0]!.gt(0), cotangent, 0])],
  }),
  logistic: elementwise('logistic', {
    documentation: '1 / (1 + e^−x); the derivative y (1 − y) loses relative accuracy where y is near 1 (see sigmoid)',
    arity: 1,
    scalar: (x) => sigmoid(x!),
    derivative: ({ cotangent, output: y, times }) => [times(cotangent, y.mul(y.neg().add(1)))],
  }),
} satisfies Record<string, Operation>;
