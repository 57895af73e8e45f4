/**
 * Adaptive Gauss–Hermite quadrature of a density around its mode (Liu & Pierce 1994), in one or a few dimensions: the
 * nodes of a product rule, moved to the mode and stretched by the inverse of its curvature.
 */
import { exp, log } from '../numeric/elementary.ts';
import { symmetricEigen } from '../numeric/linalg/eigen.ts';
import { solveTriangular } from '../numeric/linalg/triangular.ts';

/** Nodes of a product rule over so many dimensions; of one point, the mode. */
export interface Rule {
  readonly dimensions: number; // w
  readonly nodes: readonly Float64Array[]; // each (w,)
  /** Of each node the log weight plus |z|². */
  readonly logWeights: Float64Array; // (nodes,)
}

/** The product rule of `points` a dimension. */
export function productRule(points: number, dimensions: number): Rule {
  const one = gaussHermite(points);
  const count = points ** dimensions;
  const logWeights = new Float64Array(count);
  const nodes = Array.from({ length: count }, (_, j) => {
    let rest = j;
    return Float64Array.from({ length: dimensions }, () => {
      const at = rest % points;
      rest = Math.floor(rest / points);
      logWeights[j]! += one.logWeights[at]! + one.nodes[at]! ** 2;
      return one.nodes[at]!;
    });
  });
  return { dimensions, nodes, logWeights };
}

/** What the integral over one set of coordinates adds, and how it moves with the curvature. */
export interface Integrated {
  /** log of the integral over the height at the mode. */
  readonly value: number;
  /** Shares of the nodes in the integral; they add up to 1. */
  readonly shares: Float64Array; // (nodes,)
  /**
   * Directions along which the curvature H counts, each times the root of |λ|, with the sign of λ: the derivative of
   * `value` in H is −½ Σ ±vᵀ dH v.
   */
  readonly directions: readonly { readonly sign: 1 | -1; readonly direction: Float64Array }[]; // each (w,)
}

/**
 * The integral over w coordinates that no others depend on.
 *
 * @param lower the Cholesky factor of H, minus the second derivatives at the mode // (w, w)
 * @param height of the log density at a shift from the mode, less that at the mode; writes its gradient // (w,) → (w,)
 */
export function integrateAround(
  rule: Rule,
  lower: Float64Array,
  height: (shift: Float64Array, gradient: Float64Array, node: number) => number,
): Integrated {
  const w = rule.dimensions;
  const identity = Float64Array.from({ length: w * w }, (_, at) => Number(at % (w + 1) === 0));
  const stretch = solveTriangular(lower, w, identity, { columns: w, transpose: true }); // L⁻ᵀ, (w, w)
  const heights = new Float64Array(rule.nodes.length);
  const gradients: Float64Array[] = [];
  rule.nodes.forEach((z, j) => {
    const shift = new Float64Array(w); // √2 L⁻ᵀ z
    for (let a = 0; a < w; a++) for (let b = a; b < w; b++) shift[a]! += Math.SQRT2 * stretch[a * w + b]! * z[b]!;
    const gradient = new Float64Array(w);
    heights[j] = rule.logWeights[j]! + height(shift, gradient, j);
    gradients.push(gradient);
  });
  const most = heights.reduce((x, y) => Math.max(x, y));
  const scaled = heights.map((v) => exp(v - most));
  const mass = scaled.reduce((x, y) => x + y);
  const shares = scaled.map((v) => v / mass);
  let logStretch = 0;
  for (let a = 0; a < w; a++) logStretch += log(Math.SQRT2 / lower[a * w + a]!);

  // The nodes move with L⁻ᵀ, whose derivative is −L⁻ᵀ Φ(L⁻¹ dH L⁻ᵀ)ᵀ, Φ the lower triangle with half the diagonal: so H
  // counts by I + W, W of the lower triangle of Σ share √2 z (L⁻ᵀᵀ g)ᵀ made symmetric.
  const counts = identity.slice(); // I + W, (w, w)
  shares.forEach((share, j) => {
    const z = rule.nodes[j]!;
    for (let b = 0; b < w; b++) {
      let along = 0; // (L⁻¹ g)_b
      for (let i = 0; i <= b; i++) along += stretch[i * w + b]! * gradients[j]![i]!;
      for (let a = b; a < w; a++) {
        const part = share * Math.SQRT2 * z[a]! * along;
        counts[a * w + b]! += part;
        if (a !== b) counts[b * w + a]! += part;
      }
    }
  });
  const { values, vectors } = symmetricEigen(counts, w);
  const directions = Array.from(values, (value, e) => {
    const root = Math.sqrt(Math.abs(value));
    const direction = Float64Array.from({ length: w }, (_, a) => {
      let sum = 0;
      for (let b = a; b < w; b++) sum += stretch[a * w + b]! * vectors[b * w + e]!;
      return root * sum;
    });
    return { sign: value < 0 ? (-1 as const) : (1 as const), direction };
  });
  return { value: logStretch + most + log(mass), shares, directions };
}

/** Nodes and log weights for ∫ e^(−x²) f(x) dx, from the eigenvectors of the Jacobi matrix (Golub & Welsch 1969). */
function gaussHermite(points: number): { nodes: Float64Array; logWeights: Float64Array } {
  const jacobi = new Float64Array(points * points); // (points, points)
  for (let i = 1; i < points; i++) {
    jacobi[i * points + i - 1] = jacobi[(i - 1) * points + i] = Math.sqrt(i / 2);
  }
  const { values, vectors } = symmetricEigen(jacobi, points);
  return { nodes: values, logWeights: values.map((_, j) => log(Math.PI) / 2 + 2 * log(Math.abs(vectors[j]!))) };
}
