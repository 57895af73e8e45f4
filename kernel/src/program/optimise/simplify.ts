/**
 * Identities used while a graph is made. Each keeps the value bit for bit, NaN and ∞ included, but for the sign of
 * zero in x + 0; nothing here turns 0 · x into 0.
 */
import type { Attributes, Node } from '../node.ts';
import { isConstant, uniformValue } from '../node.ts';
import { operationOf } from '../operations/registry.ts';
import { sameShape, sizeOf } from '../shape.ts';
import type { Shape } from '../types.ts';

type Create = (name: string, inputs: readonly Node[], attributes?: Attributes) => Node;
type Constant = (value: Float64Array, shape: Shape) => Node;

/** A simpler node equal to `name(inputs)`, or undefined. `shape` is the shape of the result. */
export function simplify(
  name: string,
  inputs: readonly Node[],
  attributes: Attributes,
  shape: Shape,
  create: Create,
  constant: Constant,
): Node | undefined {
  const [a, b] = inputs;
  /** `node` as the result, repeated where the result is larger. */
  const as = (node: Node): Node =>
    sameShape(node.shape, shape) ? node : create('broadcastTo', [node], { sizes: shape });
  switch (name) {
    case 'add':
      if (uniformValue(a!) === 0) return as(b!);
      if (uniformValue(b!) === 0) return as(a!);
      if (b!.operation === 'neg') return create('sub', [a!, b!.inputs[0]!]);
      break;
    case 'sub':
      if (uniformValue(b!) === 0) return as(a!);
      if (uniformValue(a!) === 0) return as(create('neg', [b!]));
      if (b!.operation === 'neg') return create('add', [a!, b!.inputs[0]!]);
      break;
    case 'mul':
      if (uniformValue(a!) === 1) return as(b!);
      if (uniformValue(b!) === 1) return as(a!);
      if (uniformValue(a!) === -1) return as(create('neg', [b!]));
      if (uniformValue(b!) === -1) return as(create('neg', [a!]));
      if (a === b) return create('square', [a!]);
      break;
    case 'chain':
      if (uniformValue(b!) === 1) return as(a!);
      if (uniformValue(b!) === -1) return as(create('neg', [a!]));
      break;
    case 'div':
      if (uniformValue(b!) === 1) return as(a!);
      if (uniformValue(a!) === 1) return as(create('reciprocal', [b!]));
      break;
    case 'pow':
      if (uniformValue(b!) === 1) return as(a!);
      if (uniformValue(b!) === 2) return as(create('square', [a!]));
      break;
    case 'neg':
      if (a!.operation === 'neg') return a!.inputs[0]!;
      break;
    case 'where': {
      const condition = uniformValue(a!);
      if (condition !== undefined) return as(condition !== 0 ? inputs[1]! : inputs[2]!);
      break;
    }
    case 'sum':
      return simplifySum(a!, attributes, shape, create, constant);
    case 'reshape':
      if (sameShape(a!.shape, shape)) return a!;
      if (a!.operation === 'reshape') return create('reshape', [a!.inputs[0]!], attributes);
      if (a!.operation === 'broadcastTo' && sizeOf(a!.inputs[0]!.shape) === 1) {
        const scalar = create('reshape', [a!.inputs[0]!], { sizes: [] });
        return create('broadcastTo', [scalar], { sizes: shape });
      }
      break;
    case 'broadcastTo':
      if (sameShape(a!.shape, shape)) return a!;
      if (a!.operation === 'broadcastTo') return create('broadcastTo', [a!.inputs[0]!], attributes);
      break;
    case 'transpose':
      return simplifyTranspose(a!, attributes, create);
    case 'slice':
      return simplifySlice(a!, attributes, shape, create, constant);
    case 'pad':
      if (sameShape(a!.shape, shape)) return a!;
      break;
    case 'concatenate':
      if (inputs.length === 1) return a!;
      break;
    case 'matmul':
      return simplifyMatmul(inputs, attributes, create);
  }
  return operationOf(name).elementwise ? pushBroadcastOut(name, inputs, attributes, shape, create) : undefined;
}

/** f(broadcast(x), y) = broadcast(f(x, y)): the work is done on the smaller array. */
function pushBroadcastOut(
  name: string,
  inputs: readonly Node[],
  attributes: Attributes,
  shape: Shape,
  create: Create,
): Node | undefined {
  if (!inputs.some((input) => input.operation === 'broadcastTo')) return undefined;
  const small = inputs.map((input) => (input.operation === 'broadcastTo' ? input.inputs[0]! : input));
  const inner = create(name, small, attributes);
  if (sameShape(inner.shape, shape)) return inner;
  return create('broadcastTo', [inner], { sizes: shape });
}

/** A sum over nothing is its argument; a sum of repeats is a product with their number. */
function simplifySum(
  a: Node,
  attributes: Attributes,
  shape: Shape,
  create: Create,
  constant: Constant,
): Node | undefined {
  const axes = attributes.axes!;
  if (axes.length === 0) return a;
  const count = sizeOf(a.shape) / Math.max(1, sizeOf(shape));
  if (count === 1 && sizeOf(a.shape) > 0) return create('reshape', [a], { sizes: shape });
  if (a.operation === 'broadcastTo' && sizeOf(a.inputs[0]!.shape) === 1 && sizeOf(a.shape) > 0) {
    const scalar = create('reshape', [a.inputs[0]!], { sizes: [] });
    const product = create('mul', [scalar, constant(Float64Array.of(count), [])]);
    return sameShape(product.shape, shape) ? product : create('broadcastTo', [product], { sizes: shape });
  }
  return undefined;
}

function simplifyTranspose(a: Node, { permutation }: Attributes, create: Create): Node | undefined {
  if (permutation!.every((axis, i) => axis === i)) return a;
  if (a.operation !== 'transpose') return undefined;
  const inner = a.attributes.permutation!;
  return create('transpose', [a.inputs[0]!], { permutation: permutation!.map((axis) => inner[axis]!) });
}

/** A slice of a slice, of a pad or of a concatenation, where it lies within one piece. */
function simplifySlice(
  a: Node,
  { start = 0, end = 0 }: Attributes,
  shape: Shape,
  create: Create,
  constant: Constant,
): Node | undefined {
  if (sameShape(a.shape, shape)) return a;
  if (a.operation === 'slice') {
    const offset = a.attributes.start!;
    return create('slice', [a.inputs[0]!], { start: start + offset, end: end + offset });
  }
  if (a.operation === 'broadcastTo' && sizeOf(a.inputs[0]!.shape) === 1) {
    const scalar = create('reshape', [a.inputs[0]!], { sizes: [] });
    return create('broadcastTo', [scalar], { sizes: shape });
  }
  if (a.operation === 'pad') {
    const offset = a.attributes.start!;
    const rows = a.inputs[0]!.shape[0]!;
    if (start >= offset && end <= offset + rows) {
      return create('slice', [a.inputs[0]!], { start: start - offset, end: end - offset });
    }
    if (end <= offset || start >= offset + rows) {
      return create('broadcastTo', [constant(Float64Array.of(0), [])], { sizes: shape });
    }
  }
  if (a.operation === 'concatenate') {
    let at = 0;
    for (const piece of a.inputs) {
      const rows = piece.shape[0]!;
      if (start >= at && end <= at + rows) return create('slice', [piece], { start: start - at, end: end - at });
      at += rows;
    }
  }
  return undefined;
}

/** A product with a transposed matrix reads the matrix as it lies. */
function simplifyMatmul(inputs: readonly Node[], attributes: Attributes, create: Create): Node | undefined {
  const turned = (node: Node) => node.operation === 'transpose' && node.shape.length === 2 && !isConstant(node);
  if (!inputs.some(turned)) return undefined;
  const [a, b] = inputs;
  const { transposeLeft = false, transposeRight = false } = attributes;
  return create('matmul', [turned(a!) ? a!.inputs[0]! : a!, turned(b!) ? b!.inputs[0]! : b!], {
    transposeLeft: turned(a!) ? !transposeLeft : transposeLeft,
    transposeRight: turned(b!) ? !transposeRight : transposeRight,
  });
}
