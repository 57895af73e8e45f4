/**
 * Making nodes: the shape rule is checked, what is constant is computed at once, and what is trivially equal to
 * something smaller becomes that.
 */

import { shapesByName } from './describe.ts';
import { planGraph } from './interpret.ts';
import type { Attributes, Node } from './node.ts';
import { isConstant } from './node.ts';
import { isObserved, markObserved } from './observed.ts';
import { operationOf } from './operations/registry.ts';
import { reassociate } from './optimise/reassociate.ts';
import { simplify } from './optimise/simplify.ts';
import { sizeOf } from './shape.ts';
import type { Shape } from './types.ts';

/** A value known now. The array is kept, not copied. */
export function constantNode(value: Float64Array, shape: Shape, name?: string): Node {
  return { operation: 'constant', inputs: [], attributes: { value }, shape, ...(name === undefined ? {} : { name }) };
}

/** A value given when the program runs. */
export function inputNode(name: string, shape: Shape, integer = false): Node {
  return { operation: 'input', inputs: [], attributes: integer ? { name, integer } : { name }, shape, name };
}

/**
 * The node of an operation on these inputs.
 *
 * @throws RangeError when the shapes do not fit, with the users' names of the operands where they have any
 */
export function createNode(name: string, inputs: readonly Node[], attributes: Attributes = {}): Node {
  const operation = operationOf(name);
  const shape = inferShape(name, inputs, attributes);
  const simpler =
    simplify(name, inputs, attributes, shape, createNode, constantNode) ??
    (inputs.every(isConstant) ? undefined : reassociate(name, inputs, attributes, shape, createNode));
  if (simpler !== undefined) return simpler;
  const node: Node = { operation: name, inputs, attributes, shape };
  if (!inputs.every(isConstant) || inputs.length === 0 || grows(name, inputs, shape)) return node;
  const output = new Float64Array(sizeOf(shape));
  const context = { shape, inputShapes: inputs.map((input) => input.shape), attributes, plan: planGraph };
  operation.kernel(context)(
    output,
    inputs.map((input) => input.attributes.value!),
  );
  const fromData = inputs.some((input) => isObserved(input.attributes.value!));
  return constantNode(fromData ? markObserved(output) : output, shape);
}

/** A constant is not spelt out where it would only repeat itself. */
function grows(operation: string, inputs: readonly Node[], shape: Shape): boolean {
  return operation === 'broadcastTo' && sizeOf(shape) > sizeOf(inputs[0]!.shape);
}

function inferShape(name: string, inputs: readonly Node[], attributes: Attributes): readonly number[] {
  try {
    return operationOf(name).shape(
      inputs.map((input) => input.shape),
      attributes,
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${error.message}${shapesByName(inputs)}`);
  }
}
