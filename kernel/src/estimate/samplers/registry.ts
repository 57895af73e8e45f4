/**
 * Every sampler, under the name it is asked for by: what is not here cannot be used, and the protocol test holds what
 * is.
 */
import type { Key } from '../../numeric/random.ts';
import { runChain } from '../nuts/chain.ts';
import type { MetricChoice } from '../nuts/learn-metric.ts';
import type { TargetAcceptance } from '../nuts/warmup.ts';
import { checkOneOf, checkPositive, checkShare, checkWhole } from '../options.ts';
import { runAdaptiveMetropolis } from './adaptive-metropolis.ts';
import { type EnsembleMove, runEnsemble } from './ensemble.ts';
import { type Block, type BlockSampler, resolveBlocks, runGibbs } from './gibbs.ts';
import { runHmc } from './hmc.ts';
import { runMetropolis } from './metropolis.ts';
import { runPathfinder } from './pathfinder.ts';
import { runRobustMetropolis } from './robust-metropolis.ts';
import { needGradient, type Run, type RunOptions, type Target } from './run.ts';
import { runSlice } from './slice.ts';
import { runSmc } from './smc.ts';
import { runTempering } from './tempering.ts';

/** The options of each sampler beyond those all have. */
export interface SamplerOptions {
  /** The no-U-turn sampler: the default, and for continuous parameters nearly always the best. */
  readonly nuts: {
    /**
     * Acceptance statistic the step size is adapted to, in (0, 1). Larger: shorter, safer steps. `'auto'` (default): 0.8,
     * and 0.9 in a chain whose warm-up meets a divergence.
     */
    readonly targetAcceptance?: TargetAcceptance;
    /** Most doublings of a trajectory, 1 to 20 (default 10). */
    readonly maxTreeDepth?: number;
    /** `'auto'` (default): diagonal, low-rank or dense, by what the warm-up's draws and gradients show. */
    readonly metric?: MetricChoice;
  };
  /** Hamiltonian Monte Carlo of a fixed integration time. */
  readonly hmc: {
    /** As for `'nuts'`. */
    readonly targetAcceptance?: TargetAcceptance;
    /** Time of a trajectory, > 0 (default 1.5), in units in which the posterior has variance 1; π/2 is a quarter turn. */
    readonly trajectoryTime?: number;
    /** As for `'nuts'`. */
    readonly metric?: MetricChoice;
  };
  /** Random-walk Metropolis, one scale. No gradient. */
  readonly metropolis: Readonly<Record<never, never>>;
  /** Metropolis with the covariance of the draws so far (Haario et al. 2001). No gradient. */
  readonly adaptiveMetropolis: Readonly<Record<never, never>>;
  /** Metropolis with a shape that seeks its acceptance (Vihola 2012): for heavy tails. No gradient. */
  readonly robustMetropolis: Readonly<Record<never, never>>;
  /** Slice sampling, coordinate by coordinate (Neal 2003). No gradient, nothing to tune. */
  readonly slice: Readonly<Record<never, never>>;
  /** The affine-invariant ensemble (Goodman & Weare 2010). No gradient; each draw costs as many densities as walkers. */
  readonly ensemble: {
    /** Walkers of a chain, an even number ≥ 4 (default: twice the coordinates and two, at least ten). */
    readonly walkers?: number;
    /** `'stretch'` (default), or `'difference'`: along the difference of two walkers (ter Braak 2006). */
    readonly move?: EnsembleMove;
    /** Stretches by factors between 1/stretch and stretch, > 1 (default 2). */
    readonly stretch?: number;
  };
  /** Blocks of parameters moved in turn, each by a sampler of its own. */
  readonly gibbs: {
    /** Names of the parameters of each block, and how it moves: `'slice'` (default), `'metropolis'` or `'hmc'`. */
    readonly blocks?: readonly BlockOption[];
  };
  /** Sequential Monte Carlo with adaptive tempering: clouds that sit on several modes. `warmup` means nothing here. */
  readonly smc: {
    /** Standard deviation of the normal where particles begin, unconstrained, > 0 (default 5): wider than the posterior. */
    readonly spread?: number;
    /** Share of the particles a step leaves effective, in (0, 1) (default 0.5). */
    readonly effective?: number;
    /** Random-walk steps at each temperature, ≥ 1 (default 10). */
    readonly moves?: number;
  };
  /** Parallel tempering: several modes, one chain. No gradient. */
  readonly tempering: {
    /** Temperatures, 2 to 100 (default 8). */
    readonly temperatures?: number;
    /** The lowest inverse temperature, in (0, 1) (default 0.02). */
    readonly hottest?: number;
    /** Steps between two exchanges, ≥ 1 (default 5). */
    readonly moves?: number;
  };
  /** Pathfinder (Zhang et al. 2022): a normal approximation along the way to the mode. Not the posterior. */
  readonly pathfinder: {
    /** Iterations of the climb at most (default 200). */
    readonly iterations?: number;
    /** Draws that judge each approximation (default 25). */
    readonly bound?: number;
  };
}

/** A block of Gibbs sampling. */
export interface BlockOption {
  readonly parameters: readonly string[];
  readonly sampler?: BlockSampler;
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
  /** Options that name parameters, as options that name coordinates. @throws RangeError for a name that is none */
  resolve?(options: Checked<O>, places: readonly Place[]): Checked<O>;
  /** Whether what it gives is an approximation, and which. */
  readonly approximates?: string;
  /** One chain: a pure function of its arguments. */
  run(target: Target, key: Key, options: RunOptions & Checked<O>): Run;
}

/** Where a parameter stands among the coordinates. */
export interface Place {
  readonly name: string;
  readonly unconstrainedOffset: number;
  readonly unconstrainedSize: number;
}

const caller = 'sample';

/** All samplers. */
export const samplers: { readonly [S in SamplerName]: SamplerDefinition<SamplerOptions[S]> } = {
  nuts: {
    title: 'NUTS: trajectories of Hamiltonian dynamics until they turn (Hoffman & Gelman 2014; Betancourt 2017)',
    gradient: true,
    options: {
      targetAcceptance: (value = 'auto') => checkTarget(value),
      maxTreeDepth: (value = 10) => checkWhole(caller, 'maxTreeDepth', value, 1, 20),
      metric: (value = 'auto') => checkOneOf(caller, 'metric', value, ['auto', 'diagonal', 'dense']),
    },
    run: (target, key, options) => runChain(needGradient('nuts', target), key, options),
  },
  hmc: {
    title: 'Hamiltonian Monte Carlo of a fixed integration time (Neal 2011)',
    gradient: true,
    options: {
      targetAcceptance: (value = 'auto') => checkTarget(value),
      trajectoryTime: (value = 1.5) => checkPositive(caller, 'trajectoryTime', value),
      metric: (value = 'auto') => checkOneOf(caller, 'metric', value, ['auto', 'diagonal', 'dense']),
    },
    run: (target, key, options) => runHmc(needGradient('hmc', target), key, options),
  },
  metropolis: {
    title: 'Random-walk Metropolis (Metropolis et al. 1953)',
    gradient: false,
    options: {},
    run: runMetropolis,
  },
  adaptiveMetropolis: {
    title: 'Adaptive Metropolis (Haario, Saksman & Tamminen 2001)',
    gradient: false,
    options: {},
    run: runAdaptiveMetropolis,
  },
  robustMetropolis: {
    title: 'Robust adaptive Metropolis (Vihola 2012)',
    gradient: false,
    options: {},
    run: runRobustMetropolis,
  },
  slice: { title: 'Slice sampling by coordinates (Neal 2003)', gradient: false, options: {}, run: runSlice },
  ensemble: {
    title: 'Affine-invariant ensemble (Goodman & Weare 2010)',
    gradient: false,
    options: {
      walkers: (value = 0) => checkWalkers(value),
      move: (value = 'stretch') => checkOneOf(caller, 'move', value, ['stretch', 'difference']),
      stretch: (value = 2) => 1 + checkPositive(caller, 'stretch − 1', value - 1),
    },
    run: runEnsemble,
  },
  gibbs: {
    title: 'Gibbs sampling: blocks in turn (Geman & Geman 1984)',
    gradient: false,
    options: { blocks: (value = []) => value },
    resolve: ({ blocks }, places) => ({ blocks: resolveBlocks(blocks, places) as unknown as readonly BlockOption[] }),
    run: (target, key, { blocks, ...options }) =>
      runGibbs(target, key, { ...options, blocks: blocks as unknown as readonly Block[] }),
  },
  smc: {
    title: 'Sequential Monte Carlo with adaptive tempering (Del Moral, Doucet & Jasra 2006)',
    gradient: false,
    options: {
      spread: (value = 5) => checkPositive(caller, 'spread', value),
      effective: (value = 0.5) => checkShare(caller, 'effective', value),
      moves: (value = 10) => checkWhole(caller, 'moves', value, 1),
    },
    run: runSmc,
  },
  tempering: {
    title: 'Parallel tempering (Geyer 1991; Syed et al. 2022)',
    gradient: false,
    options: {
      temperatures: (value = 8) => checkWhole(caller, 'temperatures', value, 2, 100),
      hottest: (value = 0.02) => checkShare(caller, 'hottest', value),
      moves: (value = 5) => checkWhole(caller, 'moves', value, 1),
    },
    run: runTempering,
  },
  pathfinder: {
    title: 'Pathfinder (Zhang, Carpenter, Gelman & Vehtari 2022)',
    gradient: true,
    approximates: 'a normal approximation from the path to the mode',
    options: {
      iterations: (value = 200) => checkWhole(caller, 'iterations', value, 1),
      bound: (value = 25) => checkWhole(caller, 'bound', value, 1),
    },
    run: (target, key, options) => runPathfinder(needGradient('pathfinder', target), key, options),
  },
};

function checkTarget(value: TargetAcceptance): TargetAcceptance {
  return value === 'auto' ? value : checkShare(caller, 'targetAcceptance', value);
}

/** Walkers move in two halves, each along the other. */
function checkWalkers(value: number): number {
  if (value === 0) return value;
  if (!(Number.isInteger(value) && value >= 4 && value % 2 === 0)) {
    throw new RangeError(`sample: walkers must be an even number ≥ 4, got ${value}`);
  }
  return value;
}

/** A sampler whose options are plain data that its own checks have made. */
export interface AnySampler extends Omit<SamplerDefinition, 'options' | 'resolve' | 'run'> {
  readonly options: Readonly<Record<string, (value: unknown) => unknown>>;
  resolve?(options: Readonly<Record<string, unknown>>, places: readonly Place[]): Readonly<Record<string, unknown>>;
  run(target: Target, key: Key, options: RunOptions): Run;
}

/** The sampler of a name. @throws RangeError for a name that is none, with those that are */
export function samplerNamed(name: string): AnySampler {
  if (!Object.hasOwn(samplers, name)) {
    throw new RangeError(`sample: no sampler called '${name}'; there are: ${Object.keys(samplers).join(', ')}`);
  }
  return samplers[name as SamplerName] as unknown as AnySampler;
}
