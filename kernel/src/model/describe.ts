/**
 * Distributions in words, for messages: `normal(mu, tau)`, `uniform(0, 1)`, `normal(…, sigma)`.
 */
import type { Distribution } from '../distributions/index.ts';
import type { Expression, Shape } from '../program/index.ts';
import { uniformValue } from '../program/node.ts';

/** A name, a number, or `…` for what has neither. */
export function describeExpression({ node }: Expression): string {
  const value = uniformValue(node);
  return node.name ?? (value === undefined ? '…' : String(value));
}

export function describeDistribution({ family, parameters }: Distribution): string {
  return `${family.name}(${Object.values(parameters).map(describeExpression).join(', ')})`;
}

/** Numbers of an array in words: `8 values`, `3 × 4 values`, `1 value`. */
export function describeSize(shape: Shape): string {
  if (shape.length === 0) return '1 value';
  return `${shape.join(' × ')} ${shape.length === 1 && shape[0] === 1 ? 'value' : 'values'}`;
}
