/**
 * Whole training steps against PyTorch 2.13.0 on the CPU: the losses of six steps of momentum.
 */
import { describe, expect, it } from 'vitest';
import { variable } from '#kernel/program/expression';
import { broadcastTo, scan, transpose } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { conv2d, maxPool2d } from '#kernel/program/images';
import { logSoftmax, oneHot, relu, sigmoidGate, splitAlong } from '#kernel/program/neural';
import { ProgramState } from '#kernel/program/state';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
/** scale · sin(1.3 i + phase), as the program that made the figures has it. */
const wave = (shape: readonly number[], phase: number, scale = 1) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => scale * Math.sin(1.3 * i + phase));

/** A parameter: shape, phase and scale of its first values. */
type Parameter = readonly [shape: readonly number[], phase: number, scale: number];

/** Losses of six steps of gradient descent with momentum 0.9. */
function losses(
  parameters: readonly Parameter[],
  rate: number,
  inputs: Readonly<Record<string, { readonly variable: Expr; readonly values: ArrayLike<number> }>>,
  lossOf: (...parameters: Expr[]) => Expr,
  reproducible = true,
): number[] {
  const entries = parameters.flatMap(([shape, phase, scale], i) => [
    [`p${i}`, { shape, values: wave(shape, phase, scale) }] as const,
    [`m${i}`, { shape }] as const,
  ]);
  const state = new ProgramState(Object.fromEntries(entries));
  const held = parameters.map((_, i) => state.variable(`p${i}`));
  const loss = lossOf(...held);
  const updates: Record<string, Expr> = {};
  grad(loss, held).forEach((slope, i) => {
    const momentum = state.variable(`m${i}`).mul(0.9).add(slope);
    updates[`m${i}`] = momentum;
    updates[`p${i}`] = held[i]!.sub(momentum.mul(rate));
  });
  const variables = Object.values(inputs).map((input) => input.variable);
  const step = compileStep({ state, inputs: variables, outputs: [loss], updates, reproducible });
  for (const [name, { values }] of Object.entries(inputs)) step.input(name).set(values);
  return Array.from({ length: 6 }, () => {
    step.execute();
    return step.output(0)[0]!;
  });
}

/**
 * torch.optim.SGD(parameters, lr, momentum=0.9) on the nets below with the same weights and data: losses of six steps.
 * F.cross_entropy and F.mse_loss; torch.nn.RNN, GRU and LSTM with batch_first=True.
 */
const figures = {
  convolutional: [1.3740005, 1.330971, 1.2974004, 1.146504, 1.1492066, 0.96602422],
  RNN: [0.61323124, 0.57319242, 0.48767918, 0.41362375, 0.32720762, 0.26680097],
  GRU: [0.55637491, 0.54743844, 0.53298807, 0.51606369, 0.49750456, 0.47657245],
  LSTM: [0.5000881, 0.4982954, 0.49505654, 0.49077576, 0.48582083, 0.48045343],
};

function expectClose(found: readonly number[], expected: readonly number[]): void {
  for (const [i, loss] of found.entries())
    expect(Math.abs(loss - expected[i]!)).toBeLessThan(1e-5 * (1 + expected[i]!));
}

describe('a convolutional net trained by momentum', () => {
  const image = { variable: variable('image', [6, 1, 12, 12]), values: wave([6, 1, 12, 12], 0.2) };
  const label = { variable: variable('label', [6], 'integer'), values: [0, 1, 2, 3, 0, 1] };
  const parameters: readonly Parameter[] = [
    [[3, 1, 3, 3], 1, 0.3],
    [[3], 2, 0.1],
    [[108, 4], 3, 0.1],
    [[4], 4, 0.1],
  ];
  const lossOf = (c: Expr, cb: Expr, w: Expr, b: Expr) => {
    const pooled = maxPool2d(relu(conv2d(image.variable, c, { padding: 1 }).add(cb.reshape(3, 1, 1))), 2);
    const scores = pooled.reshape(6, 108).matmul(w).add(b);
    return logSoftmax(scores).mul(oneHot(label.variable, 4)).sum().div(-6);
  };
  it('has the losses of PyTorch', () => {
    expectClose(losses(parameters, 0.1, { image, label }, lossOf as never), figures.convolutional);
  });
  it('fused too', () => {
    expectClose(losses(parameters, 0.1, { image, label }, lossOf as never, false), figures.convolutional);
  });
});

describe('a recurrent net trained by momentum has the losses of PyTorch', () => {
  const sequence = { variable: variable('sequence', [5, 9, 2]), values: wave([5, 9, 2], 0.3) };
  const target = { variable: variable('target', [5]), values: wave([5], 1) };
  const zero = broadcastTo(0, [5, 6]) as Expr;
  const parts = (x: Expr, count: number) => splitAlong(x, count, 1);

  /** The last state, from what the inputs give at each step and what the state does. */
  const cells: Readonly<Record<'RNN' | 'GRU' | 'LSTM', (given: Expr, recur: (h: Expr) => Expr) => Expr>> = {
    RNN: (given, recur) => scan((h: Expr, x: Expr) => x.add(recur(h)).tanh(), zero, given).at(-1),
    GRU: (given, recur) =>
      scan(
        (h: Expr, x: Expr) => {
          const [xr, xz, xn] = parts(x, 3) as [Expr, Expr, Expr];
          const [hr, hz, hn] = parts(recur(h), 3) as [Expr, Expr, Expr];
          const z = sigmoidGate(xz.add(hz));
          const n = xn.add(sigmoidGate(xr.add(hr)).mul(hn)).tanh();
          return z.neg().add(1).mul(n).add(z.mul(h));
        },
        zero,
        given,
      ).at(-1),
    LSTM: (given, recur) =>
      scan(
        (before: { h: Expr; c: Expr }, x: Expr) => {
          const [i, f, g, o] = parts(x.add(recur(before.h)), 4) as [Expr, Expr, Expr, Expr];
          const kept = sigmoidGate(f).mul(before.c);
          const c = kept.add(sigmoidGate(i).mul(g.tanh()));
          return { h: sigmoidGate(o).mul(c.tanh()), c };
        },
        { h: zero, c: zero },
        given,
      ).h.at(-1),
  };

  it.each([
    ['RNN', 6],
    ['GRU', 18],
    ['LSTM', 24],
  ] as const)('%s', (kind, width) => {
    const parameters: readonly Parameter[] = [
      [[width, 2], 1, 0.4],
      [[width, 6], 2, 0.3],
      [[width], 3, 0.2],
      [[width], 4, 0.2],
      [[6, 1], 5, 0.5],
    ];
    const lossOf = (wi: Expr, wh: Expr, bi: Expr, bh: Expr, wo: Expr) => {
      const given = transpose(sequence.variable, [1, 0, 2]).matmul(transpose(wi)).add(bi);
      const last = cells[kind](given, (h) => h.matmul(transpose(wh)).add(bh));
      return last.matmul(wo).reshape(5).sub(target.variable).square().mean();
    };
    expectClose(losses(parameters, 0.05, { sequence, target }, lossOf as never), figures[kind]);
  });
});
