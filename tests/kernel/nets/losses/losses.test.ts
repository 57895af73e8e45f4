/**
 * Losses against PyTorch 2.13.0 (the figures are ../layers/torch_figures.py's), against closed forms, and what they refuse.
 */
import { describe, expect, it } from 'vitest';
import { normal } from '#kernel/distributions/normal';
import { poisson } from '#kernel/distributions/poisson';
import { binaryCrossEntropy, hinge, klDivergence } from '#kernel/nets/losses/classification';
import { crossEntropy } from '#kernel/nets/losses/cross-entropy';
import { negativeLogLikelihood } from '#kernel/nets/losses/likelihood';
import { huber, meanAbsoluteError, meanSquaredError } from '#kernel/nets/losses/regression';
import type { Loss } from '#kernel/nets/types';
import { variable } from '#kernel/program/expression';
import { grad } from '#kernel/program/gradient';
import type { Precision } from '#kernel/program/state';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';
import figures from '../layers/torch-figures.json' with { type: 'json' };

const wave = (count: number, phase: number, scale = 1) =>
  Float64Array.from({ length: count }, (_, i) => scale * Math.sin(1.3 * i + phase));

/** Value and gradient of a loss. */
function evaluate(
  loss: Loss,
  shape: readonly number[],
  output: ArrayLike<number>,
  target: ArrayLike<number>,
  precision: Precision = 'double',
) {
  const x = variable('x', shape) as Expr;
  const spec = loss.target(x);
  const y = variable('y', [...spec.shape], spec.integer ? 'integer' : 'real') as Expr;
  const value = loss.compute(x, y).reshape();
  const step = compileStep({ inputs: [x, y], outputs: [value, ...grad(value as never, [x])] as Expr[], precision });
  const [found, gradient] = step.run({ x: output, y: target });
  return { value: found![0]!, gradient: gradient! };
}

const labels = [0, 2, 1, 2];
const yes = [1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0];
const scores = wave(12, 0.3, 2);
const softmaxRows = (values: ArrayLike<number>, classes: number) =>
  Array.from({ length: values.length }, (_, at) => {
    const row = Array.from({ length: classes }, (_unused, k) => Math.exp(values[at - (at % classes) + k]!));
    return row[at % classes]! / row.reduce((a, b) => a + b);
  });
const shares = softmaxRows(wave(12, 1.1), 3);
const weights = [0.5, 1, 2];

const cases: Readonly<Record<string, readonly [Loss, ArrayLike<number>]>> = {
  meanSquaredError: [meanSquaredError(), wave(12, 1.1)],
  meanAbsoluteError: [meanAbsoluteError(), wave(12, 1.1)],
  huber: [huber({ delta: 0.8 }), wave(12, 1.1)],
  crossEntropy: [crossEntropy(), labels],
  'crossEntropy, smoothed': [crossEntropy({ labelSmoothing: 0.1 }), labels],
  'crossEntropy, weighted': [crossEntropy({ weights }), labels],
  'crossEntropy, one ignored': [crossEntropy({ ignoreIndex: 1 }), labels],
  'crossEntropy, all of it': [crossEntropy({ weights, labelSmoothing: 0.2, ignoreIndex: 1 }), labels],
  binaryCrossEntropy: [binaryCrossEntropy(), yes],
  'binaryCrossEntropy, yes weighted': [binaryCrossEntropy({ positiveWeight: 2.5 }), yes],
  klDivergence: [klDivergence(), shares],
};

describe('a loss is that of PyTorch, and so is its gradient', () => {
  it.each(figures.losses.map((each) => [each.name, each] as const))('%s', (name, expected) => {
    const [loss, target] = cases[name]!;
    for (const precision of ['single', 'double'] as const) {
      const { value, gradient } = evaluate(loss, expected.shape, scores, target, precision);
      expect(value).toBeCloseTo(expected.loss, 5);
      for (const [i, slope] of expected.gradient.entries()) expect(gradient[i]).toBeCloseTo(slope, 6);
    }
  });

  it('and every figure has its loss', () => {
    expect(figures.losses.map(({ name }) => name).toSorted()).toEqual(Object.keys(cases).toSorted());
  });
});

describe('closed forms', () => {
  it('hinge counts what is on the wrong side of the margin', () => {
    expect(evaluate(hinge(), [4, 1], [2, 0.5, -3, 0.25], [1, 1, 1, -1]).value).toBeCloseTo(
      (0 + 0.5 + 4 + 1.25) / 4,
      12,
    );
    expect(evaluate(hinge({ margin: 2 }), [1, 1], [1.5], [1]).value).toBeCloseTo(0.5, 12);
  });

  it('the divergence from a distribution to itself is 0, a certain target included', () => {
    expect(evaluate(klDivergence(), [4, 3], wave(12, 1.1), shares).value).toBeCloseTo(0, 12);
    const certain = evaluate(klDivergence(), [1, 2], [0, 0], [1, 0]);
    expect(certain.value).toBeCloseTo(Math.log(2), 12);
    expect(certain.gradient.every(Number.isFinite)).toBe(true);
  });

  it('scores of 1000 do not overflow', () => {
    expect(evaluate(crossEntropy(), [1, 2], [1000, 0], [1]).value).toBe(1000);
    expect(evaluate(binaryCrossEntropy(), [1, 1], [1000], [0]).value).toBe(1000);
    expect(evaluate(binaryCrossEntropy(), [1, 1], [-1000], [0]).value).toBe(0);
  });

  it('classes of sequences are in the last dimension', () => {
    const each = evaluate(crossEntropy(), [2, 2, 3], scores, labels).value;
    expect(each).toBeCloseTo(evaluate(crossEntropy(), [4, 3], scores, labels).value, 14);
  });

  it('a negative log likelihood is the mean of the log densities with their constants', () => {
    const loss = negativeLogLikelihood((mean) => normal(mean, 2));
    const { value } = evaluate(loss, [3, 1], [0, 1, 2], [0.5, 1, 4]);
    const expected = [0.5, 0, 2].map((e) => 0.5 * (e / 2) ** 2 + Math.log(2 * Math.sqrt(2 * Math.PI)));
    expect(value).toBeCloseTo(expected.reduce((a, b) => a + b) / 3, 12);
  });

  it('of counts too, in single precision', () => {
    const loss = negativeLogLikelihood((logRate) => poisson(logRate.exp()));
    const { value, gradient } = evaluate(loss, [2, 1], [0, 1], [2, 3], 'single');
    const expected = (1 + Math.log(2) + Math.E - 3 + Math.log(6)) / 2;
    expect(value).toBeCloseTo(expected, 5);
    expect(gradient[1]).toBeCloseTo((Math.E - 3) / 2, 5);
  });
});

describe('what a loss refuses', () => {
  const two = variable('scores', [4, 3]) as Expr;

  it.each([
    [3, /label 3 at position 1 is not one of the classes 0 … 2; count labels from 0/],
    [-1, /label -1/],
    [0.5, /label 0\.5/],
    [Number.NaN, /label NaN/],
  ])('the label %s', (label, message) => {
    expect(() => crossEntropy().check!([0, label], two)).toThrow(message);
  });

  it('but not the label that is ignored', () => {
    expect(() => crossEntropy({ ignoreIndex: -100 }).check!([0, -100, 2], two)).not.toThrow();
  });

  it('scores without a dimension for classes', () => {
    expect(() => crossEntropy().target(variable('s', [4]) as Expr)).toThrow(
      /expected scores \(…, classes\), got shape \[4\]/,
    );
    expect(() => klDivergence().target(variable('s', [4]) as Expr)).toThrow(/klDivergence: expected scores/);
  });

  it('weights of another number than the classes', () => {
    expect(() => crossEntropy({ weights: [1, 2] }).target(two)).toThrow(/a weight for each of 3 classes, got 2/);
  });

  it('options out of range', () => {
    expect(() => crossEntropy({ labelSmoothing: Number.NaN })).toThrow(/labelSmoothing must be from 0 to 1, got NaN/);
    expect(() => huber({ delta: 0 })).toThrow(/delta must be above 0, got 0/);
    expect(() => hinge({ margin: Number.NaN })).toThrow(/margin must be above 0, got NaN/);
    expect(() => binaryCrossEntropy({ positiveWeight: -1 })).toThrow(/positiveWeight must be above 0/);
  });

  it('targets that are no probabilities, or no signs', () => {
    expect(() => binaryCrossEntropy().check!([0, 2], two)).toThrow(/target 2 at position 1 is not from 0 to 1/);
    expect(() => hinge().check!([1, 0], two)).toThrow(/target 0 at position 1 is neither -1 nor 1/);
  });

  it('several outputs where one is wanted', () => {
    expect(() => meanSquaredError().target({ hidden: two, output: two } as never)).toThrow(
      /expected one output, got several \(hidden, output\)/,
    );
  });
});
