/**
 * Put expressions in the place of variables: how a density of constrained values becomes one of a position.
 */

import { expressionOf } from '../program/expression.ts';
import { closeGraph, inlineGraph } from '../program/graph.ts';
import type { Expr, Expression } from '../program/index.ts';
import type { ParameterLayout } from './layout.ts';

type Traced = Expr | Expression;

const nodeOf = (expression: Traced) => (expression as unknown as Expression).node;

/**
 * `expressions`, each parameter's variable replaced by `values[i]`. What they share stays shared.
 *
 * @param parameters those that may occur, in the order of `values`
 */
export function substitute(
  expressions: readonly Traced[],
  parameters: readonly Pick<ParameterLayout, 'name' | 'shape'>[],
  values: readonly Traced[],
): Expr[] {
  const graph = closeGraph(expressions.map(nodeOf), parameters);
  return inlineGraph(graph, values.map(nodeOf)).map(expressionOf);
}
