/**
 * Cross-entropy of classes: the negative log likelihood of a categorical distribution given by scores.
 */
import { type Expr, logSoftmax, oneHot } from '../../program/index.ts';
import { formatShape } from '../../program/shape.ts';
import type { Loss } from '../types.ts';

/** Choices of the cross-entropy. */
export interface CrossEntropyOptions {
  /** Share of each target that is spread over all classes (Szegedy et al. 2016), from 0 to 1; default 0. */
  readonly labelSmoothing?: number;
  /** A weight for each class; the mean is weighted by those of the labels. */
  readonly weights?: readonly number[];
  /** Labels of this value count for nothing. */
  readonly ignoreIndex?: number;
}

/**
 * −log of the softmax at the label, averaged, as torch.nn.CrossEntropyLoss; classes are the last dimension of the scores.
 *
 * @throws RangeError for a label outside the classes, and for weights of another number
 * @example train(net, { x, y }, { loss: crossEntropy({ labelSmoothing: 0.1 }) });
 */
export function crossEntropy({ labelSmoothing = 0, weights, ignoreIndex }: CrossEntropyOptions = {}): Loss {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`crossEntropy: labelSmoothing must be from 0 to 1, got ${labelSmoothing}`);
  }
  const classesOf = (scores: Expr): number => {
    const classes = scores.shape[scores.shape.length - 1];
    if (scores.shape.length < 2 || classes === undefined) {
      throw new RangeError(
        `crossEntropy: expected scores (…, classes), got shape ${formatShape(scores.shape)}; end the net with linear(…, classes)`,
      );
    }
    if (weights !== undefined && weights.length !== classes) {
      throw new RangeError(`crossEntropy: expected a weight for each of ${classes} classes, got ${weights.length}`);
    }
    return classes;
  };
  return {
    name: 'crossEntropy',
    options: { labelSmoothing, weights, ignoreIndex },
    target(scores) {
      classesOf(scores);
      return { shape: scores.shape.slice(0, -1), integer: true };
    },
    compute(scores, labels) {
      const classes = classesOf(scores);
      const last = scores.shape.length - 1;
      const logs = logSoftmax(scores); // (…, classes)
      // A label that is ignored may be one of the classes: its row is put to 0.
      const hot = oneHot(labels, classes); // (…, classes)
      const kept = ignoreIndex === undefined ? undefined : labels.ne(ignoreIndex); // (…)
      const counted = kept === undefined ? hot : hot.mul(kept.reshape(...kept.shape, 1));
      const weighed = weights === undefined ? counted : counted.mul(weights);
      const total =
        weights === undefined && kept === undefined ? undefined : weights === undefined ? kept!.sum() : weighed.sum();
      const meanOf = (sum: Expr): Expr =>
        (total === undefined ? sum.div(scores.size / classes) : sum.div(total)) as Expr;
      const plain = meanOf(logs.mul(weighed).sum().neg());
      if (labelSmoothing === 0) return plain;
      const every = weights === undefined ? logs.sum(last) : logs.mul(weights).sum(last); // (…)
      const spread = meanOf((kept === undefined ? every : every.mul(kept)).sum().div(-classes));
      return plain.mul(1 - labelSmoothing).add(spread.mul(labelSmoothing)) as Expr;
    },
    check(targets, scores) {
      const classes = classesOf(scores);
      for (let i = 0; i < targets.length; i++) {
        const label = targets[i]!;
        if ((Number.isInteger(label) && label >= 0 && label < classes) || label === ignoreIndex) continue;
        throw new RangeError(
          `crossEntropy: label ${label} at position ${i} is not one of the classes 0 … ${classes - 1}; count labels from 0, or give the net more outputs`,
        );
      }
    },
  };
}
