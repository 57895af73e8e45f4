/**
 * Sums of log(1 + e^−|x|), which every Bernoulli likelihood by its logit and every mixture of two is made of:
 * softplus(x) = max(x, 0) + log(1 + e^−|x|) and log(e^a + e^b) = max(a, b) + log(1 + e^−|a − b|). What is simple stays
 * in the sum; the logarithms become one a run of elements (`operations/log-product.ts`).
 */
import { constantNode, createNode } from '../build.ts';
import type { Node } from '../node.ts';
import { topologicalOrder } from '../node.ts';
import { sameShape, sizeOf } from '../shape.ts';

/** Shorter sums gain nothing. */
const FEWEST = 32;
/** How deep a sum of terms is looked into. */
const DEPTH = 12;

/** A sum of terms without its logarithms, and what stands inside them: Σ rest + Σ ± log(1 + e). */
interface Parted {
  readonly rest: Node | undefined;
  readonly plus: readonly Node[];
  readonly minus: readonly Node[];
}

/** The same values, their long sums of such logarithms as logarithms of products: equal up to rounding. */
export function multiplyLogarithms(outputs: readonly Node[]): Node[] {
  const made = new Map<Node, Node>();
  for (const node of topologicalOrder(outputs)) {
    const inputs = node.inputs.map((input) => made.get(input)!);
    const changed = inputs.some((input, i) => input !== node.inputs[i]);
    const moved = changed ? { ...node, inputs } : node;
    made.set(node, parted(moved) ?? moved);
  }
  return outputs.map((output) => made.get(output)!);
}

function parted(node: Node): Node | undefined {
  const terms = node.inputs[0];
  if (node.operation !== 'sum' || sizeOf(node.shape) !== 1 || sizeOf(terms!.shape) < FEWEST) return undefined;
  const { rest, plus, minus } = part(terms!, 0);
  if (plus.length + minus.length === 0) return undefined;
  const total = (list: readonly Node[], operation: string, start: Node | undefined) =>
    list.reduce<Node | undefined>((sum, inner) => {
      const logarithms = createNode('sumLog1p', [inner]);
      if (sum !== undefined) return createNode(operation, [sum, logarithms]);
      return operation === 'add' ? logarithms : createNode('neg', [logarithms]);
    }, start);
  const simple = rest && createNode('reshape', [createNode('sum', [rest], node.attributes)], { sizes: [] });
  return createNode('reshape', [total(minus, 'sub', total(plus, 'add', simple))!], { sizes: node.shape });
}

function part(node: Node, depth: number): Parted {
  const whole: Parted = { rest: node, plus: [], minus: [] };
  if (depth > DEPTH) return whole;
  const [a, b] = node.inputs;
  switch (node.operation) {
    case 'softplus':
      return { rest: createNode('maximum', [a!, zero()]), plus: [exponential(a!)], minus: [] };
    case 'logAddExp':
      return fits(node) ? ofTwo(a!, b!) : whole;
    case 'neg': {
      const x = part(a!, depth + 1);
      return { rest: x.rest && createNode('neg', [x.rest]), plus: x.minus, minus: x.plus };
    }
    case 'add':
    case 'sub': {
      if (!fits(node)) return whole;
      const [x, y] = [part(a!, depth + 1), part(b!, depth + 1)];
      if (x.plus.length + x.minus.length + y.plus.length + y.minus.length === 0) return whole;
      const added = node.operation === 'add';
      return {
        rest: createNode(node.operation, [x.rest!, y.rest!]),
        plus: [...x.plus, ...(added ? y.plus : y.minus)],
        minus: [...x.minus, ...(added ? y.minus : y.plus)],
      };
    }
    default:
      return whole;
  }
}

/** Neither operand is repeated along the other: each element is in the sum once. */
function fits({ inputs, shape }: Node): boolean {
  return inputs.every((input) => sameShape(input.shape, shape));
}

function ofTwo(a: Node, b: Node): Parted {
  // Equal infinities would give ∞ − ∞.
  const one = constantNode(Float64Array.of(1), []);
  const inner = createNode('where', [createNode('eq', [a, b]), one, exponential(createNode('sub', [a, b]))]);
  return { rest: createNode('maximum', [a, b]), plus: [inner], minus: [] };
}

/** e^−|x| */
function exponential(x: Node): Node {
  return createNode('exp', [createNode('neg', [createNode('abs', [x])])]);
}

function zero(): Node {
  return constantNode(Float64Array.of(0), []);
}
