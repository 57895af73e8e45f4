/**
 * Second derivatives of likelihoods over many rows whose means are linear in the parameters: with z = X c, and all that
 * follows element by element, Σᵢ f(zᵢ, s) has the Hessian Xᵀ W X in c, W diagonal, as every generalised linear model
 * (Nelder & Wedderburn 1972, eq. 5). W is one derivative of the gradient along a vector of ones, for its rows do not mix;
 * what else is in f (scales, degrees of freedom) enters by a derivative of the gradient for each.
 *
 * So a Hessian costs the product Xᵀ W X and a few gradients, where products with d unit vectors cost d of them.
 */
import { nodeOf } from './arguments.ts';
import { constantNode, createNode, inputNode } from './build.ts';
import { bendsOf } from './concavity.ts';
import { expressionOf } from './expression.ts';
import { grad } from './gradient.ts';
import type { Node } from './node.ts';
import { isConstant, topologicalOrder, uniformValue } from './node.ts';
import { operationOf } from './operations/registry.ts';
import { sameShape, sizeOf } from './shape.ts';
import type { Expr } from './types.ts';

/** Fewer rows gain nothing. */
const FEWEST_ROWS = 64;
/** More coordinates beside the linear ones than this, and products with unit vectors are as quick. */
const MOST_OTHERS = 8;
/** More products with designs would need a square of blocks. */
const MOST_PRODUCTS = 4;

/** A product of a fixed matrix with a few numbers that are affine in the position. */
interface Product {
  readonly node: Node; // (rows,)
  readonly matrix: Node; // (rows, width)
  readonly coefficients: Node; // (width,)
}

/** A block of the square of designs. */
interface Block {
  readonly k: number;
  readonly l: number;
  readonly product: Expr; // (widthₖ, widthₗ)
  readonly weights: Expr; // (rows,)
}

/** The expressions from which a Hessian is put together. All take the position; some a `direction` as well. */
export interface Separable {
  /** Widths of the coefficients of each product. */
  readonly widths: readonly number[];
  /** The coefficients, of the products in turn: affine in the position. // (Σ widths,) */
  readonly coefficients: Expr;
  /** The designs (rows, widthₖ), constants. */
  readonly designs: readonly Node[];
  /** Xₖᵀ Wₖₗ Xₗ for pairs k ≤ l that occur together, and the diagonal of W. */
  readonly blocks: readonly Block[];
  /** Coordinates that enter the rows by themselves. */
  readonly others: readonly number[];
  /** The product of the Hessian with `direction`, the products held fixed. // (d,) */
  readonly direct: Expr;
  /** Xₖᵀ ∂²f/∂zₖ∂u · direction, of the products in turn. // (Σ widths,) */
  readonly across: Expr;
  /** The product with `direction` of what is outside of the sums over rows. // (d,) */
  readonly outside: Expr;
}

/** What a node is: of the position alone, element by element of rows, or a number made of sums over rows. */
type Kind = 'small' | 'row' | 'total';

/**
 * Take a log density apart; undefined where it is not of this form.
 *
 * @param direction an input of the position's shape
 */
export function separate(root: Node, position: Node, direction: Node): Separable | undefined {
  const order = topologicalOrder([root]);
  const products = productsOf(order);
  if (products.length === 0 || products.length > MOST_PRODUCTS) return undefined;
  const found = classify(order, products, position);
  if (found?.kinds.get(root) !== 'total' || found.others.size > MOST_OTHERS) return undefined;
  const { kinds, others } = found;

  const held = products.map(({ node }, k) => inputNode(`product ${k}`, node.shape));
  const back = new Map(held.map((node, k) => [node, products[k]!.node] as const));
  const [fixed] = rebuilt([root], new Map(products.map(({ node }, k) => [node, held[k]!] as const)));
  const zs = held.map(expressionOf);
  const [u, v] = [expressionOf(position), expressionOf(direction)];
  const [slope, ...slopes] = grad(expressionOf(fixed!), [u, ...zs]) as [Expr, ...Expr[]];
  const along = (g: Expr, by: Expr) => grad(g.mul(by).sum(), [u, ...zs]) as [Expr, ...Expr[]];
  const [direct, ...crossing] = along(slope, v);
  const blocks = zs.flatMap((z, l) => {
    const [, ...weights] = grad(slopes[l]!.sum(), [u, ...zs]) as [Expr, ...Expr[]];
    return weights.slice(0, l + 1).flatMap((weight, k) => {
      if (products[k]!.node.shape[0] !== z.shape[0] || uniformValue(nodeOf(weight)) === 0) return [];
      const column = createNode('reshape', [nodeOf(weight)], { sizes: [z.shape[0]!, 1] });
      const weighted = createNode('mul', [products[l]!.matrix, column]);
      const node = createNode('matmul', [products[k]!.matrix, weighted], { transposeLeft: true });
      return [{ k, l, node, weights: nodeOf(weight) }];
    });
  });
  const across = crossing.map((each, k) =>
    createNode('matmul', [products[k]!.matrix, nodeOf(each)], { transposeLeft: true }),
  );
  const together = (nodes: readonly Node[]) => (nodes.length === 1 ? nodes[0]! : createNode('concatenate', nodes));
  const sums = order.filter((node) => kinds.get(node) === 'total' && node.inputs.some((x) => kinds.get(x) === 'row'));
  const zero = new Map(sums.map((node) => [node, constantNode(new Float64Array(1), node.shape)] as const));
  const [rest] = rebuilt([root], zero);
  const [plain] = grad(expressionOf(rest!), [u]) as [Expr];
  const outside = grad(plain.mul(v).sum(), [u])[0]!;

  const wanted = [nodeOf(direct), together(across), ...blocks.flatMap(({ node, weights }) => [node, weights])];
  const [directly, crosswise, ...gram] = rebuilt(wanted, back).map(expressionOf);
  return {
    widths: products.map(({ coefficients }) => coefficients.shape[0]!),
    coefficients: expressionOf(together(products.map(({ coefficients }) => coefficients))),
    designs: products.map(({ matrix }) => matrix),
    blocks: blocks.map(({ k, l }, i) => ({ k, l, product: gram[2 * i]!, weights: gram[2 * i + 1]! })),
    others: [...others].sort((a, b) => a - b),
    direct: directly!,
    across: crosswise!,
    outside,
  };
}

/** Products with designs that have many rows. */
function productsOf(order: readonly Node[]): Product[] {
  const bends = bendsOf(order.slice(-1));
  return order.flatMap((node) => {
    const [matrix, coefficients] = node.inputs;
    const { transposeLeft = false, transposeRight = false } = node.attributes;
    if (node.operation !== 'matmul' || transposeLeft || transposeRight || node.shape.length !== 1) return [];
    if (!isConstant(matrix!) || matrix!.shape.length !== 2 || bends.get(coefficients!) !== 'affine') return [];
    return node.shape[0]! >= FEWEST_ROWS ? [{ node, matrix: matrix!, coefficients: coefficients! }] : [];
  });
}

/** What each node is, and the coordinates that meet rows by themselves; undefined where rows mix. */
function classify(order: readonly Node[], products: readonly Product[], position: Node) {
  const kinds = new Map<Node, Kind>(products.map(({ node }) => [node, 'row']));
  const reached = coordinatesOf(order, position);
  const others = new Set<number>();
  for (const node of order) {
    if (kinds.has(node) || node === position || !node.inputs.some((input) => reached.has(input))) continue;
    const of = node.inputs.map((input) => kinds.get(input) ?? 'small');
    if (!of.includes('row') && !of.includes('total')) continue;
    const kind = kindOf(node, of, reached);
    if (kind === undefined) return undefined;
    kinds.set(node, kind);
    const added = kind === 'total' && (node.operation === 'add' || node.operation === 'sub');
    if (!added) {
      node.inputs.forEach((input, i) => {
        if (of[i] === 'small') for (const j of reached.get(input) ?? []) others.add(j);
      });
    }
  }
  return { kinds, others };
}

/** What a node is that rows or sums of them enter. */
function kindOf(node: Node, of: readonly Kind[], reached: ReadonlyMap<Node, unknown>): Kind | undefined {
  const [a, b] = node.inputs;
  const rows = node.inputs.filter((_, i) => of[i] === 'row');
  const fixed = (input: Node | undefined) => input !== undefined && !reached.has(input);
  switch (node.operation) {
    case 'reshape':
      return of[0];
    case 'broadcastTo':
      return sizeOf(node.shape) === sizeOf(a!.shape) ? of[0] : undefined;
    case 'sum':
      return sizeOf(node.shape) === 1 || of[0] === 'total' ? 'total' : undefined;
    case 'matmul':
      // a fixed vector's product with rows
      if (sizeOf(node.shape) !== 1 || of.includes('total')) return undefined;
      return fixed(a) || fixed(b) ? 'total' : undefined;
    default:
  }
  if (!operationOf(node.operation).elementwise) return undefined;
  if (rows.length > 0) {
    if (of.includes('total')) return undefined;
    return rows.every((row) => sameShape(row.shape, node.shape)) ? 'row' : undefined;
  }
  // Sums over rows stay linear: only then is what they are made of the diagonal.
  if (sizeOf(node.shape) !== 1) return undefined;
  const first = of[0] === 'total';
  if (node.operation === 'add' || node.operation === 'sub' || node.operation === 'neg') return 'total';
  if (node.operation === 'mul') return of[0] === of[1] ? undefined : 'total';
  return node.operation === 'div' && first && of[1] === 'small' ? 'total' : undefined;
}

/** The coordinates that each node depends on. */
function coordinatesOf(order: readonly Node[], position: Node): ReadonlyMap<Node, readonly number[]> {
  const known = new Map<Node, readonly number[]>([[position, Array.from({ length: position.shape[0]! }, (_, j) => j)]]);
  const aligned = new Set<Node>([position]); // one coordinate an element
  for (const node of order) {
    if (known.has(node)) continue;
    const [from] = node.inputs;
    const { start, end } = node.attributes;
    if (node.operation === 'slice' && aligned.has(from!)) {
      known.set(node, known.get(from!)!.slice(start, end));
      aligned.add(node);
      continue;
    }
    const reached = new Set(node.inputs.flatMap((input) => known.get(input) ?? []));
    if (reached.size > 0) known.set(node, [...reached]);
  }
  return known;
}

/** The same expressions with some nodes in the place of others. */
function rebuilt(outputs: readonly Node[], instead: ReadonlyMap<Node, Node>): Node[] {
  const made = new Map<Node, Node>(instead);
  for (const node of topologicalOrder(outputs, new Set(instead.keys()))) {
    if (made.has(node)) continue;
    const inputs = node.inputs.map((input) => made.get(input)!);
    made.set(node, inputs.some((input, i) => input !== node.inputs[i]) ? { ...node, inputs } : node);
  }
  return outputs.map((output) => made.get(output)!);
}
