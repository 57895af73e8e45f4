/**
 * Distributions in words, for messages: `normal(mu, tau)`, `ordered(normal(0, 5))`, `normal(0, 1).bounded({ lower: 0 })`.
 */
import type { Distribution } from '../distributions/index.ts';
import type { Expr, Expression, Shape } from '../program/index.ts';
import { uniformValue } from '../program/node.ts';

/** A name, a number, or `…` for what has neither. */
export function describeExpression(expression: Expr | Expression): string {
  const { node } = expression as unknown as Expression;
  const value = uniformValue(node);
  return node.name ?? (value === undefined ? '…' : String(value));
}

/** As one would write it, bounds included; sizes are left out. */
export function describeDistribution({ family, parameters, support, shape }: Distribution): string {
  if (family.name === 'simplex') return `${family.name}(${shape.at(-1)})`;
  if (family.describe !== undefined) {
    const texts = Object.entries(parameters).map(([name, value]) => [name, describeExpression(value)]);
    return family.describe(Object.fromEntries(texts));
  }
  const call = `${family.name}(${Object.values(parameters).map(describeExpression).join(', ')})`;
  if (support.structure === 'ordered') return `ordered(${call})`;
  if (support.structure === 'positive ordered') return `positiveOrdered(${call})`;
  const bounds = (['lower', 'upper'] as const).flatMap((side) => {
    const bound = support[side];
    return bound === undefined || family.support[side] !== undefined ? [] : [`${side}: ${describeExpression(bound)}`];
  });
  return bounds.length === 0 ? call : `${call}.bounded({ ${bounds.join(', ')} })`;
}

/** Numbers of an array in words: `8 values`, `3 × 4 values`, `1 value`. */
export function describeSize(shape: Shape): string {
  if (shape.length === 0) return '1 value';
  return `${shape.join(' × ')} ${shape.length === 1 && shape[0] === 1 ? 'value' : 'values'}`;
}
