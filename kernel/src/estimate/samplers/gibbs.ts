/**
 * Gibbs sampling (Geman & Geman 1984) as a composition: the coordinates are dealt out over blocks, and each block is
 * moved by a sampler of its own with all others held fixed. A step that leaves every conditional as it is leaves the
 * whole as it is.
 */
import { foldIn, type Key } from '../../numeric/random.ts';
import { checkOneOf } from '../options.ts';
import { hmc, hmcTuning } from './hmc.ts';
import { type Point, pointAt, runMarkov, type StepInfo, type Stepper, type Tuning } from './markov.ts';
import { metropolis, metropolisTuning } from './metropolis.ts';
import { needGradient, type Run, type RunOptions, type Target } from './run.ts';
import { slice, sliceTuning } from './slice.ts';

/** Samplers a block can have. */
export type BlockSampler = 'slice' | 'metropolis' | 'hmc';

/** Coordinates that move together, and how. */
export interface Block {
  readonly coordinates: readonly number[];
  readonly sampler: BlockSampler;
}

/**
 * Blocks of names as blocks of coordinates; parameters in none get a block each, moved by slices.
 *
 * @throws RangeError for a name that is no parameter, TypeError for a sampler that is none
 */
export function resolveBlocks(
  blocks: readonly { readonly parameters: readonly string[]; readonly sampler?: BlockSampler }[],
  places: readonly {
    readonly name: string;
    readonly unconstrainedOffset: number;
    readonly unconstrainedSize: number;
  }[],
): Block[] {
  const coordinatesOf = (name: string) => {
    const place = places.find((p) => p.name === name);
    if (!place) {
      const known = places.map((p) => p.name).join(', ');
      throw new RangeError(`sample: a block names '${name}', which is no parameter; there are: ${known}`);
    }
    return Array.from({ length: place.unconstrainedSize }, (_, i) => place.unconstrainedOffset + i);
  };
  const named = blocks.map(({ parameters, sampler = 'slice' }): Block => {
    checkOneOf('sample', "a block's sampler", sampler, ['slice', 'metropolis', 'hmc']);
    return { coordinates: parameters.flatMap(coordinatesOf), sampler };
  });
  const taken = new Set(blocks.flatMap(({ parameters }) => parameters));
  const rest = places.filter(({ name }) => !taken.has(name));
  return [...named, ...rest.map(({ name }): Block => ({ coordinates: coordinatesOf(name), sampler: 'slice' }))];
}

/** One sampler with its tuning, their types put aside: what it learns is plain data that only it reads. */
interface Mover {
  start(point: Point, key: Key): unknown;
  step(target: Target, key: Key, position: Float64Array, learned: unknown, settled: boolean): [Point, StepInfo];
  adapt(learned: unknown, state: Point, info: StepInfo): unknown;
}

function mover<S extends Point, P, A>(make: (target: Target) => Stepper<S, P>, tuning: Tuning<S, P, A>): Mover {
  return {
    start: (point, key) => tuning.start(point as S, key),
    step(target, key, position, learned, settled) {
      const stepper = make(target);
      const parameters = settled ? tuning.settled(learned as A) : tuning.parameters(learned as A);
      return stepper.step(key, stepper.init(position), parameters);
    },
    adapt: (learned, state, info) => tuning.adapt(learned as A, state as S, info),
  };
}

function moverOf({ sampler, coordinates }: Block, warmup: number): Mover {
  switch (sampler) {
    case 'slice':
      return mover((target) => slice(target), sliceTuning);
    case 'metropolis':
      return mover((target) => metropolis(target), metropolisTuning(coordinates.length));
    case 'hmc': {
      const options = { warmup, targetAcceptance: 'auto', trajectoryTime: 1.5, metric: 'auto' } as const;
      return mover((target) => hmc(needGradient('gibbs with an hmc block', target)), hmcTuning(options));
    }
  }
}

/** The target of a block: the others stand still at `whole`, in which the block's coordinates are overwritten. */
export function conditional(target: Target, coordinates: readonly number[], whole: Float64Array): Target {
  const put = (part: Float64Array) => {
    coordinates.forEach((at, i) => {
      whole[at] = part[i]!;
    });
    return whole;
  };
  const { valueAndGradient } = target;
  const gradient = new Float64Array(whole.length);
  return {
    dimension: coordinates.length,
    value: (part) => target.value(put(part)),
    ...(valueAndGradient && {
      valueAndGradient(part: Float64Array, out: Float64Array) {
        const value = valueAndGradient.call(target, put(part), gradient);
        coordinates.forEach((at, i) => {
          out[i] = gradient[at]!;
        });
        return value;
      },
    }),
  };
}

interface GibbsParameters {
  readonly learned: readonly unknown[];
  readonly settled: boolean;
}

interface GibbsInfo extends StepInfo {
  readonly moved: readonly { readonly state: Point; readonly info: StepInfo }[];
}

function gibbs(target: Target, blocks: readonly Block[], movers: readonly Mover[]): Stepper<Point, GibbsParameters> {
  return {
    name: 'gibbs',
    init: (position) => pointAt('gibbs', target.value, position),
    step(key, state, { learned, settled }) {
      const position = state.position.slice(); // (d,)
      let { logDensity } = state;
      let evaluations = 0;
      let acceptance = 0;
      const moved: GibbsInfo['moved'][number][] = [];
      blocks.forEach(({ coordinates }, k) => {
        const part = Float64Array.from(coordinates, (at) => position[at]!);
        const given = conditional(target, coordinates, position.slice());
        const [next, info] = movers[k]!.step(given, foldIn(key, k), part, learned[k], settled);
        coordinates.forEach((at, i) => {
          position[at] = next.position[i]!;
        });
        logDensity = next.logDensity;
        evaluations += info.evaluations + 1; // one where the block begins
        acceptance += info.acceptance / blocks.length;
        moved.push({ state: next, info });
      });
      return [{ position, logDensity }, { ending: 'accepted', acceptance, evaluations, moved } satisfies GibbsInfo];
    },
  };
}

export interface GibbsOptions extends RunOptions {
  /** Each coordinate in at least one block. */
  readonly blocks: readonly Block[];
}

/** One chain. */
export function runGibbs(target: Target, key: Key, options: GibbsOptions): Run {
  const { blocks, warmup } = options;
  const movers = blocks.map((block) => moverOf(block, warmup));
  const tuning: Tuning<Point, GibbsParameters, readonly unknown[]> = {
    start: ({ position, logDensity }, tuningKey) =>
      movers.map((one, k) => {
        const part = Float64Array.from(blocks[k]!.coordinates, (at) => position[at]!);
        return one.start({ position: part, logDensity }, foldIn(tuningKey, k));
      }),
    adapt: (learned, _, info) =>
      movers.map((one, k) => {
        const { state, info: own } = (info as GibbsInfo).moved[k]!;
        return one.adapt(learned[k], state, own);
      }),
    parameters: (learned) => ({ learned, settled: false }),
    settled: (learned) => ({ learned, settled: true }),
  };
  return runMarkov(gibbs(target, blocks, movers), tuning, target.dimension, key, options);
}
