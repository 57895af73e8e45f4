/**
 * Scan: a recurrence. One step is a closed graph; the values it carries go from step to step, and what it emits is
 * stacked. The reverse sweep is again a scan, in the other direction.
 *
 * Inputs of the node: initial carries, sequences (first dimension T), captured values, in that order.
 * Inputs of the body: carries, one element of each sequence, captured values.
 * Outputs of the body: new carries, then what is emitted.
 * The result is flat: final carries one after another, then each emitted block (T rows).
 */

import type { Attributes, Graph } from '../node.ts';
import { sizeOf } from '../shape.ts';
import type { Expr, Shape } from '../types.ts';
import type { Chain, Kernel, KernelContext, Operation } from './operation.ts';

function outputShapes(body: Graph): Shape[] {
  return body.outputs.map((output) => body.nodes[output]!.shape);
}

/** Elements of the flat result. */
function resultSize({ body, carries, length }: Attributes): number {
  return outputShapes(body!).reduce((total, shape, i) => total + sizeOf(shape) * (i < carries! ? 1 : length!), 0);
}

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

/** The parts of a flat result: final carries, then emitted blocks. */
export function scanParts(flat: Expr, { body, carries, length }: Attributes, apply: Chain['apply']): Expr[] {
  let at = 0;
  return outputShapes(body!).map((shape, i) => {
    const full = i < carries! ? shape : [length!, ...shape];
    const start = at;
    at += sizeOf(full);
    return apply('reshape', [apply('slice', [flat], { start, end: at })], { sizes: full });
  });
}

/**
 * Reverse sweep: λ runs against the recurrence, λ_{t−1} = (∂ carry_t / ∂ carry_{t−1})ᵀ λ_t + …, and the cotangents
 * of captured values add up along the way. The carried values of the forward run are read again where the body
 * emits them, and computed anew where it does not.
 */
function scanDerivative(chain: Chain): (Expr | undefined)[] {
  const { cotangent, inputs, output, needed, attributes, apply, inline, close, placeholder, pullback } = chain;
  const { body, carries = 0, sequences = 0, length = 0, reverse = false } = attributes;
  if (length === 0) {
    const parts = scanParts(cotangent, attributes, apply);
    return inputs.map((_, i) => (i < carries ? parts[i] : undefined));
  }
  const bodyInputs = body!.inputs.map(({ shape }) => placeholder(shape));
  const bodyOutputs = inline(body!, bodyInputs);
  const before = carriesBefore(chain);
  const cotangents = scanParts(cotangent, attributes, apply);
  const emits = bodyOutputs.length - carries;

  // One step of the sweep: given λ and the cotangents of what was emitted, those of the body's inputs.
  const lambda = body!.inputs.slice(0, carries).map(({ shape }) => placeholder(shape));
  const emittedBar = body!.outputs.slice(carries).map((node) => placeholder(body!.nodes[node]!.shape));
  const wanted = bodyInputs.map((_, i) => i < carries || needed[i]);
  const bars = pullback(bodyOutputs, [...lambda, ...emittedBar], bodyInputs);
  const zero = (shape: Shape) => apply('broadcastTo', [0], { sizes: shape });
  const capturedAt = bodyInputs.map((_, i) => i).filter((i) => i >= carries + sequences && wanted[i] && bars[i]);
  const sequenceAt = bodyInputs
    .map((_, i) => i)
    .filter((i) => i >= carries && i < carries + sequences && wanted[i] && bars[i]);
  const sums = capturedAt.map((i) => placeholder(bodyInputs[i]!.shape));
  const nextLambda = lambda.map((x, i) => bars[i] ?? zero(x.shape));
  const nextSums = capturedAt.map((i, k) => sums[k]!.add(bars[i]!));
  const elements = bodyInputs.slice(0, carries + sequences);
  const sweepSequences = [...emittedBar, ...elements];
  const closed = close(
    [...nextLambda, ...nextSums, ...sequenceAt.map((i) => bars[i]!)],
    [...lambda, ...sums, ...sweepSequences, ...bodyInputs.slice(carries + sequences)],
  );
  const sweepAttributes: Attributes = {
    body: closed.graph,
    carries: carries + sums.length,
    sequences: sweepSequences.length,
    length,
    reverse: !reverse,
  };
  const swept = apply(
    'scan',
    [
      ...cotangents.slice(0, carries),
      ...sums.map((x) => zero(x.shape)),
      ...cotangents.slice(carries, carries + emits),
      ...before,
      ...inputs.slice(carries, carries + sequences),
      ...inputs.slice(carries + sequences),
      ...closed.captured,
    ],
    sweepAttributes,
  );
  const parts = scanParts(swept, sweepAttributes, apply);
  void output;
  return inputs.map((_, i) => {
    if (i < carries) return parts[i];
    const captured = capturedAt.indexOf(i);
    if (captured >= 0) return parts[carries + captured];
    const sequence = sequenceAt.indexOf(i);
    return sequence >= 0 ? parts[carries + sums.length + sequence] : undefined;
  });
}

/** The carried values each step started from, stacked in order of t. // (T, …) each */
function carriesBefore({ inputs, output, attributes, apply, inline, close, placeholder }: Chain): Expr[] {
  const { body, carries = 0, sequences = 0, length = 0, reverse = false } = attributes;
  const emitted = body!.outputs.slice(carries);
  const shift = (after: Expr, initial: Expr): Expr => {
    const first = apply('reshape', [initial], { sizes: [1, ...initial.shape] });
    return reverse
      ? apply('concatenate', [apply('slice', [after], { start: 1, end: length }), first])
      : apply('concatenate', [first, apply('slice', [after], { start: 0, end: length - 1 })]);
  };
  const parts = scanParts(output, attributes, apply);
  const found = body!.outputs.slice(0, carries).map((carry) => emitted.indexOf(carry));
  if (found.every((at) => at >= 0)) {
    return found.map((at, i) => shift(parts[carries + at]!, inputs[i]!));
  }
  const bodyInputs = body!.inputs.map(({ shape }) => placeholder(shape));
  const next = inline(body!, bodyInputs).slice(0, carries);
  const closed = close([...next, ...bodyInputs.slice(0, carries)], bodyInputs);
  const again: Attributes = { body: closed.graph, carries, sequences, length, reverse };
  return scanParts(apply('scan', [...inputs, ...closed.captured], again), again, apply).slice(carries);
}
