/**
 * Data times what is linear in the parameters, as in every Poisson likelihood by its logarithm: Σ yᵢ (X β + o)ᵢ =
 * (Xᵀ y) · β + Σ yᵢ oᵢ, its sufficient statistics (Fisher 1922), added up once. What is left of the likelihood is fused
 * with the products by the design.
 */
import { constantNode, createNode } from '../build.ts';
import type { Node } from '../node.ts';
import { isConstant } from '../node.ts';
import { markObserved } from '../observed.ts';
import { sizeOf } from '../shape.ts';
import { FEWEST, shortenSums } from './addends.ts';
import { affineOf } from './affine.ts';

/** At most so many coefficients. */
const MOST_COLUMNS = 128;

/** The same values, equal up to rounding wherever the coefficients are finite. */
export function sumLinearTerms(outputs: readonly Node[]): Node[] {
  return shortenSums(outputs, summed);
}

function summed(node: Node): Node | undefined {
  if (node.operation !== 'mul') return undefined;
  const [a, b] = node.inputs;
  return ofDatum(a!, b!) ?? ofDatum(b!, a!) ?? scaled(a!, b!) ?? scaled(b!, a!);
}

/** Σ terms · one number */
function scaled(terms: Node, by: Node): Node | undefined {
  if (sizeOf(by.shape) !== 1 || sizeOf(terms.shape) === 1) return undefined;
  const total = summed(terms);
  return total && createNode('mul', [total, createNode('reshape', [by], { sizes: [] })]);
}

/** Σ data · linear */
function ofDatum(data: Node, linear: Node): Node | undefined {
  const rows = sizeOf(data.shape);
  if (!isConstant(data) || isConstant(linear) || rows < FEWEST || sizeOf(linear.shape) !== rows) return undefined;
  const affine = affineOf(linear);
  if (affine === undefined || affine.terms.length === 0) return undefined;
  if (affine.terms.reduce((total, { width }) => total + width, 0) > MOST_COLUMNS) return undefined;
  const weights = data.attributes.value!;
  const statistics = affine.terms.map(({ matrix, width }) => weighted(matrix, width, weights));
  const fixed = weighted(affine.fixed, 1, weights);
  if (![...statistics, fixed].every((sums) => sums.every(Number.isFinite))) return undefined;
  const total = affine.terms.reduce<Node>(
    (sum, { width, coefficients }, i) =>
      createNode('add', [sum, createNode('matmul', [constantNode(statistics[i]!, [width]), coefficients])]),
    constantNode(fixed, []),
  );
  return affine.factor === undefined ? total : createNode('mul', [total, affine.factor]);
}

/** Column by column Σ weight · element. // (rows, width), (rows,) → (width,) */
function weighted(matrix: Float64Array, width: number, weights: Float64Array): Float64Array {
  const sums = new Float64Array(width);
  weights.forEach((weight, i) => {
    for (let j = 0; j < width; j++) sums[j]! += weight * matrix[i * width + j]!;
  });
  return markObserved(sums);
}
