/**
 * Examples in parts, and on one scale.
 */
import { foldIn, key as keyOf } from '../../numeric/random.ts';
import type { Numbers } from '../arrays.ts';
import { permutation } from '../train/examples.ts';

/** Labels with their names. */
interface Labels {
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

/** Examples with flat numbers, as `train` takes them. */
export interface FlatData {
  readonly x: Float64Array;
  readonly y: Float64Array | Int32Array;
}

export interface SplitOptions {
  /** Share of the second part, between 0 and 1; default 0.2. */
  readonly share?: number;
  readonly seed?: number;
  /** Each class in the same proportion in both parts; for labels. Default false. */
  readonly stratify?: boolean;
}

/**
 * Two parts at random: to train on, and to test on.
 *
 * @param data x: rows or flat numbers; y: one target an example, or a factor
 * @throws RangeError where the numbers do not make as many examples as targets, or a part would be empty
 * @example const { training, test } = splitData({ x: pixels, y: digit }, { share: 0.25, seed: 1, stratify: true });
 */
export function splitData(
  { x, y }: { readonly x: Numbers; readonly y: ArrayLike<number> | Labels },
  { share = 0.2, seed = 0, stratify = false }: SplitOptions = {},
): { readonly training: FlatData; readonly test: FlatData } {
  if (!(share > 0 && share < 1))
    throw new RangeError(`splitData: share must lie between 0 and 1, got ${String(share)}`);
  const targets = 'codes' in y ? y.codes : y;
  const values = flatten(x);
  const rows = targets.length;
  const size = values.length / rows;
  if (!(rows > 0 && Number.isInteger(size))) {
    throw new RangeError(`splitData: ${values.length} numbers in x do not make ${rows} examples of equal size`);
  }
  const order = permutation(foldIn(keyOf(seed), 'splitData'), rows);
  const groups = stratify ? [...Map.groupBy(order, (row) => targets[row]!).values()] : [[...order]];
  const test: number[] = [];
  const training: number[] = [];
  for (const group of groups) {
    const cut = Math.round(share * group.length);
    test.push(...group.slice(0, cut));
    training.push(...group.slice(cut));
  }
  if (test.length === 0 || training.length === 0) {
    throw new RangeError(`splitData: a share of ${share} of ${rows} examples leaves one part empty`);
  }
  const whole = 'codes' in y || targets instanceof Int32Array;
  const take = (chosen: number[]): FlatData => {
    chosen.sort((a, b) => a - b);
    const part = new Float64Array(chosen.length * size);
    chosen.forEach((row, i) => {
      for (let j = 0; j < size; j++) part[i * size + j] = values[row * size + j]!;
    });
    const own = chosen.map((row) => targets[row]!);
    return { x: part, y: whole ? Int32Array.from(own) : Float64Array.from(own) };
  };
  return { training: take(training), test: take(test) };
}

function flatten(x: Numbers): ArrayLike<number> {
  if ('values' in x && 'shape' in x && typeof x.values !== 'function') return x.values;
  const list = x as ArrayLike<number | Numbers>;
  if (list.length === 0 || typeof list[0] === 'number') return list as ArrayLike<number>;
  return Array.from(list as ArrayLike<Numbers>).flatMap((inner) => Array.from(flatten(inner)));
}

/** A scale learned from one set of examples, for others. */
export interface Standardisation {
  readonly mean: Float64Array; // (features,)
  readonly sd: Float64Array; // (features,)
  /** (x − mean) / sd of each feature; rows are flat. */
  apply(x: ArrayLike<number>): Float64Array;
}

/**
 * Mean and standard deviation of each feature, from the training data alone: nothing of the test data may enter. A
 * feature that never changes is only shifted.
 *
 * @param x flat rows // (rows, features)
 * @throws RangeError where the numbers do not make whole rows, or one is missing
 * @example
 * const scale = standardisation(training.x, 64);
 * await train(net, { x: scale.apply(training.x), y: training.y }, options);
 */
export function standardisation(x: ArrayLike<number>, features: number): Standardisation {
  const rows = x.length / features;
  if (!(Number.isInteger(features) && features >= 1 && Number.isInteger(rows) && rows >= 1)) {
    throw new RangeError(`standardisation: ${x.length} numbers do not make rows of ${String(features)} features`);
  }
  const mean = new Float64Array(features);
  const sd = new Float64Array(features);
  for (let i = 0; i < x.length; i++) mean[i % features]! += x[i]! / rows;
  for (let i = 0; i < x.length; i++) sd[i % features]! += (x[i]! - mean[i % features]!) ** 2 / rows;
  for (let j = 0; j < features; j++) {
    if (!Number.isFinite(mean[j]!)) {
      throw new RangeError(
        `standardisation: feature ${j} has a value that is missing or not finite; fill it in or drop it`,
      );
    }
    sd[j] = Math.sqrt(sd[j]!);
  }
  return {
    mean,
    sd,
    apply(values) {
      if (values.length % features !== 0) {
        throw new RangeError(`standardisation: ${values.length} numbers do not make rows of ${features} features`);
      }
      return Float64Array.from(values, (value, i) => {
        const j = i % features;
        return (value - mean[j]!) / (sd[j]! > 0 ? sd[j]! : 1);
      });
    },
  };
}
