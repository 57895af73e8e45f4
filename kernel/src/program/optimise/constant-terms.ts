/**
 * What is constant in a long computation is done once: Σ (x − c) = Σ x − Σ c for a fixed array c, as in every Poisson or
 * binomial likelihood and every normal one with known scales, and x / c = x · (1 / c).
 */
import { createNode } from '../build.ts';
import type { Node } from '../node.ts';
import { isConstant, topologicalOrder } from '../node.ts';
import { sameShape, sizeOf } from '../shape.ts';

/** How deep a sum of terms is looked into. */
const DEPTH = 12;

/** A sum of terms as what varies and what is fixed, either of which may be missing. */
interface Parted {
  readonly varying: Node | undefined;
  readonly fixed: Node | undefined;
}

/** The same values, equal up to rounding. */
export function hoistConstantTerms(outputs: readonly Node[]): Node[] {
  const made = new Map<Node, Node>();
  for (const node of topologicalOrder(outputs)) {
    const inputs = node.inputs.map((input) => made.get(input)!);
    const changed = inputs.some((input, i) => input !== node.inputs[i]);
    const moved = changed && node.operation !== 'scan' ? again(node, inputs) : changed ? { ...node, inputs } : node;
    made.set(node, hoisted(moved) ?? moved);
  }
  return outputs.map((output) => made.get(output)!);
}

/** Made anew on other inputs, so that what is simpler now becomes so; under its name. */
function again({ operation, attributes, name }: Node, inputs: readonly Node[]): Node {
  const node = createNode(operation, inputs, attributes);
  return name === undefined || node.name !== undefined ? node : { ...node, name };
}

function hoisted(node: Node): Node | undefined {
  const [a, b] = node.inputs;
  if (node.operation === 'div' && isFixed(b!) && !isConstant(a!) && invertible(b!)) {
    return createNode('mul', [a!, createNode('reciprocal', [b!])]);
  }
  if (node.operation !== 'sum' || sizeOf(node.shape) !== 1 || isConstant(a!)) return undefined;
  const { varying, fixed } = part(a!, 0);
  if (fixed === undefined || varying === undefined) return undefined;
  const total = (terms: Node) => createNode('sum', [terms], node.attributes);
  return createNode('add', [total(varying), total(fixed)]);
}

function part(node: Node, depth: number): Parted {
  if (isFixed(node)) return { varying: undefined, fixed: node };
  const whole: Parted = { varying: node, fixed: undefined };
  if (depth > DEPTH) return whole;
  const [a, b] = node.inputs;
  if (node.operation === 'neg') {
    const { varying, fixed } = part(a!, depth + 1);
    const negative = (x: Node | undefined) => x && createNode('neg', [x]);
    return { varying: negative(varying), fixed: negative(fixed) };
  }
  if (node.operation !== 'add' && node.operation !== 'sub') return whole;
  // Each element is in the sum once: neither is repeated along the other.
  if (![a!, b!].every((x) => sameShape(x.shape, node.shape))) return whole;
  const [left, right] = [part(a!, depth + 1), part(b!, depth + 1)];
  if (left.fixed === undefined && right.fixed === undefined) return whole;
  const joined = (x: Node | undefined, y: Node | undefined) => {
    if (x === undefined) return node.operation === 'add' || y === undefined ? y : createNode('neg', [y]);
    return y === undefined ? x : createNode(node.operation, [x, y]);
  };
  return { varying: joined(left.varying, right.varying), fixed: joined(left.fixed, right.fixed) };
}

/** An array of finite constants; of others the plain path says which datum it is. */
function isFixed(node: Node): boolean {
  return isConstant(node) && sizeOf(node.shape) > 1 && node.attributes.value!.every(Number.isFinite);
}

/** Every element has an inverse that is no subnormal number, nor infinite. */
function invertible(node: Node): boolean {
  return node.attributes.value!.every((x) => Math.abs(x) > 1e-300 && Math.abs(x) < 1e300);
}
