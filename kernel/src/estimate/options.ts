/**
 * The options every estimator takes, and the checks of them: what was expected, what came, what to do.
 */
import { currentHost } from '../host/host.ts';

/** Options that mean the same everywhere. */
export interface CommonOptions {
  /** Where all randomness comes from: a whole number ≥ 0 (default 0). The same seed gives the same result. */
  readonly seed?: number;
  /** Stops the run with what it has (default: the notebook's interrupt). */
  readonly signal?: AbortSignal;
  /** Called with the progress of the run, at most ten times a second, and once at its end. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How far a run has come. */
export interface Progress {
  /** Done and planned, in iterations over all chains or starts. */
  readonly done: number;
  readonly total: number;
  /** The same in words, as the notebook shows it. */
  readonly text: string;
}

/** The signal to listen to: the one given, or the interrupt of the running cell. */
export function signalOf(options: CommonOptions): AbortSignal | undefined {
  return options.signal ?? currentHost()?.signal();
}

/**
 * Throw for an option that is not known: a misspelt name would otherwise be ignored in silence. Signal, progress and log,
 * where they are among the options, must be such.
 */
export function checkNames(caller: string, options: object, known: readonly string[]): void {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`${caller}: the options must be an object, such as { ${known[0]}: … }, got ${String(given)}`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(`${caller}: no option called '${name}'; there are: ${known.join(', ')}`);
    }
  }
  const { signal, onProgress, log } = options as { signal?: unknown; onProgress?: unknown; log?: unknown };
  const wrong = (name: string, expected: string, value: unknown) =>
    new TypeError(`${caller}: ${name} must be ${expected}, got ${String(value)}`);
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.aborted !== 'boolean') {
    throw wrong('signal', 'an AbortSignal, such as new AbortController().signal', signal);
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') throw wrong('onProgress', 'a function', onProgress);
  if (log !== undefined && typeof (log as { push?: unknown } | null)?.push !== 'function') {
    throw wrong('log', 'an EventLog, such as new EventLog()', log);
  }
}

/** A whole number from `least` to `most`. */
export function checkWhole(caller: string, name: string, value: number, least: number, most = 1e9): number {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new RangeError(`${caller}: ${name} must be a whole number from ${least} to ${most}, got ${String(value)}`);
  }
  return value;
}

/** A number strictly between 0 and 1. */
export function checkShare(caller: string, name: string, value: number): number {
  if (!(typeof value === 'number' && value > 0 && value < 1)) {
    const what = typeof value === 'string' ? `the text '${value}'` : String(value);
    throw new RangeError(
      `${caller}: ${name} must lie between 0 and 1, got ${what}; give a share, such as 0.95 for 95 %`,
    );
  }
  return value;
}

/** A number above 0 and finite. */
export function checkPositive(caller: string, name: string, value: number): number {
  if (!(typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${caller}: ${name} must be a positive number, got ${String(value)}`);
  }
  return value;
}

/** One of the words known. */
export function checkOneOf<const T extends string>(caller: string, name: string, value: T, known: readonly T[]): T {
  if (!known.includes(value)) {
    const words = known.map((word) => `'${word}'`).join(', ');
    throw new RangeError(`${caller}: ${name} must be one of ${words}, got '${String(value)}'`);
  }
  return value;
}
