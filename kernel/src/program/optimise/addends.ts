/**
 * Long sums as sums of their addends: Σ (a + b − c) = Σ a + Σ b − Σ c, so that one of them may be added up in another
 * way.
 */
import { createNode } from '../build.ts';
import type { Node } from '../node.ts';
import { topologicalOrder } from '../node.ts';
import { sameShape, sizeOf } from '../shape.ts';

/** Shorter sums gain nothing. */
export const FEWEST = 32;
/** How deep a sum of terms is looked into. */
const DEPTH = 12;

/** Another way to a sum: a scalar equal to Σ addend, or undefined where there is none. */
export type Shortcut = (addend: Node) => Node | undefined;

/** The same values, up to rounding, their long sums into one number by a shortcut wherever it finds one. */
export function shortenSums(outputs: readonly Node[], shortcut: Shortcut): Node[] {
  const made = new Map<Node, Node>();
  for (const node of topologicalOrder(outputs)) {
    const inputs = node.inputs.map((input) => made.get(input)!);
    const changed = inputs.some((input, i) => input !== node.inputs[i]);
    const moved = changed ? { ...node, inputs } : node;
    made.set(node, shortened(moved, shortcut) ?? moved);
  }
  return outputs.map((output) => made.get(output)!);
}

/** Sums that were found, and what is left: either may be missing. */
interface Parted {
  readonly found: Node | undefined;
  readonly rest: Node | undefined;
}

function shortened(node: Node, shortcut: Shortcut): Node | undefined {
  const terms = node.inputs[0];
  if (node.operation !== 'sum' || sizeOf(node.shape) !== 1 || sizeOf(terms!.shape) < FEWEST) return undefined;
  const { found, rest } = part(terms!, 0, shortcut);
  if (found === undefined) return undefined;
  const simple = rest && createNode('reshape', [createNode('sum', [rest], node.attributes)], { sizes: [] });
  return createNode('reshape', [simple ? createNode('add', [found, simple]) : found], { sizes: node.shape });
}

/** The whole where it can be, else its addends one by one. */
function part(node: Node, depth: number, shortcut: Shortcut): Parted {
  const found = shortcut(node);
  if (found !== undefined) return { found, rest: undefined };
  const whole: Parted = { found: undefined, rest: node };
  if (depth > DEPTH) return whole;
  const [a, b] = node.inputs;
  if (node.operation === 'neg') {
    const x = part(a!, depth + 1, shortcut);
    return x.found === undefined ? whole : { found: negative(x.found), rest: negative(x.rest) };
  }
  if (node.operation !== 'add' && node.operation !== 'sub') return whole;
  // Each element is in the sum once: neither is repeated along the other.
  if (![a!, b!].every((x) => sameShape(x.shape, node.shape))) return whole;
  const [x, y] = [part(a!, depth + 1, shortcut), part(b!, depth + 1, shortcut)];
  if (x.found === undefined && y.found === undefined) return whole;
  const joined = (left: Node | undefined, right: Node | undefined) => {
    if (left === undefined) return node.operation === 'add' ? right : negative(right);
    return right === undefined ? left : createNode(node.operation, [left, right]);
  };
  return { found: joined(x.found, y.found), rest: joined(x.rest, y.rest) };
}

function negative(node: Node | undefined): Node | undefined {
  return node && createNode('neg', [node]);
}
