/**
 * Losses of yes and no, and of whole distributions over classes.
 */
import type { Expr } from '../../program/index.ts';
import { logSoftmax, relu, where } from '../../program/index.ts';
import type { Loss } from '../types.ts';
import { checkShares, checkTwo, meanLoss, requirePositive, shapeOf } from './loss.ts';

/** Choices of the binary cross-entropy. */
export interface BinaryCrossEntropyOptions {
  /** By how much a yes counts more than a no; default 1. */
  readonly positiveWeight?: number;
}

/**
 * Cross-entropy of yes (1) and no (0) given as log odds, as torch.nn.BCEWithLogitsLoss: maximum likelihood of a Bernoulli
 * distribution. The net ends without a sigmoid.
 *
 * @throws RangeError for targets outside 0 … 1
 * @example train(network(linear(2, 1), { input: [2] }), { x, y }, { loss: binaryCrossEntropy() });
 */
export function binaryCrossEntropy({ positiveWeight = 1 }: BinaryCrossEntropyOptions = {}): Loss {
  requirePositive('binaryCrossEntropy', 'positiveWeight', positiveWeight);
  return meanLoss(
    'binaryCrossEntropy',
    { positiveWeight },
    (logits, target) => {
      if (positiveWeight === 1) return logits.softplus().sub(logits.mul(target)) as Expr;
      const yes = logits.neg().softplus().mul(target).mul(positiveWeight);
      return yes.add(logits.softplus().mul(target.neg().add(1))) as Expr;
    },
    checkShares('binaryCrossEntropy'),
  );
}

/**
 * max(0, margin − y ŷ), averaged, targets being −1 and 1: a support vector machine's loss.
 *
 * @param margin default 1
 * @throws RangeError for other targets
 * @example hinge();
 */
export function hinge({ margin = 1 }: { readonly margin?: number } = {}): Loss {
  requirePositive('hinge', 'margin', margin);
  return meanLoss(
    'hinge',
    { margin },
    (output, target) => relu(output.mul(target).neg().add(margin)),
    checkTwo('hinge', [-1, 1]),
  );
}

/**
 * Kullback–Leibler divergence Σ p log(p / q) from the target probabilities p (…, classes) to the softmax q of the scores,
 * averaged over all but the classes (torch.nn.KLDivLoss with reduction 'batchmean', of log-softmax).
 *
 * @throws RangeError for targets outside 0 … 1
 * @example klDivergence(); // distillation: the targets are another net's probabilities
 */
export function klDivergence(): Loss {
  return {
    name: 'klDivergence',
    options: {},
    target(scores) {
      if (!(scores.shape.length >= 2)) {
        throw new RangeError(`klDivergence: expected scores (…, classes), got shape ${shapeOf(scores)}`);
      }
      return { shape: scores.shape, integer: false };
    },
    compute(scores, target) {
      const classes = scores.shape[scores.shape.length - 1]!;
      const logs = where(target.gt(0), target.log(), 0); // 0 log 0 = 0
      return target
        .mul(logs.sub(logSoftmax(scores)))
        .sum()
        .div(scores.size / classes) as Expr;
    },
    check: checkShares('klDivergence'),
  };
}
