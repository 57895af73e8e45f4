/**
 * Small data sets made from a seed: two moons, spirals, and the adding problem.
 */
import { foldIn, key as keyOf, Stream } from '../../numeric/random.ts';

/** Points in the plane with the class of each. */
export interface PlanePoints {
  /** // (count, 2), row-major */
  readonly x: Float64Array;
  readonly y: Int32Array; // (count,)
}

export interface GeneratorOptions {
  /** Where the randomness comes from; default 0. */
  readonly seed?: number;
  /** Standard deviation of normal noise on both coordinates, ≥ 0; default 0.1. */
  readonly noise?: number;
}

function checkCount(caller: string, count: number, least: number): void {
  if (!(Number.isInteger(count) && count >= least)) {
    throw new RangeError(`${caller}: the number of examples must be whole and at least ${least}, got ${String(count)}`);
  }
}

/** Points by class in turn, along a curve of each class at evenly random places, with noise. */
function along(
  caller: string,
  count: number,
  classes: number,
  { seed = 0, noise = 0.1 }: GeneratorOptions,
  curve: (share: number, which: number) => readonly [number, number],
): PlanePoints {
  checkCount(caller, count, classes);
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${caller}: noise must be a number ≥ 0, got ${String(noise)}`);
  }
  const stream = new Stream(foldIn(keyOf(seed), caller));
  const x = new Float64Array(2 * count);
  const y = Int32Array.from({ length: count }, (_, i) => i % classes);
  for (let i = 0; i < count; i++) {
    const [a, b] = curve(stream.uniform(), y[i]!);
    x[2 * i] = a + noise * stream.normal();
    x[2 * i + 1] = b + noise * stream.normal();
  }
  return { x, y };
}

/**
 * Two half circles that reach into each other, one of each class: no line parts them.
 *
 * @throws RangeError for a count below 2 and noise below 0
 * @example const { x, y } = twoMoons(200, { seed: 1 });
 */
export function twoMoons(count: number, options: GeneratorOptions = {}): PlanePoints {
  return along('twoMoons', count, 2, options, (share, which) => {
    const angle = Math.PI * share;
    return which === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
  });
}

/**
 * Arms of a spiral that turn about each other, one of each class.
 *
 * @param options arms: how many classes, default 2; turns of each arm, default 1.5
 * @throws RangeError for fewer points than arms, and options out of range
 * @example const { x, y } = spirals(300, { arms: 3, noise: 0.05 });
 */
export function spirals(
  count: number,
  options: GeneratorOptions & { readonly arms?: number; readonly turns?: number } = {},
): PlanePoints {
  const { arms = 2, turns = 1.5 } = options;
  checkCount('spirals', arms, 2);
  if (!(turns > 0 && turns < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`spirals: turns must be a number > 0, got ${String(turns)}`);
  }
  return along('spirals', count, arms, { noise: 0.02, ...options }, (share, which) => {
    const radius = Math.sqrt(share); // as many points to each length of the arm, about
    const angle = 2 * Math.PI * (turns * radius + which / arms);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Sequences, and the number each stands for. */
export interface Sequences {
  /** // (count, length, 2), row-major: numbers in [0, 1), and marks of 0 or 1 */
  readonly x: Float64Array;
  readonly y: Float64Array; // (count,)
}

/**
 * The adding problem (Hochreiter & Schmidhuber 1997, experiment 4): the sum of the two numbers that are marked, one in
 * each half of the sequence. Who always answers 1 has a mean squared error of 1/6.
 *
 * @param length of each sequence, ≥ 2
 * @throws RangeError for counts that are not whole
 * @example const { x, y } = addingProblem(1000, 50, { seed: 1 });
 */
export function addingProblem(count: number, length: number, { seed = 0 }: { readonly seed?: number } = {}): Sequences {
  checkCount('addingProblem', count, 1);
  if (!(Number.isInteger(length) && length >= 2)) {
    throw new RangeError(`addingProblem: the length must be whole and at least 2, got ${String(length)}`);
  }
  const stream = new Stream(foldIn(keyOf(seed), 'addingProblem'));
  const x = new Float64Array(count * length * 2);
  const y = new Float64Array(count);
  const half = Math.floor(length / 2);
  for (let i = 0; i < count; i++) {
    for (let t = 0; t < length; t++) x[2 * (i * length + t)] = stream.uniform();
    for (const t of [stream.integer(half), half + stream.integer(length - half)]) {
      x[2 * (i * length + t) + 1] = 1;
      y[i]! += x[2 * (i * length + t)]!;
    }
  }
  return { x, y };
}
