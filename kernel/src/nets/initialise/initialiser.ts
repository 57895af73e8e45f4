/**
 * First values of parameters: how an initialiser is asked, and the fans of a shape.
 */
import { foldIn, type Key, Stream } from '../../numeric/random.ts';
import type { Shape } from '../../program/index.ts';
import { sizeOf } from '../../program/shape.ts';
import type { Initialiser, ParameterSpec } from '../types.ts';

/**
 * n_in and n_out of a weight, as PyTorch counts them: outputs first, then inputs, then the places of a filter.
 *
 * @example fansOf([6, 1, 5, 5]); // [25, 150]
 */
function fansOf(shape: Shape): readonly [fanIn: number, fanOut: number] {
  if (shape.length < 2) return [sizeOf(shape), sizeOf(shape)];
  const field = sizeOf(shape.slice(2));
  return [shape[1]! * field, shape[0]! * field];
}

/** The first values of a parameter. They depend on the key and the path alone. */
export function firstValues(spec: ParameterSpec, path: string, key: Key, initialise = spec.initialise): Float64Array {
  const [fanIn, fanOut] = spec.fans ?? fansOf(spec.shape);
  const stream = new Stream(foldIn(foldIn(key, 'initialise'), path));
  return initialise.values({ shape: spec.shape, fanIn, fanOut, stream });
}

/** An initialiser that draws each element by itself. */
export function elementwise(
  name: string,
  options: Readonly<Record<string, unknown>>,
  drawer: (fanIn: number, fanOut: number) => (stream: Stream) => number,
  needsMatrix = false,
): Initialiser {
  return {
    name,
    options,
    needsMatrix,
    values({ shape, fanIn, fanOut, stream }) {
      const draw = drawer(fanIn, fanOut);
      return Float64Array.from({ length: sizeOf(shape) }, () => draw(stream));
    },
  };
}
