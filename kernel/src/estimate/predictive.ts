/**
 * Data and parameters as the model's prior would have them, before any was seen.
 */
import { type AnyModel, compileModel, type Draws, type DrawsOf, type ObservedOf } from '../model/index.ts';
import { foldIn, key as keyOf, Stream } from '../numeric/random.ts';
import { type CommonOptions, checkNames, checkWhole, signalOf } from './options.ts';
import { Pace } from './pause.ts';

export interface PriorPredictiveOptions extends CommonOptions {
  /** How many, ≥ 1 (default 1000). */
  readonly draws?: number;
}

/** Independent draws from the prior, as one chain. */
export interface PriorPredictive<M extends AnyModel> {
  readonly parameters: Pick<DrawsOf<M>, keyof DrawsOf<M>>;
  readonly observed: { readonly [K in ObservedOf<M>]: Draws };
}

/**
 * Draw parameters from their priors, and data given them.
 *
 * @throws RangeError for a parameter with a flat prior, naming it; nothing can be drawn from that
 * @example
 * const { observed } = await priorPredictive(schools, { draws: 500, seed: 1 });
 * observed.effect.shape; // [1, 500, 8]
 */
export async function priorPredictive<M extends AnyModel>(
  model: M,
  options: PriorPredictiveOptions = {},
): Promise<PriorPredictive<M>> {
  checkNames('priorPredictive', options, ['draws', 'seed', 'signal', 'onProgress']);
  const wanted = checkWhole('priorPredictive', 'draws', options.draws ?? 1000, 1);
  const compiled = compileModel(model);
  const base = foldIn(keyOf(options.seed ?? 0), 'prior predictive');
  const signal = signalOf(options);
  const pace = new Pace();
  const values: Float64Array[] = [];
  const data: Record<string, Float64Array>[] = [];
  for (let i = 0; i < wanted && !signal?.aborted; i++) {
    const stream = new Stream(foldIn(base, i));
    const drawn = compiled.priorDraw(stream);
    values.push(drawn.slice());
    data.push(compiled.predictive(compiled.unconstrain(drawn), stream));
    await pace.breathe();
  }
  const gather = (shape: readonly number[], size: number, pick: (i: number) => Float64Array): Draws => {
    const all = new Float64Array(values.length * size); // (1, draws, ...shape)
    values.forEach((_, i) => {
      all.set(pick(i), i * size);
    });
    return { values: all, shape: [1, values.length, ...shape] };
  };
  const parameters = compiled.parameters.map(({ name, shape, offset, size }) => [
    name,
    gather(shape, size, (i) => values[i]!.subarray(offset, offset + size)),
  ]);
  const observed = compiled.observed.map(({ name, shape }) => [
    name,
    gather(
      shape,
      shape.reduce((a, b) => a * b, 1),
      (i) => data[i]![name]!,
    ),
  ]);
  return {
    parameters: Object.fromEntries(parameters),
    observed: Object.fromEntries(observed),
  };
}
