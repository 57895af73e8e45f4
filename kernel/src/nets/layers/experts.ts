/**
 * Mixture of experts (Shazeer et al. 2017): a router chooses a few of many layers for each example or position.
 */
import type { Expr } from '../../program/index.ts';
import { argmax, oneHot, sliceAlong, softmax, where } from '../../program/index.ts';
import type { AnyLayer, Layer } from '../types.ts';
import { type ActivationName, activationOf } from './activations.ts';
import { defineLayer, requireLast, requireWhole } from './layer.ts';
import { linear } from './linear.ts';

/** Choices of a feed-forward layer with a gate. */
export interface GatedFeedForwardOptions {
  /** Of the gate; default 'silu'. */
  readonly activation?: ActivationName;
  /** Default false. */
  readonly bias?: boolean;
}

/**
 * W_down (f(W_gate x) · W_up x), f being SiLU: SwiGLU (Shazeer 2020); 3 d h parameters.
 *
 * @example gatedFeedForward(64, 256);
 */
export function gatedFeedForward(
  size: number,
  hidden: number,
  { activation = 'silu', bias = false }: GatedFeedForwardOptions = {},
): Layer {
  const f = activationOf('gatedFeedForward', activation);
  return defineLayer({
    kind: 'gatedFeedForward',
    options: { size, hidden, activation, bias },
    children: {
      gate_proj: linear(size, hidden, { bias }),
      up_proj: linear(size, hidden, { bias }),
      down_proj: linear(hidden, size, { bias }),
    },
    apply: (scope, x: Expr): Expr =>
      scope.call('down_proj', f(scope.call('gate_proj', x)).mul(scope.call('up_proj', x))),
  });
}

/** Choices of a mixture of experts. */
export interface MixtureOfExpertsOptions {
  /** How many experts; default 8. */
  readonly experts?: number;
  /** How many of them see an example; default 2. */
  readonly topK?: number;
  /** Width inside an expert; default 4 · size. */
  readonly hidden?: number;
  /** An expert of one's own in place of `gatedFeedForward(size, hidden)`. */
  readonly expert?: (index: number) => Layer;
  /** Weight of the loss that wants all experts used equally; default 0.01. */
  readonly balance?: number;
}

/**
 * A layer of which each example or position uses a few parts: weights are the softmax over the scores of the `topK`
 * largest, as in Mixtral (Jiang et al. 2024).
 *
 * A training step adds `balance` · E Σ f_i P_i to the loss (Fedus et al. 2021, equations 4 to 6): f_i is the share of
 * choices that went to expert i, P_i the mean probability the router gave it; it is 1 where all are used equally.
 *
 * Every expert is computed for every example here and those not chosen have weight 0: the parameters that are active are
 * fewer, the time is not.
 *
 * @throws RangeError for a topK beyond the experts
 * @example mixtureOfExperts(64, { experts: 8, topK: 2, hidden: 128 });
 */
export function mixtureOfExperts(
  size: number,
  { experts = 8, topK = 2, hidden = 4 * size, expert, balance = 0.01 }: MixtureOfExpertsOptions = {},
): Layer {
  requireWhole('mixtureOfExperts', 'size', size);
  requireWhole('mixtureOfExperts', 'experts', experts);
  requireWhole('mixtureOfExperts', 'topK', topK);
  if (topK > experts)
    throw new RangeError(`mixtureOfExperts: topK is ${topK} and there are ${experts} experts; choose fewer`);
  if (!(balance >= 0)) throw new RangeError(`mixtureOfExperts: balance must be 0 or more, got ${balance}`);
  const make = expert ?? (() => gatedFeedForward(size, hidden));
  const own = Array.from({ length: experts }, (_, i) => make(i));
  const pool = defineLayer<Expr, [x: Expr, weights: Expr]>({
    kind: 'experts',
    children: Object.fromEntries(own.map((each, i) => [`${i}`, each as AnyLayer])),
    apply: (scope, x, weights) =>
      own
        .map((_, i) => scope.call(`${i}`, x).mul(sliceAlong(weights, -1, i, i + 1)) as Expr)
        .reduce((sum, part) => sum.add(part) as Expr),
  });
  return defineLayer({
    kind: 'mixtureOfExperts',
    options: { size, experts, topK, hidden, balance },
    children: { gate: linear(size, experts, { bias: false }), experts: pool },
    activeShares: { experts: topK / experts },
    apply(scope, x: Expr): Expr {
      requireLast(x, size, 'features');
      const scores = scope.call('gate', x); // (…, experts)
      const chosen = topMask(scores, topK, experts); // (…, experts)
      const weights = topK === experts ? softmax(scores) : softmax(where(chosen, scores, -Infinity));
      if (scope.training && balance > 0) {
        const share = overRows(chosen, experts).div(topK);
        const wanted = overRows(softmax(scores), experts);
        scope.addLoss(
          'balance',
          share
            .mul(wanted)
            .sum()
            .mul(experts * balance) as Expr,
        );
      }
      return scope.call('experts', x, weights);
    },
  });
}

/** The mean over all but the last dimension. // (experts,) */
function overRows(x: Expr, experts: number): Expr {
  return x.reshape(x.size / experts, experts).mean(0);
}

/** 1 at the k largest along the last dimension, the first of equal ones. No gradient goes through it. */
function topMask(scores: Expr, k: number, experts: number): Expr {
  let rest = scores;
  let mask: Expr | undefined;
  for (let i = 0; i < k; i++) {
    const best = oneHot(argmax(rest), experts); // (…, experts)
    mask = mask === undefined ? best : (mask.add(best) as Expr);
    if (i < k - 1) rest = where(best, -Infinity, rest) as Expr;
  }
  return mask!;
}
