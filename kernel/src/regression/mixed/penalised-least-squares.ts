/**
 * The profiled likelihood of a linear mixed model, y = Xβ + ZΛu + ε with u ~ N(0, σ²I), as a function of the relative
 * covariance factor Λ(θ) alone (Bates, Mächler, Bolker & Walker 2015, J. Stat. Softw. 67(1), equations 32–42).
 *
 * The penalised normal equations are factored in blocks: those of the term with most levels are small and stand on
 * the diagonal, so they are eliminated one by one into the border of the other terms, X and y.
 */
import { log } from '../../numeric/elementary.ts';
import { cholesky } from '../../numeric/linalg/cholesky.ts';
import { solveTriangular } from '../../numeric/linalg/triangular.ts';
import { gram, multiply, outer, sandwich, scaleColumns, scaleRows, times } from './small-matrices.ts';

/** The random coefficients of one term: rows of Z that belong to each level. */
export interface TermData {
  /** Coefficients a level. */
  readonly width: number; // k
  readonly levels: number; // L
  readonly matrix: Float64Array; // (n, k), row-major
  readonly codes: Int32Array; // (n,)
}

/** Where the penalised least squares stand at one θ. */
export interface Solution {
  /** −2 log likelihood, or the REML criterion, with constants. */
  readonly criterion: number;
  readonly sigma: number;
  readonly beta: Float64Array; // (p,)
  /** (RᵀR)⁻¹ of the fixed effects: times σ² their covariance. */
  readonly unscaledCovariance: Float64Array; // (p, p)
  /** Conditional modes b = Λu of each term. */
  readonly modes: readonly Float64Array[]; // each (L, k)
  /** Conditional covariances of b over σ², given β and θ. */
  readonly modeCovariances: readonly Float64Array[]; // each (L, k, k)
}

/** The lower triangular factor of one term from its part of θ, columns running first, as lme4 has it. */
export function factorOf(theta: Float64Array, offset: number, width: number): Float64Array {
  const factor = new Float64Array(width * width); // (k, k)
  let at = offset;
  for (let j = 0; j < width; j++) for (let i = j; i < width; i++) factor[i * width + j] = theta[at++]!;
  return factor;
}

export function thetaSize(terms: readonly TermData[]): number {
  return terms.reduce((sum, { width }) => sum + (width * (width + 1)) / 2, 0);
}

/** What a deviance is made of at one θ. */
export interface DevianceParts {
  /** log|Λᵀ Zᵀ W Z Λ + I| less the sum of the log weights. */
  readonly logDeterminant: number;
  /** The penalised residual sum of squares, β and u at their best. */
  readonly sum: number;
  /**
   * How it grows when the last fixed effect is held at b: sum + (reach − slope b)². Without fixed effects both are 0.
   */
  readonly reach: number;
  readonly slope: number;
}

/** Cross products of the data, computed once: all that a change of θ needs. */
export class PenalisedLeastSquares {
  readonly terms: readonly TermData[];
  /** Place of each given term in `terms`, which begin with that of most levels. */
  readonly order: readonly number[];
  readonly observations: number;
  readonly fixed: number; // p
  readonly #restricted: boolean;
  /** Columns of the border: other terms' coefficients, X, y. */
  readonly #border: number; // m
  readonly #others: number; // q₂
  readonly #own: Float64Array; // (L, k, k): Z₁ᵀZ₁
  readonly #cross: Float64Array; // (L, k, m): Z₁ᵀ[Z₂ X y]
  readonly #rest: Float64Array; // (m, m): [Z₂ X y]ᵀ[Z₂ X y]
  /** Σ log w of the weights of the rows. */
  readonly #logWeights: number;

  /**
   * @param x (n, p), row-major
   * @param y (n,)
   * @param restricted REML instead of ML
   * @param weights (n,), positive: the variance of row i is σ² / wᵢ
   */
  constructor(
    terms: readonly TermData[],
    x: Float64Array,
    y: Float64Array,
    restricted: boolean,
    weights?: Float64Array,
  ) {
    const n = y.length;
    const p = x.length / n;
    this.order = terms.map((_, t) => t).sort((a, b) => terms[b]!.levels - terms[a]!.levels);
    this.terms = this.order.map((t) => terms[t]!);
    this.observations = n;
    this.fixed = p;
    this.#restricted = restricted;
    const [first, ...others] = this.terms as [TermData, ...TermData[]];
    this.#others = others.reduce((sum, { levels, width }) => sum + levels * width, 0);
    const m = this.#others + p + 1;
    this.#border = m;
    const k = first.width;
    this.#own = new Float64Array(first.levels * k * k);
    this.#cross = new Float64Array(first.levels * k * m);
    this.#rest = new Float64Array(m * m);
    const places: number[] = [];
    const values: number[] = [];
    this.#logWeights = weights?.reduce((sum, weight) => sum + log(weight), 0) ?? 0;
    for (let i = 0; i < n; i++) {
      const root = Math.sqrt(weights?.[i] ?? 1);
      places.length = 0;
      values.length = 0;
      let offset = 0;
      for (const { width, levels, matrix, codes } of others) {
        for (let j = 0; j < width; j++) {
          places.push(offset + codes[i]! * width + j);
          values.push(root * matrix[i * width + j]!);
        }
        offset += levels * width;
      }
      for (let j = 0; j < p; j++) {
        places.push(offset + j);
        values.push(root * x[i * p + j]!);
      }
      places.push(m - 1);
      values.push(root * y[i]!);
      const group = first.codes[i]!;
      for (let a = 0; a < k; a++) {
        const z = root * first.matrix[i * k + a]!;
        for (let b = 0; b < k; b++) {
          this.#own[(group * k + a) * k + b]! += z * root * first.matrix[i * k + b]!;
        }
        for (let c = 0; c < places.length; c++) this.#cross[(group * k + a) * m + places[c]!]! += z * values[c]!;
      }
      for (let a = 0; a < places.length; a++) {
        for (let b = 0; b < places.length; b++) this.#rest[places[a]! * m + places[b]!]! += values[a]! * values[b]!;
      }
    }
  }

  /** The criterion at θ; NaN where it cannot be computed. */
  criterion(theta: Float64Array): number {
    return this.#factor(theta)?.criterion ?? Number.NaN;
  }

  /** What the deviance is made of at θ, for a σ or a fixed effect of one's own; undefined where it cannot be computed. */
  parts(theta: Float64Array): DevianceParts | undefined {
    const found = this.#factor(theta);
    if (!found) return undefined;
    const { lower, logDeterminant } = found;
    const m = this.#border;
    const has = this.fixed > 0;
    return {
      logDeterminant,
      sum: lower[m * m - 1]! ** 2,
      reach: has ? lower[(m - 1) * m + m - 2]! : 0,
      slope: has ? lower[(m - 2) * m + m - 2]! : 0,
    };
  }

  /** Everything at θ. @throws RangeError where the fixed effects are not determined */
  solve(theta: Float64Array): Solution {
    const found = this.#factor(theta);
    if (!found)
      throw new RangeError('lmer: the fixed effects are not determined; leave out columns that depend on others');
    const { blocks, border, lower, factors, sigma, criterion } = found;
    const [m, q, p] = [this.#border, this.#others, this.fixed];
    const [first] = this.terms as [TermData];
    const k = first.width;
    // Back substitution of Lᵀ[u₂ β] = l, the last row of L without its corner.
    const inside = m - 1;
    const solved = new Float64Array(inside); // (q₂ + p,)
    for (let i = inside - 1; i >= 0; i--) {
      let sum = lower[inside * m + i]!;
      for (let j = i + 1; j < inside; j++) sum -= lower[j * m + i]! * solved[j]!;
      solved[i] = sum / lower[i * m + i]!;
    }
    const beta = solved.slice(q);
    const corner = new Float64Array(p * p);
    for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) corner[i * p + j] = lower[(q + i) * m + q + j]!;
    const identity = (size: number) =>
      Float64Array.from({ length: size * size }, (_, at) => Number(at % (size + 1) === 0));
    const half = solveTriangular(corner, p, identity(p), { columns: p }); // R⁻ᵀ
    const unscaledCovariance = gram(half, p, p);

    const insideLower = new Float64Array(q * q);
    for (let i = 0; i < q; i++) for (let j = 0; j <= i; j++) insideLower[i * q + j] = lower[i * m + j]!;
    const inverse = q > 0 ? solveTriangular(insideLower, q, identity(q), { columns: q }) : new Float64Array(0); // L₂⁻¹
    const modes: Float64Array[] = [];
    const modeCovariances: Float64Array[] = [];
    const own = new Float64Array(first.levels * k);
    const ownCovariance = new Float64Array(first.levels * k * k);
    for (let g = 0; g < first.levels; g++) {
      const block = blocks.subarray(g * k * k, (g + 1) * k * k);
      const w = border.subarray(g * k * m, (g + 1) * k * m); // (k, m): L⁻¹ΛᵀZᵀ[Z₂Λ₂ X y]
      const right = Float64Array.from({ length: k }, (_, a) => {
        let sum = w[a * m + m - 1]!;
        for (let c = 0; c < inside; c++) sum -= w[a * m + c]! * solved[c]!;
        return sum;
      });
      own.set(times(factors[0]!, solveTriangular(block, k, right, { transpose: true }), k), g * k);
      // (LLᵀ)⁻¹ + V S₂⁻¹ Vᵀ with V = L⁻ᵀ w: the block of the inverse of the whole.
      const width = k + q;
      const stretched = new Float64Array(k * width); // [I, w L₂⁻ᵀ]
      for (let a = 0; a < k; a++) {
        stretched[a * width + a] = 1;
        for (let c = 0; c < q; c++) {
          let sum = 0;
          for (let e = 0; e <= c; e++) sum += w[a * m + e]! * inverse[c * q + e]!;
          stretched[a * width + k + c] = sum;
        }
      }
      const spread = solveTriangular(block, k, stretched, { columns: width, transpose: true }); // (k, k + q)
      ownCovariance.set(outer(multiply(factors[0]!, spread, k, width), k, width), g * k * k);
    }
    modes.push(own);
    modeCovariances.push(ownCovariance);
    let offset = 0;
    this.terms.slice(1).forEach(({ levels, width }, t) => {
      const factor = factors[t + 1]!;
      const b = new Float64Array(levels * width);
      const covariance = new Float64Array(levels * width * width);
      for (let g = 0; g < levels; g++) {
        const at = offset + g * width;
        b.set(times(factor, solved.subarray(at, at + width), width), g * width);
        const columns = new Float64Array(width * q); // rows: columns of L₂⁻¹ of this level
        for (let a = 0; a < width; a++) for (let c = 0; c < q; c++) columns[a * q + c] = inverse[c * q + at + a]!;
        covariance.set(outer(multiply(factor, columns, width, q), width, q), g * width * width);
      }
      modes.push(b);
      modeCovariances.push(covariance);
      offset += levels * width;
    });
    const given = (list: readonly Float64Array[]) => this.order.map((_, t) => list[this.order.indexOf(t)]!);
    return {
      criterion,
      sigma,
      beta,
      unscaledCovariance,
      modes: given(modes),
      modeCovariances: given(modeCovariances),
    };
  }

  /** The relative covariance factors at θ, in the order of `terms`. */
  #factors(theta: Float64Array): Float64Array[] {
    const offsets: number[] = [];
    let offset = 0;
    this.order
      .map((_, t) => this.terms[this.order.indexOf(t)]!)
      .forEach(({ width }) => {
        offsets.push(offset);
        offset += (width * (width + 1)) / 2;
      });
    return this.order.map((given, t) => factorOf(theta, offsets[given]!, this.terms[t]!.width));
  }

  #factor(theta: Float64Array) {
    const [n, m, q, p] = [this.observations, this.#border, this.#others, this.fixed];
    const [first, ...others] = this.terms as [TermData, ...TermData[]];
    const factors = this.#factors(theta);
    const k = first.width;
    const lambda = factors[0]!;
    const blocks = new Float64Array(first.levels * k * k);
    const border = new Float64Array(first.levels * k * m);
    const rest = this.#rest.slice(); // (m, m)
    let logDeterminant = -this.#logWeights;
    for (let g = 0; g < first.levels; g++) {
      const own = this.#own.subarray(g * k * k, (g + 1) * k * k);
      const inner = sandwich(lambda, own, k); // ΛᵀZᵀZΛ + I
      for (let a = 0; a < k; a++) inner[a * k + a]! += 1;
      const l = cholesky(inner, k);
      for (let a = 0; a < k; a++) logDeterminant += 2 * log(l[a * k + a]!);
      const scaled = new Float64Array(k * m);
      for (let a = 0; a < k; a++) {
        for (let b = a; b < k; b++) {
          const f = lambda[b * k + a]!;
          if (f !== 0) for (let c = 0; c < m; c++) scaled[a * m + c]! += f * this.#cross[(g * k + b) * m + c]!;
        }
      }
      const w = solveTriangular(l, k, scaled, { columns: m });
      blocks.set(l, g * k * k);
      border.set(w, g * k * m);
      for (let a = 0; a < k; a++) {
        for (let i = 0; i < m; i++) {
          const f = w[a * m + i]!;
          if (f !== 0) for (let j = 0; j <= i; j++) rest[i * m + j]! -= f * w[a * m + j]!;
        }
      }
    }
    for (let i = 0; i < m; i++) for (let j = i + 1; j < m; j++) rest[i * m + j] = rest[j * m + i]!;
    let offset = 0;
    others.forEach(({ levels, width }, t) => {
      for (let g = 0; g < levels; g++) {
        scaleRows(rest, m, offset, factors[t + 1]!, width);
        scaleColumns(rest, m, m, offset, factors[t + 1]!, width);
        for (let h = 0; h < first.levels; h++) {
          scaleColumns(border.subarray(h * k * m, (h + 1) * k * m), k, m, offset, factors[t + 1]!, width);
        }
        offset += width;
      }
    });
    for (let i = 0; i < q; i++) rest[i * m + i]! += 1;
    let lower: Float64Array;
    try {
      lower = cholesky(rest, m);
    } catch {
      return undefined;
    }
    for (let i = 0; i < q; i++) logDeterminant += 2 * log(lower[i * m + i]!);
    const degrees = this.#restricted ? n - p : n;
    if (this.#restricted) for (let i = q; i < q + p; i++) logDeterminant += 2 * log(lower[i * m + i]!);
    const sum = lower[m * m - 1]! ** 2; // penalised residual sum of squares
    const criterion = logDeterminant + degrees * (1 + log((2 * Math.PI * sum) / degrees));
    return { criterion, sigma: Math.sqrt(sum / degrees), blocks, border, lower, factors, logDeterminant };
  }
}
