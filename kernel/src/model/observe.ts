/**
 * Whether data can have come from a distribution: as many values, and each inside the support where that is known.
 * Told when the model is told, not by a log density of −∞ later.
 */
import type { Distribution } from '../distributions/index.ts';
import type { Expr, Shape } from '../program/index.ts';
import { sameShape } from '../program/shape.ts';
import { describeDistribution, describeExpression, describeSize } from './describe.ts';

/**
 * @param value the data under `name`
 * @throws RangeError when the lengths differ, or a value lies outside the support
 */
export function checkObservation(name: string, value: Expr, distribution: Distribution): void {
  if (!fits(distribution.shape, value.shape)) {
    const parts = Object.values(distribution.parameters)
      .filter((part) => part.shape.length > 0)
      .map((part) => `${describeExpression(part)} has ${describeSize(part.shape)}`);
    throw new RangeError(
      `.observe: '${name}' has ${describeSize(value.shape)}, but ${describeDistribution(distribution)} describes ` +
        `${describeSize(distribution.shape)}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}; give both the same length`,
    );
  }
  distribution.checkData(value, `'${name}'`);
}

/** Whether the distribution's dimensions are the last ones of the data's; a scalar describes each value. */
function fits(distribution: Shape, data: Shape): boolean {
  return distribution.length <= data.length && sameShape(distribution, data.slice(data.length - distribution.length));
}
