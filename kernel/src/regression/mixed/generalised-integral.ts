/**
 * The integrated likelihood of a generalised mixed model, as a function of β, θ and the family's own parameters.
 */
import { type Marginal, marginalise } from '../../estimate/latent.ts';
import { log } from '../../numeric/elementary.ts';
import { compileLogDensity, constant, type Expr, matmul, variable } from '../../program/index.ts';
import type { LogDensity } from '../../program/types.ts';
import type { Design } from '../formula/design.ts';
import type { LinkOfModel, ModelFamily, ModelFamilyName, ModelResponse } from '../formula-families.ts';
import type { FittedTerm } from './grouped-fit.ts';
import { type TermData, thetaSize } from './penalised-least-squares.ts';

/** Families of a generalised mixed model; for the gaussian see `lmer`. */
export type MixedFamilyName = Exclude<ModelFamilyName, 'gaussian' | 'studentT' | 'ordinal'>;

/** What a generalised mixed model is fitted to. */
export interface GeneralisedMixedData {
  readonly formula: string;
  readonly design: Design;
  readonly response: ModelResponse;
  /** Multiples of each row's log likelihood; undefined for 1. */
  readonly weights: Float64Array | undefined; // (n,)
  readonly terms: readonly FittedTerm[];
  readonly name: MixedFamilyName;
  readonly link: LinkOfModel;
  readonly family: ModelFamily;
  readonly points: number;
}

/** The likelihood over β, θ and the logarithms of the family's own parameters. */
export interface Integral {
  readonly marginal: Marginal;
  /** The joint density, groups' coefficients last. */
  readonly joint: LogDensity;
}

const halfLogTwoPi = log(2 * Math.PI) / 2;

/** The integrated likelihood of a model. The coefficients u of a term stand column by column. */
export function integralOf(
  data: GeneralisedMixedData,
  blocks: readonly TermData[] = data.terms.map((term) => term.data),
): Integral {
  const { design, response, family, weights } = data;
  const n = design.rows.length;
  const p = design.columns.length;
  const count = blocks.reduce((sum, { width, levels }) => sum + width * levels, 0);
  const free = p + thetaSize(blocks) + family.positive.length;
  const position = variable('position', [free + count]) as Expr; // (d,)
  let eta = (p > 0
    ? matmul(constant(design.matrix).reshape(n, p), position.slice(0, p))
    : constant(new Float64Array(n))) as unknown as Expr; // (n,)
  if (design.offset) eta = eta.add(design.offset) as Expr;
  let [theta, at] = [p, free];
  for (const { width, levels, matrix, codes } of blocks) {
    const columns = Array.from(
      { length: width },
      (_, e) => position.slice(at + e * levels, at + (e + 1) * levels) as Expr,
    );
    const rows: Expr[] = new Array(width);
    for (let e = 0; e < width; e++) {
      for (let j = e; j < width; j++) {
        const part = columns[e]!.mul(position.at(theta++)) as Expr; // (L,)
        rows[j] = rows[j] ? (rows[j]!.add(part) as Expr) : part;
      }
    }
    rows.forEach((b, j) => {
      const own = b.at(codes) as Expr; // (n,)
      const z = Float64Array.from({ length: n }, (_, i) => matrix[i * width + j]!);
      eta = eta.add(z.every((value) => value === 1) ? own : own.mul(z)) as Expr;
    });
    at += width * levels;
  }
  const others = Object.fromEntries(
    family.positive.map((name, k) => [name, position.at(free - family.positive.length + k).exp() as Expr]),
  );
  let elements = family.observation(eta, others, response).logDensity(response.values) as Expr; // (n,)
  if (weights) elements = elements.mul(weights) as Expr;
  const u = position.slice(free, free + count);
  const value = elements
    .sum()
    .sub(u.square().sum().mul(0.5))
    .sub(halfLogTwoPi * count) as Expr;
  const latent = Array.from({ length: count }, (_, i) => free + i);
  return {
    marginal: marginalise({ position, value, latent, points: data.points }),
    joint: compileLogDensity({ position, value }),
  };
}
