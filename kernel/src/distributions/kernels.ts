/**
 * Covariance functions of Gaussian processes, as data that can be added and multiplied (Rasmussen & Williams 2006,
 * chapter 4). Scales are standard deviations and lengths are in the units of x, as in Stan's user's guide.
 */
import { asExpression, broadcastTo, cholesky, diagonalMatrix, where } from '../program/index.ts';
import { formatShape } from '../program/shape.ts';
import type { Arg, Expr } from '../program/types.ts';
import { positive, satisfies } from './constraints.ts';
import { knownValues } from './known.ts';

/** Covariances between the points a and b, and the variances at the points a. */
interface Parts {
  readonly name: string;
  /** `same`: a and b are one set of points, not two that may happen to agree. // (n, d), (m, d) → (n, m) */
  between(a: Expr, b: Expr, same: boolean): Expr;
  /** // (n, d) → (n,) */
  variances(a: Expr): Expr;
}

/** Points as rows: a vector is one number a point. // (n,) or (n, d) → (n, d) */
function pointsOf(x: Arg): Expr {
  const points = asExpression(x) as unknown as Expr;
  if (points.shape.length === 1) return points.reshape(points.size, 1) as Expr;
  if (points.shape.length === 2) return points;
  throw new RangeError(
    `kernel: points are a vector, or a matrix with one point a row; got shape ${formatShape(points.shape)}`,
  );
}

/** A covariance function. Made by `kernels`, combined by `add` and `mul`. */
export class Kernel {
  /** How it was made, for messages: `squaredExponential + whiteNoise`. */
  readonly name: string;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  /**
   * Covariances of the process between points.
   *
   * @param x points // (n,) or (n, d)
   * @param other other points // (m,) or (m, d); default: the same ones, and only then white noise counts
   * @returns (n, m), symmetric where `other` is left out
   * @throws RangeError when the points have different numbers of coordinates
   * @example kernels.matern52(1, 0.3).covariance([0, 1, 2]).shape // [3, 3]
   */
  covariance(x: Arg, other?: Arg): Expr {
    const a = pointsOf(x);
    const b = other === undefined ? a : pointsOf(other);
    if (a.shape[1] !== b.shape[1]) {
      throw new RangeError(`kernel: points of ${a.shape[1]} and of ${b.shape[1]} coordinates; give both the same`);
    }
    return this.#parts.between(a, b, other === undefined);
  }

  /** Variances of the process at points. // (n,) or (n, d) → (n,) */
  variance(x: Arg): Expr {
    return this.#parts.variances(pointsOf(x));
  }

  /**
   * The lower Cholesky factor L of the covariance of the points. `factor(x).matmul(z)` with z standard normal is the
   * process in its non-centred form, which samples better where data say little about each point.
   *
   * @param jitter what is added to the diagonal, as a share of the mean variance (default 1e-9): without it rounding
   * makes the matrix of close points indefinite
   * @returns (n, n)
   * @example
   * model().parameters({ z: normal(0, 1).size(20) }).derived(({ z }) => ({ f: kernels.matern52(1, 0.3).factor(x).matmul(z) }))
   */
  factor(x: Arg, { jitter = defaultJitter }: { readonly jitter?: number } = {}): Expr {
    return cholesky(withDiagonal(this.covariance(x), jitterOf(this, x, jitter)));
  }

  /** The sum of two independent processes. @example kernels.linear(1).add(kernels.periodic(1, 1, 12)) */
  add(other: Kernel): Kernel {
    const [f, g] = [this.#parts, partsOf('add', other)];
    return new Kernel({
      name: `${f.name} + ${g.name}`,
      between: (a, b, same) => f.between(a, b, same).add(g.between(a, b, same)),
      variances: (a) => f.variances(a).add(g.variances(a)),
    });
  }

  /** The product of two covariance functions. @example kernels.periodic(1, 1, 12).mul(kernels.squaredExponential(1, 50)) */
  mul(other: Kernel): Kernel {
    const [f, g] = [this.#parts, partsOf('mul', other)];
    const factor = ({ name }: Parts) => (name.includes(' + ') ? `(${name})` : name);
    return new Kernel({
      name: `${factor(f)} · ${factor(g)}`,
      between: (a, b, same) => f.between(a, b, same).mul(g.between(a, b, same)),
      variances: (a) => f.variances(a).mul(g.variances(a)),
    });
  }

  toString(): string {
    return this.name;
  }

  /** Operators do not work on kernels: say what does. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.name;
    throw new TypeError('kernel: kernels are no numbers; write a.add(b) for their sum and a.mul(b) for their product');
  }

  static parts(kernel: Kernel): Parts {
    return kernel.#parts;
  }
}

function partsOf(method: string, other: unknown): Parts {
  if (other instanceof Kernel) return Kernel.parts(other);
  throw new TypeError(
    `kernel.${method}: expected another kernel, got ${typeof other}; a factor is kernels.constant(…), or a larger scale`,
  );
}

/** What is added to the diagonal where nothing is said, as a share of the mean variance. */
export const defaultJitter = 1e-9;

/** The number a share of the mean variance is. @throws RangeError for a share below 0 */
export function jitterOf(kernel: Kernel, x: Arg, share: number): Expr {
  if (!(share >= 0 && Number.isFinite(share))) {
    throw new RangeError(`jitter: expected a share of the variance of at least 0, got ${share}; 1e-9 is usual`);
  }
  return kernel.variance(x).mean().mul(share);
}

/** A matrix with numbers added to its diagonal. // (n, n), () or (n,) → (n, n) */
export function withDiagonal(matrix: Expr, values: Expr): Expr {
  return matrix.add(diagonalMatrix(broadcastTo(values, [matrix.shape[0]!])));
}

/** A parameter above 0, checked where it is known. */
function above0(kernel: string, name: string, value: Arg): Expr {
  const bad = knownValues(value)?.find((v) => !satisfies(v, positive));
  if (bad !== undefined) throw new RangeError(`kernels.${kernel}: ${name} must be positive, got ${bad}`);
  return asExpression(value) as unknown as Expr;
}

/** Coordinate k of points. // (n, d) → (n,) */
const coordinate = (points: Expr, k: number): Expr => points.transpose().at(k) as Expr;

/** Σ over coordinates of f(a − b, k). // (n, d), (m, d) → (n, m) */
function overCoordinates(a: Expr, b: Expr, f: (difference: Expr, k: number) => Expr): Expr {
  const [[n, d], m] = [a.shape as [number, number], b.shape[0]!];
  const each = Array.from({ length: d }, (_, k) =>
    f(coordinate(a, k).reshape(n, 1).sub(coordinate(b, k).reshape(1, m)) as Expr, k),
  );
  return each.reduce((sum, part) => sum.add(part) as Expr);
}

/** Length scale of coordinate k: one for all, or one each. */
function lengthOf(kernel: string, lengthScale: Expr, d: number, k: number): Expr {
  if (lengthScale.shape.length === 0) return lengthScale;
  if (lengthScale.shape.length === 1 && lengthScale.size === d) return lengthScale.at(k) as Expr;
  throw new RangeError(
    `kernels.${kernel}: lengthScale is one number, or one a coordinate of the points (${d}); got shape ${formatShape(lengthScale.shape)}`,
  );
}

/** α² ρ(r) of the distance r in units of the length scale; ρ is given r and r². */
function stationary(name: string, scale: Arg, lengthScale: Arg, shape: (r: Expr, squared: Expr) => Expr): Kernel {
  const alpha = above0(name, 'scale', scale);
  const length = above0(name, 'lengthScale', lengthScale);
  return new Kernel({
    name,
    between: (a, b) => {
      const d = a.shape[1]!;
      const scaled = length.shape.length > 0;
      const sum = overCoordinates(a, b, (difference, k) =>
        (scaled ? difference.div(lengthOf(name, length, d, k)) : difference).square(),
      );
      // √ has no slope at 0, where the points meet; what is not taken adds nothing to a gradient
      const distance = where(sum.gt(0), sum.sqrt(), 0) as Expr;
      const r = scaled ? distance : (distance.div(length) as Expr);
      return shape(r, scaled ? sum : (sum.div(length.square()) as Expr)).mul(alpha.square());
    },
    variances: (a) => broadcastTo(alpha.square(), [a.shape[0]!]),
  });
}

/**
 * α² e^(−r²/2), r = |a − b| / ρ: infinitely smooth. Also called radial basis function or exponentiated quadratic.
 *
 * @param scale α > 0, standard deviation of the process
 * @param lengthScale ρ > 0: one number, or one a coordinate // () or (d,)
 */
const squaredExponential = (scale: Arg, lengthScale: Arg): Kernel =>
  stationary('squaredExponential', scale, lengthScale, (_r, squared) => squared.mul(-0.5).exp());

/** α² e^(−r): the Ornstein–Uhlenbeck process, continuous but nowhere smooth. Parameters as of `squaredExponential`. */
const exponential = (scale: Arg, lengthScale: Arg): Kernel =>
  stationary('exponential', scale, lengthScale, (r) => r.neg().exp());

/** α² (1 + √3 r) e^(−√3 r): once differentiable. Parameters as of `squaredExponential`. */
const matern32 = (scale: Arg, lengthScale: Arg): Kernel =>
  stationary('matern32', scale, lengthScale, (r) => {
    const s = r.mul(Math.sqrt(3));
    return s.add(1).mul(s.neg().exp());
  });

/** α² (1 + √5 r + 5r²/3) e^(−√5 r): twice differentiable. Parameters as of `squaredExponential`. */
const matern52 = (scale: Arg, lengthScale: Arg): Kernel =>
  stationary('matern52', scale, lengthScale, (r, squared) => {
    const s = r.mul(Math.sqrt(5));
    return s
      .add(1)
      .add(squared.mul(5 / 3))
      .mul(s.neg().exp());
  });

/**
 * α² (1 + r² / 2κ)^(−κ): a mixture of squared exponentials of many length scales, κ → ∞ giving one.
 *
 * @param shape κ > 0
 */
const rationalQuadratic = (scale: Arg, lengthScale: Arg, shape: Arg): Kernel => {
  const kappa = above0('rationalQuadratic', 'shape', shape);
  return stationary('rationalQuadratic', scale, lengthScale, (_r, squared) =>
    squared.div(kappa.mul(2)).log1p().mul(kappa).neg().exp(),
  );
};

/**
 * α² exp(−2 sin²(π |a − b| / p) / ρ²), summed over coordinates in the exponent (MacKay 1998).
 *
 * @param scale α > 0
 * @param lengthScale ρ > 0, of the sine, without unit
 * @param period p > 0, in the units of x
 */
const periodic = (scale: Arg, lengthScale: Arg, period: Arg): Kernel => {
  const alpha = above0('periodic', 'scale', scale);
  const length = above0('periodic', 'lengthScale', lengthScale);
  const p = above0('periodic', 'period', period);
  return new Kernel({
    name: 'periodic',
    between: (a, b) =>
      overCoordinates(a, b, (difference) => difference.mul(Math.PI).div(p).sin().square() as Expr)
        .mul(-2)
        .div(length.square())
        .exp()
        .mul(alpha.square()),
    variances: (a) => broadcastTo(alpha.square(), [a.shape[0]!]),
  });
};

/**
 * α² (a − c)·(b − c): straight lines through 0 at c.
 *
 * @param scale α > 0, standard deviation of the slope
 * @param centre c: one number, or one a coordinate (default 0)
 */
const linear = (scale: Arg, centre: Arg = 0): Kernel => {
  const alpha = above0('linear', 'scale', scale);
  const from = (points: Expr): Expr => points.sub(centre).mul(alpha);
  return new Kernel({
    name: 'linear',
    between: (a, b) => from(a).matmul(from(b).transpose()),
    variances: (a) => from(a).square().sum(1),
  });
};

/** α² for every two points: one level that is not known. @param scale α > 0 */
const constant = (scale: Arg): Kernel => {
  const alpha = above0('constant', 'scale', scale);
  return new Kernel({
    name: 'constant',
    between: (a, b) => broadcastTo(alpha.square(), [a.shape[0]!, b.shape[0]!]),
    variances: (a) => broadcastTo(alpha.square(), [a.shape[0]!]),
  });
};

/**
 * α² on the diagonal, 0 between points: what is new at each point, even at the same place. Between two sets of points
 * it is 0 everywhere.
 *
 * @param scale α > 0
 */
const whiteNoise = (scale: Arg): Kernel => {
  const alpha = above0('whiteNoise', 'scale', scale);
  return new Kernel({
    name: 'whiteNoise',
    between: (a, b, same) => {
      const [n, m] = [a.shape[0]!, b.shape[0]!];
      return same ? diagonalMatrix(broadcastTo(alpha.square(), [n])) : broadcastTo(0, [n, m]);
    },
    variances: (a) => broadcastTo(alpha.square(), [a.shape[0]!]),
  });
};

/**
 * Covariance functions for `gaussianProcess`. Parameters are numbers or expressions; sums and products by `add` and
 * `mul`.
 *
 * @example
 * const seasons = kernels.squaredExponential(1, 40).add(kernels.periodic(1, 1, 12)).add(kernels.whiteNoise(0.1));
 */
export const kernels = {
  squaredExponential,
  exponential,
  matern32,
  matern52,
  rationalQuadratic,
  periodic,
  linear,
  constant,
  whiteNoise,
} as const;
