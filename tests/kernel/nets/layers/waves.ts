/**
 * Nets on sines: the numbers both this library and the program that made the figures compute from.
 */

import type { InputOption } from '#kernel/nets/inputs';
import { Network } from '#kernel/nets/net';
import { leavesOf } from '#kernel/nets/trace';
import type { AnyLayer, Value } from '#kernel/nets/types';
import { constant } from '#kernel/program/expression';
import { grad } from '#kernel/program/gradient';
import { sizeOf } from '#kernel/program/shape';
import type { Precision } from '#kernel/program/state';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';

/** scale · sin(1.3 i + phase). */
const wave = (shape: readonly number[], phase: number, scale = 1): Float64Array =>
  Float64Array.from({ length: sizeOf(shape) }, (_, i) => scale * Math.sin(1.3 * i + phase));

export interface Run {
  readonly outputs: readonly ArrayLike<number>[];
  /** Gradients of Σ outputs · sines. */
  readonly gradients: Readonly<Record<string, ArrayLike<number>>>;
  readonly inputGradients: readonly ArrayLike<number>[];
  /** Buffers after a training step. */
  readonly updates: Readonly<Record<string, ArrayLike<number>>>;
  /** Σ outputs · sines, in the precision of the net, for parameters and inputs as they are. */
  loss(): number;
  readonly net: Network<Value>;
  input(at: number): Float32Array | Float64Array | Int32Array;
}

export interface RunOptions {
  /** With the batch. */
  readonly inputs: readonly (readonly number[])[];
  /** Tokens below this in place of sines. */
  readonly integer?: number;
  readonly training?: boolean;
  readonly precision?: Precision;
  readonly batch?: number;
  /** Order in which parameters get their sines; default their own. */
  readonly paths?: readonly string[];
}

/** Run a layer forward and backward. Several inputs are given by name `0`, `1`, … */
export function runOnWaves(layer: AnyLayer, options: RunOptions): Run {
  const { inputs, integer, training = false, precision = 'single', paths } = options;
  const specs = inputs.map((shape) => ({ shape: shape.slice(1), integer: integer !== undefined }));
  const input: InputOption =
    specs.length === 1 ? specs[0]! : Object.fromEntries(specs.map((spec, i) => [`i${i}`, spec]));
  const net = new Network<Value>(layer, { input, precision });
  const names = paths ?? net.trainable;
  names.forEach((path, at) => {
    net.set(path, wave(net.get(path).shape, at + 1, 0.5));
  });
  const trace = net.trace({ batchSize: inputs[0]![0]!, training });
  const leaves = leavesOf(trace.output).map(({ value }) => value);
  const loss = leaves
    .map((out, at) => out.mul(constant(wave(out.shape, 0.7 + at)).reshape(...out.shape)).sum() as Expr)
    .reduce((sum, part) => sum.add(part) as Expr);
  const parameters = names.map((path) => net.state.variable(path));
  const wanted = integer === undefined ? [...parameters, ...trace.variables] : parameters;
  const slopes = wanted.length === 0 ? [] : grad(loss as never, wanted);
  const given = trace.key === undefined ? trace.variables : [...trace.variables, trace.key];
  const step = compileStep({
    state: net.state,
    inputs: given,
    outputs: [loss, ...leaves, ...(slopes as Expr[]), ...Object.values(trace.updates)],
  });
  net.inputs.forEach(({ name }, i) => {
    const shape = inputs[i]!;
    step
      .input(name)
      .set(
        integer === undefined
          ? wave(shape, 0.3 + i)
          : Float64Array.from({ length: sizeOf(shape) }, (_, k) => (3 * k) % integer),
      );
  });
  step.execute();
  const output = (at: number) => step.output(at).slice();
  const first = 1 + leaves.length;
  const last = first + slopes.length;
  return {
    outputs: leaves.map((_, i) => output(1 + i)),
    gradients: Object.fromEntries(names.map((path, i) => [path, output(first + i)])),
    inputGradients: wanted.slice(names.length).map((_, i) => output(first + names.length + i)),
    updates: Object.fromEntries(Object.keys(trace.updates).map((path, i) => [path, output(last + i)])),
    loss() {
      step.execute();
      return step.output(0)[0]!;
    },
    net,
    input: (at) => step.input(net.inputs[at]!.name),
  };
}
