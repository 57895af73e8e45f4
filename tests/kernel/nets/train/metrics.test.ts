/**
 * Metrics against scikit-learn 1.9.1 (`metrics_figures.py` beside this file says how the figures were made).
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type AverageOptions,
  accuracy,
  calibrationError,
  f1,
  type Metric,
  type Predictions,
  perplexity,
  precision,
  recall,
  rocAuc,
  rSquared,
  topKAccuracy,
} from '#kernel/nets/train/metrics/index';

interface Case {
  readonly scores: readonly number[];
  readonly labels: readonly number[];
  readonly classes: number;
  readonly figures: Readonly<Record<string, number>>;
}
const reference: { readonly classes: readonly Case[]; readonly R2: number } = JSON.parse(
  readFileSync(new URL('./metrics-figures.json', import.meta.url), 'utf8'),
);

const predictionsOf = ({ scores, labels, classes }: Omit<Case, 'figures'>): Predictions => ({
  outputs: Float64Array.from(scores),
  shape: classes === 1 ? [labels.length] : [labels.length, classes],
  targets: labels,
});

/** The metric a figure's name means. */
function metricOf(name: string): Metric {
  const [kind = '', how = ''] = name.split(/ (?!AUC)/);
  const average = how as NonNullable<AverageOptions['average']>;
  const makers: Readonly<Record<string, () => Metric>> = {
    accuracy,
    perplexity,
    'ROC AUC': rocAuc,
    precision: () => precision({ average }),
    recall: () => recall({ average }),
    F1: () => f1({ average }),
    top: () => topKAccuracy(Number(how)),
    calibration: () => calibrationError({ bins: Number(how) }),
  };
  return makers[kind]!();
}

describe.each(reference.classes.map((each) => [each.classes, each] as const))('of %i scores', (_, each) => {
  it.each(Object.entries(each.figures))('%s is that of scikit-learn', (name, figure) => {
    expect(metricOf(name).compute(predictionsOf(each))).toBeCloseTo(figure, 12);
  });
});

describe('R²', () => {
  const targets = Float64Array.from({ length: 50 }, (_, i) => Math.sin(i));
  const outputs = targets.map((y, i) => y + 0.1 * Math.cos(3 * i));
  it('is that of scikit-learn', () => {
    expect(rSquared().compute({ outputs, shape: [50, 1], targets })).toBeCloseTo(reference.R2, 12);
  });
  it('is 1 for the targets and 0 for their mean', () => {
    expect(rSquared().compute({ outputs: targets, shape: [50], targets })).toBe(1);
    const mean = targets.reduce((sum, y) => sum + y, 0) / 50;
    expect(rSquared().compute({ outputs: new Float64Array(50).fill(mean), shape: [50], targets })).toBeCloseTo(0, 12);
  });
  it('refuses scores of classes', () => {
    const many = { outputs: new Float64Array(100), shape: [50, 2], targets };
    expect(() => rSquared().compute(many)).toThrow('rSquared: expected a number for each of 50 targets');
  });
});

describe('averages of precision, recall and F1', () => {
  const [one, , four] = reference.classes as readonly [Case, Case, Case];
  it('default to the positive class of two, and to the mean over more', () => {
    expect(precision().compute(predictionsOf(one))).toBeCloseTo(one.figures['precision binary']!, 12);
    expect(f1().compute(predictionsOf(four))).toBeCloseTo(four.figures['F1 macro']!, 12);
  });
  it('take another class as the positive one', () => {
    const swapped = { ...one, scores: one.scores.map((x) => -x), labels: one.labels.map((y) => 1 - y) };
    const found = recall({ positive: 0 }).compute(predictionsOf({ ...one, scores: one.scores.map((x) => x || -1e-9) }));
    expect(found).toBeCloseTo(recall().compute(predictionsOf(swapped)), 1);
  });
  it('are 0 where there is nothing to divide by', () => {
    const never = { outputs: Float64Array.of(-1, -1), shape: [2], targets: [0, 0] };
    for (const metric of [precision(), recall(), f1()]) expect(metric.compute(never)).toBe(0);
  });
  it('say in their names how they are made', () => {
    expect([f1().name, f1({ average: 'macro' }).name]).toEqual(['F1', 'F1 (macro)']);
  });
});

describe('ties and extremes', () => {
  it('a tie of the highest scores goes to the first class', () => {
    expect(accuracy().compute({ outputs: Float64Array.of(1, 1), shape: [1, 2], targets: [0] })).toBe(1);
  });
  it('the area of scores that are all equal is one half', () => {
    expect(rocAuc().compute({ outputs: new Float64Array(4), shape: [4], targets: [0, 1, 0, 1] })).toBe(0.5);
  });
  it('the area with one class alone is not a number', () => {
    expect(rocAuc().compute({ outputs: new Float64Array(2), shape: [2], targets: [1, 1] })).toBeNaN();
  });
  it('perplexity does not overflow for scores in the thousands', () => {
    const sure = { outputs: Float64Array.of(5000, -5000), shape: [1, 2], targets: [0] };
    expect(perplexity().compute(sure)).toBe(1);
    expect(perplexity().compute({ outputs: new Float64Array(8), shape: [1, 8], targets: [3] })).toBeCloseTo(8, 12);
  });
  it('labels of sequences are rows of their own', () => {
    const outputs = Float64Array.of(1, 0, 0, 1, 1, 0, 0, 1);
    expect(accuracy().compute({ outputs, shape: [2, 2, 2], targets: [0, 1, 1, 1] })).toBe(0.75);
  });
});

describe('what cannot be', () => {
  it.each([
    [() => topKAccuracy(0), 'topKAccuracy: k must be a whole number ≥ 1, got 0'],
    [() => calibrationError({ bins: 0.5 }), 'calibrationError: bins must be a whole number ≥ 1'],
    [() => precision({ positive: -1 }), 'precision: positive must be the code of a class, got -1'],
    [
      () => accuracy().compute({ outputs: new Float64Array(3), shape: [3], targets: [0, 1] }),
      'accuracy: expected scores of the classes for each of 2 labels, got outputs of shape (3)',
    ],
  ])('%#', (make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});
