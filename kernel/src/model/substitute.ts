/**
 * Put expressions in the place of variables: how a density of constrained values becomes one of a position.
 */
import { createNode } from '../program/build.ts';
import { expressionOf } from '../program/expression.ts';
import { closeGraph } from '../program/graph.ts';
import type { Expr, Expression } from '../program/index.ts';
import type { Node } from '../program/node.ts';
import type { ParameterLayout } from './layout.ts';

type Traced = Expr | Expression;

const nodeOf = (expression: Traced): Node => (expression as unknown as Expression).node;

/**
 * `expressions`, each parameter's variable replaced by `values[i]`.
 *
 * Equal subexpressions become one node, also across expressions, so that a gradient taken of the result visits each
 * once, in an order that does not depend on how often the user wrote it.
 *
 * @param parameters those that may occur, in the order of `values`
 * @throws Error when an expression reads a variable that is no parameter
 */
export function substitute(
  expressions: readonly Traced[],
  parameters: readonly Pick<ParameterLayout, 'name' | 'shape'>[],
  values: readonly Traced[],
): Expr[] {
  const graph = closeGraph(expressions.map(nodeOf), parameters);
  const made: Node[] = [];
  for (const { operation, inputs, attributes, shape, name } of graph.nodes) {
    if (operation === 'input') {
      made.push(nodeOf(values[parameters.findIndex((parameter) => parameter.name === attributes.name)]!));
    } else if (operation === 'constant') {
      made.push({ operation, inputs: [], attributes, shape, name });
    } else {
      const node = createNode(
        operation,
        inputs.map((at) => made[at]!),
        attributes,
      );
      made.push(name === undefined ? node : { ...node, name });
    }
  }
  return graph.outputs.map((output) => expressionOf(made[output]!));
}
