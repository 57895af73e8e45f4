/**
 * Runs of the sampling bench on disk, one line each: it takes hours, so it can be stopped and gone on with. A run counts
 * as long as what was run is the same: our compiled code, the peer's program and data.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import type { RunFigure } from './figures.ts';

/** Mean, sd and their Monte Carlo errors, by parameter. */
export type Moments = Readonly<Record<string, readonly [number, number, number, number]>>;

export interface StoredRun {
  /** What was run: code, program and data, as a digest. */
  readonly version: string;
  readonly figure: Omit<RunFigure, 'apart'>;
  readonly moments: Moments;
  /** Processes that wanted a processor, over the last minute. */
  readonly load: number;
}

/** The runs in a file. */
export class StoredRuns {
  readonly #file: string;
  readonly #runs = new Map<string, StoredRun>();

  constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const run = parsed(line);
      if (run) this.#runs.set(nameOf(run.figure), run);
    }
  }

  /** The run of a sampler on a model from a seed, if it was of this version. */
  find(sampler: string, model: string, seed: number, version: string): StoredRun | undefined {
    const run = this.#runs.get(nameOf({ sampler, model, seed }));
    return run?.version === version ? run : undefined;
  }

  put(run: StoredRun): void {
    this.#runs.set(nameOf(run.figure), run);
    appendFileSync(this.#file, `${JSON.stringify(run)}\n`);
  }

  /** Begin anew. */
  forget(): void {
    this.#runs.clear();
    rmSync(this.#file, { force: true });
  }
}

/** A short name of what these texts are. */
export function digest(...texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 12);
}

const nameOf = ({ sampler, model, seed }: Pick<RunFigure, 'sampler' | 'model' | 'seed'>) =>
  `${sampler}\0${model}\0${seed}`;

/** A line cut short by the end of the process counts as none. */
function parsed(line: string): StoredRun | undefined {
  try {
    return JSON.parse(line) as StoredRun;
  } catch {
    return undefined;
  }
}
