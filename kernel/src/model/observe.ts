/**
 * Whether data can have come from a distribution: as many values, and each inside the support where that is known.
 * Told when the model is told, not by a log density of −∞ later.
 */
import type { Distribution } from '../distributions/index.ts';
import { broadcastTo, compile, type Expr, type Expression, type Shape } from '../program/index.ts';
import { sameShape } from '../program/shape.ts';
import type { Column } from './data.ts';
import { describeDistribution, describeExpression, describeSize } from './describe.ts';
import { elementIndex } from './names.ts';
import { parametersIn, type Trace } from './trace.ts';

/**
 * @throws RangeError when the lengths differ, or a value lies outside the support
 */
export function checkObservation(column: Column, distribution: Distribution, trace: Trace): void {
  checkSize(column, distribution);
  const { family, kind, support } = distribution;
  const bounds = {
    lower: knownValues(support.lower, column.shape, trace),
    upper: knownValues(support.upper, column.shape, trace),
  };
  column.values.forEach((x, i) => {
    const low = bounds.lower?.[i] ?? -Infinity;
    const high = bounds.upper?.[i] ?? Infinity;
    if (x >= low && x <= high && (kind === 'real' || Number.isInteger(x))) return;
    const range = high < Infinity ? `from ${low} to ${high}` : `of ${low} or more`;
    const limits = low > -Infinity ? ` ${range}` : high < Infinity ? ` of ${high} or less` : '';
    throw new RangeError(
      `observe: '${column.name}' is ${x}${column.shape.length === 0 ? '' : ` at ${elementIndex(i, column.shape)}`}, which ` +
        `${describeDistribution(distribution)} cannot give: it gives ${kind === 'int' ? 'integers' : 'numbers'}${limits}; ` +
        `correct or drop that row, or choose another distribution than ${family.name}`,
    );
  });
}

function checkSize({ name, shape }: Column, distribution: Distribution): void {
  if (fits(distribution.shape, shape)) return;
  const parts = Object.values(distribution.parameters)
    .filter((part) => part.shape.length > 0)
    .map((part) => `${describeExpression(part)} has ${describeSize(part.shape)}`);
  throw new RangeError(
    `observe: '${name}' has ${describeSize(shape)}, but ${describeDistribution(distribution)} describes ` +
      `${describeSize(distribution.shape)}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}; give both the same length`,
  );
}

/** Whether the distribution's dimensions are the last ones of the data's; a scalar describes each value. */
function fits(distribution: Shape, data: Shape): boolean {
  return distribution.length <= data.length && sameShape(distribution, data.slice(data.length - distribution.length));
}

/** The values of an expression that depends on no parameter. */
function knownValues(bound: Expr | Expression | undefined, shape: Shape, trace: Trace): Float64Array | undefined {
  if (bound === undefined || parametersIn([bound], trace).length > 0) return undefined;
  return compile({ inputs: [], outputs: [broadcastTo(bound as Expr, shape)] }).run({})[0];
}
