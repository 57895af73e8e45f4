/**
 * Arrays that are linear in what is not constant: a fixed matrix times a few numbers, plus a fixed array.
 */
import { createNode } from '../build.ts';
import type { Node } from '../node.ts';
import { isConstant, uniformValue } from '../node.ts';
import { sameShape, sizeOf } from '../shape.ts';

/** A fixed matrix times a vector of expressions. */
interface Term {
  /** (rows, width), row-major. */
  readonly matrix: Float64Array;
  readonly width: number;
  /** (width,) */
  readonly coefficients: Node;
}

/** factor · (fixed + Σ matrix · coefficients) */
export interface Affine {
  readonly terms: readonly Term[];
  readonly fixed: Float64Array;
  readonly factor: Node | undefined;
}

/** How deep a sum of terms is looked into. */
const DEPTH = 40;

/** An array as an affine form; undefined where it is not one. */
export function affineOf(node: Node): Affine | undefined {
  return find(node, 0, new Map());
}

/** Each node is looked at once: an expression may use itself many times over. */
function find(node: Node, depth: number, known: Map<Node, Affine | undefined>): Affine | undefined {
  if (!known.has(node)) known.set(node, depth > DEPTH ? undefined : formOf(node, depth, known));
  return known.get(node);
}

function formOf(node: Node, depth: number, known: Map<Node, Affine | undefined>): Affine | undefined {
  const rows = sizeOf(node.shape);
  if (rows === 1) return undefined;
  const [a, b] = node.inputs;
  const inner = (x: Node) => (sizeOf(x.shape) === rows ? find(x, depth + 1, known) : single(x, rows));
  switch (node.operation) {
    case 'constant':
      return { terms: [], fixed: node.attributes.value!, factor: undefined };
    case 'matmul':
      return product(node, rows);
    case 'reshape':
      return inner(a!);
    case 'broadcastTo':
      return single(a!, rows);
    case 'neg': {
      const x = inner(a!);
      return x && scaled(x, -1);
    }
    case 'mul':
      return times(a!, b!, inner) ?? times(b!, a!, inner);
    case 'add':
    case 'sub': {
      // Sizes agree, and so do positions, unless one is repeated along the other.
      if (![a!, b!].every((x) => sizeOf(x.shape) === 1 || sameShape(x.shape, node.shape))) return undefined;
      const [left, right] = [inner(a!), inner(b!)];
      return left && right && sum(left, node.operation === 'add' ? right : scaled(right, -1));
    }
    default:
      return undefined;
  }
}

/** One number, the same in every row. */
function single(x: Node, rows: number): Affine | undefined {
  if (sizeOf(x.shape) !== 1) return undefined;
  const value = isConstant(x) ? uniformValue(x) : undefined;
  if (value !== undefined) return { terms: [], fixed: new Float64Array(rows).fill(value), factor: undefined };
  return {
    terms: [{ matrix: new Float64Array(rows).fill(1), width: 1, coefficients: vectorOf(x) }],
    fixed: new Float64Array(rows),
    factor: undefined,
  };
}

/** X b with a constant X. // (rows, width) (width,) */
function product(node: Node, rows: number): Affine | undefined {
  const [x, b] = node.inputs;
  const { transposeLeft = false, transposeRight = false } = node.attributes;
  if (transposeLeft || transposeRight || b!.shape.length !== 1 || x!.shape.length !== 2 || !isConstant(x!)) {
    return undefined;
  }
  const term = { matrix: x!.attributes.value!, width: b!.shape[0]!, coefficients: b! };
  return { terms: [term], fixed: new Float64Array(rows), factor: undefined };
}

function times(a: Node, b: Node, inner: (x: Node) => Affine | undefined): Affine | undefined {
  if (sizeOf(b.shape) !== 1 || sizeOf(a.shape) === 1) return undefined;
  const x = inner(a);
  if (x === undefined) return undefined;
  const value = uniformValue(b);
  if (value !== undefined) return scaled(x, value);
  const scalar = createNode('reshape', [b], { sizes: [] });
  return { ...x, factor: x.factor ? createNode('mul', [x.factor, scalar]) : scalar };
}

function scaled({ terms, fixed, factor }: Affine, by: number): Affine {
  return {
    terms: terms.map((term) => ({ ...term, matrix: term.matrix.map((x) => by * x) })),
    fixed: fixed.map((x) => by * x),
    factor,
  };
}

/** A factor moves into the coefficients, so that two forms have none. */
function plain(x: Affine): Affine {
  const { factor } = x;
  if (factor === undefined) return x;
  const terms = x.terms.map((term) => ({ ...term, coefficients: createNode('mul', [term.coefficients, factor]) }));
  const constant = { matrix: x.fixed, width: 1, coefficients: vectorOf(factor) };
  return {
    terms: x.fixed.some((value) => value !== 0) ? [...terms, constant] : terms,
    fixed: new Float64Array(x.fixed.length),
    factor: undefined,
  };
}

function sum(x: Affine, y: Affine): Affine {
  const [a, b] = x.factor !== undefined && x.factor === y.factor ? [x, y] : [plain(x), plain(y)];
  return { terms: [...a.terms, ...b.terms], fixed: a.fixed.map((value, i) => value + b.fixed[i]!), factor: a.factor };
}

function vectorOf(x: Node): Node {
  return createNode('reshape', [x], { sizes: [1] });
}
