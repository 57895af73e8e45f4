/**
 * Whether an expression is concave, found out from how it is built: sums, positive multiples and compositions with what
 * bends one way (disciplined convex programming; Grant, Boyd & Ye 2006, in Global Optimization, 155–210). A log density
 * that is known to be concave has one maximum, or a flat set of them, wherever a climb begins.
 */
import type { Node } from './node.ts';
import { isConstant, topologicalOrder } from './node.ts';

/** How elements of an array bend in the variables. */
export type Bend = 'constant' | 'affine' | 'convex' | 'concave' | 'unknown';

/** Increasing functions that bend upwards, or downwards, everywhere. */
const upwards: ReadonlySet<string> = new Set(['exp', 'expm1', 'softplus', 'relu', 'logSumExp', 'logAddExp']);
const downwards: ReadonlySet<string> = new Set(['log', 'log1p', 'log2', 'log10', 'sqrt', 'normalLogCdf']);
/** Functions that bend upwards, of what is affine. */
const bowls: ReadonlySet<string> = new Set(['abs', 'square', 'cosh']);
/** The largest, or smallest, of several. */
const largest: ReadonlySet<string> = new Set(['maximum', 'max']);
const smallest: ReadonlySet<string> = new Set(['minimum', 'min']);
/** Elements put elsewhere, or added up. */
const linear: ReadonlySet<string> = new Set(
  ['add', 'reshape', 'broadcastTo', 'transpose', 'slice', 'sliceAxis', 'pad', 'padAxis'].concat([
    'concatenate',
    'concatenateAxis',
    'sum',
    'cumsum',
  ]),
);

/** How each node up to the outputs bends in the inputs of the program. */
export function bendsOf(outputs: readonly Node[]): ReadonlyMap<Node, Bend> {
  const known = new Map<Node, Bend>();
  for (const node of topologicalOrder(outputs)) known.set(node, bendOf(node, known));
  return known;
}

/** True where a scalar is concave in the inputs, by the rules; false says nothing. */
export function isConcave(node: Node): boolean {
  return atMost(bendsOf([node]).get(node)!, 'concave');
}

function bendOf(node: Node, known: ReadonlyMap<Node, Bend>): Bend {
  const { operation } = node;
  if (isConstant(node)) return 'constant';
  if (operation === 'input') return 'affine';
  const bends = node.inputs.map((input) => known.get(input)!);
  if (bends.every((bend) => bend === 'constant')) return 'constant';
  const [a, b] = bends as [Bend, Bend];
  const joined = bends.reduce(join);
  if (linear.has(operation)) return joined;
  if (upwards.has(operation) || largest.has(operation)) return atMost(joined, 'convex') ? 'convex' : 'unknown';
  if (downwards.has(operation) || smallest.has(operation)) return atMost(joined, 'concave') ? 'concave' : 'unknown';
  if (bowls.has(operation)) return a === 'affine' ? 'convex' : 'unknown';
  switch (operation) {
    case 'neg':
      return flipped(a);
    case 'sub':
      return join(a, flipped(b));
    case 'gather': // rows by fixed numbers
      return b === 'constant' ? a : 'unknown';
    case 'where': // by what is known beforehand
      return a === 'constant' ? join(b, bends[2]!) : 'unknown';
    case 'mul':
    case 'matmul':
      if (a === 'constant') return scaled(b, node.inputs[0]!);
      return b === 'constant' ? scaled(a, node.inputs[1]!) : 'unknown';
    case 'div':
      return b === 'constant' ? scaled(a, node.inputs[1]!) : 'unknown';
    default:
      return 'unknown';
  }
}

/** True for what bends at most so. */
function atMost(bend: Bend, most: 'convex' | 'concave'): boolean {
  return bend === 'constant' || bend === 'affine' || bend === most;
}

function flipped(bend: Bend): Bend {
  if (bend === 'convex') return 'concave';
  return bend === 'concave' ? 'convex' : bend;
}

/** How a sum bends. */
function join(a: Bend, b: Bend): Bend {
  if (a === b || b === 'constant') return a;
  if (a === 'constant') return b;
  if (a === 'affine' || b === 'affine') return a === 'affine' ? b : a;
  return 'unknown';
}

/** How a multiple bends: by numbers of one sign, unless it is affine. */
function scaled(bend: Bend, by: Node): Bend {
  if (bend === 'constant' || bend === 'affine' || bend === 'unknown') return bend;
  const factors = valuesOf(by);
  if (factors?.every((x) => x >= 0)) return bend;
  return factors?.every((x) => x <= 0) ? flipped(bend) : 'unknown';
}

/** The numbers of a constant, however it was put into shape. */
function valuesOf(node: Node): Float64Array | undefined {
  const moved = node.operation === 'reshape' || node.operation === 'broadcastTo';
  return moved ? valuesOf(node.inputs[0]!) : node.attributes.value;
}
