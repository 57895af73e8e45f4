/**
 * Every sampler, under the name it is asked for by: what is not here cannot be used, and the protocol test holds what
 * is.
 */
import type { Key } from '../../numeric/random.ts';
import { runChain } from '../nuts/chain.ts';
import type { MetricChoice } from '../nuts/learn-metric.ts';
import { checkOneOf, checkShare, checkWhole } from '../options.ts';
import { needGradient, type Run, type RunOptions, type Target } from './run.ts';

/** The options of each sampler beyond those all have. */
export interface SamplerOptions {
  /** The no-U-turn sampler: the default, and for continuous parameters nearly always the best. */
  readonly nuts: {
    /** Acceptance statistic the step size is adapted to, in (0, 1) (default 0.8). Larger: shorter, safer steps. */
    readonly targetAcceptance?: number;
    /** Most doublings of a trajectory, 1 to 20 (default 10). */
    readonly maxTreeDepth?: number;
    /** `'auto'` (default): diagonal, low-rank or dense, by what the warm-up's draws and gradients show. */
    readonly metric?: MetricChoice;
  };
}

export type SamplerName = keyof SamplerOptions;

type Checks<O> = { readonly [K in keyof O]-?: (value: O[K] | undefined) => NonNullable<O[K]> };
type Checked<O> = { readonly [K in keyof O]-?: NonNullable<O[K]> };

/** One sampler. */
export interface SamplerDefinition<O = never> {
  /** What it is, in a line. */
  readonly title: string;
  /** Whether it follows the gradient. */
  readonly gradient: boolean;
  /** The options, each with its default and its check. */
  readonly options: Checks<O>;
  /** One chain: a pure function of its arguments. */
  run(target: Target, key: Key, options: RunOptions & Checked<O>): Run;
}

const caller = 'sample';

/** All samplers. */
export const samplers: { readonly [S in SamplerName]: SamplerDefinition<SamplerOptions[S]> } = {
  nuts: {
    title: 'NUTS: trajectories of Hamiltonian dynamics until they turn (Hoffman & Gelman 2014; Betancourt 2017)',
    gradient: true,
    options: {
      targetAcceptance: (value = 0.8) => checkShare(caller, 'targetAcceptance', value),
      maxTreeDepth: (value = 10) => checkWhole(caller, 'maxTreeDepth', value, 1, 20),
      metric: (value = 'auto') => checkOneOf(caller, 'metric', value, ['auto', 'diagonal', 'dense']),
    },
    run: (target, key, options) => runChain(needGradient('nuts', target), key, options),
  },
};

/** The sampler of a name. @throws RangeError for a name that is none, with those that are */
export function samplerNamed(name: string): SamplerDefinition<Readonly<Record<string, unknown>>> {
  if (!Object.hasOwn(samplers, name)) {
    throw new RangeError(`sample: no sampler called '${name}'; there are: ${Object.keys(samplers).join(', ')}`);
  }
  // Options come as plain data, checked by the definition's own checks.
  return samplers[name as SamplerName] as unknown as SamplerDefinition<Readonly<Record<string, unknown>>>;
}
