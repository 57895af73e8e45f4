/**
 * Hidden Markov models: a series whose distribution depends on a state that changes by a Markov chain and is not seen.
 * The states are summed out by the forward algorithm (Rabiner 1989, Proceedings of the IEEE 77, 257–286, section III.A),
 * in logarithms, as a scan.
 */
import type { Stream } from '../numeric/random.ts';
import { asExpression, type Expression, scan, solve, stack, where } from '../program/index.ts';
import { formatShape } from '../program/shape.ts';
import type { Arg, Expr } from '../program/types.ts';
import type { Constraint } from './constraints.ts';
import { satisfies, unitInterval } from './constraints.ts';
import { FamilyDistribution } from './distribution.ts';
import { sumComplaint } from './events.ts';
import { knownValues } from './known.ts';
import type { Distribution, Family, Kind } from './types.ts';
import { describeBase, unionOf } from './wrapping.ts';

/** Logarithms of probabilities, those of 0 without a slope. */
const logs = (probabilities: Expr): Expr => where(probabilities.gt(0), probabilities.log(), -Infinity) as Expr;

/** Known rows of probabilities each sum to 1. */
function checkProbabilities(name: string, value: Arg, shape: readonly number[]): Expr {
  const expression = asExpression(value) as unknown as Expr;
  if (expression.shape.join() !== shape.join()) {
    throw new RangeError(
      `hiddenMarkov: ${name} has shape ${formatShape(shape)}, one row or element a state; got ${formatShape(expression.shape)}`,
    );
  }
  const known = knownValues(value);
  if (known === undefined) return expression;
  const bad = known.find((v) => !satisfies(v, unitInterval));
  if (bad !== undefined) throw new RangeError(`hiddenMarkov: ${name} must be between 0 and 1, got ${bad}`);
  const k = shape.at(-1)!;
  for (let row = 0; row < known.length; row += k) {
    const complaint = sumComplaint(
      shape.length === 1 ? name : `row ${row / k} of ${name}`,
      known.subarray(row, row + k),
    );
    if (complaint !== undefined) throw new RangeError(`hiddenMarkov: ${complaint}`);
  }
  return expression;
}

/**
 * The log density of a series with hidden states, the states summed out: Stan's `hmm_marginal`. For emissions of one's
 * own in `.logDensity`; `hiddenMarkov` is the distribution made of it.
 *
 * @param logEmissions log density of each value in each state // (n, K)
 * @param initial probabilities of the first state // (K,)
 * @param transition row i: probabilities of the state after state i // (K, K)
 * @throws RangeError when shapes do not fit, or known probabilities do not sum to 1
 * @example hiddenMarkovLogDensity(stack([low.logDensity(y), high.logDensity(y)]).transpose(), [0.5, 0.5], transition)
 */
export function hiddenMarkovLogDensity(logEmissions: Arg, initial: Arg, transition: Arg): Expr<[]> {
  const emissions = asExpression(logEmissions) as unknown as Expr;
  if (emissions.shape.length !== 2) {
    throw new RangeError(
      `hiddenMarkovLogDensity: logEmissions has a row a time and a column a state, got shape ${formatShape(emissions.shape)}`,
    );
  }
  const [n, k] = emissions.shape as [number, number];
  const first = logs(checkProbabilities('initial', initial, [k])).add(emissions.at(0)) as Expr;
  if (n === 1) return first.logSumExp();
  const moves = logs(checkProbabilities('transition', transition, [k, k])); // (K, K)
  const forward = scan(
    (before: Expr, emission: Expr) => moves.add(before.reshape(k, 1)).logSumExp(0).add(emission) as Expr,
    first,
    emissions.slice(1),
  ); // (n − 1, K)
  return (forward.at(n - 2) as Expr).logSumExp();
}

/**
 * The probabilities ρ = ρ Γ that a Markov chain settles into; for chains that have one such vector only.
 *
 * @param transition row i: probabilities of the state after state i // (K, K)
 * @returns (K,)
 * @throws RangeError unless the matrix is square
 * @example stationaryProbabilities([[0.9, 0.1], [0.3, 0.7]]) // [0.75, 0.25]
 */
export function stationaryProbabilities(transition: Arg): Expr {
  const moves = asExpression(transition) as unknown as Expr;
  const k = moves.shape[0] ?? 0;
  if (moves.shape.length !== 2 || moves.shape[1] !== k) {
    throw new RangeError(`stationaryProbabilities: expected a square matrix, got shape ${formatShape(moves.shape)}`);
  }
  // (I − Γᵀ + 1 1ᵀ) ρ = 1, for ρ sums to 1 (Zucchini et al. 2016, exercise 1.8)
  const equations = Float64Array.from({ length: k * k }, (_, at) => (at % (k + 1) === 0 ? 2 : 1));
  const left = (asExpression(equations) as unknown as Expr).reshape(k, k).sub(moves.transpose());
  return solve(left, new Array<number>(k).fill(1));
}

/** The distributions of the values in each state, checked. */
function emissionsOf(emissions: readonly unknown[], n: number): FamilyDistribution[] {
  const parts = emissions.map((each) => {
    if (!(each instanceof FamilyDistribution) || each.family.eventRank) {
      throw new TypeError('hiddenMarkov: expected distributions of single values, one a state, e.g. normal(0, 1)');
    }
    const { shape } = each;
    if (shape.length === 0 || (shape.length === 1 && shape[0] === n)) return each;
    throw new RangeError(
      `hiddenMarkov: the distribution of a state is one for all ${n} values, or has one each; ${each.family.name} has shape ${formatShape(shape)}`,
    );
  });
  if (parts.length < 2) throw new RangeError(`hiddenMarkov: expected at least two states, got ${parts.length}`);
  if (parts.some(({ kind }) => kind !== parts[0]!.kind)) {
    throw new TypeError('hiddenMarkov: expected distributions that are all continuous or all discrete');
  }
  return parts;
}

const prefixOf = (k: number): string => `${k}.`;

/** The parameters of state k, under the names of its family. */
function own<T>(component: FamilyDistribution, k: number, p: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.keys(component.parameters).map((name) => [name, p[prefixOf(k) + name]!]));
}

/** Log densities of a series in each state. // (n,) → (n, K) */
export function emissionMatrix(components: readonly FamilyDistribution[], x: Expr): Expr {
  return stack(components.map((component) => component.logDensity(x))).transpose();
}

/** Index drawn with these probabilities. */
function choose(stream: Stream, probabilities: Float64Array): number {
  let rest = stream.uniform();
  let k = 0;
  for (; k < probabilities.length - 1; k++) {
    rest -= probabilities[k]!;
    if (rest < 0) break;
  }
  return k;
}

/** Σ over states of P(state) · f(its mean, its variance), for each time. */
function overStates(
  components: readonly FamilyDistribution[],
  p: Readonly<Record<string, Float64Array>>,
  n: number,
  f: (probabilities: Float64Array, means: number[], variances: number[]) => number,
): Float64Array {
  const count = components.length;
  const transition = p.transition!;
  let now = p.initial!.slice();
  return Float64Array.from({ length: n }, (_, t) => {
    const at = components.map((component, k) =>
      Object.fromEntries(
        Object.entries(own(component, k, p)).map(([name, values]) => [name, values[values.length === 1 ? 0 : t]!]),
      ),
    );
    const moments = (name: 'mean' | 'variance') => components.map(({ family }, k) => family[name]!(at[k]!));
    const value = f(now, moments('mean'), moments('variance'));
    const before = now;
    now = before.map((_unused, j) => before.reduce((sum, q, i) => sum + q * transition[i * count + j]!, 0));
    return value;
  });
}

function familyOf(components: readonly FamilyDistribution[]): Family {
  const parameters: Record<string, Constraint> = { initial: unitInterval, transition: unitInterval };
  const ranks: Record<string, 1 | 2> = { initial: 1, transition: 2 };
  components.forEach((component, k) => {
    for (const [name, constraint] of Object.entries(component.family.parameters)) {
      parameters[prefixOf(k) + name] = constraint;
      const rank = component.parameters[name]!.shape.length;
      if (rank === 1 || rank === 2) ranks[prefixOf(k) + name] = rank;
    }
  });
  const known = components.every(
    ({ family }) => family.mean !== undefined && family.variance !== undefined && !family.sampleEvent,
  );
  const meanOf = (q: Float64Array, means: number[]): number => means.reduce((sum, m, k) => sum + q[k]! * m, 0);
  return {
    name: 'hiddenMarkov',
    summary: 'series of a hidden Markov model, its states summed out',
    kind: components[0]!.kind,
    parameters,
    ranks,
    support: components.every(({ family }) => family.support.integer) ? { integer: true } : {},
    eventRank: 1,
    logDensity: (x, { initial, transition }) => {
      const one = (row: Expr) => hiddenMarkovLogDensity(emissionMatrix(components, row), initial!, transition!);
      if (x.shape.length === 1) return one(x);
      const batch = x.shape.slice(0, -1);
      const count = batch.reduce((product, each) => product * each, 1);
      const rows = x.reshape(count, x.shape.at(-1)!);
      return stack(Array.from({ length: count }, (_, i) => one(rows.at(i) as Expr))).reshape(...batch);
    },
    sampleEvent: (stream, out, p) => {
      const n = out.length;
      const count = components.length;
      let state = choose(stream, p.initial!);
      const states = Int32Array.from(out, (_, t) => {
        if (t > 0) state = choose(stream, p.transition!.subarray(state * count, (state + 1) * count));
        return state;
      });
      components.forEach((component, k) => {
        const whole = component.shape.length === 0 ? component.size(n) : component;
        const values = whole.sample(stream, own(component, k, p));
        states.forEach((at, t) => {
          if (at === k) out[t] = values[t]!;
        });
      });
    },
    ...(known && {
      meanEvent: (out, p) => out.set(overStates(components, p, out.length, meanOf)),
      varianceEvent: (out, p) =>
        out.set(
          overStates(components, p, out.length, (q, means, variances) => {
            const mean = meanOf(q, means);
            return variances.reduce((sum, v, k) => sum + q[k]! * (v + (means[k]! - mean) ** 2), 0);
          }),
        ),
    }),
    describe: (texts) =>
      `hiddenMarkov(initial, transition, [${components.map((c, k) => describeBase(c.family, own(c, k, texts))).join(', ')}])`,
  };
}

/** The parts of a hidden Markov model as they are used, checked. */
export function hiddenMarkovParts(initial: Arg, transition: Arg, emissions: readonly unknown[], n: number) {
  const components = emissionsOf(emissions, n);
  const k = components.length;
  return {
    components,
    initial: checkProbabilities('initial', initial, [k]),
    transition: checkProbabilities('transition', transition, [k, k]),
  };
}

/**
 * A series of a hidden Markov model: a state that follows a Markov chain decides which distribution each value comes
 * from. The states are summed out, so that no discrete parameter is left; `hiddenStates` finds them afterwards. The log
 * density is one number a series and costs n K² operations.
 *
 * States have no names of their own: keep them apart by a prior, e.g. `ordered` means.
 *
 * @param initial probabilities of the first state; `stationaryProbabilities(transition)` for a chain that has long run // (K,)
 * @param transition row i: probabilities of the state after state i, e.g. a parameter `simplex(K).size(K)` // (K, K)
 * @param emissions K distributions of single values, all continuous or all discrete: one for all times, or with one
 * element a time // () or (n,)
 * @param length n, number of values, at least 1
 * @throws RangeError when shapes do not fit, or known probabilities do not sum to 1; TypeError for emissions that are no
 * such distributions
 * @example
 * const moods = model()
 *   .data({ y: [0.1, -0.4, 5.2, 4.8, 5.1, 0.3] })
 *   .parameters({ gamma: simplex(2).size(2), mu: ordered(normal(0, 5).size(2)) })
 *   .observe(({ gamma, mu }) => ({ y: hiddenMarkov([0.5, 0.5], gamma, [normal(mu.at(0), 1), normal(mu.at(1), 1)], 6) }));
 */
export function hiddenMarkov<const N extends number, K extends Kind>(
  initial: Arg,
  transition: Arg,
  emissions: readonly Distribution<readonly number[], K>[],
  length: N,
): Distribution<[N], K> {
  if (!(Number.isInteger(length) && length >= 1)) {
    throw new RangeError(`hiddenMarkov: expected a length of at least 1, got ${length}`);
  }
  const parts = hiddenMarkovParts(initial, transition, emissions, length);
  const parameters: Record<string, Expression> = {
    initial: asExpression(parts.initial),
    transition: asExpression(parts.transition),
  };
  parts.components.forEach((component, k) => {
    for (const [name, value] of Object.entries(component.parameters)) parameters[prefixOf(k) + name] = value;
  });
  const distribution = new FamilyDistribution({
    family: familyOf(parts.components),
    parameters,
    shape: [length],
    structure: 'real',
    bounds: unionOf(parts.components),
  });
  return distribution as unknown as Distribution<[N], K>;
}
