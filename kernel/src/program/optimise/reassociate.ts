/**
 * Rewrites used while a graph is made that keep a value up to rounding: scalar factors float out of products and
 * sums, so that a loop does only what differs from element to element, and divisions by a scalar become products.
 *
 * With these the density of a normal sample with one scale costs a subtraction, a product and a square an element.
 * Each keeps ∞ and NaN but for products that overflow only in the other order.
 */
import type { Attributes, Node } from '../node.ts';
import { isConstant } from '../node.ts';
import { sameShape, sizeOf } from '../shape.ts';
import type { Shape } from '../types.ts';

type Create = (name: string, inputs: readonly Node[], attributes?: Attributes) => Node;

function isSingle(node: Node): boolean {
  return sizeOf(node.shape) === 1;
}

/** A product of an array and one number. */
function scaled(node: Node): { readonly array: Node; readonly factor: Node } | undefined {
  if (node.operation !== 'mul' || isSingle(node)) return undefined;
  const [a, b] = node.inputs;
  if (isSingle(b!)) return { array: a!, factor: b! };
  return isSingle(a!) ? { array: b!, factor: a! } : undefined;
}

/** x · c with a constant c. */
function constantFactor(node: Node): { readonly rest: Node; readonly factor: Node } | undefined {
  if (node.operation !== 'mul') return undefined;
  const [a, b] = node.inputs;
  if (isConstant(b!) && isSingle(b!)) return { rest: a!, factor: b! };
  return isConstant(a!) && isSingle(a!) ? { rest: b!, factor: a! } : undefined;
}

/** A cheaper node equal to `name(inputs)` up to rounding, or undefined. */
export function reassociate(
  name: string,
  inputs: readonly Node[],
  attributes: Attributes,
  shape: Shape,
  create: Create,
): Node | undefined {
  const [a, b] = inputs;
  switch (name) {
    case 'mul':
      return reassociateProduct(a!, b!, create);
    case 'div':
      if (isSingle(b!) && sizeOf(shape) > 1 && sameShape(a!.shape, shape)) {
        return create('mul', [a!, create('reciprocal', [b!])]);
      }
      return undefined;
    case 'square': {
      return a!.operation === 'neg' || a!.operation === 'abs' ? create('square', [a!.inputs[0]!]) : undefined;
    }
    case 'logSumExp':
      return ofTwo(a!, attributes, shape, create);
    case 'sum':
      return attributes.axes!.length === a!.shape.length ? hoistFromSum(a!, attributes, create) : undefined;
    default:
      return undefined;
  }
}

function reassociateProduct(a: Node, b: Node, create: Create): Node | undefined {
  if (a.operation === 'neg' && b.operation === 'neg') return create('mul', [a.inputs[0]!, b.inputs[0]!]);
  for (const [x, y] of [
    [a, b],
    [b, a],
  ] as const) {
    if (x.operation === 'neg') {
      return isSingle(y) && !isSingle(x)
        ? create('mul', [x.inputs[0]!, create('neg', [y])])
        : create('neg', [create('mul', [x.inputs[0]!, y])]);
    }
    const constant = constantFactor(x);
    if (constant && isConstant(y) && isSingle(y)) {
      return create('mul', [constant.rest, create('mul', [constant.factor, y])]);
    }
    if (isSingle(x)) continue;
    const product = scaled(x);
    if (product === undefined) continue;
    // (v s) t = v (s t); (v s) w = (v w) s.
    if (isSingle(y)) return create('mul', [product.array, create('mul', [product.factor, y])]);
    return create('mul', [create('mul', [product.array, y]), product.factor]);
  }
  return undefined;
}

/** log Σ e^x of two rows: one exponential and one logarithm an element, where the general form takes three. */
function ofTwo(a: Node, { axes }: Attributes, shape: Shape, create: Create): Node | undefined {
  if (a.shape[0] !== 2 || axes!.length !== 1 || axes![0] !== 0) return undefined;
  const row = (start: number) => create('reshape', [create('slice', [a], { start, end: start + 1 })], { sizes: shape });
  return create('logAddExp', [row(0), row(1)]);
}

/** Σ (v s) = s Σ v and Σ (v + s) = Σ v + n s. */
function hoistFromSum(a: Node, attributes: Attributes, create: Create): Node | undefined {
  if (isSingle(a)) return undefined;
  const sum = (node: Node): Node => create('sum', [node], attributes);
  if (a.operation === 'neg') return create('neg', [sum(a.inputs[0]!)]);
  const product = scaled(a);
  if (product && sameShape(product.array.shape, a.shape)) {
    return create('mul', [sum(product.array), scalarOf(product.factor, create)]);
  }
  const { core, shift } = split(a, create);
  if (shift === undefined) return undefined;
  const count: Node = {
    operation: 'constant',
    inputs: [],
    attributes: { value: Float64Array.of(sizeOf(a.shape)) },
    shape: [],
  };
  const shifted = create('mul', [scalarOf(shift, create), count]);
  return core === undefined ? shifted : create('add', [sum(core), shifted]);
}

function scalarOf(node: Node, create: Create): Node {
  return create('reshape', [node], { sizes: [] });
}

/** A node as what differs from element to element plus one number, either of which may be missing. */
interface Split {
  readonly core: Node | undefined;
  readonly shift: Node | undefined;
}

/** How deep sums of terms are looked into: densities nest a handful of terms, and deeper chains would cost tracing. */
const DEPTH = 12;

function split(node: Node, create: Create, depth = 0): Split {
  if (isSingle(node)) return { core: undefined, shift: node };
  if ((node.operation !== 'add' && node.operation !== 'sub') || depth > DEPTH) return { core: node, shift: undefined };
  const [a, b] = node.inputs;
  // A core must keep the shape of the sum, or its elements would be counted another number of times.
  const fits = [a!, b!].every((x) => isSingle(x) || sameShape(x.shape, node.shape));
  if (!fits) return { core: node, shift: undefined };
  const left = split(a!, create, depth + 1);
  const right = split(b!, create, depth + 1);
  if (left.shift === undefined && right.shift === undefined) return { core: node, shift: undefined };
  return {
    core: combine(node.operation, left.core, right.core, create),
    shift: combine(node.operation, left.shift, right.shift, create),
  };
}

function combine(operation: string, a: Node | undefined, b: Node | undefined, create: Create): Node | undefined {
  if (a === undefined) return b === undefined || operation === 'add' ? b : create('neg', [b]);
  return b === undefined ? a : create(operation, [a, b]);
}
