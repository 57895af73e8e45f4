/**
 * Draws from a posterior: what `sample` gives, and what diagnostics, figures and comparisons read.
 */
import { Displayable } from '../host/display.ts';
import {
  type AnyModel,
  type CompiledModel,
  compileModel,
  type Draws,
  type DrawsOf,
  type ObservedOf,
} from '../model/index.ts';
import { elementNames } from '../model/names.ts';
import { foldIn, type Key, key, Stream } from '../numeric/random.ts';
import type { Metric } from './nuts/metric.ts';
import { checkNames, checkShare, checkWhole } from './options.ts';
import type { ChainResult } from './samplers/run.ts';
import { formatNumber, shortTable, type Table, warningLines } from './table.ts';

/** Per chain and draw, row-major (chains, draws). */
export interface Statistics {
  /** Log density on the unconstrained scale, the log Jacobian of the transforms included (Stan's `lp__`). */
  readonly logDensity: Float64Array;
  /** Mean acceptance probability over the trajectory. */
  readonly acceptance: Float64Array;
  readonly stepSize: Float64Array;
  readonly treeDepth: Float64Array;
  readonly leapfrogs: Float64Array;
  /** 1 where the trajectory diverged. */
  readonly divergent: Float64Array;
  readonly energy: Float64Array;
}

/** What one chain's warm-up learned and cost. */
export interface ChainWarmup {
  /** NaN for a sampler without one. */
  readonly stepSize: number;
  /** Scales of the coordinates in the metric: variances on the unconstrained scale; empty without a metric. */
  readonly variance: Float64Array; // (d,)
  /** The whole metric: diagonal, low-rank or dense. */
  readonly metric?: Metric;
  readonly gradients: number;
  readonly divergences: number;
  readonly seconds: number;
}

/** What one chain's sampling cost. */
export interface ChainSampling {
  readonly gradients: number;
  readonly seconds: number;
}

/** One row of `posterior.summary()`. */
export interface SummaryRow {
  readonly name: string;
  readonly mean: number;
  readonly sd: number;
  /** 5 % quantile. */
  readonly q5: number;
  readonly median: number;
  /** 95 % quantile. */
  readonly q95: number;
  /** Monte Carlo standard errors of mean and sd. */
  readonly mcseMean: number;
  readonly mcseSd: number;
  readonly essBulk: number;
  readonly essTail: number;
  readonly rHat: number;
}

/** What `diagnose` adds to a posterior. That room leans on this one, so it hands itself in. */
export interface Diagnosis {
  summary(posterior: Posterior): Table<SummaryRow>;
  warnings(posterior: Posterior): string[];
}

let diagnosis: Diagnosis | undefined;

/** Called by `diagnose` when it is loaded. */
export function registerDiagnosis(given: Diagnosis): void {
  diagnosis = given;
}

function diagnostics(): Diagnosis {
  if (!diagnosis) throw new Error("posterior: the diagnostics are not loaded; import from 'estimand'");
  return diagnosis;
}

/** What `sample` puts together. */
export interface PosteriorParts {
  readonly compiled: CompiledModel;
  readonly key: Key;
  readonly sampler: string;
  /** What must be the same for the run to go on, as text. */
  readonly setting: string;
  /** The chains as they ended, those left out included. */
  readonly runs: readonly ChainResult[];
  readonly ending: 'complete' | 'interrupted';
  readonly chains: number;
  readonly drawsPerChain: number;
  /** Draws on the unconstrained scale, one array a chain. */
  readonly positions: readonly Float64Array[]; // chains × (draws, d)
  readonly draws: Readonly<Record<string, Draws>>;
  readonly statistics: Statistics;
  readonly warmup: readonly ChainWarmup[];
  readonly sampling: readonly ChainSampling[];
  readonly maxTreeDepth: number;
  /** What happened to single chains, in words. */
  readonly remarks: readonly string[];
  readonly seconds: number;
}

/**
 * Draws of parameters and derived quantities on their natural scale, with the sampler's statistics.
 *
 * @example
 * const posterior = await sample(schools, { seed: 1 });
 * posterior.draws.theta.values; // (chains, draws, 8)
 * posterior.summary().row('mu').mean;
 */
export class Posterior<M extends AnyModel = AnyModel> extends Displayable {
  override readonly kind = 'posterior';
  readonly model: M;
  /** The sampler's name. */
  readonly sampler: string;
  readonly ending: 'complete' | 'interrupted';
  readonly chains: number;
  /** Draws a chain, warm-up left out. */
  readonly drawsPerChain: number;
  readonly draws: DrawsOf<M>;
  readonly statistics: Statistics;
  readonly warmup: readonly ChainWarmup[];
  readonly sampling: readonly ChainSampling[];
  readonly maxTreeDepth: number;
  /** Wall-clock time of the whole run. */
  readonly seconds: number;
  /** Names of the scalars: `'mu'`, `'theta[0]'`, … */
  readonly names: readonly string[];
  private readonly parts: PosteriorParts;
  private readonly places: ReadonlyMap<string, { draws: Draws; offset: number; size: number }>;
  private found: readonly string[] | undefined;

  constructor(model: M, parts: PosteriorParts) {
    super();
    this.model = model;
    this.parts = parts;
    this.sampler = parts.sampler;
    this.ending = parts.ending;
    this.chains = parts.chains;
    this.drawsPerChain = parts.drawsPerChain;
    this.draws = parts.draws as DrawsOf<M>;
    this.statistics = parts.statistics;
    this.warmup = parts.warmup;
    this.sampling = parts.sampling;
    this.maxTreeDepth = parts.maxTreeDepth;
    this.seconds = parts.seconds;
    const places = new Map<string, { draws: Draws; offset: number; size: number }>();
    for (const [name, draws] of Object.entries(parts.draws)) {
      const names = elementNames(name, draws.shape.slice(2));
      names.forEach((element, offset) => {
        places.set(element, { draws, offset, size: names.length });
      });
    }
    this.places = places;
    this.names = [...places.keys()];
  }

  /**
   * Draws of one scalar, one array a chain: what the diagnostics take.
   *
   * @throws RangeError for a name that is not there
   * @example essBulk(posterior.scalar('theta[0]'));
   */
  scalar(name: string): Float64Array[] {
    const place = this.places.get(name);
    if (!place) throw new RangeError(`posterior: no scalar called '${name}'; there are: ${this.names.join(', ')}`);
    const { draws, offset, size } = place;
    const n = this.drawsPerChain;
    return Array.from({ length: this.chains }, (_, chain) => {
      const values = new Float64Array(n);
      for (let i = 0; i < n; i++) values[i] = draws.values[(chain * n + i) * size + offset]!;
      return values;
    });
  }

  /**
   * The chains of this run, for `sample(model, { resume })`.
   *
   * @throws RangeError where the run is of another model, or was asked for otherwise
   */
  runFor(model: AnyModel, setting: string): readonly ChainResult[] {
    if (compileModel(model) !== this.parts.compiled) {
      throw new RangeError('sample: resume is a posterior of another model; give the model it was drawn from');
    }
    if (setting !== this.parts.setting) {
      throw new RangeError(
        `sample: resume goes on with the same sampler, seed, warmup and options: the run had ${this.parts.setting}, ` +
          `this call has ${setting}; only chains, draws, workers and what is watched may differ`,
      );
    }
    return this.parts.runs;
  }

  /** Mean, sd, quantiles, Monte Carlo errors, effective sample sizes and R-hat of every scalar. */
  summary(): Table<SummaryRow> {
    return diagnostics().summary(this);
  }

  /** What went wrong or may have, in words, with what to try; empty where nothing did. */
  get warnings(): readonly string[] {
    this.found ??= [...this.parts.remarks, ...diagnostics().warnings(this)];
    return this.found;
  }

  /**
   * Equal-tailed intervals.
   *
   * @param level share of the posterior inside, in (0, 1), default 0.95
   */
  interval(level = 0.95): { name: string; lower: number; upper: number }[] {
    checkShare('posterior.interval', 'level', level);
    return this.names.map((name) => {
      const all = Float64Array.from(this.scalar(name).flatMap((chain) => [...chain])).sort();
      const at = (p: number) => {
        const place = (all.length - 1) * p; // linear between order statistics: Hyndman & Fan 1996, type 7
        const low = Math.floor(place);
        const high = Math.ceil(place);
        return all.length === 0 ? Number.NaN : all[low]! + (place - low) * (all[high]! - all[low]!);
      };
      return { name, lower: at((1 - level) / 2), upper: at((1 + level) / 2) };
    });
  }

  /**
   * Posterior predictive draws: new data as the model would make them, one set a posterior draw.
   *
   * @param options.draws how many, spread evenly over the chains (default: every draw)
   * @param options.seed default: derived from the seed of the run
   */
  predictive(options: { draws?: number; seed?: number } = {}): { [K in ObservedOf<M>]: Draws } {
    checkNames('posterior.predictive', options, ['draws', 'seed']);
    const { compiled, positions } = this.parts;
    const n = this.drawsPerChain;
    const perChain =
      options.draws === undefined
        ? n
        : Math.ceil(checkWhole('posterior.predictive', 'draws', options.draws, 1) / this.chains);
    const kept = Math.min(n, perChain);
    const base = foldIn(options.seed === undefined ? this.parts.key : key(options.seed), 'predictive');
    const result: Record<string, Draws> = {};
    for (const { name, shape } of compiled.observed) {
      const size = shape.reduce((a, b) => a * b, 1);
      result[name] = { values: new Float64Array(this.chains * kept * size), shape: [this.chains, kept, ...shape] };
    }
    for (let chain = 0; chain < this.chains; chain++) {
      for (let k = 0; k < kept; k++) {
        const i = Math.floor((k * n) / kept);
        const d = compiled.dimension;
        const position = positions[chain]!.slice(i * d, (i + 1) * d); // (d,)
        const drawn = compiled.predictive(position, new Stream(foldIn(foldIn(base, chain), i)));
        for (const [name, values] of Object.entries(drawn)) {
          result[name]!.values.set(values, (chain * kept + k) * values.length);
        }
      }
    }
    return result as { [K in ObservedOf<M>]: Draws };
  }

  override toString(): string {
    const head = `Posterior: ${this.chains} ${this.chains === 1 ? 'chain' : 'chains'} of ${this.drawsPerChain} draws${
      this.ending === 'interrupted' ? ' (interrupted)' : ''
    }`;
    const table = this.drawsPerChain > 0 ? `\n${shortTable(this.summary().head, this.summary().cells)}` : '';
    const warnings = this.warnings.length > 0 ? `\n${warningLines(this.warnings)}` : '';
    return `${head}, ${formatNumber(this.seconds, 2)} s${table}${warnings}`;
  }
}
