/**
 * Latent parameters integrated out of a likelihood: log ∫ p(y, u | θ) du as a function of θ.
 *
 * Laplace's approximation at the mode û(θ): g(θ, û) + (m/2) log 2π − ½ log|H|, with g the joint log density and H
 * minus its second derivatives in u (Tierney & Kadane 1986). Where g is quadratic in u, as when all is Gaussian,
 * nothing is approximated. Where the latent coordinates do not depend on each other given θ, adaptive Gauss–Hermite
 * quadrature (Liu & Pierce 1994) makes it as exact as asked.
 *
 * The gradient is exact: û moves by −g_uu⁻¹ g_uθ (implicit differentiation), and log|H| by tr(H⁻¹ dH), from third
 * derivatives along vectors, as in TMB (Kristensen et al. 2016); by differences of second ones where an operation has
 * no third.
 */

import { exp, log } from '../numeric/elementary.ts';
import { cholesky, choleskyLogDeterminant, choleskySolve } from '../numeric/linalg/cholesky.ts';
import { symmetricEigen } from '../numeric/linalg/eigen.ts';
import { solveTriangular } from '../numeric/linalg/triangular.ts';
import { compile, compileLogDensity, dot, type Expr, grad, type Program, variable } from '../program/index.ts';
import type { LogDensity } from '../program/types.ts';

/** The joint log density, and which coordinates of its position are integrated out. */
export interface Joint {
  readonly position: Expr;
  readonly value: Expr;
  /** The m coordinates integrated out, rising. */
  readonly latent: readonly number[];
  /** Quadrature points for each latent coordinate; 1 is Laplace. */
  readonly points: number;
}

/** The log likelihood with the latent coordinates integrated out, over the k others. */
export interface Marginal extends LogDensity {
  /** The whole position (d,): the others, and the mode of the latent ones. */
  complete(position: Float64Array): Float64Array;
  /** Minus the second derivatives of g, and how the mode moves with the others, at a whole position. */
  curvature(whole: Float64Array): { readonly inner: Float64Array; readonly sensitivity: Float64Array }; // (m, m), (m, k)
  /** True where g was found quadratic in the latent coordinates, so that the integral is exact. */
  readonly exact: boolean;
}

const innerIterations = 200;
/** The mode is found when the Newton decrement is below this: the value then errs by as much, the gradient by its root. */
const innerTolerance = 1e-22;

/** @throws Error when the quadrature is asked for and latent coordinates depend on each other */
export function marginalise({ position, value, latent, points }: Joint): Marginal {
  const d = position.size;
  const m = latent.length;
  const others = Array.from({ length: d }, (_, i) => i).filter((i) => !latent.includes(i));
  const k = others.length;
  // As the second and third derivatives below see it, to the last bits: an edge is searched at their level.
  const rewrites = { constantTerms: false, linearTerms: false, repeatedRows: false };
  const density = compileLogDensity({ position, value, rewrites });
  const derivatives = secondAndThird(position, value);
  const components = connected(derivatives, density, latent);
  const width = Math.max(0, ...components.map((each) => each.length));
  if (points > 1 && width > 1) {
    throw new Error(
      `mle: quadrature is for latent values that are independent of each other given the parameters; here ${width} of ` +
        'them depend on each other. Leave quadrature out: Laplace takes any number',
    );
  }
  const rule = gaussHermite(points);
  let last: Float64Array | undefined; // the last mode found: where the next search begins
  const slope = new Float64Array(d); // (d,)

  /** H (m, m) at a whole position: one run a column, columns of unconnected components together. */
  function inner(whole: Float64Array): Float64Array {
    const h = new Float64Array(m * m); // (m, m)
    for (let c = 0; c < width; c++) {
      const direction = new Float64Array(d); // (d,)
      for (const each of components) if (c < each.length) direction[latent[each[c]!]!] = 1;
      const product = derivatives.second(whole, direction); // (d,)
      for (const each of components) {
        if (c < each.length) for (const row of each) h[row * m + each[c]!] = -product[latent[row]!]!;
      }
    }
    for (let i = 0; i < m; i++)
      for (let j = 0; j < i; j++) h[i * m + j] = h[j * m + i] = (h[i * m + j]! + h[j * m + i]!) / 2;
    return h;
  }

  /** The mode of the latent coordinates, by damped Newton steps; undefined where there is none. */
  function mode(whole: Float64Array): { whole: Float64Array; value: number; factor: Float64Array } | undefined {
    let at = whole;
    let current = density.valueAndGradient(at, slope);
    for (let iteration = 0; iteration < innerIterations; iteration++) {
      if (!(Number.isFinite(current) && slope.every(Number.isFinite))) return undefined;
      const h = inner(at);
      const right = Float64Array.from(latent, (i) => slope[i]!); // (m,)
      const solved = dampedSolve(h, right, m);
      if (!solved) return undefined;
      const { step, damped } = solved;
      const decrement = step.reduce((sum, v, i) => sum + v * right[i]!, 0);
      if (!damped && !(decrement > innerTolerance)) return { whole: at, value: current, factor: solved.factor };
      const from = current;
      let moved = at;
      let t = 1;
      for (; t > 1e-10; t /= 2) {
        moved = at.slice();
        latent.forEach((i, a) => {
          moved[i]! += t * step[a]!;
        });
        current = density.valueAndGradient(moved, slope);
        const slack = 1e-12 * Math.max(1, Math.abs(from));
        if (current >= from + 1e-4 * t * decrement || (decrement < 1e-8 && current >= from - slack)) break;
      }
      if (t <= 1e-10) {
        // No better point can be told apart.
        current = density.valueAndGradient(at, slope);
        return !damped && decrement < 1e-6 ? { whole: at, value: current, factor: solved.factor } : undefined;
      }
      if (!damped && decrement < 1e-14) {
        const factor = tryCholesky(inner(moved), m);
        return factor && { whole: moved, value: current, factor };
      }
      at = moved;
    }
    return undefined;
  }

  /** The mode given the others; from the last one, else from 0. */
  function find(position: Float64Array) {
    for (const start of last ? [last, undefined] : [undefined]) {
      const whole = new Float64Array(d); // (d,)
      if (start) whole.set(start);
      others.forEach((i, a) => {
        whole[i] = position[a]!;
      });
      const found = mode(whole);
      if (found) {
        last = found.whole;
        return found;
      }
    }
    return undefined;
  }

  /** The log integral, and into `total` (d,) its derivative in the whole position, û and H moving along or not. */
  function integrate(found: NonNullable<ReturnType<typeof find>>, total?: Float64Array): number {
    const { whole, value: top, factor } = found;
    const determinant = choleskyLogDeterminant(factor, m);
    if (total) density.valueAndGradient(whole, total);
    if (points === 1) {
      if (total) addTrace(total, whole, factor, undefined);
      return top + (m * log(2 * Math.PI) - determinant) / 2;
    }
    const weights = new Float64Array(m).fill(1); // how log σ counts, (m,)
    let sum = top;
    const gradient = new Float64Array(d); // (d,)
    const atTop = total?.slice();
    for (let a = 0; a < m; a++) {
      const sigma = 1 / factor[a * m + a]!;
      const heights = new Float64Array(points); // (points,)
      const slopes: Float64Array[] = [];
      for (let j = 0; j < points; j++) {
        const moved = whole.slice(); // (d,)
        moved[latent[a]!]! += Math.SQRT2 * sigma * rule.nodes[j]!;
        heights[j] = rule.logWeights[j]! + rule.nodes[j]! ** 2 - top + density.valueAndGradient(moved, gradient);
        if (total) slopes.push(gradient.slice());
      }
      const most = heights.reduce((x, y) => Math.max(x, y));
      const scaled = heights.map((v) => exp(v - most));
      const mass = scaled.reduce((x, y) => x + y);
      sum += log(Math.SQRT2 * sigma) + most + log(mass);
      if (!total) continue;
      slopes.forEach((each, j) => {
        const share = scaled[j]! / mass;
        for (let i = 0; i < d; i++) total[i]! += share * (each[i]! - atTop![i]!);
        weights[a]! += share * Math.SQRT2 * sigma * rule.nodes[j]! * each[latent[a]!]!;
      });
    }
    if (total) addTrace(total, whole, factor, weights);
    return sum;
  }

  /** total −= ½ Σ wₐ ∂(log H)ₐ: tr(H⁻¹ dH) from third derivatives along the columns of L⁻ᵀ. */
  function addTrace(
    total: Float64Array,
    whole: Float64Array,
    factor: Float64Array,
    weights: Float64Array | undefined,
  ): void {
    const identity = new Float64Array(m * m); // (m, m)
    for (let a = 0; a < m; a++) identity[a * m + a] = Math.sqrt(Math.abs(weights?.[a] ?? 1));
    const columns = solveTriangular(factor, m, identity, { columns: m, transpose: true }); // L⁻ᵀ √w, (m, m)
    for (let c = 0; c < width; c++) {
      for (const sign of weights ? [1, -1] : [1]) {
        const direction = new Float64Array(d); // (d,)
        let any = false;
        for (const each of components) {
          const column = each[c];
          if (column === undefined || (weights && Math.sign(weights[column]!) !== sign)) continue;
          any = true;
          for (const row of each) direction[latent[row]!] = columns[row * m + column]!;
        }
        if (!any) continue;
        const third = derivatives.third(whole, direction); // (d,), of vᵀ g'' v = −vᵀ H v
        for (let i = 0; i < d; i++) total[i]! += (sign * third[i]!) / 2;
      }
    }
  }

  const marginal: Marginal = {
    dimension: k,
    get exact() {
      return isQuadratic(derivatives, density, latent);
    },
    value(at) {
      const found = find(at);
      return found ? integrate(found) : Number.NaN;
    },
    valueAndGradient(at, gradient) {
      const found = find(at);
      if (!found) {
        gradient.fill(Number.NaN);
        return Number.NaN;
      }
      const total = new Float64Array(d); // (d,)
      const result = integrate(found, total);
      // dû = H⁻¹ g_uθ dθ, so the part through û is (H⁻¹ total_u)ᵀ g_uθ: one product with g's second derivatives.
      const through = choleskySolve(
        found.factor,
        m,
        Float64Array.from(latent, (i) => total[i]!),
      ); // (m,)
      const direction = new Float64Array(d); // (d,)
      latent.forEach((i, a) => {
        direction[i] = through[a]!;
      });
      const carried = derivatives.second(found.whole, direction); // (d,)
      others.forEach((i, a) => {
        gradient[a] = total[i]! + carried[i]!;
      });
      return result;
    },
    complete(at) {
      const found = find(at);
      if (!found) throw new Error('mle: the latent parameters have no mode at the estimate');
      return found.whole;
    },
    curvature(whole) {
      const h = inner(whole);
      const factor = cholesky(h, m);
      const mixed = new Float64Array(m * k); // g_uθ, (m, k)
      others.forEach((i, a) => {
        const direction = new Float64Array(d); // (d,)
        direction[i] = 1;
        const product = derivatives.second(whole, direction); // (d,)
        latent.forEach((row, b) => {
          mixed[b * k + a] = product[row]!;
        });
      });
      return { inner: h, sensitivity: choleskySolve(factor, m, mixed, k) };
    },
  };
  return marginal;
}

interface Derivatives {
  /** g'' v, (d,). */
  second(position: Float64Array, direction: Float64Array): Float64Array;
  /** ∇(vᵀ g'' v), (d,). */
  third(position: Float64Array, direction: Float64Array): Float64Array;
}

function secondAndThird(position: Expr, value: Expr): Derivatives {
  const d = position.size;
  const direction = variable('direction', [d]) as Expr;
  const first = grad(value.reshape(), [position])[0]!; // (d,)
  const along = grad(dot(first, direction), [position])[0]!; // (d,)
  const inputs = [
    { name: 'position', shape: [d] },
    { name: 'direction', shape: [d] },
  ];
  const program = compile({ inputs, outputs: [along] });
  const second = (at: Float64Array, v: Float64Array) => program.run({ position: at, direction: v })[0]!;
  let third: Program | 'differences' | undefined; // compiled when first asked for
  return {
    second,
    third(at, v) {
      third ??= thirdProgram();
      return third === 'differences' ? differences(at, v) : third.run({ position: at, direction: v })[0]!;
    },
  };

  function thirdProgram(): Program | 'differences' {
    try {
      return compile({ inputs, outputs: grad(dot(along, direction), [position]) });
    } catch {
      return 'differences'; // an operation without so many derivatives, such as lgamma
    }
  }

  /** d/dt g''(x + t v) v by central differences, extrapolated once; v is one standard error long. */
  function differences(at: Float64Array, v: Float64Array): Float64Array {
    const slope = (h: number) => {
      const up = second(
        at.map((x, i) => x + h * v[i]!),
        v,
      );
      const down = second(
        at.map((x, i) => x - h * v[i]!),
        v,
      );
      return up.map((x, i) => (x - down[i]!) / (2 * h)); // (d,)
    };
    const coarse = slope(2 ** -7);
    return slope(2 ** -8).map((x, i) => (4 * x - coarse[i]!) / 3);
  }
}

/** Two positions unlike each other, at which structure is looked at. */
function probes(d: number): Float64Array[] {
  return [0.3, -0.7].map((size) => Float64Array.from({ length: d }, (_, i) => size * (1 + ((i * 7) % 5) / 5)));
}

/** Sets of latent coordinates (numbered 0 … m − 1) that depend on each other through g. */
function connected({ second }: Derivatives, density: LogDensity, latent: readonly number[]): number[][] {
  const label = latent.map((_, a) => a);
  for (const at of probes(density.dimension)) {
    latent.forEach((i, a) => {
      const direction = new Float64Array(density.dimension); // (d,)
      direction[i] = 1;
      const column = second(at, direction);
      latent.forEach((row, b) => {
        if (column[row] === 0 || label[a] === label[b]) return;
        const [from, to] = [label[b]!, label[a]!];
        label.forEach((each, c) => {
          if (each === from) label[c] = to;
        });
      });
    });
  }
  const sets = new Map<number, number[]>();
  label.forEach((each, a) => {
    const set = sets.get(each);
    if (set) set.push(a);
    else sets.set(each, [a]);
  });
  return [...sets.values()];
}

/** True where g'' in the latent coordinates does not change as these move. */
function isQuadratic({ third }: Derivatives, density: LogDensity, latent: readonly number[]): boolean {
  return probes(density.dimension).every((at) => {
    const direction = new Float64Array(density.dimension); // (d,)
    latent.forEach((i, a) => {
      direction[i] = 1 + (a % 3) / 4;
    });
    const change = third(at, direction);
    return latent.every((i) => Math.abs(change[i]!) < 1e-9);
  });
}

function tryCholesky(h: Float64Array, m: number): Float64Array | undefined {
  try {
    return cholesky(h, m);
  } catch {
    return undefined;
  }
}

/** (H + λI)⁻¹ r with the least λ that makes it positive definite. */
function dampedSolve(h: Float64Array, right: Float64Array, m: number) {
  const size = h.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1;
  for (let added = 0; added <= 1e3; added = Math.max(1e-6, 10 * added)) {
    const a = h.slice();
    for (let i = 0; i < m; i++) a[i * m + i]! += added * size;
    const factor = tryCholesky(a, m);
    if (factor) return { step: choleskySolve(factor, m, right), factor, damped: added > 0 };
  }
  return undefined;
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
