/**
 * Draws from the unconstrained scale, where samplers move, to the parameters and derived quantities people read.
 */
import type { CompiledModel, Draws } from '../model/index.ts';
import { Pace } from './pause.ts';
import type { Batch } from './samplers/job.ts';

/** Draws of one chain as they are made: what `onDraws` is called with. */
export interface DrawBatch {
  readonly chain: number;
  /**
   * Their numbers in the chain, warm-up left out. Those of a single chain come in order; the walkers of an ensemble keep
   * theirs side by side, so their numbers lie apart. A population that is interrupted closes the gaps in its result.
   */
  readonly numbers: Int32Array; // (n,)
  /** Parameters and derived quantities by name. */
  readonly draws: Readonly<Record<string, { readonly values: Float64Array; readonly shape: readonly number[] }>>; // (n, …)
  /** Log density on the unconstrained scale. */
  readonly logDensity: Float64Array; // (n,)
}

interface Values {
  readonly values: Float64Array<ArrayBuffer>;
  readonly shape: readonly number[];
}

interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

export class NaturalScale {
  private readonly compiled: CompiledModel;

  constructor(compiled: CompiledModel) {
    this.compiled = compiled;
  }

  /** A batch of one chain. */
  batch({ chain, numbers, positions, logDensity }: Batch): DrawBatch {
    const n = logDensity.length;
    const draws = this.empty([n]);
    for (let i = 0; i < n; i++) this.put(draws, i, positions, i);
    return { chain, numbers, draws, logDensity };
  }

  /** All draws of all chains, by name. Pauses between them. */
  async all(chains: readonly Float64Array[], n: number): Promise<Record<string, Draws>> {
    const pace = new Pace();
    const draws: Record<string, Draws> = Object.create(null);
    for (const [name, { values, shape }] of Object.entries(this.empty([chains.length, n]))) {
      const [, , ...rest] = shape;
      draws[name] = { values, shape: [chains.length, n, ...rest] };
    }
    for (const [chain, positions] of chains.entries()) {
      for (let i = 0; i < n; i++) {
        this.put(draws, chain * n + i, positions, i);
        if (i % 16 === 0 && pace.due()) await pace.pause();
      }
    }
    return draws;
  }

  private empty(leading: readonly number[]): Record<string, Values> {
    const draws: Record<string, Values> = Object.create(null);
    const count = leading.reduce((a, b) => a * b, 1);
    for (const { name, shape, size } of [...this.compiled.parameters, ...this.compiled.derived]) {
      draws[name] = { values: new Float64Array(count * size), shape: [...leading, ...shape] };
    }
    return draws;
  }

  /** Draw `from` of the positions becomes row `to` of each name. */
  private put(draws: Readonly<Record<string, Values>>, to: number, positions: Float64Array, from: number): void {
    const { compiled } = this;
    const d = compiled.dimension;
    const position = positions.subarray(from * d, (from + 1) * d); // (d,)
    const place = (values: Float64Array, places: readonly Place[]) => {
      for (const { name, offset, size } of places) {
        const row = draws[name]!.values;
        for (let k = 0; k < size; k++) row[to * size + k] = values[offset + k]!;
      }
    };
    place(compiled.constrain(position), compiled.parameters);
    if (compiled.derived.length > 0) place(compiled.evaluateDerived(position), compiled.derived);
  }
}
