/**
 * Scan: a recurrence. One step is a closed graph; the values it carries go from step to step, and what it emits is
 * stacked. The reverse sweep is again a scan, in the other direction.
 *
 * Inputs of the node: initial carries, sequences (first dimension T), captured values, in that order.
 * Inputs of the body: carries, one element of each sequence, captured values.
 * Outputs of the body: new carries, then what is emitted.
 * The result is flat: final carries one after another, then each emitted block (T rows).
 */
import type { Kernel, KernelContext, Operation } from './operation.ts';
import { scanDerivative } from './scan-derivative.ts';
import { resultSize } from './scan-layout.ts';

export const scan = {
  scan: {
    documentation: 'a recurrence: carried values from step to step, emitted values stacked',
    arity: Number.POSITIVE_INFINITY,
    shape: (_, attributes) => [resultSize(attributes)],
    kernel: scanKernel,
    derivative: scanDerivative,
  },
} satisfies Record<string, Operation>;

function scanKernel({ attributes, plan }: KernelContext): Kernel {
  const { body, carries = 0, sequences = 0, length = 0, reverse = false } = attributes;
  const step = plan(body!);
  const emitted = step.outputs.slice(carries);
  const carried = step.outputs.slice(0, carries).reduce((total, x) => total + x.length, 0);
  return (output, inputs) => {
    for (let i = 0; i < inputs.length; i++) {
      if (i < carries || i >= carries + sequences) step.inputs[i]!.set(inputs[i]!);
    }
    for (let k = 0; k < length; k++) {
      const t = reverse ? length - 1 - k : k;
      for (let i = carries; i < carries + sequences; i++) {
        const element = step.inputs[i]!;
        for (let j = 0; j < element.length; j++) element[j] = inputs[i]![t * element.length + j]!;
      }
      step.run();
      let at = carried;
      for (const block of emitted) {
        output.set(block, at + t * block.length);
        at += block.length * length;
      }
      // Written to the result first: an output of the body may be one of its own inputs.
      for (let i = 0, to = 0; i < carries; i++) {
        output.set(step.outputs[i]!, to);
        to += step.outputs[i]!.length;
      }
      for (let i = 0, from = 0; i < carries; i++) {
        const carry = step.inputs[i]!;
        for (let j = 0; j < carry.length; j++) carry[j] = output[from + j]!;
        from += carry.length;
      }
    }
    if (length === 0) {
      for (let i = 0, to = 0; i < carries; i++) {
        output.set(inputs[i]!, to);
        to += inputs[i]!.length;
      }
    }
  };
}
