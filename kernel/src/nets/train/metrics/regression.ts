/**
 * How good predicted numbers are.
 */
import type { Metric, Predictions } from './metric.ts';

/** 1 − residual over total sum of squares; 1 is perfect, 0 as good as the mean. @example rSquared() */
export function rSquared(): Metric {
  return {
    name: 'R²',
    better: 'larger',
    compute(predictions) {
      const { outputs, targets } = paired('rSquared', predictions);
      let mean = 0;
      for (let i = 0; i < targets.length; i++) mean += targets[i]! / targets.length;
      let residual = 0;
      let total = 0;
      for (let i = 0; i < targets.length; i++) {
        residual += (targets[i]! - outputs[i]!) ** 2;
        total += (targets[i]! - mean) ** 2;
      }
      return 1 - residual / total;
    },
  };
}

function paired(caller: string, predictions: Predictions): Predictions {
  const { outputs, targets, shape } = predictions;
  if (outputs.length !== targets.length) {
    throw new RangeError(
      `${caller}: expected a number for each of ${targets.length} targets, got outputs of shape (${shape.join(', ')}); it is for regression`,
    );
  }
  return predictions;
}
