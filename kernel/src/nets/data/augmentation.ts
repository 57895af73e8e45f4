/**
 * Images changed at random each time they are trained on: shifted, mirrored, turned, with noise. What is outside an
 * image is 0.
 */
import type { Stream } from '../../numeric/random.ts';

/** Numbers of one image, changed in place. */
export type ImageValues = Float32Array | Float64Array;

/** A random change of one image. */
export interface Augmentation {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** @param shape [channels, height, width], or [height, width] */
  apply(image: ImageValues, shape: readonly number[], stream: Stream): void;
}

function planes(name: string, shape: readonly number[]): readonly [channels: number, height: number, width: number] {
  const [channels, height, width] = shape.length === 2 ? [1, ...shape] : shape;
  if (width === undefined || shape.length > 3) {
    throw new RangeError(
      `augmentation: ${name} is of images, shape [channels, height, width] or [height, width]; the net takes [${shape.join(', ')}]`,
    );
  }
  return [channels!, height!, width];
}

/** Each pixel from another place of the image before; between pixels linear in both directions. */
function moved(
  image: ImageValues,
  [channels, height, width]: readonly [number, number, number],
  from: (row: number, column: number) => readonly [row: number, column: number],
): void {
  const before = image.slice();
  const size = height * width;
  const at = (channel: number, row: number, column: number) =>
    row >= 0 && row < height && column >= 0 && column < width ? before[channel * size + row * width + column]! : 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [r, c] = from(row, column);
      const [r0, c0] = [Math.floor(r), Math.floor(c)];
      const [dr, dc] = [r - r0, c - c0];
      for (let k = 0; k < channels; k++) {
        const above = at(k, r0, c0) * (1 - dc) + (dc > 0 ? at(k, r0, c0 + 1) * dc : 0);
        const below = dr > 0 ? at(k, r0 + 1, c0) * (1 - dc) + (dc > 0 ? at(k, r0 + 1, c0 + 1) * dc : 0) : 0;
        image[k * size + row * width + column] = above * (1 - dr) + below * dr;
      }
    }
  }
}

/**
 * Shifted by up to so many whole pixels in both directions.
 *
 * @throws RangeError for pixels that are no whole number ≥ 0
 */
function shift(pixels = 1): Augmentation {
  if (!(Number.isInteger(pixels) && pixels >= 0)) {
    throw new RangeError(`augmentation.shift: pixels must be a whole number ≥ 0, got ${String(pixels)}`);
  }
  return {
    name: 'shift',
    options: { pixels },
    apply(image, shape, stream) {
      const [down, right] = [stream.integer(2 * pixels + 1) - pixels, stream.integer(2 * pixels + 1) - pixels];
      if (down !== 0 || right !== 0)
        moved(image, planes('shift', shape), (row, column) => [row - down, column - right]);
    },
  };
}

/** Mirrored left and right (default) or top and bottom, one time in two. Not for digits and letters. */
function flip(direction: 'horizontal' | 'vertical' = 'horizontal'): Augmentation {
  return {
    name: 'flip',
    options: { direction },
    apply(image, shape, stream) {
      const sizes = planes('flip', shape);
      const [, height, width] = sizes;
      if (stream.uniform() < 0.5) return;
      if (direction === 'horizontal') moved(image, sizes, (row, column) => [row, width - 1 - column]);
      else moved(image, sizes, (row, column) => [height - 1 - row, column]);
    },
  };
}

/**
 * Turned about the middle by up to so many degrees either way.
 *
 * @throws RangeError for degrees below 0 or above 180
 */
function rotate(degrees = 10): Augmentation {
  if (!(degrees >= 0 && degrees <= 180)) {
    throw new RangeError(`augmentation.rotate: degrees must lie in [0, 180], got ${String(degrees)}`);
  }
  return {
    name: 'rotate',
    options: { degrees },
    apply(image, shape, stream) {
      const sizes = planes('rotate', shape);
      const [, height, width] = sizes;
      const angle = ((2 * stream.uniform() - 1) * degrees * Math.PI) / 180;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const [y0, x0] = [(height - 1) / 2, (width - 1) / 2];
      moved(image, sizes, (row, column) => {
        const [y, x] = [row - y0, column - x0];
        return [y0 + cos * y + sin * x, x0 - sin * y + cos * x];
      });
    },
  };
}

/** Normal noise of this standard deviation on each number; any shape. @throws RangeError for one below 0 */
function noise(sd = 0.1): Augmentation {
  if (!(sd >= 0 && sd < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`augmentation.noise: the standard deviation must be a number ≥ 0, got ${String(sd)}`);
  }
  return {
    name: 'noise',
    options: { sd },
    apply(image, _, stream) {
      for (let i = 0; i < image.length; i++) image[i]! += sd * stream.normal();
    },
  };
}

/**
 * Random changes of images, for `train`'s option `augment`: in the order given, other ones each time, from the seed.
 *
 * @example train(net, data, { ...options, augment: [augmentation.shift(1), augmentation.noise(0.05)] });
 */
export const augmentation = { shift, flip, rotate, noise };
