/**
 * The rectifier, whose derivative at 0 is 0, as in every framework of neural networks (a maximum with 0 would share it).
 */
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
} satisfies Record<string, Operation>;
