/**
 * Latent parameters integrated out of a likelihood: log ∫ p(y, u | θ) du as a function of θ.
 *
 * Laplace's approximation at the mode û(θ): g(θ, û) + (m/2) log 2π − ½ log|H|, with g the joint log density and H
 * minus its second derivatives in u (Tierney & Kadane 1986). Where g is quadratic in u, as when all is Gaussian,
 * nothing is approximated. Where few latent coordinates depend on each other given θ, adaptive Gauss–Hermite quadrature
 * (Liu & Pierce 1994) makes it as exact as asked.
 *
 * The gradient is exact: û moves by −g_uu⁻¹ g_uθ (implicit differentiation), and log|H| by tr(H⁻¹ dH), from third
 * derivatives along vectors, as in TMB (Kristensen et al. 2016); by differences of second ones where an operation has
 * no third.
 */

import { log } from '../numeric/elementary.ts';
import { cholesky, choleskyLogDeterminant, choleskySolve } from '../numeric/linalg/cholesky.ts';
import { solveTriangular } from '../numeric/linalg/triangular.ts';
import { compileLogDensity, type Expr } from '../program/index.ts';
import type { LogDensity } from '../program/types.ts';
import { type Integrated, integrateAround, productRule, type Rule } from './adaptive-quadrature.ts';
import { connected, isQuadratic, secondAndThird } from './latent-derivatives.ts';

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

/** Most nodes of a product rule over latent coordinates that depend on each other. */
const mostNodes = 4096;
const innerIterations = 200;
/** The mode is found when the Newton decrement is below this: the value then errs by as much, the gradient by its root. */
const innerTolerance = 1e-22;

/** @throws RangeError when quadrature is asked for and too many latent coordinates depend on each other */
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
  if (points > 1 && points ** width > mostNodes) {
    throw new RangeError(
      `mle: quadrature of ${points} points is for few latent values that depend on each other given the parameters, with ` +
        `at most ${mostNodes} nodes together; here ${width} of them do. Take fewer points, or leave quadrature out: Laplace ` +
        'takes any number',
    );
  }
  const rules =
    points > 1 ? components.map((each) => each.length).reduce(byWidthOf(points), new Map<number, Rule>()) : undefined;
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
    let sum = top;
    const gradient = new Float64Array(d); // (d,)
    const atTop = total?.slice();
    const counted: Integrated['directions'][] = [];
    for (const each of components) {
      const w = each.length;
      const own = Float64Array.from(each.flatMap((a) => each.map((b) => factor[a * m + b]!))); // (w, w)
      const slopes: Float64Array[] = [];
      const found = integrateAround(rules!.get(w)!, own, (shift, slope) => {
        const moved = whole.slice(); // (d,)
        each.forEach((a, k) => {
          moved[latent[a]!]! += shift[k]!;
        });
        const height = density.valueAndGradient(moved, gradient) - top;
        each.forEach((a, k) => {
          slope[k] = gradient[latent[a]!]!;
        });
        if (total) slopes.push(gradient.slice());
        return height;
      });
      sum += found.value;
      counted.push(found.directions);
      if (!total) continue;
      slopes.forEach((each, j) => {
        for (let i = 0; i < d; i++) total[i]! += found.shares[j]! * (each[i]! - atTop![i]!);
      });
    }
    if (total) addTrace(total, whole, factor, counted);
    return sum;
  }

  /**
   * total −= ½ tr(L⁻ᵀ C L⁻¹ dH): from third derivatives along the columns of L⁻ᵀ, or along those in which the curvature
   * counts in each component. Columns of different components go together.
   */
  function addTrace(
    total: Float64Array,
    whole: Float64Array,
    factor: Float64Array,
    counted: readonly Integrated['directions'][] | undefined,
  ): void {
    const identity = counted ? undefined : new Float64Array(m * m); // (m, m)
    for (let a = 0; identity && a < m; a++) identity[a * m + a] = 1;
    const columns = identity && solveTriangular(factor, m, identity, { columns: m, transpose: true }); // L⁻ᵀ, (m, m)
    for (let c = 0; c < width; c++) {
      for (const sign of counted ? ([1, -1] as const) : ([1] as const)) {
        const direction = new Float64Array(d); // (d,)
        let any = false;
        components.forEach((each, k) => {
          const column = each[c];
          const along = counted?.[k]?.[c];
          if (column === undefined || (along && along.sign !== sign)) return;
          any = true;
          each.forEach((row, a) => {
            direction[latent[row]!] = along ? along.direction[a]! : columns![row * m + column]!;
          });
        });
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

/** Rules by the number of dimensions, as they are needed. */
function byWidthOf(points: number) {
  return (rules: Map<number, Rule>, width: number) =>
    rules.has(width) ? rules : rules.set(width, productRule(points, width));
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
