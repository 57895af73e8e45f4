/**
 * Sums of squares of what is linear in the parameters, as in every Gaussian likelihood with a fixed design: with the
 * thin QR factors of the design, ‖y − X β‖² = ‖Qᵀ y − R β‖² + ‖y − Q Qᵀ y‖² (Golub & Van Loan 2013, section 5.3), so
 * that a gradient costs the same whatever the number of rows. R of the design with y beside it holds all three.
 */
import { constantNode, createNode } from '../build.ts';
import type { Node } from '../node.ts';
import { topologicalOrder } from '../node.ts';
import { markObserved } from '../observed.ts';
import { sizeOf } from '../shape.ts';
import { type Affine, affineOf } from './affine.ts';
import { triangle } from './triangle.ts';

/** At least so many rows, and so many a column, or there is nothing to gain. */
const FEWEST_ROWS = 32;
const ROWS_A_COLUMN = 4;
/** At most so many columns: the factor takes rows × columns² operations, once. */
const MOST_COLUMNS = 128;

/**
 * The same values with every sum of squares over a fixed design reduced, up to rounding.
 *
 * @param guarded where a coefficient is infinite, the value the plain path has (∞, or NaN where a zero of the design or
 * a second infinity meets it); R, whose lower half is zeros, would give NaN. For values; gradients do without.
 */
export function reduceLeastSquares(outputs: readonly Node[], guarded = false): Node[] {
  const made = new Map<Node, Node>();
  for (const node of topologicalOrder(outputs)) {
    const inputs = node.inputs.map((input) => made.get(input)!);
    const changed = inputs.some((input, i) => input !== node.inputs[i]);
    made.set(node, reduced(node, guarded) ?? (changed ? { ...node, inputs } : node));
  }
  return outputs.map((output) => made.get(output)!);
}

/** What a sum of squares becomes. */
function reduced(node: Node, guarded: boolean): Node | undefined {
  if (node.operation !== 'sum' || sizeOf(node.shape) !== 1) return undefined;
  const square = node.inputs[0]!;
  if (square.operation !== 'square') return undefined;
  const rows = sizeOf(square.shape);
  if (rows < FEWEST_ROWS) return undefined;
  const affine = affineOf(square.inputs[0]!);
  if (affine === undefined || affine.terms.length === 0) return undefined;
  const columns = affine.terms.reduce((total, { width }) => total + width, 0);
  if (columns === 0 || columns > MOST_COLUMNS || rows < ROWS_A_COLUMN * (columns + 1)) return undefined;
  const design = besides(affine, rows, columns);
  if (!design.every(Number.isFinite)) return undefined; // the plain path says which datum it is
  const c = coefficientsOf(affine);
  const probe = guarded ? probeOf(design, rows, columns, c) : undefined; // before the design is overwritten
  const norm = squaredNorm(triangle(design, rows, columns + 1), columns, c);
  const total = probe ? guard(norm, probe) : norm;
  const { factor } = affine;
  const value = factor === undefined ? total : createNode('mul', [total, createNode('square', [factor])]);
  return createNode('reshape', [value], { sizes: node.shape });
}

/** The matrices side by side, and the fixed part as the last column. // (rows, columns + 1) */
function besides({ terms, fixed }: Affine, rows: number, columns: number): Float64Array {
  const width = columns + 1;
  const design = new Float64Array(rows * width);
  let start = 0;
  for (const term of terms) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < term.width; j++) design[i * width + start + j] = term.matrix[i * term.width + j]!;
    }
    start += term.width;
  }
  fixed.forEach((value, i) => {
    design[i * width + columns] = value;
  });
  return design;
}

/** ‖R c + z‖² + rest, R, z and the root of the rest being parts of one triangle. */
function squaredNorm(whole: Float64Array, columns: number, c: Node): Node {
  const width = columns + 1;
  const r = Float64Array.from({ length: columns * columns }, (_, at) => {
    return whole[Math.floor(at / columns) * width + (at % columns)]!;
  });
  const z = Float64Array.from({ length: columns }, (_, i) => whole[i * width + columns]!);
  const rest = whole[columns * width + columns]! ** 2;
  for (const value of [r, z]) markObserved(value);
  const fitted = createNode('matmul', [constantNode(r, [columns, columns]), c]);
  const squares = createNode('square', [createNode('add', [fitted, constantNode(z, [columns])])]);
  return createNode('add', [
    createNode('sum', [squares], { axes: [0] }),
    constantNode(markObserved(Float64Array.of(rest)), []),
  ]);
}

function coefficientsOf({ terms }: Affine): Node {
  const vectors = terms.map(({ coefficients }) => coefficients);
  return vectors.length === 1 ? vectors[0]! : createNode('concatenate', vectors); // (columns,)
}

/** Infinite where a row would be, NaN where it would be; else a finite number of no meaning. */
function probeOf(design: Float64Array, rows: number, columns: number, c: Node): Node {
  const weights = new Float64Array(columns).fill(1e-3); // a sum of large coefficients does not overflow
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) if (design[i * (columns + 1) + j] === 0) weights[j] = 0; // 0 · ∞ is NaN
  }
  return createNode('matmul', [constantNode(markObserved(weights), [columns]), c]);
}

/** The norm for a finite probe, ∞ or NaN for one that is not. */
function guard(norm: Node, probe: Node): Node {
  const size = createNode('abs', [probe]);
  const infinity = constantNode(Float64Array.of(Infinity), []);
  return createNode('where', [createNode('lt', [size, infinity]), norm, size]);
}
