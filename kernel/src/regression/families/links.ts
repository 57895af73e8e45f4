/**
 * Link functions: what carries a mean to the linear predictor (McCullagh & Nelder 1989, section 2.2.3).
 */
import { atan, exp, expm1, log, log1p, logit, sigmoid, tan } from '../../numeric/elementary.ts';
import { normalCdf, normalQuantile } from '../../numeric/special/normal.ts';

export interface Link {
  readonly name: LinkName;
  /** η = g(μ). */
  predictor(mean: number): number;
  /** μ = g⁻¹(η). */
  mean(predictor: number): number;
  /** dμ / dη. */
  slope(predictor: number): number;
}

export type LinkName = 'identity' | 'log' | 'inverse' | '1/mu^2' | 'sqrt' | 'logit' | 'probit' | 'cloglog' | 'cauchit';

/** Means of proportions are kept this far from 0 and 1, so that logarithms and variances stay finite. */
const EDGE = Number.EPSILON;

const inside = (mean: number) => Math.min(Math.max(mean, EDGE), 1 - EDGE);

export const links: Readonly<Record<LinkName, Link>> = {
  identity: { name: 'identity', predictor: (mean) => mean, mean: (eta) => eta, slope: () => 1 },
  log: {
    name: 'log',
    predictor: log,
    mean: (eta) => Math.max(exp(eta), EDGE),
    slope: (eta) => Math.max(exp(eta), EDGE),
  },
  inverse: { name: 'inverse', predictor: (mean) => 1 / mean, mean: (eta) => 1 / eta, slope: (eta) => -1 / (eta * eta) },
  '1/mu^2': {
    name: '1/mu^2',
    predictor: (mean) => 1 / (mean * mean),
    mean: (eta) => 1 / Math.sqrt(eta),
    slope: (eta) => -0.5 / (eta * Math.sqrt(eta)),
  },
  sqrt: { name: 'sqrt', predictor: Math.sqrt, mean: (eta) => eta * eta, slope: (eta) => 2 * eta },
  logit: {
    name: 'logit',
    predictor: logit,
    mean: (eta) => inside(sigmoid(eta)),
    slope: (eta) => Math.max(sigmoid(eta) * sigmoid(-eta), EDGE),
  },
  probit: {
    name: 'probit',
    predictor: normalQuantile,
    mean: (eta) => inside(normalCdf(eta)),
    slope: (eta) => Math.max(exp(-0.5 * eta * eta) / Math.sqrt(2 * Math.PI), EDGE),
  },
  cloglog: {
    name: 'cloglog',
    predictor: (mean) => log(-log1p(-mean)),
    mean: (eta) => inside(-expm1(-exp(eta))),
    slope: (eta) => Math.max(exp(Math.min(eta, 700)) * exp(-exp(eta)), EDGE),
  },
  cauchit: {
    name: 'cauchit',
    predictor: (mean) => tan(Math.PI * (mean - 0.5)),
    mean: (eta) => inside(0.5 + atan(eta) / Math.PI),
    slope: (eta) => Math.max(1 / (Math.PI * (1 + eta * eta)), EDGE),
  },
};
