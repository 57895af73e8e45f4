/**
 * Latent parameters told by standard normal ones: θ = m + s z in place of θ ~ normal(m, s), and θ = m + L z in place of
 * a multivariate normal with factor L. Laplace's approximation and quadrature are the same in either, for the map is
 * affine in θ; but where s goes to 0 the density of z stays smooth, and that of θ is (θ − m)/s, a ratio of rounding errors.
 */
import type { CompiledModel, CompiledParameter } from '../model/index.ts';
import { substitute } from '../model/substitute.ts';
import { log } from '../numeric/elementary.ts';
import {
  compile,
  concatenate,
  constant,
  dot,
  type Expr,
  grad,
  matmul,
  type Program,
  variable,
} from '../program/index.ts';

/** The terms of a model as expressions of a position whose latent coordinates are standard normal where they can be. */
export interface Whitened {
  readonly position: Expr; // (d,)
  /** The sum of the terms kept. */
  readonly value: Expr;
  /** The model's own position. */
  place(white: Float64Array): Float64Array; // (d,)
  /** The covariance of the model's position from that of the white one: J C Jᵀ, row-major. */
  spread(white: Float64Array, covariance: Float64Array): Float64Array; // (d, d)
  /** A direction of the white position as one of the model's. */
  direct(white: Float64Array, direction: Float64Array): Float64Array; // (d,)
}

type Term = CompiledModel['expressions']['terms'][number];

const halfLogTwoPi = log(2 * Math.PI) / 2;

/** A latent parameter of which its term says that it is normal, and by what. */
function normalOf({ name, size, unconstrainedSize }: CompiledParameter, terms: readonly Term[]) {
  const term = terms.find(({ kind, sampled }) => kind === 'latent' && sampled?.name === name);
  const family = term?.sampled?.family;
  const bounded = terms.some(({ kind, label }) => kind === 'jacobian' && label.startsWith(`${name} (log Jacobian`));
  const known = family === 'normal' || family === 'multivariateNormalCholesky';
  return term && known && !bounded && size === unconstrainedSize ? { term, sampled: term.sampled! } : undefined;
}

/**
 * @param out the latent parameters
 * @param kept the terms that are to be added up
 */
export function whiten(compiled: CompiledModel, out: readonly CompiledParameter[], kept: readonly Term[]): Whitened {
  const d = compiled.dimension;
  const position = variable('position', [d]) as Expr; // (d,)
  const own = { name: 'position', shape: [d] };
  const pieces = compiled.parameters.map(
    ({ unconstrainedOffset: from, unconstrainedSize: size }) => position.slice(from, from + size) as Expr,
  );
  const replaced = new Set<Term>();
  let value = constant(0) as Expr;
  compiled.parameters.forEach((parameter, j) => {
    const found = out.includes(parameter) ? normalOf(parameter, kept) : undefined;
    if (!found) return;
    const { family, parameters } = found.sampled;
    const scale = family === 'normal' ? parameters.sd! : parameters.factor!;
    const [mean, spread] = substitute([parameters.mean!, scale], [own], [concatenate(pieces)]) as [Expr, Expr];
    const z = pieces[j]!.reshape(...parameter.shape) as Expr;
    const moved = family === 'normal' ? z.mul(spread) : alongFactor(z, spread);
    pieces[j] = mean.add(moved).reshape(parameter.size) as Expr;
    value = value.add(
      z
        .square()
        .sum()
        .mul(-0.5)
        .sub(halfLogTwoPi * parameter.size),
    ) as Expr;
    replaced.add(found.term);
  });
  const whole = concatenate(pieces); // (d,)
  const others = kept.filter((term) => !replaced.has(term));
  const placed = substitute(
    others.map((term) => term.value),
    [own],
    [whole],
  );
  value = placed.reduce((sum, term) => sum.add(term) as Expr, value);

  const placing = compile({ inputs: [own], outputs: [whole] });
  let turning: Program | undefined; // Jᵀ v, compiled when first asked for
  const transposed = (at: Float64Array, v: Float64Array): Float64Array => {
    turning ??= compile({
      inputs: [own, { name: 'direction', shape: [d] }],
      outputs: grad(dot(whole, variable('direction', [d]) as Expr), [position]),
    });
    return turning.run({ position: at, direction: v })[0]!;
  };
  const jacobian = (at: Float64Array): Float64Array => {
    const rows = new Float64Array(d * d); // (d, d)
    for (let i = 0; i < d; i++) rows.set(transposed(at, new Float64Array(d).fill(1, i, i + 1)), i * d);
    return rows;
  };
  return {
    position,
    value,
    place: (at) => placing.run({ position: at })[0]!.slice(),
    spread(at, covariance) {
      const j = jacobian(at);
      return times(times(j, covariance, d), transpose(j, d), d);
    },
    direct(at, direction) {
      const j = jacobian(at);
      return Float64Array.from({ length: d }, (_, i) => {
        let sum = 0;
        for (let k = 0; k < d; k++) sum += j[i * d + k]! * direction[k]!;
        return sum;
      });
    },
  };
}

/** L z for the last dimension of z. // (…, k) */
function alongFactor(z: Expr, factor: Expr): Expr {
  const k = z.shape.at(-1)!;
  const rows = z.reshape(z.size / k, k);
  return matmul(rows, factor.transpose()).reshape(...z.shape) as Expr;
}

function times(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const product = new Float64Array(d * d); // (d, d)
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < d; k++) {
      const factor = a[i * d + k]!;
      if (factor !== 0) for (let j = 0; j < d; j++) product[i * d + j]! += factor * b[k * d + j]!;
    }
  }
  return product;
}

function transpose(a: Float64Array, d: number): Float64Array {
  return a.map((_, at) => a[(at % d) * d + Math.floor(at / d)]!);
}
